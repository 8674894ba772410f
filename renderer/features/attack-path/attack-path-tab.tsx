import type { IncidentTabProps } from '../../state/incident-tabs.ts';
import { EmptyState } from '../../ui/states.tsx';

/** The paths that lead to or through the incident's entity. */
export function AttackPathTab({ detail }: IncidentTabProps) {
  return <EmptyState icon="path" title="The canvas is not in this version">The command line draws what is around an entity: <span className="mono">npm run -s winnow -- graph {detail.incident.entity}</span></EmptyState>;
}
