import { edgeKinds, nodeKinds, type Edge, type EdgeKind, type NodeKind } from '#shared/model/resource.ts';
import { edgeArrays, growEdges, growNodes, interner, nodeArrays, sortByEnd, GONE } from './compact-arrays.ts';

export interface CompactNode { readonly urn: string; readonly kind: NodeKind; readonly type: string; readonly name?: string; readonly account?: string; /** False for an end of an edge of which nothing else is known. */ readonly known?: boolean }

const DERIVED = 2, INFERRED = 4, CONDITIONAL = 8;
/** An overlay below this is not worth merging. */
const LEAST_MERGE = 20_000;
const none: readonly number[] = [];

/**
 * A graph held in typed arrays, for walks that touch much of it: nodes and edges are numbers. Filled once for a version (`index`), then changed in place: what is
 * added or taken away after that stands in an overlay, which is merged when it has grown to a quarter of the rest. Costs and reasons recur, so texts are kept once.
 */
export class CompactGraph {
  readonly #ids = new Map<string, number>();
  readonly #urns: string[] = [];
  readonly #names: (string | undefined)[] = [];
  readonly #types = interner();
  readonly #accounts = interner();
  readonly #reasons = interner();
  readonly #conditions = interner();
  #nodes: ReturnType<typeof nodeArrays>;
  #edges: ReturnType<typeof edgeArrays>;
  #edgeSpace = 0;
  #live = 0;
  /** Edges below this number stand in the sorted arrays. */
  #indexed = 0;
  #isIndexed = false;
  #outStart = new Uint32Array(1);
  #inStart = new Uint32Array(1);
  #outEdges = new Uint32Array(0);
  #inEdges = new Uint32Array(0);
  readonly #outMore = new Map<number, number[]>();
  readonly #inMore = new Map<number, number[]>();

  /** @param expected sizes to start with, so that filling doesn't copy. */
  constructor(expected: { readonly nodes?: number; readonly edges?: number } = {}) {
    this.#nodes = nodeArrays(Math.max(16, expected.nodes ?? 1024));
    this.#edges = edgeArrays(Math.max(16, expected.edges ?? 4096));
  }

