import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { verifyAudit } from '#electron/host/handlers/audit.ts';
import { ROOT } from './winnow.ts';
import { ingest, ran, rows, tamper, triage } from './workspace.ts';

const EXAMPLES = join(ROOT, 'resources', 'examples');
const dir = mkdtempSync(join(tmpdir(), 'winnow-test-')), base = join(dir, 'base.db');
beforeAll(async () => {
  await ingest(base, ...['aws-config', 'iam', 'findings', 'policy.yaml'].map((name) => join(EXAMPLES, name)));
  // The same bytes in another place, where they tell of another region.
  for (const region of ['eu-west-1', 'eu-west-2']) {
    mkdirSync(join(dir, 'dump', region), { recursive: true });
    writeFileSync(join(dir, 'dump', region, 'ec2-describe-vpcs.json'), JSON.stringify({ Vpcs: [{ VpcId: 'vpc-0a1b2c3d4e5f60718', CidrBlock: '10.0.0.0/16', State: 'available', OwnerId: '111122223333' }] }));
  }
  await ingest(base, join(dir, 'dump'));
  // Known and newer versions, and one that is read twice.
  await ingest(base, join(EXAMPLES, 'aws-config'), join(EXAMPLES, 'findings', 'guardduty.json'));
  const { incidents } = await triage(base);
  const large = incidents.find((i) => i.incident.supporting_findings.length > 4)!.incident, [one, two] = incidents.filter((i) => i.incident.key !== large.key).map((i) => i.incident.id) as [string, string];
  await ran(0, ['answer', one, '--claim', 'production', '--value', 'true', '--by', 'dana', '--note', 'asked them', '--workspace', base]);
  await ran(0, ['approve', incidents.find((i) => i.triage.decision === 'defer' && ![large.id, one, two].includes(i.incident.id))!.incident.id, '--by', 'dana', '--workspace', base]);
  await ran(0, ['split', large.id, '--finding', large.supporting_findings[3]!.finding_id, '--by', 'dana', '--workspace', base]);
}, 120_000);
afterAll(() => { rmSync(dir, { recursive: true, force: true }); });
let copies = 0;
const workspaceCopy = (): string => { const file = join(dir, `w${++copies}.db`); cpSync(base, file); return file; };
const changed = async (file: string): Promise<readonly string[]> => {
  const verdict = await verifyAudit(file, join(ROOT, 'resources'));
  return verdict.ok ? verdict.value.changed : [verdict.error];
};

it('finds nothing where nothing was changed, also after an import was repeated, a finding split off and a claim answered', async () => {
  expect((await ran(0, ['audit', 'verify', '--workspace', base])).stdout).toMatch(/unbroken: \d+ rows.* Findings, resources, imported files, policies and answers are as they were taken\./);
  expect(rows(base, 'SELECT count(*) AS n FROM raw_files GROUP BY sha256, format HAVING n > 1')).toEqual([{ n: 2 }]);
});

