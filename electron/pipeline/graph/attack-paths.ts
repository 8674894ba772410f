import type { GraphView, EdgeKind } from '#shared/model/resource.ts';
import { attackSteps, type AttackStep, type StepOptions } from './attack-steps.ts';
import { searchLimits, searchPaths, type Cap, type SearchLimits } from './path-search.ts';

/** What an attacker is after. `impact` from 0 to 1. */
export interface AttackTarget { readonly urn: string; readonly impact: number; readonly what: string }
export interface AttackOptions extends StepOptions {
  readonly targets: readonly AttackTarget[];
  /** Where attacks start, besides the internet: principals outside. */
  readonly sources: ReadonlySet<string>;
  /** Microseconds UTC, against which the age of what was observed is told. */
  readonly asOfUs: number;
  /** Observations older than this count less, in proportion. */
  readonly maxAgeDays: number;
  readonly limits?: SearchLimits;
}
export interface AttackHop { readonly source: string; readonly target: string; readonly kind: EdgeKind; readonly kinds: readonly EdgeKind[]; readonly cost: number; readonly why: string; readonly condition?: string }
export interface AttackPath {
  readonly source: string; readonly target: string;
  /** What the target is: crown jewel, administrator, … */
  readonly what: string;
  readonly cost: number; readonly rank: number;
  readonly impact: number; readonly freshness: number; readonly confidence: number;
  readonly hops: readonly AttackHop[];
}
/** A step on most of the listed paths to some target: mended once, it cuts them all. */
export interface ChokePoint { readonly source: string; readonly kind: EdgeKind; readonly target: string; readonly paths: number; /** Targets of which every listed path takes it. */ readonly cuts: readonly string[] }
export interface AttackPaths {
  readonly paths: readonly AttackPath[];
  readonly choke_points: readonly ChokePoint[];
  /** Targets looked at, and those that a path leads to. */
  readonly targets: number; readonly reached: number;
  /** A limit was hit: there may be more paths than listed. */
  readonly truncated: boolean;
  readonly caps: readonly Cap[];
}

/** Where everyone is; the node that derived edges start from. */
const INTERNET = 'internet';
const inferredConfidence = 0.8, conditionalConfidence = 0.7, agePerDayUs = 86_400e6;

/**
 * Attack paths from the internet and from principals outside to what is worth protecting (design 5-graph §5): for each target the ten easiest
 * simple paths, ranked by 100 × impact × 0.9^cost × freshness × confidence. Edges between the same two nodes count as one step, so any two
 * paths differ in a step that can be cut.
 */
export function attackPaths(graph: GraphView, options: AttackOptions): AttackPaths {
  const limits = options.limits ?? searchLimits;
  const steps = attackSteps(graph, options);
  const isSource = (urn: string): boolean => urn === INTERNET || options.sources.has(urn);
  const caps = new Set<Cap>();
  const paths: AttackPath[] = [];
  for (const target of options.targets) {
    const found = searchPaths(target.urn, isSource, (urn) => steps(urn, target.urn), limits);
    for (const cap of found.caps) caps.add(cap);
    paths.push(...found.paths.map((hops) => describe(graph, target, hops, options)));
  }
  paths.sort((a, b) => b.rank - a.rank || a.hops.length - b.hops.length || (idOf(a) < idOf(b) ? -1 : 1));
  return { paths, choke_points: chokePoints(paths), targets: options.targets.length, reached: new Set(paths.map((p) => p.target)).size, truncated: caps.size > 0, caps: [...caps].sort() };
}

const idOf = (path: AttackPath): string => [path.source, ...path.hops.map((h) => h.target)].join('\n');

function describe(graph: GraphView, target: AttackTarget, steps: readonly AttackStep[], options: AttackOptions): AttackPath {
  const cost = steps.reduce((sum, s) => sum + s.cost, 0);
  const freshness = Math.min(1, ...steps.flatMap((s) => [s.source, s.target]).map((urn) => freshnessOf(graph, urn, options)));
  const confidence = steps.reduce((product, s) => product * (s.inferred ? inferredConfidence : 1) * (s.condition === undefined ? 1 : conditionalConfidence), 1);
  const round = (n: number): number => Math.round(n * 1000) / 1000;
  return {
    source: steps[0]?.source ?? target.urn, target: target.urn, what: target.what, cost, impact: target.impact, freshness: round(freshness), confidence: round(confidence),
    rank: round(100 * target.impact * 0.9 ** cost * freshness * confidence),
    hops: steps.map(({ source, target: end, kind, kinds, cost: price, why, condition }) => ({ source, target: end, kind, kinds, cost: price, why, ...(condition !== undefined && { condition }) })),
  };
}

/** 1 up to the age at which facts are stale, then falling with age; a node of unknown age (the internet) takes nothing away. */
function freshnessOf(graph: GraphView, urn: string, { asOfUs, maxAgeDays }: AttackOptions): number {
  const resource = graph.resource(urn);
  const seen = Math.max(resource?.captured_us ?? 0, resource?.observed_us ?? 0);
  const days = (asOfUs - seen) / agePerDayUs;
  return seen === 0 || days <= maxAgeDays ? 1 : maxAgeDays / days;
}

/** Steps on more than half of the listed paths to a target that has several, those that serve most paths first. */
function chokePoints(paths: readonly AttackPath[]): readonly ChokePoint[] {
  const byTarget = Map.groupBy(paths, (p) => p.target);
  const found = new Map<string, { source: string; kind: EdgeKind; target: string; paths: number; isChoke: boolean; cuts: string[] }>();
  for (const [target, own] of byTarget) {
    for (const group of Map.groupBy(own.flatMap((p) => p.hops), (h) => `${h.source}\n${h.target}`).entries()) {
      const [key, hops] = group;
      const [first] = hops;
      if (!first) continue;
      const entry = found.get(key) ?? { source: first.source, kind: first.kind, target: first.target, paths: 0, isChoke: false, cuts: [] };
      entry.paths += hops.length;
      if (own.length > 1 && hops.length * 2 > own.length) entry.isChoke = true;
      if (hops.length === own.length) entry.cuts.push(target);
      found.set(key, entry);
    }
  }
  return [...found.values()].filter((e) => e.isChoke || e.cuts.length > 1).map(({ isChoke: _, ...point }) => point)
    .sort((a, b) => b.paths - a.paths || b.cuts.length - a.cuts.length || (`${a.source}\n${a.target}` < `${b.source}\n${b.target}` ? -1 : 1));
}
