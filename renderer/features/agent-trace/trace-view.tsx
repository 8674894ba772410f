import { type ReactNode, useMemo, useState } from 'react';
import { useCommands } from '../../state/commands.ts';
import { href, navigate, patchQuery, useRoute } from '../../state/router.ts';
import { useStore } from '../../state/store.ts';
import { formatClock, formatCount, formatDay, formatDuration } from '../../ui/format.ts';
import { GatesTable } from './gates-table.tsx';
import { StepInspector } from './step-inspector.tsx';
import { StepsList } from './steps-list.tsx';
import { type RecordedRun, type Step, spanOf, stepFrom, stepsOf } from './trace-steps.ts';
import './trace.css';

interface ViewProps { readonly run: RecordedRun; readonly call: string | null; readonly at: string | null; /** The decision before this one, when there is one. */ readonly previous: string | null }

/** A recorded run: steps and waterfall, the step that is looked at, the gates. The step stands in the address as `call`. */
export function TraceView({ run, call, at, previous }: ViewProps) {
  const steps = useMemo(() => stepsOf(run), [run]);
  const span = spanOf(run.trace, steps);
  // Without a wish: the call that the decision rests on.
  const rested = run.trace.claims.find((claim) => claim.required && claim.call_id !== undefined)?.call_id;
  const step = steps.find(({ id }) => id === call) ?? steps.find(({ call: made }) => made !== undefined && made.call_id === rested) ?? steps.find(({ kind }) => kind === 'call') ?? steps[0];
  const { copied, copy } = useCopy();
  const { incident, trace } = run;
  const select = (id: string): void => patchQuery({ call: id, at: null }, { replace: true });
  const move = (offset: number): void => { const next = stepFrom(steps, step?.id ?? '', offset); if (next) select(next.id); };
  const copyStep = (): void => { if (step) void copy(step); };
  const compare = (): void => { if (previous !== null) navigate(href('/replay', { id: incident.id, left: previous, right: trace.decision_id })); };
  const group = 'Trace';
  useCommands([
    { id: 't-next', title: 'Next step', group, keys: 'right', keyOnly: true, run: () => move(1) }, { id: 't-previous', title: 'Previous step', group, keys: 'left', keyOnly: true, run: () => move(-1) },
    { id: 't-copy', title: 'Copy the step as JSON', group, keys: 'y', run: copyStep },
    { id: 't-diff', title: 'Compare with the run before', group, keys: 'd', ...(previous === null && { blocked: 'There is no run before this one' }), run: compare },
  ]);
  if (step === undefined) return null;
  return (
    <div className="s-trace-cols">
      <div className="lt"><StepsList steps={steps} span={span} selected={step.id} onSelect={select} onStep={move} /><GatesTable validation={run.validation} priority={run.triage.priority} /></div>
      <StepInspector step={step} decisionId={trace.decision_id} position={steps.indexOf(step) + 1} total={steps.length} claims={trace.claims} at={step.id === call ? at : null} copied={copied === step.id} onStep={move} onCopy={copyStep} />
    </div>
  );
}

/** Copies a step as JSON and says so for two seconds; a refusal of the browser goes to the job bar. */
function useCopy(): { readonly copied: string | null; readonly copy: (step: Step) => Promise<void> } {
  const [copied, setCopied] = useState<string | null>(null);
  const copy = async (step: Step): Promise<void> => {
    try {
      await navigator.clipboard.writeText(JSON.stringify(step.call ?? step.record, null, 2));
      setCopied(step.id);
      setTimeout(() => setCopied(null), 2000);
    } catch (error) { useStore.getState().setTrouble(`Copy: ${error instanceof Error ? error.message : String(error)}`); }
  };
  return { copied, copy };
}

/** Says that nothing is asked anew: all of it comes from the recording. */
export function RecordedBanner({ run, children }: { readonly run: RecordedRun; readonly children?: ReactNode }) {
  const zone = useStore((s) => s.preferences.zone);
  const at = new Date(run.trace.started_us / 1000).toISOString();
  const { kind, model } = run.triage.engine, { agent, degraded } = run.trace;
  const who = kind !== 'agent' ? '' : ` (it was ${agent?.scripted === true ? 'a script in the place of a model' : model ?? 'a model'})`;
  return (
    <div className="rec" role="status"><span className="tape" aria-hidden="true"><u /><u /></span><b>{agent?.re_asked === true ? 'RE-ASKED' : 'RECORDED'}</b>
      <span className="clip">{formatDay(at, zone)}, {formatClock(at, zone)}. {agent?.re_asked === true ? 'A model was asked anew; this is what it said then. ' : ''}Answered from the tape: no network, no model{who}.{degraded === undefined ? '' : ` A model was wanted and the rules decided: ${degraded}.`}</span><span className="grow" />{children}</div>
  );
}

/** What the run used. A limit is shown only where the recording knows one. */
export function Budget({ run: { trace, triage } }: { readonly run: RecordedRun }) {
  const spent = /budget of (\d+) calls/.exec(trace.stopped)?.[1];
  const rounds = new Set(trace.calls.map((call) => call.round)).size, used = trace.agent?.budget;
  return (
    <dl className="bud">
      <div><dt>Tool calls</dt><dd><b>{trace.calls.length}</b>{spent !== undefined && ` of ${spent}, spent`}</dd></div>
      {used === undefined ? <div><dt>Rounds</dt><dd><b>{rounds}</b></dd></div> : <>
        <div><dt>Model turns</dt><dd><b>{trace.agent?.turns.length ?? 0}</b>, {used.steps} of {used.most_steps} steps</dd></div>
        <div><dt>Tokens</dt><dd><b>{formatCount(used.tokens)}</b> of {formatCount(used.most_tokens)} <meter min={0} max={used.most_tokens} value={used.tokens} aria-label="Tokens used of the budget" /></dd></div></>}
      <div><dt>Engine</dt><dd className="clip"><b>{triage.engine.kind === 'rules' ? `rules ${triage.engine.rules_version}` : (triage.engine.model ?? (triage.engine.kind === 'human' ? 'a person' : 'agent'))}</b></dd></div>
      <div><dt>Run time</dt><dd><b>{formatDuration(trace.duration_us / 1000)}</b></dd></div>
    </dl>
  );
}

/** The address of a run's screen. */
export function useTraceHref(id: string): (decisionId: string | null) => string {
  const { query } = useRoute();
  return (decisionId) => href(`/trace/${encodeURIComponent(id)}`, { run: decisionId, call: decisionId === null ? query.get('call') : null, at: decisionId === null ? query.get('at') : null });
}
