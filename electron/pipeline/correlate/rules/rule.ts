import type { CorrelationFinding } from '#shared/model/finding.ts';

/** A finding as correlation sees it: its entity resolved to the graph's id where the graph knows it. */
export interface Subject { readonly finding: CorrelationFinding; readonly entity: string;
  /** What stands for the entity in keys: itself, or with its account where a bare name means different things in different accounts. */
  readonly place: string;
  readonly family: string; readonly resolved_by: 'id' | 'alias' | 'none';
  /** Something happened, by the issue's own plan: what counts is what it is, not what the tool files it under. */
  readonly detection: boolean;
  /** The one host that a security group guards, when there is exactly one: the group's hole is that host's hole. */
  readonly only_host: string | undefined;
}
/** A reason to be one incident: findings with the same key join. */
export interface JoinKey { readonly key: string; readonly why: string; readonly weight: number }

/** One rule of correlation. It names keys for findings that are its business; it may look at all of them (for time). Pure, order-independent. */
export interface CorrelationRule {
  readonly name: string;
  keys(subjects: readonly Subject[]): ReadonlyMap<Subject, readonly JoinKey[]>;
}
