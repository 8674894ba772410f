import { gcpTypes, projectIn } from '#shared/model/gcp.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Answer, IdentityAccess, Missing, Reason, Verdict } from '#shared/model/verdict.ts';
import { allOf, anyOf } from '../kleene.ts';
import { directoryOf } from './directory.ts';
import { administratorsOf, containerKind, escalationsInto, impersonation, targetsOf, type GcpEscalation } from './escalations.ts';
import { holdersOf } from './holders.ts';
import { isMember, memberOf, nodeOfMember, type Member } from './members.ts';
import { bindingsOf } from './bindings.ts';
import type { Scope } from './permission.ts';

/**
 * What a user, group or service account is worth: who from outside can become it, whether it administers a project or more, how it can
 * escalate, and whether deny policies take that away (design 5-graph §3, Google Cloud).
 * @param accounts project ids that count as inside, besides those of the snapshot.
 */
export function evaluateGcpIdentity(scope: Scope, urn: string, accounts: ReadonlySet<string>): IdentityAccess {
  const { graph } = scope;
  const resource = graph.resource(urn);
  const member = memberOf(graph, urn);
  const missing = missingPolicies(graph, resource);
  const raw = escalationsOf(scope, member, false), held = escalationsOf(scope, member);
  const external = resource?.type === gcpTypes.serviceAccount ? externalAccess(scope, resource, accounts) : notBecome(urn);
  const limited = raw.length > 0 && held.length === 0;
  const mitigated: Verdict = { answer: limited ? 'yes' : 'no', assumed: [], missing: [], reasons: [{ rule: 'GCP.limits', source: urn, pointer: '', text: limited ? 'deny policies or an access boundary take its ways to escalate away' : 'no deny policy or access boundary removes the excess' }] };
  return {
    external: external.verdict, external_principals: external.principals, tier: tierOf(scope, member, held, missing),
    escalations: held.map(({ id, target, conditional }) => ({ id, target, conditional })), mitigated, missing: [...missing, ...external.verdict.missing],
  };
}

/** What a member can gain. Groups that it may be in, but isn't known to be, leave a way conditional. */
export function escalationsOf(scope: Scope, member: Member, withLimits = true): readonly GcpEscalation[] {
  const found = new Map<string, GcpEscalation>();
  for (const target of targetsOf(scope.graph)) {
    for (const e of escalationsInto(scope, target, withLimits)) {
      const is = isMember(scope.graph, member, e.member);
      if (is !== 'yes' || isSelf(scope.graph, member, e.target)) continue;
      const key = `${e.id} ${e.target}`, have = found.get(key);
      found.set(key, { ...e, conditional: e.conditional && (have?.conditional ?? true) });
    }
  }
  return [...found.values()];
}

const isSelf = (graph: GraphView, member: Member, target: string): boolean => nodeOfMember(graph, member) === target;

/** `tier0`: administers a project, folder or organization, or gets credentials of an account that does. `tier1`: escalates otherwise. */
export function tierOf(scope: Scope, member: Member, escalations: readonly GcpEscalation[], missing: readonly Missing[]): IdentityAccess['tier'] {
  const own = administers(scope, member);
  if (own === 'yes') return 'tier0';
  const intoAdministrator = escalations.some((e) => !e.conditional && !e.isIndirect && containerKind(e.target) === undefined && administers(scope, memberOf(scope.graph, e.target)) === 'yes');
  if (intoAdministrator) return 'tier0';
  if (escalations.length > 0 || own === 'unknown') return 'tier1';
  return missing.length > 0 ? 'unknown' : 'none';
}

const known = new WeakMap<object, Map<Member, Answer>>();

function administers(scope: Scope, member: Member): Answer {
  let byMember = known.get(scope.graph);
  if (!byMember) { byMember = new Map(); known.set(scope.graph, byMember); }
  let found = byMember.get(member);
  if (found === undefined) {
    const containers = targetsOf(scope.graph).filter((t) => containerKind(t.urn) !== undefined);
    // A group whose members aren't known makes nobody an administrator by itself.
    found = anyOf(containers.flatMap((c) => [...administratorsOf(scope, c)].flatMap(([m, answer]) => { const is = isMember(scope.graph, member, m); return is === 'yes' ? [answer] : []; })));
    byMember.set(member, found);
  }
  return found;
}

/** Without the policy of its own project nothing is said about what an account may do. */
function missingPolicies(graph: GraphView, resource: StoredResource | undefined): readonly Missing[] {
  const directory = directoryOf(graph);
  const project = projectIn(resource?.urn ?? '');
  const name = project === undefined ? undefined : `//cloudresourcemanager.googleapis.com/projects/${directory.projectId(project)}`;
  const hasAny = graph.ofType(gcpTypes.iamPolicy).length > 0;
  if (name === undefined ? hasAny : directory.policies(name).length > 0) return [];
  return [{ what: 'the IAM policy of the project', entity: name ?? resource?.urn ?? '', supply: 'gcloud asset export --content-type iam-policy' }];
}

