import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blastRadius } from '#electron/evaluate/blast-radius.ts';
import { CompactGraph } from '#electron/evaluate/compact-graph.ts';
import { reachCompact } from '#electron/evaluate/compact-reach.ts';
import { isWithheld } from '#electron/evaluate/k8s/workload.ts';
import { reverseReach, walk, carries } from '#electron/evaluate/compromise-walk.ts';
import type { Edge, EdgeKind } from '#shared/model/resource.ts';
import { compactOf, graphOf, type ResourceDraft } from '../../graph-of.ts';

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
const kinds: readonly EdgeKind[] = ['CAN_ASSUME', 'CAN_READ', 'NET_REACH', 'RUNS_AS', 'READS_FROM', 'MOUNTS', 'AFFECTED_BY'];
const drafts: readonly ResourceDraft[] = names.map((urn, i) => ({ urn, kind: i === 5 ? 'secret_key' : i === 6 ? 'cidr' : 'identity', type: 'T' }));
const arc = fc.record({ source: fc.constantFrom(...names), target: fc.constantFrom(...names), kind: fc.constantFrom(...kinds), isConditional: fc.boolean() })
  .map(({ isConditional, ...e }): Edge => ({ ...e, derived: true, provenance: 'observed', ...(isConditional && { condition: '{}' }) }));
const outOf = (graph: CompactGraph, urn: string): readonly string[] => { const found: string[] = [], node = graph.idOf(urn); if (node !== undefined) graph.eachOut(node, (e) => { found.push(`${graph.edgeKindOf(e)} ${graph.urnOf(graph.targetOf(e))}`); }); return found.sort(); };
const intoOf = (graph: CompactGraph, urn: string): readonly string[] => { const found: string[] = [], node = graph.idOf(urn); if (node !== undefined) graph.eachIn(node, (e) => { found.push(`${graph.edgeKindOf(e)} ${graph.urnOf(graph.sourceOf(e))}`); }); return found.sort(); };

describe('CompactGraph', () => {
  it('gives back an edge with everything that was said of it', () => {
    const edge: Edge = { source: 'a', kind: 'PRIVESC', target: 'b', derived: true, provenance: 'inferred', condition: '{"x":1}', cost: 3, reason: 'iam-001' };
    const graph = compactOf(drafts, [edge]);
    expect(graph.edge(0)).toEqual(edge);
    expect(graph.node(graph.idOf('f') ?? -1)).toEqual({ urn: 'f', kind: 'secret_key', type: 'T', known: true });
  });
  it('makes an unknown node of an end that is not inventoried', () => {
    const graph = compactOf([{ urn: 'a', kind: 'vm', type: 'T' }], [{ source: 'internet', kind: 'NET_REACH', target: 'a' }, { source: 'a', kind: 'RUNS_AS', target: 'gone' }]);
    expect([graph.node(graph.idOf('internet') ?? -1), graph.node(graph.idOf('gone') ?? -1)]).toMatchObject([{ kind: 'internet', known: false }, { kind: 'other', known: false }]);
  });
  it('follows an alias to the node of the account where the relationship was stated, and no ambiguous one', () => {
    const twins: readonly ResourceDraft[] = [{ urn: 'x:1', kind: 'sg', type: 'T', account: '1', aliases: ['sg'] }, { urn: 'x:2', kind: 'sg', type: 'T', account: '2', aliases: ['sg'] }, { urn: 'vm', kind: 'vm', type: 'T', account: '2' }, { urn: 'far', kind: 'vm', type: 'T', account: '3' }];
    const graph = compactOf(twins, [{ source: 'vm', kind: 'MEMBER_OF', target: 'sg' }, { source: 'far', kind: 'MEMBER_OF', target: 'sg' }]);
    expect([outOf(graph, 'vm'), outOf(graph, 'far')]).toEqual([['MEMBER_OF x:2'], ['MEMBER_OF sg']]);
  });
  it('says the same however its edges came in: at once, afterwards, or with others taken away again', () => {
    fc.assert(fc.property(fc.array(arc, { maxLength: 30 }), fc.array(arc, { maxLength: 20 }), fc.nat(30), (edges, others, early) => {
      const plain = compactOf(drafts, edges), grown = compactOf(drafts, edges.slice(0, early));
      const taken = others.map((e) => grown.addEdge(e));
      for (const e of edges.slice(early)) grown.addEdge(e);
      for (const e of taken) grown.removeEdge(e);
      for (const again of [false, true]) {
        if (again) grown.index();
        expect(names.map((n) => [outOf(grown, n), intoOf(grown, n)])).toEqual(names.map((n) => [outOf(plain, n), intoOf(plain, n)]));
        expect(grown.edgeCount).toBe(plain.edgeCount);
      }
    }));
  });
  it('has no dangling edge: both ends list it, or neither', () => {
    fc.assert(fc.property(fc.array(arc, { maxLength: 40 }), (edges) => {
      const graph = compactOf(drafts, edges);
      const out = names.flatMap((n) => outOf(graph, n).map((e) => `${n} ${e}`)), into = names.flatMap((n) => intoOf(graph, n).map((e) => { const [kind = '', source = ''] = e.split(' '); return `${source} ${kind} ${n}`; }));
      expect(out.sort()).toEqual(into.sort());
      expect(out).toHaveLength(edges.length);
    }));
  });
  it('forgets a node and keeps what others say of it', () => {
    const graph = compactOf(drafts, [{ source: 'a', kind: 'CAN_READ', target: 'f' }]);
    graph.forgetNode(graph.idOf('f') ?? -1);
    expect(graph.node(graph.idOf('f') ?? -1)).toMatchObject({ kind: 'other', known: false });
    expect(outOf(graph, 'a')).toEqual(['CAN_READ f']);
  });
});

