import { homeRegion, matchesWildcard } from '#shared/lib/arn.ts';
import { recentCache } from '#shared/lib/recent-cache.ts';
import type { GraphView } from '#shared/model/resource.ts';
import type { Answer, Reason, Verdict } from '#shared/model/verdict.ts';
import type { AccessDecision } from './aws-policy.ts';
import { allPermissions, anyPermission, decideFor, permissionFor, type Permission } from './effective-permission.ts';
import { lookupIn, type ContextLookup } from './policy-context.ts';
import { parsePolicy, type Statement } from './policy-document.ts';
import { principalContext } from './policy-principal.ts';
import { scanPolicy } from './policy-scan.ts';
import type { PrincipalProfile } from './principal-policies.ts';
import { allowsIn, areSilent } from './statement-actions.ts';

interface Probe { readonly action: string; readonly resource: string }
/** Whoever may do all of these on any identity may do whatever iam:* may: administrator-equivalent. */
const iamActions = ['CreateUser:user', 'AttachUserPolicy:user', 'CreateAccessKey:user', 'PutRolePolicy:role', 'UpdateAssumeRolePolicy:role', 'PassRole:role', 'CreatePolicyVersion:policy'] as const;
/** A name that no policy singles out: only wildcards match it. */
const anyName = 'winnow-any-0000';

interface Probes { readonly admin: readonly Probe[]; readonly wide: readonly Probe[] }
const probesByAccount = recentCache<Probes>(50);

/** What is asked of every identity of an account. */
function probesFor({ account, partition }: PrincipalProfile): Probes {
  const key = `${partition} ${account}`;
  let probes = probesByAccount.get(key);
  if (!probes) { probes = { admin: adminProbes(account, partition), wide: wideProbes(account, partition) }; probesByAccount.set(key, probes); }
  return probes;
}

const adminProbes = (account: string, partition: string): readonly Probe[] => iamActions.map((entry) => {
  const [action = '', kind = ''] = entry.split(':');
  return { action: `iam:${action}`, resource: `arn:${partition}:iam::${account}:${kind}/${anyName}` };
});

/** Reading or controlling all data or hosts of an account. */
function wideProbes(account: string, partition: string): readonly Probe[] {
  const of = (service: string, resource: string): string => `arn:${partition}:${service}:${homeRegion(partition)}:${account}:${resource}`;
  return [
    { action: 's3:GetObject', resource: `arn:${partition}:s3:::${anyName}/key` }, { action: 's3:PutBucketPolicy', resource: `arn:${partition}:s3:::${anyName}` },
    { action: 'dynamodb:Scan', resource: of('dynamodb', `table/${anyName}`) }, { action: 'secretsmanager:GetSecretValue', resource: of('secretsmanager', `secret:${anyName}-abcdef`) },
    { action: 'ssm:GetParameter', resource: of('ssm', `parameter/${anyName}`) }, { action: 'ssm:SendCommand', resource: of('ec2', 'instance/i-00000000000000000') },
    { action: 'rds:ModifyDBInstance', resource: of('rds', `db:${anyName}`) }, { action: 'lambda:UpdateFunctionCode', resource: of('lambda', `function:${anyName}`) },
    { action: 'ec2:ModifyInstanceAttribute', resource: of('ec2', 'instance/i-00000000000000000') },
  ];
}

/** Is it equivalent to an administrator by what it holds (Allow * on *, iam:*)? */
export function isAdministrator(graph: GraphView, profile: PrincipalProfile): Permission {
  return probeAll(graph, profile, probesFor(profile).admin);
}

function probeAll(graph: GraphView, profile: PrincipalProfile, probes: readonly Probe[]): Permission {
  const found: Permission[] = [];
  for (const { action, resource } of probes) {
    const permission = permissionFor(graph, profile, action, resource);
    if (permission === 'no') return 'no';
    found.push(permission);
  }
  return allPermissions(found);
}

/** Does it reach all data or hosts of one service? */
export function hasWideAccess(graph: GraphView, profile: PrincipalProfile): Permission {
  return anyPermission(probesFor(profile).wide.map(({ action, resource }) => permissionFor(graph, profile, action, resource)));
}

/**
 * Do a boundary, SCPs or Deny statements take away what its Allow statements would give? Compares what the identity policies' Allow
 * statements alone grant of the wide permissions with what is left of them.
 */
