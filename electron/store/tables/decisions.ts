import { callSchema, type Call } from '#shared/model/claims.ts';
import { routeSchema, traceSchema, triageSchema, validationSchema, type Route, type Trace, type Triage, type Validation } from '#shared/model/decision.ts';
import { markOf } from '#shared/model/evidence-mark.ts';
import { incidentSchema, type Incident } from '#shared/model/incident.ts';
import type { Db } from '../db.ts';

export interface DecisionRecord { readonly incident: Incident; readonly triage: Triage; readonly validation: Validation; readonly route: Route; readonly trace: Trace; readonly input_hash: string }
/** What a history shows of a decision. */
export interface DecisionBrief { readonly decision_id: string; readonly decision: string; readonly priority: string; readonly confidence: number; readonly engine: string; readonly started_us: number; readonly duration_us: number }
export interface MitigatedRow { readonly incident: string; readonly entity: string; readonly primary_issue: string; readonly decision_id: string; readonly call_id: string; readonly pointer: string }
interface Stored { readonly decision_id: string; readonly input_hash: string; readonly incident: string; readonly triage: string; readonly validation: string; readonly route: string; readonly trace: string }
interface StoredCall { readonly call_id: string; readonly tool: string; readonly arguments: string; readonly status: string; readonly output: string | null; readonly error: string | null; readonly started_us: number; readonly duration_us: number; readonly round: number }

export interface StandingDecision { readonly decision: string; readonly priority: string; readonly confidence: number; readonly told_decision: string | null; readonly told_priority: string | null; readonly told_confidence: number | null; readonly calls: number }

/** A decision as the tables take it; a thread that decides prepares it, so that the one that writes only binds. */
export interface DecisionRows { readonly decision: readonly (string | number | null)[]; readonly calls: readonly (readonly (string | number | null)[])[] }
export function toDecisionRows(d: DecisionRecord): DecisionRows {
  const { trace, triage } = d;
  const { calls, ...rest } = trace;
  // Most calls of an incident are asked with the very same arguments: they are written once, with the first of them.
  const first = calls.reduce<Call | undefined>((least, c) => (least === undefined || c.call_id < least.call_id ? c : least), undefined);
  const argumentsOf = (c: Call): string => (c !== first && c.arguments === first?.arguments ? '' : JSON.stringify(c.arguments));
  return {
    decision: [trace.decision_id, trace.incident_key, trace.run_id, triage.decision, triage.priority, triage.verdict ?? null, triage.confidence, triage.owner ?? null, trace.as_of_us, trace.started_us,
      trace.duration_us, trace.policy_version, trace.graph_version, d.input_hash, JSON.stringify(trace.claims.filter((c) => c.required).map((c) => markOf(c.value, c.provenance, c.stale))), triage.owner_provenance ?? null, JSON.stringify(d.incident), JSON.stringify(triage), JSON.stringify(d.validation), JSON.stringify(d.route), JSON.stringify(rest)],
    calls: calls.map((c) => [trace.decision_id, c.call_id, c.tool, argumentsOf(c), c.status, c.output ? JSON.stringify(c.output) : null, c.error ?? null, c.started_us, c.duration_us, c.round]),
  };
}

