import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { z } from 'zod';
import { inTempFolder, ROOT } from './winnow.ts';
import { copyExamples, ingest, ran, rows, sortedById, triage } from './workspace.ts';

const EXAMPLES = join(ROOT, 'resources', 'examples');
const filesOf = (folder: string): readonly string[] => readdirSync(folder).toSorted().flatMap((name) => { const path = join(folder, name); return statSync(path).isDirectory() ? filesOf(path) : name === 'README.md' ? [] : [path]; });
const number = (value: unknown): number => z.number().parse(value);
const one = (workspace: string, sql: string, ...values: readonly (string | number)[]): unknown => Object.values(rows(workspace, sql, ...values)[0] ?? {})[0];
/** What the workspace knows, apart from the files it came from. */
const known = (workspace: string): readonly unknown[] => [
  rows(workspace, 'SELECT finding_id, content_hash, status, first_seen, last_seen FROM findings ORDER BY finding_id'), rows(workspace, 'SELECT finding_id, content_hash FROM finding_versions ORDER BY 1, 2'),
  rows(workspace, 'SELECT event_id, time_us, action, actor FROM events ORDER BY event_id'), rows(workspace, 'SELECT account, category, day, events FROM event_days ORDER BY 1, 2, 3'),
  rows(workspace, 'SELECT urn, hash, captured_us, observed_us, closed_us FROM nodes ORDER BY urn'), rows(workspace, 'SELECT alias, urn FROM aliases ORDER BY 1, 2'), openEdges(workspace),
];
const openEdges = (workspace: string): readonly unknown[] => rows(workspace, 'SELECT source, kind, target, derived, provenance, condition, cost, reason, origin FROM edges WHERE valid_to IS NULL ORDER BY 1, 2, 3, 9, 6, 8');

describe('doing the same again', () => {
  const dir = mkdtempSync(join(tmpdir(), 'winnow-test-')), workspace = join(dir, 'w.db');
  let first: Awaited<ReturnType<typeof triage>>;
  beforeAll(async () => {
    await ingest(workspace, ...filesOf(EXAMPLES));
    first = await triage(workspace);
  }, 120_000);
  afterAll(() => { rmSync(dir, { recursive: true, force: true }); });

  it('adds nothing: each record is a duplicate, also under other names, in another order, packed or unpacked', async () => {
    const before = known(workspace), version = one(workspace, "SELECT value FROM workspace WHERE key = 'graph_version'");
    const again = await ingest(workspace, ...filesOf(EXAMPLES));
    expect(again.files.filter((f) => f.new !== 0 || f.duplicate !== f.records)).toEqual([]);
    expect(again.counts['duplicate']).toBeGreaterThan(4000);

    const renamed = join(dir, 'renamed'), repacked = join(dir, 'repacked');
    for (const folder of [renamed, repacked]) mkdirSync(folder);
    for (const [i, path] of filesOf(EXAMPLES).toReversed().entries()) {
      const ending = basename(path).replace(/^[^.]*/, ''), bytes = readFileSync(path), isPacked = path.endsWith('.gz');
      cpSync(path, join(renamed, `${String(i).padStart(3, '0')}${ending}`));
      if (!path.endsWith('.yaml')) writeFileSync(join(repacked, `${i}${isPacked ? ending.replace(/\.gz$/, '') : `${ending}.gz`}`), isPacked ? gunzipSync(bytes) : gzipSync(bytes));
    }
    const others = await ingest(workspace, renamed, repacked);
    // Trivy's report without vulnerabilities has no record; other bytes of the same content are another raw file with nothing new in it.
    expect(others.files.filter((f) => f.new !== 0 || f.duplicate !== f.records)).toEqual([]);
    expect(known(workspace)).toEqual(before);
    expect(one(workspace, "SELECT value FROM workspace WHERE key = 'graph_version'")).toBe(version);
  });

  it('decides nothing anew', async () => {
    const decisions = one(workspace, 'SELECT count(*) FROM decisions'), outbox = rows(workspace, 'SELECT outbox_id, status, decision_id FROM outbox ORDER BY 1');
    const second = await triage(workspace);
    expect(second.run).toMatchObject({ decided: 0, unchanged: first.incidents.length });
    expect(second.incidents).toEqual(first.incidents);
    expect(one(workspace, 'SELECT count(*) FROM decisions')).toBe(decisions);
    expect(rows(workspace, 'SELECT outbox_id, status, decision_id FROM outbox ORDER BY 1')).toEqual(outbox);
  });

  it('replays every decision identically', async () => {
    const { counts, replayed } = z.object({ counts: z.object({ decisions: z.number(), identical: z.number(), different: z.number() }), replayed: z.array(z.object({ identical: z.boolean(), incident: z.string() })) }).parse(JSON.parse((await ran(0, ['replay', '--workspace', workspace, '--json'])).stdout));
    expect(counts).toEqual({ decisions: first.incidents.length, identical: first.incidents.length, different: 0 });
    expect(new Set(replayed.map((r) => r.incident))).toEqual(new Set(first.incidents.map((i) => i.incident.id)));
  });

  it.each([1, 2])('comes to the same incidents, labels and decisions in another order of files (%i)', (seed) => inTempFolder(async (temp) => {
    const shuffled = filesOf(EXAMPLES).map((path, i) => ({ path, at: Math.sin((i + 1) * 7919 * seed) })).toSorted((a, b) => a.at - b.at).map((f) => f.path);
    const other = join(temp, 'w.db');
    await ingest(other, ...shuffled);
    const result = await triage(other);
    expect(result.incidents.map((i) => i.incident.id)).toEqual(first.incidents.map((i) => i.incident.id));
    expect(sortedById(result.incidents)).toEqual(sortedById(first.incidents));
    expect(result.counts).toEqual(first.counts);
    expect(openEdges(other)).toEqual(openEdges(workspace));
  }));
});

