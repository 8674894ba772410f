import type { ClaimName, ClaimStates, Evidence } from '#shared/model/claims.ts';
import { truth } from '#shared/model/claim-states.ts';
import type { DecisionName, MissingEvidence, Priority, Proposal } from '#shared/model/decision.ts';
import type { Incident } from '#shared/model/incident.ts';
import { recommendActions } from './actions-for.ts';

/** Changes whenever the same evidence may decide differently, or is told in other words: what stands is then decided again. */
export const RULES_VERSION = '1.5.0';

export interface RulesInput {
  readonly incident: Incident;
  readonly claims: ClaimStates;
  /** What the decision table proposes for these claims; the table itself is the validator's. */
  readonly proposed: { readonly decision: DecisionName; readonly priority: Priority; readonly required: readonly ClaimName[]; readonly why: string; readonly missing: readonly MissingEvidence[] };
}

/** The built-in engine: proposes the first row of the decision table that holds, cites what it rests on, and says why in one sentence. */
export function proposeByRules(input: RulesInput): Proposal {
  const { incident, claims, proposed } = input;
  const owner = ownerOf(claims);
  return {
    decision: proposed.decision, priority: proposed.priority, rationale: rationale(input),
    evidence: proposed.decision === 'needs_human_review' ? citeKnown(claims, proposed.required) : cite(claims, proposed.required),
    recommended_actions: recommendActions(proposed.decision, proposed.priority, incident, claims, owner, proposed.missing),
  };
}

/** The owner's id as the policy lookup gave it. */
export function ownerOf(claims: ClaimStates): string | undefined {
  const value = claims.owner_identified?.value;
  return typeof value === 'string' && value !== 'unknown' && value !== 'conflict' ? value : undefined;
}

/** Required claims first, then others that are known: a reader wants the whole picture, the gate needs only its row. */
function cite(claims: ClaimStates, required: readonly ClaimName[]): readonly Evidence[] {
  const context: readonly ClaimName[] = ['exposure_confirmed', 'production', 'blast_radius', 'owner_identified', 'external_access', 'contains_sensitive_data', 'exploit_known'];
  const known = context.filter((name) => !required.includes(name) && claims[name] && claims[name].value !== 'unknown' && claims[name].value !== 'conflict' && !claims[name].not_applicable);
  // What has no meaning for the issue counts as false and tells nothing.
  return [...required.filter((name) => claims[name]?.not_applicable !== true), ...known].flatMap((name) => claims[name]?.evidence ?? []);
}
const citeKnown = (claims: ClaimStates, required: readonly ClaimName[]): readonly Evidence[] => cite(claims, required.filter((name) => claims[name] && claims[name].value !== 'unknown'));

function rationale(input: RulesInput): string {
  const { claims, proposed } = input;
  const reasons = (names: readonly ClaimName[]) => names.flatMap((name) => (claims[name] && !claims[name].not_applicable ? [claims[name].reason] : [])).filter((r) => r !== '');
  const first = (text: string) => text.split(' | ')[0] ?? text;
  // What an earlier part says already is not said again.
  const sentence = (parts: readonly string[]) => parts.map(first).filter((p, i, all) => all.findIndex((q) => q === p || q.startsWith(`${p}, but `)) === i).slice(0, 4).map(capitalize).join('. ');
  switch (proposed.decision) {
    case 'resolve_now': return `${sentence(reasons(proposed.required.filter((n) => n !== 'exposure_reconfirmed' && n !== 'accepted_risk')))}.`;
    case 'defer': return `${sentence(reasons([...(proposed.required.includes('mitigation_confirmed') ? ['exposure_confirmed' as const] : []), ...proposed.required]))}.`;
    case 'ticket': return `${sentence([...reasons(['issue_confirmed']), ...attackWords(claims), ...reasons(['exposure_confirmed', 'owner_identified'])])}.`;
    case 'needs_human_review': {
      const byReason = new Map<string, string[]>();
      for (const m of proposed.missing) {
        // Of a contradiction both sides are told.
        const why = m.value === 'conflict' ? `sources contradict each other: ${m.why.replaceAll(' | ', '; ')}` : first(m.why);
        byReason.set(why, [...(byReason.get(why) ?? []), m.claim]);
      }
      const open = [...byReason].slice(0, 3).map(([why, names]) => `${names.join(', ')} (${why})`);
      return open.length > 0 ? `A person must look. Open: ${open.join('; ')}.` : `A person must look: ${proposed.why}.`;
    }
  }
}

/** Of a detection: whether it got anywhere is what its reader asks first. */
function attackWords({ sequence_confirmed: sequence }: ClaimStates): readonly string[] {
  if (sequence === undefined || sequence.not_applicable) return [];
  return [truth(sequence) === 'unknown' ? `whether it succeeded is not known: ${sequence.reason}` : sequence.reason];
}

/** A sentence begins with a capital, but for names, which mean what they say (`iam:PassRole`, `sg-0a1b`, `billing-exports`). */
const capitalize = (text: string): string => (/^[a-z_]+(?:['’]s)?(?=[\s,]|$)/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text);
