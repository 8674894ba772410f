import type { Answer, OpenInterval, Reason } from '#shared/model/verdict.ts';
import { intersect, without, type Range, type Sources } from './cidr.ts';
import { openPorts, type PortInterval } from './port-sweep.ts';

/** One rule of an ordered firewall, as far as it speaks of the host, the direction, the protocol and the address family in question. */
export interface OrderedRule {
  /** `next`: what matches leaves this stage undecided and goes on to the next. `always`: it is let in and no later gate is asked. */
  readonly action: 'allow' | 'deny' | 'next' | 'always';
  readonly ports: readonly PortInterval[];
  /** Addresses of the peer that it matches; disjoint and sorted. */
  readonly ranges: readonly Range[];
  /** False when it isn't known whether the rule matches: an address group, a tag that isn't recorded, a range that can't be read. */
  readonly isSure: boolean;
  readonly reason: Reason;
}
/** Peers on an interval of ports that are decided alike, with the rules that decided so far. */
interface Cell extends PortInterval { readonly ranges: readonly Range[]; readonly reasons: readonly Reason[] }
/** Rules in stages, of which the first match decides, and what is implied where none matches. */
export interface Gate { readonly stages: readonly (readonly OrderedRule[])[]; readonly implied: 'allow' | 'deny'; readonly impliedReason: Reason }
export interface Outcome {
  /** Do enough of the peers get through on any of the ports asked about? */
  readonly answer: Answer;
  /** Ports that are open for sure. */
  readonly open: readonly OpenInterval[];
  /** Rules that decided, in the direction of the answer. */
  readonly reasons: readonly Reason[];
}
export interface OrderedAsk { readonly ports: PortInterval; readonly sources: Sources; readonly protocol: string }

/** More pieces than any real rule set makes; beyond it the answer is unknown. */
const maxCells = 20_000;

/**
 * Runs peers × ports through gates, each of which must let them through: stages of rules in which the first match decides, then what is implied.
 * A rule that may or may not match is tried both ways: open for sure only if open both ways, closed only if closed both ways.
 */
export function evaluateGates(gates: readonly Gate[], ask: OrderedAsk): Outcome {
  const rules = gates.flatMap((g) => g.stages.flat());
  const low = run(gates, ask, false), high = rules.every((r) => r.isSure) ? low : run(gates, ask, true);
  const [first] = gates;
  if (!low || !high) return { answer: 'unknown', open: [], reasons: first ? [{ ...first.impliedReason, text: 'there are more rules than can be evaluated' }] : [] };
  const openLow = portsOf(low.allowed, ask), openHigh = high === low ? openLow : portsOf(high.allowed, ask);
  const answer: Answer = openLow.length > 0 ? 'yes' : openHigh.length > 0 ? 'unknown' : 'no';
  const deciding = answer === 'no' ? high.denied : high.allowed;
  const reasons = [...new Set(deciding.flatMap((cell) => cell.reasons))];
  const unsure = answer === 'unknown' ? rules.filter((r) => !r.isSure).map((r) => ({ ...r.reason, text: `${r.reason.text}; whether it applies is not known` })) : [];
  return { answer, open: openLow.map(({ from, to }) => ({ protocol: ask.protocol, from, to })), reasons: [...reasons.slice(0, 4), ...unsure.slice(0, 3)] };
}

/** One gate. */
export const evaluateStages = (stages: Gate['stages'], implied: Gate['implied'], impliedReason: Reason, ask: OrderedAsk): Outcome => evaluateGates([{ stages, implied, impliedReason }], ask);

const portsOf = (allowed: readonly Cell[], { ports, sources }: OrderedAsk): readonly PortInterval[] =>
  openPorts(allowed.flatMap((cell) => cell.ranges.map((range) => ({ from: cell.from, to: cell.to, range }))), [{ ...ports, ranges: sources.ranges }], sources.threshold);

interface Run { readonly allowed: readonly Cell[]; readonly denied: readonly Cell[] }

function run(gates: readonly Gate[], ask: OrderedAsk, hopeful: boolean): Run | undefined {
  let cells: readonly Cell[] = [{ ...ask.ports, ranges: ask.sources.ranges, reasons: [] }];
  const past: Cell[] = [], denied: Cell[] = [];
  for (const gate of gates) {
    const found = through(gate, cells, hopeful);
    if (!found) return undefined;
    past.push(...found.always);
    denied.push(...found.denied);
    cells = found.allowed;
  }
  return { allowed: [...cells, ...past], denied };
}

function through({ stages, implied, impliedReason }: Gate, cells: readonly Cell[], hopeful: boolean): (Run & { readonly always: readonly Cell[] }) | undefined {
  let open = cells;
  const allowed: Cell[] = [], denied: Cell[] = [], always: Cell[] = [];
  const target = { allow: allowed, deny: denied, always } as const;
  for (const rules of stages) {
    const later: Cell[] = [];
    for (const rule of rules) {
      if (open.length === 0) break;
      if (open.length + allowed.length + denied.length > maxCells) return undefined;
      // Whether an unsure rule is taken to match: where that opens when hoping, where that closes when not.
      if (!rule.isSure && (rule.action === 'allow' || rule.action === 'always') !== hopeful) continue;
      const { inside, outside } = split(open, rule);
      (rule.action === 'next' ? later : target[rule.action]).push(...inside.map((cell) => (rule.action === 'next' ? cell : { ...cell, reasons: [...cell.reasons, rule.reason] })));
      open = outside;
    }
    open = [...open, ...later];
  }
  target[implied].push(...open.map((cell) => ({ ...cell, reasons: [...cell.reasons, impliedReason] })));
  return { allowed, denied, always };
}

function split(cells: readonly Cell[], rule: OrderedRule): { readonly inside: readonly Cell[]; readonly outside: readonly Cell[] } {
  const inside: Cell[] = [], outside: Cell[] = [];
  for (const cell of cells) {
    const ranges = intersect(cell.ranges, rule.ranges);
    const hit = rule.ports.map(({ from, to }) => ({ from: Math.max(from, cell.from), to: Math.min(to, cell.to) })).filter((p) => p.from <= p.to);
    if (ranges.length === 0 || hit.length === 0) { outside.push(cell); continue; }
    const rest = rule.ranges.reduce(without, cell.ranges);
    let at = cell.from;
    for (const port of hit.toSorted((a, b) => a.from - b.from)) {
      if (port.to < at) continue;
      const from = Math.max(port.from, at);
      if (at < from) outside.push({ ...cell, from: at, to: from - 1 });
      inside.push({ ...cell, from, to: port.to, ranges });
      if (rest.length > 0) outside.push({ ...cell, from, to: port.to, ranges: rest });
      at = port.to + 1;
    }
    if (at <= cell.to) outside.push({ ...cell, from: at });
  }
  return { inside, outside };
}
