import canonicalizeModule from 'canonicalize';
import { hash } from 'node:crypto';

/** Start of every hash of the chain, so that it can't be mistaken for a hash of something else. */
const DOMAIN = 'winnow-audit-v1\n';
const GENESIS = '0'.repeat(64);

export interface AuditEntry {
  readonly seq: number; readonly workspace: string; readonly previous_hash: string; readonly time_us: number; readonly actor: string; readonly key_id: string; readonly event: string;
  readonly payload: string; readonly payload_hash: string; readonly hash: string;
}
export type AuditVerdict = { readonly valid: true; readonly rows: number; readonly head: string } | { readonly valid: false; readonly rows: number; readonly first_bad_seq: number; readonly why: string };

/** RFC 8785 text of a JSON value. */
export function canonicalJson(value: unknown): string {
  const text = canonicalizeModule(value);
  if (text === undefined) throw new Error('value has no JSON form');
  return text;
}

/** The next row of the chain: `SHA-256(domain ‖ canonical JSON)` over everything but the payload itself, which its own hash stands for. */
export function nextEntry(last: { readonly seq: number; readonly hash: string } | undefined, entry: { workspace: string; time_us: number; actor: string; key_id: string; event: string; payload: unknown }): AuditEntry {
  const payload = canonicalJson(entry.payload);
  const body = {
    seq: (last?.seq ?? 0) + 1, workspace: entry.workspace, previous_hash: last?.hash ?? GENESIS, time_us: entry.time_us, actor: entry.actor, key_id: entry.key_id, event: entry.event,
    payload_hash: sha256(payload),
  };
  return { ...body, payload, hash: hashOf(body) };
}

const sha256 = (text: string): string => hash('sha256', text, 'hex');
const hashOf = (b: Omit<AuditEntry, 'payload' | 'hash'>): string => sha256(DOMAIN + canonicalJson({
  seq: b.seq, workspace: b.workspace, previous_hash: b.previous_hash, time_us: b.time_us, actor: b.actor, key_id: b.key_id, event: b.event, payload_hash: b.payload_hash,
}));

/**
 * Walks the chain from its start. Any edit, deletion, swap or insertion before the end is found and located; rows cut off at the very end are
 * not, unless `expectedHead` (the hash of an exported checkpoint) is given and missing.
 * @param check what else must hold of a row, in words when it doesn't: signatures.
 */
export function verifyChain(rows: Iterable<AuditEntry>, workspace: string, expectedHead?: string, check: (row: AuditEntry) => string | undefined = () => undefined): AuditVerdict {
  let previous: AuditEntry | undefined;
  let headSeen = expectedHead === undefined;
  let count = 0;
  for (const row of rows) {
    const why = problem(row, previous, workspace) ?? check(row);
    if (why !== undefined) return { valid: false, rows: count, first_bad_seq: row.seq, why };
    if (row.hash === expectedHead) headSeen = true;
    previous = row;
    count += 1;
  }
  if (!headSeen) return { valid: false, rows: count, first_bad_seq: (previous?.seq ?? 0) + 1, why: 'rows up to the given checkpoint are missing' };
  return { valid: true, rows: count, head: previous?.hash ?? GENESIS };
}

function problem(row: AuditEntry, previous: AuditEntry | undefined, workspace: string): string | undefined {
  const expected = (previous?.seq ?? 0) + 1;
  if (row.seq !== expected) return `row ${expected} is missing, row ${row.seq} stands in its place`;
  if (row.workspace !== workspace) return 'the row belongs to another workspace';
  if (row.previous_hash !== (previous?.hash ?? GENESIS)) return 'it does not follow the row before it';
  if (sha256(row.payload) !== row.payload_hash) return 'its content was changed';
  return hashOf(row) === row.hash ? undefined : 'its fields were changed';
}
