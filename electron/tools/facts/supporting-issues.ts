import type { ClaimName, ToolClaim } from '#shared/model/claims.ts';
import type { StoredResource } from '#shared/model/resource.ts';
import type { Missing } from '#shared/model/verdict.ts';
import { CAP } from '#electron/evaluate/confidence.ts';
import type { Subject, ToolContext } from '../tool.ts';
import { claim, unknown } from './claim.ts';
import { checkReport } from './check-report.ts';

type Claims = Partial<Record<ClaimName, ToolClaim>>;
type Beside = NonNullable<Subject['beside']>[number];
/** Whether a supporting finding is true by itself: shown by the snapshot, reported and not contradicted, refuted, or not for these tools to say. */
interface Standing { readonly state: 'shown' | 'reported' | 'refuted' | 'unknown'; readonly issue_type: string; readonly why: string; readonly missing?: readonly Missing[] }

/**
 * A refuted finding counts for nothing (design 3-decisions): what is left of the incident then are its supporting findings, and those that are true keep it an
 * issue. One that a control blocks is another matter: there the primary issue is real, and decides.
 * @param claims what was found out of the primary issue; changed only where that is refuted.
 */
export function withSupporting<C extends Claims>(claims: C, subject: Subject, resource: StoredResource | undefined, context: ToolContext): C | (C & Claims) {
  const { issue_confirmed: issue, mitigation_confirmed: mitigation } = claims;
  if (issue?.value !== false || issue.not_applicable === true || mitigation?.value === true || subject.beside === undefined) return claims;
  const found = subject.beside.map((b) => standing(b, resource, context));
  const stands = found.filter((f) => f.state === 'shown' || f.state === 'reported'), open = found.filter((f) => f.state === 'unknown');
  const told = (all: readonly Standing[]): string => `${issue.reason}, but ${[...new Set(all.map((f) => f.why))].join(', ')}`;
  if (stands.length > 0) {
    const isOnlyReported = stands.every((f) => f.state === 'reported');
    return { ...claims, issue_confirmed: claim(true, told(stands), { observed_us: issue.observed_us, instead: [...new Set(stands.map((f) => f.issue_type))].toSorted(), ...(isOnlyReported && { cap: CAP.reported }) }) };
  }
  return open.length > 0 ? { ...claims, issue_confirmed: unknown(told(open), open.flatMap((f) => f.missing ?? [])) } : claims;
}

function standing(beside: Beside, resource: StoredResource | undefined, context: ToolContext): Standing {
  const { issue_type } = beside;
  if (beside.plan === 'configuration') {
    const checked = resource && checkReport(resource, issue_type, beside.titles);
    return checked ? { ...checked, issue_type } : { state: 'reported', issue_type, why: `${issue_type} is reported, and the snapshot can't show it and doesn't contradict` };
  }
  if (beside.plan === 'open_port' && resource) return openPort(beside, resource, context);
  return { state: 'unknown', issue_type, why: `${issue_type} is reported too, which is asked about in other ways`, missing: [{ what: `whether ${issue_type} is true`, entity: resource?.urn ?? '', supply: 'an incident of its own (winnow split), or "winnow answer"' }] };
}

/** As the issue itself would be judged: a rule opens it, and it is known whether that lets anybody in. */
function openPort({ issue_type, ports = [] }: Beside, resource: StoredResource, context: ToolContext): Standing {
  const found = context.evaluate.ingress(context.graph, resource.urn, ports);
  if (found.rule_opens === 'no' || found.reachable.answer === 'no') return { state: 'refuted', issue_type, why: 'its port is not reachable' };
  if (found.rule_opens === 'unknown' || found.reachable.answer === 'unknown') return { state: 'unknown', issue_type, why: 'whether its port is reachable is not known', missing: found.reachable.missing };
  return { state: 'shown', issue_type, why: `${ports.length === 1 && ports[0] ? `port ${ports[0].port} is` : 'its ports are'} open to the internet` };
}
