import { list, str } from '#shared/lib/json.ts';
import { isUntold } from '#shared/model/gcp.ts';
import type { StoredResource } from '#shared/model/resource.ts';
import type { Reason, Verdict } from '#shared/model/verdict.ts';
import { bindingsOf, isUnplaced, unplacedBindings } from './bindings.ts';
import { evaluateCondition } from './condition.ts';
import { directoryOf } from './directory.ts';
import type { Scope } from './permission.ts';

/** Does a resource's own policy give anything to everyone? For secrets, topics, keys, repositories, datasets and whatever else has an IAM policy. Code `NO_GRANT`. */
export function publicGrant({ graph }: Scope, resource: StoredResource): Verdict {
  const name = resource.urn.replace(/#iam-policy$/, '');
  const policies = directoryOf(graph).policies(name);
  const open = policies.flatMap(bindingsOf).filter((b) => b.members.some((m) => m === 'allUsers' || m === 'allAuthenticatedUsers'));
  const untold = [...policies.flatMap(bindingsOf), ...unplacedBindings(graph, [name])].filter((b) => isUnplaced(b) ? b.members.some((m) => m.startsWith('all') || isUntold(m)) : b.members.some(isUntold));
  const conditions = open.map((b) => (b.condition === undefined ? 'yes' : evaluateCondition(b.condition, { name: name.replace(/^\/\/[^/]+\//, ''), timeUs: b.policy.observed_us ?? b.policy.captured_us })));
  const access = list(resource.config, 'access').findIndex((a) => /^all(AuthenticatedUsers|Users)$/.test(str(a, 'specialGroup') ?? str(a, 'iamMember') ?? ''));
  const reasons: Reason[] = [
    ...open.map((b) => ({ rule: 'GCP.binding', source: b.policy.urn, pointer: b.pointer, text: `${b.role} for ${b.members.filter((m) => m.startsWith('all')).join(', ')}` })),
    ...(access >= 0 ? [{ rule: 'GCP.access', source: resource.urn, pointer: `/access/${access}`, text: 'its access list names everyone' }] : []),
  ];
  const via = reasons[0]?.text ?? '';
  if (access >= 0 || conditions.includes('yes')) return { answer: 'yes', via, assumed: ['vpc_service_controls'], missing: [], reasons };
  if (conditions.includes('unknown')) return { answer: 'unknown', blocked_by: 'CONDITION', assumed: [], missing: [], reasons };
  if (untold.length > 0) return { answer: 'unknown', assumed: [], missing: untold.map((b) => ({ what: isUnplaced(b) ? 'what the grant is about' : 'whom the grant names', entity: b.policy.name ?? b.policy.urn, supply: 'terraform show -json of the state, once the plan is applied' })), reasons };
  if (policies.length === 0 && !directoryOf(graph).hasResourcePolicies) return { answer: 'unknown', assumed: [], missing: [{ what: 'the IAM policy of the resource', entity: name, supply: 'gcloud asset export --content-type iam-policy' }], reasons };
  return { answer: 'no', blocked_by: 'NO_GRANT', assumed: [], missing: [], reasons: [{ rule: 'GCP.no_grant', source: policies[0]?.urn ?? name, pointer: '', text: 'its IAM policy names neither allUsers nor allAuthenticatedUsers' }] };
}
