import { blastRadius, containedIn } from '#electron/evaluate/blast-radius.ts';
import type { CompactGraph } from '#electron/evaluate/compact-graph.ts';
import { reachCompact } from '#electron/evaluate/compact-reach.ts';
import { isWithheld } from '#electron/evaluate/k8s/workload.ts';
import { dependencies, type Walk } from '#electron/evaluate/compromise-walk.ts';
import { attackPaths, type AttackPaths } from '#electron/pipeline/graph/attack-paths.ts';
import { entryPoints, type EntryPoints } from '#electron/pipeline/graph/entry-points.ts';
import { sliceOf, type Slice } from '#electron/pipeline/graph/slice.ts';
import { toxicCombinations, type ToxicCombination } from '#electron/pipeline/graph/toxic-combinations.ts';
import { isCrownJewel, productionOf, sensitivityOf } from '#electron/tools/facts/environment.ts';
import { awsUrn } from '#shared/model/aws.ts';
import { meaningOfEdge } from '#shared/model/graph-meaning.ts';
import type { Policy } from '#shared/model/policy.ts';
import type { Edge, GraphView, StoredResource } from '#shared/model/resource.ts';
import type { BlastRadius, IdentityAccess } from '#shared/model/verdict.ts';
import type { App } from '../create-app.ts';
import { newestUs } from '../newest.ts';
import { refreshGraph } from '../refresh-graph.ts';
import { administratorsOf, attackFacts, compromisedIdentities, targetOf, targetsOf, tierIn } from './attack-context.ts';
import { liveGraph, type LiveGraph } from './live-graph.ts';
import { queryCache, type QueryCache } from './query-cache.ts';
import { exposedTo, reachableFrom } from './reachable.ts';

export interface PathsAnswer extends AttackPaths { readonly graph_version: number; readonly as_of: string; readonly entries: EntryPoints; /** Edges in the graph. */ readonly edges: number }
export interface Neighbours { readonly total: number; readonly shown: readonly { readonly urn: string; readonly edges: readonly Edge[] }[]; readonly hidden: number }
export type Direction = 'in' | 'out' | 'both';

/** Everything that is asked of the graph, by the command line, the canvas and the tools: one graph in memory, one cache. Answers hold for `version`. */
export interface GraphQueries {
  readonly version: number;
  readonly view: GraphView;
  readonly graph: CompactGraph;
  readonly policy: Policy;
  readonly entries: EntryPoints;
  paths(to?: string): PathsAnswer;
  toxic(): readonly ToxicCombination[];
  slice(urn: string, depth: number): Slice;
  blast(urn: string): BlastRadius;
  /** Who could get to an entity. */
  reverse(urn: string): Walk;
  /** Data flow, which is no compromise. */
  dependencies(urn: string): ReturnType<typeof dependencies>;
  /** One hop around a node, in the order of the neighbours' ids with steps of an attacker first. */
  neighbours(urn: string, page: { readonly direction: Direction; readonly offset: number; readonly limit: number }): Neighbours;
}

interface Memory {
  readonly live: LiveGraph; readonly cache: QueryCache; stamp: string; entries: EntryPoints;
  /** Edges laid over the stored graph, and over which; a graph that was loaded anew has none. */
  extra: readonly number[]; laidOn: CompactGraph | undefined;
}
const memories = new WeakMap<App, Memory>();

/** The queries over the graph as it is now. What is only derived from findings and policy (entry points) is laid over the stored graph. */
export function graphQueries(app: App): GraphQueries {
  const view = refreshGraph(app);
  const { tables } = app, { policy, version: policyVersion } = tables.policies.current();
  let memory = memories.get(app);
  if (!memory) { memory = { live: liveGraph(tables.graphRows, view.version), cache: queryCache(), stamp: '', extra: [], laidOn: undefined, entries: { points: [], edges: [] } }; memories.set(app, memory); }
  const { live, cache } = memory;
  const isNew = live.version !== view.version || memory.stamp === '';
  if (live.version !== view.version) cache.drop(live.follow(view.version));
  // Findings and policy decide what is exploitable, sensitive or worth protecting.
  const stamp = `${policyVersion} ${tables.findings.versions()}`;
  if (memory.stamp !== stamp) cache.drop('all');
  if (isNew || memory.stamp !== stamp) cache.drop(layEntries(memory, entryPoints(view, { accounts: new Set(Object.keys(policy.accounts)), compromised: compromisedIdentities(app, view) })));
  memory.stamp = stamp;
  return queries(app, view, live.graph, policy, memory.entries, cache);
}

