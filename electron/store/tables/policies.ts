import { policySchema, type Policy } from '#shared/model/policy.ts';
import type { Db } from '../db.ts';

export interface StoredPolicy { readonly version: number; readonly policy: Policy; readonly source: string }

/** Every imported policy, by version; the newest is in force, older ones stay for replay. Version 0 is the one that we ship. */
export function policiesTable(db: Db, shipped: Policy) {
  const insert = db.prepare<[string, string, number, string | null]>('INSERT INTO policies (json, source, imported_us, text) VALUES (?, ?, ?, ?)');
  const text = db.prepare<[number], string | null>('SELECT text FROM policies WHERE version = ?').pluck();
  const newest = db.prepare<[], { version: number; json: string; source: string }>('SELECT version, json, source FROM policies ORDER BY version DESC LIMIT 1');
  const get = db.prepare<[number], { version: number; json: string; source: string }>('SELECT version, json, source FROM policies WHERE version = ?');
  const read = (row: { version: number; json: string; source: string } | undefined): StoredPolicy | undefined => row && { version: row.version, source: row.source, policy: policySchema.parse(JSON.parse(row.json)) };
  return {
    current: (): StoredPolicy => read(newest.get()) ?? { version: 0, policy: shipped, source: 'shipped' },
    version: (version: number): StoredPolicy | undefined => (version === 0 ? { version: 0, policy: shipped, source: 'shipped' } : read(get.get(version))),
    /** A policy as it was written, if that was kept. */
    text: (version: number): string | undefined => text.get(version) ?? undefined,
    /** @returns the version; an import identical to the one in force adds none. */
    add(policy: Policy, source: string, nowUs: number, written?: string): { version: number; changed: boolean } {
      const json = JSON.stringify(policy);
      const have = newest.get();
      if (have?.json === json) return { version: have.version, changed: false };
      return { version: Number(insert.run(json, source, nowUs, written ?? null).lastInsertRowid), changed: true };
    },
  };
}
export type PoliciesTable = ReturnType<typeof policiesTable>;
