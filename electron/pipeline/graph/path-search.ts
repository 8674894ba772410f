import type { AttackGraph, Move } from './attack-graph.ts';
import { bucketQueue } from './bucket-queue.ts';

export interface SearchLimits { readonly paths: number; readonly depth: number; readonly cost: number; readonly pops: number }
/** Design 5-graph §5. */
export const searchLimits: SearchLimits = { paths: 10, depth: 12, cost: 60, pops: 500_000 };
export type Cap = keyof SearchLimits;
export interface SearchResult {
  /** Easiest first, then fewest steps, then by name. */
  readonly paths: readonly (readonly Move[])[];
  /** Limits that cut something off: there may be more paths. */
  readonly caps: readonly Cap[];
  readonly pops: number;
}
/** What the search needs of a graph; `attackGraph` gives it. */
export type MoveGraph = Pick<AttackGraph, 'into' | 'outOf'> & { readonly graph: { readonly nodeCount: number; urnOf(node: number): string } };

/** Cost and number of steps in one integer, so that one queue orders by both. No path has as many steps as this. */
const PER_COST = 64;
const weightOf = (move: Move): number => move.cost * PER_COST + 1;

interface Entry { readonly node: number; readonly weight: number; readonly depth: number; readonly move: Move | undefined; readonly parent: Entry | undefined }

/**
 * The easiest simple paths from any source to a target: a Dijkstra search backwards from the target gives the exact remaining cost of every node
 * that leads there, a best-first search forwards (A*) then lists the paths in order. Costs are integers of 0 and more.
 */
export function searchPaths(moves: MoveGraph, target: number, isSource: (node: number) => boolean, limits: SearchLimits = searchLimits): SearchResult {
  const caps = new Set<Cap>();
  const back = searchBack(moves, target, isSource, limits, caps);
  const fewest = fewestSteps(moves, target, back.remaining, isSource, limits.depth);
  const out = expansions(moves, target, back.remaining);
  const queue = bucketQueue<Entry>();
  const most = limits.cost * PER_COST + PER_COST - 1;
  for (const source of back.sources) queue.push(back.remaining[source] ?? 0, { node: source, weight: 0, depth: 0, move: undefined, parent: undefined });
  const paths: (readonly Move[])[] = [];
  let pops = back.pops;
  for (let entry = queue.pop(); entry !== undefined; entry = queue.pop()) {
    if (paths.length >= limits.paths) { caps.add('paths'); break; }
    if (++pops > limits.pops) { caps.add('pops'); break; }
    if (entry.node === target) { paths.push(movesOf(entry)); continue; }
    for (const move of out(entry.node)) {
      const left = back.remaining[move.target] ?? UNREACHED;
      // A path begins at its last source: what leads from one source to another is of no interest.
      if (left === UNREACHED || isOnPath(entry, move.target) || (move.target !== target && isSource(move.target))) continue;
      const weight = entry.weight + weightOf(move);
      if (weight + left > most) { caps.add('cost'); continue; }
      if (entry.depth + 1 + (fewest.get(move.target) ?? Infinity) > limits.depth) { caps.add('depth'); continue; }
      queue.push(weight + left, { node: move.target, weight, depth: entry.depth + 1, move, parent: entry });
    }
  }
  return { paths, caps: [...caps].sort(), pops };
}

const UNREACHED = -1;

/** Exact remaining weights of all nodes from which the target can be reached within the cost. */
function searchBack(moves: MoveGraph, target: number, isSource: (node: number) => boolean, limits: SearchLimits, caps: Set<Cap>) {
  const remaining = new Int32Array(moves.graph.nodeCount).fill(UNREACHED), best = new Int32Array(moves.graph.nodeCount).fill(0x7fffffff);
  const sources: number[] = [];
  const queue = bucketQueue<number>();
  const most = limits.cost * PER_COST + PER_COST - 1;
  queue.push(0, target);
  best[target] = 0;
  let pops = 0;
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    if (remaining[node] !== UNREACHED) continue;
    if (++pops > limits.pops) { caps.add('pops'); break; }
    const weight = best[node] ?? 0;
    remaining[node] = weight;
    if (node !== target && isSource(node)) { sources.push(node); continue; }
    for (const move of moves.into(node, target)) {
      const next = weight + weightOf(move), { source } = move;
      if (next > most) { caps.add('cost'); continue; }
      if (next < (best[source] ?? 0)) { best[source] = next; queue.push(next, source); }
    }
  }
  return { remaining, sources: sources.toSorted((a, b) => (moves.graph.urnOf(a) < moves.graph.urnOf(b) ? -1 : 1)), pops };
}

/** The least number of steps from each node to the target, whatever they cost: what is too far off for the depth needs no look. */
function fewestSteps(moves: MoveGraph, target: number, remaining: Int32Array, isSource: (node: number) => boolean, depth: number): ReadonlyMap<number, number> {
  const fewest = new Map([[target, 0]]);
  let frontier = [target];
  for (let steps = 1; frontier.length > 0 && steps <= depth; steps++) {
    const next: number[] = [];
    for (const node of frontier) {
      if (node !== target && isSource(node)) continue;
      for (const { source } of moves.into(node, target)) {
        if (fewest.has(source) || remaining[source] === UNREACHED) continue;
        fewest.set(source, steps);
        next.push(source);
      }
    }
    frontier = next;
  }
  return fewest;
}

/** Moves of a node that lead on to the target, easiest first, then by name; worked out once for each node. */
function expansions(moves: MoveGraph, target: number, remaining: Int32Array): (node: number) => readonly Move[] {
  const known = new Map<number, readonly Move[]>();
  return (node) => {
    let found = known.get(node);
    if (!found) {
      found = moves.outOf(node, target).filter((m) => remaining[m.target] !== UNREACHED)
        .toSorted((a, b) => weightOf(a) - weightOf(b) || (moves.graph.urnOf(a.target) < moves.graph.urnOf(b.target) ? -1 : 1));
      known.set(node, found);
    }
    return found;
  };
}

function isOnPath(entry: Entry, node: number): boolean {
  for (let at: Entry | undefined = entry; at; at = at.parent) if (at.node === node) return true;
  return false;
}

function movesOf(entry: Entry): readonly Move[] {
  const moves: Move[] = [];
  for (let at: Entry | undefined = entry; at?.move; at = at.parent) moves.push(at.move);
  return moves.reverse();
}