const FIRST = '(SELECT min(finding_id) FROM findings)';
it.each([
  ['a finding\'s content', `UPDATE findings SET json = json_set(json, '$.title', 'all is well') WHERE finding_id = ${FIRST}`, [/^finding F-\w+ \(\w+: .*\) was changed: its content is not what was read$/]],
  ['a finding\'s content with its hash', `UPDATE findings SET content_hash = 'x' WHERE finding_id = ${FIRST}`, [/^finding F-\w+ .* was changed: its content is not what was read$/]],
  ['a column that correlation reads', `UPDATE findings SET severity_reported = 'informational' WHERE finding_id = (SELECT min(finding_id) FROM findings WHERE severity_reported = 'critical')`, [/was changed: its severity_reported is not what was read$/]],
  ['a status', `UPDATE findings SET status = 'passed' WHERE finding_id = (SELECT min(finding_id) FROM findings WHERE status = 'open')`, [/was changed: its status is not what was read$/]],
  ['what correlation reads beside the columns', `UPDATE findings SET parts = NULL WHERE finding_id = (SELECT min(finding_id) FROM findings WHERE parts IS NOT NULL)`, [/was changed: its parts is not what was read$/]],
  ['a finding that is no JSON any more', `UPDATE findings SET json = '{' WHERE finding_id = ${FIRST}`, [/was changed: its content can't be read$/]],
  ['a finding that is gone', `DELETE FROM findings WHERE finding_id = ${FIRST}`, [/^finding F-\w+ is gone$/]],
  ['a resource', `UPDATE nodes SET json = replace(json, '111122223333', '999999999999') WHERE urn = (SELECT urn FROM nodes WHERE json LIKE '%111122223333%' ORDER BY urn LIMIT 1)`, [/^resource \S+ was changed: it is not what was read$/]],
  ['a policy', `UPDATE policies SET json = json_set(json, '$.thresholds.max_tool_calls', 1)`, [/^policy version 1 was changed: it is not what was imported$/]],
  ['a policy\'s text', `UPDATE policies SET text = text || ' '`, [/^policy version 1 was changed/]],
  ['a policy that nobody imported', `INSERT INTO policies (json, source, imported_us) SELECT json, 'elsewhere', imported_us FROM policies`, [/^policy version 2 was never imported$/]],
  ['a policy that is gone', 'DELETE FROM policies', [/^policy version 1 is gone$/]],
  ['an answer', `UPDATE answers SET value = 'false'`, [/^the answer production = true of dana for INC-\S+ is gone or was changed$/, /^the log tells of no answer production = false of dana for INC-\S+$/]],
  ['an answer\'s expiry', 'UPDATE answers SET expires_us = expires_us + 1', [/^the answer production = true/, /^the log tells of no answer/]],
  ['a correction', `UPDATE links SET link = 'must' WHERE finding_a = (SELECT min(finding_a) FROM links)`, [/^what people joined or kept apart \(split, merge\) was changed$/]],
  ['corrections that are gone', 'DELETE FROM links', [/^what people joined or kept apart/]],
  ['a verdict that nobody gave', `UPDATE incidents SET status = 'approved' WHERE key = (SELECT min(key) FROM incidents WHERE status = 'open')`, [/^INC-\S+ is approved, which nobody decided$/]],
  ['the count of an import', `UPDATE raw_files SET quarantined = 0, records = records - 1 WHERE raw_id = 1`, [/^the import of \S+ was changed: its records was \d+$/]],
  ['the bytes of an import that are gone', `DELETE FROM raw_chunks WHERE raw_id = (SELECT raw_id FROM raw_files WHERE format = 'guardduty')`, [/guardduty\.json was changed: its bytes are not those that were read$/]],
])('names %s', async (_, sql, why) => {
  const file = workspaceCopy();
  expect(tamper(file, sql)).toBeGreaterThan(0);
  expect(await changed(file)).toEqual(why.map((w) => expect.stringMatching(w) as string));
});

it('names raw bytes and inventory records that were replaced by others, and ends with 1', async () => {
  const file = workspaceCopy(), db = new Database(file);
  const asff = rows(file, "SELECT raw_id FROM raw_files WHERE format = 'asff'")[0]?.['raw_id'], config = rows(file, "SELECT raw_id, path FROM raw_files WHERE format = 'aws-config' ORDER BY raw_id")[0];
  db.prepare('UPDATE raw_chunks SET data = ? WHERE raw_id = ? AND seq = 0').run(zstdCompressSync(Buffer.from('{"Findings": []}')), asff);
  db.prepare('UPDATE raw_records SET data = ? WHERE raw_id = ? AND record = 3').run(zstdCompressSync(Buffer.from('{"ARN": "arn:aws:s3:::mine"}')), config?.['raw_id']);
  db.close();
  expect(await changed(file)).toEqual([`record 4 of ${String(config?.['path'])} was changed: it is not what the file has there`, expect.stringMatching(/securityhub\.json was changed: its bytes are not those that were read$/)]);
  const { stdout } = await ran(1, ['audit', 'verify', '--workspace', file]);
  expect(stdout).toMatch(/^The audit log itself is unbroken \(\d+ rows\), but what it tells of was changed:\n {2}record 4 of /);
});

it('does not miss the bytes of files of which none are kept, as they carry secrets', async () => {
  const file = join(dir, 'redacted.db');
  await ingest(file, join(ROOT, 'test/fixtures/formats/scoutsuite/many-azure.json'));
  expect(rows(file, 'SELECT format FROM raw_files')).toEqual([{ format: 'scoutsuite' }]);
  expect(await changed(file)).toEqual([]);
});
