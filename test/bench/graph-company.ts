import type { Edge, EdgeKind, NodeKind } from '#shared/model/resource.ts';
import type { CompactNode } from '#electron/evaluate/compact-graph.ts';

/** A thousand nodes an account: what stands in one, by kind, and the edges of each kind that one node of a kind has on average. */
const ACCOUNT = 1000;
const mix: readonly (readonly [NodeKind, number])[] = [['vm', 260], ['sg', 90], ['subnet', 20], ['function', 120], ['identity', 170], ['bucket', 160], ['database', 40], ['secret_key', 60], ['queue_topic', 50], ['lb', 30]];
const wishes: readonly (readonly [EdgeKind, NodeKind, NodeKind, number])[] = [
  ['MEMBER_OF', 'vm', 'sg', 2], ['RUNS_AS', 'vm', 'identity', 1], ['RUNS_AS', 'function', 'identity', 1], ['CAN_ASSUME', 'identity', 'identity', 1.2], ['CAN_READ', 'identity', 'bucket', 6], ['CAN_WRITE', 'identity', 'bucket', 3], ['CAN_READ', 'identity', 'secret_key', 2],
  ['CAN_ADMIN', 'identity', 'database', 0.5], ['READS_FROM', 'function', 'queue_topic', 3], ['WRITES_TO', 'function', 'bucket', 3], ['ENCRYPTED_BY', 'bucket', 'secret_key', 1], ['NET_REACH', 'vm', 'vm', 1], ['FORWARDS_TO', 'lb', 'vm', 6], ['PRIVESC', 'identity', 'identity', 0.1],
];
/** One edge of so many leads into another account; one vm and function of so many is open to the internet. */
const FAR = 60, OPEN = 40;

export interface Company { readonly nodes: readonly CompactNode[]; edges(): Iterable<Edge>; readonly jewels: readonly string[] }

/** Numbers from a seed: the same for the same (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const urnOf = (account: number, kind: NodeKind, i: number): string => `arn:aws:${kind}:eu-central-1:${String(100_000_000_000 + account)}:${kind}/${kind}-${i}`;

/** A company of `nodeCount` nodes in accounts of a thousand; edges mostly stay within an account. What is missing to `edgeCount` are CONTAINS and LOGS_TO edges. */
export function companyOf(nodeCount: number, edgeCount: number, seed: number): Company {
  const accounts = Math.max(1, Math.round(nodeCount / ACCOUNT)), counts = new Map(mix);
  const nodes = Array.from({ length: accounts }, (_, account) => mix.flatMap(([kind, count]) => Array.from({ length: count }, (_n, i): CompactNode => ({ urn: urnOf(account, kind, i), kind, type: `AWS::${kind}`, account: String(100_000_000_000 + account), name: `${kind}-${i}` })))).flat();
  function* edges(): Iterable<Edge> {
    const random = randomFrom(seed), whole = (n: number): number => Math.floor(random() * n);
    const of = (account: number, kind: NodeKind): string => urnOf(account, kind, whole(counts.get(kind) ?? 1));
    let made = 0;
    const make = (source: string, kind: EdgeKind, target: string, more: Partial<Edge> = {}): Edge => { made++; return { source, kind, target, derived: true, provenance: 'observed', ...more }; };
    for (let account = 0; account < accounts; account++) {
      for (const [kind, from, to, average] of wishes) {
        for (let i = Math.round((counts.get(from) ?? 0) * average); i > 0; i--) yield make(of(account, from), kind, of(whole(FAR) === 0 ? whole(accounts) : account, to), whole(12) === 0 ? { condition: '[{"key":"aws:PrincipalTag"}]' } : {});
      }
      for (let i = Math.round(400 / OPEN); i > 0; i--) yield make('internet', 'NET_REACH', of(account, whole(2) === 0 ? 'vm' : 'function'), { cost: whole(2) === 0 ? 3 : 6, reason: 'tcp 443' });
    }
    for (let i = 0; made < edgeCount; i++) { const account = i % accounts, at = nodes[(i * 7) % nodes.length]; yield at === undefined || i % 3 === 0 ? make(of(account, 'subnet'), 'CONTAINS', of(account, 'vm')) : make(at.urn, 'LOGS_TO', of(account, 'bucket')); }
  }
  return { nodes, edges, jewels: Array.from({ length: Math.min(20, accounts) }, (_, i) => urnOf(i, 'database', 0)) };
}
