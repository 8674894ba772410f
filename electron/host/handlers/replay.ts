import canonicalize from 'canonicalize';
import { z } from 'zod';
import { decide, type Decided } from '#electron/pipeline/decide.ts';
import type { CallPort } from '#electron/pipeline/ports.ts';
import { tools } from '#electron/tools/all.ts';
import type { DecisionRecord } from '#electron/store/tables/decisions.ts';
import { isObject, type JsonObject } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import { agentFromTape, signatureDifference } from '../agent/replay-agent.ts';
import type { App } from '../create-app.ts';

export const replayInput = z.object({ id: z.string().optional(), engine: z.enum(['auto', 'rules', 'agent']).default('auto') });
export interface Replayed { readonly incident: string; readonly decision_id: string; readonly identical: boolean; readonly skipped?: string; readonly differences: readonly { readonly path: string; readonly recorded: unknown; readonly replayed: unknown }[]; readonly error?: string }
export interface ReplayReport { readonly replayed: readonly Replayed[]; readonly counts: { readonly decisions: number; readonly identical: number; readonly different: number; readonly by_people: number }; /** It was stopped before all were replayed. */ readonly cancelled: boolean }

/** Makes recorded decisions again from their recorded tool calls: no graph, no network, no model, the policy as it was. */
export async function replay(app: App, input: z.infer<typeof replayInput>, hooks: { readonly onProgress: (done: number, total: number) => void; readonly isCancelled: () => boolean }): Promise<Result<ReplayReport>> {
  const keys = input.id === undefined ? app.tables.incidents.briefs().map((row) => row.key) : [app.tables.incidents.get(input.id)?.incident.key].filter((key) => key !== undefined);
  if (input.id !== undefined && keys.length === 0) return err(`there is no incident ${input.id}`);
  const replayed: Replayed[] = [];
  let done = 0;
  for (const [i, key] of keys.entries()) {
    if (hooks.isCancelled()) break;
    for (const id of app.tables.decisions.idsOf(key)) {
      const record = readRecord(app, key, id);
      if (!record.ok) replayed.push(record.error); else if (isMeant(record.value, input.engine)) replayed.push(await replayOne(app, record.value));
    }
    done = i + 1;
    hooks.onProgress(done, keys.length);
  }
  const machine = replayed.filter((r) => r.skipped === undefined);
  return ok({ replayed, counts: { decisions: replayed.length, identical: machine.filter((r) => r.identical).length, different: machine.filter((r) => !r.identical).length, by_people: replayed.length - machine.length }, cancelled: done < keys.length });
}

/** A recording that was changed so that it can't be read any more is one that differs, and takes no other along. */
function readRecord(app: App, key: string, id: string): Result<DecisionRecord, Replayed> {
  const failed = (why: string): Result<DecisionRecord, Replayed> => err({ incident: app.tables.incidents.brief(key)?.id ?? key, decision_id: id, identical: false, differences: [], error: `its recording can't be read: ${why}` });
  try {
    const record = app.tables.decisions.get(id);
    return record ? ok(record) : failed('it is gone');
  } catch (error) {
    return failed(error instanceof z.ZodError ? error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; ') : error instanceof Error ? error.message : String(error));
  }
}

/** `agent` and `rules` are those that were made so; `auto` is every one. */
const isMeant = ({ triage }: DecisionRecord, engine: 'auto' | 'rules' | 'agent'): boolean => engine === 'auto' || triage.engine.kind === engine;

async function replayOne(app: App, record: DecisionRecord): Promise<Replayed> {
  const { trace, incident } = record;
  const base = { incident: incident.id, decision_id: trace.decision_id };
  if (record.triage.engine.kind === 'human') return { ...base, identical: true, skipped: 'a person decided', differences: [] };
  const policy = app.tables.policies.version(trace.policy_version);
  if (!policy) return { ...base, identical: false, differences: [], error: `policy version ${trace.policy_version} is not in the workspace` };
  const first = trace.calls[0]?.arguments ?? {};
  const { answers: _, snapshot: __, attempt: ___, last_access_us: ____, ...subject } = first;
  const answers = trace.calls.flatMap((c) => (c.tool === 'human_answer' && Array.isArray(c.arguments['answers']) ? c.arguments['answers'].filter(isObject) : []));
  try {
    const again = await decide({ incident, subject, answers, decision_id: trace.decision_id }, {
      run: { run_id: trace.run_id, as_of_us: trace.as_of_us, policy_version: trace.policy_version, graph_version: trace.graph_version }, policy: policy.policy, tools, call: fromTape(record),
      clock: { startedUs: () => trace.started_us, durationUs: () => trace.duration_us }, signal: new AbortController().signal, agent: agentFromTape(app, record, policy.policy),
    });
    const differences = [...diff(comparable(record), comparable(again), ''), ...signatureDifference(app, record)];
    return { ...base, identical: differences.length === 0, differences: differences.slice(0, 50) };
  } catch (error) {
    return { ...base, identical: false, differences: [], error: error instanceof Error ? error.message : String(error) };
  }
}

/** Answers from the recorded calls by tool and arguments; a question that was not asked then is an error, shown as such. */
function fromTape(record: DecisionRecord): CallPort {
  const tape = new Map(record.trace.calls.map((c) => [`${c.tool} ${canonicalize(c.arguments) ?? ''}`, c]));
  return ({ tool, call_id, arguments: args }) => {
    const call = tape.get(`${tool} ${canonicalize(args) ?? ''}`);
    if (!call) throw new Error(`${call_id}: the recording has no call of ${tool} with these arguments`);
    return Promise.resolve(call);
  };
}

/** Of an agent's work what must come out again: what it asked, by hash, and what came of it. Times and the signature are the recording's own. */
function agentView({ agent, degraded }: Decided['trace']): JsonObject {
  return { ...(agent && { agent: { turns: agent.turns.map(({ request_hash, outcome, call_id }) => ({ request_hash, outcome, call_id })), proposed: agent.proposed, agrees: agent.agrees, refused: agent.refused, stopped: agent.stopped, asked_again_plain: agent.asked_again_plain } }), ...(degraded !== undefined && { degraded }) };
}

const comparable = (d: Pick<Decided, 'triage' | 'validation' | 'route' | 'trace'>): unknown => JSON.parse(JSON.stringify({ triage: d.triage, validation: d.validation, route: d.route, claims: d.trace.claims, calls: d.trace.calls.map((c) => c.call_id), stopped: d.trace.stopped, rules_version: d.trace.rules_version, ...agentView(d.trace) }));

/** Where two JSON values differ, by path. */
function diff(a: unknown, b: unknown, path: string): { path: string; recorded: unknown; replayed: unknown }[] {
  if (Array.isArray(a) && Array.isArray(b)) return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => diff(a[i], b[i], `${path}/${i}`)).flat();
  if (isObject(a) && isObject(b)) return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) => diff(a[key], b[key], `${path}/${key}`));
  return Object.is(a, b) ? [] : [{ path, recorded: a ?? null, replayed: b ?? null }];
}

/** Two recorded decisions side by side, and where they differ. */
export function compareDecisions(app: App, input: { readonly left: string; readonly right: string }): Result<{ readonly left: unknown; readonly right: unknown; readonly differences: { path: string; recorded: unknown; replayed: unknown }[] }> {
  const left = app.tables.decisions.get(input.left), right = app.tables.decisions.get(input.right);
  if (!left || !right) return err(`there is no decision ${left ? input.right : input.left}`);
  const [a, b] = [comparable(left), comparable(right)];
  return ok({ left: a, right: b, differences: diff(a, b, '') });
}
