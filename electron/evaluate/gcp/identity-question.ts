import { gcpTypes, projectIn } from '#shared/model/gcp.ts';
import type { GraphView } from '#shared/model/resource.ts';
import type { Answer, Missing, Reason, Verdict } from '#shared/model/verdict.ts';
import { anyOf } from '../kleene.ts';
import { directoryOf } from './directory.ts';
import { impersonation, targetsOf, administratorsOf, containerKind } from './escalations.ts';
import { evaluateGcpIdentity, escalationsOf } from './identity.ts';
import { isMember, memberOf, type Member } from './members.ts';
import { decide, type Scope } from './permission.ts';

const maxDepth = 6;
const outsiders: ReadonlySet<string> = new Set(['external', 'outside']);

/** The members that a subject is or holds: a machine, function or service holds the account that it runs as. */
function membersBehind(graph: GraphView, subject: string): readonly Member[] {
  const found = graph.resource(subject);
  if (found && found.kind !== 'identity' && found.type !== gcpTypes.iamPolicy) return graph.edgesFrom(found.urn, 'RUNS_AS').filter((e) => e.condition === undefined).map((e) => memberOf(graph, e.target));
  return [memberOf(graph, subject)];
}

/**
 * Can the subject get credentials of the service account `object`, directly or over other accounts (at most six)? Any of getAccessToken,
 * signBlob, signJwt, implicitDelegation and serviceAccountKeys.create does. Code `NO_IMPERSONATION`.
 */
export function gcpAssumeVerdict(scope: Scope, subject: string, object: string, accounts: ReadonlySet<string>): Verdict {
  const { graph } = scope;
  const wanted = memberOf(graph, object);
  const account = graph.resource(object);
  if (account && account.type !== gcpTypes.serviceAccount) return { answer: 'no', blocked_by: 'NOT_A_SERVICE_ACCOUNT', assumed: [], missing: [], reasons: [{ rule: 'GCP.not_impersonated', source: account.urn, pointer: '', text: `${account.type} is nothing that can be impersonated` }] };
  if (account && outsiders.has(subject)) return evaluateGcpIdentity(scope, account.urn, accounts).external;
  const starts = membersBehind(graph, subject);
  if (starts.includes(wanted)) return { answer: 'yes', via: 'RUNS_AS', assumed: [], missing: [], reasons: [{ rule: 'GCP.runs_as', source: account?.urn ?? object, pointer: '', text: 'it is, or runs as, that account' }] };
  const tried: Verdict[] = [];
  const nameOf = (member: Member): string => graph.resource(member)?.urn ?? `//iam.googleapis.com/projects/${/@([^.]+)\./.exec(member)?.[1] ?? '-'}/serviceAccounts/${member.slice(member.indexOf(':') + 1)}`;
  const seen = new Set(starts);
  let frontier = [...starts];
  for (let depth = 0; depth < maxDepth && frontier.length > 0; depth++) {
    for (const from of frontier) {
      const step = impersonates(scope, from, nameOf(wanted));
      if (step.answer === 'yes') return depth === 0 ? step : { ...step, via: `over ${from}: ${step.via ?? ''}` };
      tried.push(step);
    }
    const next = graph.ofType(gcpTypes.serviceAccount).map((a) => memberOf(graph, a.urn)).filter((m) => !seen.has(m) && frontier.some((from) => impersonates(scope, from, nameOf(m)).answer === 'yes'));
    for (const m of next) seen.add(m);
    frontier = next;
  }
  return closed(tried, 'NO_IMPERSONATION', account?.urn ?? object);
}

function impersonates(scope: Scope, member: Member, name: string): Verdict {
  const all = impersonation.map((permission) => decide(scope, member, permission, name));
  const answer = anyOf(all.map((d) => d.answer));
  return all.find((d) => d.answer === answer) ?? closed([], 'NO_IMPERSONATION', name);
}

/** No step is sure: unknown where one may be, else no, with the control that stood in the way. */
function closed(tried: readonly Verdict[], code: string, source: string): Verdict {
  const open = tried.filter((v) => v.answer === 'unknown');
  if (open.length > 0) return { answer: 'unknown', assumed: [], missing: uniqueMissing(open.flatMap((v) => v.missing)), reasons: open.flatMap((v) => v.reasons).slice(0, 5), ...(open.some((v) => v.blocked_by === 'CONDITION') && { blocked_by: 'CONDITION' }) };
  const limited = tried.find((v) => v.blocked_by !== undefined && v.blocked_by !== 'NO_BINDING');
  return { answer: 'no', blocked_by: limited?.blocked_by ?? code, assumed: [...new Set(tried.flatMap((v) => v.assumed))], missing: [], reasons: limited?.reasons ?? [{ rule: `GCP.${code.toLowerCase()}`, source, pointer: '', text: 'no binding gives credentials of it' }] };
}

