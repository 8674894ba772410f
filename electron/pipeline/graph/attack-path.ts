import type { EdgeKind, Provenance } from '#shared/model/resource.ts';

/** One step of a path: the easiest edge between two nodes, and the kinds of all. */
export interface AttackHop {
  readonly source: string; readonly target: string; readonly kind: EdgeKind; readonly kinds: readonly EdgeKind[]; readonly cost: number; readonly why: string; readonly techniques: readonly string[];
  readonly provenance: Provenance; readonly condition?: string;
}
export interface AttackPath {
  readonly source: string; readonly target: string;
  /** What the target is: crown jewel, administrator, … */
  readonly what: string;
  readonly cost: number; readonly rank: number;
  readonly impact: number; readonly freshness: number; readonly confidence: number;
  readonly hops: readonly AttackHop[];
}
