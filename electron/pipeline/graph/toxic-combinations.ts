import { toxicPatterns, type Candidate, type Factor, type ToxicFacts } from './toxic-patterns.ts';

export interface ToxicCombination {
  /** T1 … T10 of design 5-graph §5. */
  readonly id: string; readonly title: string;
  readonly entity: string;
  /** `critical` only when every factor is yes. */
  readonly severity: 'critical' | 'high';
  /** Some factor is not known. */
  readonly needs_human_review: boolean;
  readonly factors: readonly Factor[];
  readonly techniques: readonly string[];
}

/**
 * The ten toxic combinations: small fixed joins over what is known of neighbouring entities, no path search. A combination with a factor that is refuted is none;
 * one that rests on something unknown is lowered to high and goes to a person. @returns critical ones first, then by pattern and entity.
 */
export function toxicCombinations(facts: ToxicFacts): readonly ToxicCombination[] {
  const found = toxicPatterns.flatMap(({ id, title, techniques, find }) => distinct(find(facts)).flatMap(({ entity, factors }): ToxicCombination[] => {
    const answers = factors.map((f) => f.answer);
    if (answers.includes('no') || !answers.includes('yes')) return [];
    const isSure = answers.every((a) => a === 'yes');
    return [{ id, title, entity, severity: isSure ? 'critical' : 'high', needs_human_review: !isSure, factors, techniques }];
  }));
  const number = (id: string): number => Number(id.slice(1));
  return found.sort((a, b) => Number(a.needs_human_review) - Number(b.needs_human_review) || number(a.id) - number(b.id) || (a.entity < b.entity ? -1 : 1));
}

/** Of several ways to the same combination of an entity the surest. */
function distinct(candidates: readonly Candidate[]): readonly Candidate[] {
  const sure = (c: Candidate): number => c.factors.reduce((sum, f) => sum + (f.answer === 'yes' ? 2 : f.answer === 'unknown' ? 1 : -100), 0);
  return [...Map.groupBy(candidates, (c) => c.entity).values()].flatMap((own) => own.toSorted((a, b) => sure(b) - sure(a) || (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)).slice(0, 1));
}
