import { sizeOf, type Range } from './cidr.ts';

export interface PortInterval { readonly from: number; readonly to: number }
export interface PortRule extends PortInterval { readonly range: Range }
/** Senders that everything else lets through, for an interval of ports. */
export interface PortMask extends PortInterval { readonly ranges: readonly Range[] }

/**
 * The ports on which the rules together let more than `threshold` of the masked senders in. Rules only ever add up, so this is the area of a
 * union of rectangles (port × address): a sweep over ports with a segment tree over addresses, O(n log n) for n rules.
 */
export function openPorts(rules: readonly PortRule[], masks: readonly PortMask[], threshold: number): readonly PortInterval[] {
  return joinPorts(masks.flatMap((mask) => openUnder(rules, mask, threshold)));
}

function openUnder(rules: readonly PortRule[], mask: PortMask, threshold: number): readonly PortInterval[] {
  const first = mask.ranges[0], last = mask.ranges.at(-1);
  if (!first || !last || sizeOf(mask.ranges) <= threshold) return [];
  const whole: PortInterval[] = [], partial: PortRule[] = [];
  let reach = 0;
  for (const rule of rules) {
    const from = Math.max(rule.from, mask.from), to = Math.min(rule.to, mask.to);
    if (from > to || rule.range.to <= first.from || rule.range.from >= last.to) continue;
    if (rule.range.from <= first.from && rule.range.to >= last.to) whole.push({ from, to });
    else { partial.push({ from, to, range: rule.range }); reach += Number(rule.range.to - rule.range.from); }
  }
  // Together they are too few addresses, wherever they lie: the usual case of many single hosts.
  return reach <= threshold ? whole : [...whole, ...sweep(partial, mask.ranges, threshold)];
}

/** Sorts and joins intervals of ports; neighbours join too. */
export function joinPorts(intervals: readonly PortInterval[]): readonly PortInterval[] {
  const joined: { from: number; to: number }[] = [];
  for (const { from, to } of intervals.toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last && from <= last.to + 1) last.to = Math.max(last.to, to); else joined.push({ from, to });
  }
  return joined;
}

function sweep(rules: readonly PortRule[], mask: readonly Range[], threshold: number): readonly PortInterval[] {
  const edges = [...rules.map((r) => r.range), ...mask].flatMap(({ from, to }) => [from, to]).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const points = edges.filter((point, i) => i === 0 || point !== edges[i - 1]);
  const at = new Map(points.map((point, i) => [point, i]));
  const tree = coverTree(weights(points, mask));
  const events = rules.flatMap(({ from, to, range }) => {
    const low = at.get(range.from) ?? 0, high = at.get(range.to) ?? 0;
    return [{ port: from, low, high, step: 1 }, { port: to + 1, low, high, step: -1 }];
  }).sort((a, b) => a.port - b.port);
  const open: PortInterval[] = [];
  events.forEach((event, i) => {
    tree.add(event.low, event.high, event.step);
    const next = events[i + 1];
    if (next && next.port > event.port && tree.covered() > threshold) open.push({ from: event.port, to: next.port - 1 });
  });
  return open;
}

/** How many masked addresses lie between each point and the next. */
function weights(points: readonly bigint[], mask: readonly Range[]): Float64Array {
  const result = new Float64Array(Math.max(0, points.length - 1));
  let m = 0;
  for (let i = 0; i < result.length; i++) {
    const from = points[i] ?? 0n, to = points[i + 1] ?? 0n;
    while (m < mask.length && (mask[m]?.to ?? 0n) <= from) m++;
    const range = mask[m];
    if (range && range.from <= from && to <= range.to) result[i] = Number(to - from);
  }
  return result;
}

/** Counts covers of weighted cells; `covered` is the weight of the cells that are covered at least once. */
function coverTree(cells: Float64Array): { add(low: number, high: number, step: number): void; covered(): number } {
  const size = 2 ** Math.ceil(Math.log2(Math.max(1, cells.length)));
  const total = new Float64Array(2 * size), covered = new Float64Array(2 * size), count = new Int32Array(2 * size);
  total.set(cells, size);
  for (let i = size - 1; i > 0; i--) total[i] = (total[2 * i] ?? 0) + (total[2 * i + 1] ?? 0);
  const add = (node: number, start: number, end: number, low: number, high: number, step: number): void => {
    if (high <= start || end <= low) return;
    if (low <= start && end <= high) count[node] = (count[node] ?? 0) + step;
    else {
      const middle = (start + end) / 2;
      add(2 * node, start, middle, low, high, step);
      add(2 * node + 1, middle, end, low, high, step);
    }
    const below = node < size ? (covered[2 * node] ?? 0) + (covered[2 * node + 1] ?? 0) : 0;
    covered[node] = (count[node] ?? 0) > 0 ? total[node] ?? 0 : below;
  };
  return { add: (low, high, step) => { add(1, 0, size, low, high, step); }, covered: () => covered[1] ?? 0 };
}
