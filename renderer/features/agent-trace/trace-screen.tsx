import type { MouseEvent } from 'react';
import type { IncidentDetail } from '#shared/rpc/schemas.ts';
import { incidentHref, queueHref } from '../../state/addresses.ts';
import { useCommands } from '../../state/commands.ts';
import { refreshReads, useRead } from '../../state/reads.ts';
import { href, navigate, useRoute } from '../../state/router.ts';
import { Button } from '../../ui/button.tsx';
import { DecisionChip, PriorityMark } from '../../ui/decision-chip.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Menu } from '../../ui/menu.tsx';
import { ErrorState, LoadingState } from '../../ui/states.tsx';
import { currentRun, recordedRun, runBefore, runNames } from './run-of.ts';
import { AskModel, LiveSteps } from './ask-model.tsx';
import { NoRun } from './trace-tab.tsx';
import type { RecordedRun } from './trace-steps.ts';
import { Budget, RecordedBanner, TraceView, useTraceHref } from './trace-view.tsx';

const GOOD = 'Nothing was changed. The queue and the other incidents are not affected.';

/** The trace with the whole window to itself; `run` in the address names an earlier decision. */
export function TraceScreen({ params }: { readonly params: Readonly<Record<string, string>> }) {
  const id = params['id'] ?? '';
  const { query } = useRoute();
  const { value, problem } = useRead('incident.get', { id });
  useCommands([{ id: 't-back', title: 'Back to the incident', group: 'Trace', keys: 'escape', run: () => navigate(incidentHref(id, query, { tab: 'trace', run: null })) }]);
  if (value === undefined) return <div className="s-trace">{problem?.kind === 'failed' ? <ErrorState title={`The trace of ${id} can't be read`} message={problem.message} good={GOOD} onRetry={() => refreshReads((name) => name === 'incident.get')} /> : <LoadingState what={`the trace of ${id}`} rows={18} />}</div>;
  const asked = query.get('run');
  const current = currentRun(value);
  if (current === undefined) return <div className="s-trace"><NoRun /></div>;
  if (asked === null || asked === current.trace.decision_id) return <TracePage detail={value} run={current} />;
  return <EarlierTrace detail={value} decisionId={asked} />;
}

function EarlierTrace({ detail, decisionId }: { readonly detail: IncidentDetail; readonly decisionId: string }) {
  const { value, problem } = useRead('incident.decision', { decision_id: decisionId });
  const run = value === undefined ? undefined : recordedRun(detail, value);
  if (run !== undefined) return <TracePage detail={detail} run={run} />;
  if (value === undefined && problem?.kind !== 'failed') return <div className="s-trace"><LoadingState what={`run ${decisionId}`} rows={18} /></div>;
  return <div className="s-trace"><ErrorState title={`The run ${decisionId} can't be read`} message={problem?.message ?? 'it was recorded by another version of Winnow'} good={GOOD} onRetry={() => refreshReads((name) => name === 'incident.decision')} /></div>;
}

function TracePage({ detail, run }: { readonly detail: IncidentDetail; readonly run: RecordedRun }) {
  const { query } = useRoute();
  const { incident, triage, trace } = run;
  const runs = runNames(detail), own = runs.find(({ decision_id }) => decision_id === trace.decision_id), before = runBefore(runs, trace.decision_id);
  const toRun = useTraceHref(incident.id);
  const open = (to: string) => ({ href: to, onClick: (event: MouseEvent) => { if (!event.metaKey && !event.ctrlKey) { event.preventDefault(); navigate(to); } } });
  return (
    <div className="s-trace">
      <RecordedBanner run={run}><AskModel id={incident.id} /><Button small icon="replay" onClick={() => navigate(href('/replay', { id: incident.id }))}>Replay</Button></RecordedBanner>
      <LiveSteps id={incident.id} />
      <header className="th-h">
        <div className="hl"><p className="crumb"><a {...open(queueHref(query, incident.id))}>Queue</a><Icon name="right" size="s" /><a className="mono" {...open(incidentHref(incident.id, query))}>{incident.id}</a><Icon name="right" size="s" />Trace</p>
          <h1 tabIndex={-1}><span className="clip" title={incident.entity}>{incident.entity_name}</span><DecisionChip decision={triage.decision} /><PriorityMark priority={triage.priority} />
            <Menu label={`${own?.label ?? 'Run'}${own?.current === false ? ', replaced' : ''}: choose a run of this incident`} className="btn ghost sm" trigger={<>{own?.label ?? 'Run'}{own?.current === false && ', replaced'}<Icon name="down" size="s" /></>} items={runs.map((one) => ({ id: one.decision_id, label: one.label, checked: one.decision_id === trace.decision_id, ...(one.current && { hint: 'in force' }) }))} onPick={(id) => navigate(toRun(id))} /></h1></div>
        <Budget run={run} />
        {before && <Button keys="d" onClick={() => navigate(href('/replay', { id: incident.id, left: before.decision_id, right: trace.decision_id }))}>Diff with run {before.number}</Button>}
      </header>
      <TraceView run={run} call={query.get('call')} at={query.get('at')} previous={before?.decision_id ?? null} />
    </div>
  );
}
