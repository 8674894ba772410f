import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { issueTypes } from '#shared/model/issue-types.ts';
import { ENTRY, ROOT, winnow, type DecidedIncident } from './winnow.ts';
import { decidedExamples, ingest, ran, rows, show, tamper, triage } from './workspace.ts';

const EXAMPLES = join(ROOT, 'resources', 'examples');
const BUCKET = 'arn:aws:s3:::backup-dev-legacy';
const { dir, base, incidents, copy: workspaceCopy } = decidedExamples();
/** The one incident about an entity with this problem. */
function idOf(entity: string, issue: string): string {
  const found = incidents.filter((i) => i.incident.entity.endsWith(entity) && i.incident.primary_issue === issue);
  expect(found.map((i) => i.incident.primary_issue)).toEqual([issue]);
  return found[0]?.incident.id ?? '';
}
const asff = z.object({ Findings: z.array(z.looseObject({ Id: z.string(), Compliance: z.looseObject({ Status: z.string() }).optional(), Resources: z.array(z.looseObject({ Id: z.string() })) })) });
/** A file with one more finding of Security Hub about an entity: an existing one under another id. */
function oneMore(entity: string, name: string): string {
  const { Findings } = asff.parse(JSON.parse(readFileSync(join(EXAMPLES, 'findings', 'securityhub.json'), 'utf8')));
  const model = Findings.find((f) => f.Compliance?.Status === 'FAILED' && f.Resources.some((r) => r.Id === entity));
  if (!model) throw new Error(`no example finding is about ${entity}`);
  const file = join(dir, `${name}.json`);
  writeFileSync(file, JSON.stringify({ Findings: [{ ...model, Id: `${model.Id}-${name}`, UpdatedAt: '2026-11-21T02:30:00.000Z' }] }));
  return file;
}
const snapshotSchema = z.looseObject({ configurationItems: z.array(z.looseObject({ ARN: z.string().optional(), supplementaryConfiguration: z.record(z.string(), z.unknown()).optional() })) });
/** A newer snapshot of the dev account in which the bucket's policy lets everybody read. */
function openedBucket(): string {
  const document = snapshotSchema.parse(JSON.parse(readFileSync(join(EXAMPLES, 'aws-config', 'dev-legacy.json'), 'utf8')));
  const policyText = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: ['s3:GetObject', 's3:ListBucket'], Resource: [BUCKET, `${BUCKET}/*`] }] });
  const items = document.configurationItems.map((i) => (i.ARN === BUCKET ? { ...i, configurationItemCaptureTime: '2026-11-21T02:00:00.000Z', supplementaryConfiguration: { ...i.supplementaryConfiguration, BucketPolicy: { policyText } } } : i));
  const file = join(dir, '444455556666_Config_eu-central-1_ConfigSnapshot_20261121T020000Z_opened.json');
  writeFileSync(file, JSON.stringify({ ...document, configSnapshotId: 'opened', configurationItems: items }));
  return file;
}
const events = (workspace: string): readonly unknown[] => rows(workspace, 'SELECT event FROM audit ORDER BY seq').map((r) => r['event']);
const statuses = (detail: Awaited<ReturnType<typeof show>>): Readonly<Record<string, string>> => Object.fromEntries(detail.outbox.map((o) => [o.action, o.status]));