/** Lays the edges from entry points over the stored graph, instead of those from before. @returns the urns at which something is different. */
function layEntries(memory: Memory, entries: EntryPoints): ReadonlySet<string> {
  const { graph } = memory.live, before = memory.extra.filter((edge) => !graph.isGone(edge)).map((edge) => graph.edge(edge));
  const isLaid = before.length === memory.extra.length && JSON.stringify(before) === JSON.stringify(entries.edges.map((e) => ({ ...e, ...(e.cost !== undefined && { cost: Math.round(e.cost) }) })));
  memory.entries = entries;
  if (isLaid && graph === memory.laidOn) return new Set();
  if (graph === memory.laidOn) for (const edge of memory.extra) graph.removeEdge(edge);
  memory.laidOn = graph;
  memory.extra = entries.edges.map((edge) => graph.addEdge(edge));
  return new Set([...before, ...entries.edges].flatMap((e) => [e.source, e.target]));
}

function queries(app: App, view: GraphView, graph: CompactGraph, policy: Policy, entries: EntryPoints, cache: QueryCache): GraphQueries {
  const tier = memo(tierIn(app, view));
  const administrators = (): readonly string[] => cache.get('administrators', () => ({ value: administratorsOf(app, view).map((a) => a.urn), touched: 'all' }));
  const facts = lazy(() => attackFacts(app, view));
  const isExploitable = (urn: string): boolean => facts().exploit(urn) !== undefined;
  const canonical = (urn: string): string => view.resource(urn)?.urn ?? urn;
  return {
    version: view.version, view, graph, policy, entries,
    paths: (to) => cache.get(`paths ${to ?? ''}`, () => {
      const asOfUs = newestUs(app), admins = administrators();
      const targets = to === undefined ? targetsOf(app, admins, policy) : [targetOf(canonical(to), admins, policy)];
      const found = attackPaths(graph, {
        facts: facts(), administrators: admins, targets, sources: new Set(entries.points.map((p) => p.urn)), asOfUs, maxAgeDays: policy.thresholds.max_age_days,
        seenUs: (urn) => { const r = view.resource(urn); return r && Math.max(r.captured_us ?? 0, r.observed_us ?? 0); },
      });
      return { value: { ...found, entries, edges: graph.edgeCount, graph_version: view.version, as_of: new Date(asOfUs / 1000).toISOString() }, touched: 'all' };
    }),
    toxic: () => cache.get('toxic', () => ({ value: toxicCombinations(toxicFacts(app, view, graph, policy, entries, facts(), tier)), touched: 'all' })),
    slice: (urn, depth) => cache.get(`slice ${depth} ${urn}`, () => {
      const value = sliceOf(graph, canonical(urn), depth);
      return { value, touched: new Set([value.upstream, value.downstream, value.ingress, value.egress, value.identity, value.blast].flatMap((p) => p.nodes.map((n) => n.urn))) };
    }),
    blast: (urn) => cache.get(`blast ${urn}`, () => {
      const value = blastRadius(view, urn, {
        isProduction: (r) => productionOf(r, policy), isSensitive: (r) => sensitivityOf(r, r.urn, policy).sensitive === true, isCrownJewel: (id) => isCrownJewel(id, policy), tierOf: tier, isExploitable,
        reach: (start, tierOf) => blastWalk(view, graph, start, tierOf, isExploitable),
      });
      return { value, touched: new Set(value.reached.map((r) => r.urn)) };
    }),
    reverse: (urn) => cache.get(`reverse ${urn}`, () => {
      const start = graph.idOf(canonical(urn));
      const { reached, truncated } = start === undefined ? { reached: [], truncated: false } : reachCompact(graph, start, { backward: true, isExploitable, isWithheld: (id) => isWithheld(view, id) });
      const value = { truncated, reached: named(view, graph, reached.filter((r) => r.node !== start), true) };
      return { value, touched: new Set([canonical(urn), ...value.reached.map((r) => r.urn)]) };
    }),
    dependencies: (urn) => dependencies(view, canonical(urn)),
    neighbours: (urn, { direction, offset, limit }) => {
      const all = cache.get(`neighbours ${direction} ${urn}`, () => {
        const value = neighboursOf(graph, urn, direction);
        return { value, touched: new Set([urn, ...value.map((n) => n.urn)]) };
      });
      return { total: all.length, shown: all.slice(offset, offset + limit), hidden: Math.max(0, all.length - offset - limit) };
    },
  };
}

