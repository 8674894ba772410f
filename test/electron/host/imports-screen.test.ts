import Database from 'better-sqlite3';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDesk, spoolExamples, type OpenDesk } from './desk-fixture.ts';

/** Everything that imports make, but for where it was read. */
const STATE: Readonly<Record<string, string>> = {
  findings: 'SELECT finding_id, content_hash, status, first_seen, last_seen FROM findings ORDER BY 1', versions: 'SELECT finding_id, content_hash, updated_us FROM finding_versions ORDER BY 1, 2',
  events: 'SELECT event_id, time_us, actor FROM events ORDER BY 1', targets: 'SELECT target, time_us, event_id FROM event_targets ORDER BY 1, 2, 3', days: 'SELECT * FROM event_days ORDER BY 1, 2, 3',
  nodes: "SELECT urn, hash, captured_us, observed_us, closed_us, json FROM nodes WHERE kind <> 'internet' ORDER BY 1", aliases: 'SELECT alias, urn FROM aliases ORDER BY 1, 2',
  edges: 'SELECT source, kind, target, origin, reason FROM edges WHERE valid_to IS NULL ORDER BY 1, 2, 3, 4, 5', queue: "SELECT entity, primary_issue, decision, priority, confidence, findings FROM queue WHERE status <> 'closed' ORDER BY 1, 2",
};
function stateOf(open: OpenDesk): Readonly<Record<string, unknown>> {
  const db = new Database(open.file, { readonly: true });
  try { return Object.fromEntries(Object.entries(STATE).map(([name, sql]) => [name, db.prepare(sql).all()])); } finally { db.close(); }
}
/** Without most of the logs: they take long and say nothing more. */
const examples = (open: OpenDesk): readonly string[] => spoolExamples(open.spoolDir).filter((upload) => !upload.startsWith('cloudtrail') || upload.includes('_202611'));
async function withDesk(work: (open: OpenDesk) => Promise<void>): Promise<void> {
  const open = await openDesk();
  try { await work(open); } finally { await open.close(); }
}
const rawIdOf = async (open: OpenDesk, name: string): Promise<number> => (await open.call('ingest.imports', {})).find((i) => i.path.includes(name))?.raw_id ?? -1;

