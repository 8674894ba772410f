import { accountOf, assessExposure, assessIdentity, assessIngress, assessOutside, assessStorage } from '#electron/evaluate/assess.ts';
import { blastRadius } from '#electron/evaluate/blast-radius.ts';
import type { CallPort } from '#electron/pipeline/ports.ts';
import { tools } from '#electron/tools/all.ts';
import { isCrownJewel, productionOf, sensitivityOf } from '#electron/tools/facts/environment.ts';
import { extraSchema, subjectSchema, type Extra, type Subject, type ToolContext } from '#electron/tools/tool.ts';
import type { JsonObject } from '#shared/lib/json.ts';
import type { Call } from '#shared/model/claims.ts';
import type { Policy } from '#shared/model/policy.ts';
import type { Reachability } from '#shared/model/verdict.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { App } from './create-app.ts';
import { attackFacts } from './graph/attack-context.ts';
import { rawGraph } from './raw-graph.ts';
import { rememberSeries } from './run-events.ts';

const subjectKeys = Object.keys(subjectSchema.unwrap().shape), extraKeys = Object.keys(extraSchema.unwrap().shape);
const noExtra: Extra = extraSchema.parse({});
/** Few calls are asked anything beyond the subject. */
const extraIn = (args: JsonObject): Extra => (extraKeys.some((key) => args[key] !== undefined) ? extraSchema.parse(args) : noExtra);

/** Runs tools over the workspace's snapshot and records each call; a tool's failure is recorded, never thrown. */
export function callTools(app: App, graph: GraphView, policy: Policy, asOfUs: number, runStartedUs: number): CallPort {
  const context = toolContext(app, graph, policy, asOfUs, runStartedUs);
  const byName = new Map(tools.map((t) => [t.name, t]));
  let last: { readonly args: JsonObject; readonly subject: Subject } | undefined;
  // All calls of an incident are about one subject: what was read of it for the last one is read of the very same values.
  const subjectIn = (args: JsonObject): Subject => {
    const known = last;
    if (known && subjectKeys.every((key) => known.args[key] === args[key])) return known.subject;
    last = { args, subject: subjectSchema.parse(args) };
    return last.subject;
  };
  return ({ call_id, tool, round, arguments: args }) => {
    const started_us = app.now();
    const base = { call_id, tool, round, arguments: args, started_us };
    const done = (rest: Pick<Call, 'status' | 'output' | 'error'>): Promise<Call> => Promise.resolve({ ...base, ...rest, duration_us: Math.max(0, app.now() - started_us) });
    try {
      const found = byName.get(tool);
      if (!found) return done({ status: 'error', error: `there is no tool ${tool}` });
      return done({ status: 'ok', output: found.run(subjectIn(args), extraIn(args), context) });
    } catch (error) {
      return done({ status: 'error', error: error instanceof Error ? error.message : String(error) });
    }
  };
}

function toolContext(app: App, graph: GraphView, policy: Policy, asOfUs: number, runStartedUs: number): ToolContext {
  const { tables } = app;
  let raw: GraphView | undefined;
  let flaws: ReturnType<typeof attackFacts> | undefined;
  let coverage: ReturnType<ToolContext['events']['coverage']> | undefined;
  const ours = new Set(Object.keys(policy.accounts));
  const memo = <T>(cache: WeakMap<GraphView, Map<string, T>>, view: GraphView, key: string, make: () => T): T => {
    let byKey = cache.get(view);
    if (!byKey) { byKey = new Map(); cache.set(view, byKey); }
    let value = byKey.get(key);
    if (value === undefined) {
      value = make();
      // Incidents of one entity stand close together; what is far back is worth less than the memory.
      if (byKey.size >= MOST_REMEMBERED) byKey.clear();
      byKey.set(key, value);
    }
    return value;
  };
  const buckets = new WeakMap<GraphView, Map<string, ReturnType<typeof assessStorage>>>();
  const identities = new WeakMap<GraphView, Map<string, ReturnType<typeof assessIdentity>>>();
  const blasts = new WeakMap<GraphView, Map<string, ReturnType<typeof blastRadius>>>();
  const production = new WeakMap<StoredResource, boolean | 'unknown'>();
  const isProduction = (r: StoredResource): boolean | 'unknown' => {
    let is = production.get(r);
    if (is === undefined) { is = productionOf({ ...r, account: accountOf(graph, r) }, policy); production.set(r, is); }
    return is;
  };
  const identity = (view: GraphView, urn: string) => memo(identities, view, urn, () => assessIdentity(view, urn, ours, app.resources.identity));
  return {
    graph, rawGraph: () => (raw ??= rawGraph(graph, tables)),
    events: { ...tables.events, coverage: () => (coverage ??= tables.events.coverage()), bySourceIp: rememberSeries(tables.events.bySourceIp), byActor: rememberSeries(tables.events.byActor) },
    findings: tables.findings, resourceVersions: tables.nodes.versions, policy, asOfUs, runStartedUs, knownExploited: app.resources.knownExploited,
    evaluate: {
      bucketAccess: (view, urn) => memo(buckets, view, urn, () => assessStorage(view, urn, app.resources.identity)),
      outside: (view, urn) => assessOutside(view, urn, ours),
      ingress: (view, urn, ports = []) => overPorts(ports, (port) => assessIngress(view, urn, port, app.resources.identity)),
      exposure: (view, urn) => assessExposure(view, urn, app.resources.identity),
      identity,
      blastRadius: (view, urn) => memo(blasts, view, urn, () => blastRadius(view, urn, {
        isProduction,
        isSensitive: (r) => sensitivityOf(r, r.urn, policy).sensitive === true,
        isCrownJewel: (id) => isCrownJewel(id, policy),
        tierOf: (id) => identity(view, id).tier, isExploitable: (id) => (flaws ??= attackFacts(app, graph)).exploit(id) !== undefined,
      })),
    },
  };
}

/** Evaluations that are kept for the incidents that follow. */
const MOST_REMEMBERED = 200;

/** Ports that are evaluated one by one; more than these are asked about as a whole. */
const MOST_PORTS = 16;

/** Reachable on any of the ports that an incident names: one that is open counts, one that is not known leaves the rest open. */
function overPorts(ports: readonly { readonly port: number; readonly protocol: string }[], evaluate: (port: { readonly port?: number; readonly protocol?: string }) => Reachability): Reachability {
  const [first, ...rest] = ports;
  if (first === undefined || ports.length > MOST_PORTS) return evaluate({});
  const all = [evaluate(first), ...rest.map(evaluate)];
  const rank = (answer: string): number => (answer === 'yes' ? 0 : answer === 'unknown' ? 1 : 2);
  const best = all.toSorted((a, b) => rank(a.reachable.answer) - rank(b.reachable.answer))[0] ?? evaluate(first);
  const opens = all.map((r) => r.rule_opens).toSorted((a, b) => rank(a) - rank(b))[0] ?? best.rule_opens;
  return { ...best, rule_opens: opens, open: all.flatMap((r) => r.open) };
}