describe('the compromise walk in arrays', () => {
  const probabilities = (reached: readonly { readonly urn: string; readonly probability: number }[]): readonly string[] => reached.map((r) => `${r.urn} ${r.probability}`).sort();
  it('reaches what the walk over stored edges reaches, forwards and backwards', () => {
    fc.assert(fc.property(fc.array(arc, { maxLength: 30 }), fc.constantFrom(...names), fc.subarray(names), (edges, start, flawed) => {
      const view = graphOf(drafts, edges), graph = compactOf(drafts, edges), isExploitable = (urn: string): boolean => flawed.includes(urn);
      const steps = (urn: string) => view.edgesFrom(urn).flatMap((e) => { const factor = carries(view, e, isExploitable); return factor > 0 ? [{ urn: e.target, factor, why: '' }] : []; });
      const found = (backward: boolean) => reachCompact(graph, graph.idOf(start) ?? -1, { backward, isExploitable }).reached.map((r) => ({ urn: graph.urnOf(r.node), probability: r.probability }));
      expect(probabilities(found(false))).toEqual(probabilities(walk(view, start, steps).reached));
      expect(probabilities(found(true).filter((r) => r.urn !== start))).toEqual(probabilities(reverseReach(view, start, isExploitable).reached));
    }));
  });
  it.each<[string, readonly (Partial<Edge> & Pick<Edge, 'source' | 'kind' | 'target'>)[], readonly string[], string | undefined]>([
    ['a flaw that tools report makes network reach a compromise', [{ source: 'a', kind: 'NET_REACH', target: 'b' }], ['b'], 'b 1'], ['without it a fifth', [{ source: 'a', kind: 'NET_REACH', target: 'b' }], [], 'b 0.2'],
    ['under a condition as well a tenth, just counted', [{ source: 'a', kind: 'NET_REACH', target: 'b', condition: '{}' }], [], 'b 0.1'],
    ['a mounted secret is lost', [{ source: 'a', kind: 'MOUNTS', target: 'f' }], [], 'f 1'], ['a mounted disk is not', [{ source: 'a', kind: 'MOUNTS', target: 'b' }], [], undefined],
    ['an address range is no place to compromise', [{ source: 'a', kind: 'NET_REACH', target: 'g' }], ['g'], undefined],
  ])('%s', (_name, edges, flawed, wanted) => {
    const graph = compactOf(drafts, edges);
    expect(reachCompact(graph, graph.idOf('a') ?? -1, { isExploitable: (urn) => flawed.includes(urn) }).reached.slice(1).map((r) => `${graph.urnOf(r.node)} ${r.probability}`)[0]).toBe(wanted);
  });
  it.each(['account', 'org_unit', 'k8s_ns', 'vpc'] as const)('what a place contains falls with it, as in the walk over stored edges: %s', (kind) => {
    const made = [{ urn: 'who', kind: 'identity' as const, type: 'T' }, { urn: 'place', kind, type: 'T' }, { urn: 'in', kind: 'bucket' as const, type: 'T' }], edges = [{ source: 'who', kind: 'CAN_ADMIN' as const, target: 'place' }, { source: 'place', kind: 'CONTAINS' as const, target: 'in' }];
    const graph = compactOf(made, edges), context = { isProduction: () => true as const, isSensitive: () => true, isCrownJewel: () => false, tierOf: () => 'none' as const };
    const reached = reachCompact(graph, graph.idOf('who') ?? -1).reached.map((r) => `${graph.urnOf(r.node)} ${r.probability}`).sort();
    expect(reached).toEqual(blastRadius(graphOf(made, edges), 'who', context).reached.map((r) => `${r.urn} ${r.probability}`).sort());
    expect(reached).toHaveLength(kind === 'vpc' ? 2 : 3);
  });
  it.each([[false, 2, 2], [undefined, 3, 3]])('leaves out the account of a pod that mounts no token of it, as the walks over stored edges do (automount %s)', (automountServiceAccountToken, reached, back) => {
    const made: readonly ResourceDraft[] = [{ urn: 'p', kind: 'pod', type: 'K8s::Pod', config: { spec: { automountServiceAccountToken } } }, { urn: 'sa', kind: 'identity', type: 'K8s::ServiceAccount' }, { urn: 's', kind: 'secret_key', type: 'K8s::Secret' }];
    const edges = [{ source: 'p', kind: 'RUNS_AS' as const, target: 'sa' }, { source: 'p', kind: 'MOUNTS' as const, target: 's' }], view = graphOf(made, edges), graph = compactOf(made, edges), context = { isProduction: () => true as const, isSensitive: () => true, isCrownJewel: () => false, tierOf: () => 'none' as const };
    const found = (from: string, backward: boolean) => reachCompact(graph, graph.idOf(from) ?? -1, { backward, isWithheld: (urn) => isWithheld(view, urn) }).reached.map((r) => graph.urnOf(r.node)).sort();
    expect([found('p', false).length, found('sa', true).length + found('s', true).length - 1]).toEqual([reached, back]);
    expect(blastRadius(view, 'p', context).reached.map((r) => r.urn).sort()).toEqual(found('p', false));
    expect(reverseReach(view, 'sa').reached.map((r) => r.urn)).toEqual(found('sa', true).filter((urn) => urn !== 'sa'));
  });
  it('goes six deep and not seven', () => {
    const chain = Array.from({ length: 8 }, (_, i) => ({ source: `n${i}`, kind: 'CAN_ASSUME' as const, target: `n${i + 1}` })), graph = compactOf([], chain);
    expect(reachCompact(graph, graph.idOf('n0') ?? -1).reached).toHaveLength(7);
  });
  it('a blast radius by another walk that reaches the same is the same', () => {
    const view = graphOf(drafts, [{ source: 'a', kind: 'CAN_READ', target: 'f' }]);
    const context = { isProduction: () => true as const, isSensitive: () => true, isCrownJewel: () => false, tierOf: () => 'none' as const };
    const own = blastRadius(view, 'a', context);
    expect(blastRadius(view, 'a', { ...context, reach: () => ({ truncated: false, reached: own.reached.map((r) => ({ ...r, resource: view.resource(r.urn) })) }) })).toEqual(own);
  });
});
