import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LayoutInput, layoutOf } from '../../../../renderer/features/attack-path/layout.ts';
import { pictureOf } from '../../../../renderer/features/attack-path/picture.ts';
import { describeNode, stepFrom } from '../../../../renderer/features/attack-path/walk.ts';
import { hop, node, path } from './paths.ts';

const inputOf = (picture: ReturnType<typeof pictureOf>, width = 846): LayoutInput => ({ width, rows: picture.rows, edges: picture.edges.map(({ id, from, to }) => ({ id, from, to })), nodes: picture.nodes.map((n) => ({ id: n.id, lane: n.lane, isEntryPoint: n.id === 'internet' })) });
const paths = [path('direct', ['internet', 'bucket-x']), path('long', ['internet', 'vm-1', 'identity-a', 'identity-b', 'bucket-x']), path('user', ['identity-out', 'identity-c', 'identity-b', 'bucket-x'], { nodes: [node('identity-out', { lane: 'entry' }), ...['identity-c', 'identity-b', 'bucket-x'].map((u) => node(u))] })];
const picture = pictureOf({ paths, choke_node: null }, paths[1], []), layout = layoutOf(inputOf(picture));
const at = (id: string) => layout.nodes[id] ?? { x: NaN, y: NaN, width: 0, height: 0 };

describe('layoutOf', () => {
  it('goes from entry to data in lanes', () => expect(['internet', 'vm-1', 'identity-a', 'bucket-x'].map((id) => at(id).x).every((x, i, all) => i === 0 || x > (all[i - 1] ?? 0))).toBe(true));
  it('keeps a path in its row and goes down within a lane', () => {
    expect(new Set(['internet', 'vm-1', 'identity-a', 'bucket-x'].map((id) => at(id).y)).size).toBe(1);
    expect(at('identity-b').y).toBeGreaterThan(at('identity-a').y);
  });
  it('leads a line over the top where nodes stand in its row', () => expect(layout.edges['internet\nbucket-x']?.y).toBeLessThan(at('internet').y));
  it('draws straight within a free row and straight down within a lane', () => {
    expect(layout.edges['vm-1\nidentity-a']?.d).toMatch(/^M[\d.]+ [\d.]+ H[\d.]+$/);
    expect(layout.edges['identity-a\nidentity-b']?.d).toMatch(/^M[\d.]+ [\d.]+ V[\d.]+$/);
  });
  it('fills a wider window', () => expect(layoutOf(inputOf(picture, 1200)).lanes.at(-1)).toMatchObject({ x: 942 }));
  it('never puts two nodes in one place, places all, routes every edge, and gives the same for the same', () => {
    const lanes = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 40 });
    fc.assert(fc.property(lanes, fc.array(fc.tuple(fc.nat(39), fc.nat(39)), { maxLength: 60 }), fc.array(fc.array(fc.nat(39), { maxLength: 6 }), { maxLength: 5 }), (lane, pairs, rows) => {
      const name = (i: number): string => `n${i % lane.length}`;
      const input: LayoutInput = { width: 846, nodes: lane.map((l, i) => ({ id: `n${i}`, lane: l, isEntryPoint: false })), rows: rows.map((r) => [...new Set(r.map(name))]), edges: pairs.filter(([a, b]) => name(a) !== name(b)).map(([a, b], i) => ({ id: `e${i}`, from: name(a), to: name(b) })) };
      const found = layoutOf(input), places = Object.values(found.nodes).map((p) => `${p.x} ${p.y}`);
      expect([places.length, new Set(places).size, Object.keys(found.edges).length]).toEqual([lane.length, lane.length, input.edges.length]);
      expect(Object.values(found.edges).every((e) => /^M[-\d. MHVCQ]+$/.test(e.d) && !e.d.includes('NaN'))).toBe(true);
      expect(layoutOf(input)).toEqual(found);
    }), { numRuns: 60 });
  });
});

describe('walking the canvas', () => {
  it.each([['right', 'internet', 'vm-1'], ['right', 'vm-1', 'identity-a'], ['left', 'identity-a', 'vm-1'], ['down', 'identity-a', 'identity-b'], ['up', 'identity-b', 'identity-a'], ['right', 'bucket-x', undefined], ['left', 'internet', undefined], ['up', 'internet', undefined]] as const)('%s from %s leads to %s', (way, from, to) => {
    expect(stepFrom(picture, layout, from, way)).toBe(to);
  });
  it('prefers the chosen path where edges part', () => {
    const direct = pictureOf({ paths, choke_node: null }, paths[0], []);
    expect(stepFrom(direct, layoutOf(inputOf(direct)), 'internet', 'right')).toBe('bucket-x');
  });
  it('reaches every node from the first one by arrows', () => {
    const seen = new Set(['internet']), todo = ['internet'];
    for (let id = todo.pop(); id !== undefined; id = todo.pop()) for (const way of ['left', 'right', 'up', 'down'] as const) { const to = stepFrom(picture, layout, id, way); if (to !== undefined && !seen.has(to)) { seen.add(to); todo.push(to); } }
    expect(seen.size).toBe(picture.nodes.length);
  });
  it('says of a node what the picture shows', () => {
    const words = describeNode(pictureOf({ paths: [path('p', ['internet', 'vm-1'], { nodes: [node('internet'), node('vm-1', { severity: 'critical', note: 'CVE-1', degree: 9 })], hops: [hop('internet', 'vm-1', { verb: 'reaches' })] })], choke_node: { urn: 'vm-1', closes: [], fix: '', touches_iam: false } }, undefined, []), 'vm-1');
    expect(words).toBe('vm-1, CVE-1. compute lane. reported critical. choke point. reached because internet reaches. 8 neighbours not shown');
  });
});