function neighboursOf(graph: CompactGraph, urn: string, direction: Direction): readonly { readonly urn: string; readonly edges: readonly Edge[] }[] {
  const node = graph.idOf(urn), found = new Map<number, Edge[]>();
  if (node === undefined) return [];
  const take = (other: number, edge: number): void => {
    if (other === node) return;
    const edges = found.get(other);
    if (edges) edges.push(graph.edge(edge)); else found.set(other, [graph.edge(edge)]);
  };
  if (direction !== 'in') graph.eachOut(node, (edge) => { take(graph.targetOf(edge), edge); });
  if (direction !== 'out') graph.eachIn(node, (edge) => { take(graph.sourceOf(edge), edge); });
  const isStep = (edges: readonly Edge[]): boolean => edges.some((e) => meaningOfEdge(e.kind).cost !== undefined);
  return [...found].map(([other, edges]) => ({ urn: graph.urnOf(other), edges })).sort((a, b) => Number(isStep(b.edges)) - Number(isStep(a.edges)) || (a.urn < b.urn ? -1 : 1));
}

/** The compromise walk over the graph in memory, in the words of the evaluation. */
function blastWalk(view: GraphView, graph: CompactGraph, start: string, tierOf: (r: StoredResource) => IdentityAccess['tier'], isExploitable: (urn: string) => boolean): Walk {
  const node = graph.idOf(start);
  if (node === undefined) return { reached: [{ urn: start, probability: 1, why: 'the entity itself', resource: view.resource(start) }], truncated: false };
  const accountOfAdmin = (at: number): number | undefined => {
    const account = graph.kindOf(at) === 'identity' ? graph.accountOf(at) : undefined, resource = account === undefined ? undefined : view.resource(graph.urnOf(at));
    return account !== undefined && resource && tierOf(resource) === 'tier0' ? graph.idOf(view.resource(awsUrn.account(account))?.urn ?? '') : undefined;
  };
  const { reached, truncated } = reachCompact(graph, node, { isExploitable, accountOfAdmin, isWithheld: (urn) => isWithheld(view, urn) });
  return { reached: named(view, graph, reached, false), truncated };
}

const shortName = (urn: string): string => urn.split(/[:/]/).at(-1) ?? urn;

function named(view: GraphView, graph: CompactGraph, reached: ReturnType<typeof reachCompact>['reached'], isBackward: boolean): Walk['reached'] {
  const why = (via: number, from: number): string => {
    const name = shortName(graph.urnOf(from));
    if (via === -1) return 'the entity itself';
    if (via === -2) return `administrator ${name} of the account`;
    if (via === -3) return containedIn(graph.kindOf(from), graph.urnOf(from));
    const { kind, reason } = graph.edge(via);
    return isBackward ? `${kind} to ${name}` : `${kind}${reason === undefined ? '' : ` (${reason})`} from ${name}`;
  };
  return reached.map(({ node, probability, via, from }) => ({ urn: graph.urnOf(node), probability, why: why(via, from), resource: view.resource(graph.urnOf(node)) }))
    .sort((a, b) => b.probability - a.probability || (a.urn < b.urn ? -1 : 1));
}

function toxicFacts(app: App, view: GraphView, graph: CompactGraph, policy: Policy, entries: EntryPoints, facts: ReturnType<typeof attackFacts>, tier: (urn: string) => IdentityAccess['tier']): Parameters<typeof toxicCombinations>[0] {
  const canonical = (urn: string): string => view.resource(urn)?.urn ?? urn;
  const known = (value: boolean | 'unknown'): 'yes' | 'no' | 'unknown' => (value === 'unknown' ? 'unknown' : value ? 'yes' : 'no');
  const images = new Set(app.tables.findings.vulnerable());
  const running = [...images].flatMap((entity) => [canonical(entity), ...view.edgesTo(entity, 'USES_IMAGE').map((e) => e.source)]);
  return {
    graph, entries, exploit: facts.exploit, tier, reachable: reachableFrom(view, app.resources.identity), exposed: exposedTo(view, app.resources.identity),
    exploitable: [...new Set(running)].filter((urn) => view.resource(urn) !== undefined && facts.exploit(urn) !== undefined).sort(),
    sensitive: (urn) => { const { sensitive, why } = sensitivityOf(view.resource(urn), urn, policy); return { answer: known(sensitive), why }; },
    production: (urn) => { const resource = view.resource(urn); return resource ? { answer: known(productionOf(resource, policy)), why: 'by account and tags' } : { answer: 'unknown', why: 'it is not in the inventory' }; },
    reported: (types) => app.tables.findings.byIssue(types).map(({ finding_id, entity, issue_type, title }) => ({ finding_id, entity: canonical(entity), issue_type, title })),
  };
}

function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
function memo<T>(make: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => { const have = known.get(key); if (have !== undefined) return have; const value = make(key); known.set(key, value); return value; };
}