interface External { readonly verdict: Verdict; readonly principals: readonly string[] }

const notBecome = (urn: string): External => ({ principals: [], verdict: { answer: 'no', assumed: [], missing: [], reasons: [{ rule: 'GCP.no_impersonation', source: urn, pointer: '', text: 'a person or a group is not impersonated' }] } });

/** Can someone outside get credentials of a service account? */
function externalAccess(scope: Scope, account: StoredResource, accounts: ReadonlySet<string>): External {
  const members = new Map<string, Answer>();
  for (const permission of impersonation) for (const [m, a] of holdersOf(scope, permission, account.urn)) members.set(m, anyOf([members.get(m) ?? 'no', a]));
  const isOutside = outsideTest(scope.graph, accounts);
  const judged = [...members].map(([member, answer]) => ({ member, answer: allOf([answer, isOutside(member)]) }));
  const answer = anyOf(judged.map((j) => j.answer));
  const told = judged.filter((j) => j.answer === answer && answer !== 'no');
  const lacks = answer === 'no' ? missingPolicies(scope.graph, account) : [];
  const reasons: readonly Reason[] = told.length > 0 ? told.slice(0, 5).map((j) => ({ rule: 'GCP.external', source: account.urn, pointer: '', text: `${j.member} ${j.answer === 'yes' ? 'is outside and' : 'may be outside and'} can impersonate it` })) : [{ rule: 'GCP.external', source: account.urn, pointer: '', text: 'nobody outside can impersonate it' }];
  return {
    principals: judged.filter((j) => j.answer === 'yes').map((j) => j.member),
    verdict: { answer: lacks.length > 0 ? 'unknown' : answer, assumed: [], reasons, missing: answer === 'unknown' ? told.map((j) => ({ what: `whether ${j.member} belongs to the organization`, entity: j.member, supply: 'the organization in the export (gcloud asset export at organization level)' })) : lacks },
  };
}

const consumer = /@(gmail|googlemail|outlook|hotmail|live|yahoo|icloud|proton|protonmail|gmx|web|mail)\.[a-z.]+$/i;

/** @returns whether a member is outside. Domains of the organization and of those who own a project of the snapshot are inside. */
export function outsideTest(graph: GraphView, accounts: ReadonlySet<string>): (member: string) => Answer {
  const directory = directoryOf(graph);
  const projects = new Set([...accounts, ...graph.ofType(gcpTypes.project).flatMap((p) => [p.account, directory.projectNumber(p.account ?? '')].filter((x) => x !== undefined)), ...graph.ofType(gcpTypes.iamPolicy).flatMap((p) => { const id = projectIn(p.urn); return id === undefined ? [] : [directory.projectId(id), id]; })]);
  const owners = graph.ofType(gcpTypes.iamPolicy).filter((p) => containerKind(p.urn) !== undefined).flatMap(bindingsOf).filter((b) => /^roles\/(owner|resourcemanager\.organizationAdmin)$/.test(b.role)).flatMap((b) => b.members);
  const domains = new Set([...graph.ofType(gcpTypes.organization).flatMap((o) => o.name ?? []), ...owners.filter((m) => /^(user|group):/.test(m) && !consumer.test(m)).map((m) => m.slice(m.indexOf('@') + 1))].map((d) => d.toLowerCase()));
  return (member) => {
    if (member === 'allUsers' || member === 'allAuthenticatedUsers') return 'yes';
    if (/^project(Owner|Editor|Viewer):/.test(member)) return projects.has(member.slice(member.indexOf(':') + 1)) ? 'no' : 'yes';
    if (member.startsWith('serviceAccount:')) return accountOutside(member.slice('serviceAccount:'.length), projects);
    if (consumer.test(member)) return 'yes';
    const domain = member.startsWith('domain:') ? member.slice('domain:'.length) : /@(.+)$/.exec(member)?.[1];
    if (domain !== undefined && domains.has(domain.toLowerCase())) return 'no';
    // One repository, subject or attribute of a pool is named on purpose; the whole pool lets in whatever its provider lets in.
    return member.startsWith('principal:') || (member.startsWith('principalSet:') && !member.endsWith('/*')) ? 'no' : 'unknown';
  };
}

function accountOutside(email: string, projects: ReadonlySet<string>): Answer {
  const project = /@([^.]+)\.iam\.gserviceaccount\.com$/.exec(email)?.[1] ?? /^([^.]+)\.svc\.id\.goog\[/.exec(email)?.[1] ?? /^([^@]+)@appspot\.gserviceaccount\.com$/.exec(email)?.[1];
  if (project !== undefined && /^(gcp-sa-|gcf-admin|cloud-|container-|compute-system|serverless-|dataflow-|service-networking)/.test(project)) return 'no';
  const number = /^(?:service-|project-)?(\d+)[-@]/.exec(email)?.[1];
  const own = project ?? number;
  return own === undefined ? 'unknown' : projects.has(own) ? 'no' : number !== undefined && project === undefined ? 'unknown' : 'yes';
}
