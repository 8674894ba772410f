import type { ClaimName, ToolClaim, ToolOutput } from '#shared/model/claims.ts';
import { isRoleOrBinding } from '#electron/evaluate/k8s/role-identity.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { IdentityAccess, Verdict } from '#shared/model/verdict.ts';
import { str } from '#shared/lib/json.ts';
import { formatTime } from '#shared/lib/time.ts';
import { absence, claim, observedUs, unknown } from './facts/claim.ts';
import { withSupporting } from './facts/supporting-issues.ts';
import { alsoReports, type Subject, type Tool, type ToolContext } from './tool.ts';

/** Who can become it, what it may do, and what falls if it falls. */
export const iamAnalyzer: Tool = {
  name: 'iam_analyzer',
  description: 'Who can access or assume an entity, its effective privileges and escalation routes, and its blast radius.',
  claims: ['blast_radius', 'touches_iam', 'exposure_confirmed', 'exposure_reconfirmed', 'mitigation_confirmed', 'issue_confirmed'],
  needs: 'IAM details (get-account-authorization-details) or AWS Config IAM items; the inventory around the entity',
  cost: 3,
  // How far the damage goes stands in the claim; which nodes are counted on the way there changes with anything that lies around.
  lasting: ({ blast_radius: _, ...facts }) => facts,
  run(subject, extra, context) {
    const graph = extra.snapshot === 'raw' ? context.rawGraph() : context.graph;
    const resource = graph.resource(subject.entity, subject.account);
    const holder = identityOf(resource, graph);
    const identity = holder && context.evaluate.identity(graph, holder.urn);
    if (extra.snapshot === 'raw') return reconfirm(subject, resource, identity, graph);
    return {
      entity: subject.entity,
      claims: { ...blastClaim(subject, resource, graph, context), touches_iam: iamClaim(subject, resource), ...(subject.plan === 'overprivileged_identity' && withSupporting(identityClaims(subject, resource, identity, context.graph), subject, resource, context)) },
      facts: { ...(identity && { identity }), ...blastFacts(resource, graph, context) },
      coverage: { sources: resource ? [resource.source] : [], ...(observedUs(resource) !== undefined && { to: formatTime(observedUs(resource) ?? 0) }) },
    };
  },
};

/** The identity that an entity is or runs as: a function's or host's role stands for what it may do. */
function identityOf(resource: StoredResource | undefined, graph: GraphView): StoredResource | undefined {
  if (!resource || resource.kind === 'identity' || isRoleOrBinding(resource)) return resource;
  const [role] = graph.edgesFrom(resource.urn, 'RUNS_AS').flatMap((e) => graph.resource(e.target, resource.account) ?? []);
  const named = str(resource.config, 'Role');
  const found = role ?? (named === undefined ? undefined : graph.resource(named, resource.account));
  return found?.kind === 'identity' ? found : undefined;
}

function reconfirm(subject: Subject, resource: StoredResource | undefined, identity: IdentityAccess | undefined, graph: GraphView): ToolOutput {
  const exposure = identityClaims(subject, resource, identity, graph).exposure_confirmed;
  return {
    entity: subject.entity, facts: identity ? { identity } : {}, coverage: { sources: resource ? [resource.source] : [] },
    claims: exposure ? { exposure_reconfirmed: exposure } : {},
  };
}

function blastClaim(subject: Subject, resource: StoredResource | undefined, graph: GraphView, context: ToolContext): { blast_radius: ToolClaim } {
  if (!resource) { const { why, missing } = absence(subject, context.graph); return { blast_radius: unknown(why, missing) }; }
  const blast = context.evaluate.blastRadius(graph, resource.urn);
  if (blast.level === 'unknown') return { blast_radius: unknown('what falls with it can not be told', blast.missing) };
  const why = blast.reasons.map((r) => r.text).slice(0, 2).join('; ');
  return { blast_radius: claim(blast.level, why || `score ${Math.round(blast.score * 10) / 10}`, { observed_us: observedUs(resource), ...(why === '' && { gist: `a score that means ${blast.level}` }) }) };
}

