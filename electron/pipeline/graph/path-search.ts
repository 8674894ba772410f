import type { AttackStep } from './attack-steps.ts';

export interface SearchLimits { readonly paths: number; readonly depth: number; readonly cost: number; readonly pops: number }
/** Design 5-graph §5. */
export const searchLimits: SearchLimits = { paths: 10, depth: 12, cost: 60, pops: 500_000 };
export type Cap = keyof SearchLimits;
export interface SearchResult {
  /** Easiest first, then fewest steps, then by name. */
  readonly paths: readonly (readonly AttackStep[])[];
  /** Limits that cut something off: there may be more paths. */
  readonly caps: readonly Cap[];
  readonly pops: number;
}

/** Cost and number of steps in one integer, so that one queue orders by both. No path has as many steps as this. */
const PER_COST = 64;
const weightOf = (step: AttackStep): number => step.cost * PER_COST + 1;

interface Entry { readonly node: string; readonly weight: number; readonly depth: number; readonly step: AttackStep | undefined; readonly parent: Entry | undefined }

/**
 * The easiest simple paths from any source to a target: a Dijkstra search backwards from the target gives the exact remaining cost of every node
 * that leads there, a best-first search forwards (A*) then lists the paths in order.
 * @param into steps into a node; costs are integers of 0 and more.
 */
export function searchPaths(target: string, isSource: (urn: string) => boolean, into: (urn: string) => readonly AttackStep[], limits: SearchLimits = searchLimits): SearchResult {
  const caps = new Set<Cap>();
  const { remaining, outOf, sources, pops: spent } = searchBack(target, isSource, into, limits, caps);
  const fewest = fewestSteps(target, outOf);
  const queue = bucketQueue<Entry>();
  const most = limits.cost * PER_COST + PER_COST - 1;
  for (const source of sources) queue.push(remaining.get(source) ?? 0, { node: source, weight: 0, depth: 0, step: undefined, parent: undefined });
  const paths: (readonly AttackStep[])[] = [];
  let pops = spent;
  for (let entry = queue.pop(); entry !== undefined; entry = queue.pop()) {
    if (paths.length >= limits.paths) { caps.add('paths'); break; }
    if (++pops > limits.pops) { caps.add('pops'); break; }
    if (entry.node === target) { paths.push(stepsOf(entry)); continue; }
    for (const step of outOf.get(entry.node) ?? []) {
      const left = remaining.get(step.target);
      if (left === undefined || isOnPath(entry, step.target)) continue;
      const weight = entry.weight + weightOf(step);
      if (weight + left > most) { caps.add('cost'); continue; }
      if (entry.depth + 1 + (fewest.get(step.target) ?? 0) > limits.depth) { caps.add('depth'); continue; }
      queue.push(weight + left, { node: step.target, weight, depth: entry.depth + 1, step, parent: entry });
    }
  }
  return { paths, caps: [...caps].sort(), pops };
}

/** Exact remaining weights of all nodes from which the target can be reached within the cost, and the steps among them. */
function searchBack(target: string, isSource: (urn: string) => boolean, into: (urn: string) => readonly AttackStep[], limits: SearchLimits, caps: Set<Cap>) {
  const remaining = new Map<string, number>(), best = new Map([[target, 0]]);
  const outOf = new Map<string, AttackStep[]>();
  const sources: string[] = [];
  const queue = bucketQueue<string>();
  const most = limits.cost * PER_COST + PER_COST - 1;
  queue.push(0, target);
  let pops = 0;
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    if (remaining.has(node)) continue;
    if (++pops > limits.pops) { caps.add('pops'); break; }
    const weight = best.get(node) ?? 0;
    remaining.set(node, weight);
    // A path begins at its first source; what leads there is of no interest.
    if (node !== target && isSource(node)) { sources.push(node); continue; }
    for (const step of into(node)) {
      const steps = outOf.get(step.source);
      if (steps) steps.push(step); else outOf.set(step.source, [step]);
      const next = weight + weightOf(step);
      if (next > most) { caps.add('cost'); continue; }
      if (next < (best.get(step.source) ?? Infinity)) { best.set(step.source, next); queue.push(next, step.source); }
    }
  }
  for (const steps of outOf.values()) steps.sort((a, b) => weightOf(a) - weightOf(b) || (a.target < b.target ? -1 : 1));
  return { remaining, outOf, sources: sources.sort(), pops };
}

/** The least number of steps from each node to the target, whatever they cost: what is too far off for the depth needs no look. */
function fewestSteps(target: string, outOf: ReadonlyMap<string, readonly AttackStep[]>): ReadonlyMap<string, number> {
  const sources = new Map<string, string[]>();
  for (const step of [...outOf.values()].flat()) {
    const known = sources.get(step.target);
    if (known) known.push(step.source); else sources.set(step.target, [step.source]);
  }
  const fewest = new Map([[target, 0]]);
  let frontier = [target];
  for (let depth = 1; frontier.length > 0; depth++) {
    const next: string[] = [];
    for (const source of frontier.flatMap((node) => sources.get(node) ?? [])) {
      if (fewest.has(source)) continue;
      fewest.set(source, depth);
      next.push(source);
    }
    frontier = next;
  }
  return fewest;
}

function isOnPath(entry: Entry, node: string): boolean {
  for (let at: Entry | undefined = entry; at; at = at.parent) if (at.node === node) return true;
  return false;
}

function stepsOf(entry: Entry): readonly AttackStep[] {
  const steps: AttackStep[] = [];
  for (let at: Entry | undefined = entry; at?.step; at = at.parent) steps.push(at.step);
  return steps.reverse();
}

/** A queue over small integer keys: first in, first out within a key, so that equal graphs give equal answers. */
function bucketQueue<T>() {
  const buckets: { items: T[]; head: number }[] = [];
  let lowest = 0;
  return {
    push(key: number, value: T): void {
      (buckets[key] ??= { items: [], head: 0 }).items.push(value);
      if (key < lowest) lowest = key;
    },
    pop(): T | undefined {
      for (; lowest < buckets.length; lowest++) {
        const bucket = buckets[lowest];
        if (bucket && bucket.head < bucket.items.length) return bucket.items[bucket.head++];
        if (bucket) buckets[lowest] = { items: [], head: 0 };
      }
      return undefined;
    },
  };
}
