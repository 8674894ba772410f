import type { CompactGraph } from '#electron/evaluate/compact-graph.ts';
import { compromiseKinds } from '#shared/model/graph-meaning.ts';
import type { Edge, EdgeKind, NodeKind } from '#shared/model/resource.ts';

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
const compromise: readonly EdgeKind[] = [...compromiseKinds];

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
export function sliceOf(graph: CompactGraph, urn: string, depth: number): Slice {
  const start = graph.idOf(urn);
  const nothing: SlicePart = { nodes: [], edges: [] };
  if (start === undefined) return { urn, depth, upstream: nothing, downstream: nothing, ingress: nothing, egress: nothing, identity: nothing, blast: nothing, truncated: false };
  const seen = new Set([start]);
  let truncated = false;
  const walk = (rule: Follow): SlicePart => {
    const distances = new Map([[start, 0]]);
    const edges = new Map<string, Edge>();
    let layer = [start];
    for (let step = 1; step <= depth && layer.length > 0; step++) {
      const next: number[] = [];
      for (const node of layer) {
        const around = stepsAround(graph, node, rule);
        if (around.length > maxFanOut) truncated = true;
        for (const { edge, other } of around.slice(0, maxFanOut)) {
          if (!seen.has(other) && seen.size >= maxNodes) { truncated = true; continue; }
          seen.add(other);
          const found = graph.edge(edge);
          edges.set(`${found.source}\n${found.kind}\n${found.target}`, found);
          if (!distances.has(other)) { distances.set(other, step); next.push(other); }
        }
      }
      layer = next;
    }
    return { nodes: [...distances].map(([id, distance]) => nodeOf(graph, id, distance)), edges: [...edges.values()] };
  };
  const [upstream, downstream, ingress, egress, identity, blast] = [walk(rules.upstream), walk(rules.downstream), walk(rules.ingress), walk(rules.egress), walk(rules.identity), walk(rules.blast)];
  return { urn, depth, upstream, downstream, ingress, egress, identity, blast, truncated };
}

function stepsAround(graph: CompactGraph, node: number, rule: Follow): readonly { readonly edge: number; readonly other: number }[] {
  const found: { readonly edge: number; readonly other: number }[] = [];
  if (rule.out.size > 0) graph.eachOut(node, (edge) => { if (rule.out.has(graph.edgeKindOf(edge))) found.push({ edge, other: graph.targetOf(edge) }); });
  if (rule.back.size > 0) graph.eachIn(node, (edge) => { if (rule.back.has(graph.edgeKindOf(edge))) found.push({ edge, other: graph.sourceOf(edge) }); });
  if (found.length < 2) return found;
  return found.sort((a, b) => compare(graph.urnOf(a.other), graph.urnOf(b.other)) || compare(graph.edgeKindOf(a.edge), graph.edgeKindOf(b.edge)));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function nodeOf(graph: CompactGraph, id: number, distance: number): SliceNode {
  const { urn, kind, type, name, known = true } = graph.node(id);
  return { urn, kind, type, distance, known: known || urn === 'internet', ...(name !== undefined && { name }) };
}