function blastFacts(resource: StoredResource | undefined, graph: GraphView, context: ToolContext): Record<string, unknown> {
  if (!resource) return { in_inventory: false };
  const blast = context.evaluate.blastRadius(graph, resource.urn);
  return { blast_radius: { level: blast.level, score: Math.round(blast.score * 100) / 100, reached: blast.reached.slice(0, 20), truncated: blast.truncated } };
}

const IAM_TYPES = new Set(['user', 'role', 'group', 'service_account', 'access_key', 'policy']);

function iamClaim(subject: Subject, resource: StoredResource | undefined): ToolClaim {
  const is = resource?.kind === 'identity' || resource?.kind === 'policy' || IAM_TYPES.has(subject.entity_type);
  return claim(is, is ? 'the entity is an identity or a policy' : 'the entity is no identity', { observed_us: observedUs(resource) });
}

function identityClaims(subject: Subject, resource: StoredResource | undefined, identity: IdentityAccess | undefined, graph: GraphView): Partial<Record<ClaimName, ToolClaim>> {
  if (!resource || !identity) {
    const { why, missing } = absence(subject, graph), open = resource ? unknown(`a ${resource.type} is not evaluated as an identity`) : unknown(why, missing);
    return { exposure_confirmed: open, mitigation_confirmed: open, issue_confirmed: open };
  }
  const at = { observed_us: observedUs(resource) };
  const { external, mitigated } = identity;
  const exposure = external.answer === 'unknown' ? unknown(external.reasons[0]?.text ?? 'who can assume it is not known', external.missing)
    : claim(external.answer === 'yes', external.answer === 'yes' ? `it can be assumed from outside: ${fromOutside(external, identity.external_principals)}` : 'nobody outside the organization can assume it', { ...at, assumed: external.assumed });
  const mitigation = mitigated.answer === 'unknown' ? unknown(mitigated.reasons[0]?.text ?? 'what limits it is not known', mitigated.missing)
    : claim(mitigated.answer === 'yes', mitigated.reasons[0]?.text ?? (mitigated.answer === 'yes' ? 'a boundary, SCP or Deny removes the excess' : 'nothing removes the excess'), at);
  return { exposure_confirmed: exposure, mitigation_confirmed: mitigation, issue_confirmed: heldClaim(subject, identity, at) };
}

/** Who may, and what they must show for it (an ExternalId, MFA): that decides how bad it is. */
function fromOutside(external: Verdict, principals: readonly string[]): string {
  const told = [...new Set(external.reasons.map((r) => r.text))];
  return told.length === 0 ? principals.slice(0, 5).join(', ') : `${told.slice(0, 3).join('; ')}${told.length > 3 ? ` and ${told.length - 3} more` : ''}`;
}

/** overprivileged_identity: the permission is held (design 3-decisions). A trust to outside is held when someone outside can assume it. */
function heldClaim(subject: Subject, identity: IdentityAccess, at: { observed_us: number | undefined }): ToolClaim {
  if (subject.issue_type === 'external_trust') {
    return identity.external.answer === 'unknown' ? unknown('who can assume it is not known', identity.external.missing) : claim(identity.external.answer === 'yes', identity.external.answer === 'yes' ? 'its trust policy lets outside principals in' : 'its trust policy lets nobody outside in', at);
  }
  if (identity.escalations.length > 0) return claim(true, `it can escalate: ${identity.escalations.slice(0, 3).map((e) => e.id).join(', ')}`, at);
  if (identity.tier === 'tier0' || identity.tier === 'tier1') return claim(true, `it is ${identity.tier === 'tier0' ? 'equivalent to an administrator' : 'widely privileged'}`, at);
  if (alsoReports(subject, 'external_trust') && identity.external.answer === 'yes') return claim(true, 'its trust policy lets outside principals in', at);
  if (identity.tier === 'unknown') return unknown('its effective permissions are not known', identity.missing);
  if (alsoReports(subject, 'external_trust') && identity.external.answer === 'unknown') return unknown('who can assume it is not known', identity.external.missing);
  if (identity.incomplete) return unknown(`whether it can escalate is not known: ${identity.incomplete.what}`, [identity.incomplete]);
  return claim(false, 'its effective permissions show neither administration nor an escalation route', at);
}
