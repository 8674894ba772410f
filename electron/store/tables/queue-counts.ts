import { z } from 'zod';
import { severities } from '#shared/model/finding.ts';
import { listFilters, type QueueFilter } from '#shared/rpc/schemas.ts';

/** How many rows are alike in whatever can be chosen. */
export interface QueueGroup {
  readonly n: number; readonly decision: string | null; readonly priority: string | null; readonly severity: string; readonly account: string | null; readonly environment: string | null;
  readonly owner: string | null; readonly status: string; /** A JSON list. */ readonly sources: string; /** 1: has one of the techniques that are filtered by. */ readonly has_attack: number;
}
export interface Facet { readonly facet: string; readonly value: string; readonly n: number }
export interface QueueCounts { readonly total: number; readonly shown: number; readonly hidden_by: Readonly<Record<string, number>>; readonly facets: readonly Facet[] }

const single = ['decision', 'priority', 'account', 'environment', 'owner', 'status', 'severity'] as const;
const named = z.array(z.string());
type Parsed = Omit<QueueGroup, 'sources'> & { readonly sources: readonly string[] };
const parse = (group: QueueGroup): Parsed => ({ ...group, sources: named.parse(JSON.parse(group.sources)) });

/** Which of the filters beside the text a group fails, by name; an empty list fails nothing, and '' in a list stands for "none". */
function failedBy(group: Parsed, filter: QueueFilter): readonly string[] {
  const hits = (name: (typeof listFilters)[number]): boolean => {
    const values: readonly string[] = filter[name];
    return name === 'attack' ? group.has_attack === 1 : name === 'source' ? group.sources.some((source) => values.includes(source)) : values.includes(group[name] ?? '');
  };
  const lists = listFilters.filter((name) => filter[name].length > 0 && hits(name) === filter.not.includes(name));
  const isMilder = filter.min_severity !== undefined && severities.findIndex((name) => name === group.severity) > severities.indexOf(filter.min_severity);
  return isMilder ? [...lists, 'min_severity'] : lists;
}

/**
 * Adds groups up: how many rows there are, how many all filters leave, what each filter that is set takes away by itself, and what could be chosen beside the others.
 * @param all the groups of all rows
 * @param matching the groups of the rows that have the words of the text
 */
export function countGroups(all: readonly QueueGroup[], matching: readonly QueueGroup[], filter: QueueFilter): QueueCounts {
  const hidden = new Map<string, number>(), facets = new Map<string, Map<string, number>>();
  const sum = (groups: readonly QueueGroup[]): number => groups.reduce((n, group) => n + group.n, 0);
  for (const group of all.map(parse)) for (const name of failedBy(group, filter)) hidden.set(name, (hidden.get(name) ?? 0) + group.n);
  const withoutText = sum(all) - sum(matching);
  if (withoutText > 0) hidden.set('text', withoutText);
  const add = (facet: string, value: string, n: number): void => {
    const values = facets.get(facet) ?? new Map<string, number>();
    facets.set(facet, values.set(value, (values.get(value) ?? 0) + n));
  };
  let shown = 0;
  for (const group of matching.map(parse)) {
    const failed = failedBy(group, filter);
    if (failed.length === 0) shown += group.n;
    // A facet counts over the rows that the other filters let through.
    const passesOthers = (name: string): boolean => failed.every((other) => other === name);
    for (const name of single) if (passesOthers(name === 'severity' ? 'min_severity' : name)) add(name, group[name] ?? '', group.n);
    if (passesOthers('source')) for (const source of group.sources) add('source', source, group.n);
  }
  return { total: sum(all), shown, hidden_by: Object.fromEntries(hidden), facets: [...facets].flatMap(([facet, values]) => [...values].map(([value, n]) => ({ facet, value, n }))) };
}
