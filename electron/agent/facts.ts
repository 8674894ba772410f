import { claimNames, type ClaimName, type ClaimStates, type ClaimValue, type Evidence } from '#shared/model/claims.ts';

/** One recorded statement with the id by which a model cites it. */
export interface Fact { readonly id: string; readonly line: string; readonly evidence: Evidence }

/** The facts of a run, one line each, in a fixed order. Nothing in a line was written by anybody but us: names and texts stay out. */
export function factsOf(claims: ClaimStates): readonly Fact[] {
  const facts: Fact[] = [];
  for (const name of claimNames) {
    const state = claims[name];
    if (!state || state.value === 'unknown') continue;
    for (const evidence of state.evidence) {
      if (evidence.value === 'unknown') continue;
      const id = `F${String(facts.length + 1).padStart(2, '0')}`;
      const value = state.not_applicable ? 'not_applicable' : wordOf(evidence.value);
      facts.push({ id, evidence, line: `${id} ${name} = ${value} | ${state.provenance} | ${state.value === 'conflict' ? 'conflict: sources contradict each other' : state.stale ? 'stale' : 'fresh'} | ${evidence.source}` });
    }
  }
  return facts;
}

/** Claims that are not known: those that matter first, then others that were asked in vain. */
export function openClaims(claims: ClaimStates, matter: readonly ClaimName[]): readonly ClaimName[] {
  const vain = claimNames.filter((name) => { const state = claims[name]; return state !== undefined && (state.value === 'unknown' || state.value === 'conflict' || state.stale); });
  return [...new Set([...matter, ...vain])];
}

const WORDS = new Set(['low', 'medium', 'high', 'unknown', 'conflict']);
/** A text such as an owner's name is known or not; what it says is nothing to decide on. */
const wordOf = (value: ClaimValue): string => (typeof value === 'string' && !WORDS.has(value) ? 'true' : String(value));
