import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { Icon, type IconName } from './icons.tsx';

/** Nothing to show: what would stand here and what to do to get it. */
export function EmptyState({ icon = 'hollow', title, children, action }: { readonly icon?: IconName; readonly title: string; readonly children?: ReactNode; readonly action?: ReactNode }) {
  return <div className="state-box" role="status"><Icon name={icon} /><h2>{title}</h2>{children !== undefined && <p>{children}</p>}{action !== undefined && <div className="state-act">{action}</div>}</div>;
}

/** Rows that are on their way; still under reduced motion. `what` is read out. */
export function LoadingState({ what, rows = 12 }: { readonly what: string; readonly rows?: number }) {
  return <div className="loading" role="status" aria-label={`Reading ${what}`}>{Array.from({ length: rows }, (_, i) => <i key={i} />)}</div>;
}

/** Something failed: what, what is still good, and what to do. */
export function ErrorState({ title, message, good, onRetry }: { readonly title: string; readonly message: string; readonly good: string; readonly onRetry?: () => void }) {
  return (
    <div className="state-box bad" role="alert"><Icon name="warn" /><h2>{title}</h2><p className="mono">{message}</p><p>{good}</p>
      {onRetry && <div className="state-act"><Button icon="replay" onClick={onRetry}>Try again</Button></div>}</div>
  );
}
