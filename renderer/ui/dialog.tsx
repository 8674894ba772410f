import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef } from 'react';
import { createPortal } from 'react-dom';
import { Button } from './button.tsx';

const focusable = 'button:not([tabindex="-1"]), [href], input:not([disabled]), select, textarea, [tabindex]:not([tabindex="-1"])';

interface DialogProps {
  readonly title: string; readonly onClose: () => void; readonly children: ReactNode;
  /** Rows at the bottom: the actions. */
  readonly footer?: ReactNode;
  /** `side` is a drawer at the right; `bare` has no head of its own (the palette). */
  readonly look?: 'center' | 'wide' | 'side' | 'bare'; readonly onSubmit?: () => void;
  /** A plain key pressed outside of a text field; true when it meant something. */
  readonly onPlainKey?: (key: string) => boolean;
}

/** A modal dialog: keeps the focus, gives it back when it closes, closes on Esc and on a press outside; Ctrl/⌘ Enter submits. */
export function Dialog({ title, onClose, children, footer, look = 'center', onSubmit, onPlainKey }: DialogProps) {
  const box = useRef<HTMLDivElement>(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement;
    const inside = box.current;
    if (inside && !inside.contains(document.activeElement)) (inside.querySelector<HTMLElement>('[data-autofocus]') ?? inside.querySelector<HTMLElement>('.dlg-body input, .dlg-body select, .dlg-body textarea, .dlg-body button') ?? inside).focus();
    return () => { if (before instanceof HTMLElement && before.isConnected) before.focus(); };
  }, []);
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') { event.preventDefault(); event.stopPropagation(); onClose(); }
    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey) && onSubmit) { event.preventDefault(); event.stopPropagation(); onSubmit(); }
    if (onPlainKey && !event.metaKey && !event.ctrlKey && !event.altKey && !isTextField(event.target) && onPlainKey(event.key)) event.preventDefault();
    if (event.key === 'Tab') keepInside(event, box.current);
  };
  return createPortal(
    <div className={`scrim ${look}`} onMouseDown={(event) => { if (event.target === event.currentTarget) onClose(); }}>
      <div ref={box} className={`dlg ${look}`} role="dialog" aria-modal="true" aria-labelledby={id} tabIndex={-1} onKeyDown={onKey}>
        {look === 'bare' ? <h2 className="vh" id={id}>{title}</h2> : <div className="dlg-head"><h2 id={id}>{title}</h2><Button icon="x" label="Close" look="ghost" small onClick={onClose} /></div>}
        <div className="dlg-body">{children}</div>
        {footer !== undefined && <div className="dlg-foot">{footer}</div>}
      </div>
    </div>, document.body);
}

const isTextField = (target: EventTarget): boolean => target instanceof HTMLElement && target.closest('textarea, select, input:not([type=radio]):not([type=checkbox])') !== null;

function keepInside(event: KeyboardEvent, box: HTMLElement | null): void {
  const stops = [...(box?.querySelectorAll<HTMLElement>(focusable) ?? [])].filter((stop) => stop.offsetParent !== null);
  const first = stops[0], last = stops.at(-1);
  if (first === undefined || last === undefined) { event.preventDefault(); return; }
  const now = document.activeElement;
  if (event.shiftKey && (now === first || now === box)) { event.preventDefault(); last.focus(); }
  else if (!event.shiftKey && now === last) { event.preventDefault(); first.focus(); }
}
