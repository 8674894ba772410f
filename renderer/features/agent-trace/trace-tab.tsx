import type { IncidentTabProps } from '../../state/incident-tabs.ts';
import { EmptyState } from '../../ui/states.tsx';

/** The recorded run behind the decision. */
export function TraceTab({ detail }: IncidentTabProps) {
  return <EmptyState icon="list" title="The trace is not in this version">The command line prints it: <span className="mono">npm run -s winnow -- trace {detail.incident.id}</span></EmptyState>;
}
