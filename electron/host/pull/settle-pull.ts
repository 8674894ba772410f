import { hash } from 'node:crypto';
import { z } from 'zod';
import { configEdges } from '#electron/pipeline/graph/importers/aws/config-edges.ts';
import { canonicalText } from '#electron/pipeline/normalize/finish.ts';
import { parseResource } from '#electron/store/tables/nodes.ts';
import type { PullRow, PullUnitRow } from '#electron/store/tables/pulls.ts';
import { edgeSchema, type Resource } from '#shared/model/resource.ts';
import type { App } from '../create-app.ts';
import { laidOver } from './laid-over.ts';

/** Resources of one transaction: a kill between two of them leaves the rest waiting. */
const TOGETHER = 1000;
const listsSchema = z.array(z.object({ types: z.array(z.string()).optional(), account: z.string(), region: z.string().nullable().optional() }));
const gapsSchema = z.array(z.object({ subject: z.string(), state: z.enum(['denied', 'absent', 'failed']), says: z.string() }));
export const gapsOf = (unit: PullUnitRow) => gapsSchema.parse(JSON.parse(unit.gaps));

export interface Settled { readonly new: number; readonly changed: number; readonly unchanged: number; readonly closed: number }

/**
 * Puts what a pull has told into the graph, as one snapshot of the time when it began. A pull that is over replaces what earlier ones told of a
 * resource: what it could not read is unknown from then on. One that was cut lays what it knows over that. What its lists would have shown and
 * didn't is closed, when it is over and nothing of that list was missing.
 * @param isWhole whether the pull is over.
 */
export function settlePull(app: App, pull: PullRow, isWhole: boolean, progress: (done: number) => void = () => undefined): Settled {
  const { pulls, nodes } = app.tables;
  // Later than the pull's earlier settling, if it was cut, and earlier than anything that began after it.
  const at = pull.started_us + pull.settled;
  const counts = putStaged(app, pull, { at, isWhole }, progress);
  return app.tables.transaction(() => {
    for (const rawId of pulls.files(pull.pull_id)) nodes.observe(rawId, at);
    const closed = isWhole ? closeGone(app, pull, at) : 0;
    pulls.settle(pull.pull_id, { ...counts, closed });
    if (isWhole) pulls.clearStaged(pull.pull_id);
    return { ...counts, closed };
  });
}

/** Puts again into the graph what was staged again of a pull that is in it already: an import that told of the same things was taken back. Inside a transaction. */
export function putAgain(app: App, pull: PullRow): void {
  const { pulls } = app.tables, isWhole = pull.state === 'done';
  putStaged(app, pull, { at: pull.started_us + Math.max(0, pull.settled - 1), isWhole });
  if (isWhole) pulls.clearStaged(pull.pull_id);
}

/** What all pulls that are over have seen, and what they closed, once more: after something was taken back. Inside a transaction. */
export function observeAgain(app: App): void {
  const { pulls, nodes } = app.tables;
  for (const pull of pulls.all().toReversed()) {
    if (pull.state === 'rolled_back') continue;
    const at = pull.started_us + Math.max(0, pull.settled - 1);
    for (const rawId of pulls.files(pull.pull_id)) nodes.observe(rawId, at);
    if (pull.state === 'done') closeGone(app, pull, at);
  }
}

interface When { readonly at: number; readonly isWhole: boolean }
function putStaged(app: App, pull: PullRow, { at, isWhole }: When, progress: (done: number) => void = () => undefined): Omit<Settled, 'closed'> {
  const { pulls, nodes } = app.tables;
  const counts = { new: 0, changed: 0, unchanged: 0 };
  for (let last = '', done = 0; ;) {
    const rows = pulls.stagedAfter(pull.pull_id, last, TOGETHER);
    if (rows.length === 0) break;
    app.tables.transaction(() => { for (const { urn, json } of rows) counts[settleOne(app, pull.pull_id, urn, json, { at, isWhole })] += 1; });
    last = rows.at(-1)?.urn ?? last;
    progress(done += rows.length);
  }
  for (let last = ''; ;) {
    const rows = pulls.edgesAfter(pull.pull_id, last, TOGETHER);
    if (rows.length === 0) break;
    app.tables.transaction(() => { for (const { source, json } of rows) if (isOurs(app, pull.pull_id, source, at)) nodes.putEdges(`observed:${source}`, z.array(edgeSchema).parse(JSON.parse(json)), app.now()); });
    last = rows.at(-1)?.source ?? last;
  }
  return counts;
}

function settleOne(app: App, pullId: number, urn: string, json: string, { at, isWhole }: { readonly at: number; readonly isWhole: boolean }): 'new' | 'changed' | 'unchanged' {
  const { nodes, pulls } = app.tables;
  const staged = parseResource(json), before = nodes.currentJson(urn);
  const told = laidOver(before === undefined ? undefined : parseResource(before), staged, isWhole);
  const { captured_us: own, ...content } = told;
  const resource: Resource = { ...content, captured_us: Math.max(own ?? 0, at) };
  // Parts come in any order, and with them the keys of what they make together.
  const digest = hash('sha256', content.part === undefined ? JSON.stringify(content) : canonicalText(content), 'hex');
  if (before !== undefined && nodes.isCurrent(urn, digest)) { pulls.dropRecords(urn, pullId); return 'unchanged'; }
  const from = pulls.records(urn, pullId).at(-1) ?? { raw_id: 0, record: 0 };
  nodes.put(resource, digest, JSON.stringify(resource), { rawId: from.raw_id, record: from.record, nowUs: app.now() });
  if (resource.part !== undefined) nodes.putEdges(`observed:${urn}`, configEdges(resource), app.now());
  return before === undefined ? 'new' : 'changed';
}

/** Whether what this pull says of a resource is the newest: another import may have a later record. */
function isOurs(app: App, pullId: number, urn: string, at: number): boolean {
  const current = app.tables.nodes.current(urn);
  return current === undefined || (current.captured_us ?? 0) <= at || app.tables.pulls.ofFile(current.raw_id) === pullId;
}

function closeGone(app: App, pull: PullRow, at: number): number {
  const { pulls, nodes } = app.tables;
  const units = pulls.units(pull.pull_id);
  const place = (unit: PullUnitRow): string => `${unit.call}|${unit.account}|${unit.region}`;
  const missing = new Set(units.filter((unit) => unit.state !== 'done' || gapsOf(unit).length > 0).map(place));
  const claims = new Map(units.filter((unit) => !missing.has(place(unit))).flatMap((unit) => listsSchema.parse(JSON.parse(unit.lists)).map((lists) => [JSON.stringify([lists, unit.format]), { ...lists, format: unit.format }] as const)));
  const gone = new Set<string>();
  for (const { types, region, ...listed } of claims.values()) for (const urn of pulls.gone(pull.pull_id, { ...listed, beforeUs: at, ...(types !== undefined && { types }), ...(region !== undefined && { region }) })) gone.add(urn);
  for (const urn of gone) nodes.close(urn, at);
  return gone.size;
}
