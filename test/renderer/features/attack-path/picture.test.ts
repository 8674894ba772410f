import { describe, expect, it } from 'vitest';
import type { AttackPathView } from '#shared/rpc/graph-schemas.ts';
import { FIRST_NODES, MOST_NODES, pictureOf, stackOf, stopsOf } from '../../../../renderer/features/attack-path/picture.ts';
import { mergePages } from '../../../../renderer/features/attack-path/use-expansions.ts';
import { hop, node, path, slice } from './paths.ts';

const draw = (paths: readonly AttackPathView[], chosen?: AttackPathView, expansions: Parameters<typeof pictureOf>[2] = [], choke: string | null = null) => pictureOf({ paths, choke_node: choke === null ? null : { urn: choke, closes: [], fix: '', touches_iam: false } }, chosen, expansions);
const edge = (source: string, target: string) => ({ source, kind: 'CAN_READ' as const, target, derived: true, provenance: 'observed' as const });

describe('pictureOf', () => {
  const one = path('one', ['internet', 'vm-1', 'identity-a', 'bucket-x']), two = path('two', ['identity-out', 'identity-a', 'bucket-x']);
  it('draws a node once whatever paths it is on, and marks the chosen path, goals and the choke point', () => {
    const { nodes, edges, rows } = draw([one, two], two, [], 'identity-a');
    expect(nodes.map((n) => n.id)).toEqual(['internet', 'vm-1', 'identity-a', 'bucket-x', 'identity-out']);
    expect(nodes.filter((n) => n.onPath).map((n) => n.id)).toEqual(['identity-a', 'bucket-x', 'identity-out']);
    expect([nodes.filter((n) => n.isGoal).map((n) => n.id), nodes.filter((n) => n.isChoke).map((n) => n.id)]).toEqual([['bucket-x'], ['identity-a']]);
    expect(edges.filter((e) => e.onPath).map((e) => e.to)).toEqual(['bucket-x', 'identity-a']);
    expect(rows).toHaveLength(2);
  });
  it('puts the door that lets the internet in between the two ends', () => {
    const through = { ...one, hops: [hop('internet', 'vm-1', { via: node('sg-1'), verb: 'reaches' }), ...one.hops.slice(1)] };
    expect(stopsOf(through).map((s) => s.urn)).toEqual(['internet', 'sg-1', 'vm-1', 'identity-a', 'bucket-x']);
    expect(draw([through]).edges.slice(0, 2).map((e) => [e.from, e.to, e.label])).toEqual([['internet', 'sg-1', ''], ['sg-1', 'vm-1', 'reaches']]);
  });
  it.each([['an inferred step', { provenance: 'inferred' as const }, true], ['a condition', { condition: '{}' }, true], ['neither', {}, false]])('dashes %s', (_name, more, wanted) => {
    expect(draw([{ ...two, hops: [hop('identity-out', 'identity-a', more), ...two.hops.slice(1)] }]).edges[0]?.isInferred).toBe(wanted);
  });
  it('draws 150 nodes of paths to begin with, the chosen path always, and says that there is more', () => {
    const many = Array.from({ length: 80 }, (_, i) => path(`p${i}`, ['internet', `vm-${i}`, `identity-${i}`, 'bucket-x'])), last = many[79];
    const { nodes, isCapped } = draw(many, last);
    expect([nodes.length <= FIRST_NODES + 2, isCapped, nodes.some((n) => n.id === 'vm-79')]).toEqual([true, true, true]);
    expect(draw(many.slice(0, 70)).isCapped).toBe(false);
  });
  it('adds what is expanded with a stack for what is hidden, and counts the neighbours that are not drawn', () => {
    const around = slice([node('identity-a'), node('bucket-x'), node('bucket-y')], [edge('identity-a', 'bucket-x'), edge('identity-a', 'bucket-y')], { total: 337, hidden: 312 });
    const start = { ...one, nodes: one.nodes.map((n) => (n.urn === 'identity-a' ? { ...n, degree: 337 } : n)) };
    expect(draw([start]).nodes.find((n) => n.id === 'identity-a')?.hidden).toBe(335);
    const { nodes, edges } = draw([start], undefined, [{ urn: 'identity-a', slice: around }]);
    expect(nodes.find((n) => n.id === 'identity-a')?.hidden).toBe(0);
    expect(nodes.find((n) => n.id === stackOf('identity-a'))).toMatchObject({ hidden: 312, stack: { shown: 25, total: 337 }, lane: 4 });
    expect(edges.map((e) => e.to)).toContain('bucket-y');
  });
  it('never draws more than 400 nodes', () => {
    const far = Array.from({ length: 600 }, (_, i) => node(`bucket-n${i}`));
    const { nodes, isCapped, edges } = draw([one], one, [{ urn: 'identity-a', slice: slice([node('identity-a'), ...far], far.map((n) => edge('identity-a', n.urn))) }]);
    expect([nodes.length, isCapped]).toEqual([MOST_NODES, true]);
    const known = new Set(nodes.map((n) => n.id));
    expect(edges.every((e) => known.has(e.from) && known.has(e.to))).toBe(true);
  });
  it('forgets an expansion whose node is not drawn', () => expect(draw([one], one, [{ urn: 'identity-zzz', slice: slice([node('identity-zzz'), node('bucket-q')], []) }]).nodes).toHaveLength(4));
});

describe('mergePages', () => {
  it('joins pages; what the last one hides is hidden', () => {
    const first = slice([node('identity-a'), node('bucket-x')], [edge('identity-a', 'bucket-x')], { total: 3, hidden: 2 }), second = slice([node('identity-a'), node('bucket-y')], [edge('identity-a', 'bucket-y')], { total: 3, hidden: 1 });
    expect(mergePages([first, second])).toMatchObject({ hidden: 1, total: 3, nodes: [{ urn: 'identity-a' }, { urn: 'bucket-x' }, { urn: 'bucket-y' }] });
    expect(mergePages([])).toBeUndefined();
  });
});
