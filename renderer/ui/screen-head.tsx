import type { ReactNode } from 'react';

/** The first line of a screen: its name, what is in it, and what can be done. */
export function ScreenHead({ title, children, actions }: { readonly title: string; readonly children?: ReactNode; readonly actions?: ReactNode }) {
  return <header className="sh"><h1 tabIndex={-1}>{title}</h1>{children !== undefined && <p className="clip">{children}</p>}<span className="grow" />{actions}</header>;
}
