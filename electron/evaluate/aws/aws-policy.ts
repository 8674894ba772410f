import { parseArn } from '#shared/lib/arn.ts';
import type { Answer, Reason } from '#shared/model/verdict.ts';
import { allOf, anyOf, not } from '../kleene.ts';
import { refusedByAws } from './aws-owned.ts';
import { lookupIn, type ContextLookup, type RequestContext } from './policy-context.ts';
import type { ConditionTest } from './policy-document.ts';
import { accountOf, parsePrincipal, principalContext, type Principal } from './policy-principal.ts';
import { describeHit, scanPolicy, type Hit, type PolicyInput, type PolicyKind, type Scan, type ScanRequest } from './policy-scan.ts';

export interface AccessRequest {
  /** A principal, or text that `parsePrincipal` reads. */
  readonly principal: Principal | string;
  readonly action: string;
  /** ARN of the resource, or `*` for an action that has none. */
  readonly resource: string;
  /** Owner of the resource; needed where its ARN has no account (S3). */
  readonly resourceAccount?: string;
  readonly context?: RequestContext;
  /** With wildcards in the resource: is some resource that they match allowed? Left out: are all? */
  readonly anyResource?: boolean;
}
/** Policies attached at one level of the organization: root, a unit, the account. */
export interface PolicyLevel { readonly name: string; readonly policies: readonly PolicyInput[] }
/** An absent or empty list means that there is none; a policy whose content is not known has `document: undefined`. */
export interface AccessPolicies {
  readonly identity?: readonly PolicyInput[];
  readonly resource?: readonly PolicyInput[];
  readonly boundary?: readonly PolicyInput[];
  readonly session?: readonly PolicyInput[];
  /** Of the principal's account; leave out for the management account, which no SCP or RCP binds. */
  readonly scps?: readonly PolicyLevel[];
  /** Of the resource's account. */
  readonly rcps?: readonly PolicyLevel[];
  readonly endpoint?: readonly PolicyInput[];
}
export type Layer = 'rcp' | 'scp' | 'endpoint' | 'resource' | 'identity' | 'boundary' | 'session';
export interface AccessDecision {
  readonly outcome: 'allowed' | 'implicitly_denied' | 'explicitly_denied' | 'unknown';
  /** The layer that refuses, for the two denials. */
  readonly blocked_by?: Layer;
  /** Statements that decide; for an unknown those that leave it open. */
  readonly reasons: readonly Reason[];
  /** Conditions that could not be solved and on which an unknown hangs. */
  readonly residual: readonly ConditionTest[];
  /** True when an unknown hangs only on conditions, not on a policy whose content is missing. */
  readonly conditional: boolean;
}

interface LayerResult { readonly layer: Layer; readonly allow: Answer; readonly deny: Answer; readonly scans: readonly Scan[]; readonly policies: readonly PolicyInput[] }
interface Layers { readonly [layer: string]: LayerResult }

/** Everybody may ask who they are, whatever their policies say (STS API Reference, `GetCallerIdentity`). */
export const needsNoPermission = 'sts:getcalleridentity';

/**
 * Decides a request as AWS does (IAM User Guide, "Policy evaluation logic"): an explicit Deny anywhere; RCP; SCP at every level; then within
 * one account identity, boundary and session together, or a resource policy that names the principal; across accounts both sides.
 * Three-valued: an unknown key or policy makes the outcome unknown only where it can change it.
 */
