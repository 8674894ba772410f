import { Graph, layout as dagre } from '@dagrejs/dagre';
import { type Box, routeEdge } from './route-edge.ts';

/** What the layout needs of a picture; plain data, as it goes to a worker. */
export interface LayoutInput {
  readonly nodes: readonly { readonly id: string; readonly lane: number; readonly isEntryPoint: boolean }[];
  readonly edges: readonly { readonly id: string; readonly from: string; readonly to: string }[];
  /** Paths as rows of node ids, best first. */
  readonly rows: readonly (readonly string[])[];
  /** Pixels to fill. */
  readonly width: number;
}
export interface Placed { readonly x: number; readonly y: number; readonly width: number; readonly height: number }
export interface Routed { readonly d: string; readonly x: number; readonly y: number; readonly anchor: 'middle' | 'start'; /** A long or straight line, with room for its label. */ readonly hasRoom: boolean }
export interface Layout { readonly nodes: Readonly<Record<string, Placed>>; readonly edges: Readonly<Record<string, Routed>>; readonly lanes: readonly { readonly x: number; readonly width: number }[]; readonly width: number; /** Below the last row. */ readonly height: number }

/** As the mock draws them at 1440 px: widths of the lanes and of the nodes in them, what share of a lane's room lies left of a node, rows from the first row's top. */
const laneWidths = [124, 180, 180, 180, 182], nodeWidths = [94, 124, 132, 138, 150], shares = [0.5, 0.5, 0.36, 0.33, 0.7];
const NODE_HEIGHT = 44, FIRST_ROW = 128, PITCH = 74, LEAST_WIDTH = 846;

/**
 * Places nodes in lanes from entry to target: each path keeps to a row as far as that is free, what is expanded follows in the order that dagre finds with fewest
 * crossings. The same picture gives the same layout.
 */
export function layoutOf(input: LayoutInput): Layout {
  const lanes = lanesIn(Math.max(LEAST_WIDTH, input.width));
  const rowOf = rowsOf(input);
  const boxes = new Map<string, Box>();
  for (const { id, lane, isEntryPoint } of input.nodes) {
    const column = lanes[lane], width = isEntryPoint ? 96 : nodeWidths[lane] ?? 124;
    if (!column) continue;
    // The internet stands a little forward: the way down to what is blocked passes the other entries at their left.
    const x = lane === 0 ? column.x + (isEntryPoint ? 14 : 27) : column.x + (column.width - width) * (shares[lane] ?? 0.5);
    boxes.set(id, { id, lane, row: rowOf.get(id) ?? 0, x, y: FIRST_ROW + (rowOf.get(id) ?? 0) * PITCH, width, height: NODE_HEIGHT });
  }
  const rows = Math.max(0, ...boxes.values().map((b) => b.row)) + 1, all = [...boxes.values()];
  let tracks = 0;
  const edges = Object.fromEntries(input.edges.flatMap((edge) => {
    const from = boxes.get(edge.from), to = boxes.get(edge.to);
    if (!from || !to) return [];
    const { overTop, ...routed } = routeEdge(from, to, all, tracks);
    if (overTop) tracks++;
    return [[edge.id, routed] as const];
  }));
  return { nodes: Object.fromEntries(all.map(({ id, x, y, width, height }) => [id, { x, y, width, height }])), edges, lanes, width: Math.max(LEAST_WIDTH, input.width), height: FIRST_ROW + rows * PITCH };
}

function lanesIn(width: number): readonly { readonly x: number; readonly width: number }[] {
  const scale = width / LEAST_WIDTH;
  let x = 0;
  return laneWidths.map((own) => { const lane = { x: Math.round(x), width: Math.round(own * scale) }; x += own * scale; return lane; });
}

/** A row for each node: paths in their order, then the rest near what it hangs on. */
function rowsOf({ nodes, edges, rows }: LayoutInput): ReadonlyMap<string, number> {
  const laneOf = new Map(nodes.map((n) => [n.id, n.lane])), taken = new Set<string>(), rowOf = new Map<string, number>();
  const place = (id: string, wanted: number): number => {
    const lane = laneOf.get(id) ?? 0;
    let row = Math.max(0, wanted);
    while (taken.has(`${lane} ${row}`)) row++;
    taken.add(`${lane} ${row}`);
    rowOf.set(id, row);
    return row;
  };
  for (const path of rows) {
    let row = 0, lane = -1;
    for (const id of path) {
      if (!laneOf.has(id)) continue;
      const own = laneOf.get(id) ?? 0, known = rowOf.get(id);
      // A step within a lane goes down a row; else the path keeps to its row.
      row = known ?? place(id, own === lane ? row + 1 : row);
      lane = own;
    }
  }
  const rest = nodes.filter((n) => !rowOf.has(n.id));
  if (rest.length === 0) return rowOf;
  const order = crossingOrder(nodes.map((n) => n.id), edges), anchors = Map.groupBy(edges, (e) => e.to), back = Map.groupBy(edges, (e) => e.from);
  for (const { id } of rest.toSorted((a, b) => (order.get(a.id) ?? 0) - (order.get(b.id) ?? 0) || (a.id < b.id ? -1 : 1))) {
    const near = [...(anchors.get(id) ?? []).map((e) => e.from), ...(back.get(id) ?? []).map((e) => e.to)].flatMap((other) => rowOf.get(other) ?? []);
    place(id, near.length === 0 ? 0 : Math.min(...near));
  }
  return rowOf;
}

/** Where dagre would put each node from top to bottom. */
function crossingOrder(ids: readonly string[], edges: LayoutInput['edges']): ReadonlyMap<string, number> {
  const graph = new Graph({ multigraph: false });
  graph.setGraph({ rankdir: 'LR', nodesep: PITCH - NODE_HEIGHT, ranksep: 60 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const id of ids) graph.setNode(id, { width: 124, height: NODE_HEIGHT });
  for (const { from, to } of edges) if (from !== to && graph.hasNode(from) && graph.hasNode(to)) graph.setEdge(from, to);
  dagre(graph);
  return new Map(ids.map((id) => [id, graph.node(id).y ?? 0]));
}
