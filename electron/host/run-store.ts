import type { App } from './create-app.ts';
import type { ResolvedEntity } from '#electron/pipeline/correlate/clusters.ts';
import type { CorrelateInput } from '#electron/pipeline/correlate/correlate.ts';
import { cutIntoParts } from '#electron/pipeline/correlate/parts.ts';
import type { Correlation, Kept, RunStore, SavedCorrelation } from '#electron/pipeline/run.ts';
import type { LatestDecision } from '#electron/store/tables/latest.ts';
import type { DecisionToSave } from './decision-rows.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';

interface Run { readonly run_id: string; readonly as_of_us: number }
/** Findings that are correlated at once: each takes about a kilobyte until it is saved. More are cut into parts, which costs some time when little is new. */
const MOST_AT_ONCE = 100_000;
/** Findings of a part. */
const PART = 50_000;

/** The pipeline's store over the workspace's tables. `graph` resolves what findings call an entity to the graph's own id. */
export function runStore(app: App, graph: GraphView, run: Run): RunStore<DecisionToSave> {
  const { tables } = app;
  const policy = tables.policies.current();
  const answered = tables.reviews.answeredKeys();
  const version = [policy.version, tables.runs.graphVersion(), tables.findings.versions(), tables.events.count()].join('.');
  const nowUs = app.now();
  return {
    dataVersion: () => version,
    latest: (key) => latestInForce(app, key, nowUs),
    answersFor: (key) => (answered.has(key) ? currentAnswers(app, key) : []),
    correlations: () => correlations(app, graph),
    saveCorrelated(correlated, correlation) { tables.transaction(() => { saveCorrelated(app, correlated, correlation, nowUs); }); },
    closeRest() {
      const over = tables.parts.over();
      if (over.length > 0) tables.transaction(() => { for (const key of over) close(app, key, undefined, nowUs); });
    },
    saveDecisions(batch) { tables.transaction(() => { for (const item of batch) saveDecision(app, item, nowUs); }); },
    saveKept(kept, checked) { tables.transaction(() => { saveKept(app, run, kept, checked, nowUs); }); },
  };
}

/** What is correlated, all at once or in parts; each is read when its turn comes. */
function* correlations(app: App, graph: GraphView): Iterable<() => Correlation> {
  const { tables } = app, { policy } = tables.policies.current(), resolve = resolver(graph);
  const { correlateAtOnce: given } = app.options;
  const parts = tables.parts.openCount() <= (given ?? MOST_AT_ONCE) ? [undefined] : cutIntoParts(tables.parts.entities(), resolve, tables.parts.together(), given ?? PART);
  for (const part of parts) {
    yield () => ({
      findings: [...tables.findings.open(part)], links: tables.incidents.links(), assignments: part === undefined ? tables.incidents.assignments() : tables.parts.assignments(part),
      known: (part === undefined ? tables.incidents.briefs() : tables.parts.incidents(part)).map((row) => ({ key: row.key, id: row.id, status: row.status, merged_into: row.merged_into ?? undefined })),
      resolve, isTaken: (key) => tables.incidents.brief(key) !== undefined,
      environmentOf: (account) => (account === undefined ? undefined : policy.accounts[account]?.environment),
      lastNumber: (year) => tables.incidents.lastNumber(year),
    });
  }
}

function saveCorrelated(app: App, { incidents, closed }: SavedCorrelation, { known, assignments }: Pick<Correlation, 'known' | 'assignments'>, nowUs: number): void {
  const { tables } = app, before = new Map(known.map((row) => [row.key, row]));
  for (const incident of incidents) {
    const row = before.get(incident.key);
    if (!row || !tables.incidents.isSame(incident)) tables.incidents.put(incident, undefined, nowUs);
    // When it closed, what waited to go out was taken back: it is wanted again, also where the decision is the same.
    if (row?.status === 'closed') tables.latest.drop(incident.key);
    for (const f of incident.supporting_findings) if (assignments.get(f.finding_id) !== incident.key) tables.incidents.assign(f.finding_id, incident.key);
  }
  for (const gone of closed) close(app, gone.key, gone.merged_into, nowUs);
}

function close(app: App, key: string, mergedInto: string | undefined, nowUs: number): void {
  const row = app.tables.incidents.get(key);
  if (!row) return;
  app.tables.incidents.put({ ...row.incident, status: 'closed' }, mergedInto, nowUs);
  app.tables.outbox.withdrawOthers(key, [], nowUs);
  app.audit('incident_closed', 'engine', { incident: row.incident.id, merged_into: mergedInto ?? null });
}

/** Entities that are remembered, as their parts follow each other. */
const MOST_RESOLVED = 50_000;

