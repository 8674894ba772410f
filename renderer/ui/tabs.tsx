import { type KeyboardEvent, type ReactNode, useRef } from 'react';
import { Kbd } from './kbd.tsx';

export interface Tab<T extends string> { readonly id: T; readonly label: string; readonly keys?: string; readonly count?: number }

/** Tabs: arrows move, the panel is named by its tab (`aria-controls` of `panel`). */
export function Tabs<T extends string>({ label, tabs, value, panel, onChange, children }: { readonly label: string; readonly tabs: readonly Tab<T>[]; readonly value: T; readonly panel: string; readonly onChange: (id: T) => void; readonly children?: ReactNode }) {
  const list = useRef<HTMLDivElement>(null);
  const onKey = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const next = tabs[(tabs.findIndex((tab) => tab.id === value) + step + tabs.length) % tabs.length];
    if (step === 0 || next === undefined) return;
    event.preventDefault();
    onChange(next.id);
    list.current?.querySelector<HTMLElement>(`[data-tab="${next.id}"]`)?.focus();
  };
  return (
    <div className="tabs">
      <div className="tablist" role="tablist" aria-label={label} ref={list} onKeyDown={onKey}>
        {tabs.map((tab) => (
          <button key={tab.id} type="button" role="tab" data-tab={tab.id} id={`${panel}-${tab.id}`} aria-selected={tab.id === value} aria-controls={panel} tabIndex={tab.id === value ? 0 : -1} onClick={() => onChange(tab.id)}>
            {tab.label}{tab.count !== undefined && <span> {tab.count}</span>}{tab.keys !== undefined && <Kbd keys={tab.keys} />}
          </button>
        ))}
      </div>
      <span className="grow" />{children}
    </div>
  );
}
