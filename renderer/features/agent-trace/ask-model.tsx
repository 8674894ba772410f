import { useEffect, useRef } from 'react';
import { useRead } from '../../state/reads.ts';
import { useStore } from '../../state/store.ts';
import { navigate } from '../../state/router.ts';
import { write } from '../../state/writes.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Menu } from '../../ui/menu.tsx';

/** Asks a model about one incident anew; the answer is a run of its own, to compare with the one before. */
export function AskModel({ id }: { readonly id: string }) {
  const { value } = useRead('models.get', {});
  const isRunning = useStore((s) => s.jobs.some((job) => job.job === 'triage'));
  const endpoints = [...(value?.environment ? [value.environment] : []), ...(value?.settings.endpoints ?? [])];
  if (endpoints.length === 0) return <Button small icon="chip" title="No model is configured: add one in the settings" onClick={() => navigate('/settings')}>Ask a model</Button>;
  const ask = (endpoint: string): void => { void write('triage.run', { incidents: [id], engine: 'agent', model: endpoint }, { label: `Ask a model about ${id}` }); };
  return <Menu label="Ask a model about this incident" className="btn sm" align="right" trigger={<><Icon name="chip" size="s" />{isRunning ? 'Asking' : 'Ask a model'}<Icon name="down" size="s" /></>} items={endpoints.map((e) => ({ id: e.id, label: e.model, hint: e.id, disabled: isRunning }))} onPick={ask} />;
}

/** What the agent does for this incident, as it does it; nothing while it does nothing. */
export function LiveSteps({ id }: { readonly id: string }) {
  const steps = useStore((s) => s.steps);
  const end = useRef<HTMLLIElement>(null);
  const mine = steps.filter((step) => step.incident === id), from = mine.findLastIndex((step) => step.kind === 'calls'), now = mine.slice(Math.max(0, from));
  useEffect(() => { end.current?.scrollIntoView({ block: 'nearest' }); }, [now.length]);
  if (now.length === 0 || now.at(-1)?.kind === 'decided') return null;
  return <ol className="live" role="log" aria-label="What the agent does">{now.map((step, i) => <li key={i} ref={i === now.length - 1 ? end : null}><b>{step.kind}</b> <span className="dim">{step.text}</span></li>)}</ol>;
}
