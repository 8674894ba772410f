import type { Engine } from '../engine-client.ts';
import type { IncidentPage, ListedIncident } from '../handlers/incidents.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';

const PAGE = 500;
export interface ListFilter { readonly decision?: unknown; readonly status?: unknown }

/** Asks for the queue page by page and hands each line on; stops at `limit`. @returns the counts that came with the last page. */
export async function eachIncident(engine: Engine, filter: ListFilter, limit: number | undefined, take: (line: string) => void): Promise<Result<Readonly<Record<string, number>>>> {
  let offset = 0;
  for (;;) {
    const want = Math.min(PAGE, (limit ?? Number.POSITIVE_INFINITY) - offset);
    const result = await engine.request('incidents.page', { ...filter, offset, limit: want });
    if (!result.ok) return err(result.error);
    const page = result.value as IncidentPage;
    for (const line of page.lines) take(line);
    offset += page.lines.length;
    if (page.lines.length < want || offset === limit) return ok(page.counts);
  }
}

/** The whole queue as objects, for texts. */
export async function listIncidents(engine: Engine, filter: ListFilter = {}, limit?: number): Promise<Result<{ readonly incidents: readonly ListedIncident[]; readonly counts: Readonly<Record<string, number>> }>> {
  const incidents: ListedIncident[] = [];
  const counts = await eachIncident(engine, filter, limit, (line) => { incidents.push(JSON.parse(line) as ListedIncident); });
  return counts.ok ? ok({ incidents, counts: counts.value }) : counts;
}

/** The queue as one JSON document, written as it comes. */
export async function writeIncidents(engine: Engine, filter: ListFilter, limit: number | undefined, rest: Readonly<Record<string, unknown>>, write: (text: string) => void): Promise<Result<void>> {
  let first = true;
  write('{"incidents":[');
  const counts = await eachIncident(engine, filter, limit, (line) => { write(`${first ? '' : ','}${line}`); first = false; });
  const tail = Object.entries({ counts: counts.ok ? counts.value : {}, ...rest, ...(counts.ok ? {} : { error: counts.error }) }).map(([key, value]) => `,${JSON.stringify(key)}:${JSON.stringify(value)}`).join('');
  write(`]${tail}}\n`);
  return counts.ok ? ok(undefined) : counts;
}
