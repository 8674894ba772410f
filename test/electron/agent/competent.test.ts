import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { competent } from '#electron/agent/providers/scripted/competent.ts';
import type { Decided } from '#electron/pipeline/decide.ts';
import { citationProblem } from '#electron/pipeline/validate/citations.ts';
import { ground } from '../../scenarios/cases/case.ts';
import { detectionCases } from '../../scenarios/cases/detections.ts';
import { hostCases } from '../../scenarios/cases/hosts.ts';
import { identityCases } from '../../scenarios/cases/identity.ts';
import { stakesCases } from '../../scenarios/cases/stakes.ts';
import { storageCases } from '../../scenarios/cases/storage.ts';
import { openWorld, ROOT, type World } from './world.ts';

const cases = [...storageCases, ...stakesCases, ...hostCases, ...identityCases, ...detectionCases];
const worlds: World[] = [];
const decided: { readonly world: World; readonly by: Decided }[] = [];

beforeAll(async () => {
  const examples = ['policy.yaml', 'aws-config', 'iam', 'cloudtrail', 'findings'].map((f) => join(ROOT, 'resources', 'examples', f));
  for (const fill of [{ paths: examples }, { parts: [ground, ...cases.map((c) => c.part)] }]) {
    const world = await openWorld(fill);
    worlds.push(world);
    decided.push(...(await world.investigate(competent)).map((by) => ({ world, by })));
  }
});
afterAll(() => { for (const world of worlds) world.close(); });

const line = ({ by }: { readonly by: Decided }, word: string): string => `${by.incident.primary_issue} ${by.incident.entity}: ${word}`;

describe('a competent model that sees only the prompt', () => {
  it('decides the two known cases and more than thirty others', () => { expect(decided.length).toBeGreaterThan(60); });

  it('decides as the rules do, every time', () => {
    const wrong = decided.filter(({ world, by }) => { const rules = world.byRules(by.incident.key).triage; return rules.decision !== by.triage.decision || rules.priority !== by.triage.priority; });
    expect(wrong.map((d) => line(d, `rules ${d.world.byRules(d.by.incident.key).triage.decision}, agent ${d.by.triage.decision}; proposed ${d.by.trace.agent?.proposed?.decision ?? 'nothing'}; ${d.by.validation.gate.why}`))).toEqual([]);
  });
  it('calls 3 to 7 tools', () => {
    const odd = decided.filter(({ by }) => new Set(by.trace.calls.map((c) => c.tool)).size > 7 || by.trace.calls.length < 3);
    expect(odd.map((d) => line(d, `${d.by.trace.calls.length} calls ${d.by.trace.calls.map((c) => c.tool).join(' ')}`))).toEqual([]);
  });
  it('cites only what checks out, and all that the decision rests on', () => {
    for (const { by } of decided) {
      expect(by.triage.evidence.flatMap((e) => citationProblem(e, by.trace.calls, by.incident.entity) ?? [])).toEqual([]);
      const cited = new Set(by.triage.evidence.map((e) => e.claim)), rested = by.triage.decision === 'needs_human_review' ? [] : by.trace.claims.filter((c) => c.required && c.value !== 'unknown').map((c) => c.claim);
      expect(rested.filter((claim) => !cited.has(claim))).toEqual([]);
    }
  });
  it('never makes a decision surer than the evidence', () => {
    for (const { world, by } of decided) expect(by.triage.confidence).toBeLessThanOrEqual(world.byRules(by.incident.key).triage.confidence);
  });
  it('is told from the rules, with its prompts, turns and signature', () => {
    for (const { by } of decided) {
      expect(by.triage.engine).toMatchObject({ kind: 'agent', model: 'scripted', prompt_version: expect.stringMatching(/^next@1:[0-9a-f]{8} final@1:[0-9a-f]{8} repair@1:[0-9a-f]{8}$/) });
      expect(by.trace.agent).toMatchObject({ scripted: true, agrees: true, refused: [], signature: { role: 'triage', algorithm: 'ed25519' } });
      expect(by.trace.agent?.turns.at(-1)?.purpose).toBe('final');
    }
  });
  it('keeps prompt and answer of every turn on the tape', () => {
    for (const { world, by } of decided) {
      const tape = world.app.tables.agent.exchanges(by.trace.decision_id);
      expect(tape.map((e) => e.request_hash)).toEqual(by.trace.agent?.turns.map((t) => t.request_hash));
      expect(tape.every((e) => e.response !== null && e.request.messages[0]?.role === 'system')).toBe(true);
    }
  });
});
