import type { CompactGraph } from '#electron/evaluate/compact-graph.ts';
import { priceOf, type AttackFacts, type Price } from '#electron/evaluate/attack-price.ts';
import { meaningOfEdge, meaningOfNode, passThroughTypes, preferenceOf } from '#shared/model/graph-meaning.ts';
import type { EdgeKind } from '#shared/model/resource.ts';

/** One move of an attacker, by number. `edge` is the easiest edge between the two nodes; -1 for an administrator's reach over its account. */
export interface Move { readonly source: number; readonly target: number; readonly edge: number; readonly cost: number }
export interface AttackGraphOptions {
  readonly facts: AttackFacts;
  /** Urns of administrators: each of AWS may do to anything of its account what it likes; those of other platforms by their edges to places and what these contain. */
  readonly administrators: readonly string[];
}

/** An administrator's move: no edge stands for it. */
export const BY_ADMINISTRATOR = -1;
const administratorCost = 1;
/** Edges at one node that are looked at. */
const maxFan = 20_000;
const UNPRICED = 255;

/** The graph as an attacker walks it: priced moves, several edges between two nodes as one, instance profiles passed through, administrators going straight for a goal. */
export interface AttackGraph {
  readonly graph: CompactGraph;
  readonly price: (edge: number) => Price;
  /** Moves into and out of a node on the way to a goal; each neighbour once. */
  into(node: number, goal: number): readonly Move[];
  outOf(node: number, goal: number): readonly Move[];
}

export function attackGraph(graph: CompactGraph, options: AttackGraphOptions): AttackGraph {
  const costs = new Uint8Array(graph.edgeSpace).fill(UNPRICED);
  const price = (edge: number): Price => (isWithin(graph, edge) ? { cost: administratorCost, why: `whoever administers ${graph.urnOf(graph.sourceOf(edge)).split(/[:/]/).at(-1) ?? ''} has what it contains`, techniques: ['T1078.004'] } : priceOf(graph.edge(edge), graph.node(graph.sourceOf(edge)), graph.node(graph.targetOf(edge)), options.facts));
  const costOf = (edge: number): number => {
    const known = costs[edge] ?? UNPRICED;
    if (known !== UNPRICED) return known;
    const cost = meaningOfEdge(graph.edgeKindOf(edge)).cost === undefined && !isWithin(graph, edge) ? 0 : price(edge).cost;
    if (edge < costs.length) costs[edge] = Math.min(cost, UNPRICED - 1);
    return cost;
  };
  const walked: Walked = { graph, costOf, leadsOn: leadsOnIn(graph) };
  const admins = administratorMoves(graph, options.administrators);
  const join = (moves: readonly Move[], more: readonly Move[], end: (m: Move) => number): readonly Move[] => {
    if (more.length === 0) return moves;
    const have = new Map(moves.map((m) => [end(m), m]));
    for (const m of more) if ((have.get(end(m))?.cost ?? Infinity) > m.cost) have.set(end(m), m);
    return [...have.values()];
  };
  return {
    graph, price,
    into: (node, goal) => join(gather(walked, node, goal, true), admins.into(node, goal), (m) => m.source),
    outOf: (node, goal) => join(gather(walked, node, goal, false), admins.outOf(node, goal), (m) => m.target),
  };
}

interface Walked { readonly graph: CompactGraph; readonly costOf: (edge: number) => number; readonly leadsOn: LeadsOn }
/** The moves that the graph's edges give at one side of a node, the easiest to each neighbour. */
function gather({ graph, costOf, leadsOn }: Walked, node: number, goal: number, isInto: boolean): readonly Move[] {
  const best = new Map<number, Move>();
  const take = (source: number, target: number, edge: number): void => {
    const cost = costOf(edge), other = isInto ? source : target;
    if (cost === 0 || source === target) return;
    const have = best.get(other);
    if (!have || isEasier(graph, edge, cost, have)) best.set(other, { source, target, edge, cost });
  };
  let looked = 0;
  const visit = (edge: number): void => {
    // What a place contains besides the goal may be all of an estate.
    if (isWithin(graph, edge) && !leadsOn(edge, goal)) return;
    if (looked++ >= maxFan) return;
    const source = graph.sourceOf(edge), target = graph.targetOf(edge), far = isInto ? source : target;
    if (!isPassing(graph, far, edge)) { take(source, target, edge); return; }
    // What holds the profile holds its role; the edge at the machine says how.
    if (isInto) graph.eachIn(far, (next) => { if (graph.edgeKindOf(next) === 'RUNS_AS') take(graph.sourceOf(next), node, next); });
    else graph.eachOut(far, (next) => { if (graph.edgeKindOf(next) === 'RUNS_AS') take(node, graph.targetOf(next), edge); });
  };
  if (isInto) graph.eachIn(node, visit); else graph.eachOut(node, visit);
  return [...best.values()];
}

