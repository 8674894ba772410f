import type { CompactGraph } from '#electron/evaluate/compact-graph.ts';
import { preferenceOf } from '#shared/model/graph-meaning.ts';
import type { AttackHop, AttackPath } from './attack-path.ts';
import { attackGraph, BY_ADMINISTRATOR, type AttackGraph, type AttackGraphOptions, type Move } from './attack-graph.ts';
import { chokePoints, type ChokePoint } from './choke-points.ts';
import { searchLimits, searchPaths, type Cap, type SearchLimits } from './path-search.ts';

/** What an attacker is after. `impact` from 0 to 1. */
export interface AttackTarget { readonly urn: string; readonly impact: number; readonly what: string }
export interface AttackOptions extends AttackGraphOptions {
  readonly targets: readonly AttackTarget[];
  /** Where attacks start (`entry-points.ts`); the internet is always one. */
  readonly sources: ReadonlySet<string>;
  /** When a node was last seen, microseconds UTC; undefined for what has no age (the internet). */
  readonly seenUs: (urn: string) => number | undefined;
  /** Microseconds UTC, against which the age of what was observed is told. */
  readonly asOfUs: number;
  /** Observations older than this count less, in proportion. */
  readonly maxAgeDays: number;
  readonly limits?: SearchLimits;
}
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
 * Attack paths from the entry points to what is worth protecting (design 5-graph §5): for each target the ten easiest simple paths, ranked by
 * 100 × impact × 0.9^cost × freshness × confidence, then fewer hops, then id. Edges between the same two nodes count as one step, so any two
 * paths differ in a step that can be cut.
 */
export function attackPaths(graph: CompactGraph, options: AttackOptions): AttackPaths {
  const limits = options.limits ?? searchLimits;
  const moves = attackGraph(graph, options);
  const sources = new Set([INTERNET, ...options.sources].flatMap((urn) => graph.idOf(urn) ?? []));
  const caps = new Set<Cap>();
  const paths: AttackPath[] = [];
  for (const target of options.targets) {
    const node = graph.idOf(target.urn);
    if (node === undefined) continue;
    const found = searchPaths(moves, node, (at) => sources.has(at), limits);
    for (const cap of found.caps) caps.add(cap);
    paths.push(...found.paths.map((hops) => describe(moves, target, hops, options)));
  }
  paths.sort((a, b) => b.rank - a.rank || a.hops.length - b.hops.length || (idOf(a) < idOf(b) ? -1 : 1));
  return { paths, choke_points: chokePoints(paths), targets: options.targets.length, reached: new Set(paths.map((p) => p.target)).size, truncated: caps.size > 0, caps: [...caps].sort() };
}

const idOf = (path: AttackPath): string => [path.source, ...path.hops.map((h) => h.target)].join('\n');

function describe(moves: AttackGraph, target: AttackTarget, steps: readonly Move[], options: AttackOptions): AttackPath {
  const hops = steps.map((step) => hopOf(moves, step));
  const cost = hops.reduce((sum, h) => sum + h.cost, 0);
  const freshness = Math.min(1, ...hops.flatMap((h) => [h.source, h.target]).map((urn) => freshnessOf(urn, options)));
  const confidence = hops.reduce((product, h) => product * (h.provenance === 'inferred' ? inferredConfidence : 1) * (h.condition === undefined ? 1 : conditionalConfidence), 1);
  const round = (n: number): number => Math.round(n * 1000) / 1000;
  return {
    source: hops[0]?.source ?? target.urn, target: target.urn, what: target.what, cost, impact: target.impact, freshness: round(freshness), confidence: round(confidence),
    rank: round(100 * target.impact * 0.9 ** cost * freshness * confidence), hops,
  };
}

function hopOf({ graph, price }: AttackGraph, move: Move): AttackHop {
  const source = graph.urnOf(move.source), target = graph.urnOf(move.target);
  if (move.edge === BY_ADMINISTRATOR) {
    return { source, target, kind: 'CAN_ADMIN', kinds: ['CAN_ADMIN'], cost: move.cost, why: `administrator of account ${graph.accountOf(move.source) ?? '?'}`, techniques: ['T1078.004'], provenance: 'observed' };
  }
  const { kind, provenance, condition } = graph.edge(move.edge), { cost, why, techniques } = price(move.edge);
  const kinds = new Set([kind]);
  graph.eachOut(move.source, (edge) => { if (graph.targetOf(edge) === move.target && price(edge).cost > 0) kinds.add(graph.edgeKindOf(edge)); });
  return { source, target, kind, kinds: [...kinds].sort((a, b) => preferenceOf(a) - preferenceOf(b)), cost, why, techniques, provenance, ...(condition !== undefined && { condition }) };
}

/** 1 up to the age at which facts are stale, then falling with age; a node of unknown age (the internet) takes nothing away. */
function freshnessOf(urn: string, { seenUs, asOfUs, maxAgeDays }: AttackOptions): number {
  const seen = seenUs(urn) ?? 0, days = (asOfUs - seen) / agePerDayUs;
  return seen === 0 || days <= maxAgeDays ? 1 : maxAgeDays / days;
}