/** Decisions with everything that they rested on: the incident as it was, tool calls, claims, gate and route. Append-only. */
export function decisionsTable(db: Db) {
  const insert = db.prepare<unknown[]>(`INSERT INTO decisions (decision_id, key, run_id, decision, priority, verdict, confidence, owner, as_of_us, started_us, duration_us, policy_version, graph_version, input_hash, evidence, owner_provenance, incident, triage, validation, route, trace)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const call = db.prepare<unknown[]>('INSERT INTO calls (decision_id, call_id, tool, arguments, status, output, error, started_us, duration_us, round) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const select = 'SELECT decision_id, input_hash, incident, triage, validation, route, trace FROM decisions';
  const get = db.prepare<[string], Stored>(`${select} WHERE decision_id = ?`);
  const brief = db.prepare<[string], Pick<Stored, 'triage' | 'validation' | 'route'>>('SELECT triage, validation, route FROM decisions WHERE decision_id = ?');
  const history = db.prepare<[string], DecisionBrief>("SELECT decision_id, decision, priority, confidence, json_extract(triage, '$.engine.kind') AS engine, started_us, duration_us FROM decisions WHERE key = ? ORDER BY started_us, decision_id");
  const calls = db.prepare<[string], StoredCall>('SELECT call_id, tool, arguments, status, output, error, started_us, duration_us, round FROM calls WHERE decision_id = ? ORDER BY call_id');
  const mitigated = db.prepare<[], MitigatedRow>(`SELECT i.id AS incident, i.entity, i.primary_issue, d.decision_id, e.value ->> 'call_id' AS call_id, e.value ->> 'pointer' AS pointer
    FROM incidents i JOIN decisions d ON d.decision_id = i.decision_id JOIN json_each(d.triage, '$.evidence') e ON e.value ->> 'claim' = 'mitigation_confirmed' AND e.value ->> 'value' = 1
    WHERE i.status <> 'closed' AND i.merged_into IS NULL ORDER BY i.id`);
  const oneCall = db.prepare<[string, string], string | null>('SELECT output FROM calls WHERE decision_id = ? AND call_id = ?').pluck();
  const ofEntity = db.prepare<[string], { id: string; decision: string | null; priority: string | null }>(`SELECT i.id, d.decision, d.priority FROM incidents i LEFT JOIN decisions d ON d.decision_id = i.decision_id
    WHERE i.entity = ? AND i.status <> 'closed' AND i.merged_into IS NULL ORDER BY d.priority, i.id`);
  const ids = db.prepare<[string], string>('SELECT decision_id FROM decisions WHERE key = ? ORDER BY started_us, decision_id').pluck();
  const standing = db.prepare<[string], StandingDecision>(`SELECT decision, priority, confidence, triage ->> '$.decision' AS told_decision, triage ->> '$.priority' AS told_priority, triage ->> '$.confidence' AS told_confidence,
    (SELECT count(*) FROM calls c WHERE c.decision_id = d.decision_id) AS calls FROM decisions d WHERE decision_id = ?`);
  const readCalls = (id: string): readonly Call[] => {
    const rows = calls.all(id), first = rows[0]?.arguments ?? '';
    return rows.map((row) => callSchema.parse({
      call_id: row.call_id, tool: row.tool, arguments: JSON.parse(row.arguments === '' ? first : row.arguments), status: row.status, started_us: row.started_us, duration_us: row.duration_us, round: row.round,
      ...(row.output !== null && { output: JSON.parse(row.output) }), ...(row.error !== null && { error: row.error }),
    }));
  };
  const read = (row: Stored): DecisionRecord => ({
    incident: incidentSchema.parse(JSON.parse(row.incident)), triage: triageSchema.parse(JSON.parse(row.triage)), validation: validationSchema.parse(JSON.parse(row.validation)),
    route: routeSchema.parse(JSON.parse(row.route)), trace: traceSchema.parse({ ...JSON.parse(row.trace), calls: readCalls(row.decision_id) }), input_hash: row.input_hash,
  });
  return {
    add(rows: DecisionRows): void {
      insert.run(...rows.decision);
      for (const row of rows.calls) call.run(...row);
    },
    /** What lists show: no calls, no trace. */
    brief(id: string): Pick<DecisionRecord, 'triage' | 'validation' | 'route'> | undefined {
      const row = brief.get(id);
      return row && { triage: triageSchema.parse(JSON.parse(row.triage)), validation: validationSchema.parse(JSON.parse(row.validation)), route: routeSchema.parse(JSON.parse(row.route)) };
    },
    /** Incidents whose decision in force cites a control that holds, with the call that shows it. */
    mitigated: () => mitigated.all(),
    /** What a recorded call returned; undefined when there is no such call or it failed. */
    callOutput(decisionId: string, callId: string): unknown { const output = oneCall.get(decisionId, callId); return output === undefined || output === null ? undefined : JSON.parse(output); },
    /** Open incidents about an entity with their decisions in force. */
    ofEntity: (entity: string) => ofEntity.all(entity),
    get: (id: string): DecisionRecord | undefined => { const row = get.get(id); return row && read(row); },
    /** All decisions of an incident in brief, oldest first. */
    history: (key: string) => history.all(key),
    /** The ids of all decisions of an incident, oldest first. */
    idsOf: (key: string): readonly string[] => ids.all(key),
    /** What the tables say of a decision, in columns and in its text; throws where the text is no JSON. */
    standing: (id: string): StandingDecision | undefined => standing.get(id),
  };
}
export type DecisionsTable = ReturnType<typeof decisionsTable>;
