import { exchangeSchema, modelFactsSchema, type Exchange, type ModelFacts } from '#shared/model/agent.ts';
import type { Db } from '../db.ts';

type Stored = Readonly<Record<string, string | number | null>>;
const COLUMNS = 'turn_id, purpose, endpoint, provider, model, model_digest, egress, prompt_id, prompt_hash, schema_hash, request_hash, request, response, problem, attempts, started_us, duration_us';

/** The agent's tape, what probes found, and the keys that signed. Append-only but for probes. */
export function agentTable(db: Db) {
  const add = db.prepare<unknown[]>(`INSERT INTO exchanges (decision_id, key, ${COLUMNS}, prompt_tokens, response_tokens, tokens) VALUES (?, ?, ${COLUMNS.split(', ').map(() => '?').join(', ')}, ?, ?, ?)`);
  const of = db.prepare<[string], Stored>(`SELECT ${COLUMNS} FROM exchanges WHERE decision_id = ? ORDER BY exchange_id`);
  const tokens = db.prepare<[number], number>('SELECT coalesce(sum(tokens), 0) FROM exchanges WHERE started_us >= ?').pluck();
  const decidedBefore = db.prepare<[string], number>("SELECT count(*) FROM decisions WHERE key = ? AND json_extract(triage, '$.engine.kind') = 'agent'").pluck();
  const engines = db.prepare<[], { key: string; kind: string; model: string | null; degraded: string | null }>("SELECT l.key, json_extract(d.triage, '$.engine.kind') AS kind, json_extract(d.triage, '$.engine.model') AS model, json_extract(d.trace, '$.degraded') AS degraded FROM latest_decisions l JOIN decisions d ON d.decision_id = l.decision_id");
  const lastDegraded = db.prepare<[], string>("SELECT json_extract(d.trace, '$.degraded') FROM decisions d WHERE json_extract(d.trace, '$.degraded') IS NOT NULL OR json_extract(d.triage, '$.engine.kind') = 'agent' ORDER BY d.started_us DESC LIMIT 1").pluck();
  const probe = db.prepare<[string], string>('SELECT facts FROM model_probes WHERE model_key = ?').pluck();
  const probes = db.prepare<[], { endpoint: string; facts: string; probed_us: number }>('SELECT endpoint, facts, probed_us FROM model_probes ORDER BY probed_us DESC');
  const putProbe = db.prepare<[string, string, string, number]>('INSERT INTO model_probes (model_key, endpoint, facts, probed_us) VALUES (?, ?, ?, ?) ON CONFLICT (model_key) DO UPDATE SET endpoint = excluded.endpoint, facts = excluded.facts, probed_us = excluded.probed_us');
  const putKey = db.prepare<[string, string, string, number]>('INSERT INTO agent_keys (key_id, role, certificate, added_us) VALUES (?, ?, ?, ?) ON CONFLICT (key_id) DO NOTHING');
  const key = db.prepare<[string], string>('SELECT certificate FROM agent_keys WHERE key_id = ?').pluck();
  const putPrompt = db.prepare<[string, string, string, string]>('INSERT INTO prompts (hash, id, version, text) VALUES (?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING');
  const prompt = db.prepare<[string], string>('SELECT text FROM prompts WHERE hash = ?').pluck();
  return {
    putPrompt: (p: { readonly hash: string; readonly id: string; readonly version: string; readonly text: string }): void => { putPrompt.run(p.hash, p.id, p.version, p.text); },
    prompt: (hash: string): string | undefined => prompt.get(hash),
    /** @param tokens what counts against the day's budget: as told by the server, else as estimated. */
    addExchange(decisionId: string, incidentKey: string, e: Exchange, tokens: number): void {
      const usage = e.response?.usage ?? null;
      add.run(decisionId, incidentKey, e.turn_id, e.purpose, e.endpoint, e.provider, e.model, e.model_digest, e.egress, e.prompt_id, e.prompt_hash, e.schema_hash, e.request_hash, JSON.stringify(e.request), e.response && JSON.stringify(e.response), e.problem && JSON.stringify(e.problem), JSON.stringify(e.attempts), e.started_us, e.duration_us, usage?.prompt_tokens ?? null, usage?.response_tokens ?? null, tokens);
    },
    /** What was asked for one decision, in order. */
    exchanges: (decisionId: string): readonly Exchange[] => of.all(decisionId).map((row) => {
      const read = (name: string): unknown => { const text = row[name]; return typeof text === 'string' ? JSON.parse(text) : null; };
      return exchangeSchema.parse({ ...row, request: read('request'), response: read('response'), problem: read('problem'), attempts: read('attempts') });
    }),
    tokensSince: (us: number): number => tokens.get(us) ?? 0,
    wasAsked: (incidentKey: string): boolean => (decidedBefore.get(incidentKey) ?? 0) > 0,
    /** Who made the machine's newest decision of each incident. */
    engines: () => engines.all(),
    /** Why the newest decision for which a model was wanted had to do without; undefined when it had one. */
    degraded: (): string | undefined => lastDegraded.get() ?? undefined,
    probe: (modelKey: string): ModelFacts | undefined => { const text = probe.get(modelKey); return text === undefined ? undefined : modelFactsSchema.parse(JSON.parse(text)); },
    probes: (): readonly { readonly endpoint: string; readonly facts: ModelFacts; readonly probed_us: number }[] => probes.all().map((p) => ({ ...p, facts: modelFactsSchema.parse(JSON.parse(p.facts)) })),
    putProbe: (modelKey: string, endpoint: string, facts: ModelFacts, nowUs: number): void => { putProbe.run(modelKey, endpoint, JSON.stringify(facts), nowUs); },
    putKey: (keyId: string, role: string, certificate: string, nowUs: number): void => { putKey.run(keyId, role, certificate, nowUs); },
    certificate: (keyId: string): string | undefined => key.get(keyId),
  };
}
export type AgentTable = ReturnType<typeof agentTable>;
