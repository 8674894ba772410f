import type { EdgeKind } from '#shared/model/resource.ts';
import type { AttackPath } from './attack-path.ts';

/** A step on most of the listed paths: mended once, it cuts them all. */
export interface ChokePoint {
  readonly source: string; readonly kind: EdgeKind; readonly target: string;
  /** Listed paths that take it, and their places in the list. */
  readonly paths: number; readonly closes: readonly number[];
  /** Targets of which every listed path takes it. */
  readonly cuts: readonly string[];
}
/** A node that most listed paths go through: what happens to whoever may get in there closes them. */
export interface ChokeNode { readonly urn: string; readonly closes: readonly number[] }

/** Steps on more than half of the listed paths to a target that has several, or that cut off several targets; those that serve most paths first. */
export function chokePoints(paths: readonly AttackPath[]): readonly ChokePoint[] {
  const found = new Map<string, { source: string; kind: EdgeKind; target: string; closes: number[]; isChoke: boolean; cuts: string[] }>();
  for (const [target, own] of Map.groupBy(paths.map((path, place) => ({ path, place })), ({ path }) => path.target)) {
    const taken = own.flatMap(({ path, place }) => path.hops.map((hop) => ({ hop, place })));
    for (const [key, uses] of Map.groupBy(taken, ({ hop }) => `${hop.source}\n${hop.target}`)) {
      const [first] = uses;
      if (!first) continue;
      const entry = found.get(key) ?? { source: first.hop.source, kind: first.hop.kind, target: first.hop.target, closes: [], isChoke: false, cuts: [] };
      entry.closes.push(...uses.map(({ place }) => place));
      if (own.length > 1 && uses.length * 2 > own.length) entry.isChoke = true;
      if (uses.length === own.length) entry.cuts.push(target);
      found.set(key, entry);
    }
  }
  return [...found.values()].filter((e) => e.isChoke || e.cuts.length > 1)
    .map(({ isChoke: _, closes, ...point }) => ({ ...point, paths: closes.length, closes: closes.toSorted((a, b) => a - b) }))
    .sort((a, b) => b.paths - a.paths || b.cuts.length - a.cuts.length || (`${a.source}\n${a.target}` < `${b.source}\n${b.target}` ? -1 : 1));
}

/** The node that most paths go through or end at, of those that some path only passes; undefined when none is on more than half of several. */
export function chokeNode(paths: readonly AttackPath[]): ChokeNode | undefined {
  const closes = new Map<string, number[]>(), passed = new Set(paths.flatMap((path) => path.hops.slice(0, -1).map((hop) => hop.target)));
  paths.forEach((path, place) => {
    for (const urn of new Set(path.hops.map((hop) => hop.target))) closes.set(urn, [...closes.get(urn) ?? [], place]);
  });
  const [best] = [...closes].filter(([urn]) => passed.has(urn)).map(([urn, places]) => ({ urn, closes: places })).sort((a, b) => b.closes.length - a.closes.length || (a.urn < b.urn ? -1 : 1));
  return best && paths.length > 1 && best.closes.length * 2 > paths.length ? best : undefined;
}
