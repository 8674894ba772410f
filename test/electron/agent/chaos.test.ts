import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readAgentSettings, saveAgentSettings } from '#electron/host/agent/settings.ts';
import type { Decided } from '#electron/pipeline/decide.ts';
import { citationProblem } from '#electron/pipeline/validate/citations.ts';
import { chaosAnswer, random } from './chaos-answers.ts';
import { openWorld, ROOT, type World } from './world.ts';
import { uncited } from './uncited.ts';

const ROUNDS = 28;
let world: World;
const decided: Decided[] = [];

beforeAll(async () => {
  world = await openWorld({ paths: ['policy.yaml', 'aws-config', 'iam', 'cloudtrail', 'findings'].map((f) => join(ROOT, 'resources', 'examples', f)) });
  const settings = readAgentSettings(world.app);
  saveAgentSettings(world.app, { ...settings, budgets: { ...settings.budgets, tokens: 1_000_000, tokens_per_day: 1_000_000_000 } }, 'test');
  for (let round = 0; round < ROUNDS; round += 1) { const next = random(round + 1); decided.push(...await world.investigate((request) => chaosAnswer(request, next))); }
});
afterAll(() => { world.close(); });

describe('a model that talks nonsense, over 1,000 investigations', () => {
  it('crashes nothing', () => { expect(decided.length).toBeGreaterThan(1000); });
  it('makes no unsafe decision: what stands is what the rules decide from the same evidence', () => {
    const standing = decided.filter((d) => d.triage.decision !== 'needs_human_review');
    expect(standing.length).toBeGreaterThan(20);
    expect(standing.filter((d) => d.triage.decision !== d.trace.agent?.rules.decision).map((d) => d.incident.entity)).toEqual([]);
    expect(standing.filter((d) => d.triage.confidence > (d.trace.agent?.rules.confidence ?? 0)).map((d) => d.incident.entity)).toEqual([]);
  });
  it('leaves no claim of a standing decision uncited, and cites nothing that does not check out', () => {
    for (const d of decided) {
      expect(uncited(d)).toEqual([]);
      expect(d.triage.evidence.flatMap((e) => citationProblem(e, d.trace.calls, d.incident.entity) ?? [])).toEqual([]);
    }
  });
  it('sends every disagreement and every useless answer to a person', () => {
    const useless = decided.filter((d) => d.trace.agent?.proposed === null), disputed = decided.filter((d) => d.trace.agent?.proposed && !d.trace.agent.agrees);
    expect(useless.length).toBeGreaterThan(20);
    expect(disputed.length).toBeGreaterThan(100);
    expect([...useless, ...disputed].filter((d) => d.triage.decision !== 'needs_human_review')).toEqual([]);
    expect(useless.every((d) => d.validation.gate.rule === 0)).toBe(true);
  });
  it('never gets more than its steps, and no call outside its role', () => {
    for (const d of decided) {
      expect(d.trace.agent?.budget.steps).toBeLessThanOrEqual(5);
      expect(d.trace.calls.length).toBeLessThanOrEqual(12);
      expect(d.trace.calls.filter((c) => c.tool === 'human_answer' || c.arguments['entity'] !== d.incident.entity)).toEqual([]);
    }
  });
});
