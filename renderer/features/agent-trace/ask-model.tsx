import { useEffect, useRef } from 'react';
import { useStore } from '../../state/store.ts';
import { Button } from '../../ui/button.tsx';

/** Asks a model about one incident anew; the answer is a run of its own, to compare with the one before. */
export function AskModel({ id }: { readonly id: string }) {
  const isRunning = useStore((s) => s.jobs.some((job) => job.job === 'triage'));
  const openDialog = useStore((s) => s.openDialog);
  return <Button small icon="chip" disabled={isRunning} title={isRunning ? 'A triage run is under way' : 'Ask a model about this incident anew, and compare'} onClick={() => openDialog({ kind: 'ask', ids: [id] })}>{isRunning ? 'Asking' : 'Ask a model…'}</Button>;
}

/** What the agent does for this incident, as it does it; nothing while it does nothing. */
export function LiveSteps({ id }: { readonly id: string }) {
  const steps = useStore((s) => s.steps);
  const end = useRef<HTMLLIElement>(null);
  const mine = steps.filter((step) => step.incident === id), from = mine.findLastIndex((step) => step.kind === 'calls'), now = mine.slice(Math.max(0, from));
  useEffect(() => { end.current?.scrollIntoView({ block: 'nearest' }); }, [now.length]);
  if (now.length === 0 || now.at(-1)?.kind === 'decided') return null;
  return <ol className="live" role="log" aria-label="What the agent does">{now.map((step, i) => <li key={i} ref={i === now.length - 1 ? end : null} className={step.kind === 'writing' ? 'wr' : undefined}><b>{step.kind}</b> <span className="dim">{step.text}</span></li>)}</ol>;
}