/** What a place contains falls with whoever administers it; nobody else gets to such a node. */
const isWithin = (graph: CompactGraph, edge: number): boolean => graph.edgeKindOf(edge) === 'CONTAINS' && meaningOfNode(graph.kindOf(graph.sourceOf(edge))).holds === true;

/** Whether what a place contains is worth a move. It is asked once for each goal and edge. */
type LeadsOn = (edge: number, goal: number) => boolean;

/**
 * From a place straight for the goal, and down to the places in it. Where the goal is not in it, also to whoever may be let in where the goal is:
 * identities in it, and what takes on an identity that isn't.
 */
function leadsOnIn(graph: CompactGraph): LeadsOn {
  const known = new Map<number, ReadonlySet<number>>();
  /** All places that a node is in. */
  const placesOf = (node: number): ReadonlySet<number> => {
    let found = known.get(node);
    if (found) return found;
    const above = new Set<number>(), todo = [node];
    for (let at = todo.pop(); at !== undefined; at = todo.pop()) graph.eachIn(at, (edge) => { const place = graph.sourceOf(edge); if (isWithin(graph, edge) && !above.has(place)) { above.add(place); todo.push(place); } });
    known.set(node, found = above);
    return found;
  };
  return (edge, goal) => {
    const place = graph.sourceOf(edge), target = graph.targetOf(edge);
    if (target === goal || meaningOfNode(graph.kindOf(target)).holds === true) return true;
    if (placesOf(goal).has(place)) return false;
    if (graph.kindOf(target) === 'identity') return true;
    let isLeading = false;
    graph.eachOut(target, (next) => { isLeading ||= takesOn.has(graph.edgeKindOf(next)) && !placesOf(graph.targetOf(next)).has(place); });
    return isLeading;
  };
}
const takesOn: ReadonlySet<string> = new Set<EdgeKind>(['RUNS_AS', 'CAN_ASSUME']);

/** An instance profile is how an instance holds a role, not a place to be in. */
const isPassing = (graph: CompactGraph, node: number, edge: number): boolean => graph.edgeKindOf(edge) === 'RUNS_AS' && passThroughTypes.has(graph.typeOf(node));

function isEasier(graph: CompactGraph, edge: number, cost: number, have: Move): boolean {
  if (cost !== have.cost) return cost < have.cost;
  if (have.edge < 0) return false;
  const order = preferenceOf(graph.edgeKindOf(edge)) - preferenceOf(graph.edgeKindOf(have.edge));
  return order < 0 || (order === 0 && (graph.edge(edge).reason ?? '') < (graph.edge(have.edge).reason ?? ''));
}

/** An administrator goes straight for the goal in its account; for one in another account it may use whoever of its own is let in there. */
function administratorMoves(graph: CompactGraph, administrators: readonly string[]) {
  const all = new Set(administrators.flatMap((urn) => graph.idOf(urn) ?? []).filter((node) => graph.typeOf(node).startsWith('AWS::')));
  const byAccount = Map.groupBy(all, (node) => graph.accountOf(node));
  const identities = new Map<string, readonly number[]>();
  const identitiesOf = (account: string): readonly number[] => {
    let known = identities.get(account);
    if (!known) {
      known = Array.from({ length: graph.nodeCount }, (_, node) => node).filter((node) => graph.kindOf(node) === 'identity' && graph.isKnown(node) && graph.accountOf(node) === account && !all.has(node));
      identities.set(account, known);
    }
    return known;
  };
  const move = (source: number, target: number): Move => ({ source, target, edge: BY_ADMINISTRATOR, cost: administratorCost });
  return {
    into(node: number, goal: number): readonly Move[] {
      const account = graph.accountOf(node);
      if (account === undefined || all.has(node)) return [];
      if (node !== goal && !(graph.kindOf(node) === 'identity' && graph.accountOf(goal) !== account)) return [];
      return (byAccount.get(account) ?? []).map((admin) => move(admin, node));
    },
    outOf(node: number, goal: number): readonly Move[] {
      const account = graph.accountOf(node);
      if (account === undefined || !all.has(node) || all.has(goal)) return [];
      if (graph.accountOf(goal) === account) return [move(node, goal)];
      return identitiesOf(account).map((identity) => move(node, identity));
    },
  };
}
