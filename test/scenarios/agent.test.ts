import { describe, expect, it } from 'vitest';
import { inTempFolder, ROOT, winnow } from './winnow.ts';
import { ran, rows, show, tamper } from './workspace.ts';
import { join } from 'node:path';

const EXAMPLES = ['policy.yaml', 'aws-config', 'iam', 'cloudtrail', 'findings'].map((f) => join(ROOT, 'resources', 'examples', f));
/** A workspace of the examples that a script, in a model's place, has decided. */
const decided = (use: (workspace: string) => Promise<void>): Promise<void> => inTempFolder(async (dir) => {
  const workspace = join(dir, 'w.db'), at = ['--workspace', workspace];
  await ran(0, ['ingest', ...EXAMPLES, ...at, '--json']);
  const { stderr } = await ran(0, ['triage', '--engine', 'agent', '--model', 'scripted', ...at, '--json']);
  expect(stderr).toMatch(/INC-\S+ {2}asking {2}next[\s\S]*INC-\S+ {2}proposal[\s\S]*INC-\S+ {2}decided/);
  await use(workspace);
});

describe('the agent on the command line', () => {
  it('decides, records every exchange, signs, and replays all of it with no model', async () => {
    await decided(async (workspace) => {
      const at = ['--workspace', workspace];
      expect(rows(workspace, "SELECT DISTINCT json_extract(triage, '$.engine.kind') AS kind FROM decisions")).toEqual([{ kind: 'agent' }]);
      const [counts] = rows(workspace, 'SELECT (SELECT count(*) FROM decisions) AS decisions, (SELECT count(DISTINCT decision_id) FROM exchanges) AS taped, (SELECT count(*) FROM exchanges WHERE problem IS NOT NULL) AS failed');
      expect(counts).toEqual({ decisions: 36, taped: 36, failed: 0 });
      const replayed = JSON.parse((await ran(0, ['replay', '--engine', 'agent', ...at, '--json'])).stdout) as { counts: unknown };
      expect(replayed.counts).toEqual({ decisions: 36, identical: 36, different: 0, by_people: 0 });
      await ran(0, ['audit', 'verify', ...at]);
      // Decided by the rules next, and compared: the same but for who decided.
      await ran(0, ['triage', '--engine', 'rules', '--incident', 'INC-2026-0001', ...at]);
      expect((await show(workspace, 'INC-2026-0001')).triage.engine.kind).toBe('rules');
      await ran(0, ['triage', '--engine', 'agent', '--model', 'scripted', '--incident', 'INC-2026-0001', ...at]);
      expect(rows(workspace, "SELECT json_extract(trace, '$.agent.re_asked') AS re_asked FROM decisions WHERE decision_id = (SELECT decision_id FROM incidents WHERE id = 'INC-2026-0001')")).toEqual([{ re_asked: 1 }]);
      expect(JSON.parse((await ran(0, ['replay', ...at, '--json'])).stdout)).toMatchObject({ counts: { decisions: 38, identical: 38 } });
      // A selection, asked anew by somebody: compared with what stood before, and so named.
      const again = JSON.parse((await ran(0, ['reask', 'INC-2026-0001', 'INC-2026-0003', '--model', 'scripted', '--by', 'ann', ...at, '--json'])).stdout) as { asked: unknown };
      expect(again.asked).toMatchObject([{ incident: 'INC-2026-0001', before: { engine: 'agent' }, after: { engine: 'agent', model: 'scripted' } }, { incident: 'INC-2026-0003' }]);
      expect(rows(workspace, "SELECT actor, json_extract(payload, '$.incidents') AS incidents FROM audit WHERE event = 'model_asked_anew'")).toEqual([{ actor: 'ann', incidents: '["INC-2026-0001","INC-2026-0003"]' }]);
      expect((await ran(0, ['reask', 'INC-2026-0001', '--model', 'scripted', ...at])).stdout).toMatch(/same decision[\s\S]*RE-ASKED: 1 of 1, of scripted/);
      await ran(0, ['audit', 'verify', ...at]);
    });
  });

  it('finds a recording that was changed: the answer of a model, the decision, the prompt', async () => {
    await decided(async (workspace) => {
      const differs = async (): Promise<string> => (await ran(1, ['replay', 'INC-2026-0001', '--engine', 'agent', '--workspace', workspace])).stdout;
      const ID = "(SELECT decision_id FROM incidents WHERE id = 'INC-2026-0001')";
      tamper(workspace, `UPDATE exchanges SET response = json_set(response, '$.text', json_set(json_extract(response, '$.text'), '$.decision', 'needs_human_review')) WHERE purpose = 'final' AND decision_id = ${ID}`);
      expect(await differs()).toMatch(/differs/);
      tamper(workspace, `DELETE FROM exchanges WHERE purpose = 'final' AND decision_id = ${ID}`);
      expect(await differs()).toMatch(/the recording has no exchange/);
    });
    await decided(async (workspace) => {
      tamper(workspace, "UPDATE decisions SET triage = json_set(triage, '$.rationale', 'Because I say so.') WHERE decision_id = (SELECT decision_id FROM incidents WHERE id = 'INC-2026-0001')");
      expect((await ran(1, ['replay', 'INC-2026-0001', '--workspace', workspace])).stdout).toMatch(/\/agent\/signature.*changed after it was signed/);
      tamper(workspace, "UPDATE prompts SET text = text || ' Always say defer.' WHERE id = 'final'");
      expect((await ran(1, ['replay', 'INC-2026-0002', '--workspace', workspace])).stdout).toMatch(/the recording has no exchange/);
    });
  });

  it('finds what an agent signed and somebody changed by walking the audit, each row by its key', async () => {
    await decided(async (workspace) => {
      const verify = async (code: number): Promise<string> => (await ran(code, ['audit', 'verify', '--workspace', workspace])).stdout;
      expect(await verify(0)).toMatch(/unbroken.*36 decisions and rows of agents carry a good signature/);
      const [row] = rows(workspace, "SELECT count(*) AS n, count(DISTINCT key_id) AS keys, (SELECT count(*) FROM agent_keys k WHERE k.key_id = audit.key_id) AS certified FROM audit WHERE event = 'decided' AND key_id <> 'none' AND actor = 'engine:agent'");
      expect(row).toEqual({ n: 36, keys: 1, certified: 1 });
      const ID = "(SELECT decision_id FROM incidents WHERE id = 'INC-2026-0001')";
      const [before] = rows(workspace, `SELECT triage, trace FROM decisions WHERE decision_id = ${ID}`);
      const change = (sql: string): number => tamper(workspace, `UPDATE decisions SET ${sql} WHERE decision_id = ${ID}`);
      change("triage = json_set(triage, '$.priority', 'P4')");
      expect(await verify(1)).toMatch(/broken at row \d+: decision D-\S+: the decision was changed after it was signed/);
      tamper(workspace, 'UPDATE decisions SET triage = ?', String(before?.['triage']));
      // Back as it was for this one; all others now carry its text.
      expect(await verify(1)).toMatch(/changed after it was signed/);
    });
    await decided(async (workspace) => {
      tamper(workspace, "UPDATE agent_keys SET certificate = json_set(certificate, '$.body.tools[0]', 'delete_bucket')");
      expect((await ran(1, ['audit', 'verify', '--workspace', workspace])).stdout).toMatch(/the certificate was changed/);
      tamper(workspace, 'DELETE FROM agent_keys');
      expect((await ran(1, ['audit', 'verify', '--workspace', workspace])).stdout).toMatch(/no certificate for key/);
    });
  });

  it('says what to do when Ollama is not running, and lets the rules decide where a model is only wished for', async () => {
    await inTempFolder(async (dir) => {
      const at = ['--workspace', join(dir, 'w.db')];
      await ran(0, ['ingest', ...EXAMPLES, ...at, '--json']);
      await ran(0, ['models', '--add', 'gone', '--url', 'http://127.0.0.1:9', '--model', 'llama3.2', ...at]).catch(() => undefined);
      const asked = await winnow(['triage', '--engine', 'agent', ...at]);
      expect(asked).toMatchObject({ code: 1, stderr: expect.stringMatching(/Ollama at http:\/\/127\.0\.0\.1:9 is not running.*ollama serve/) });
      const auto = await ran(0, ['triage', ...at]);
      expect(auto.stderr).toMatch(/the rules decide, as no model answers: Ollama/);
    });
  });

  it('refuses an endpoint beyond what the workspace allows, without looking its name up', async () => {
    await inTempFolder(async (dir) => {
      const at = ['--workspace', join(dir, 'w.db')];
      await ran(0, ['ingest', EXAMPLES[0] ?? '', ...at, '--json']);
      const listed = await winnow(['models', '--add', 'cloud', '--url', 'https://api.example.com/v1', '--model', 'big', ...at]);
      expect(listed).toMatchObject({ code: 1, stdout: expect.stringMatching(/was not asked: api\.example\.com is a name, and the workspace allows loopback only/) });
    });
  });
});
