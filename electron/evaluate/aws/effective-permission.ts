import { homeRegion, parseArn } from '#shared/lib/arn.ts';
import { at, str } from '#shared/lib/json.ts';
import type { GraphView } from '#shared/model/resource.ts';
import { evaluateAccess, needsNoPermission, type AccessDecision } from './aws-policy.ts';
import type { IdentityKnowledge } from './identity-knowledge.ts';
import { organizationPolicies } from './organization-policies.ts';
import type { RequestContext } from './policy-context.ts';
import { policyHolder, resourcePolicies } from './own-policy.ts';
import { levelsWithFullAccess, principalPolicies, type PrincipalProfile } from './principal-policies.ts';
import { allowsIn, areSilent, matchesAction } from './statement-actions.ts';

/** What can be said of one permission: `conditional` hangs on conditions, `lost` on a policy whose content is not known. */
export type Permission = 'yes' | 'no' | 'conditional' | 'lost';

/**
 * May the principal do an action on a resource, with all its policies, SCPs and RCPs in the graph, and the resource's own policy?
 * What the request will carry (addresses, tags, MFA) is not known, so a decision that hangs on it is `unknown`.
 * @param context keys that are known after all, e.g. `iam:PassedToService`.
 */
export function effectivePermission(
  graph: GraphView, principalUrn: string, action: string, resource: string, knowledge: IdentityKnowledge, context?: RequestContext,
): AccessDecision {
  const profile = principalPolicies(graph, principalUrn, knowledge);
  if (!profile) return { outcome: 'unknown', reasons: [], residual: [], conditional: false };
  return decideFor(graph, profile, action, resource, context);
}

/** As `effectivePermission`, for a profile that was collected before. @param anyResource asked for `*`: is some resource allowed? */
export function decideFor(graph: GraphView, profile: PrincipalProfile, action: string, resource: string, context: RequestContext = nothingGiven, anyResource = false): AccessDecision {
  const arn = parseArn(resource);
  const target = policyHolder(graph, resource);
  // A planned role may be of any account: then both tables must agree.
  const isAnywhere = target?.type === 'AWS::IAM::Role' && target.account === undefined && arn === undefined;
  const owner = isAnywhere ? undefined : target?.account ?? (arn?.account === undefined || !/^\d{12}$/.test(arn.account) ? profile.account : arn.account);
  const rcps = organizationPolicies(graph, owner, 'RESOURCE_CONTROL_POLICY');
  return evaluateAccess(
    { principal: profile.principal, action, resource, ...(owner !== undefined && { resourceAccount: owner }), anyResource, context: merge(requestContext(graph, profile, owner, target?.region ?? arn?.region, arn?.service), context) },
    { identity: profile.identity, boundary: profile.boundary, scps: profile.scps, rcps: levelsWithFullAccess(rcps.levels), resource: resourcePolicies(graph, resource) },
  );
}

const nothingGiven: RequestContext = {};

/** The given keys win; everything else that a request may carry stays as the base has it. */
function merge(base: RequestContext, given: RequestContext): RequestContext {
  if (given === nothingGiven) return base;
  return {
    values: { ...base.values, ...given.values }, unknown: [...base.unknown ?? [], ...given.unknown ?? []],
    ...((given.absent ?? base.absent) && { absent: [...base.absent ?? [], ...given.absent ?? []] }), ...(given.chosen && { chosen: given.chosen }),
  };
}

const contexts = new WeakMap<PrincipalProfile, Map<string, RequestContext>>();

/** A profile belongs to one graph version, and so does what it sends. */
function requestContext(graph: GraphView, profile: PrincipalProfile, owner: string | undefined, region: string | undefined, service: string | undefined): RequestContext {
  const known = contexts.get(profile) ?? new Map<string, RequestContext>();
  contexts.set(profile, known);
  const key = `${owner} ${region ?? '-'} ${service ?? '-'}`;
  const context = known.get(key) ?? makeContext(graph, profile, owner, region, service);
  known.set(key, context);
  return context;
}

function makeContext(graph: GraphView, profile: PrincipalProfile, owner: string | undefined, region: string | undefined, service: string | undefined): RequestContext {
  const isGlobal = ['iam', 'sts', 'organizations', 'route53', 'cloudfront'].includes(service ?? '');
  const requested = isGlobal ? homeRegion(profile.partition) : region;
  return {
    values: {
      'aws:SecureTransport': 'true', ...(owner !== undefined && { 'aws:ResourceAccount': owner }), ...(requested !== undefined && requested !== '' && { 'aws:RequestedRegion': requested }),
      ...Object.fromEntries(Object.entries(profile.resource.tags).map(([key, value]) => [`aws:PrincipalTag/${key}`, value])),
      ...organizationKeys(graph, profile.account, owner),
    },
    unknown: ['*'],
    // A user has the tags that are recorded and no others; a session of a role may bring some of its own.
    ...(profile.resource.type === 'AWS::IAM::User' && Array.isArray(at(profile.resource.config, 'Tags')) && { absent: ['aws:PrincipalTag/*'] }),
  };
}

