import ipaddr from 'ipaddr.js';
import { zstdCompressSync } from 'node:zlib';
import type { NormalizedItem } from '#electron/pipeline/normalize/normalize.ts';
import type { Home } from '#electron/pipeline/ports.ts';
import { toEventRow } from '#electron/store/tables/events.ts';
import { createPacker } from '#electron/store/packed-rows.ts';
import { packFinding, toFindingRow, type FindingRow } from '#electron/store/tables/findings.ts';
import type { Finding } from '#shared/model/finding.ts';
import type { ParsedBatch } from './parse-protocol.ts';

type Rows = { -readonly [K in 'events' | 'resources' | 'edges' | 'rawRecords' | 'quarantined']: ParsedBatch[K][number][] };
const noRows = (): Rows => ({ events: [], resources: [], edges: [], rawRecords: [], quarantined: [] });
/** Records of one batch, and characters of their raw text. */
const MOST_RECORDS = 1000, MOST_TEXT = 4 * 1024 * 1024;

/** What is known of a whole file and not told by its records (`RecordContext`). */
interface Given { readonly home?: Home | undefined; readonly cluster?: string | undefined }

/** Flattens normalized records, one at a time, to rows that the engine only binds. */
export function createBatch(sha256: (text: string) => string, given: Given = {}, findings = createPacker()) {
  // A file that failed may have left some.
  findings.clear();
  const contextOf = contexts(given);
  let rows = noRows(), records = 0, empty = 0, text = 0;
  return {
    records: () => records,
    isFull: () => records >= MOST_RECORDS || text >= MOST_TEXT,
    add(item: NormalizedItem): void {
      records += 1;
      if (!('normalized' in item)) { rows.quarantined.push({ record: item.index, position: item.position, why: item.error, excerpt: '' }); return; }
      text += item.size;
      if (item.normalized.findings.length + item.normalized.events.length + item.normalized.resources.length === 0) empty += 1;
      for (const finding of item.normalized.findings) packFinding(findings, findingRow(finding, item.index, sha256));
      for (const event of item.normalized.events) rows.events.push(toEventRow(event, item.index, event.src_ip !== undefined && isPublicAddress(event.src_ip)));
      addResources(rows, item, sha256, contextOf);
    },
    /** The batch so far; a new one begins. */
    take(bytes: number): ParsedBatch {
      const batch = { records, bytes, empty, findings: findings.take(), ...rows };
      [rows, records, empty, text] = [noRows(), 0, 0, 0];
      return batch;
    },
  };
}

/** A record is small: told its size, the compressor sets up tables of that size instead of megabytes. */
function compress(text: string): Uint8Array {
  const bytes = Buffer.from(text);
  return zstdCompressSync(bytes, { pledgedSrcSize: bytes.length, chunkSize: Math.max(256, Math.min(65_536, bytes.length)) });
}

type Told = Extract<NormalizedItem, { readonly raw_text: string }>;

/** What lies around a record, compressed; records that follow each other often share it. */
function contexts(given: Given): (item: Told) => Uint8Array {
  let last: { readonly from: string; readonly parents: readonly unknown[]; readonly bytes: Uint8Array } | undefined;
  return ({ from, parents }) => {
    if (last?.from !== from || last.parents.length !== parents.length || parents.some((p, i) => p !== last?.parents[i])) last = { from, parents, bytes: compress(JSON.stringify({ from, parents, ...given })) };
    return last.bytes;
  };
}

function addResources(rows: Rows, item: Told, sha256: (text: string) => string, contextOf: (item: Told) => Uint8Array): void {
  const { resources, edges } = item.normalized;
  if (resources.length > 0) rows.rawRecords.push({ record: item.index, context: contextOf(item), data: compress(item.raw_text) });
  for (const resource of resources) {
    // When it was captured says nothing about what it is.
    const { captured_us: _, ...content } = resource;
    rows.resources.push({ record: item.index, urn: resource.urn, resource: JSON.stringify(resource), hash: sha256(JSON.stringify(content)) });
  }
  for (const edge of edges) rows.edges.push({ record: item.index, source: resources.some((r) => r.urn === edge.source && r.part === undefined) ? edge.source : resources[0]?.urn ?? edge.source, json: JSON.stringify(edge) });
}

/** All of some records as one batch. */
export function flattenBatch(items: readonly NormalizedItem[], sha256: (text: string) => string, given: Given = {}): ParsedBatch {
  const batch = createBatch(sha256, given);
  for (const item of items) batch.add(item);
  return batch.take(0);
}

/** A record without a time of its own gets the time of import; that must not make the same record look new. */
export function findingRow(finding: Finding, record: number, sha256: (text: string) => string): FindingRow {
  const hash = finding.untimed === true ? sha256(JSON.stringify({ ...finding, discovered_at: '', discovered_us: 0, updated_us: 0 })) : undefined;
  return toFindingRow(finding, hash, record, JSON.stringify(finding));
}

const known = new Map<string, boolean>();
/** An address of the public internet: not private, loopback, link-local, carrier-grade NAT or reserved; service names such as `s3.amazonaws.com` are not. */
export function isPublicAddress(text: string): boolean {
  let is = known.get(text);
  if (is === undefined) {
    is = ipaddr.isValid(text) && isGlobal(ipaddr.process(text));
    if (known.size > 50_000) known.clear();
    known.set(text, is);
  }
  return is;
}

/** Documentation addresses (RFC 5737, RFC 3849) count as public: real exports never have them, anonymised ones do. */
function isGlobal(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  const range = address.range();
  return range === 'unicast' || (range === 'reserved' && /^(192\.0\.2|198\.51\.100|203\.0\.113|2001:db8)/.test(address.toString()));
}
