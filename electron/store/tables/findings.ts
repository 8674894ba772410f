import { hash } from 'node:crypto';
import { findingSchema, type CorrelationFinding, type ToldFinding, type Finding } from '#shared/model/finding.ts';
import { isFinding, isObservables, isVulnerability } from '#shared/model/is-finding.ts';
import { isObject, list } from '#shared/lib/json.ts';
import type { Db } from '../db.ts';
import { unpackRows, type createPacker, type PackedRows } from '../packed-rows.ts';

/** A finding as the parse worker hands it over: flat columns and the JSON, ready to bind. */
export interface FindingRow {
  readonly finding_id: string; readonly source: string; readonly source_id: string; readonly kind: string; readonly entity: string; readonly entity_type: string;
  readonly issue_type: string; readonly issue_mapped: number; readonly check_id: string; readonly title: string; readonly severity_reported: string; readonly status: string;
  readonly environment: string | null; readonly account: string | null; readonly region: string | null; readonly discovered_at: string; readonly discovered_us: number;
  readonly updated_us: number; readonly timed: number; /** Empty: the hash of `json`, which the table makes, as the thread that saves has more time than the one that parses. */ readonly content_hash: string; readonly record: number; readonly json: string;
  /** What correlation looks at beside the columns; null: nothing. */
  readonly parts: string | null;
}

const textColumns = ['finding_id', 'source', 'source_id', 'kind', 'entity', 'entity_type', 'issue_type', 'check_id', 'title', 'severity_reported', 'status', 'environment', 'account', 'region', 'discovered_at', 'content_hash', 'json', 'parts'] as const;
const numberColumns = ['issue_mapped', 'timed', 'record', 'discovered_us', 'updated_us'] as const;
const columns: readonly (keyof FindingRow)[] = [...textColumns, ...numberColumns];
const shape = { texts: textColumns.length, numbers: numberColumns.length };
const AT = { finding_id: columns.indexOf('finding_id'), json: columns.indexOf('json'), content_hash: columns.indexOf('content_hash'), record: columns.indexOf('record'), discovered_us: columns.indexOf('discovered_us'), updated_us: columns.indexOf('updated_us') };
const replaced = columns.filter((c) => c !== 'finding_id').map((c) => `${c} = excluded.${c}`).join(', ');

/** A row for `addPacked`. */
export function packFinding(packer: ReturnType<typeof createPacker>, row: FindingRow): void {
  packer.add(textColumns.map((c) => row[c]), numberColumns.map((c) => row[c]));
}

/** Flattens a finding for the table. */
export function toFindingRow(finding: Finding, contentHash: string | undefined, record: number, json: string): FindingRow {
  return {
    finding_id: finding.finding_id, source: finding.source, source_id: finding.source_id, kind: finding.kind, entity: finding.entity, entity_type: finding.entity_type,
    issue_type: finding.issue_type, issue_mapped: finding.issue_mapped ? 1 : 0, check_id: finding.check_id, title: finding.title, severity_reported: finding.severity_reported,
    status: finding.status, environment: finding.environment ?? null, account: finding.account ?? null, region: finding.region ?? null, discovered_at: finding.discovered_at,
    discovered_us: finding.discovered_us, updated_us: finding.updated_us, timed: finding.untimed === true ? 0 : 1, content_hash: contentHash ?? '', record, json, parts: partsOf(finding),
  };
}

/** The first column of a stored row that says something else than its JSON; throws where that is no finding. */
export function changedColumn(row: FindingRow): string | undefined {
  const value: unknown = JSON.parse(row.json);
  const { parts: known, ...told } = toFindingRow(isObject(value) && isFinding(value) ? value : findingSchema.parse(value), row.content_hash, row.record, row.json);
  const changed = columns.find((c) => c !== 'parts' && Reflect.get(told, c) !== row[c]);
  // Rows of older workspaces have the very text of the record.
  const same = (a: string | null, b: string | null): boolean => a === b || (a !== null && b !== null && JSON.stringify(JSON.parse(a)) === JSON.stringify(JSON.parse(b)));
  return changed ?? (same(known, row.parts) ? undefined : 'parts');
}

/** As `readParts` reads it. */
function partsOf({ attack, vulnerability, observables, issue_guessed }: Finding): string | null {
  const text = JSON.stringify([attack, vulnerability ?? null, observables ?? null, issue_guessed ?? null]);
  return text === NO_PARTS ? null : text;
}

/**
 * Of versions of one instant: a report may tell of one check on one resource twice, once passed and once failed, and what failed must not hide; and a product
 * may not touch the time of what somebody suppressed or closed.
 */
