import { edgeKinds, nodeKinds, type EdgeKind, type NodeKind } from './resource.ts';

/** Where the canvas draws a node, from entry to target. */
export const lanes = ['entry', 'network', 'compute', 'identity', 'data'] as const;
export type Lane = (typeof lanes)[number];

/** What a kind of node is to an attacker and to the blast radius, whatever its platform. */
export interface NodeMeaning {
  readonly lane: Lane;
  /** Holds data: sensitive data in it makes it a target (design 5-graph §4). */
  readonly store?: true;
  /** Runs code: weighs more in production (§4). */
  readonly compute?: true;
  /** A place outside: reaching it is no compromise. */
  readonly outside?: true;
  /** Whoever administers it has what it contains; nobody else reaches it (§4). */
  readonly holds?: true;
}

export const nodeMeanings = {
  internet: { lane: 'entry', outside: true }, cidr: { lane: 'entry', outside: true },
  account: { lane: 'identity', holds: true }, region: { lane: 'network' }, org_unit: { lane: 'identity', holds: true },
  vpc: { lane: 'network' }, subnet: { lane: 'network' }, route_table: { lane: 'network' }, gateway: { lane: 'network' }, nacl: { lane: 'network' }, sg: { lane: 'network' }, eni: { lane: 'network' },
  lb: { lane: 'network' }, endpoint: { lane: 'network' },
  vm: { lane: 'compute', compute: true }, function: { lane: 'compute', compute: true }, container_workload: { lane: 'compute', compute: true }, pod: { lane: 'compute', compute: true }, node: { lane: 'compute', compute: true },
  k8s_ns: { lane: 'compute', holds: true }, image: { lane: 'compute' },
  bucket: { lane: 'data', store: true }, database: { lane: 'data', store: true }, queue_topic: { lane: 'data', store: true }, secret_key: { lane: 'data', store: true }, other: { lane: 'data', store: true },
  identity: { lane: 'identity' }, policy: { lane: 'identity' }, finding: { lane: 'compute' },
} as const satisfies Readonly<Record<NodeKind, NodeMeaning>>;

export const meaningOfNode = (kind: NodeKind): NodeMeaning => nodeMeanings[kind];

/** What following an edge from its source to its target means. */
export interface EdgeMeaning {
  /** Two or three words for the canvas: `internet reaches host`. */
  readonly verb: string;
  /** Cost to an attacker where the edge brings none: 1 easy … 10 hard (§5). Absent: no attacker goes that way. */
  readonly cost?: number;
  /** How much of a compromise it carries on, 0–1 (§4). Absent: none; data flow and structure are not compromise. */
  readonly carries?: number;
  /** ATT&CK techniques of such a step, where nothing about its ends says more (`attack-price.ts`). */
  readonly techniques?: readonly string[];
  /** Only to nodes of these kinds is it a step. */
  readonly onlyTo?: readonly NodeKind[];
}

/** A step whose network reach alone is known, without a flaw behind it, and an edge under a condition (§4). */
export const bareReach = 0.2, conditionalShare = 0.5;
/** What a condition adds to a cost, and what a proof such as MFA or an ExternalId does (§5). */
export const conditionCost = 2, proofCost = 4;

/**
 * Every kind of edge, in the order in which one is preferred to another of the same cost. A platform that derives edges of these kinds takes part in the blast radius
 * and in attack paths without more; what an edge costs in a special case it says in its own `cost` (§5: IMDSv1 1 and IMDSv2 2, a privileged container's escape 1, …).
 */
export const edgeMeanings = {
  CAN_READ: { verb: 'can read', cost: 1, carries: 1, techniques: ['T1530'] },
  CAN_WRITE: { verb: 'can write', cost: 1, carries: 1, techniques: ['T1565.001'] },
  CAN_ADMIN: { verb: 'controls', cost: 1, carries: 1, techniques: ['T1098.003'] },
  EXPOSES: { verb: 'is open to', cost: 1, techniques: ['T1530'] },
  RUNS_AS: { verb: 'runs as', cost: 1, carries: 1, techniques: ['T1078.004'] },
  CAN_ASSUME: { verb: 'can assume', cost: 1, carries: 1, techniques: ['T1548.005'] },
  PRIVESC: { verb: 'escalates to', cost: 2, carries: 1, techniques: ['T1098.003'] },
  CAN_EXEC: { verb: 'runs code on', cost: 2, carries: 1, techniques: ['T1651'] },
  MOUNTS: { verb: 'mounts', cost: 2, carries: 1, techniques: ['T1552.007'], onlyTo: ['secret_key'] },
  NET_REACH: { verb: 'reaches', cost: 6, carries: 1, techniques: ['T1190'] },
  ESCAPES_TO: { verb: 'escapes to', cost: 4, carries: 1, techniques: ['T1611'] },
  CONTAINS: { verb: 'contains' }, MEMBER_OF: { verb: 'member of' }, ATTACHED_TO: { verb: 'attached to' }, ROUTES_TO: { verb: 'routes to' }, ALLOWS: { verb: 'allows' }, FORWARDS_TO: { verb: 'forwards to' },
  TRUSTS: { verb: 'trusts' }, HAS_POLICY: { verb: 'has policy' }, READS_FROM: { verb: 'reads from' }, WRITES_TO: { verb: 'writes to' }, INVOKES: { verb: 'invokes' }, ENCRYPTED_BY: { verb: 'encrypted by' },
  USES_IMAGE: { verb: 'runs image' }, AFFECTED_BY: { verb: 'affected by' }, PEERED_WITH: { verb: 'peered with' }, LOGS_TO: { verb: 'logs to' }, SAME_AS: { verb: 'same as' },
} as const satisfies Readonly<Record<EdgeKind, EdgeMeaning>>;

export const meaningOfEdge = (kind: EdgeKind): EdgeMeaning => edgeMeanings[kind];

const order = Object.keys(edgeMeanings);
/** Where a kind stands in the order of preference; the less the better. */
export const preferenceOf = (kind: EdgeKind): number => order.indexOf(kind);

/** Kinds that an attacker follows, the preferred first; and those that carry a compromise. */
export const attackKinds: readonly EdgeKind[] = edgeKinds.filter((kind) => meaningOfEdge(kind).cost !== undefined).toSorted((a, b) => preferenceOf(a) - preferenceOf(b));
export const compromiseKinds: ReadonlySet<EdgeKind> = new Set(edgeKinds.filter((kind) => meaningOfEdge(kind).carries !== undefined));

/** Types that only hand on what they hold (an instance profile its role): no place to be in. Other platforms add theirs. */
export const passThroughTypes: ReadonlySet<string> = new Set(['AWS::IAM::InstanceProfile']);

/** Kinds of node that hold data. */
export const storeKinds: readonly NodeKind[] = nodeKinds.filter((kind) => meaningOfNode(kind).store === true);
