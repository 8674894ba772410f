import { isReachAssessed } from '#electron/evaluate/assess.ts';
import type { ClaimName, ToolClaim, ToolOutput } from '#shared/model/claims.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Reachability, StorageAccess, Verdict } from '#shared/model/verdict.ts';
import { formatTime } from '#shared/lib/time.ts';
import { outsideClaims } from './facts/outside-claims.ts';
import { absence, claim, notApplicable, observedUs, unknown } from './facts/claim.ts';
import { withSupporting } from './facts/supporting-issues.ts';
import { alsoReports, type Subject, type Tool, type ToolContext } from './tool.ts';

const BOUNDARY_KINDS = new Set(['sg', 'nacl', 'gateway', 'route_table', 'lb', 'vpc', 'subnet']);
const CROSS_ACCOUNT = 'cross_account_access';
type Claims = Partial<Record<ClaimName, ToolClaim>>;

/** Is it reachable from the internet, by which path; or which control refuses. For storage: would an anonymous request succeed. */
export const networkAnalyzer: Tool = {
  name: 'network_analyzer',
  description: 'Whether an anonymous request or a packet from the internet gets through, by which path and ports, or which control blocks it.',
  claims: ['exposure_confirmed', 'exposure_reconfirmed', 'mitigation_confirmed', 'issue_confirmed', 'touches_network_boundary'],
  needs: 'an inventory snapshot: buckets with policy, ACL and access blocks; hosts with addresses, routes, NACLs and security groups',
  cost: 2,
  run(subject, extra, context) {
    const graph = extra.snapshot === 'raw' ? context.rawGraph() : context.graph;
    const answer = withOutside(subject, analyse(subject, graph, context), graph, context);
    return extra.snapshot === 'raw' ? onlyReconfirm(answer) : { ...answer, claims: withSupporting(answer.claims, subject, graph.resource(subject.entity, subject.account), context) };
  },
};

/**
 * Who asks about other accounts isn't answered by what strangers from the internet can do, unless these get in. Where a supporting finding asks, it may raise
 * what public access alone refutes.
 */
function withOutside(subject: Subject, output: ToolOutput, graph: GraphView, context: ToolContext): ToolOutput {
  const asked = subject.issue_type === CROSS_ACCOUNT, supports = alsoReports(subject, CROSS_ACCOUNT);
  if ((!asked && !supports) || output.claims.exposure_confirmed?.value !== false) return output;
  const resource = graph.resource(subject.entity, subject.account), outside = resource && context.evaluate.outside(graph, resource.urn);
  const claims = outsideClaims(outside, resource);
  if (!asked && claims.issue_confirmed?.value === false) return output;
  return { ...output, claims: { ...output.claims, ...claims }, facts: { ...output.facts, ...(outside && { outside }) } };
}

/** The second look counts for one claim: that the exposure stands in the raw snapshot as well. */
function onlyReconfirm(output: ToolOutput): ToolOutput {
  const exposure = output.claims.exposure_confirmed;
  return { ...output, claims: exposure ? { exposure_reconfirmed: exposure } : {} };
}

function analyse(subject: Subject, graph: GraphView, context: ToolContext): ToolOutput {
  const resource = graph.resource(subject.entity, subject.account);
  const coverage = { sources: resource ? [resource.source] : [], ...(observedUs(resource) !== undefined && { to: formatTime(observedUs(resource) ?? 0) }) };
  const base = { entity: subject.entity, coverage };
  if (!resource) return { ...base, facts: { in_inventory: false }, claims: subject.entity_type === 'image' ? imageClaims(subject) : notInInventory(subject, context.graph) };
  if (resource.kind === 'bucket') {
    const access = context.evaluate.bucketAccess(graph, resource.urn);
    return { ...base, facts: { storage: access }, claims: { ...storageClaims(subject, access, resource), touches_network_boundary: boundaryClaim(access.public, resource) } };
  }
  if (isReachAssessed(resource)) {
    const found = subject.plan === 'public_access' ? context.evaluate.exposure(graph, resource.urn) : context.evaluate.ingress(graph, resource.urn, subject.plan === 'open_port' ? subject.ports : []);
    return { ...base, facts: { reachability: found }, claims: { ...reachClaims(subject, found, resource), touches_network_boundary: boundaryClaim(found.reachable, resource) } };
  }
  return { ...base, facts: { in_inventory: true, evaluated: false }, claims: notEvaluable(subject, resource) };
}