export function evaluateAccess(request: AccessRequest, policies: AccessPolicies): AccessDecision {
  const principal = typeof request.principal === 'string' ? parsePrincipal(request.principal) : request.principal;
  const action = request.action.toLowerCase();
  if (action === needsNoPermission) return { outcome: 'allowed', reasons: [], residual: [], conditional: false };
  const scan: ScanRequest = {
    principal, action, resource: request.resource, lookup: lookupFor(principal, request.context ?? {}),
    hasBoundary: (policies.boundary ?? []).length > 0, ...(request.anyResource !== undefined && { anyResource: request.anyResource }),
  };
  const layers = scanLayers(scan, policies);
  const account = accountOf(principal);
  const named = parseArn(request.resource)?.account;
  // What AWS owns itself (managed policies) is everybody's.
  const owner = request.resourceAccount ?? (named === 'aws' || request.resource === '*' ? account : named || undefined);
  const deny = anyOf(Object.values(layers).map((l) => l.deny));
  const refused = deny === 'yes' ? undefined : refusedByAws(action, request.resource);
  if (refused !== undefined) return { outcome: 'implicitly_denied', reasons: [{ rule: 'iam.kept_by_aws', source: request.resource, pointer: '', text: refused }], residual: [], conditional: false };
  const grants = account === undefined ? [outsideGrant(layers)]
    : owner === undefined ? [sameAccountGrant(layers, scan), crossAccountGrant(layers)]
      : [owner === account ? sameAccountGrant(layers, scan) : crossAccountGrant(layers)];
  // With an unknown owner both tables must agree.
  const grant = new Set(grants).size === 1 ? grants[0] ?? 'unknown' : 'unknown';
  const guards = (['rcp', 'scp', 'endpoint'] as const).map((name) => layers[name]?.allow ?? 'yes');
  return decide(layers, deny, allOf([...guards, grant]), scan);
}

const lookups = new WeakMap<RequestContext, { readonly principal: Principal; readonly lookup: ContextLookup }>();

/** Who asks for many resources asks with the same context. */
function lookupFor(principal: Principal, context: RequestContext): ContextLookup {
  const known = lookups.get(context);
  if (known?.principal === principal) return known.lookup;
  const lookup = lookupIn(principalContext(principal), context);
  lookups.set(context, { principal, lookup });
  return lookup;
}

function scanLayers(request: ScanRequest, policies: AccessPolicies): Layers {
  const isServiceLinked = 'arn' in request.principal && request.principal.arn.includes(':role/aws-service-role/');
  const hasAccount = accountOf(request.principal) !== undefined, isGoverned = hasAccount && !isServiceLinked;
  // Anonymous callers, services and outside identities hold no policies of their own.
  const own = (given: readonly PolicyInput[] | undefined): readonly PolicyInput[] => (hasAccount ? given ?? [] : []);
  const layers = [
    levels('rcp', isServiceLinked ? [] : policies.rcps ?? [], request),
    levels('scp', isGoverned ? policies.scps ?? [] : [], request),
    single('endpoint', policies.endpoint ?? [], 'endpoint', request, 'yes'),
    single('resource', policies.resource ?? [], 'resource', request, 'no'),
    // The root user needs no identity policy: it may do everything that no policy denies.
    single('identity', own(policies.identity), 'identity', request, request.principal.kind === 'root' ? 'yes' : 'no'),
    single('boundary', own(policies.boundary), 'identity', request, 'yes'),
    single('session', own(policies.session), 'identity', request, 'yes'),
  ];
  return Object.fromEntries(layers.map((l) => [l.layer, l]));
}

function single(layer: Layer, policies: readonly PolicyInput[], kind: PolicyKind, request: ScanRequest, none: Answer): LayerResult {
  const scans = policies.map((p) => scanPolicy(p, kind, request));
  const allow = policies.length === 0 ? none : anyOf(scans.flatMap((s) => s.allows.map((h) => h.answer)));
  return { layer, allow, deny: anyOf(scans.flatMap((s) => s.denies.map((h) => h.answer))), scans, policies };
}

/** Every level must allow. SCPs name no principal; RCPs do, always `*`. */
function levels(layer: 'scp' | 'rcp', given: readonly PolicyLevel[], request: ScanRequest): LayerResult {
  const results = given.map((level) => single(layer, level.policies, layer === 'rcp' ? 'resource' : 'identity', request, 'no'));
  return { layer, allow: allOf(results.map((r) => r.allow)), deny: anyOf(results.map((r) => r.deny)), scans: results.flatMap((r) => r.scans), policies: results.find((r) => r.allow === 'no')?.policies ?? [] };
}

const allowOf = (layers: Layers, layer: Layer): Answer => layers[layer]?.allow ?? 'no';

/** Answer of the resource policy's Allow statements that name the principal in one of these ways. */
function resourceAllow(layers: Layers, matches: readonly Hit['match'][]): Answer {
  const hits = layers['resource']?.scans.flatMap((s) => s.allows) ?? [];
  // A policy whose content is not known could name the principal in any way.
  return anyOf(hits.filter((h) => h.statement === undefined || matches.includes(h.match)).map((h) => h.answer));
}

