import { createHash, hash } from 'node:crypto';
import { zstdDecompressSync } from 'node:zlib';
import { canonicalText } from '#electron/pipeline/normalize/finish.ts';
import { openRecords } from '#electron/pipeline/normalize/read/open-records.ts';
import { formats } from '#electron/pipeline/normalize/formats/all.ts';
import { importers } from '#electron/pipeline/graph/importers/all.ts';
import type { AuditEntry } from '#electron/audit/chain.ts';
import type { ContentsTable, StoredFinding, StoredResource } from '#electron/store/tables/contents.ts';
import { changedColumn } from '#electron/store/tables/findings.ts';
import type { RawFilesTable, RawFileRow } from '#electron/store/tables/raw-files.ts';
import type { auditTable } from '#electron/store/tables/audit.ts';
import { isObject, str, type JsonObject } from '#shared/lib/json.ts';
import { ok } from '#shared/lib/result.ts';
import { linksDigest, policyDigest } from './told-digests.ts';

export interface ContentTables { readonly audit: Pick<ReturnType<typeof auditTable>, 'iterate'>; readonly contents: ContentsTable; readonly rawFiles: Pick<RawFilesTable, 'all' | 'chunkNumbers' | 'chunk' | 'recordNumbers' | 'record'> }

const sha256 = (text: string): string => hash('sha256', text, 'hex');

/**
 * What of the workspace's contents is no longer as it was taken, in words, one a row. Import costs nothing for it: a finding or resource is compared with the hash that
 * tells its versions apart, the kept bytes of a file with the hash that the log has of it, inventory records with those bytes; policies, answers and corrections
 * with what the log tells. Not found: a finding whose hash was changed along with it, log events, and records of formats of which no bytes are kept (Terraform, Kubernetes).
 */
export async function* changedContents(tables: ContentTables): AsyncGenerator<string> {
  const told = tellings(tables.audit);
  yield* changedByPeople(tables.contents, told);
  for (const file of tables.rawFiles.all().toReversed()) yield* changedFile(tables.rawFiles, file, told);
  for (const row of tables.contents.findings()) { const why = findingProblem(row); if (why !== undefined) yield `finding ${row.finding_id} (${row.source}: ${row.title}) was changed: ${why}`; }
  for (const id of tables.contents.lostFindings()) yield `finding ${id} is gone`;
  for (const row of tables.contents.resources()) if (row.is_version === 0 || !isAsHashed(row)) yield `resource ${row.urn} was changed: it is not what was read`;
}

interface Tellings { /** By bytes and format: the same bytes may lie in several places. */ readonly imported: ReadonlyMap<string, readonly JsonObject[]>; readonly policies: ReadonlyMap<number, string | undefined>; readonly answers: readonly (JsonObject & { readonly actor: string })[]; readonly links: string | undefined }

/** What the log says of contents. Rows from before 2026-11-30 say less. */
function tellings(audit: ContentTables['audit']): Tellings {
  const imported = new Map<string, JsonObject[]>(), policies = new Map<number, string | undefined>(), answers: (JsonObject & { readonly actor: string })[] = [];
  let links: string | undefined;
  for (const row of audit.iterate()) {
    const payload = CONTENT_EVENTS.has(row.event) ? payloadOf(row) : undefined;
    if (payload === undefined) continue;
    if (row.event === 'imported') { const key = importKey(payload['sha256'], payload['format']); imported.set(key, [...imported.get(key) ?? [], payload]); }
    else if (row.event === 'policy_imported') policies.set(Number(payload['version']), str(payload, 'digest'));
    else if (row.event === 'answered') answers.push({ ...payload, actor: row.actor });
    links = str(payload, 'links') ?? links;
  }
  return { imported, policies, answers, links };
}
const CONTENT_EVENTS: ReadonlySet<string> = new Set(['imported', 'policy_imported', 'answered', 'split', 'merged', 'undone']);
const importKey = (sum: unknown, format: unknown): string => `${String(sum)} ${String(format)}`;
function payloadOf(row: AuditEntry): JsonObject | undefined { const value: unknown = JSON.parse(row.payload); return isObject(value) ? value : undefined; }

function* changedByPeople(contents: ContentsTable, told: Tellings): Generator<string> {
  const policies = contents.policies();
  for (const { version, json, text } of policies) {
    const digest = told.policies.get(version);
    if (!told.policies.has(version)) yield `policy version ${version} was never imported`;
    else if (digest !== undefined && digest !== policyDigest(json, text)) yield `policy version ${version} was changed: it is not what was imported`;
  }
  for (const version of told.policies.keys()) if (!policies.some((p) => p.version === version)) yield `policy version ${version} is gone`;
  const answers = contents.answers(), isSame = (a: typeof answers[number], t: Tellings['answers'][number]): boolean => a.incident === t['incident'] && a.claim === t['claim'] && a.value === JSON.stringify(t['value']) && a.author === t.actor && a.note === (t['note'] ?? '') && (t['expires_us'] == null || t['expires_us'] === a.expires_us);
  for (const t of told.answers) if (!answers.some((a) => isSame(a, t))) yield `the answer ${String(t['claim'])} = ${String(t['value'])} of ${t.actor} for ${String(t['incident'])} is gone or was changed`;
  for (const a of answers) if (!told.answers.some((t) => isSame(a, t))) yield `the log tells of no answer ${a.claim} = ${a.value} of ${a.author} for ${a.incident ?? 'an incident that is gone'}`;
  if (told.links !== undefined && told.links !== linksDigest(contents.links())) yield 'what people joined or kept apart (split, merge) was changed';
  for (const { id, status } of contents.unsaid()) yield `${id} is ${status}, which nobody decided`;
}