function notInInventory(subject: Subject, graph: GraphView): Claims {
  if (!matters(subject)) return { exposure_confirmed: notApplicable('exposure has no meaning for this issue'), mitigation_confirmed: notApplicable('exposure has no meaning for this issue'), touches_network_boundary: claim(false, 'the entity is not a network control') };
  const { why, missing } = absence(subject, graph), open = unknown(why, missing);
  return { exposure_confirmed: open, mitigation_confirmed: mitigationClaim(subject, open), touches_network_boundary: open, ...(ownsIssue(subject) && { issue_confirmed: open }) };
}

function imageClaims(subject: Subject): Claims {
  const open = unknown('no workload of the inventory is known to run this image', [{ what: 'workloads that use the image', entity: subject.entity, supply: 'an inventory of the cluster or the tasks that run it' }]);
  return { exposure_confirmed: open, mitigation_confirmed: open, touches_network_boundary: claim(false, 'an image is not a network control') };
}

function notEvaluable(subject: Subject, resource: StoredResource): Claims {
  const boundary = claim(BOUNDARY_KINDS.has(resource.kind), BOUNDARY_KINDS.has(resource.kind) ? `a ${resource.kind} is a network control` : `a ${resource.kind} is no network control`);
  if (!matters(subject)) return { exposure_confirmed: notApplicable('exposure has no meaning for this issue'), mitigation_confirmed: notApplicable('exposure has no meaning for this issue'), touches_network_boundary: boundary };
  const open = unknown(`access to a ${resource.type} from outside is not evaluated yet`, [{ what: 'resource policy evaluation', entity: resource.urn, supply: 'a person who reads its policy, or "winnow answer"' }]);
  return { exposure_confirmed: open, mitigation_confirmed: mitigationClaim(subject, open), touches_network_boundary: boundary, ...(ownsIssue(subject) && { issue_confirmed: open }) };
}

/** Being unreachable does not mend a missing log or a wrong setting, and it answers no attack: there only a cited compensating control counts. */
function mitigationClaim(subject: Subject, found: ToolClaim): ToolClaim {
  return subject.plan === 'configuration' || subject.plan === 'detection' ? notApplicable('being unreachable is no compensating control for this issue') : found;
}

/** The plans in which the network answer is the issue itself. */
const ownsIssue = (subject: Subject): boolean => subject.plan === 'public_access' || subject.plan === 'open_port';
const matters = (subject: Subject): boolean => subject.exposure_applies || subject.plan !== 'configuration' && subject.plan !== 'detection' && subject.plan !== 'overprivileged_identity';

function boundaryClaim(verdict: Verdict, resource: StoredResource): ToolClaim {
  if (BOUNDARY_KINDS.has(resource.kind)) return claim(true, `a ${resource.kind} is a network control`, { observed_us: observedUs(resource) });
  if (verdict.answer === 'yes') return claim(true, 'it faces the internet', { observed_us: observedUs(resource) });
  return verdict.answer === 'no' ? claim(false, 'it does not face the internet', { observed_us: observedUs(resource) }) : unknown('whether it faces the internet is not known', verdict.missing);
}

const because = (verdict: Verdict): string => verdict.reasons.map((r) => r.text).slice(0, 3).join('; ') || verdict.via || verdict.blocked_by || 'no reason recorded';
/** The rows that fail, told before those that hold: one reason each. */
const whatBlocks = ({ reachable, failed }: Reachability): string => because({ ...reachable, reasons: reachable.reasons.slice(0, Math.max(1, failed.length)) });
/** The codes of the rows that fail: each is a control that would have to give way. */
const blockers = ({ reachable, failed }: Reachability): string => (failed.length > 0 ? failed.join(' and ') : reachable.blocked_by ?? 'no row of the reachability table');
const extras = (verdict: Verdict, resource: StoredResource) => ({ observed_us: observedUs(resource), assumed: verdict.assumed, missing: verdict.missing });

