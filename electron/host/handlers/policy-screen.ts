import canonicalize from 'canonicalize';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { decide } from '#electron/pipeline/decide.ts';
import type { CallPort } from '#electron/pipeline/ports.ts';
import type { DecisionRecord } from '#electron/store/tables/decisions.ts';
import { tools } from '#electron/tools/all.ts';
import type { Policy } from '#shared/model/policy.ts';
import { isObject } from '#shared/lib/json.ts';
import { ok, type Result } from '#shared/lib/result.ts';
import { callTools } from '../call-tools.ts';
import type { App } from '../create-app.ts';
import { importPolicy } from '../ingest.ts';
import type { InputOf, OutputOf } from '../procedure.ts';
import { readPolicy } from '../read-policy.ts';
import { refreshGraph } from '../refresh-graph.ts';
import type { Hooks } from '../serve-requests.ts';
import { holdsAsOf } from './checked.ts';
import { decideAgain } from './imports.ts';

/** The policy in force, as its author wrote it where that is known. */
export function getPolicy(app: App): Result<OutputOf<'policy.get'>> {
  const { version, source, policy } = app.tables.policies.current();
  const written = version === 0 ? readFileSync(join(app.options.resourcesDir, 'policies', 'default.yaml'), 'utf8') : app.tables.policies.text(version);
  return ok({ version, source, policy, text: written ?? stringify(policy) });
}

/** Their answers follow from the policy, so they are asked anew. */
const BY_POLICY: ReadonlySet<string> = new Set(['policy_lookup', 'cloud_inventory']);

/**
 * Which decisions in force would flip under another policy: each is made again from its recorded calls, with the calls that read the policy made
 * anew on the current snapshot, and so are calls that nobody made then. Not seen: what the policy changes before an incident is decided (an account's
 * environment on the incident, field maps) and inside other recorded answers (the weight of production and crown jewels in a blast radius, the
 * account list in an outside access). Saving decides everything anew and so may flip more. A person's override is not touched by either.
 */
export async function previewPolicy(app: App, input: InputOf<'policy.preview'>, hooks: Hooks): Promise<Result<OutputOf<'policy.preview'>>> {
  const read = readPolicy(input.text);
  if (!read.ok) return ok({ problems: [...read.error], flips: [], checked: 0 });
  const rows = app.tables.incidents.all().filter((row) => row.incident.status !== 'closed' && row.incident.status !== 'overridden' && row.decision_id !== undefined);
  const flips: OutputOf<'policy.preview'>['flips'][number][] = [];
  let checked = 0;
  const live = new Map<number, CallPort>();
  for (const row of rows) {
    if (hooks.isCancelled()) break;
    const record = app.tables.decisions.get(row.decision_id ?? '');
    checked += 1;
    if (checked % 100 === 0) hooks.onProgress({ job: 'policy preview', done: checked, total: rows.length, unit: 'incidents' });
    if (!record || record.triage.engine.kind === 'human') continue;
    const asOf = holdsAsOf(app, row.incident.key, record.trace);
    const call = live.get(asOf) ?? callTools(app, refreshGraph(app), read.value, asOf, app.now());
    live.set(asOf, call);
    const { triage } = await decideUnder(record, read.value, asOf, call);
    const { id, entity, entity_name } = record.incident;
    if (triage.decision !== record.triage.decision || triage.priority !== record.triage.priority) flips.push({ id, entity_name: entity_name ?? entity, from: record.triage.decision, to: triage.decision, from_priority: record.triage.priority, to_priority: triage.priority });
  }
  return ok({ problems: [], flips, checked });
}

function decideUnder(record: DecisionRecord, policy: Policy, asOfUs: number, live: CallPort): ReturnType<typeof decide> {
  const { trace, incident } = record;
  const key = (tool: string, args: unknown): string => `${tool} ${canonicalize(args) ?? ''}`;
  const tape = new Map(trace.calls.filter((c) => !BY_POLICY.has(c.tool)).map((c) => [key(c.tool, c.arguments), c]));
  const { answers: _, snapshot: __, attempt: ___, last_access_us: ____, ...subject } = trace.calls[0]?.arguments ?? {};
  const answers = trace.calls.flatMap((c) => (c.tool === 'human_answer' && Array.isArray(c.arguments['answers']) ? c.arguments['answers'].filter(isObject) : []));
  return decide({ incident, subject, answers, decision_id: trace.decision_id }, {
    run: { ...trace, as_of_us: asOfUs }, policy, tools, signal: new AbortController().signal, clock: { startedUs: () => trace.started_us, durationUs: () => 0 },
    call: (request) => { const known = tape.get(key(request.tool, request.arguments)); return known ? Promise.resolve({ ...known, call_id: request.call_id, round: request.round }) : live(request); },
  });
}

/** Saves a policy, all of it or nothing, and decides what it changes. */
export async function savePolicy(app: App, input: InputOf<'policy.save'>, hooks: Hooks): Promise<Result<OutputOf<'policy.save'>>> {
  const report = importPolicy(app, 'workbench', input.text, input.by);
  const { version } = app.tables.policies.current();
  if (report.quarantined > 0) return ok({ version, problems: report.quarantined_records, decided: 0 });
  const decided = report.new > 0 ? await decideAgain(app, hooks) : ok(0);
  return decided.ok ? ok({ version, problems: [], decided: decided.value }) : decided;
}