const rankOf = (of: string): string => `CASE ${of}.status WHEN 'passed' THEN 0 WHEN 'open' THEN 1 ELSE 2 END`;

/** Findings and every version of them. The newest version by (updated_us, status, content_hash) is current, whatever the order of import. */
export function findingsTable(db: Db) {
  const addVersion = db.prepare<unknown[]>('INSERT OR IGNORE INTO finding_versions (finding_id, content_hash, updated_us, raw_id, record) VALUES (?, ?, ?, ?, ?)');
  const upsert = db.prepare<unknown[]>(`INSERT INTO findings (${columns.join(', ')}, first_seen, last_seen, raw_id) VALUES (${columns.map(() => '?').join(', ')}, ?, ?, ?)
    ON CONFLICT (finding_id) DO UPDATE SET ${replaced}, raw_id = excluded.raw_id, first_seen = min(findings.first_seen, excluded.first_seen), last_seen = max(findings.last_seen, excluded.last_seen)
    WHERE (excluded.updated_us, ${rankOf('excluded')}, excluded.content_hash) > (findings.updated_us, ${rankOf('findings')}, findings.content_hash)`);
  const widen = db.prepare<unknown[]>('UPDATE findings SET first_seen = min(first_seen, ?), last_seen = max(last_seen, ?) WHERE finding_id = ?');
  const slim = `SELECT finding_id, source, source_id, kind, entity, entity_type, issue_type, check_id, title, severity_reported, environment, account, region, discovered_us, updated_us, substr(content_hash, 1, 20) AS content_hash, parts FROM findings`;
  const open = db.prepare<[], OpenRow>(`${slim} WHERE status = 'open'`);
  const openOf = db.prepare<[string], OpenRow>(`${slim} WHERE status = 'open' AND entity IN (SELECT value FROM json_each(?))`);
  const told = db.prepare<[string], ToldRow>('SELECT finding_id, source, issue_type, title, discovered_us, updated_us, parts FROM findings WHERE finding_id = ?');
  const get = db.prepare<[string], { json: string; raw_id: number; record: number; first_seen: number; last_seen: number }>('SELECT json, raw_id, record, first_seen, last_seen FROM findings WHERE finding_id = ?');
  const byEntity = db.prepare<[string, number], { json: string }>('SELECT json FROM findings WHERE entity = ? ORDER BY finding_id LIMIT ?');
  const byIssue = db.prepare<[string], { json: string }>("SELECT json FROM findings WHERE issue_type IN (SELECT value FROM json_each(?)) AND status = 'open' ORDER BY finding_id");
  const severities = db.prepare<[string], { entity: string; severity: string }>("SELECT DISTINCT entity, severity_reported AS severity FROM findings WHERE status = 'open' AND entity IN (SELECT value FROM json_each(?))");
  const vulnerable = db.prepare<[], string>("SELECT DISTINCT entity FROM findings WHERE kind = 'vulnerability' AND status = 'open' ORDER BY entity").pluck();
  const unmapped = db.prepare<[], { source: string; issue_type: string; n: number }>('SELECT source, issue_type, count(*) AS n FROM findings WHERE issue_mapped = 0 GROUP BY source, issue_type ORDER BY n DESC, source, issue_type');
  const count = db.prepare<[], number>('SELECT count(*) FROM findings').pluck();
  const versions = db.prepare<[], number>('SELECT count(*) FROM finding_versions').pluck();
  const newest = db.prepare<[number], number | null>('SELECT max(updated_us) FROM findings WHERE timed = 1 AND updated_us <= ?').pluck();
  /** Bound by position: by name, every row would be looked through for each of its columns. */
  function addRow(row: (string | number | null)[], rawId: number): boolean {
    const id = row[AT.finding_id], discovered = row[AT.discovered_us], updated = row[AT.updated_us];
    if (row[AT.content_hash] === '') row[AT.content_hash] = hash('sha256', String(row[AT.json]), 'hex');
    if (addVersion.run(id, row[AT.content_hash], updated, rawId, row[AT.record]).changes === 0) return false;
    row.push(discovered ?? 0, updated ?? 0, rawId);
    if (upsert.run(...row).changes === 0) widen.run(discovered, updated, id);
    return true;
  }
  return {
    /** @returns true when this version was not known. */
    add: (row: FindingRow, rawId: number): boolean => addRow(columns.map((c) => row[c]), rawId),
    /** Adds a batch of rows (see `packFinding`) and says of each which record it is of and whether this version was not known. */
    addPacked(packed: PackedRows, rawId: number, note: (record: number, isNew: boolean) => void): void {
      for (const row of unpackRows(packed, shape)) {
        const record = Number(row[AT.record]);
        note(record, addRow(row, rawId));
      }
    },
    /** Open findings as correlation looks at them, of these entities or all, without long texts and in no order: a fraction of the time and memory of the whole. */
    *open(of?: readonly string[]): Iterable<CorrelationFinding> {
      const known = new Map<string, string>();
      for (const row of of === undefined ? open.iterate() : openOf.iterate(JSON.stringify(of))) yield openFinding(row, known);
    },
    /** What tools are told of the findings of these ids that are there, by id. */
    told(ids: readonly string[]): readonly ToldFinding[] {
      const found: ToldFinding[] = [];
      for (const id of ids.toSorted()) { const row = told.get(id); if (row) found.push(toldFinding(row)); }
      return found;
    },
    get: (id: string) => { const row = get.get(id); return row ? { ...row, finding: parse(row.json) } : undefined; },
    byEntity: (entity: string, limit: number) => byEntity.all(entity, limit).map((row) => parse(row.json)),
    /** Open findings of some issue types. */
    byIssue: (issueTypes: readonly string[]): readonly Finding[] => byIssue.all(JSON.stringify(issueTypes)).map((row) => parse(row.json)),
    /** The severities that tools report of entities, open findings only. */
    severities: (entities: readonly string[]) => severities.all(JSON.stringify(entities)),
    /** Entities with an open vulnerability. */
    vulnerable: (): readonly string[] => vulnerable.all(),
    unmapped: () => unmapped.all(),
    count: () => count.get() ?? 0,
    /** Changes whenever a version is added: the part of a decision's input that findings make. */
    versions: () => versions.get() ?? 0,
    /** Newest time that the data itself carries, not later than `untilUs` (a wrong clock must not make everything else look old). */
    newestUs: (untilUs: number) => newest.get(untilUs) ?? undefined,
  };
}
export type FindingsTable = ReturnType<typeof findingsTable>;

