import { cpus, loadavg, totalmem, tmpdir } from 'node:os';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runEngineChild, type EngineStages } from './engine-stages.ts';
import { measureFloor, timed, type Timed } from './floor.ts';
import { generate, writeLarge, type Generated } from './generate.ts';
import { graphFigures, measureGraph } from './graph-speed.ts';
import { measureNormalize } from './normalize-speed.ts';
import { printTable, type Figure } from './table.ts';

/**
 * `npm run bench [-- --n 100000] [--json] [--size] [--dir FOLDER] [--keep]`: every figure is measured in this run. A goal that is missed is
 * printed as missed; the exit code tells only whether everything ran. `npm run bench -- browser`: the workbench in Chromium instead;
 * `npm run bench -- graph [--nodes 200000] [--edges 1000000]`: the graph alone.
 */
const { values, positionals } = parseArgs({ allowPositionals: true, options: { n: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' }, json: { type: 'boolean', default: false }, size: { type: 'boolean', default: false }, nodes: { type: 'string', default: '200000' }, edges: { type: 'string', default: '1000000' }, dir: { type: 'string' }, keep: { type: 'boolean', default: false } } });
const say = (text: string): void => { process.stderr.write(`${text}\n`); };
// Other work on the machine makes every wall time longer; the reader should know.
const [loadBefore = 0] = loadavg();
const dir = mkdtempSync(join(values.dir ?? tmpdir(), 'winnow-bench-'));

try {
  const report = positionals[0] === 'browser' ? await browserReport() : positionals[0] === 'graph' ? runGraph() : await run();
  process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : printTable(report.machine, report.figures));
} finally {
  if (values.keep) say(`kept ${dir}`); else rmSync(dir, { recursive: true, force: true });
}

async function browserReport() {
  const { measureBrowser } = await import('./browser/browser-speed.ts');
  return { machine: machineFacts(), figures: await measureBrowser(say) };
}

/** The graph alone: it needs no findings. */
function runGraph() {
  say('building and walking the graph …');
  const graph = measureGraph(Number(values.nodes), Number(values.edges), Number(values.seed));
  return { machine: machineFacts(), graph, figures: graphFigures(graph) };
}

async function run() {
  say('generating …');
  const input = generate(dir, Number(values.n), Number(values.seed));
  say('normalizing each format on one thread …');
  const normalize = [];
  for (const file of Object.values(input.files)) normalize.push(await measureNormalize(file.path));
  // The floor runs before and after, and the quicker one counts, so that a busy machine never flatters the ratio.
  say('floor …');
  const first = measureFloor(input.rawFile, join(dir, 'floor-1.db'));
  say('ingest, triage, triage again, replay …');
  const workspace = join(dir, 'bench.db');
  const stages = runEngineChild(workspace, input.findingsDir, input.contextDir);
  const second = measureFloor(input.rawFile, join(dir, 'floor-2.db'));
  const floor = first.seconds < second.seconds ? first : second;
  const size = values.size ? measureSize() : undefined;
  const figures = [...engineFigures(input, floor, stages), ...normalize.map((s): Figure => ({ name: `normalize ${s.format}`, value: s.mb_per_second, unit: 'MB/s', note: `${s.records} records, ${s.mb} MB, ${s.quarantined} quarantined` })), ...(size === undefined ? [] : sizeFigures(size))];
  return { machine: machineFacts(), input: { findings: input.findings, bytes_each: Math.round(input.findingBytes / input.findings), resources: input.resources, events: input.events, workspace_mb: Math.round(statSync(workspace).size / 1e6) }, floor: [first, second], stages, normalize, size, figures };
}

function engineFigures(input: Generated, floor: Timed, s: EngineStages): readonly Figure[] {
  const ingest = timed(input.findings, s.ingest.seconds);
  const figures: Figure[] = [
    { name: 'floor', value: floor.per_second, unit: 'records/s', note: `${floor.seconds} s for ${floor.records} findings of ${Math.round(input.findingBytes / input.findings)} bytes` },
    { name: 'ingest findings', value: ingest.per_second, unit: 'records/s', note: `${times(s.ingest)}, ${s.ingest.counts['quarantined'] ?? 0} quarantined, peak ${s.ingest.peak_mb} MB` },
    { name: 'ingest ÷ floor', value: round(ingest.seconds / floor.seconds), unit: '×', goal: { most: 2 }, note: 'aim < 1' },
  ];
  if (s.context) figures.push({ name: 'ingest context', value: Math.round((input.resources + input.events) / s.context.seconds), unit: 'records/s', note: `${times(s.context)}: ${input.resources} resources with derived edges, ${input.events} events, policy` });
  if (s.triage) {
    const decisions = Object.entries(s.triage.decisions).map(([name, n]) => `${n} ${name}`).join(', ');
    figures.push({ name: 'triage', value: Math.round(s.triage.decided / s.triage.seconds), unit: 'incidents/s', goal: { least: 1000 }, note: `${times(s.triage)}, ${s.triage.incidents} incidents: ${decisions}` });
  }
  if (s.again) figures.push({ name: 'triage again', value: Math.round(s.again.incidents / s.again.seconds), unit: 'incidents/s', note: `${times(s.again)}, ${s.again.decided} decided anew` });
  for (const a of s.added ?? []) figures.push({ name: `triage after one ${a.what}`, value: round(a.seconds), unit: 's', note: `${a.decided} decided anew, ${a.checked} checked again and kept; the workspace grew by ${round(a.grown_mb)} MB; peak ${a.peak_mb} MB` });
  if (s.replay) figures.push({ name: 'replay', value: Math.round(s.replay.decisions / s.replay.seconds), unit: 'incidents/s', note: `${times(s.replay)}, ${s.replay.identical} of ${s.replay.decisions} identical` });
  if (s.triage) figures.push({ name: 'peak memory', value: s.triage.peak_mb, unit: 'MB', goal: { most: 500 }, note: `ingest and triage; idle ${s.idle_mb}, after replay ${s.replay?.peak_mb ?? '-'}` });
  return figures;
}

/** One gigabyte of NDJSON of one format, in a process of its own. */
function measureSize(): { readonly bytes: number; readonly records: number; readonly stages: EngineStages } {
  say('generating 1 GB …');
  const folder = join(dir, 'size');
  mkdirSync(folder);
  const path = join(folder, 'guardduty.ndjson');
  const records = writeLarge(path, 1_000_000_000, Number(values.seed));
  say('ingesting 1 GB …');
  return { bytes: statSync(path).size, records, stages: runEngineChild(join(dir, 'size.db'), folder) };
}

function sizeFigures(size: ReturnType<typeof measureSize>): readonly Figure[] {
  const { peak_mb, seconds } = size.stages.ingest;
  return [
    { name: 'ingest 1 GB', value: round(size.bytes / 1e6 / seconds), unit: 'MB/s', note: `${round(seconds)} s for ${round(size.bytes / 1e9)} GB, ${size.records} records` },
    { name: 'peak memory, 1 GB', value: peak_mb, unit: 'MB', goal: { most: 400 } },
  ];
}

function machineFacts() {
  const [cpu] = cpus();
  return { cpu: cpu?.model.trim() ?? 'unknown', cores: cpus().length, memory_gb: Math.round(totalmem() / 1e9), load_before: round(loadBefore), node: process.version, platform: `${process.platform} ${process.arch}`, folder: dir };
}

function times(s: { readonly seconds: number; readonly cpu_seconds: number }): string { return `${round(s.seconds)} s (${round(s.cpu_seconds)} s of processor)`; }

function round(n: number): number { return Math.round(n * 100) / 100; }
