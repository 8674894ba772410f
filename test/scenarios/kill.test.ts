import { spawn } from 'node:child_process';
import { hash } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { zstdDecompressSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { ENTRY, inTempFolder, parseList, ROOT } from './winnow.ts';
import { copyExamples, ran, rows, sortedById } from './workspace.ts';

const KILLS = 50;
const SEED = 20261121;
/** Most kills of one command in a workspace; so many workspaces are made that `KILLS` are reached. */
const MOST = { ingest: 13, triage: 8 };

/** A small seeded generator (mulberry32), so that a failure can be run again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Beside the examples: enough events and findings that ingest and triage commit many times. */
function addBulk(data: string): void {
  const events = Array.from({ length: 7000 }, (_, i) => ({
    eventVersion: '1.09', eventID: `ev-${String(i).padStart(6, '0')}`, eventTime: new Date(Date.UTC(2026, 9, 1) + i * 300_000).toISOString().replace('.000Z', 'Z'), eventSource: 's3.amazonaws.com', eventName: 'GetObject',
    awsRegion: 'eu-central-1', sourceIPAddress: `10.20.0.${i % 250}`, userAgent: 'aws-cli/2.17', readOnly: true, eventType: 'AwsApiCall', managementEvent: false, eventCategory: 'Data', recipientAccountId: '111122223333',
    userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/bulk', accountId: '111122223333', userName: 'bulk' }, resources: [{ type: 'AWS::S3::Bucket', ARN: `arn:aws:s3:::bulk-${i % 900}`, accountId: '111122223333' }],
  }));
  writeFileSync(join(data, 'cloudtrail', 'bulk.json'), JSON.stringify({ Records: events }));
  const findings = Array.from({ length: 1800 }, (_, i) => JSON.stringify({
    SchemaVersion: '2018-10-08', Id: `arn:aws:securityhub:eu-central-1:111122223333:finding/bulk-${i}`, ProductArn: 'arn:aws:securityhub:eu-central-1::product/aws/securityhub', GeneratorId: 'security-control/S3.8', AwsAccountId: '111122223333',
    CreatedAt: '2026-11-01T00:00:00.000Z', UpdatedAt: '2026-11-20T00:00:00.000Z', Severity: { Label: 'HIGH' }, Title: 'S3 general purpose buckets should block public access', Description: 'Block Public Access is off.',
    Resources: [{ Type: 'AwsS3Bucket', Id: `arn:aws:s3:::bulk-${i}`, Partition: 'aws', Region: 'eu-central-1' }], Compliance: { Status: 'FAILED', SecurityControlId: 'S3.8' }, WorkflowState: 'NEW', Workflow: { Status: 'NEW' }, RecordState: 'ACTIVE',
  }));
  writeFileSync(join(data, 'findings', 'bulk.ndjson'), findings.join('\n'));
}

/** Counts that only ever grow: what was durable before a kill must be there after it. */
const GROWING = ['raw_files', 'raw_chunks', 'raw_records', 'finding_versions', 'events', 'event_targets', 'node_versions', 'policies', 'incidents', 'incident_findings', 'decisions', 'calls', 'outbox', 'audit'];
const counts = (workspace: string): Readonly<Record<string, number>> => z.record(z.string(), z.number()).parse(
  rows(workspace, `SELECT ${GROWING.map((t) => `(SELECT count(*) FROM ${t}) AS ${t}`).join(', ')}, (SELECT coalesce(sum(records), 0) FROM raw_files) AS records, (SELECT coalesce(sum(events), 0) FROM event_days) AS day_events`)[0]);
/** Empty until the first migration is durable. */
const countsIfAny = (workspace: string): Readonly<Record<string, number>> => (isThere(workspace) && rows(workspace, "SELECT 1 FROM sqlite_master WHERE name = 'audit'").length > 0 ? counts(workspace) : {});
const isThere = (file: string): boolean => (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0;

/** Starts a command in a process group of its own and kills the group at a random moment. @returns false when it ended by itself before. */
async function runAndKill(args: readonly string[], workspace: string, mostMs: number, next: () => number): Promise<boolean> {
  const mark = (): string => { const at = statSync(`${workspace}-wal`, { throwIfNoEntry: false }); return at === undefined || at.size === 0 ? '' : `${at.size} ${at.mtimeMs}`; };
  const before = mark();
  // One in ten at any time, also while it starts; the others after something was committed.
  const anytime = next() < 0.1, delay = next() * (anytime ? 1200 : mostMs);
  const child = spawn(process.execPath, [ENTRY, ...args], { cwd: ROOT, detached: true, stdio: 'ignore' });
  const ended = new Promise<number | null>((resolve) => { child.once('exit', (code) => { resolve(code); }); });
  const committed = async (): Promise<void> => { while (child.exitCode === null && (mark() === before || mark() === '')) await sleep(2); };
  const exit = await Promise.race([ended, (anytime ? sleep(delay) : committed().then(() => sleep(delay))).then(() => 'now' as const)]);
  if (exit !== 'now') return endedWith(exit);
  if (child.pid !== undefined) try { process.kill(-child.pid, 'SIGKILL'); } catch { /* it ended in this very moment */ }
  return (await ended) === null;
}

/** A run that was not killed must have done its work. */
function endedWith(exit: number | null): false {
  expect(exit).toBe(0);
  return false;
}

/** Everything that must not depend on kills: no ids of runs, no times of import. */
async function result(workspace: string): Promise<Readonly<Record<string, unknown>>> {
  const digest = (sql: string): string => hash('sha256', JSON.stringify(rows(workspace, sql)), 'hex');
  const list = parseList((await ran(0, ['incidents', '--workspace', workspace, '--json'])).stdout);
  const traces = rows(workspace, 'SELECT d.key, d.trace FROM decisions d JOIN incidents i ON i.decision_id = d.decision_id ORDER BY d.key').map((r) => [r['key'], z.object({ claims: z.array(z.unknown()), stopped: z.string() }).parse(JSON.parse(z.string().parse(r['trace'])))]);
  const { audit: _, ...sizes } = counts(workspace);
  return {
    incidents: sortedById(list.incidents), counts: list.counts, claims: traces, sizes,
    findings: digest('SELECT * FROM findings ORDER BY finding_id'), events: digest('SELECT * FROM events ORDER BY event_id'), days: digest('SELECT * FROM event_days ORDER BY account, category, day'),
    nodes: digest('SELECT urn, hash, json, observed_us, closed_us, raw_id, record FROM nodes ORDER BY urn'), aliases: digest('SELECT * FROM aliases ORDER BY alias, urn'),
    edges: digest('SELECT source, kind, target, derived, provenance, condition, cost, reason, origin FROM edges WHERE valid_to IS NULL ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9'),
    files: rows(workspace, 'SELECT raw_id, sha256, path, format, kind, bytes, state, records, new, duplicate, quarantined, complete, observed_us FROM raw_files ORDER BY raw_id'),
    outbox: rows(workspace, 'SELECT outbox_id, key, action, status, payload FROM outbox ORDER BY outbox_id'), calls: rows(workspace, 'SELECT tool, status, count(*) AS n FROM calls GROUP BY 1, 2 ORDER BY 1, 2'),
    audit: rows(workspace, "SELECT event, count(*) AS n FROM audit WHERE event <> 'triage_started' GROUP BY 1 ORDER BY 1"),
  };
}

/** The bytes of every imported file are in the workspace, once. */
function expectRawBytes(workspace: string): void {
  for (const { raw_id, path } of z.array(z.object({ raw_id: z.number(), path: z.string() })).parse(rows(workspace, 'SELECT raw_id, path FROM raw_files'))) {
    const stored = rows(workspace, 'SELECT data FROM raw_chunks WHERE raw_id = ? ORDER BY seq', raw_id).map((r) => zstdDecompressSync(z.instanceof(Uint8Array).parse(r['data'])));
    expect({ path, same: Buffer.concat(stored).equals(readFileSync(path)) }).toEqual({ path, same: true });
  }
}

async function expectSound(workspace: string): Promise<void> {
  expect(rows(workspace, 'PRAGMA quick_check')).toEqual([{ quick_check: 'ok' }]);
  await ran(0, ['audit', 'verify', '--workspace', workspace]);
}

it(`loses nothing and does nothing twice when killed at ${KILLS} moments and more during ingest and triage`, { timeout: 600_000 }, () => inTempFolder(async (dir) => {
  const data = copyExamples(dir);
  addBulk(data);
  const commands = (workspace: string) => [['ingest', data, '--workspace', workspace, '--json'], ['triage', '--workspace', workspace, '--json']] as const;
  const undisturbed = join(dir, 'undisturbed.db');
  const took = { ingest: 0, triage: 0 };
  for (const args of commands(undisturbed)) {
    const start = performance.now();
    await ran(0, args);
    took[args[0]] = performance.now() - start;
  }
  const expected = await result(undisturbed);
  const all = z.array(z.unknown()).parse(expected['incidents']).length;
  expect(expected['sizes']).toMatchObject({ decisions: all });
  // Ingest goes on where it was, so a part of its time is enough; triage begins anew and has its decisions to save at its end.
  const mostMs = { ingest: took.ingest / 10, triage: took.triage };

  const next = random(SEED);
  const during = { ingest: 0, triage: 0, deciding: 0 };
  let kills = 0;
  for (let round = 1; (kills < KILLS || during.deciding < 3) && round <= 14; round++) {
    const workspace = join(dir, `killed-${round}.db`);
    for (const args of commands(workspace)) {
      for (let left = MOST[args[0]]; left > 0; left--) {
        const before = countsIfAny(workspace);
        if (!await runAndKill(args, workspace, mostMs[args[0]], next)) {
          // It is quicker now than when it was measured: wait less, or the kills come too late.
          mostMs[args[0]] *= 0.8;
          break;
        }
        kills += 1;
        const after = countsIfAny(workspace);
        expect({ kill: kills, lost: Object.keys(before).filter((name) => (after[name] ?? 0) < (before[name] ?? 0)) }).toEqual({ kill: kills, lost: [] });
        if (JSON.stringify(after) !== JSON.stringify(before)) during[args[0]] += 1;
        if ((after['decisions'] ?? 0) > 0 && (after['decisions'] ?? 0) < all) during.deciding += 1;
        expect(isThere(workspace) ? rows(workspace, 'PRAGMA quick_check') : [{ quick_check: 'ok' }]).toEqual([{ quick_check: 'ok' }]);
      }
      await ran(0, args);
    }
    await expectSound(workspace);
    expect(await result(workspace)).toEqual(expected);
    expectRawBytes(workspace);
  }
  expect(kills).toBeGreaterThanOrEqual(KILLS);
  // Kills that fell between a commit of the very run that they ended and its last one.
  expect(during.ingest + during.triage).toBeGreaterThanOrEqual(KILLS * 0.8);
  expect(during.ingest).toBeGreaterThanOrEqual(15);
  expect(during.triage).toBeGreaterThanOrEqual(5);
  // Of these, when some decisions were saved and others not.
  expect(during.deciding).toBeGreaterThanOrEqual(3);
}));
