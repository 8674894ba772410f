import type { IncidentTabProps } from '../../state/incident-tabs.ts';
import { refreshReads, useRead } from '../../state/reads.ts';
import { href } from '../../state/router.ts';
import { EmptyState, ErrorState, LoadingState } from '../../ui/states.tsx';
import { AttackPathView } from './attack-path-view.tsx';

/** The paths that lead to or through the incident's entity, and the ways to it that a control closes. */
export function AttackPathTab({ detail: { incident } }: IncidentTabProps) {
  const { value, problem } = useRead('graph.paths', { incident: incident.id });
  const combinations = useRead('graph.combinations', { entity: incident.entity });
  if (value === undefined) return problem?.kind === 'failed' ? <ErrorState title="The attack paths can't be read" message={problem.message} good="The decision and its evidence are not affected." onRetry={() => refreshReads((name) => name === 'graph.paths')} /> : <LoadingState what="the attack paths" rows={6} />;
  const why = value.why ?? 'no attack path leads to or through it';
  if (value.paths.length === 0 && value.blocked.length === 0) return <EmptyState icon="path" title="No attack path">{why[0]?.toUpperCase()}{why.slice(1)}. <a className="link" href={href('/paths')}>All attack paths</a></EmptyState>;
  return <div className="s-paths tab"><AttackPathView view={value} combinations={combinations.value?.combinations ?? []} title={<h2>Attack paths</h2>} empty={null} isEmbedded /></div>;
}