/** What the graph calls an entity. Each is looked up once, in a very large workspace twice; what was found goes with whoever correlates. */
function resolver(graph: GraphView): CorrelateInput['resolve'] {
  const resolved = new Map<string, ResolvedEntity>();
  return (entity, account) => {
    const key = `${account ?? ''} ${entity}`;
    let found = resolved.get(key);
    if (!found) {
      const resource = graph.resource(entity, account);
      found = resource === undefined ? { entity, by: 'none' } : { entity: resource.urn, by: resource.urn === entity ? 'id' : 'alias', name: resource.name, only_host: onlyHost(graph, resource) };
      if (resolved.size >= MOST_RESOLVED) resolved.clear();
      resolved.set(key, found);
    }
    return found;
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

function saveDecision(app: App, decided: DecisionToSave, nowUs: number): void {
  const { incidents, decisions, latest } = app.tables;
  const row = incidents.brief(decided.key);
  const standing = row?.status === 'overridden' ? standingOverride(app, decided.key, nowUs) : undefined;
  decisions.add(decided.rows);
  latest.put(decided.latest);
  app.audit('decided', decided.engine, decided.audit, decided.key_id);
  if (standing) {
    flagWhenChanged(app, standing, decided);
    return;
  }
  const previous = row?.decision_id == null ? undefined : decisions.brief(row.decision_id)?.triage.decision;
  // An override that got here has expired.
  if (row && row.status !== 'open' && row.status !== 'reopened' && (row.status === 'overridden' || previous !== decided.decision)) reopen(app, decided.key, nowUs);
  incidents.setDecision(decided.key, decided.decision_id);
  // Who turned a decision down need not do so again each time it is made again.
  if (row?.status !== 'rejected' || previous !== decided.decision) putOutbox(app, decided, nowUs);
}

/** Notes that decisions hold for what is there now. */
function saveKept(app: App, { run_id, as_of_us }: Run, kept: readonly Kept[], checked: number, nowUs: number): void {
  for (const { key, outcome, input_hash, under } of kept) {
    app.tables.latest.hold({ key, outcome, input_hash, run_id });
    const standing = under && standingOverride(app, key, nowUs);
    // Who overrode again did so over the decision before.
    if (under && standing?.flagged === false) flagWhenChanged(app, standing, under);
  }
  app.audit('checked_again', 'engine', { run_id, as_of_us, checked, kept: kept.length });
}

/** The machine's newest decision of an incident, where it is in force or an override stands before it. */
function latestInForce(app: App, key: string, nowUs: number): LatestDecision | undefined {
  const one = app.tables.latest.get(key), row = one && app.tables.incidents.brief(key);
  if (row === undefined || row.status === 'closed') return undefined;
  return (row.status === 'overridden' ? standingOverride(app, key, nowUs) !== undefined : row.decision_id === one?.decision_id) ? one : undefined;
}

function reopen(app: App, key: string, nowUs: number): void {
  const incident = app.tables.incidents.get(key)?.incident;
  if (incident) app.tables.incidents.setStatus({ ...incident, status: 'reopened' }, nowUs);
}

/** What goes out or waits for this decision; whatever an earlier decision wanted and nobody sent is withdrawn. */
export function putOutbox(app: App, decided: Pick<DecisionToSave, 'key' | 'decision_id' | 'outgoing'>, nowUs: number, heldUntil?: number): void {
  app.tables.outbox.withdrawOthers(decided.key, decided.outgoing.map((a) => a.action), nowUs);
  for (const { action, status, payload } of decided.outgoing) app.tables.outbox.put({ key: decided.key, action, status, decision_id: decided.decision_id, payload, created_us: nowUs, held_until: heldUntil });
}

interface Standing { readonly review_id: number; readonly claims: string | null; readonly flagged: boolean }

/** The override in force, if its expiry has not passed. */
function standingOverride(app: App, key: string, nowUs: number): Standing | undefined {
  const all = app.tables.reviews.ofIncident(key);
  const undone = new Set(all.map((r) => r.undoes));
  const found = all.findLast((r) => r.action === 'override' && !undone.has(r.review_id) && (r.expires_us === null || r.expires_us >= nowUs));
  return found && { review_id: found.review_id, claims: found.claims, flagged: found.flagged !== null };
}

/** New evidence that changes one of the gate claims flags an override for another look; it never replaces it. */
function flagWhenChanged(app: App, standing: Standing, decided: NonNullable<Kept['under']>): void {
  if (standing.claims === null || standing.claims === decided.gate_claims) return;
  app.tables.reviews.flag(standing.review_id, `evidence changed: the engine now proposes ${decided.decision} ${decided.priority} (${decided.decision_id})`);
  app.audit('override_flagged', 'engine', { incident: decided.incident, review_id: standing.review_id, decision_id: decided.decision_id });
}