const uniqueMissing = (missing: readonly Missing[]): readonly Missing[] => [...new Map(missing.map((m) => [`${m.entity} ${m.what}`, m])).values()];

/** Can the subject gain what it was not given (those of `object`, when given), or does it administer already? Codes `NO_ESCALATION`, `DENY_POLICY`. */
export function gcpEscalationVerdict(scope: Scope, subject: string, object: string | undefined, accounts: ReadonlySet<string>): Verdict {
  const { graph } = scope;
  const members = membersBehind(graph, subject);
  const [member] = members;
  if (member === undefined) return { answer: 'unknown', assumed: [], reasons: [], missing: [{ what: 'the identity, or what it runs as', entity: subject, supply: 'gcloud asset export --content-type resource, and --content-type iam-policy' }] };
  const wanted = object === undefined ? undefined : graph.resource(object)?.urn ?? object;
  const found = members.flatMap((m) => reachable(scope, m)).filter((e) => wanted === undefined || e.target === wanted);
  const sure = found.filter((e) => !e.conditional);
  const reasons = (list: typeof found): readonly Reason[] => list.slice(0, 5).map((e) => ({ rule: `GCP.${e.id}`, source: e.target, pointer: '', text: `${e.id} on ${e.target.replace(/^\/\/[^/]+\//, '')}` }));
  const admin = anyOf(targetsOf(graph).filter((t) => containerKind(t.urn) !== undefined && (wanted === undefined || t.urn === wanted)).flatMap((c) => [...administratorsOf(scope, c)].flatMap(([m, a]): readonly Answer[] => (members.some((x) => isMember(graph, x, m) === 'yes') ? [a] : []))));
  if (sure.length > 0 || admin === 'yes') return { answer: 'yes', via: sure[0]?.id ?? 'administrator', assumed: [], missing: [], reasons: sure.length > 0 ? reasons(sure) : [{ rule: 'GCP.administrator', source: member, pointer: '', text: 'it may hand out roles already' }] };
  if (found.length > 0 || admin === 'unknown') return { answer: 'unknown', blocked_by: 'CONDITION', assumed: [], missing: [], reasons: reasons(found) };
  const identity = evaluateGcpIdentity(scope, graph.resource(member)?.urn ?? member, accounts);
  const unread = [...identity.missing.filter((m) => m.what.startsWith('the IAM policy')), ...unknownRoles(scope, members)];
  if (unread.length > 0) return { answer: 'unknown', assumed: [], missing: uniqueMissing(unread), reasons: [] };
  const limited = identity.mitigated.answer === 'yes';
  return { answer: 'no', blocked_by: limited ? 'DENY_POLICY' : 'NO_ESCALATION', assumed: ['ancestor_iam_policy'], missing: [], reasons: limited ? identity.mitigated.reasons : [{ rule: 'GCP.no_escalation', source: member, pointer: '', text: 'none of the primitives is held on any account, project, folder or organization of the snapshot' }] };
}

/** Escalations of a member and, over accounts that it gets for sure, theirs. */
function reachable(scope: Scope, member: Member): ReturnType<typeof escalationsOf> {
  const all = [...escalationsOf(scope, member)];
  const seen = new Set([member]);
  for (let i = 0; i < all.length && seen.size < 200; i++) {
    const e = all[i];
    const next = e && !e.conditional && scope.graph.resource(e.target)?.type === gcpTypes.serviceAccount ? memberOf(scope.graph, e.target) : undefined;
    if (next === undefined || seen.has(next)) continue;
    seen.add(next);
    all.push(...escalationsOf(scope, next));
  }
  return all;
}

/** Roles of the members, or groups that they may be in, that leave it open. */
function unknownRoles(scope: Scope, members: readonly Member[]): readonly Missing[] {
  const { graph } = scope;
  const places = targetsOf(graph).map((t) => t.urn.replace(/#iam-policy$/, '')).slice(0, 500);
  const projects = new Set(places.map((p) => { const id = projectIn(p); return id === undefined ? p : `//cloudresourcemanager.googleapis.com/projects/${directoryOf(graph).projectId(id)}`; }));
  return [...projects].flatMap((name) => members.flatMap((m) => ['resourcemanager.projects.setIamPolicy', 'iam.serviceAccounts.getAccessToken'].flatMap((p) => { const d = decide(scope, m, p, name); return d.answer === 'unknown' && d.grants.length > 0 ? d.missing : []; })));
}

