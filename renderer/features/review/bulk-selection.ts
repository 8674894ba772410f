import type { ClaimView } from '#shared/model/decision.ts';
import type { EntityType } from '#shared/model/finding.ts';
import type { QueueRow } from '#shared/rpc/schemas.ts';

const identity: readonly EntityType[] = ['user', 'role', 'group', 'service_account', 'access_key', 'policy'];
const boundary: readonly EntityType[] = ['vpc', 'subnet', 'route_table', 'gateway', 'nacl', 'sg', 'eni', 'lb', 'endpoint'];

/**
 * Why an incident is left out of a bulk approval; undefined when it may go along. Left out: resolve_now, whatever touches IAM or the network
 * boundary (by its recorded claims, and by its kind where the claims don't say), what has no decision to approve, and what is approved already.
 * @param claims the claims of its decision; undefined when they could not be read, which leaves it out
 */
export function whyLeftOut(row: QueueRow, claims: readonly ClaimView[] | undefined): string | undefined {
  if (row.status === 'approved') return 'approved already';
  if (row.status === 'overridden') return 'a person has decided it';
  if (row.decision === null) return 'not decided yet';
  if (row.decision === 'resolve_now') return 'resolve_now is approved one by one';
  if (row.decision === 'needs_human_review') return 'needs a decision, not an approval';
  if (claims === undefined) return 'its claims could not be read';
  const isTrue = (name: string): boolean => claims.some((claim) => claim.claim === name && claim.value !== false && claim.value !== 'unknown');
  if (isTrue('touches_iam') || identity.includes(row.entity_type)) return 'touches IAM';
  return isTrue('touches_network_boundary') || boundary.includes(row.entity_type) ? 'touches the network boundary' : undefined;
}
