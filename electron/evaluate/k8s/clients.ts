import type { GraphView } from '#shared/model/resource.ts';
import { addressSources, internetSources, isEnough, sizeOf, union, within, type Family, type Range, type Sources } from '../network/cidr.ts';
import { adminBlocks } from './admin-policy.ts';
import { directionDecision } from './connection.ts';
import { policyBlocks } from './network-policy.ts';
import { readBlock } from './policy-peers.ts';
import type { Decision, Direction, Point } from './traffic.ts';
import type { Workload } from './workload.ts';

/** More pieces of the address space than this are not looked at one by one. */
const maxPieces = 5_000;
const everywhere: ReadonlySet<string | undefined> = new Set([undefined, 'internet', '*', '0.0.0.0/0', '::/0', '0.0.0.0-255.255.255.255', '0.0.0.0/0,::/0']);

export const isInternet = (source: string | undefined): boolean => everywhere.has(source);

/** Whom a question is about: hosts of the internet, or an address or network; undefined when the text is neither. */
export function clientsOf(source: string | undefined): readonly Sources[] | undefined {
  if (isInternet(source)) return source === '::/0' ? [internetSources(6)] : source?.startsWith('0.0.0.0') === true ? [internetSources(4)] : [internetSources(4), internetSources(6)];
  const found = addressSources(source ?? '');
  return found && [found];
}

/**
 * What the policies of a workload say to addresses outside the cluster. The address space is cut where a block begins or ends, as policies treat all
 * addresses between two cuts alike; enough of what is asked about must be allowed.
 */
export function clientDecision(graph: GraphView, direction: Direction, workload: Workload, point: Point, sources: Sources): Decision {
  const { family } = sources;
  const blocks = [...policyBlocks(graph, direction, workload), ...adminBlocks(graph, direction, workload)].flatMap((b) => { const block = readBlock(b); return block ? [block.network, ...block.except] : []; }).filter((n) => n.family === family);
  const pieces = cut(sources.ranges, blocks);
  if (pieces.length > maxPieces) return { answer: 'unknown', code: 'TOO_MANY_BLOCKS', reasons: [], missing: [{ what: `a look at ${pieces.length} address blocks one by one`, entity: workload.resource.urn, supply: 'a question about one address' }] };
  const decided = pieces.map((range) => ({ range, decision: directionDecision(graph, direction, workload, { kind: 'address', family, value: range.from, text: addressText(range.from, family) }, point) }));
  const of = (...answers: readonly string[]): readonly Range[] => union(decided.filter((d) => answers.includes(d.decision.answer)).map((d) => d.range));
  const answer = isEnough(of('yes'), sources) ? 'yes' : isEnough(of('yes', 'unknown'), sources) ? 'unknown' : 'no';
  // The largest piece with that answer explains it.
  const [example] = decided.filter((d) => d.decision.answer === answer).sort((a, b) => sizeOf([b.range]) - sizeOf([a.range]));
  return { ...(example?.decision ?? { reasons: [], missing: [] }), answer };
}

function cut(ranges: readonly Range[], blocks: readonly Range[]): readonly Range[] {
  const cuts = [...new Set(blocks.flatMap((b) => [b.from, b.to]))].sort((a, b) => (a < b ? -1 : 1));
  return ranges.flatMap((range) => {
    const inner = cuts.filter((c) => c > range.from && c < range.to);
    return [range.from, ...inner].map((from, i) => ({ from, to: inner[i] ?? range.to }));
  });
}

/** An address as text, for reasons. */
export function addressText(value: bigint, family: Family): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.');
  return Array.from({ length: 8 }, (_, i) => ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16)).join(':');
}

/** Ranges that are left of the asked ones by a list of networks; enough of them must be. */
export function admittedBy(networks: readonly Range[], sources: Sources): Sources | undefined {
  const left = union(networks.flatMap((n) => within(sources.ranges, n)));
  return isEnough(left, sources) ? { ...sources, ranges: left } : undefined;
}
