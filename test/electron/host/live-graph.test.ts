import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CompactGraph } from '#electron/evaluate/compact-graph.ts';
import { liveGraph } from '#electron/host/graph/live-graph.ts';
import { queryCache } from '#electron/host/graph/query-cache.ts';
import { openWorkspace, type Workspace } from '#electron/store/open.ts';
import { graphRowsTable } from '#electron/store/tables/graph-rows.ts';
import { nodesTable } from '#electron/store/tables/nodes.ts';
import type { Edge, Resource } from '#shared/model/resource.ts';

let dir: string, workspace: Workspace;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'winnow-live-'));
  const opened = openWorkspace({ file: join(dir, 'w.db'), create: true, migrationsDir: join(import.meta.dirname, '..', '..', '..', 'resources', 'migrations'), now: () => 1 });
  if (!opened.ok) throw new Error(opened.error);
  workspace = opened.value;
});
afterEach(() => { workspace.close(); rmSync(dir, { recursive: true, force: true }); });

const names = ['a', 'b', 'c', 'd', 'e'];
const resource = (urn: string, aliases: readonly string[] = [], account = '1'): Resource => ({ urn, type: 'T', kind: 'identity', account, aliases, tags: {}, deleted: false, config: {}, source: 'test', provenance: 'observed' });
const edge = (source: string, target: string, kind: Edge['kind'] = 'CAN_ASSUME'): Edge => ({ source, kind, target, derived: false, provenance: 'observed' });
/** Everything that a graph says, without its numbers. */
const said = (graph: CompactGraph) => {
  const edges: string[] = [], nodes: string[] = [];
  for (let node = 0; node < graph.nodeCount; node++) { if (graph.isKnown(node)) nodes.push(JSON.stringify(graph.node(node))); graph.eachOut(node, (e) => { edges.push(JSON.stringify(graph.edge(e))); }); }
  return { nodes: nodes.sort(), edges: edges.sort() };
};

describe('liveGraph', () => {
  it('after any changes says what a graph that is loaded anew says', () => {
    const change = fc.oneof(
      fc.record({ what: fc.constant('edges' as const), from: fc.constantFrom(...names), to: fc.uniqueArray(fc.constantFrom(...names, 'alias-a', 'alias-b', 'nowhere'), { maxLength: 4 }) }),
      fc.record({ what: fc.constant('node' as const), urn: fc.constantFrom(...names), account: fc.constantFrom('1', '2'), alias: fc.constantFrom('alias-a', 'alias-b', 'own') }),
      fc.record({ what: fc.constant('gone' as const), urn: fc.constantFrom(...names) }),
    );
    fc.assert(fc.property(fc.array(fc.array(change, { maxLength: 5 }), { maxLength: 6 }), (rounds) => {
      workspace.db.exec('DELETE FROM edges; DELETE FROM nodes; DELETE FROM node_versions; DELETE FROM aliases; DELETE FROM node_sightings');
      const nodes = nodesTable(workspace.db), rows = graphRowsTable(workspace.db);
      let now = 10, version = 1;
      const live = liveGraph(rows, version);
      for (const changes of rounds) {
        for (const c of changes) {
          now++;
          if (c.what === 'edges') nodes.putEdges(`of:${c.from}`, c.to.map((to) => edge(c.from, to)), now);
          else if (c.what === 'node') nodes.put({ ...resource(c.urn, [c.alias], c.account), captured_us: now }, `h${now}`, JSON.stringify(resource(c.urn)), { rawId: 1, record: now, nowUs: now });
          else workspace.db.prepare('UPDATE nodes SET closed_us = ? WHERE urn = ?').run(now, c.urn);
        }
        live.follow(++version);
        expect(said(live.graph)).toEqual(said(liveGraph(rows, 1).graph));
      }
    }), { numRuns: 60 });
  });
  it('says which nodes a change touches, and nothing when nothing changed', () => {
    const nodes = nodesTable(workspace.db), rows = graphRowsTable(workspace.db);
    for (const name of names) nodes.put({ ...resource(name), captured_us: 1 }, 'h', '{}', { rawId: 1, record: 1, nowUs: 1 });
    nodes.putEdges('of:a', [edge('a', 'b')], 2);
    const live = liveGraph(rows, 1);
    expect(live.follow(1)).toEqual(new Set());
    nodes.putEdges('of:c', [edge('c', 'd')], 3);
    expect(live.follow(2)).toEqual(new Set(['c', 'd']));
    nodes.putEdges('of:a', [], 4);
    expect(live.follow(3)).toEqual(new Set(['a', 'b']));
    workspace.db.exec('DELETE FROM edges');
    expect(live.follow(4)).toBe('all');
  });
  it('refuses a kind that it does not know', () => {
    workspace.db.exec("INSERT INTO edges (source, kind, target, derived, provenance, origin, valid_from) VALUES ('a', 'WISHES', 'b', 0, 'observed', 'x', 1)");
    expect(() => liveGraph(graphRowsTable(workspace.db), 1)).toThrow('WISHES');
  });
});

describe('queryCache', () => {
  it('answers again from memory until a change touches what the answer came from', () => {
    const cache = queryCache();
    let made = 0;
    const ask = (key: string, touched: ReadonlySet<string> | 'all') => cache.get(key, () => ({ value: ++made, touched }));
    expect([ask('one', new Set(['a'])), ask('one', new Set(['a'])), ask('two', new Set(['b'])), ask('three', 'all')]).toEqual([1, 1, 2, 3]);
    cache.drop(new Set());
    expect(ask('three', 'all')).toBe(3);
    cache.drop(new Set(['b', 'z']));
    expect([ask('one', new Set(['a'])), ask('two', new Set(['b'])), ask('three', 'all')]).toEqual([1, 4, 5]);
    cache.drop('all');
    expect(cache.size).toBe(0);
  });
  it('keeps no more than five hundred answers', () => {
    const cache = queryCache();
    for (let i = 0; i < 600; i++) cache.get(`k${i}`, () => ({ value: i, touched: 'all' }));
    expect(cache.size).toBe(500);
  });
});
