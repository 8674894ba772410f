import type { IncidentTabProps } from '../../state/incident-tabs.ts';
import { navigate } from '../../state/router.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { AskModel, LiveSteps } from './ask-model.tsx';
import { currentRun, runBefore, runNames } from './run-of.ts';
import { RecordedBanner, TraceView, useTraceHref } from './trace-view.tsx';

/** The recorded run behind the decision, within the incident. */
export function TraceTab({ detail, call, at }: IncidentTabProps) {
  const run = currentRun(detail);
  const toScreen = useTraceHref(detail.incident.id);
  if (run === undefined) return <NoRun />;
  const before = runBefore(runNames(detail), run.trace.decision_id);
  return (
    <div className="s-trace in-tab">
      <RecordedBanner run={run}><AskModel id={detail.incident.id} /><Button small icon="fit" onClick={() => navigate(toScreen(null))}>Full screen</Button></RecordedBanner>
      <LiveSteps id={detail.incident.id} />
      <TraceView run={run} call={call} at={at} previous={before?.decision_id ?? null} />
    </div>
  );
}

export function NoRun() { return <EmptyState icon="list" title="Nothing is recorded yet">The next triage run decides this incident and records every call that it makes.</EmptyState>; }