function storageClaims(subject: Subject, access: StorageAccess, resource: StoredResource): Claims {
  const verdict = access.public;
  if (!matters(subject) && !subject.exposure_applies) return { exposure_confirmed: notApplicable('exposure has no meaning for this issue'), mitigation_confirmed: notApplicable('exposure has no meaning for this issue') };
  if (verdict.answer === 'unknown') {
    const open = unknown(`whether an anonymous request succeeds can't be told: ${verdict.missing.map((m) => m.what).join(', ') || because(verdict)}`, verdict.missing);
    return { exposure_confirmed: open, mitigation_confirmed: mitigationClaim(subject, open), ...(ownsIssue(subject) && { issue_confirmed: open }) };
  }
  const exposed = verdict.answer === 'yes';
  const can = Object.entries(access.public_actual).filter(([, v]) => v === 'yes').map(([k]) => (k === 'acl' ? 'its ACL or settings' : k)).join(', ');
  const control = access.blocking_control;
  const exposure = claim(exposed, exposed ? `${access.signed_only ? 'anyone with an AWS account, any account,' : 'an anonymous request from the internet'} can: ${can} (${verdict.via ?? because(verdict)})`   : `${access.misleading.length > 0 ? `it looks public by its ${access.misleading.map((m) => (m === 'acl' ? 'ACL' : 'policy')).join(' and ')}, but ` : ''}an anonymous request from the internet is refused`, extras(verdict, resource));
  const named = control !== undefined && control.kind !== 'no_grant';
  const mitigation = claim(!exposed && named, exposed ? 'nothing refuses the request' : named ? controlText(access) : 'nothing grants it in the first place, so nothing needs to block', extras(verdict, resource));
  return { exposure_confirmed: exposure, mitigation_confirmed: mitigationClaim(subject, mitigation), ...(ownsIssue(subject) && { issue_confirmed: claim(exposed, exposure.reason, extras(verdict, resource)) }) };
}

/** The control that refuses, in words of ours: a statement's Sid is written by whoever controls the bucket. */
function controlText(access: StorageAccess): string {
  const control = access.blocking_control;
  if (!control) return '';
  const { vpce, vpc, cidrs } = access.restricted_to;
  const ways = [...vpce, ...vpc, ...cidrs];
  if (control.kind !== 'bucket_policy' || !control.network_bound || ways.length === 0) return control.text;
  return `the bucket policy refuses every request that does not come from ${ways.slice(0, 3).join(', ')}${ways.length > 3 ? ` or ${ways.length - 3} more` : ''}`;
}

function reachClaims(subject: Subject, found: Reachability, resource: StoredResource): Claims {
  const verdict = found.reachable;
  if (!matters(subject)) return { exposure_confirmed: notApplicable('exposure has no meaning for this issue'), mitigation_confirmed: notApplicable('exposure has no meaning for this issue') };
  const issue = subject.plan === 'open_port' ? { issue_confirmed: portClaim(found, resource) } : subject.plan === 'public_access' ? { issue_confirmed: exposureClaim(found, resource) } : {};
  if (verdict.answer === 'unknown') {
    const open = unknown(`whether it is reachable can't be told: ${verdict.missing.map((m) => m.what).join(', ') || because(verdict)}`, verdict.missing);
    return { exposure_confirmed: open, mitigation_confirmed: mitigationClaim(subject, open), ...issue };
  }
  const blocked = verdict.answer === 'no';
  return { exposure_confirmed: exposureClaim(found, resource), mitigation_confirmed: mitigationClaim(subject, claim(blocked, blocked ? `it is blocked by ${blockers(found)}` : 'every row of the reachability table holds', extras(verdict, resource))), ...issue };
}

function exposureClaim(found: Reachability, resource: StoredResource): ToolClaim {
  const verdict = found.reachable;
  if (verdict.answer === 'unknown') return unknown(because(verdict), verdict.missing);
  if (verdict.answer === 'yes' && found.open.length === 0 && found.addresses.length === 0) return claim(true, `open to everyone: ${because(verdict)}`, extras(verdict, resource));
  const ports = found.open.slice(0, 5).map((i) => `${i.protocol}/${i.from === i.to ? i.from : `${i.from}-${i.to}`}`).join(', ');
  return claim(verdict.answer === 'yes', verdict.answer === 'yes' ? `reachable from the internet at ${found.addresses.slice(0, 3).join(', ') || verdict.via || 'its address'} on ${ports || 'some port'}` : `not reachable: ${whatBlocks(found)}`, extras(verdict, resource));
}

/** open_port: a rule opens it, and whether it is exposed is known (design 3-decisions). */
function portClaim(found: Reachability, resource: StoredResource): ToolClaim {
  if (found.rule_opens === 'no') return claim(false, 'no rule opens it to the internet', extras(found.reachable, resource));
  if (found.rule_opens === 'unknown' || found.reachable.answer === 'unknown') return unknown('whether a rule opens it and the rest lets it through is not known', found.reachable.missing);
  const balancer = /:loadbalancer\/(?:(?:app|net|gwy)\/)?([^/]+)/.exec(found.reachable.via ?? '')?.[1];
  return claim(true, balancer === undefined ? 'a rule opens it to the internet' : `the load balancer ${balancer} lets the internet in to it`, extras(found.reachable, resource));
}
