import { execFile, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { competent } from '#electron/agent/providers/scripted/competent.ts';
import { ollamaServer, probeReply, requestOf } from '../../electron/agent/servers/ollama-server.ts';
import type { Loopback } from '../../electron/agent/servers/loopback.ts';
import { ENTRY, inTempFolder, ROOT, type Ran } from '../winnow.ts';

const noteSchema = z.discriminatedUnion('what', [
  z.object({ what: z.literal('watched'), pid: z.number(), thread: z.number() }), z.object({ what: z.literal('started'), pid: z.number(), thread: z.number(), started: z.number() }),
  z.object({ what: z.literal('child'), pid: z.number(), thread: z.number(), child: z.number(), program: z.string() }),
  z.object({ what: z.enum(['connect', 'datagram']), pid: z.number(), thread: z.number(), to: z.string(), port: z.number() }), z.object({ what: z.literal('look-up'), pid: z.number(), thread: z.number(), name: z.string() }),
]);
type Note = z.infer<typeof noteSchema>;
const preload = (name: string): string => `--import=${pathToFileURL(join(import.meta.dirname, `${name}.ts`)).href}`;
const examples = ['aws-config', 'iam', 'cloudtrail', 'findings'].map((f) => join(ROOT, 'resources', 'examples', f));

/** Ollama on loopback whose model is the competent script: it sees the prompt and nothing else. */
const model = (): Promise<Loopback> => ollamaServer([{ name: 'llama3.2:latest' }], (asked) => probeReply(asked) ?? { text: competent(requestOf(asked)) });
interface Watched { readonly notes: () => readonly Note[]; readonly run: (args: readonly string[]) => Promise<Ran> }
const runner = (program: string, before: readonly string[], env: NodeJS.ProcessEnv) => (args: readonly string[]): Promise<Ran> => new Promise((resolve) => {
  execFile(program, [...before, ENTRY, ...args], { cwd: ROOT, maxBuffer: 256 * 1024 * 1024, env: { ...process.env, ...env } }, (error, stdout, stderr) => { resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : 128, stdout, stderr }); });
});
function watched(dir: string, preloads: readonly string[], env: NodeJS.ProcessEnv): Watched {
  const file = join(dir, 'watch.ndjson');
  writeFileSync(file, '');
  return { run: runner(process.execPath, [], { ...env, WINNOW_WATCH: file, NODE_OPTIONS: preloads.map(preload).join(' ') }), notes: () => readFileSync(file, 'utf8').trim().split('\n').map((line) => noteSchema.parse(JSON.parse(line))) };
}

/** A whole life of a workspace on the command line, the model asked over HTTP. */
async function wholeRun(dir: string, run: (args: readonly string[]) => Promise<Ran>): Promise<readonly string[]> {
  const at = ['--workspace', join(dir, 'w.db')], ID = 'INC-2026-0001', done: string[] = [];
  const steps: readonly (readonly string[])[] = [
    ['policy', 'import', join(ROOT, 'resources', 'examples', 'policy.yaml')], ['formats'], ['ingest', ...examples], ['models'], ['triage', '--engine', 'agent', '--concurrency', '4'], ['incidents'], ['show', ID], ['trace', ID], ['replay', ID], ['replay', '--engine', 'agent'],
    ['approve', ID, '--by', 'ann'], ['answer', 'INC-2026-0002', '--claim', 'owner_identified', '--value', 'platform-team', '--by', 'ann'], ['override', 'INC-2026-0003', '--decision', 'ticket', '--priority', 'P3', '--reason', 'other', '--note', 'n', '--by', 'ann'],
    ['query', 'SELECT count(*) AS n FROM exchanges'], ['graph', 'arn:aws:s3:::backup-dev-legacy'], ['paths'], ['audit', 'verify'],
  ];
  for (const step of steps) {
    const ran = await run([...step, ...(step[0] === 'formats' ? [] : at)]);
    expect({ step, code: ran.code, ...(ran.code !== 0 && { output: ran.stderr + ran.stdout.slice(0, 1000) }) }).toEqual({ step, code: 0 });
    done.push(ran.stdout);
  }
  return done;
}

describe('a whole run with a model on this machine', () => {
  it('connects to that model and to nothing else, from no thread of no process, and asks for no name', async () => {
    await inTempFolder(async (dir) => {
      const server = await model();
      const watch = watched(dir, ['monitor'], { LLM_URL: server.url, LLM_MODEL: 'llama3.2' });
      await wholeRun(dir, watch.run);
      const notes = watch.notes();
      const seen = new Set(notes.filter((n) => n.what === 'watched').map((n) => `${n.pid} ${n.thread}`));
      // Every thread that was started, and every child that is Node, had the monitor in it before anything else.
      expect(notes.filter((n) => n.what === 'started').length).toBeGreaterThan(15);
      expect(notes.filter((n) => n.what === 'started' && !seen.has(`${n.pid} ${n.started}`))).toEqual([]);
      expect(notes.filter((n) => n.what === 'child' && !seen.has(`${n.child} 0`))).toEqual([]);
      const asked = server.asked.filter((a) => a.path === '/api/chat').length, connects = notes.flatMap((n) => (n.what === 'connect' ? [`http://${n.to}:${n.port}`] : []));
      expect(asked).toBeGreaterThan(36);
      expect(new Set(connects)).toEqual(new Set([server.url]));
      expect(connects.length).toBeGreaterThanOrEqual(asked);
      expect(notes.filter((n) => n.what === 'look-up' || n.what === 'datagram')).toEqual([]);
    });
  });

  it('would be caught at it: the same monitor sees every way out, from the first thread and from workers', async () => {
    await inTempFolder(async (dir) => {
      const watch = watched(dir, ['monitor', 'planted'], {});
      await watch.run(['ingest', ...examples, '--workspace', join(dir, 'w.db')]);
      const notes = watch.notes();
      const of = (isMain: boolean) => notes.filter((n) => (n.thread === 0) === isMain).flatMap((n) => (n.what === 'connect' || n.what === 'datagram' ? [n.to] : n.what === 'look-up' ? [n.name] : []));
      for (const [where, isMain] of [['main', true], ['worker', false]] as const) {
        expect(of(isMain)).toEqual(expect.arrayContaining(['192.0.2.1', '192.0.2.2', '2001:db8::1', '192.0.2.3', '192.0.2.4', '192.0.2.5', ...['fetch', 'lookup', 'promised', 'resolve', 'text'].map((name) => `${name}.${where}.example`)]));
      }
    });
  });

  const strace = spawnSync('strace', ['-V']).status === 0;
  it.skipIf(!strace)(`makes no system call that leaves the machine either${strace ? '' : ' (skipped: strace is not installed)'}`, async () => {
    await inTempFolder(async (dir) => {
      const server = await model(), log = join(dir, 'calls.txt');
      await wholeRun(dir, runner('strace', ['-f', '-qq', '--seccomp-bpf', '-A', '-e', 'trace=connect,sendto,sendmsg,sendmmsg', '-o', log, process.execPath], { LLM_URL: server.url, LLM_MODEL: 'llama3.2' }));
      const calls = readFileSync(log, 'utf8').split('\n'), inet = calls.filter((line) => /sa_family=AF_INET/.test(line));
      expect(inet.filter((line) => line.includes('inet_addr("127.0.0.1")')).length).toBeGreaterThan(36);
      expect(inet.filter((line) => !line.includes('inet_addr("127.0.0.1")'))).toEqual([]);
    });
  });
});