describe('override', () => {
  const options = { decision: 'ticket', priority: 'P2', reason: 'business_context', note: 'the data is being moved', by: 'dana' };
  const args = (id: string, given: Readonly<Record<string, string>>, workspace: string): readonly string[] => ['override', id, ...Object.entries(given).flatMap(([k, v]) => [`--${k}`, v]), '--workspace', workspace];

  it('needs all its options, and real ones', async () => {
    const workspace = workspaceCopy(), id = idOf(':backup-dev-legacy', 'public_access');
    for (const name of Object.keys(options)) {
      const { stderr } = await ran(2, args(id, Object.fromEntries(Object.entries(options).filter(([k]) => k !== name)), workspace));
      expect(stderr).toContain(`--${name} is missing`);
    }
    for (const wrong of [{ decision: 'ignore' }, { priority: 'P9' }, { reason: 'because' }, { expires: '2020-01-01' }, { expires: 'soon' }]) {
      const result = await winnow(args(id, { ...options, ...wrong }, workspace));
      expect({ wrong, refused: result.code === 1 || result.code === 2 }).toEqual({ wrong, refused: true });
      expect(result.stderr).toContain(Object.keys(wrong)[0]);
    }
    expect(rows(workspace, 'SELECT count(*) AS n FROM reviews')).toEqual([{ n: 0 }]);
  });

  it('stands after new evidence, is flagged when a gate claim changes, and ends with its expiry', async () => {
    const workspace = workspaceCopy(), id = idOf(':backup-dev-legacy', 'public_access');
    await ran(0, args(id, options, workspace));
    const overridden = await show(workspace, id);
    expect(overridden).toMatchObject({ incident: { status: 'overridden' }, triage: { decision: 'ticket', priority: 'P2', engine: { kind: 'human' } }, reviews: [{ action: 'override', author: 'dana', flagged: null }] });
    expect(overridden.triage.rationale).toContain('the data is being moved');
    // What the engine would have had done is no advice any more.
    expect(overridden.triage.recommended_actions.map((a) => `${a.priority} ${a.action} (${a.why})`).slice(0, 1)).toEqual([expect.stringMatching(/^P2 Open a ticket for .* \(dana decided so\)$/)]);
    expect((await triage(workspace)).run.decided).toBe(0);

    await ingest(workspace, oneMore('arn:aws:s3:::nw-hr-exports', 'elsewhere'));
    expect((await triage(workspace)).run.checked).toBeGreaterThan(0);
    expect(await show(workspace, id)).toMatchObject({ incident: { status: 'overridden' }, triage: overridden.triage, reviews: [{ flagged: null }] });

    await ingest(workspace, openedBucket());
    await triage(workspace);
    const flagged = await show(workspace, id);
    expect(flagged).toMatchObject({ incident: { status: 'overridden' }, triage: overridden.triage, reviews: [{ flagged: expect.stringMatching(/evidence changed: the engine now proposes \w+ P\d/) }] });
    expect(events(workspace).filter((e) => e === 'override_flagged')).toHaveLength(1);
    expect((await ran(0, ['show', id, '--workspace', workspace])).stdout).toMatch(/ticket P2 {3}by a person \(before: [\s\S]*Look again: evidence changed: the engine now proposes/);

    await ran(0, ['audit', 'verify', '--workspace', workspace]);

    // Time can't pass here, so the expiry is brought forward, which the log contradicts.
    expect(tamper(workspace, 'UPDATE reviews SET expires_us = 1')).toBe(1);
    await triage(workspace);
    expect(await show(workspace, id)).toMatchObject({ incident: { status: 'reopened' }, triage: { engine: { kind: 'rules' } } });
    expect((await triage(workspace)).run.decided).toBe(0);
    await ran(0, ['replay', '--workspace', workspace]);
    expect((await ran(1, ['audit', 'verify', '--workspace', workspace])).stdout).toMatch(/what dana overridden of INC-\S+ is gone or was changed/);
  });
});

it('approve lets what waits go out, reject takes it back, and both are remembered', async () => {
  const workspace = workspaceCopy(), page = idOf('role/vendor-reporting', 'overprivileged_identity'), review = idOf('nw-ml-datasets', 'public_access'), other = idOf('nw-prod-db-backups', 'public_access');
  expect(statuses(await show(workspace, page))).toMatchObject({ require_human_approval: 'waiting_for_approval' });
  await ran(0, ['approve', page, '--by', 'dana', '--note', 'go', '--workspace', workspace]);
  const approved = await show(workspace, page);
  expect(approved).toMatchObject({ incident: { status: 'approved' }, reviews: [{ action: 'approve', author: 'dana' }] });
  expect(Object.values(statuses(approved))).not.toContain('waiting_for_approval');
  expect((await ran(0, ['approve', page, '--workspace', workspace])).stdout).toContain('already');
  expect((await ran(1, ['approve', review, '--workspace', workspace])).stderr).toMatch(/needs a decision/);
  expect((await ran(1, ['approve', 'INC-1999-0001', '--workspace', workspace])).stderr).toContain('there is no incident INC-1999-0001');
  await ran(0, ['reject', other, '--by', 'lee', '--note', 'not now', '--workspace', workspace]);
  const rejected = await show(workspace, other);
  expect(rejected.incident.status).toBe('rejected');
  expect(new Set(Object.values(statuses(rejected)))).toEqual(new Set(['withdrawn']));

  // New data elsewhere: everything is looked at again and is the same; what people said stays.
  await ingest(workspace, oneMore('arn:aws:s3:::nw-hr-exports', 'elsewhere'));
  expect((await triage(workspace)).run.checked).toBeGreaterThan(30);
  expect((await show(workspace, page)).incident.status).toBe('approved');
  expect(statuses(await show(workspace, page))).toEqual(statuses(approved));
  expect((await show(workspace, other)).incident.status).toBe('rejected');
  expect(statuses(await show(workspace, other))).toEqual(statuses(rejected));
  expect(events(workspace).filter((e) => e === 'approved' || e === 'rejected')).toEqual(['approved', 'rejected']);
});

it('an answer closes the gap, is cited with its author, and expires', async () => {
  const workspace = workspaceCopy(), id = idOf('nw-invoices-archive', 'encryption_disabled');
  const gaps = async (): Promise<readonly string[]> => (await show(workspace, id)).triage.missing_evidence.map((m) => m.claim);
  expect(await gaps()).toContain('owner_identified');
  for (const [claim, value, why] of [['nonsense', 'true', 'no claim'], ['owner_identified', 'true', 'takes the owner'], ['exposure_confirmed', 'perhaps', 'true or false'], ['blast_radius', 'huge', 'low, medium or high']] as const) {
    expect((await ran(2, ['answer', id, '--claim', claim, '--value', value, '--by', 'dana', '--workspace', workspace])).stderr).toContain(why);
  }
  await ran(0, ['answer', id, '--claim', 'owner_identified', '--value', 'platform-team', '--by', 'dana', '--note', 'asked them', '--workspace', workspace]);
  const answered = await show(workspace, id);
  expect(answered.triage.missing_evidence.map((m) => m.claim)).not.toContain('owner_identified');
  expect(answered.triage.owner).toBe('platform-team');
  const cited = answered.triage.evidence.find((e) => e.claim === 'owner_identified');
  expect(cited).toMatchObject({ value: 'platform-team', source: 'human_answer' });
  const calls = z.array(z.looseObject({ call_id: z.string(), tool: z.string() })).parse(answered.trace['calls']);
  expect(JSON.stringify(calls.find((c) => c.call_id === cited?.call_id))).toContain('dana');
  expect(answered.answers).toMatchObject([{ claim: 'owner_identified', author: 'dana' }]);
  expect((await triage(workspace)).run.decided).toBe(0);

  expect(tamper(workspace, 'UPDATE answers SET expires_us = 1')).toBe(1);
  expect((await triage(workspace)).run.decided).toBe(1);
  expect(await gaps()).toContain('owner_identified');
  await ran(0, ['replay', id, '--workspace', workspace]);
});

describe('corrections of the correlation', () => {
  const findingsOf = (list: readonly DecidedIncident[], id: string): readonly string[] => list.find((i) => i.incident.id === id)?.incident.supporting_findings.map((f) => f.finding_id) ?? [];

  it('a split is remembered when more findings arrive', async () => {
    const workspace = workspaceCopy(), id = idOf(':backup-dev-legacy', 'public_access');
    const members = findingsOf(incidents, id);
    const out = incidents.find((i) => i.incident.id === id)?.incident.supporting_findings.filter((f) => f.issue_type === 'logging_disabled').map((f) => f.finding_id) ?? [];
    expect(out).toHaveLength(2);
    await ran(1, ['split', id, '--finding', 'F-none', '--workspace', workspace]);
    await ran(1, ['split', id, '--finding', ...members, '--workspace', workspace]);
    await ran(0, ['split', id, '--finding', ...out, '--by', 'dana', '--workspace', workspace]);
    const apart = async (): Promise<string> => {
      const list = (await triage(workspace)).incidents;
      expect(findingsOf(list, id).filter((f) => out.includes(f))).toEqual([]);
      expect(findingsOf(list, id)).toEqual(expect.arrayContaining(members.filter((f) => !out.includes(f))));
      const holding = list.filter((i) => i.incident.supporting_findings.some((f) => out.includes(f.finding_id))).map((i) => i.incident.id);
      expect(holding).toHaveLength(1);
      expect(findingsOf(list, holding[0] ?? '')).toEqual(expect.arrayContaining(out));
      return holding[0] ?? '';
    };
    const label = await apart();
    const before = (await triage(workspace)).counts['incidents'];
    await ingest(workspace, oneMore(BUCKET, 'later'));
    expect(await apart()).toBe(label);
    const after = await triage(workspace);
    expect(after.counts['incidents']).toBe(before);
    expect(after.incidents.flatMap((i) => i.incident.supporting_findings)).toHaveLength(incidents.flatMap((i) => i.incident.supporting_findings).length + 1);
    expect(rows(workspace, 'SELECT DISTINCT author FROM links')).toEqual([{ author: 'dana' }]);
  });

  it('what was said of one incident does not settle another that is merged into it', async () => {
    const workspace = workspaceCopy(), first = idOf(':backup-dev-legacy', 'public_access'), second = idOf('nw-hr-exports', 'public_access');
    await ran(0, ['reject', first, '--by', 'dana', '--workspace', workspace]);
    const { stdout } = await ran(0, ['merge', first, second, '--by', 'dana', '--workspace', workspace]);
    expect(stdout).toContain(`are one incident now; open again, for ${first} alone was rejected`);
    expect(rows(workspace, `SELECT status FROM incidents WHERE id = '${first}'`)).toEqual([{ status: 'reopened' }]);
    expect((await triage(workspace)).incidents.find((i) => i.incident.id === first)?.incident.status).toBe('reopened');
  });
  it('a merge of incidents that nobody reviewed reopens nothing', async () => {
    const workspace = workspaceCopy(), first = idOf(':backup-dev-legacy', 'public_access');
    await ran(0, ['merge', first, idOf('nw-hr-exports', 'public_access'), '--workspace', workspace]);
    expect(rows(workspace, `SELECT status FROM incidents WHERE id = '${first}'`)).toEqual([{ status: 'open' }]);
  });

  it('a merge is remembered when more findings arrive', async () => {
    const workspace = workspaceCopy(), first = idOf(':backup-dev-legacy', 'public_access'), second = idOf('nw-hr-exports', 'public_access');
    const both = [...findingsOf(incidents, first), ...findingsOf(incidents, second)].toSorted();
    await ran(1, ['merge', first, first, '--workspace', workspace]);
    await ran(0, ['merge', first, second, '--by', 'dana', '--workspace', workspace]);
    const merged = (await triage(workspace)).incidents;
    expect(findingsOf(merged, first).toSorted()).toEqual(both);
    expect(merged.some((i) => i.incident.id === second)).toBe(false);
    expect((await ran(1, ['approve', second, '--workspace', workspace])).stderr).toMatch(new RegExp(`${second} is closed; its findings are in ${first}`));
    await ingest(workspace, oneMore(BUCKET, 'more-a'), oneMore('arn:aws:s3:::nw-hr-exports', 'more-b'));
    const later = (await triage(workspace)).incidents;
    expect(findingsOf(later, first)).toHaveLength(both.length + 2);
    expect(findingsOf(later, first)).toEqual(expect.arrayContaining(both));
    expect(later.some((i) => i.incident.id === second)).toBe(false);
    await ran(0, ['replay', '--workspace', workspace]);
  });
});

describe('audit verify names the row that was tampered with', () => {
  const verdict = async (workspace: string): Promise<{ valid: boolean; first_bad_seq: number; why: string }> => z.object({ valid: z.boolean(), first_bad_seq: z.number(), why: z.string() }).parse(JSON.parse((await ran(1, ['audit', 'verify', '--workspace', workspace, '--json'])).stdout));
  it('is content with an untouched log', async () => {
    expect(JSON.parse((await ran(0, ['audit', 'verify', '--workspace', base, '--json'])).stdout)).toMatchObject({ valid: true, rows: rows(base, 'SELECT seq FROM audit').length });
  });
  it.each([
    ['an edited payload', "UPDATE audit SET payload = replace(payload, 'P1', 'P4') WHERE seq = (SELECT min(seq) FROM audit WHERE payload LIKE '%P1%')", "SELECT min(seq) AS seq FROM audit WHERE payload LIKE '%P1%'", 'its content was changed'],
    ['an edited field', "UPDATE audit SET actor = 'nobody' WHERE seq = 20", 'SELECT 20 AS seq', 'its fields were changed'],
    ['a changed time', 'UPDATE audit SET time_us = time_us + 1 WHERE seq = 33', 'SELECT 33 AS seq', 'its fields were changed'],
    ['a deleted row', 'DELETE FROM audit WHERE seq = 12', 'SELECT 13 AS seq', 'row 12 is missing'],
    ['another first row', 'DELETE FROM audit WHERE seq = 1', 'SELECT 2 AS seq', 'row 1 is missing'],
  ])('%s', async (_, change, where, why) => {
    const workspace = workspaceCopy(), seq = rows(workspace, where)[0]?.['seq'];
    expect(tamper(workspace, change)).toBe(1);
    expect(await verdict(workspace)).toMatchObject({ valid: false, first_bad_seq: seq, why: expect.stringContaining(why) });
    expect((await ran(1, ['audit', 'verify', '--workspace', workspace])).stdout).toContain(`broken at row ${String(seq)}`);
  });
});

describe('what was decided and is changed behind the log\'s back', () => {
  const FIRST = '(SELECT min(decision_id) FROM decisions)';
  it.each([
    ['a decision', `UPDATE decisions SET decision = 'defer', priority = 'P4' WHERE decision_id = (SELECT min(decision_id) FROM decisions WHERE decision = 'ticket')`, /decision D-\S+ was changed: it was made with decision ticket/],
    ['a decision within its text', `UPDATE decisions SET triage = json_set(triage, '$.priority', 'P0') WHERE decision_id = ${FIRST}`, /decision D-\S+ was changed: it was made with priority P\d/],
    ['a text that is none any more', `UPDATE decisions SET triage = 'x' WHERE decision_id = ${FIRST}`, /can't be read: it was changed/],
    ['a call that is gone', `DELETE FROM calls WHERE decision_id = ${FIRST} AND call_id = (SELECT max(call_id) FROM calls WHERE decision_id = ${FIRST})`, /decision D-\S+ was changed: it was made with calls \d/],
    ['an approval that is gone', "DELETE FROM reviews WHERE action = 'approve'", /what dana approved of INC-\S+ is gone or was changed/],
    ['an override by another', "UPDATE reviews SET author = 'mallory' WHERE action = 'override'", /what dana overridden of INC-\S+ is gone or was changed/],
    ['an override to something else', "UPDATE reviews SET decision = 'defer' WHERE action = 'override'", /what dana overridden of INC-\S+ is gone or was changed/],
    ['an approval that nobody gave', "INSERT INTO reviews (key, decision_id, action, decision, priority, author, at_us) SELECT key, decision_id, action, decision, priority, 'mallory', at_us FROM reviews WHERE action = 'approve'", /1 more approval, rejection or override than the log tells of/],
  ])('is found by audit verify: %s', async (_, change, why) => {
    const workspace = workspaceCopy();
    await ran(0, ['approve', idOf(':backup-dev-legacy', 'public_access'), '--by', 'dana', '--workspace', workspace]);
    await ran(0, ['override', idOf(':nw-prod-db-backups', 'public_access'), '--decision', 'ticket', '--priority', 'P3', '--reason', 'other', '--note', 'n', '--by', 'dana', '--workspace', workspace]);
    await ran(0, ['audit', 'verify', '--workspace', workspace]);
    expect(tamper(workspace, change)).toBeGreaterThan(0);
    expect((await ran(1, ['audit', 'verify', '--workspace', workspace])).stdout).toMatch(why);
  });

  it('is named by replay, with every other decision replayed: recordings without their calls, or that can not be read', async () => {
    const workspace = workspaceCopy(), [a, b, c] = rows(workspace, 'SELECT decision_id FROM decisions ORDER BY decision_id').map((row) => String(row['decision_id']));
    const all = rows(workspace, 'SELECT decision_id FROM decisions').length;
    for (const change of [`DELETE FROM calls WHERE decision_id = '${a}' AND call_id = (SELECT min(call_id) FROM calls WHERE decision_id = '${a}')`, `UPDATE calls SET status = 'lost' WHERE decision_id = '${b}'`, `UPDATE decisions SET route = '{' WHERE decision_id = '${c}'`]) tamper(workspace, change);
    const report = z.object({ counts: z.object({ identical: z.number(), different: z.number() }), replayed: z.array(z.object({ decision_id: z.string(), identical: z.boolean(), error: z.string().optional() })) }).parse(JSON.parse((await ran(1, ['replay', '--workspace', workspace, '--json'])).stdout));
    expect(report.counts).toEqual({ identical: all - 3, different: 3 });
    expect(report.replayed.filter((r) => !r.identical).map((r) => [r.decision_id, r.error]).toSorted((x, y) => (String(x[0]) < String(y[0]) ? -1 : 1))).toEqual([a, b, c].map((id) => [id, expect.stringContaining("its recording can't be read")]));
  });
});

describe('what can be looked at', () => {
  it('shows the queue, one incident, its trace and the graph, in text and as one document', async () => {
    const id = idOf(':backup-dev-legacy', 'public_access');
    const list = await ran(0, ['incidents', '--workspace', base]);
    for (const i of incidents) expect(list.stdout).toContain(i.incident.id);
    const deferred = z.object({ incidents: z.array(z.object({ triage: z.object({ decision: z.string() }) })) }).parse(JSON.parse((await ran(0, ['incidents', '--decision', 'defer', '--limit', '3', '--json', '--workspace', base])).stdout));
    expect(deferred.incidents.map((i) => i.triage.decision)).toEqual(['defer', 'defer', 'defer']);
    const { stdout } = await ran(0, ['show', id, '--workspace', base]);
    for (const part of [id, BUCKET, 'defer P4', 'Evidence', 'Checks', 'Findings', 'Route']) expect(stdout).toContain(part);
    const detail = await show(base, id);
    const trace = z.object({ incident: z.literal(id), trace: z.object({ calls: z.array(z.object({ call_id: z.string(), tool: z.string() })) }), gate: z.object({ rule: z.number() }) }).parse(JSON.parse((await ran(0, ['trace', id, '--workspace', base, '--json'])).stdout));
    expect(trace.trace.calls.map((c) => c.call_id)).toEqual(expect.arrayContaining(detail.triage.evidence.map((e) => e.call_id)));
    const text = await ran(0, ['trace', id, '--workspace', base]);
    for (const call of trace.trace.calls) expect(text.stdout).toContain(`${call.call_id}  `);
    const graph = z.object({ entity: z.literal(BUCKET), slice: z.record(z.string(), z.unknown()) }).parse(JSON.parse((await ran(0, ['graph', 'backup-dev-legacy', '--workspace', base, '--json'])).stdout));
    expect(JSON.stringify(graph.slice)).toContain('vpce-');
    expect((await ran(0, ['graph', BUCKET, '--depth', '1', '--workspace', base])).stdout).toContain('graph version');
  });
  it('lists formats and helps without a workspace', async () => {
    const formats = z.array(z.object({ name: z.string(), kind: z.enum(['findings', 'events', 'resources']), description: z.string().min(10) })).parse(JSON.parse((await ran(0, ['formats', '--json'], { cwd: dir })).stdout));
    const issues = z.array(z.object({ name: z.string(), title: z.string().min(3), family: z.string(), plan: z.string() })).parse(JSON.parse((await ran(0, ['formats', '--issues', '--json'], { cwd: dir })).stdout));
    expect(issues.map((i) => i.name)).toEqual(Object.keys(issueTypes));
    expect(formats.map((f) => f.name)).toEqual(expect.arrayContaining(['asff', 'guardduty', 'prowler-ocsf', 'trivy', 'wiz-issues', 'cloudtrail', 'aws-config', 'aws-iam-authz']));
    const help = (await ran(0, ['help'], { cwd: dir })).stdout;
    const named = ['ingest', 'policy import', 'triage', 'incidents', 'show', 'trace', 'override', 'approve', 'reject', 'split', 'merge', 'answer', 'replay', 'query', 'graph', 'audit verify', 'formats', 'demo'];
    for (const name of named) expect(help).toContain(`  ${name}`);
    expect((await ran(0, ['help', 'override'], { cwd: dir })).stdout).toContain('--reason CODE');
    expect((await ran(0, ['override', '--help'], { cwd: dir })).stdout).toContain('--reason CODE');
  });
  it('does not mind a reader that has seen enough', async () => {
    const child = spawn(process.execPath, [ENTRY, 'incidents', '--json', '--workspace', base], { stdio: ['ignore', 'pipe', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => { stderr += chunk.toString('utf8'); });
    child.stdout.once('data', () => { child.stdout.destroy(); });
    const code = await new Promise((resolve) => { child.once('close', resolve); });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});