type Texts = 'finding_id' | 'source' | 'source_id' | 'entity' | 'issue_type' | 'check_id' | 'title' | 'content_hash';
interface OpenRow extends Readonly<Record<Texts, string>>, Pick<Finding, 'kind' | 'entity_type' | 'severity_reported' | 'discovered_us' | 'updated_us'> { readonly environment: string | null; readonly account: string | null; readonly region: string | null; readonly parts: string | null }
const NO_PARTS = '[[],null,null,null]';

type Parts = Pick<CorrelationFinding, 'attack' | 'vulnerability' | 'observables' | 'issue_guessed'>;
const noParts: Parts = { attack: [] };

/** What correlation looks at beside the columns; null stands for what is not there. */
function readParts(text: string): Parts {
  const [attack, vulnerability, observables, guessed] = list(JSON.parse(text)).map((part) => part ?? undefined);
  if (!isVulnerability(vulnerability) || !isObservables(observables)) throw new Error('the workspace holds a finding that is none');
  return { attack: list(attack).filter((t) => typeof t === 'string'), ...(vulnerability && { vulnerability }), ...(observables && { observables }), ...(guessed === true && { issue_guessed: true }) };
}

interface ToldRow extends Pick<Finding, 'finding_id' | 'source' | 'issue_type' | 'title' | 'discovered_us' | 'updated_us'> { readonly parts: string | null }
function toldFinding({ parts, ...row }: ToldRow): ToldFinding {
  if (parts === null) return row;
  const { vulnerability, observables } = readParts(parts);
  return { ...row, ...(vulnerability && { vulnerability }), ...(observables && { observables }) };
}

/** Columns were checked when they were written. Texts that many findings share are kept once. */
function openFinding(row: OpenRow, known: Map<string, string>): CorrelationFinding {
  const once = (text: string): string => { const have = known.get(text); if (have !== undefined) return have; known.set(text, text); return text; };
  return {
    finding_id: row.finding_id, source: once(row.source), source_id: row.source_id, kind: row.kind, entity: once(row.entity), entity_type: row.entity_type, issue_type: once(row.issue_type), check_id: once(row.check_id), title: once(row.title),
    severity_reported: row.severity_reported, discovered_us: row.discovered_us, updated_us: row.updated_us, content_hash: row.content_hash,
    ...(row.parts === null ? noParts : readParts(row.parts)), ...(row.environment !== null && { environment: once(row.environment) }), ...(row.account !== null && { account: once(row.account) }), ...(row.region !== null && { region: once(row.region) }),
  };
}
const parse = (json: string): Finding => findingSchema.parse(JSON.parse(json));
