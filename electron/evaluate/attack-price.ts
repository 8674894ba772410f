import { conditionCost, meaningOfEdge, proofCost } from '#shared/model/graph-meaning.ts';
import type { Edge, NodeKind } from '#shared/model/resource.ts';

/** An exploitable flaw: KEV 1, EPSS of 0.5 and more 2, critical 4, high 6 (design 5-graph §5). */
export interface Exploit { readonly cost: number; readonly why: string }
/** What is known of nodes beside the graph's edges. */
export interface AttackFacts {
  /** The easiest flaw of a node. */
  readonly exploit: (urn: string) => Exploit | undefined;
  /** Version of the metadata service that hands out a machine's credentials; undefined when its record doesn't say. */
  readonly metadata: (urn: string) => 1 | 2 | undefined;
}
export interface Price {
  /** 1 easy … 10 hard and more under conditions; 0 when no attacker goes that way. */
  readonly cost: number;
  readonly why: string;
  /** ATT&CK techniques. */
  readonly techniques: readonly string[];
}
interface End { readonly urn: string; readonly kind: NodeKind; readonly type?: string }

const nowhere: Price = { cost: 0, why: '', techniques: [] };
/** Reading a secret costs more than reading data: what it opens has still to be found. */
const secretCost = 2;

/** What it costs an attacker to follow an edge, why it is possible and which techniques that is (design 5-graph §5, one place for all platforms). */
export function priceOf(edge: Edge, source: End, target: End, facts: AttackFacts): Price {
  const meaning = meaningOfEdge(edge.kind);
  if (meaning.cost === undefined || (meaning.onlyTo !== undefined && !meaning.onlyTo.includes(target.kind))) return nowhere;
  const isSecret = edge.kind === 'CAN_READ' && target.kind === 'secret_key';
  const base = edge.cost ?? (isSecret ? secretCost : meaning.cost);
  const cost = base + addedCost(edge), reason = edge.reason ?? '';
  const techniques = techniquesOf(edge, source.kind, target.kind, meaning.techniques ?? []);
  if (edge.kind === 'RUNS_AS' && (source.kind === 'vm' || source.kind === 'node')) return machineCredentials(edge, facts.metadata(source.urn), cost);
  if (edge.kind !== 'NET_REACH') return { cost, why: reason, techniques };
  const exploit = facts.exploit(target.urn);
  if (exploit && exploit.cost < cost) return { cost: exploit.cost, why: reason === '' ? exploit.why : `${reason}; ${exploit.why}`, techniques: ['T1190'] };
  // An open door without a known flaw: remote services, to be tried with credentials.
  return { cost, why: reason, techniques: exploit ? ['T1190'] : ['T1133'] };
}

/** Stored costs of identity edges hold what their conditions add, except those of escalations. */
function addedCost(edge: Edge): number {
  if (edge.condition === undefined || (edge.cost !== undefined && edge.kind !== 'PRIVESC')) return 0;
  return /sts:ExternalId|aws:MultiFactorAuth|"mfa"/i.test(edge.condition) ? proofCost : conditionCost;
}

/** A machine's role is had by asking its metadata service; version 2 needs code on the machine, version 1 only a request that it forwards. */
function machineCredentials(edge: Edge, version: 1 | 2 | undefined, stored: number): Price {
  const isV2 = version === 2;
  const cost = version === undefined ? stored : edge.condition === undefined ? version : version + conditionCost;
  return { cost, why: `instance metadata gives the role's credentials (${isV2 ? 'IMDSv2' : 'IMDSv1 is not refused'})`, techniques: ['T1552.005'] };
}

/** Escalations by their primitive: credentials for another identity, its permissions, else a role passed to (or held by) a service. */
const escalations: readonly (readonly [RegExp, readonly string[]])[] = [[/^iam-00[2-4]$|accesskey|loginprofile/i, ['T1098.001']], [/^(iam|sts)-/i, ['T1098.003']], [/^[a-z0-9]+-\d+$/i, ['T1548.005']]];

function techniquesOf(edge: Edge, source: NodeKind, target: NodeKind, usual: readonly string[]): readonly string[] {
  if (edge.kind === 'CAN_READ' && target === 'secret_key') return ['T1555.006'];
  if (edge.kind === 'CAN_ADMIN' && target !== 'identity' && target !== 'policy' && target !== 'account') return ['T1530'];
  if (edge.kind === 'CAN_ASSUME' && source !== 'identity') return ['T1078.004'];
  if (edge.kind === 'CAN_EXEC' && (target === 'pod' || target === 'container_workload')) return ['T1609'];
  if (edge.kind === 'PRIVESC') return escalations.find(([pattern]) => pattern.test(edge.reason ?? ''))?.[1] ?? usual;
  return usual;
}
