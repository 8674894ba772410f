import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { incidentSchema } from '#shared/model/incident.ts';
import { routeSchema, triageSchema, validationSchema } from '#shared/model/decision.ts';

export const ROOT = join(import.meta.dirname, '..', '..');
export const ENTRY = join(ROOT, 'electron', 'host', 'winnow.ts');

export interface Ran { readonly code: number; readonly stdout: string; readonly stderr: string }

/** Runs the real command line in a process of its own. */
export function winnow(args: readonly string[], options: { readonly cwd?: string; readonly input?: string } = {}): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [ENTRY, ...args], { cwd: options.cwd ?? ROOT, maxBuffer: 256 * 1024 * 1024 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : 128, stdout, stderr });
    });
    if (options.input !== undefined) child.stdin?.end(options.input);
  });
}

export const decidedSchema = z.object({ incident: incidentSchema, triage: triageSchema, validation: validationSchema, route: routeSchema });
export type DecidedIncident = z.infer<typeof decidedSchema>;
const listSchema = z.object({ incidents: z.array(decidedSchema), counts: z.record(z.string(), z.number()) });
export const parseList = (text: string): z.infer<typeof listSchema> => listSchema.parse(JSON.parse(text));

/** A folder that is gone after `use`. */
export async function inTempFolder<T>(use: (dir: string) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'winnow-test-'));
  try { return await use(dir); } finally { rmSync(dir, { recursive: true, force: true }); }
}
