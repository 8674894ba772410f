import type { App } from './create-app.ts';
import { isOpenFinding, type RunStore } from '#electron/pipeline/run.ts';
import { claimDefinitions } from '#shared/model/claims.ts';
import type { IncidentRow } from '#electron/store/tables/incidents.ts';
import type { Decided } from '#electron/pipeline/decide.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Incident } from '#shared/model/incident.ts';

/** The pipeline's store over the workspace's tables. `graph` resolves what findings call an entity to the graph's own id. */
export function runStore(app: App, graph: GraphView): RunStore {
  const { tables } = app;
  const policy = tables.policies.current();
  const answered = tables.reviews.answeredKeys();
  const inForce = (row: IncidentRow): boolean => row.decision_id !== undefined && (row.incident.status !== 'overridden' || standingOverride(app, row.incident.key, app.now()) !== undefined);
  const inputs = new Map(tables.incidents.all().map((row) => [row.incident.key, inForce(row) ? row.input_hash : undefined]));
  const version = [policy.version, tables.runs.graphVersion(), tables.findings.versions(), tables.events.count()].join('.');
  const nowUs = app.now();
  const resolved = new Map<string, ReturnType<ReturnType<RunStore['correlateInput']>['resolve']>>();
  return {
    dataVersion: () => version,
    decidedInput: (key) => inputs.get(key),
    answersFor: (key) => (answered.has(key) ? currentAnswers(app, key) : []),
    correlateInput: () => ({
      findings: [...tables.findings.all()].filter(isOpenFinding), links: tables.incidents.links(), assignments: tables.incidents.assignments(),
      known: tables.incidents.all().map((row) => ({ key: row.incident.key, id: row.incident.id, status: row.incident.status, merged_into: row.merged_into })),
      resolve(entity, account) {
        const key = `${account ?? ''} ${entity}`;
        let found = resolved.get(key);
        if (!found) {
          const resource = graph.resource(entity, account);
          found = resource === undefined ? { entity, by: 'none' } : { entity: resource.urn, by: resource.urn === entity ? 'id' : 'alias', name: resource.name, only_host: onlyHost(graph, resource) };
          resolved.set(key, found);
        }
        return found;
      },
      environmentOf: (account) => (account === undefined ? undefined : policy.policy.accounts[account]?.environment),
      lastNumber: (year) => tables.incidents.lastNumber(year),
    }),
    saveCorrelated(correlated) {
      const before = new Map(tables.incidents.all().map((row) => [row.incident.key, row]));
      const assignments = tables.incidents.assignments();
      tables.transaction(() => {
        for (const { incident } of correlated.incidents) {
          const row = before.get(incident.key);
          if (!row || JSON.stringify(row.incident) !== JSON.stringify(incident)) tables.incidents.put(incident, row?.input_hash ?? '', undefined, nowUs);
          for (const f of incident.supporting_findings) if (assignments.get(f.finding_id) !== incident.key) tables.incidents.assign(f.finding_id, incident.key);
        }
        for (const gone of correlated.closed) {
          const row = before.get(gone.key);
          if (!row) continue;
          const closed: Incident = { ...row.incident, status: 'closed' };
          tables.incidents.put(closed, row.input_hash, gone.merged_into, nowUs);
          tables.outbox.withdrawOthers(gone.key, [], nowUs);
          app.audit('incident_closed', 'engine', { incident: row.incident.id, merged_into: gone.merged_into ?? null });
        }
      });
    },
    saveDecisions(batch) { tables.transaction(() => { for (const item of batch) saveDecision(app, item.decided, item.input_hash, nowUs); }); },
  };
}

/** The host behind a security group that guards exactly one. */
function onlyHost(graph: GraphView, resource: StoredResource): string | undefined {
  if (resource.kind !== 'sg') return undefined;
  const members = [...new Set(graph.edgesTo(resource.urn, 'MEMBER_OF').map((e) => e.source))].flatMap((urn) => graph.resource(urn) ?? []);
  const hosts = members.filter((m) => m.kind !== 'eni');
  return hosts.length === 1 ? hosts[0]?.urn : undefined;
}

