import type { Answer, Missing, Reason } from '#shared/model/verdict.ts';
import type { Family } from '../network/cidr.ts';
import type { Workload } from './workload.ts';

export type Direction = 'ingress' | 'egress';
/** One port of one protocol. Policies know TCP, UDP and SCTP; what they do with other protocols is not defined. */
export interface Point { readonly protocol: string; readonly port: number }

/** Whom a workload talks to: pods, one address outside the cluster, or a pod that is not in the snapshot (an ingress controller). */
export type Peer =
  | { readonly kind: 'workload'; readonly workload: Workload }
  | { readonly kind: 'address'; readonly family: Family; readonly value: bigint; readonly text: string }
  | { readonly kind: 'unknown_pod'; readonly text: string };

/** What policies say to one direction of one connection. */
export interface Decision {
  readonly answer: Answer;
  /** Code of what refuses, or on what an open answer hangs. */
  readonly code?: string;
  readonly reasons: readonly Reason[];
  readonly missing: readonly Missing[];
}

export const protocols = ['TCP', 'UDP', 'SCTP'] as const;
