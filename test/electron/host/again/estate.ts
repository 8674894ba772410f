import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { z } from 'zod';
import { createApp, type App } from '#electron/host/create-app.ts';
import { triage, type TriageReport } from '#electron/host/handlers/triage.ts';
import { ingestFiles } from '#electron/host/ingest.ts';
import { parseTime } from '#shared/lib/time.ts';

const EXAMPLES = join('resources', 'examples');
export const BUCKET = 'arn:aws:s3:::backup-dev-legacy', ROLE = 'arn:aws:iam::111122223333:role/vendor-reporting';
export const NOW = parseTime('2026-11-21T06:00:00Z') ?? 0;

const trail = (name: string): string => join(EXAMPLES, 'cloudtrail', `${name}.json.gz`);
const asff = z.object({ Findings: z.array(z.looseObject({ Id: z.string(), Resources: z.array(z.looseObject({ Id: z.string() })) })) });
const hub = (): z.infer<typeof asff>['Findings'] => asff.parse(JSON.parse(readFileSync(join(EXAMPLES, 'findings', 'securityhub.json'), 'utf8'))).Findings;
const snapshot = z.looseObject({ configurationItems: z.array(z.looseObject({ ARN: z.string().optional(), supplementaryConfiguration: z.record(z.string(), z.unknown()).optional() })) });

