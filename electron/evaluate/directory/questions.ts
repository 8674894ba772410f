import type { GraphView } from '#shared/model/resource.ts';
import type { Verdict } from '#shared/model/verdict.ts';
import { err, ok } from '#shared/lib/result.ts';
import { notEvaluated, type Answerer, type Platform } from '../platform.ts';
import { isDirectory, isTierZero, wayTo } from './tier.ts';

/** Can one object of a directory get at another, over rights, memberships and sessions? Without another: at the domain or tenant. */
function reaches(graph: GraphView, subject: string, object: string | undefined): Verdict {
  const start = graph.resource(subject), goal = object === undefined ? undefined : graph.resource(object);
  const absent = start ? (object !== undefined && !goal ? object : undefined) : subject;
  if (!start || absent !== undefined) return { answer: 'unknown', assumed: [], reasons: [], missing: [{ what: 'the object', entity: absent ?? subject, supply: 'a BloodHound or AzureHound collection that has it' }] };
  if (goal === undefined && isTierZero(start)) return { answer: 'yes', via: 'it holds the domain or tenant itself', assumed: [], missing: [], reasons: [{ rule: 'DIR.tier_zero', source: start.urn, pointer: '', text: 'it is tier 0 itself' }] };
  const way = wayTo(graph, start.urn, (urn) => { const found = graph.resource(urn); return goal ? urn === goal.urn : found !== undefined && isTierZero(found); });
  if (way === 'cut') return { answer: 'unknown', assumed: [], reasons: [], missing: [{ what: 'the rest of the search, which a cap cut', entity: start.urn, supply: 'a person' }] };
  if (way === 'none') return { answer: 'no', blocked_by: 'NO_PATH', assumed: [], missing: [], reasons: [{ rule: 'DIR.path', source: start.urn, pointer: '', text: `no right, membership or session leads it ${goal ? `to ${goal.name ?? goal.urn}` : 'to the domain or tenant'}` }] };
  const via = way.edges.map((e) => `${e.reason ?? e.kind} ${graph.resource(e.target)?.name ?? e.target}`).join(' → ');
  const reasons = way.edges.map((e) => ({ rule: `DIR.${e.kind.toLowerCase()}`, source: e.source, pointer: '', text: `${e.reason ?? e.kind}: ${graph.resource(e.target)?.name ?? e.target}${e.condition === undefined ? '' : `, if ${e.condition}`}` }));
  return way.isConditional ? { answer: 'unknown', blocked_by: 'CONDITION', assumed: [], missing: [], reasons } : { answer: 'yes', via, assumed: [], missing: [], reasons };
}

const none: Answerer = (_, q) => ok(notEvaluated(q, `${q.question} in a directory`));

/** Active Directory and Entra ID as BloodHound and AzureHound collect them; objects are named `NAME@DOMAIN`, by SID or object id, or by user principal name. */
export const directory: Platform = {
  name: 'Active Directory and Entra ID',
  recognizes: (graph, id) => { const found = graph.resource(id); return found ? isDirectory(found) : /^(ad|entra):|^S-1-5-/.test(id); },
  ingress: none, egress: none, host_to_host: none, public_storage: none, effective_permission: none,
  can_assume: (_, q, context) => (q.object === undefined ? err('object (the identity) is missing') : ok(reaches(context.derived(), q.subject, q.object))),
  escalation: (_, q, context) => ok(reaches(context.derived(), q.subject, q.object)),
};
