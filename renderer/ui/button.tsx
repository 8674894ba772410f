import type { ReactNode } from 'react';
import { Icon, type IconName } from './icons.tsx';
import { Kbd } from './kbd.tsx';

interface ButtonProps {
  readonly children?: ReactNode; readonly icon?: IconName; readonly iconAfter?: IconName; readonly keys?: string; readonly look?: 'plain' | 'primary' | 'ghost'; readonly small?: boolean;
  /** The name of a button that shows only its icon. */
  readonly label?: string; readonly title?: string; readonly disabled?: boolean; readonly pressed?: boolean; readonly hasPopup?: boolean; readonly expanded?: boolean; readonly className?: string;
  readonly onClick?: () => void; readonly submit?: boolean;
}

/** A button with the key that does the same. A disabled one stays focusable and says why in its title. */
export function Button({ children, icon, iconAfter, keys, look = 'plain', small = false, label, title, disabled = false, pressed, hasPopup, expanded, className, onClick, submit = false }: ButtonProps) {
  const classes = ['btn', look === 'primary' && 'pri', look === 'ghost' && 'ghost', small && 'sm', children === undefined && 'sq', className].filter(Boolean).join(' ');
  return (
    <button type={submit ? 'submit' : 'button'} className={classes} aria-label={label} title={title ?? label} aria-disabled={disabled || undefined} aria-pressed={pressed} aria-haspopup={hasPopup ? 'menu' : undefined} aria-expanded={expanded}
      onClick={(event) => { if (disabled) event.preventDefault(); else onClick?.(); }}>
      {icon && <Icon name={icon} size={small ? 's' : 'm'} />}{children}{keys !== undefined && <Kbd keys={keys} />}{iconAfter && <Icon name={iconAfter} size="s" />}
    </button>
  );
}

/** A few choices side by side, one of them on. */
export function Segments<T extends string>({ label, options, value, onChange }: { readonly label: string; readonly options: readonly { readonly value: T; readonly label: string; readonly keys?: string }[]; readonly value: T; readonly onChange: (value: T) => void }) {
  return (
    <div className="segm" role="group" aria-label={label}>
      {options.map((option) => <button key={option.value} type="button" aria-pressed={option.value === value} onClick={() => onChange(option.value)}>{option.label}{option.keys !== undefined && <Kbd keys={option.keys} />}</button>)}
    </div>
  );
}