const itemSchema = z.looseObject({ resourceType: z.string(), resourceId: z.string(), ARN: z.string().optional(), configurationItemCaptureTime: z.string(), supplementaryConfiguration: z.record(z.string(), z.unknown()).optional() });
type Item = z.infer<typeof itemSchema>;
const snapshotSchema = z.looseObject({ configSnapshotId: z.string(), configurationItems: z.array(itemSchema) });
const BUCKET = 'arn:aws:s3:::backup-dev-legacy';

/** A snapshot of the dev account, taken the given day of December, with changed items. */
function snapshot(dir: string, day: number, change: (items: readonly Item[], time: string) => readonly Item[]): string {
  const document = snapshotSchema.parse(JSON.parse(readFileSync(join(EXAMPLES, 'aws-config', 'dev-legacy.json'), 'utf8')));
  const stamp = `202612${String(day).padStart(2, '0')}`, time = `2026-12-${String(day).padStart(2, '0')}T03:00:00.000Z`;
  const file = join(dir, `444455556666_Config_eu-central-1_ConfigSnapshot_${stamp}T030000Z_test-${day}.json`);
  writeFileSync(file, JSON.stringify({ ...document, configSnapshotId: `test-${day}`, configurationItems: change(document.configurationItems, time) }));
  return file;
}
const same = (items: readonly Item[]): readonly Item[] => items;
const without = (arn: string) => (items: readonly Item[]): readonly Item[] => items.filter((i) => i.ARN !== arn);
/** The bucket with another policy, recorded at the snapshot's time. */
const opened = (items: readonly Item[], time: string): readonly Item[] => items.map((i) => (i.ARN === BUCKET ? {
  ...i, configurationItemCaptureTime: time, supplementaryConfiguration: { ...i.supplementaryConfiguration, BucketPolicy: { policyText: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `${BUCKET}/*` }] }) } },
} : i));
const nodeOf = (workspace: string, urn = BUCKET): Readonly<Record<string, unknown>> => rows(workspace, 'SELECT hash, captured_us, observed_us, closed_us FROM nodes WHERE urn = ?', urn)[0] ?? {};
const graphVersion = (workspace: string): number => Number(one(workspace, "SELECT value FROM workspace WHERE key = 'graph_version'"));

