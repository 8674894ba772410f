import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openWorkspace, type Workspace } from '#electron/store/open.ts';
import { openTables, type Tables } from '#electron/store/tables.ts';
import { policySchema } from '#shared/model/policy.ts';

export const MIGRATIONS = join(import.meta.dirname, '../../../resources/migrations');
export const NOW = Date.UTC(2026, 4, 1) * 1000;

/** A folder that goes away with the test. */
export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'winnow-store-'));
  onTestFinished(() => { rmSync(dir, { recursive: true, force: true }); });
  return dir;
}
export const openAt = (file: string, rest: { create?: boolean; migrationsDir?: string } = {}) => openWorkspace({ file, migrationsDir: rest.migrationsDir ?? MIGRATIONS, create: rest.create ?? true, now: () => NOW });

/** A new workspace on disk with its tables, closed after the test. */
export function newWorkspace(): { readonly workspace: Workspace; readonly tables: Tables } {
  const opened = openAt(join(tempDir(), 'w.db'));
  if (!opened.ok) throw new Error(opened.error);
  onTestFinished(() => { if (opened.value.db.open) opened.value.close(); });
  return { workspace: opened.value, tables: openTables(opened.value.db, policySchema.parse({})) };
}
