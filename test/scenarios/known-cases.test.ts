import { cpSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { inTempFolder, parseList, ROOT, winnow, type DecidedIncident } from './winnow.ts';

const BUCKET = 'arn:aws:s3:::backup-dev-legacy';
const DEV = '444455556666';
const item = z.looseObject({ resourceType: z.string(), ARN: z.string().optional(), resourceName: z.string().optional(), tags: z.unknown().optional(), supplementaryConfiguration: z.record(z.string(), z.unknown()).optional() });
const snapshot = z.looseObject({ configurationItems: z.array(item) });
const trail = z.object({ Records: z.array(z.looseObject({ eventTime: z.string() })) });

/** Imports a changed copy of the examples through the command line and returns the decided incidents. */
async function decide(change: (dir: string) => void): Promise<{ incidents: readonly DecidedIncident[]; of: (entity: string) => DecidedIncident }> {
  return inTempFolder(async (dir) => {
    const data = join(dir, 'examples');
    cpSync(join(ROOT, 'resources', 'examples'), data, { recursive: true });
    rmSync(join(data, 'README.md'), { force: true });
    change(data);
    const workspace = join(dir, 'w.db');
    const read = await winnow(['ingest', data, '--workspace', workspace, '--json']);
    expect({ code: read.code, output: read.code === 0 ? '' : read.stderr + read.stdout.slice(0, 2000) }).toEqual({ code: 0, output: '' });
    const ran = await winnow(['triage', '--workspace', workspace, '--json']);
    expect({ code: ran.code, output: ran.code === 0 ? '' : ran.stderr }).toEqual({ code: 0, output: '' });
    const { incidents } = parseList(ran.stdout);
    const of = (entity: string): DecidedIncident => {
      const found = incidents.filter((i) => i.incident.entity === entity && i.incident.primary_issue === 'public_access');
      expect(found.map((i) => i.incident.entity)).toEqual([entity]);
      const [only] = found;
      if (!only) throw new Error('not reached');
      return only;
    };
    return { incidents, of };
  });
}

/** Changes the bucket's item in the dev account's snapshot. */
function editBucket(dir: string, edit: (bucket: z.infer<typeof item>) => void): void {
  const file = join(dir, 'aws-config', 'dev-legacy.json');
  const document = snapshot.parse(JSON.parse(readFileSync(file, 'utf8')));
  const bucket = document.configurationItems.find((i) => i.ARN === BUCKET);
  if (!bucket) throw new Error('the example has no such bucket');
  edit(bucket);
  writeFileSync(file, JSON.stringify(document));
}

function editTrail(dir: string, edit: (records: z.infer<typeof trail>['Records']) => z.infer<typeof trail>['Records']): void {
  const folder = join(dir, 'cloudtrail');
  for (const name of readdirSync(folder).filter((n) => n.startsWith(DEV))) {
    const path = join(folder, name);
    const document = trail.parse(JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')));
    writeFileSync(path, gzipSync(JSON.stringify({ Records: edit(document.Records) })));
  }
}

const missingClaims = (i: DecidedIncident) => i.triage.missing_evidence.map((m) => m.claim);
const hasCleanUpTicket = (i: DecidedIncident) => i.triage.recommended_actions.some((a) => /ticket/i.test(a.action) && a.priority === 'P4');

describe('the two known cases, and how the second one moves', () => {
  it('decides the public production bucket as one P1 incident and the 3 AM bucket as a deferral with a clean-up ticket', async () => {
    const { of } = await decide(() => undefined);
    const prod = of('arn:aws:s3:::nw-prod-db-backups');
    expect(prod.triage).toMatchObject({ decision: 'resolve_now', priority: 'P1' });
    expect(prod.triage.confidence).toBeGreaterThan(0.9);
    expect(prod.validation.gate.rule).toBe(2);
    expect(new Set(prod.incident.supporting_findings.map((f) => f.source)).size).toBeGreaterThanOrEqual(4);
    expect(Object.keys(prod.incident.amplifiers)).toContain('encryption_disabled');
    expect(prod.incident.supporting_findings.every((f) => f.why_joined !== '')).toBe(true);
    expect(prod.route.actions.map((a) => a.action)).toContain('page_on_call');
    const dev = of(BUCKET);
    expect(dev.incident.severity_reported).toBe('critical');
    expect(dev.triage).toMatchObject({ decision: 'defer', priority: 'P4', owner: 'data-platform-team' });
    expect(dev.validation.gate.rule).toBe(3);
    expect(hasCleanUpTicket(dev)).toBe(true);
    expect(dev.triage.evidence).toContainEqual(expect.objectContaining({ claim: 'external_access', value: 0 }));
  });

  it('needs a person when the bucket policy is not in the snapshot, and names it', async () => {
    const { of } = await decide((dir) => { editBucket(dir, (b) => { delete b.supplementaryConfiguration?.['BucketPolicy']; }); });
    const dev = of(BUCKET);
    expect(dev.triage.decision).toBe('needs_human_review');
    expect(missingClaims(dev)).toContain('exposure_confirmed');
    expect(JSON.stringify(dev.triage.missing_evidence)).toMatch(/polic/i);
  });

  it('finds a conflict when the logs show a successful read from outside', async () => {
    const { of } = await decide((dir) => {
      let done = false;
      editTrail(dir, (records) => {
        const model = records.find((r) => r['eventName'] === 'GetObject' && JSON.stringify(r).includes('backup-dev-legacy'));
        if (done || !model) return records;
        done = true;
        const { vpcEndpointId: _, ...rest } = model;
        return [...records, { ...rest, eventTime: model.eventTime, eventID: 'outside-read-1', sourceIPAddress: '203.0.113.200', userIdentity: { type: 'AWSAccount', principalId: '', accountId: 'ANONYMOUS_PRINCIPAL' } }];
      });
    });
    const dev = of(BUCKET);
    expect(dev.triage.decision).toBe('needs_human_review');
    expect(dev.triage.missing_evidence).toContainEqual(expect.objectContaining({ claim: 'mitigation_confirmed', value: 'conflict' }));
  });

  it('still defers with 7 instead of 90 days of logs, less sure, and names the gap', async () => {
    const full = (await decide(() => undefined)).of(BUCKET);
    const { of } = await decide((dir) => { editTrail(dir, (records) => records.filter((r) => r.eventTime >= '2026-11-14')); });
    const dev = of(BUCKET);
    expect(dev.triage).toMatchObject({ decision: 'defer', priority: 'P4' });
    expect(dev.triage.confidence).toBeLessThan(full.triage.confidence);
    expect(missingClaims(dev)).toContain('external_access');
    expect(JSON.stringify(dev.triage.missing_evidence)).toMatch(/cover [67] of 90 days/);
  });

  it('defers without a ticket when it has no owner', async () => {
    const { of } = await decide((dir) => {
      editBucket(dir, (b) => {
        const tags = z.record(z.string(), z.string()).safeParse(b.tags);
        if (tags.success) b.tags = Object.fromEntries(Object.entries(tags.data).filter(([k]) => !/owner|team/i.test(k)));
        const tagging = JSON.stringify(b.supplementaryConfiguration ?? {}).replaceAll(/"(owner|team)":"[^"]*",?/gi, '');
        b.supplementaryConfiguration = z.record(z.string(), z.unknown()).parse(JSON.parse(tagging));
      });
      const policy = join(dir, 'policy.yaml');
      writeFileSync(policy, readFileSync(policy, 'utf8').replaceAll(DEV, '999900001111').replaceAll('backup-dev-', 'elsewhere-'));
    });
    const dev = of(BUCKET);
    expect(dev.triage).toMatchObject({ decision: 'defer', priority: 'P4' });
    expect(dev.triage.owner).toBeUndefined();
    expect(dev.triage.recommended_actions.some((a) => /ticket/i.test(a.action))).toBe(false);
  });

  it('does what the gates say when its policy really makes it public: exposed, not production, sensitive data', async () => {
    const { of } = await decide((dir) => {
      editBucket(dir, (b) => {
        b.supplementaryConfiguration = { ...b.supplementaryConfiguration, BucketPolicy: { policyText: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: ['s3:GetObject', 's3:ListBucket'], Resource: [BUCKET, `${BUCKET}/*`] }] }) } };
      });
    });
    const dev = of(BUCKET);
    expect(dev.triage).toMatchObject({ decision: 'ticket', priority: 'P2' });
    expect(dev.validation.gate.rule).toBe(4);
    expect(dev.validation.gate.rows).toContainEqual({ rule: 2, condition: 'exposure confirmed', value: 'true' });
  });
});