describe('rolling an import back', () => {
  it.each([['findings~prowler'], ['findings~securityhub'], ['cloudtrail~111122223333'], ['aws-config~prod-core'], ['iam~']])('of %s leaves what there would be had it never been made', async (name) => {
    let without: Readonly<Record<string, unknown>> = {};
    await withDesk(async (open) => {
      const uploads = examples(open);
      const left = uploads.find((u) => u.startsWith(name)) ?? '';
      await open.call('ingest.commit', { uploads: uploads.filter((u) => u !== left) });
      without = stateOf(open);
    });
    await withDesk(async (open) => {
      const uploads = examples(open);
      const left = uploads.find((u) => u.startsWith(name)) ?? '';
      // First in, so that what others also have was stored under it.
      await open.call('ingest.commit', { uploads: [left, ...uploads.filter((u) => u !== left)] });
      const raw_id = await rawIdOf(open, left);
      await open.call('ingest.rollback', { raw_id, by: 'me' });
      expect((await open.call('ingest.imports', {})).find((i) => i.raw_id === raw_id)?.state).toBe('rolled_back');
      const after = stateOf(open);
      for (const key of Object.keys(STATE)) expect([key, after[key]]).toEqual([key, without[key]]);
      expect(await open.refused('ingest.rollback', { raw_id, by: 'me' })).toContain('rolled back already');
      expect(await open.call('workspace.verifyAudit', {})).toMatchObject({ valid: true });
    });
  }, 120_000);

  it('brings back what an earlier bill of materials said of a vulnerability', async () => withDesk(async (open) => {
    const put = (name: string, severity: string, timestamp: string): string => {
      writeFileSync(join(open.spoolDir, name), JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.5', metadata: { timestamp, component: { type: 'container', name: 'registry.example/shop:1.4' } }, vulnerabilities: [{ id: 'CVE-2024-0001', ratings: [{ severity }] }] }));
      return name;
    };
    await open.call('ingest.commit', { uploads: [put('old.json', 'low', '2026-11-01T00:00:00Z')] });
    await open.call('ingest.commit', { uploads: [put('new.json', 'high', '2026-11-02T00:00:00Z')] });
    const severities = async () => (await open.call('sql.run', { sql: 'SELECT entity, severity_reported FROM findings' })).rows;
    expect(await severities()).toEqual([['registry.example/shop:1.4', 'high']]);
    await open.call('ingest.rollback', { raw_id: await rawIdOf(open, 'new.json'), by: 'me' });
    expect(await severities()).toEqual([['registry.example/shop:1.4', 'low']]);
  }), 60_000);

  it('brings an older version of a finding back, and what a second file also has', async () => withDesk(async (open) => {
    const record = (severity: string, id: string, at: string) => ({ SchemaVersion: '2018-10-08', Id: id, ProductArn: 'arn:aws:securityhub:eu-central-1::product/aws/securityhub', GeneratorId: 'aws-foundational-security-best-practices/v/1.0.0/S3.8', AwsAccountId: '111122223333', Types: ['Software and Configuration Checks'], CreatedAt: '2026-11-01T00:00:00Z', UpdatedAt: at, Severity: { Label: severity }, Title: 'S3.8 Block public access', Description: 'd', Resources: [{ Type: 'AwsS3Bucket', Id: `arn:aws:s3:::${id}`, Partition: 'aws', Region: 'eu-central-1' }], RecordState: 'ACTIVE', Workflow: { Status: 'NEW' } });
    const put = (name: string, ...records: readonly unknown[]): string => { writeFileSync(join(open.spoolDir, name), JSON.stringify({ Findings: records })); return name; };
    await open.call('ingest.commit', { uploads: [put('old.json', record('LOW', 'one', '2026-11-01T00:00:00Z'), record('LOW', 'two', '2026-11-01T00:00:00Z'))] });
    await open.call('ingest.commit', { uploads: [put('new.json', record('HIGH', 'one', '2026-11-02T00:00:00Z'), record('LOW', 'two', '2026-11-01T00:00:00Z'))] });
    const severities = async () => (await open.call('sql.run', { sql: 'SELECT entity, severity_reported FROM findings ORDER BY 1' })).rows;
    expect(await severities()).toEqual([['arn:aws:s3:::one', 'high'], ['arn:aws:s3:::two', 'low']]);
    await open.call('ingest.rollback', { raw_id: await rawIdOf(open, 'new.json'), by: 'me' });
    expect(await severities()).toEqual([['arn:aws:s3:::one', 'low'], ['arn:aws:s3:::two', 'low']]);
    await open.call('ingest.commit', { uploads: [put('new.json', record('HIGH', 'one', '2026-11-02T00:00:00Z'), record('LOW', 'two', '2026-11-01T00:00:00Z'))] });
    await open.call('ingest.rollback', { raw_id: await rawIdOf(open, 'old.json'), by: 'me' });
    expect(await severities()).toEqual([['arn:aws:s3:::one', 'high'], ['arn:aws:s3:::two', 'low']]);
  }), 60_000);
});

describe('uploads', () => {
  it('are previewed without being stored, and no id leads out of the spool', async () => withDesk(async (open) => {
    spoolExamples(open.spoolDir, ['findings', 'policy.yaml']);
    writeFileSync(join(open.spoolDir, 'notes.txt'), 'nothing of interest');
    const preview = await open.call('ingest.preview', { upload: 'findings~guardduty.json' });
    expect(preview).toMatchObject({ format: 'guardduty', kind: 'findings', complete: true, quarantined: [], why: null });
    expect(preview.sample.length).toBeGreaterThan(0);
    expect(await open.call('ingest.preview', { upload: 'policy.yaml' })).toMatchObject({ format: 'winnow-policy', quarantined: [] });
    expect(await open.call('ingest.preview', { upload: 'notes.txt' })).toMatchObject({ format: null, why: expect.stringContaining('no known format') });
    expect(await open.call('ingest.imports', {})).toEqual([]);
    for (const upload of ['../w.db', '/etc/passwd', '..', '', 'a/b', 'none.json']) expect(await open.refused('ingest.preview', { upload })).toMatch(/is no upload|no such file/);
  }), 30_000);
});
