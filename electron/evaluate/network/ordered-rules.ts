import type { Answer, OpenInterval, Reason } from '#shared/model/verdict.ts';
import { intersect, without, type Range, type Sources } from './cidr.ts';
import { openPorts, type PortInterval } from './port-sweep.ts';

/** One rule of an ordered firewall, as far as it speaks of the host, the direction, the protocol and the address family in question. */
export interface OrderedRule {
  /** `next`: what matches leaves this stage undecided and goes on to the next. */
  readonly action: 'allow' | 'deny' | 'next';
  readonly ports: readonly PortInterval[];
  /** Addresses of the peer that it matches; disjoint and sorted. */
  readonly ranges: readonly Range[];
  /** False when it isn't known whether the rule matches: an address group, a tag that isn't recorded, a range that can't be read. */
  readonly isSure: boolean;
  readonly reason: Reason;
}
/** Peers on an interval of ports that are decided alike. */
interface Cell extends PortInterval { readonly ranges: readonly Range[] }
interface Decided extends Cell { readonly rule: OrderedRule | undefined }
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
 * Runs peers × ports through stages of rules in which the first match decides, then through what is implied at the end. A rule that may or may
 * not match is tried both ways: open for sure only if open both ways, closed only if closed both ways.
 */
export function evaluateStages(stages: readonly (readonly OrderedRule[])[], implied: 'allow' | 'deny', impliedReason: Reason, ask: OrderedAsk): Outcome {
  const low = run(stages, implied, ask, false), isAllSure = stages.every((rules) => rules.every((r) => r.isSure));
  const high = isAllSure ? low : run(stages, implied, ask, true);
  if (!low || !high) return { answer: 'unknown', open: [], reasons: [{ ...impliedReason, text: 'there are more rules than can be evaluated' }] };
  const openLow = portsOf(low.allowed, ask), openHigh = high === low ? openLow : portsOf(high.allowed, ask);
  const answer: Answer = openLow.length > 0 ? 'yes' : openHigh.length > 0 ? 'unknown' : 'no';
  const deciding = answer === 'no' ? high.denied : high.allowed;
  const rules = [...new Set(deciding.map((d) => d.rule))];
  const unsure = answer === 'unknown' ? stages.flat().filter((r) => !r.isSure).map((r) => ({ ...r.reason, text: `${r.reason.text}; whether it applies is not known` })) : [];
  return { answer, open: openLow.map(({ from, to }) => ({ protocol: ask.protocol, from, to })), reasons: [...rules.slice(0, 4).map((r) => r?.reason ?? impliedReason), ...unsure.slice(0, 3)] };
}

const portsOf = (allowed: readonly Cell[], { ports, sources }: OrderedAsk): readonly PortInterval[] =>
  openPorts(allowed.flatMap((cell) => cell.ranges.map((range) => ({ from: cell.from, to: cell.to, range }))), [{ ...ports, ranges: sources.ranges }], sources.threshold);

function run(stages: readonly (readonly OrderedRule[])[], implied: 'allow' | 'deny', ask: OrderedAsk, hopeful: boolean): { readonly allowed: readonly Decided[]; readonly denied: readonly Decided[] } | undefined {
  let open: readonly Cell[] = [{ ...ask.ports, ranges: ask.sources.ranges }];
  const allowed: Decided[] = [], denied: Decided[] = [];
  for (const rules of stages) {
    const later: Cell[] = [];
    for (const rule of rules) {
      if (open.length === 0) break;
      if (open.length + allowed.length + denied.length > maxCells) return undefined;
      // Whether an unsure rule is taken to match: where that opens when hoping, where that closes when not.
      if (!rule.isSure && (rule.action === 'allow') !== hopeful) continue;
      const { inside, outside } = split(open, rule);
      const target = rule.action === 'allow' ? allowed : rule.action === 'deny' ? denied : undefined;
      if (target) target.push(...inside.map((cell) => ({ ...cell, rule }))); else later.push(...inside);
      open = outside;
    }
    open = [...open, ...later];
  }
  (implied === 'allow' ? allowed : denied).push(...open.map((cell) => ({ ...cell, rule: undefined })));
  return { allowed, denied };
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
      if (at < from) outside.push({ from: at, to: from - 1, ranges: cell.ranges });
      inside.push({ from, to: port.to, ranges });
      if (rest.length > 0) outside.push({ from, to: port.to, ranges: rest });
      at = port.to + 1;
    }
    if (at <= cell.to) outside.push({ from: at, to: cell.to, ranges: cell.ranges });
  }
  return { inside, outside };
}
