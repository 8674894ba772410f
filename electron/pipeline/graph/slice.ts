import type { Edge, EdgeKind, GraphView, NodeKind } from '#shared/model/resource.ts';

export interface SliceNode { readonly urn: string; readonly kind: NodeKind; readonly type: string; readonly name?: string; readonly distance: number; /** False for an end of an edge that is not in the snapshot. */ readonly known: boolean }
export interface SlicePart { readonly nodes: readonly SliceNode[]; readonly edges: readonly Edge[] }
const parts = ['upstream', 'downstream', 'ingress', 'egress', 'identity', 'blast'] as const;
type PartName = (typeof parts)[number];
/** The neighbourhood of a resource, by what an edge means for it. */
export interface Slice extends Readonly<Record<PartName, SlicePart>> { readonly urn: string; readonly depth: number; /** True when the cap on nodes cut something off. */ readonly truncated: boolean }

const maxNodes = 400;
/** Edges at one node that are looked at: a network or an account contains thousands. */
const maxFanOut = 200;

interface Follow { readonly out: ReadonlySet<EdgeKind>; readonly back: ReadonlySet<EdgeKind> }
const follow = (out: readonly EdgeKind[], back: readonly EdgeKind[]): Follow => ({ out: new Set(out), back: new Set(back) });
const uses: readonly EdgeKind[] = ['READS_FROM', 'WRITES_TO', 'INVOKES', 'ENCRYPTED_BY', 'MOUNTS', 'USES_IMAGE', 'LOGS_TO'];
const compromise: readonly EdgeKind[] = ['RUNS_AS', 'CAN_ASSUME', 'PRIVESC', 'CAN_READ', 'CAN_WRITE', 'CAN_ADMIN', 'CAN_EXEC', 'NET_REACH', 'MOUNTS', 'ESCAPES_TO'];

/** Which edges belong to a part, and in which direction it walks them. Dependence is not compromise: the two stay apart. */
const rules: Readonly<Record<PartName, Follow>> = {
  upstream: follow([...uses, 'MEMBER_OF', 'ATTACHED_TO'], ['CONTAINS']),
  downstream: follow(['CONTAINS'], [...uses, 'MEMBER_OF', 'ATTACHED_TO']),
  ingress: follow([], ['NET_REACH', 'EXPOSES', 'FORWARDS_TO', 'ALLOWS']),
  egress: follow(['ROUTES_TO', 'NET_REACH', 'FORWARDS_TO', 'PEERED_WITH', 'ALLOWS'], []),
  identity: follow(['RUNS_AS', 'CAN_ASSUME', 'TRUSTS', 'HAS_POLICY', 'PRIVESC'], ['CAN_ASSUME', 'TRUSTS', 'CAN_ADMIN', 'CAN_READ', 'CAN_WRITE']),
  blast: follow(compromise, []),
};

/**
 * Cuts out what surrounds a resource, at most `depth` steps in each part and 400 nodes in all. Breadth first, so that the cap cuts what is
 * farthest; edges in the order of their ends, so that the same graph gives the same slice.
 */
export function sliceOf(view: GraphView, urn: string, depth: number): Slice {
  const start = view.resource(urn)?.urn ?? urn;
  const seen = new Set([start]);
  let truncated = false;
  const walk = (rule: Follow): SlicePart => {
    const distances = new Map([[start, 0]]);
    const edges = new Map<string, Edge>();
    let layer = [start];
    for (let step = 1; step <= depth && layer.length > 0; step++) {
      const next: string[] = [];
      for (const node of layer) {
        const around = edgesAround(view, node, rule);
        if (around.length > maxFanOut) truncated = true;
        for (const { edge, other } of around.slice(0, maxFanOut)) {
          if (!seen.has(other) && seen.size >= maxNodes) { truncated = true; continue; }
          seen.add(other);
          edges.set(`${edge.source}\n${edge.kind}\n${edge.target}`, edge);
          if (!distances.has(other)) { distances.set(other, step); next.push(other); }
        }
      }
      layer = next;
    }
    return { nodes: [...distances].map(([id, distance]) => nodeOf(view, id, distance)), edges: [...edges.values()] };
  };
  const [upstream, downstream, ingress, egress, identity, blast] = [walk(rules.upstream), walk(rules.downstream), walk(rules.ingress), walk(rules.egress), walk(rules.identity), walk(rules.blast)];
  return { urn: start, depth, upstream, downstream, ingress, egress, identity, blast, truncated };
}

function edgesAround(view: GraphView, node: string, rule: Follow): readonly { readonly edge: Edge; readonly other: string }[] {
  const canonical = (id: string): string => view.resource(id)?.urn ?? id;
  const forward = rule.out.size === 0 ? [] : view.edgesFrom(node).filter((e) => rule.out.has(e.kind)).map((edge) => ({ edge, other: canonical(edge.target) }));
  const backward = rule.back.size === 0 ? [] : view.edgesTo(node).filter((e) => rule.back.has(e.kind)).map((edge) => ({ edge, other: canonical(edge.source) }));
  return [...forward, ...backward].sort((a, b) => (a.other < b.other ? -1 : a.other > b.other ? 1 : a.edge.kind < b.edge.kind ? -1 : 1));
}

function nodeOf(view: GraphView, urn: string, distance: number): SliceNode {
  const resource = view.resource(urn);
  if (!resource) return { urn, kind: urn === 'internet' ? 'internet' : 'other', type: '', distance, known: urn === 'internet' };
  return { urn, kind: resource.kind, type: resource.type, distance, known: true, ...(resource.name !== undefined && { name: resource.name }) };
}