  /** Nodes ever added; those forgotten keep their number. */
  get nodeCount(): number { return this.#urns.length; }
  /** Edges there now. */
  get edgeCount(): number { return this.#live; }
  /** Numbers given to edges so far, those taken away included. */
  get edgeSpace(): number { return this.#edgeSpace; }

  idOf(urn: string): number | undefined { return this.#ids.get(urn); }
  urnOf(node: number): string { return this.#urns[node] ?? ''; }
  /** Places in `nodeKinds` and `edgeKinds`, for tables by kind. */
  kindIndex(node: number): number { return this.#nodes.kind[node] ?? 0; }
  edgeKindIndex(edge: number): number { return this.#edges.kind[edge] ?? 0; }
  kindOf(node: number): NodeKind { return nodeKinds[this.#nodes.kind[node] ?? 0] ?? 'other'; }
  typeOf(node: number): string { return this.#types.text(this.#nodes.type[node] ?? 0) ?? ''; }
  accountOf(node: number): string | undefined { return this.#accounts.text(this.#nodes.account[node] ?? 0); }
  isKnown(node: number): boolean { return this.#nodes.known[node] === 1; }
  node(node: number): CompactNode {
    const name = this.#names[node], account = this.accountOf(node);
    return { urn: this.urnOf(node), kind: this.kindOf(node), type: this.typeOf(node), known: this.isKnown(node), ...(name !== undefined && { name }), ...(account !== undefined && { account }) };
  }

  /** Adds a node, or says more of one that is there. @returns its number. */
  addNode({ urn, kind, type, name, account, known = true }: CompactNode): number {
    let id = this.#ids.get(urn);
    if (id === undefined) {
      id = this.#urns.push(urn) - 1;
      this.#ids.set(urn, id);
      if (id >= this.#nodes.kind.length) this.#nodes = growNodes(this.#nodes);
    } else if (!known) return id;
    this.#names[id] = name;
    this.#nodes.kind[id] = nodeKinds.indexOf(kind);
    this.#nodes.type[id] = this.#types.of(type);
    this.#nodes.account[id] = this.#accounts.of(account);
    this.#nodes.known[id] = known ? 1 : 0;
    return id;
  }

  /** The node is no longer inventoried; what is said of it elsewhere (edges) stays. */
  forgetNode(node: number): void {
    this.#names[node] = undefined;
    this.#nodes.kind[node] = nodeKinds.indexOf('other');
    this.#nodes.type[node] = this.#types.of('');
    this.#nodes.account[node] = 0;
    this.#nodes.known[node] = 0;
  }

  /** Adds an edge between two nodes; ends that are not there become unknown nodes. @returns its number. */
  addEdge(edge: Edge): number {
    const id = this.#edgeSpace++;
    if (id >= this.#edges.kind.length) this.#edges = growEdges(this.#edges);
    const source = this.#endOf(edge.source), target = this.#endOf(edge.target), edges = this.#edges;
    edges.source[id] = source;
    edges.target[id] = target;
    edges.kind[id] = edgeKinds.indexOf(edge.kind);
    edges.cost[id] = edge.cost ?? 0;
    edges.flags[id] = (edge.derived ? DERIVED : 0) | (edge.provenance === 'inferred' ? INFERRED : 0) | (edge.condition === undefined ? 0 : CONDITIONAL);
    edges.reason[id] = this.#reasons.of(edge.reason);
    edges.condition[id] = this.#conditions.of(edge.condition);
    this.#live++;
    if (this.#isIndexed) {
      push(this.#outMore, source, id);
      push(this.#inMore, target, id);
      if (this.#edgeSpace - this.#indexed > Math.max(LEAST_MERGE, this.#indexed >> 2)) this.index();
    }
    return id;
  }
  #endOf(urn: string): number { return this.#ids.get(urn) ?? this.addNode({ urn, kind: urn === 'internet' ? 'internet' : 'other', type: '', known: false }); }

  removeEdge(edge: number): void {
    const flags = this.#edges.flags[edge] ?? GONE;
    if ((flags & GONE) !== 0) return;
    this.#edges.flags[edge] = flags | GONE;
    this.#live--;
  }

  /** Sorts what has been added so far; call once after the first filling. */
  index(): void {
    const { source, target, flags } = this.#edges;
    [this.#outStart, this.#outEdges] = sortByEnd(source, flags, this.#edgeSpace, this.nodeCount);
    [this.#inStart, this.#inEdges] = sortByEnd(target, flags, this.#edgeSpace, this.nodeCount);
    this.#indexed = this.#edgeSpace;
    this.#isIndexed = true;
    this.#outMore.clear();
    this.#inMore.clear();
  }

  eachOut(node: number, visit: (edge: number) => void): void { this.#each(this.#outStart, this.#outEdges, this.#outMore, node, visit); }
  eachIn(node: number, visit: (edge: number) => void): void { this.#each(this.#inStart, this.#inEdges, this.#inMore, node, visit); }
  #each(start: Uint32Array, sorted: Uint32Array, more: ReadonlyMap<number, readonly number[]>, node: number, visit: (edge: number) => void): void {
    const { flags } = this.#edges;
    if (node + 1 < start.length) {
      for (let i = start[node] ?? 0, end = start[node + 1] ?? 0; i < end; i++) {
        const id = sorted[i] ?? 0;
        if (((flags[id] ?? GONE) & GONE) === 0) visit(id);
      }
    }
    if (more.size > 0) for (const id of more.get(node) ?? none) if (((flags[id] ?? GONE) & GONE) === 0) visit(id);
  }

  sourceOf(edge: number): number { return this.#edges.source[edge] ?? 0; }
  targetOf(edge: number): number { return this.#edges.target[edge] ?? 0; }
  edgeKindOf(edge: number): EdgeKind { return edgeKinds[this.#edges.kind[edge] ?? 0] ?? 'SAME_AS'; }
  /** Cost that the edge brings; 0 when it brings none. */
  costOf(edge: number): number { return this.#edges.cost[edge] ?? 0; }
  isConditional(edge: number): boolean { return this.#has(edge, CONDITIONAL); }
  isGone(edge: number): boolean { return this.#has(edge, GONE); }
  #has(edge: number, flag: number): boolean { return ((this.#edges.flags[edge] ?? 0) & flag) !== 0; }
  edge(edge: number): Edge {
    const cost = this.costOf(edge), condition = this.#conditions.text(this.#edges.condition[edge] ?? 0), reason = this.#reasons.text(this.#edges.reason[edge] ?? 0);
    return {
      source: this.urnOf(this.sourceOf(edge)), kind: this.edgeKindOf(edge), target: this.urnOf(this.targetOf(edge)), derived: this.#has(edge, DERIVED), provenance: this.#has(edge, INFERRED) ? 'inferred' : 'observed',
      ...(condition !== undefined && { condition }), ...(cost > 0 && { cost }), ...(reason !== undefined && { reason }),
    };
  }
}

function push(groups: Map<number, number[]>, key: number, value: number): void {
  const group = groups.get(key);
  if (group) group.push(value); else groups.set(key, [value]);
}
