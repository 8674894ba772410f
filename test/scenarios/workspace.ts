import Database from 'better-sqlite3';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { z } from 'zod';
import { decidedSchema, parseList, ROOT, winnow, type DecidedIncident, type Ran } from './winnow.ts';

export const fileReportSchema = z.object({ path: z.string(), format: z.string().nullable(), kind: z.string().nullable(), records: z.number(), new: z.number(), duplicate: z.number(), quarantined: z.array(z.object({ position: z.string(), why: z.string() })), error: z.string().optional() });
export const ingestReportSchema = z.object({ files: z.array(fileReportSchema), counts: z.record(z.string(), z.number()) });
export type IngestReport = z.infer<typeof ingestReportSchema>;

/** A changeable copy of the bundled examples. */
export function copyExamples(dir: string): string {
  const data = join(dir, 'examples');
  cpSync(join(ROOT, 'resources', 'examples'), data, { recursive: true });
  rmSync(join(data, 'README.md'), { force: true });
  return data;
}

/** Runs a command that must end with the given exit code; its output is in the failure's message. */
export async function ran(code: number, args: readonly string[], options: { readonly cwd?: string; readonly input?: string } = {}): Promise<Ran> {
  const result = await winnow(args, options);
  expect({ args, code: result.code, ...(result.code !== code && { output: result.stderr + result.stdout.slice(0, 2000) }) }).toEqual({ args, code });
  return result;
}

/** Imports; every record is new or duplicate, nothing quarantined. */
export const ingest = async (workspace: string, ...paths: readonly string[]): Promise<IngestReport> =>
  ingestReportSchema.parse(JSON.parse((await ran(0, ['ingest', ...paths, '--workspace', workspace, '--json'])).stdout));

const reportSchema = z.object({ run: z.object({ decided: z.number(), unchanged: z.number(), checked: z.number(), incidents: z.number() }) });
/** Triage: all incidents, and what the run did. */
export async function triage(workspace: string, ...options: readonly string[]): Promise<ReturnType<typeof parseList> & z.infer<typeof reportSchema>> {
  const { stdout } = await ran(0, ['triage', '--workspace', workspace, '--json', ...options]);
  return { ...parseList(stdout), ...reportSchema.parse(JSON.parse(stdout)) };
}

/** Of a test file: the bundled examples, imported and decided once, before its tests. `copy` gives a workspace of its own, in a folder of its own, with them. */
export function decidedExamples() {
  const dir = mkdtempSync(join(tmpdir(), 'winnow-test-')), base = join(dir, 'base.db');
  const incidents: DecidedIncident[] = [];
  let copies = 0;
  beforeAll(async () => {
    await ingest(base, ...['aws-config', 'iam', 'cloudtrail', 'findings', 'policy.yaml'].map((name) => join(ROOT, 'resources', 'examples', name)));
    incidents.push(...(await triage(base)).incidents);
  }, 120_000);
  afterAll(() => { rmSync(dir, { recursive: true, force: true }); });
  return {
    dir, base, incidents,
    copy: (): string => {
      const folder = join(dir, `w${++copies}`), file = join(folder, 'w.db');
      mkdirSync(folder);
      cpSync(base, file);
      return file;
    },
  };
}

export const detailSchema = decidedSchema.extend({
  trace: z.looseObject({ decision_id: z.string() }),
  reviews: z.array(z.looseObject({ action: z.string(), author: z.string(), flagged: z.string().nullable() })),
  answers: z.array(z.looseObject({ claim: z.string(), author: z.string() })),
  outbox: z.array(z.object({ action: z.string(), status: z.string() })),
});
export const show = async (workspace: string, id: string): Promise<z.infer<typeof detailSchema>> => detailSchema.parse(JSON.parse((await ran(0, ['show', id, '--workspace', workspace, '--json'])).stdout));

/** An incident's decision without what differs from run to run: when it was made and how long it took. */
export function withoutRun({ incident, triage: { started_at: _, duration_ms: __, ...rest }, validation, route }: DecidedIncident): unknown {
  return { incident, triage: rest, validation, route };
}
export const sortedById = (incidents: readonly DecidedIncident[]): readonly unknown[] => incidents.toSorted((a, b) => (a.incident.id < b.incident.id ? -1 : 1)).map(withoutRun);

/** Reads a workspace directly, beside the command line. */
export function rows(workspace: string, sql: string, ...values: readonly (string | number)[]): readonly Readonly<Record<string, unknown>>[] {
  const db = new Database(workspace, { readonly: true });
  try { return db.prepare<unknown[], Record<string, unknown>>(sql).all(...values); } finally { db.close(); }
}

/** Changes a workspace behind the product's back. */
export function tamper(workspace: string, sql: string, ...values: readonly (string | number)[]): number {
  const db = new Database(workspace);
  try { return db.prepare<unknown[]>(sql).run(...values).changes; } finally { db.close(); }
}
