import ipaddr from 'ipaddr.js';
import { zstdCompressSync } from 'node:zlib';
import type { NormalizedItem } from '#electron/pipeline/normalize/normalize.ts';
import { toEventRow } from '#electron/store/tables/events.ts';
import { toFindingRow } from '#electron/store/tables/findings.ts';
import type { Finding } from '#shared/model/finding.ts';
import type { ParsedBatch } from './parse-protocol.ts';

type Rows = { -readonly [K in 'findings' | 'events' | 'resources' | 'edges' | 'rawRecords' | 'quarantined']: ParsedBatch[K][number][] };

/** Flattens normalized records to rows that the engine only binds. */
export function flattenBatch(items: readonly NormalizedItem[], bytes: number, sha256: (text: string) => string, account?: string): ParsedBatch {
  const rows: Rows = { findings: [], events: [], resources: [], edges: [], rawRecords: [], quarantined: [] };
  let empty = 0;
  for (const item of items) {
    if (!('normalized' in item)) { rows.quarantined.push({ record: item.index, position: item.position, why: item.error, excerpt: '' }); continue; }
    const { findings, events, resources, edges } = item.normalized;
    if (findings.length + events.length + resources.length === 0) empty += 1;
    for (const finding of findings) rows.findings.push(findingRow(finding, item.index, sha256));
    for (const event of events) rows.events.push(toEventRow(event, item.index, event.src_ip !== undefined && isPublicAddress(event.src_ip)));
    if (resources.length > 0) rows.rawRecords.push({ record: item.index, context: zstdCompressSync(JSON.stringify({ from: item.from, parents: item.parents, account })), data: zstdCompressSync(item.raw_text) });
    for (const resource of resources) {
      // When it was captured says nothing about what it is.
      const { captured_us: _, ...content } = resource;
      rows.resources.push({ record: item.index, urn: resource.urn, resource: JSON.stringify(resource), hash: sha256(JSON.stringify(content)) });
    }
    for (const edge of edges) rows.edges.push({ record: item.index, source: resources.some((r) => r.urn === edge.source && r.part === undefined) ? edge.source : resources[0]?.urn ?? edge.source, json: JSON.stringify(edge) });
  }
  return { firstRecord: items[0]?.index ?? 0, records: items.length, bytes, empty, ...rows };
}

/** A record without a time of its own gets the time of import; that must not make the same record look new. */
function findingRow(finding: Finding, record: number, sha256: (text: string) => string): Rows['findings'][number] {
  const json = JSON.stringify(finding);
  return toFindingRow(finding, sha256(finding.untimed === true ? JSON.stringify({ ...finding, discovered_at: '', discovered_us: 0, updated_us: 0 }) : json), record, json);
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
