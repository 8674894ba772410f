import { createRequire } from 'node:module';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { now } from '#electron/host/clock.ts';
import { readAgentSettings, saveAgentSettings } from '#electron/host/agent/settings.ts';
import type { Asker } from '#electron/agent/tape.ts';
import type { ChatRequest } from '#electron/agent/model-port.ts';
import type { Decided } from '#electron/pipeline/decide.ts';
import { citationProblem } from '#electron/pipeline/validate/citations.ts';
import { isObject, type JsonObject } from '#shared/lib/json.ts';
import { ok } from '#shared/lib/result.ts';
import { scriptAsker, openWorld, ROOT, type World } from './world.ts';
import { uncited } from './uncited.ts';
import { writeTinyModel } from './tiny-gguf.ts';

/**
 * The engine is 85 MB and lives in a folder of its own; `.ci/run` installs it where it can (test/chaos-engine pins it). By hand:
 *   cp test/chaos-engine/package*.json FOLDER && npm install --prefix FOLDER --no-save --ignore-scripts --omit=optional
 *   WINNOW_LLAMA=FOLDER npx vitest run test/electron/agent/chaos-llama
 * WINNOW_CHAOS_INCIDENTS says how many (1,000: about two and a half minutes of one core).
 */
const FOLDER = process.env['WINNOW_LLAMA'], COUNT = Number(process.env['WINNOW_CHAOS_INCIDENTS'] ?? 1000);
type Generate = (request: ChatRequest, seed: number) => Promise<{ readonly text: string; readonly ended: boolean }>;

/** What of the engine's interface is used here. */
interface Engine { getLlama(options: object): Promise<{ loadModel(options: object): Promise<{ createContext(options: object): Promise<{ getSequence(): unknown }> }>; createGrammarForJsonSchema(schema: unknown): Promise<unknown>; dispose(): Promise<void> }>; LlamaCompletion: new (options: object) => { generateCompletionWithMeta(prompt: string, options: object): Promise<{ readonly response: string; readonly metadata: { readonly stopReason: string } }> } }

async function openEngine(folder: string, modelFile: string): Promise<{ readonly generate: Generate; close(): Promise<void> }> {
  const path = createRequire(join(folder, 'package.json')).resolve('node-llama-cpp'), engine = await import(pathToFileURL(path).href) as Engine;
  // One thread: more of them wait for each other on a busy machine.
  const llama = await engine.getLlama({ build: 'never', gpu: false, progressLogs: false, maxThreads: 1, logLevel: 'disabled' });
  const model = await llama.loadModel({ modelPath: modelFile }), context = await model.createContext({ contextSize: 8192 });
  const completion = new engine.LlamaCompletion({ contextSequence: context.getSequence() });
  const grammars = new Map<string, unknown>();
  return {
    async generate(request, seed) {
      const schema = shortened(request.schema?.json ?? {}), key = JSON.stringify(schema);
      const grammar = grammars.get(key) ?? await llama.createGrammarForJsonSchema(schema);
      if (grammars.size < 200) grammars.set(key, grammar);
      const { response, metadata } = await completion.generateCompletionWithMeta(request.messages.map((m) => m.content).join('\n').slice(-160), { grammar, maxTokens: 220, temperature: 1.2, seed });
      return { text: response, ended: metadata.stopReason !== 'maxTokens' };
    },
    close: () => llama.dispose(),
  };
}

/** Random weights seldom end a text by themselves. */
const shortened = (schema: JsonObject): JsonObject => { const properties = schema['properties']; return isObject(properties) && properties['rationale'] !== undefined ? { ...schema, properties: { ...properties, rationale: { type: 'string', maxLength: 12 } } } : schema; };

const askerOf = (generate: Generate, seed: { n: number }): Asker => {
  const frame = scriptAsker(() => '');
  return {
    ready: (signal) => frame.ready(signal),
    async ask(build, options) {
      const asked = await frame.ask(build, options);
      if (!asked.ok) return asked;
      const started_us = now(), { text, ended } = await generate(asked.value.request, seed.n += 1);
      return ok({ ...asked.value, started_us, duration_us: Math.max(0, now() - started_us), result: ok({ text, thinking: '', tool_calls: [], stop: ended ? 'stop' as const : 'length' as const, model: 'nonsense', usage: null, timings: { load_us: 0, prompt_us: 0, generation_us: 0, first_part_us: 0 } }) });
    },
  };
};

describe.skipIf(FOLDER === undefined)(`a real engine with random weights (node-llama-cpp)${FOLDER === undefined ? ': skipped, WINNOW_LLAMA names no folder with it' : ''}`, () => {
  let world: World, engine: Awaited<ReturnType<typeof openEngine>>;
  const dir = mkdtempSync(join(tmpdir(), 'winnow-gguf-')), decided: Decided[] = [];
  beforeAll(async () => {
    writeTinyModel(join(dir, 'nonsense.gguf'), 7);
    engine = await openEngine(FOLDER ?? '', join(dir, 'nonsense.gguf'));
    world = await openWorld({ paths: ['policy.yaml', 'aws-config', 'iam', 'cloudtrail', 'findings'].map((f) => join(ROOT, 'resources', 'examples', f)) });
    const settings = readAgentSettings(world.app), seed = { n: 0 }, keys = world.incidents().map((i) => i.key);
    saveAgentSettings(world.app, { ...settings, budgets: { ...settings.budgets, tokens: 1_000_000, tokens_per_day: 1_000_000_000 } }, 'test');
    while (decided.length < COUNT) decided.push(...await world.investigate({ asker: () => askerOf(engine.generate, seed) }, { keys: keys.slice(0, COUNT - decided.length) }));
  }, 3_600_000);
  afterAll(async () => { world.close(); await engine.close(); rmSync(dir, { recursive: true, force: true }); });

  it('crashes nothing, and is often understood', () => {
    expect(decided.length).toBe(COUNT);
    expect(decided.filter((d) => d.trace.agent?.proposed).length).toBeGreaterThan(COUNT / 20);
  });
  it('makes no unsafe decision and leaves no claim uncited', () => {
    for (const d of decided) {
      const stands = d.triage.decision !== 'needs_human_review';
      expect(stands ? d.triage.decision : d.trace.agent?.rules.decision).toBe(d.trace.agent?.rules.decision);
      expect(uncited(d)).toEqual([]);
      expect(d.triage.evidence.flatMap((e) => citationProblem(e, d.trace.calls, d.incident.entity) ?? [])).toEqual([]);
    }
  });
});
