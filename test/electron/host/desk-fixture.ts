import { cpSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDesk, type Desk, type DeskOptions } from '#electron/host/desk.ts';
import type { InputOf } from '#electron/host/procedure.ts';
import type { ProcedureName } from '#shared/rpc/contract.ts';
import type { EngineEvent } from '#shared/rpc/schemas.ts';
import type { z } from 'zod';
import { procedureOf, type Contract, type Procedure } from '#shared/rpc/contract.ts';

export const ROOT = join(import.meta.dirname, '..', '..', '..');
type Answered<N extends ProcedureName> = N extends `${infer G}.${infer P}` ? (G extends keyof Contract ? (P extends keyof Contract[G] ? (Contract[G][P] extends Procedure<z.ZodType, infer O> ? z.output<O> : never) : never) : never) : never;

export interface OpenDesk {
  readonly desk: Desk; readonly dir: string; readonly file: string; readonly spoolDir: string; readonly events: EngineEvent[];
  /** Calls a procedure and fails the test when it fails. */
  call<N extends ProcedureName>(name: N, input: Partial<InputOf<N>>): Promise<Answered<N>>;
  /** Calls a procedure that must fail, and gives the reason. */
  refused(name: ProcedureName, input: unknown): Promise<string>;
  close(): Promise<void>;
}

/** A desk over a new workspace (or a copy of `from`) in a folder of its own that is gone after `close`. */
export async function openDesk(from?: string, more: Partial<DeskOptions> = {}): Promise<OpenDesk> {
  const dir = mkdtempSync(join(tmpdir(), 'winnow-desk-'));
  const spoolDir = mkdtempSync(join(tmpdir(), 'winnow-spool-'));
  const file = join(dir, 'w.db');
  if (from !== undefined) cpSync(from, file);
  const events: EngineEvent[] = [];
  const opened = await startDesk({ file, create: true, rootDir: ROOT, spoolDir, onEvent: (event) => { events.push(event); }, ...more });
  if (!opened.ok) throw new Error(opened.error);
  const desk = opened.value;
  return {
    desk, dir, file, spoolDir, events,
    async call<N extends ProcedureName>(name: N, input: Partial<InputOf<N>>) {
      const result = await desk.call(name, input);
      if (!result.ok) throw new Error(`${name}: ${result.error}`);
      return procedureOf(name)?.output.parse(result.value) as Answered<N>;
    },
    async refused(name, input) {
      const result = await desk.call(name, input);
      if (result.ok) throw new Error(`${name} was not refused`);
      return result.error;
    },
    close: async () => { await desk.close(); rmSync(dir, { recursive: true, force: true }); rmSync(spoolDir, { recursive: true, force: true }); },
  };
}

/** Puts the bundled examples into the spool, flat, and returns their upload ids; policy first. */
export function spoolExamples(spoolDir: string, folders: readonly string[] = ['policy.yaml', 'aws-config', 'iam', 'cloudtrail', 'findings']): readonly string[] {
  const examples = join(ROOT, 'resources', 'examples');
  const files = (path: string): readonly string[] => (statSync(path).isDirectory() ? readdirSync(path).toSorted().flatMap((name) => files(join(path, name))) : [path]);
  return folders.flatMap((folder) => files(join(examples, folder))).map((path) => {
    const id = path.slice(examples.length + 1).replaceAll('/', '~');
    cpSync(path, join(spoolDir, id));
    return id;
  });
}
