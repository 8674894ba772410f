import { at } from '#shared/lib/json.ts';
import { ok, type Result } from '#shared/lib/result.ts';
import type { FindingDraft } from '#shared/model/finding.ts';
import type { Normalized } from '../ports.ts';

/** The findings that lie in one record, together; what is wrong with the first that can't be read is what is wrong with the record. */
export function everyFinding(items: readonly unknown[], parse: (item: unknown) => Result<readonly FindingDraft[]>): Result<Normalized> {
  const findings: FindingDraft[] = [];
  for (const item of items) {
    const parsed = parse(item);
    if (!parsed.ok) return parsed;
    findings.push(...parsed.value);
  }
  return ok({ findings });
}

/** A reader of items that are one finding each, for `everyFinding`. */
export const asList = (parsed: Result<FindingDraft>): Result<readonly FindingDraft[]> => (parsed.ok ? ok([parsed.value]) : parsed);

/** The items of an answer that has them under a key, or the one that a record is. */
export function itemsUnder(record: unknown, key: string): readonly unknown[] {
  const inner = at(record, key);
  return Array.isArray(inner) ? inner : record === undefined || Array.isArray(record) ? [] : [record];
}