describe('snapshots after one another', () => {
  it('touches only what depends on a resource that changed', () => inTempFolder(async (dir) => {
    const workspace = join(dir, 'w.db');
    await ingest(workspace, join(EXAMPLES, 'aws-config'), join(EXAMPLES, 'iam'), join(EXAMPLES, 'policy.yaml'));
    const version = graphVersion(workspace), hash = nodeOf(workspace)['hash'], edges = rows(workspace, 'SELECT * FROM edges ORDER BY edge_id');
    // The same once more, only newer: seen, not changed.
    await ingest(workspace, snapshot(dir, 1, same));
    expect(graphVersion(workspace)).toBe(version);
    expect(rows(workspace, 'SELECT * FROM edges ORDER BY edge_id')).toEqual(edges);

    await ingest(workspace, snapshot(dir, 2, opened));
    expect(graphVersion(workspace)).toBe(version + 1);
    expect(nodeOf(workspace)['hash']).not.toBe(hash);
    expect(one(workspace, 'SELECT count(*) FROM node_versions WHERE urn = ?', BUCKET)).toBe(2);
    const changed = rows(workspace, 'SELECT * FROM edges ORDER BY edge_id').filter((e) => !edges.some((old) => JSON.stringify(old) === JSON.stringify(e)));
    expect(changed.filter((e) => e['source'] !== BUCKET && e['target'] !== BUCKET)).toEqual([]);
    // And it is not only left alone: the stranger's access is there now.
    expect(changed.filter((e) => e['valid_to'] === null && e['derived'] === 1).map((e) => e['target'])).toContain(BUCKET);
  }));

  it('closes what a newer complete snapshot no longer shows, keeps it, and opens it when it is back, in any order', () => inTempFolder(async (dir) => {
    const files = { a: snapshot(dir, 1, same), gone: snapshot(dir, 2, without(BUCKET)), back: snapshot(dir, 3, same) };
    const workspace = join(dir, 'w.db');
    await ingest(workspace, files.a);
    const open = number(one(workspace, 'SELECT count(*) FROM nodes WHERE closed_us IS NULL'));
    const node = nodeOf(workspace);
    await ingest(workspace, files.gone);
    expect(nodeOf(workspace)).toEqual({ ...node, closed_us: Date.UTC(2026, 11, 2, 3) * 1000 });
    expect(one(workspace, 'SELECT count(*) FROM nodes WHERE closed_us IS NULL')).toBe(open - 1);
    expect((await ran(1, ['graph', BUCKET, '--workspace', workspace])).stderr).toContain('is not in the graph');
    await ingest(workspace, files.back);
    expect(nodeOf(workspace)['closed_us']).toBeNull();
    await ran(0, ['graph', BUCKET, '--workspace', workspace]);

    const expected = known(workspace);
    for (const order of [['back', 'gone', 'a'], ['a', 'back', 'gone'], ['gone', 'back', 'a'], ['gone', 'a', 'back']] as const) {
      const other = join(dir, `${order.join('-')}.db`);
      await ingest(other, ...order.map((name) => files[name]));
      expect({ order, known: known(other) }).toEqual({ order, known: expected });
    }
  }));

  it('lets an older snapshot that comes later not win', () => inTempFolder(async (dir) => {
    const older = snapshot(dir, 1, same), newer = snapshot(dir, 2, (items, time) => without('arn:aws:iam::444455556666:role/none')(opened(items, time)));
    const workspace = join(dir, 'w.db'), inOrder = join(dir, 'in-order.db');
    await ingest(inOrder, older, newer);
    await ingest(workspace, newer);
    const node = nodeOf(workspace), edges = openEdges(workspace), version = graphVersion(workspace);
    const report = await ingest(workspace, older);
    expect(report.files[0]?.new).toBe(1);
    expect(nodeOf(workspace)).toEqual(node);
    expect(openEdges(workspace)).toEqual(edges);
    expect(graphVersion(workspace)).toBe(version);
    expect(known(workspace)).toEqual(known(inOrder));
  }));

  it('takes the newest of several versions in one file, whatever their order, with its own relationships only', () => inTempFolder(async (dir) => {
    const text = readFileSync(join(EXAMPLES, 'aws-config', 'prod-core.json.gz'));
    const items = snapshotSchema.parse(JSON.parse(gunzipSync(text).toString('utf8'))).configurationItems;
    const withRelations = items.find((i) => i.resourceType === 'AWS::EC2::Instance' && Array.isArray(i['relationships']) && i['relationships'].length > 1);
    if (!withRelations) throw new Error('the example has no such instance');
    const urn = withRelations.ARN ?? '';
    const relations = z.array(z.unknown()).parse(withRelations['relationships']);
    const older = { ...withRelations, configurationItemCaptureTime: '2026-11-01T00:00:00.000Z', tags: { moved: 'yes' } }, newer = { ...withRelations, configurationItemCaptureTime: '2026-11-20T00:00:00.000Z', relationships: relations.slice(0, 1) };
    const outgoing = async (name: string, ...history: readonly unknown[]): Promise<readonly unknown[]> => {
      const file = join(dir, `${name}.json`), workspace = join(dir, `${name}.db`);
      writeFileSync(file, JSON.stringify({ fileVersion: '1.0', configurationItems: history }));
      await ingest(workspace, file);
      return rows(workspace, 'SELECT source, kind, target, reason FROM edges WHERE valid_to IS NULL AND origin = ? ORDER BY 1, 2, 3', `observed:${urn}`);
    };
    const only = await outgoing('only', newer);
    expect(only.length).toBeGreaterThan(0);
    expect((await outgoing('old', older)).length).toBeGreaterThan(only.length);
    expect(await outgoing('rising', older, newer)).toEqual(only);
    expect(await outgoing('falling', newer, older)).toEqual(only);
  }));
});

it('lets an older version of a finding not win either, and counts a newer one as new', () => inTempFolder(async (dir) => {
  const data = copyExamples(dir), file = join(data, 'findings', 'securityhub.json'), workspace = join(dir, 'w.db'), other = join(dir, 'other.db');
  const document = z.object({ Findings: z.array(z.looseObject({ Id: z.string(), UpdatedAt: z.string() })) }).parse(JSON.parse(readFileSync(file, 'utf8')));
  const [target] = document.Findings;
  const newer = join(dir, 'newer.json');
  writeFileSync(newer, JSON.stringify({ Findings: [{ ...target, UpdatedAt: '2026-11-21T02:00:00.000Z', RecordState: 'ARCHIVED' }] }));
  await ingest(workspace, file);
  const report = await ingest(workspace, newer);
  expect(report.files[0]).toMatchObject({ records: 1, new: 1, duplicate: 0 });
  const findings = (at: string): readonly unknown[] => rows(at, 'SELECT finding_id, status, first_seen, last_seen, content_hash FROM findings ORDER BY 1');
  expect(rows(workspace, "SELECT count(*) AS n FROM findings WHERE source_id = ? AND status <> 'open'", target?.Id ?? '')).toEqual([{ n: 1 }]);
  await ingest(other, newer, file);
  expect(findings(other)).toEqual(findings(workspace));
}));
