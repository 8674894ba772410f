import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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
const triageSchema = z.object({ counts: z.record(z.string(), z.number()), run: z.object({ incidents: z.number(), decided: z.number(), unchanged: z.number() }) });
const replaySchema = z.object({ counts: z.object({ decisions: z.number(), identical: z.number() }) });

async function ask<S extends z.ZodType>(schema: S, method: string, input: unknown): Promise<{ readonly value: z.infer<S>; readonly seconds: number; readonly cpu_seconds: number; readonly peak_mb: number }> {
  const start = performance.now(), cpu = process.cpuUsage();
  const result = engine.ok ? await engine.value.request(method, input) : engine;
  const seconds = (performance.now() - start) / 1000;
  const used = process.cpuUsage(cpu);
  if (!result.ok) throw new Error(`${method}: ${result.error}`);
  return { value: schema.parse(result.value), seconds, cpu_seconds: (used.user + used.system) / 1e6, peak_mb: peakMb() };
}

const before = peakMb();
const findings = await ask(ingestSchema, 'ingest', { paths: [findingsDir] });
const ingest = { seconds: findings.seconds, cpu_seconds: findings.cpu_seconds, counts: findings.value.counts, peak_mb: findings.peak_mb };
let stages: EngineStages = { idle_mb: before, ingest };
if (contextDir !== undefined) {
  const context = await ask(ingestSchema, 'ingest', { paths: [contextDir] });
  const first = await ask(triageSchema, 'triage', { engine: 'rules' });
  const again = await ask(triageSchema, 'triage', { engine: 'rules' });
  const replayed = await ask(replaySchema, 'replay', { engine: 'rules' });
  const decisions = Object.fromEntries(['resolve_now', 'ticket', 'defer', 'needs_human_review'].map((name) => [name, first.value.counts[name] ?? 0]));
  stages = {
    ...stages, context: { seconds: context.seconds, cpu_seconds: context.cpu_seconds, counts: context.value.counts, peak_mb: context.peak_mb }, triage: { seconds: first.seconds, cpu_seconds: first.cpu_seconds, ...first.value.run, decisions, peak_mb: first.peak_mb },
    again: { seconds: again.seconds, cpu_seconds: again.cpu_seconds, ...again.value.run }, replay: { seconds: replayed.seconds, cpu_seconds: replayed.cpu_seconds, ...replayed.value.counts, peak_mb: replayed.peak_mb },
  };
}
await engine.value.close();
process.stdout.write(`${JSON.stringify(engineStagesSchema.parse(stages))}\n`);