export function mitigation(graph: GraphView, profile: PrincipalProfile): Verdict {
  const { admin, wide } = probesFor(profile);
  const lookup = lookupIn(principalContext(profile.principal), { unknown: ['*'] });
  const granted = [admin, wide].flatMap((probes) => probes.filter((p) => grantedBare(profile, p, lookup)));
  const base = { assumed: [], missing: profile.missing };
  if (granted.length === 0) {
    const isOpen = profile.missing.length > 0;
    return { ...base, answer: isOpen ? 'unknown' : 'no', reasons: [note(profile, 'IAM.no_excess', isOpen ? 'what it is granted is not fully known' : 'its policies grant no wide permission that a control could take away')] };
  }
  const decisions = granted.map((probe) => ({ probe, decision: decideFor(graph, profile, probe.action, probe.resource) }));
  const kept = decisions.filter(({ decision }) => decision.outcome === 'allowed');
  if (kept.length > 0) return { ...base, missing: [], answer: 'no', reasons: [note(profile, 'IAM.excess', `nothing takes ${kept.map((k) => k.probe.action).slice(0, 3).join(', ')} away`)] };
  const open = decisions.filter(({ decision }) => decision.outcome === 'unknown');
  if (open.length > 0) return { ...base, answer: 'unknown', blocked_by: 'CONDITION', reasons: open.flatMap((o) => o.decision.reasons).slice(0, 5) };
  const first = decisions[0]?.decision;
  return { ...base, missing: [], answer: 'yes', blocked_by: controlOf(first), reasons: takenAway(decisions) };
}

const controlOf = (decision: AccessDecision | undefined): string =>
  (decision?.outcome === 'explicitly_denied' && decision.blocked_by === 'identity' ? 'EXPLICIT_DENY' : (decision?.blocked_by ?? 'identity').toUpperCase());

/** By which control each permission goes: what one reason takes away is told once. */
function takenAway(decisions: readonly { readonly probe: Probe; readonly decision: AccessDecision }[]): readonly Reason[] {
  const all = decisions.flatMap(({ probe, decision }) => decision.reasons.map((reason) => ({ action: probe.action, control: controlOf(decision), reason })));
  const groups = Map.groupBy(all, ({ control, reason }) => `${control} ${reason.source} ${reason.pointer} ${reason.text}`);
  return [...groups.values()].flatMap((same) => same.slice(0, 1).map(({ control, reason }) => {
    const actions = [...new Set(same.map((s) => s.action))];
    return { ...reason, text: `${actions.slice(0, 3).join(', ')}${actions.length > 3 ? ` and ${actions.length - 3} more` : ''} ${actions.length === 1 ? 'is' : 'are'} taken away by ${control}: ${reason.text}` };
  })).slice(0, 5);
}

const note = (profile: PrincipalProfile, rule: string, text: string): Reason => ({ rule, source: profile.resource.urn, pointer: '', text });

/** By its Allow statements alone, whatever denies or limits. */
function grantedBare(profile: PrincipalProfile, { action, resource }: Probe, lookup: ContextLookup): boolean {
  const wanted = action.toLowerCase();
  if (areSilent(profile.identity, wanted)) return false;
  const request = { principal: profile.principal, action: wanted, resource, hasBoundary: false, lookup };
  return profile.identity.some((policy) => scanPolicy(policy, 'identity', request).allows.some((hit) => hit.statement !== undefined));
}

/** Would taking over the target give the caller something that it hasn't? Compares the targets' Allow statements with the caller's. */
export function hasMoreThan(target: PrincipalProfile, caller: PrincipalProfile): boolean {
  const own = unconditional(caller);
  return allowsIn(target.identity).some((s) => s !== 'unread' && !isCovered(s, own));
}

/** Would a policy document give the caller something that it hasn't? Unknown where it can't be read. */
export function givesMore(document: unknown, caller: PrincipalProfile): Answer {
  const parsed = parsePolicy(document);
  if (!parsed.ok) return 'unknown';
  const own = unconditional(caller);
  return parsed.value.statements.some((s) => s.effect === 'Allow' && !isCovered(s, own)) ? 'yes' : 'no';
}

const unconditionals = new WeakMap<PrincipalProfile, readonly Statement[]>();

/** What it is allowed whatever the request carries; callers are compared with many targets. */
function unconditional(profile: PrincipalProfile): readonly Statement[] {
  let found = unconditionals.get(profile);
  if (!found) { found = allowsIn(profile.identity).flatMap((s) => (s !== 'unread' && s.conditions.length === 0 ? [s] : [])); unconditionals.set(profile, found); }
  return found;
}

/** Every action and resource of the statement lies within one of the others. */
function isCovered(statement: Statement, others: readonly Statement[]): boolean {
  const { actions, resources } = statement;
  if (!actions || !resources) return others.some((o) => o.actions?.includes('*') === true && o.resources?.includes('*') === true);
  return actions.every((action) => resources.every((resource) => others.some((o) => within(action, o.actions, o.notActions) && within(resource, o.resources, o.notResources))));
}

function within(pattern: string, allowed: readonly string[] | undefined, excluded: readonly string[] | undefined): boolean {
  if (allowed) return allowed.some((a) => matchesWildcard(a, pattern));
  // Inside "all but": neither touches what is left out.
  return excluded !== undefined && !excluded.some((e) => matchesWildcard(e, pattern) || matchesWildcard(pattern, e));
}
