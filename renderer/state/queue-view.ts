import { decisions, priorities } from '#shared/model/decision.ts';
import { severities } from '#shared/model/finding.ts';
import { incidentStatuses } from '#shared/model/incident.ts';
import { type ListFilter, type QueueFilter, listFilters, queueFilterSchema, queueSorts } from '#shared/rpc/schemas.ts';
import type { QueryPatch } from './router.ts';

export type QueueSort = (typeof queueSorts)[number];
/** How the queue is looked at: all of it stands in the address, and the incident screen carries it along for "previous" and "next". */
export interface QueueView { readonly filter: QueueFilter; readonly sort: QueueSort; readonly descending: boolean }

/** Every key of the address that belongs to the queue's view. */
export const viewKeys = [...listFilters, 'not', 'severity', 'text', 'sort', 'desc'] as const;

const known: Partial<Record<ListFilter, readonly string[]>> = { decision: decisions, priority: priorities, status: incidentStatuses };
const isOneOf = <T extends string>(values: readonly T[], text: string | null): text is T => text !== null && (values as readonly string[]).includes(text);
/** `none` in an address stands for "has none": an empty value would be lost in it. */
const NONE = 'none';

/** Reads a view from an address. Words that no longer mean anything are left out: an old bookmark opens what is left of it. */
export function readView(query: URLSearchParams): QueueView {
  const lists = Object.fromEntries(listFilters.map((name) => [name, [...new Set(query.getAll(name))].filter((value) => known[name]?.includes(value) ?? true).map((value) => (value === NONE ? '' : value))]));
  const severity = query.get('severity'), sort = query.get('sort');
  return {
    filter: queueFilterSchema.parse({ ...lists, not: [...new Set(query.getAll('not'))].filter((name) => isOneOf(listFilters, name)), text: query.get('text') ?? '', ...(isOneOf(severities, severity) && { min_severity: severity }) }),
    sort: isOneOf(queueSorts, sort) ? sort : 'work_order', descending: query.get('desc') === '1',
  };
}

/** The view as a patch of an address; what is as usual takes no room. */
export function writeView({ filter, sort, descending }: QueueView): QueryPatch {
  return {
    ...Object.fromEntries(listFilters.map((name) => [name, filter[name].map((value) => (value === '' ? NONE : value))])),
    not: filter.not, severity: filter.min_severity ?? null, text: filter.text, sort: sort === 'work_order' ? null : sort, desc: descending ? '1' : null,
  };
}

export const isFiltered = ({ filter }: QueueView): boolean => filter.text !== '' || filter.min_severity !== undefined || listFilters.some((name) => filter[name].length > 0);
export const noFilter = (view: QueueView): QueueView => ({ ...view, filter: queueFilterSchema.parse({}) });

/** The view's part of an address, e.g. to open an incident with. */
export function viewOf(query: URLSearchParams): URLSearchParams {
  const part = new URLSearchParams();
  for (const key of viewKeys) for (const value of query.getAll(key)) part.append(key, value);
  return part;
}
