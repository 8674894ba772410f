import { at, isObject } from '#shared/lib/json.ts';
import type { Answer } from '#shared/model/verdict.ts';
import { anyOf, answerOf } from '../kleene.ts';
import { protocols, type Point } from './traffic.ts';
import type { NamedPort } from './workload.ts';

/** An interval of ports of one protocol, or that a rule's port can't be read. */
type PortRange = { readonly protocol: string; readonly from: number; readonly to: number } | 'unreadable';

/**
 * The ports of a NetworkPolicy rule; absent or empty for all. The protocol is TCP unless it says otherwise; a name is looked up among the ports of the
 * pod that receives the traffic, with the protocol that belongs to it there (Kubernetes API, NetworkPolicyPort).
 * @param receiver ports of the receiving pod; undefined when it is no pod (a name then means nothing).
 */
export function portRanges(ports: unknown, receiver: readonly NamedPort[] | undefined): 'all' | readonly PortRange[] {
  if (ports === undefined || ports === null) return 'all';
  if (!Array.isArray(ports)) return ['unreadable'];
  return ports.length === 0 ? 'all' : ports.flatMap((entry): readonly PortRange[] => rangesOf(entry, receiver));
}

function rangesOf(entry: unknown, receiver: readonly NamedPort[] | undefined): readonly PortRange[] {
  if (!isObject(entry)) return ['unreadable'];
  const named = at(entry, 'protocol') ?? 'TCP', port = at(entry, 'port') ?? undefined, end = at(entry, 'endPort') ?? undefined;
  if (typeof named !== 'string' || !protocols.some((p) => p === named)) return ['unreadable'];
  if (port === undefined) return end === undefined ? [{ protocol: named, from: 0, to: 65535 }] : ['unreadable'];
  if (typeof port === 'string') {
    // The server refuses names without a letter, and ranges that begin with a name.
    if (!/[a-z]/.test(port) || end !== undefined) return ['unreadable'];
    return (receiver ?? []).filter((p) => p.name === port && p.protocol === named).map((p) => ({ protocol: named, from: p.port, to: p.port }));
  }
  if (!isPort(port)) return ['unreadable'];
  if (end === undefined) return [{ protocol: named, from: port, to: port }];
  return isPort(end) && end >= port ? [{ protocol: named, from: port, to: end }] : ['unreadable'];
}

const isPort = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65535;

export function hasPoint(ranges: 'all' | readonly PortRange[], point: Point): Answer {
  if (ranges === 'all') return 'yes';
  return anyOf(ranges.map((range) => (range === 'unreadable' ? 'unknown' : answerOf(range.protocol === point.protocol && range.from <= point.port && point.port <= range.to))));
}

/** First ports of the intervals in which no listed range begins or ends: policies treat all ports of an interval alike. */
export function cutsOf(ranges: 'all' | readonly PortRange[]): readonly number[] {
  return ranges === 'all' ? [] : ranges.flatMap((range) => (range === 'unreadable' ? [] : [range.from, range.to + 1]));
}
