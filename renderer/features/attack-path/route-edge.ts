/** A placed node with its lane and row. */
export interface Box { readonly id: string; readonly lane: number; readonly row: number; readonly x: number; readonly y: number; readonly width: number; readonly height: number }
export interface Route { readonly d: string; readonly x: number; readonly y: number; readonly anchor: 'middle' | 'start'; readonly hasRoom: boolean; readonly overTop: boolean }

const TOP = 84, TRACK = 13, RADIUS = 12, BEND = 26, ARROW = 4;
/** Edges that come from above or below meet a node beside the one that comes straight. */
const PORT = 9;

/**
 * The line of an edge, without crossing a node where that can be had: straight in a row, bent beside the lanes, down or up within a lane, else over the top of everything.
 * @param tracks lines that already run over the top.
 */
export function routeEdge(from: Box, to: Box, all: readonly Box[], tracks: number): Route {
  if (from.lane === to.lane) return withinLane(from, to, all);
  const isForward = from.lane < to.lane, side = isForward ? 1 : -1;
  const lift = (box: Box, other: Box): number => Math.sign(other.row - box.row) * PORT;
  const x1 = isForward ? from.x + from.width : from.x, x2 = (isForward ? to.x : to.x + to.width) - side * ARROW;
  const y1 = middle(from) + lift(from, to), y2 = middle(to) + lift(to, from);
  const low = Math.min(from.lane, to.lane), high = Math.max(from.lane, to.lane);
  const isFree = (row: number): boolean => !all.some((b) => b.lane > low && b.lane < high && b.row === row);
  if (from.row === to.row && isFree(from.row)) {
    return { d: `M${n(x1)} ${n(y1)} H${n(x2)}`, x: (x1 + x2) / 2, y: y1 - 7, anchor: 'middle', hasRoom: true, overTop: false };
  }
  if (isFree(from.row)) {
    const turn = x2 - side * BEND * 2;
    return { d: `M${n(x1)} ${n(y1)} H${n(high - low > 1 ? turn : x1)} C${n((high - low > 1 ? turn : x1) + side * BEND)} ${n(y1)} ${n(x2 - side * BEND)} ${n(y2)} ${n(x2)} ${n(y2)}`, x: high - low > 1 ? (x1 + turn) / 2 : (x1 + x2) / 2, y: high - low > 1 ? y1 - 7 : (y1 + y2) / 2, anchor: 'middle', hasRoom: high - low > 1, overTop: false };
  }
  if (isFree(to.row)) {
    const turn = x1 + side * BEND * 2;
    return { d: `M${n(x1)} ${n(y1)} C${n(x1 + side * BEND)} ${n(y1)} ${n(turn - side * BEND)} ${n(y2)} ${n(turn)} ${n(y2)} H${n(x2)}`, x: (turn + x2) / 2, y: y2 - 7, anchor: 'middle', hasRoom: true, overTop: false };
  }
  return overTop(from, to, tracks);
}

/** From the top of one node over all rows to the top of the other. Only from the first row is the way up free; lower ones leave by their side. */
function overTop(from: Box, to: Box, tracks: number): Route {
  const track = TOP - (tracks % 4) * TRACK, side = from.lane < to.lane ? 1 : -1;
  const up = from.row === 0 ? from.x + from.width / 2 : (side > 0 ? from.x + from.width + 12 + (tracks % 3) * 5 : from.x - 12), down = to.row === 0 ? to.x + to.width / 2 : (side > 0 ? to.x - 16 - (tracks % 3) * 5 : to.x + to.width + 16);
  const start = from.row === 0 ? `M${n(up)} ${n(from.y)} V${n(track + RADIUS)}` : `M${n(side > 0 ? from.x + from.width : from.x)} ${n(middle(from))} H${n(up)} V${n(track + RADIUS)}`;
  const end = to.row === 0 ? `V${n(to.y - ARROW)}` : `V${n(middle(to) - RADIUS)} Q${n(down)} ${n(middle(to))} ${n(down + side * 8)} ${n(middle(to))} H${n(side > 0 ? to.x - ARROW : to.x + to.width + ARROW)}`;
  return { d: `${start} Q${n(up)} ${n(track)} ${n(up + side * RADIUS)} ${n(track)} H${n(down - side * RADIUS)} Q${n(down)} ${n(track)} ${n(down)} ${n(track + RADIUS)} ${end}`, x: (up + down) / 2, y: track - 6, anchor: 'middle', hasRoom: true, overTop: true };
}

function withinLane(from: Box, to: Box, all: readonly Box[]): Route {
  const isDown = from.row < to.row, low = Math.min(from.row, to.row), high = Math.max(from.row, to.row);
  const isFree = !all.some((b) => b.lane === from.lane && b.row > low && b.row < high);
  if (isFree) {
    const x = from.x + from.width / 2, y1 = isDown ? from.y + from.height : from.y, y2 = isDown ? to.y - ARROW - 2 : to.y + to.height + ARROW + 2;
    return { d: `M${n(x)} ${n(y1)} V${n(y2)}`, x: x + 8, y: (y1 + y2) / 2 + 4, anchor: 'start', hasRoom: true, overTop: false };
  }
  const reach = 34 + Math.min(3, high - low) * 4;
  return { d: `M${n(from.x)} ${n(middle(from))} C${n(from.x - reach)} ${n(middle(from))} ${n(to.x - reach)} ${n(middle(to) + (isDown ? -PORT : PORT))} ${n(to.x - ARROW)} ${n(middle(to) + (isDown ? -PORT : PORT))}`, x: from.x - reach + 6, y: (middle(from) + middle(to)) / 2, anchor: 'middle', hasRoom: false, overTop: false };
}

const middle = (box: Box): number => box.y + box.height / 2;
const n = (value: number): string => String(Math.round(value * 10) / 10);