/** The newest unexpired answer to each claim. */
export function currentAnswers(app: App, key: string): readonly { readonly claim: string; readonly value: string | number | boolean; readonly author: string; readonly note: string; readonly at_us: number }[] {
  const newest = new Map(app.tables.reviews.answers(key).filter((a) => a.expires_us >= app.now()).map((a) => [a.claim, a]));
  return [...newest.values()].toSorted((a, b) => (a.claim < b.claim ? -1 : 1)).map(({ claim, value, author, note, at_us }) => ({ claim, value, author, note, at_us }));
}

function saveDecision(app: App, decided: Decided, inputHash: string, nowUs: number): void {
  const { tables } = app;
  const { incident, triage, validation, route, trace } = decided;
  const row = tables.incidents.get(incident.key);
  const standing = row?.incident.status === 'overridden' ? standingOverride(app, incident.key, nowUs) : undefined;
  tables.decisions.add({ incident, triage, validation, route, trace, input_hash: inputHash });
  app.audit('decided', 'engine:rules', { incident: incident.id, decision_id: trace.decision_id, decision: triage.decision, priority: triage.priority, gate: validation.gate.rule, confidence: triage.confidence, calls: trace.calls.length, findings: incident.supporting_findings.length });
  if (standing) {
    tables.incidents.setDecision(incident.key, row?.decision_id ?? trace.decision_id, inputHash);
    flagWhenChanged(app, standing, decided);
    return;
  }
  const previous = row?.decision_id === undefined ? undefined : tables.decisions.brief(row.decision_id)?.triage.decision;
  // An override that got here has expired.
  if (row && row.incident.status !== 'open' && row.incident.status !== 'reopened' && (row.incident.status === 'overridden' || previous !== triage.decision)) tables.incidents.setStatus({ ...row.incident, status: 'reopened' }, nowUs);
  tables.incidents.setDecision(incident.key, trace.decision_id, inputHash);
  // Who turned a decision down need not do so again each time it is made again.
  if (row?.incident.status !== 'rejected' || previous !== triage.decision) putOutbox(app, decided, nowUs);
}

/** What goes out or waits for this decision; whatever an earlier decision wanted and nobody sent is withdrawn. */
export function putOutbox(app: App, decided: Pick<Decided, 'incident' | 'triage' | 'route' | 'trace'>, nowUs: number, heldUntil?: number): void {
  const { incident, triage, route, trace } = decided;
  const wanted = route.actions.filter((a) => a.action !== 'queue');
  app.tables.outbox.withdrawOthers(incident.key, wanted.map((a) => a.action), nowUs);
  for (const action of wanted) {
    const payload = JSON.stringify({ incident: incident.id, entity: incident.entity, issue: incident.primary_issue, decision: triage.decision, priority: triage.priority, owner: triage.owner ?? null, to: triage.routing, recommended_actions: triage.recommended_actions });
    app.tables.outbox.put({ key: incident.key, action: action.action, status: action.status, decision_id: trace.decision_id, payload, created_us: nowUs, held_until: heldUntil });
  }
}

interface Standing { readonly review_id: number; readonly claims: string | null }

/** The override in force, if its expiry has not passed. */
function standingOverride(app: App, key: string, nowUs: number): Standing | undefined {
  const all = app.tables.reviews.ofIncident(key);
  const undone = new Set(all.map((r) => r.undoes));
  return all.findLast((r) => r.action === 'override' && !undone.has(r.review_id) && (r.expires_us === null || r.expires_us >= nowUs));
}

/** New evidence that changes one of the gate claims flags an override for another look; it never replaces it. */
function flagWhenChanged(app: App, standing: Standing, decided: Decided): void {
  const now = gateClaims(decided.trace.claims);
  if (standing.claims === null || standing.claims === now) return;
  app.tables.reviews.flag(standing.review_id, `evidence changed: the engine now proposes ${decided.triage.decision} ${decided.triage.priority} (${decided.trace.decision_id})`);
  app.audit('override_flagged', 'engine', { incident: decided.incident.id, review_id: standing.review_id, decision_id: decided.trace.decision_id });
}

/** The claims that gates read, as one text to compare. */
export function gateClaims(claims: readonly { readonly claim: string; readonly value: unknown }[]): string {
  const names = Object.keys(claimDefinitions);
  return JSON.stringify(claims.filter((c) => names.includes(c.claim) && c.claim !== 'external_access').map((c) => [c.claim, c.value]).toSorted((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1)));
}