/** The organization of the caller and of the resource, where the snapshot has it and says that the account is in it. */
function organizationKeys(graph: GraphView, account: string, owner: string | undefined): Readonly<Record<string, string>> {
  const id = str(graph.ofType('AWS::Organizations::Organization')[0]?.config, 'Id');
  const isMember = (of: string | undefined): boolean => graph.ofType('AWS::Organizations::Account').some((a) => str(a.config, 'Id') === of);
  return id === undefined ? {} : { ...(isMember(account) && { 'aws:PrincipalOrgID': id }), ...(isMember(owner) && { 'aws:ResourceOrgID': id }) };
}

/** A decision in one word. */
export function permissionOf(decision: AccessDecision): Permission {
  if (decision.outcome === 'allowed') return 'yes';
  if (decision.outcome !== 'unknown') return 'no';
  return decision.conditional ? 'conditional' : 'lost';
}

/**
 * `decideFor` in one word. Where neither the principal's own policies nor the resource's speak of the action nothing can allow it, which needs no request:
 * that is so for nearly everything that one asks.
 */
export function permissionFor(graph: GraphView, profile: PrincipalProfile, action: string, resource: string, context: RequestContext = nothingGiven): Permission {
  const wanted = action.toLowerCase();
  if (areSilent(profile.identity, wanted) && wanted !== needsNoPermission && areSilent(resourcePolicies(graph, resource), wanted)) return 'no';
  return permissionOf(decideFor(graph, profile, action, resource, context));
}

/** The weakest of several permissions that are all needed. */
export function allPermissions(permissions: readonly Permission[]): Permission {
  return (['no', 'lost', 'conditional'] as const).find((p) => permissions.includes(p)) ?? 'yes';
}

/** The strongest of several permissions of which one is enough; `no` when there is none. */
export function anyPermission(permissions: readonly Permission[]): Permission {
  return (['yes', 'conditional', 'lost'] as const).find((p) => permissions.includes(p)) ?? 'no';
}

/**
 * Is an action allowed on any resource at all? Tries the resources that the principal's own Allow statements single out.
 * For actions whose target is new (lambda:CreateFunction) or has no ARN (ec2:DescribeInstances).
 */
export function permittedSomewhere(graph: GraphView, profile: PrincipalProfile, action: string): Permission {
  return anyPermission(sampleResources(profile, action).map((resource) => permissionOf(decideFor(graph, profile, action, resource))));
}

/**
 * What the principal's own Allow statements for an action may cover, as patterns: a resource that none matches can be allowed by its own policy only.
 * Variables count as anything; conditions and denials are not looked at.
 */
export function allowPatterns(profile: PrincipalProfile, action: string): readonly string[] {
  const wanted = action.toLowerCase();
  const found = allowsIn(profile.identity).flatMap((s) => (s !== 'unread' && matchesAction(s, wanted) ? s.resources ?? ['*'] : []));
  return [...new Set(found.map((p) => p.replaceAll(/\$\{[^}]*\}/g, '*')))];
}

const sampleName = 'winnow-sample';
const maxSamples = 50;

function sampleResources(profile: PrincipalProfile, action: string): readonly string[] {
  const wanted = action.toLowerCase();
  if (areSilent(profile.identity, wanted)) return [];
  const service = action.split(':')[0] ?? '';
  const samples = new Set<string>();
  for (const s of allowsIn(profile.identity)) {
    if (s === 'unread') { samples.add('*'); continue; }
    if (!matchesAction(s, wanted)) continue;
    for (const resource of s.resources ?? ['*']) samples.add(resource === '*' ? '*' : instantiate(resource, service, profile));
    if (samples.size >= maxSamples) break;
  }
  return [...samples];
}

/** A resource that the pattern matches: wildcards filled in, those of the ARN's head with fitting values. */
function instantiate(pattern: string, service: string, { account, partition }: PrincipalProfile): string {
  const parts = pattern.split(':');
  if (parts.length < 6) return pattern.replaceAll('*', sampleName).replaceAll('?', 'x');
  const head = ['arn', partition, service, homeRegion(partition), account];
  return parts.map((part, i) => (part === '*' && i < 5 ? head[i] ?? part : part.replaceAll('*', sampleName).replaceAll('?', 'x'))).join(':');
}
