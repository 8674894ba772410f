import { str } from '#shared/lib/json.ts';
import type { Edge, EdgeKind, GraphView, StoredResource } from '#shared/model/resource.ts';

/** One move of an attacker along an edge (or several edges between the same two nodes, of which the easiest counts). */
export interface AttackStep {
  readonly source: string;
  readonly target: string;
  /** Kind of the easiest edge, and of all. */
  readonly kind: EdgeKind;
  readonly kinds: readonly EdgeKind[];
  /** 1 easy … 10 hard and more under conditions; 0 never. */
  readonly cost: number;
  readonly why: string;
  readonly condition?: string;
  readonly inferred: boolean;
}
export interface StepOptions {
  /** Edges that the graph doesn't store, e.g. from principals outside. */
  readonly extra: readonly Edge[];
  /** Administrators: each may do to anything of its account what it likes. */
  readonly administrators: readonly StoredResource[];
  /** The easiest exploitable flaw of a node: KEV 1, EPSS of 0.5 and more 2, critical 4, high 6 (design 5-graph §5). */
  exploit(urn: string): { readonly cost: number; readonly why: string } | undefined;
}

/** Cost where an edge brings none (design 5-graph §5); the order decides which of equally easy edges between two nodes is named. */
const defaultCosts: ReadonlyMap<EdgeKind, number> = new Map([
  ['CAN_READ', 1], ['CAN_WRITE', 1], ['CAN_ADMIN', 1], ['EXPOSES', 1], ['RUNS_AS', 1], ['CAN_ASSUME', 1], ['PRIVESC', 2], ['CAN_EXEC', 2], ['MOUNTS', 2], ['NET_REACH', 6], ['ESCAPES_TO', 4],
]);
const preference = [...defaultCosts.keys()];
const conditionCost = 2, proofCost = 4;
const maxFanIn = 20_000;

/** @returns a function that lists the steps into a node on the way to a goal, one for each source, sorted by source. */
export function attackSteps(graph: GraphView, options: StepOptions): (target: string, goal: string) => readonly AttackStep[] {
  const extra = new Map<string, Edge[]>();
  for (const edge of options.extra) {
    const target = graph.resource(edge.target)?.urn ?? edge.target;
    extra.set(target, [...extra.get(target) ?? [], edge]);
  }
  const known = new Map<string, readonly AttackStep[]>();
  const stepsInto = (target: string, node: StoredResource | undefined): readonly AttackStep[] => {
    const edges = [...graph.edgesTo(target), ...extra.get(target) ?? []].slice(0, maxFanIn).flatMap((edge) => throughProfile(graph, edge));
    return merge(edges.flatMap((edge) => stepOf(graph, edge, target, node, options)));
  };
  return (target, goal) => {
    const node = graph.resource(target);
    const found = known.get(target) ?? stepsInto(target, node);
    known.set(target, found);
    const more = administratorSteps(node, graph.resource(goal), options);
    return more.length === 0 ? found : merge([...found, ...more]);
  };
}

/** An instance profile is how an instance holds a role, not a place to be in. */
function throughProfile(graph: GraphView, edge: Edge): readonly Edge[] {
  const isProfile = edge.kind === 'RUNS_AS' && graph.resource(edge.source)?.type === 'AWS::IAM::InstanceProfile';
  return isProfile ? graph.edgesTo(edge.source, 'RUNS_AS').map((e) => ({ ...e, target: edge.target })) : [edge];
}

function stepOf(graph: GraphView, edge: Edge, target: string, node: StoredResource | undefined, options: StepOptions): readonly AttackStep[] {
  if (!defaultCosts.has(edge.kind) || (edge.kind === 'MOUNTS' && node?.kind !== 'secret_key')) return [];
  const from = graph.resource(edge.source);
  const source = from?.urn ?? edge.source;
  if (source === target) return [];
  const { cost, why } = priceOf(edge, from, edge.kind === 'NET_REACH' ? options.exploit(target) : undefined);
  return [{ source, target, kind: edge.kind, kinds: [edge.kind], cost, why, inferred: edge.provenance === 'inferred', ...(edge.condition !== undefined && { condition: edge.condition }) }];
}

/** Stored costs of identity edges hold what their conditions add, except those of escalations. */
function priceOf(edge: Edge, from: StoredResource | undefined, exploit: ReturnType<StepOptions['exploit']>): { readonly cost: number; readonly why: string } {
  const base = defaultCosts.get(edge.kind) ?? 1;
  const added = edge.condition === undefined || (edge.cost !== undefined && edge.kind !== 'PRIVESC') ? 0 : /sts:ExternalId|aws:MultiFactorAuth/i.test(edge.condition) ? proofCost : conditionCost;
  const cost = (edge.cost ?? base) + added;
  const reason = edge.reason ?? '';
  if (edge.kind === 'RUNS_AS' && from?.kind === 'vm') {
    const isV2 = str(from.config, 'MetadataOptions', 'HttpTokens') === 'required';
    return { cost: isV2 ? 2 : 1, why: `instance metadata gives the role's credentials (${isV2 ? 'IMDSv2' : 'IMDSv1 is not refused'})` };
  }
  if (exploit && exploit.cost < cost) return { cost: exploit.cost, why: reason === '' ? exploit.why : `${reason}; ${exploit.why}` };
  return { cost, why: reason };
}

/** An administrator goes straight for the goal in its account; for one in another account it may use whoever of its own is let in there. */
function administratorSteps(node: StoredResource | undefined, goal: StoredResource | undefined, { administrators }: StepOptions): readonly AttackStep[] {
  const { account, urn } = node ?? {};
  if (account === undefined || urn === undefined || administrators.some((a) => a.urn === urn)) return [];
  if (urn !== goal?.urn && !(node?.kind === 'identity' && goal?.account !== account)) return [];
  return administrators.filter((a) => a.account === account)
    .map((a) => ({ source: a.urn, target: urn, kind: 'CAN_ADMIN', kinds: ['CAN_ADMIN'], cost: 1, why: `administrator of account ${account}`, inferred: false }));
}

function merge(steps: readonly AttackStep[]): readonly AttackStep[] {
  const best = new Map<string, AttackStep>();
  for (const step of steps) {
    const have = best.get(step.source);
    if (!have) { best.set(step.source, step); continue; }
    const first = easier(step, have) ? step : have;
    best.set(step.source, { ...first, kinds: preference.filter((k) => have.kinds.includes(k) || step.kinds.includes(k)) });
  }
  return [...best.values()].sort((a, b) => (a.source < b.source ? -1 : 1));
}

const easier = (a: AttackStep, b: AttackStep): boolean => a.cost < b.cost
  || (a.cost === b.cost && (preference.indexOf(a.kind) < preference.indexOf(b.kind) || (a.kind === b.kind && a.why < b.why)));
