import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { startEngine } from '#electron/host/engine-client.ts';
import { engineStagesSchema, type EngineStages } from './engine-stages.ts';

/** Run as a process of its own, so that its peak memory is the engine's: `engine-child.ts WORKSPACE FINDINGS_DIR [CONTEXT_DIR]`. Prints one JSON document. */
const [file, findingsDir, contextDir] = process.argv.slice(2);
if (file === undefined || findingsDir === undefined) throw new Error('engine-child.ts WORKSPACE FINDINGS_DIR [CONTEXT_DIR]');

/** Peak resident memory of this process so far in MB; /proc is Linux, elsewhere `maxRSS` stands in. */
function peakMb(): number {
  try {
    const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    if (kilobytes !== undefined) return Math.round(Number(kilobytes) / 1024);
  } catch { /* not Linux */ }
  return Math.round(process.resourceUsage().maxRSS / 1024);
}

const engine = await startEngine({ file, create: true, rootDir: join(import.meta.dirname, '..', '..'), onProgress: () => undefined });
if (!engine.ok) throw new Error(engine.error);
const ingestSchema = z.object({ counts: z.record(z.string(), z.number()) });
const triageSchema = z.object({ counts: z.record(z.string(), z.number()), run: z.object({ incidents: z.number(), decided: z.number(), unchanged: z.number(), checked: z.number() }) });
const replaySchema = z.object({ counts: z.object({ decisions: z.number(), identical: z.number() }) });

async function ask<S extends z.ZodType>(schema: S, method: string, input: unknown): Promise<{ readonly value: z.infer<S>; readonly seconds: number; readonly cpu_seconds: number; readonly peak_mb: number }> {
  const start = performance.now(), cpu = process.cpuUsage();
  const result = engine.ok ? await engine.value.request(method, input) : engine;
  const seconds = (performance.now() - start) / 1000;
  const used = process.cpuUsage(cpu);
  if (!result.ok) throw new Error(`${method}: ${result.error}`);
  return { value: schema.parse(result.value), seconds, cpu_seconds: (used.user + used.system) / 1e6, peak_mb: peakMb() };
}

/** One more finding and one more event, both later than all others and about what no other record names. */
const one = {
  finding: { SchemaVersion: '2018-10-08', Id: 'arn:aws:securityhub:eu-central-1:000000000001:security-control/S3.8/finding/one-more', ProductArn: 'arn:aws:securityhub:eu-central-1::product/aws/securityhub', GeneratorId: 'security-control/S3.8', AwsAccountId: '000000000001', CreatedAt: '2026-11-22T00:00:00.000Z', UpdatedAt: '2026-11-22T00:00:00.000Z', Severity: { Label: 'HIGH' }, Title: 'S3 general purpose buckets should block public access', Description: 'Block Public Access is off.', Resources: [{ Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::one-more', Partition: 'aws', Region: 'eu-central-1' }], Compliance: { Status: 'FAILED', SecurityControlId: 'S3.8' }, Workflow: { Status: 'NEW' }, RecordState: 'ACTIVE' },
  event: { Records: [{ eventVersion: '1.09', eventID: 'one-more-event', eventTime: '2026-11-22T01:00:00Z', eventSource: 's3.amazonaws.com', eventName: 'GetBucketLocation', awsRegion: 'eu-central-1', sourceIPAddress: '10.20.0.1', userAgent: 'aws-cli/2.17', readOnly: true, eventType: 'AwsApiCall', managementEvent: true, eventCategory: 'Management', recipientAccountId: '000000000001', userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::000000000001:user/one-more', accountId: '000000000001', userName: 'one-more' } }] },
};
const workspaceBytes = (path: string): number => statSync(path).size + (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0);
/** Imports one record and decides. The growth counts the write-ahead log too: what the run wrote anew stands in one or the other. */
async function addOne(path: string, what: keyof typeof one) {
  const added = join(dirname(path), `one-${what}.json`);
  writeFileSync(added, JSON.stringify(one[what]));
  await ask(ingestSchema, 'ingest', { paths: [added] });
  const bytes = workspaceBytes(path), { value, seconds, peak_mb } = await ask(triageSchema, 'triage', { engine: 'rules' });
  return { what, seconds, decided: value.run.decided, checked: value.run.checked, grown_mb: (workspaceBytes(path) - bytes) / 1e6, peak_mb };
}

const before = peakMb();
const findings = await ask(ingestSchema, 'ingest', { paths: [findingsDir] });
const ingest = { seconds: findings.seconds, cpu_seconds: findings.cpu_seconds, counts: findings.value.counts, peak_mb: findings.peak_mb };
let stages: EngineStages = { idle_mb: before, ingest };
if (contextDir !== undefined) {
  const context = await ask(ingestSchema, 'ingest', { paths: [contextDir] });
  const first = await ask(triageSchema, 'triage', { engine: 'rules' });
  const again = await ask(triageSchema, 'triage', { engine: 'rules' });
  const added = [await addOne(file, 'finding'), await addOne(file, 'event')];
  const replayed = await ask(replaySchema, 'replay', { engine: 'rules' });
  const decisions = Object.fromEntries(['resolve_now', 'ticket', 'defer', 'needs_human_review'].map((name) => [name, first.value.counts[name] ?? 0]));
  stages = {
    ...stages, context: { seconds: context.seconds, cpu_seconds: context.cpu_seconds, counts: context.value.counts, peak_mb: context.peak_mb }, triage: { seconds: first.seconds, cpu_seconds: first.cpu_seconds, ...first.value.run, decisions, peak_mb: first.peak_mb },
    again: { seconds: again.seconds, cpu_seconds: again.cpu_seconds, ...again.value.run }, added, replay: { seconds: replayed.seconds, cpu_seconds: replayed.cpu_seconds, ...replayed.value.counts, peak_mb: replayed.peak_mb },
  };
}
await engine.value.close();
process.stdout.write(`${JSON.stringify(engineStagesSchema.parse(stages))}\n`);