function sameAccountGrant(layers: Layers, request: ScanRequest): Answer {
  const limits = allOf([allowOf(layers, 'boundary'), allowOf(layers, 'session')]);
  const identity = allOf([allowOf(layers, 'identity'), limits]);
  // Role trust and key policies must speak themselves; naming the account hands the decision to its identity policies.
  const delegated = mustAllow(request) ? allOf([resourceAllow(layers, ['account']), identity]) : identity;
  return anyOf([resourceAllow(layers, ['direct', 'everyone']), allOf([resourceAllow(layers, ['role']), limits]), delegated]);
}

function crossAccountGrant(layers: Layers): Answer {
  return allOf([allowOf(layers, 'identity'), allowOf(layers, 'boundary'), allowOf(layers, 'session'), allowOf(layers, 'resource')]);
}

/** Anonymous callers, services and outside identities have no identity policies: the resource policy alone speaks. */
const outsideGrant = (layers: Layers): Answer => allowOf(layers, 'resource');

function mustAllow(request: ScanRequest): boolean {
  const arn = parseArn(request.resource);
  if (!arn) return false;
  return (arn.service === 'iam' && arn.resource.startsWith('role/') && request.action.startsWith('sts:'))
    || (arn.service === 'kms' && arn.resource.startsWith('key/') && request.action.startsWith('kms:'));
}

function decide(layers: Layers, deny: Answer, granted: Answer, request: ScanRequest): AccessDecision {
  const all = Object.values(layers);
  if (deny === 'yes') {
    const layer = all.find((l) => l.deny === 'yes');
    const hits = layer?.scans.flatMap((s) => s.denies).filter((h) => h.answer === 'yes') ?? [];
    return { outcome: 'explicitly_denied', ...(layer && { blocked_by: layer.layer }), reasons: hits.map((h) => describeHit(h, 'iam.explicit_deny')), residual: [], conditional: false };
  }
  if (granted === 'no') return { outcome: 'implicitly_denied', ...refusal(all, request), residual: [], conditional: false };
  if (allOf([not(deny), granted]) === 'yes') {
    const hits = all.flatMap((l) => l.scans.flatMap((s) => s.allows).filter((h) => h.answer === 'yes').map((h) => describeHit(h, `iam.${l.layer}_allow${l.layer === 'resource' && h.match === 'everyone' ? '_everyone' : ''}`)));
    return { outcome: 'allowed', reasons: hits, residual: [], conditional: false };
  }
  const open = all.flatMap((l) => l.scans.flatMap((s) => [...s.allows.filter(() => l.allow === 'unknown'), ...s.denies]).filter((h) => h.answer === 'unknown'));
  const unique = [...new Set(open)];
  return {
    outcome: 'unknown', reasons: unique.map((h) => describeHit(h, 'iam.open')), residual: unique.flatMap((h) => h.residual),
    conditional: unique.length > 0 && unique.every((h) => h.statement !== undefined),
  };
}

/**
 * Names the layer that gives no permission: the guards first, then boundary and session where identity would allow. Who is outside has only the
 * resource's; where a role's trust or a key's policy is silent nothing else is enough, so that is named.
 */
function refusal(layers: readonly LayerResult[], request: ScanRequest): { readonly blocked_by: Layer; readonly reasons: readonly Reason[] } {
  const isOutside = accountOf(request.principal) === undefined;
  const order: readonly Layer[] = isOutside ? ['rcp', 'scp', 'endpoint', 'resource'] : ['rcp', 'scp', 'endpoint', ...(mustAllow(request) ? ['resource'] as const : []), 'boundary', 'session', 'identity', 'resource'];
  const answer = new Map(layers.map((l) => [l.layer, l.allow]));
  const grants = answer.get('identity') !== 'no' || answer.get('resource') !== 'no';
  const layer = order.find((name) => answer.get(name) === 'no' && (grants || !['boundary', 'session'].includes(name))) ?? (isOutside ? 'resource' : 'identity');
  const policy = layers.find((l) => l.layer === layer)?.policies[0];
  const holder = layer === 'resource' || !('arn' in request.principal) ? request.resource : request.principal.arn;
  const text = `no ${layer === 'rcp' || layer === 'scp' ? layer.toUpperCase() : layer} policy allows it`;
  return { blocked_by: layer, reasons: [{ rule: `iam.no_${layer}_allow`, source: policy?.source ?? holder, pointer: policy?.pointer ?? '', text }] };
}