async function* changedFile(rawFiles: ContentTables['rawFiles'], file: RawFileRow, told: Tellings): AsyncGenerator<string> {
  const tellings = told.imported.get(importKey(file.sha256, file.format));
  // What is still being read, was taken back, or is a pull's answer has no row of its own in the log.
  if (tellings === undefined || file.state !== 'done') return;
  const wrongIn = (telling: JsonObject) => (['path', 'records', 'new', 'duplicate', 'quarantined'] as const).find((name) => telling[name] !== undefined && telling[name] !== file[name]);
  const nearest = tellings.find((telling) => telling['path'] === file.path) ?? tellings[0] ?? {}, wrong = tellings.some((telling) => wrongIn(telling) === undefined) ? undefined : wrongIn(nearest);
  if (wrong !== undefined) yield `the import of ${file.path} was changed: its ${wrong} was ${String(nearest[wrong])}`;
  const importer = importers.find((i) => i.name === file.format);
  if ((importer ?? formats.find((format) => format.name === file.format))?.redact) return;
  const why = bytesProblem(rawFiles, file);
  if (why !== undefined) { yield `the import of ${file.path} was changed: ${why}`; return; }
  if (importer) yield* changedRecords(rawFiles, file, importer);
}

function bytesProblem(rawFiles: ContentTables['rawFiles'], file: RawFileRow): string | undefined {
  const own = /^[0-9a-f]{64}/.exec(file.sha256)?.[0];
  // A file that changed while it was read is of no one version.
  if (own === undefined) return undefined;
  const sum = createHash('sha256');
  try { for (const bytes of bytesOf(rawFiles, file.raw_id)) sum.update(bytes); } catch { return 'its bytes can\'t be read'; }
  return sum.digest('hex') === own ? undefined : 'its bytes are not those that were read';
}
function* bytesOf(rawFiles: ContentTables['rawFiles'], rawId: number): Generator<Uint8Array> { for (const seq of rawFiles.chunkNumbers(rawId)) yield zstdDecompressSync(rawFiles.chunk(rawId, seq) ?? new Uint8Array()); }

/** Inventory records lie also one by one, as decisions are confirmed again from them: each is to be what the file has there. */
async function* changedRecords(rawFiles: ContentTables['rawFiles'], file: RawFileRow, importer: typeof importers[number]): AsyncGenerator<string> {
  const kept = new Set(rawFiles.recordNumbers(file.raw_id));
  let index = 0;
  for await (const part of openRecords(async function* () { yield* bytesOf(rawFiles, file.raw_id); }, file.path, () => ok(importer))) {
    for (const piece of part.pieces) {
      if (kept.has(index) && !(piece.kind === 'record' && isKept(rawFiles, file.raw_id, index, piece.text))) yield `record ${index + 1} of ${file.path} was changed: it is not what the file has there`;
      index += 1;
    }
  }
}

function isKept(rawFiles: ContentTables['rawFiles'], rawId: number, index: number, text: string): boolean {
  try { return zstdDecompressSync(rawFiles.record(rawId, index)?.data ?? new Uint8Array()).equals(Buffer.from(text)); } catch { return false; }
}

function findingProblem(row: StoredFinding): string | undefined {
  try {
    const finding: unknown = JSON.parse(row.json);
    if (!isObject(finding)) return 'its content is no finding';
    const hashed = finding['untimed'] === true ? JSON.stringify({ ...finding, discovered_at: '', discovered_us: 0, updated_us: 0 }) : row.json;
    if (row.is_version === 0 || sha256(hashed) !== row.content_hash) return 'its content is not what was read';
    const column = changedColumn(row);
    return column && `its ${column} is not what was read`;
  } catch { return 'its content can\'t be read'; }
}

/** A resource's hash leaves out when it was captured; one that was put together from several records is hashed in the canonical order of its fields. */
function isAsHashed({ json, hash: own }: StoredResource): boolean {
  try {
    const resource: unknown = JSON.parse(json);
    if (!isObject(resource)) return false;
    const { captured_us: _, ...content } = resource;
    return sha256(JSON.stringify(content)) === own || sha256(canonicalText(content)) === own;
  } catch { return false; }
}