/** What may be imported, by name: the shipped examples piece by piece, and changes of them. Each is written once, so that its bytes and path are the same wherever it is imported. */
export function piecesIn(dir: string): Readonly<Record<string, string>> {
  mkdirSync(dir, { recursive: true });
  const write = (name: string, text: string): string => { const file = join(dir, name); writeFileSync(file, text); return file; };
  const policy = readFileSync(join(EXAMPLES, 'policy.yaml'), 'utf8');
  const findings = (name: string, from: number, to: number, more: object = {}): string => write(`${name}.json`, JSON.stringify({ Findings: hub().slice(from, to).map((f) => ({ ...f, ...more })) }));
  const dev = (day: string, change: (items: z.infer<typeof snapshot>['configurationItems']) => unknown): string => {
    const document = snapshot.parse(JSON.parse(readFileSync(join(EXAMPLES, 'aws-config', 'dev-legacy.json'), 'utf8')));
    return write(`444455556666_Config_eu-central-1_ConfigSnapshot_202611${day}Z_changed.json`, JSON.stringify({ ...document, configSnapshotId: day, configurationItems: change(document.configurationItems) }));
  };
  const open = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: ['s3:GetObject', 's3:ListBucket'], Resource: [BUCKET, `${BUCKET}/*`] }] });
  return {
    policy: write('policy.yaml', policy),
    'other policy': write('policy-2.yaml', policy.replace('{id: platform-team, active: true', '{id: platform-team, active: false').replace('expires: 2027-06-30', 'expires: 2026-11-20')),
    prod: join(EXAMPLES, 'aws-config', 'prod-core.json.gz'), dev: join(EXAMPLES, 'aws-config', 'dev-legacy.json'),
    iam: join(EXAMPLES, 'iam', 'prod-core.json'), 'dev iam': join(EXAMPLES, 'iam', 'dev-legacy.json'),
    'old logs': trail('111122223333_CloudTrail_eu-central-1_20260902T0000Z_e3907052bd45c3ef'), 'new logs': trail('111122223333_CloudTrail_eu-central-1_20261121T0307Z_b7c83b7486fb2551'), 'old dev logs': trail('444455556666_CloudTrail_eu-central-1_20260902T0000Z_b0c69bb2d25dc74c'), 'new dev logs': trail('444455556666_CloudTrail_eu-central-1_20261121T0307Z_43830dee894ff69a'),
    prowler: join(EXAMPLES, 'findings', 'prowler.ocsf.json'), guardduty: join(EXAMPLES, 'findings', 'guardduty.json'), wiz: join(EXAMPLES, 'findings', 'wiz-issues.json'), trivy: join(EXAMPLES, 'findings', 'trivy', 'orders-api-4.12.1.json'),
    hub: findings('hub-1', 0, 70), 'hub again': findings('hub-5', 0, 70, { UpdatedAt: '2026-11-21T04:00:00.000Z' }), 'more of the hub': findings('hub-2', 70, 138),
    // The same again a day later, and some of it mended.
    rescan: findings('hub-3', 0, 138, { UpdatedAt: '2026-11-21T04:00:00.000Z' }), mended: findings('hub-4', 10, 40, { UpdatedAt: '2026-11-21T04:30:00.000Z', RecordState: 'ARCHIVED', Workflow: { Status: 'RESOLVED' } }),
    // Lets everybody read the bucket; then the account without it.
    opened: dev('21T020000', (items) => items.map((i) => (i.ARN === BUCKET ? { ...i, configurationItemCaptureTime: '2026-11-21T02:00:00.000Z', supplementaryConfiguration: { ...i.supplementaryConfiguration, BucketPolicy: { policyText: open } } } : i))),
    gone: dev('21T030000', (items) => items.filter((i) => i.ARN !== BUCKET).map((i) => ({ ...i, configurationItemCaptureTime: '2026-11-21T03:00:00.000Z' }))),
    'dev again': dev('21T010000', (items) => items.map((i) => ({ ...i, configurationItemCaptureTime: '2026-11-21T01:00:00.000Z' }))),
    one: write('one.json', JSON.stringify({ Findings: [{ ...hub()[0], Id: `${hub()[0]?.Id ?? ''}-one`, UpdatedAt: '2026-11-21T02:30:00.000Z', Resources: [{ Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::nobody-knows-it', Partition: 'aws', Region: 'eu-central-1' }] }] })),
    late: write('late.json', JSON.stringify({ Findings: [{ ...hub()[0], Id: `${hub()[0]?.Id ?? ''}-late`, CreatedAt: '2026-12-30T00:00:00.000Z', UpdatedAt: '2026-12-30T00:00:00.000Z', Resources: [{ Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::nobody-knows-it', Partition: 'aws', Region: 'eu-central-1' }] }] })),
  };
}

/** A folder that is gone after the test. */
export function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'winnow-again-'));
  onTestFinished(() => { rmSync(dir, { recursive: true, force: true }); });
  return dir;
}

/** An open workspace in this thread, of `from` or new, at a time that the test sets. @param correlateAtOnce findings of a part, to have several of them */
export function open(file: string, now: () => number = () => NOW, from?: string, correlateAtOnce?: number): App {
  if (from !== undefined) copyFileSync(from, file);
  const made = createApp({ file, create: true, resourcesDir: 'resources', now, ...(correlateAtOnce !== undefined && { correlateAtOnce }), workerUrl: (name) => new URL(`../../../../electron/workers/${name}.ts`, import.meta.url) });
  if (!made.ok) throw new Error(made.error);
  return made.value;
}

export async function ingest(app: App, ...paths: readonly (string | undefined)[]): Promise<void> {
  const reports = await ingestFiles(app, paths.map((path) => ({ path: path ?? 'no such piece' })), { format: undefined, isCancelled: () => false, onProgress: () => undefined });
  for (const r of reports) if (r.error !== undefined || r.quarantined > 0) throw new Error(`${r.path}: ${r.error ?? JSON.stringify(r.quarantined_records)}`);
}

export async function run(app: App, input: Partial<Parameters<typeof triage>[1]> = {}, isCancelled: () => boolean = () => false): Promise<TriageReport['run']> {
  const report = await triage(app, { engine: 'rules', ...input }, { onProgress: () => undefined, isCancelled });
  if (!report.ok) throw new Error(report.error);
  return report.value.run;
}

/** By the findings of each open incident what stands of it: labels and ids of runs and decisions left out, and the words that move with time alone. */
export function standing(app: App): Readonly<Record<string, unknown>> {
  return Object.fromEntries(app.tables.incidents.all().filter((row) => row.incident.status !== 'closed').map(({ incident, decision_id }): [string, unknown] => {
    const record = decision_id === undefined ? undefined : app.tables.decisions.get(decision_id);
    if (!record) return [incident.key, 'not decided'];
    const { triage: t, validation: v, route, trace } = record;
    const outbox = app.tables.outbox.ofIncident(incident.key).filter((o) => o.status !== 'withdrawn').map(({ action, status }) => ({ action, status }));
    return [incident.supporting_findings.map((f) => f.finding_id).toSorted().join(' '), {
      entity: incident.entity, issue: incident.primary_issue, decision: t.decision, verdict: t.verdict, priority: t.priority, confidence: t.confidence, parts: t.confidence_parts, owner: t.owner, owner_provenance: t.owner_provenance, impact: t.impact, routing: t.routing, engine: t.engine,
      evidence: t.evidence.map((e) => [e.claim, e.value, e.source]), missing: t.missing_evidence.map((m) => [m.claim, m.value, m.supply]), actions: t.recommended_actions.map((a) => [a.action, a.target, a.priority, a.autonomy_level]), route, outbox,
      passed: v.passed, gate: v.gate, checks: v.checks.map((c) => [c.check, c.result]), stopped: trace.stopped, claims: trace.claims.map((c) => [c.claim, c.value, c.provenance, c.stale, c.required, c.gist ?? c.reason, c.source]), tools: trace.calls.map((c) => c.tool),
    }];
  }));
}

export const count = (app: App, table: 'decisions' | 'outbox' | 'audit' | 'exchanges'): number => z.number().parse(app.workspace.db.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
