import { z } from 'zod';
import type { ListFilter } from '#shared/rpc/schemas.ts';

/** How many rows fail the same filters (`failed`, a bit each) and are alike in whatever can be chosen. */
export interface QueueGroup {
  readonly failed: number; readonly n: number; readonly decision: string | null; readonly priority: string | null; readonly severity: string; readonly account: string | null; readonly environment: string | null;
  readonly owner: string | null; readonly status: string; /** A JSON list. */ readonly sources: string;
}
export interface Facet { readonly facet: string; readonly value: string; readonly n: number }
export interface QueueCounts { readonly total: number; readonly shown: number; readonly hidden_by: Readonly<Record<string, number>>; readonly facets: readonly Facet[] }

const names = z.array(z.string());
const single = ['decision', 'priority', 'account', 'environment', 'owner', 'status', 'severity'] as const satisfies readonly (ListFilter | 'severity')[];

/** Adds groups up: how many there are, how many all filters leave, what each filter that is set takes away by itself, and what could be chosen beside the others. */
export function countGroups(groups: readonly QueueGroup[], bits: Readonly<Record<string, number>>): QueueCounts {
  let total = 0, shown = 0;
  const hidden = new Map<string, number>(), facets = new Map<string, Map<string, number>>();
  const add = (facet: string, value: string, n: number): void => {
    const values = facets.get(facet) ?? new Map<string, number>();
    facets.set(facet, values.set(value, (values.get(value) ?? 0) + n));
  };
  // A facet counts over the rows that the other filters let through.
  const passesOthers = (failed: number, filter: string): boolean => (failed & ~(bits[filter] ?? 0)) === 0;
  for (const group of groups) {
    total += group.n;
    if (group.failed === 0) shown += group.n;
    for (const [name, bit] of Object.entries(bits)) if ((group.failed & bit) !== 0) hidden.set(name, (hidden.get(name) ?? 0) + group.n);
    for (const name of single) if (passesOthers(group.failed, name === 'severity' ? 'min_severity' : name)) add(name, group[name] ?? '', group.n);
    if (passesOthers(group.failed, 'source')) for (const source of names.parse(JSON.parse(group.sources))) add('source', source, group.n);
  }
  return { total, shown, hidden_by: Object.fromEntries(Object.keys(bits).flatMap((name) => { const n = hidden.get(name); return n === undefined ? [] : [[name, n]]; })), facets: [...facets].flatMap(([facet, values]) => [...values].map(([value, n]) => ({ facet, value, n }))) };
}
