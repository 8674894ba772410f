import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { graphView } from '#electron/store/graph-view.ts';
import type { Tables } from '#electron/store/tables.ts';
import type { Edge, Resource } from '#shared/model/resource.ts';
import { newWorkspace } from './workspace.ts';

const node = (urn: string, captured_us: number | undefined, rest: Partial<Resource> = {}): Resource => ({ urn, type: 'AWS::EC2::Instance', kind: 'vm', account: '111122223333', region: 'eu-central-1', aliases: [], tags: {}, deleted: false, config: { at: captured_us ?? 0 }, source: 'aws-config', provenance: 'observed', ...(captured_us !== undefined && { captured_us }), ...rest });
const put = (tables: Tables, r: Resource, rawId = 1) => tables.nodes.put(r, `hash of ${JSON.stringify(r)}`, JSON.stringify(r), { rawId, record: 0, nowUs: 9999 });
const edge = (source: string, target: string, rest: Partial<Edge> = {}): Edge => ({ source, kind: 'MEMBER_OF', target, derived: false, provenance: 'observed', ...rest });

interface Snapshot { readonly at: number; readonly complete: boolean; readonly shows: readonly Resource[] }
/** Imports files as ingest does. */
function importAll(tables: Tables, files: readonly Snapshot[]): void {
  for (const file of files) {
    tables.transaction(() => {
      const rawId = tables.rawFiles.insert({ sha256: `sha-${file.at}`, path: `f${file.at}`, format: 'aws-config', kind: 'resources', bytes: 1, imported_us: 1 });
      for (const r of file.shows) put(tables, r, rawId);
      tables.rawFiles.finish(rawId, { state: 'done', finished_us: 2, complete: file.complete, observed_us: file.at });
      if (file.complete) tables.nodes.observe(rawId, file.at);
      tables.nodes.closeGone();
    });
  }
}
const openUrns = (tables: Tables, view: ReturnType<typeof graphView>) => [view.ofType('AWS::EC2::Instance').map((r) => `${r.urn} ${r.captured_us} ${r.observed_us}`), tables.nodes.count()];

describe('versions of a resource', () => {
  it('the newest counts, whatever the order', () => {
    const list = [node('a', 10), node('a', 30), node('a', 20)];
    fc.assert(fc.property(fc.shuffledSubarray(list, { minLength: 3 }), (order) => {
      const { workspace, tables } = newWorkspace();
      for (const r of order) put(tables, r);
      expect([graphView(workspace.db, 1).resource('a')?.captured_us, tables.nodes.versions('a').map((v) => v.captured_us)]).toEqual([30, [10, 20, 30]]);
      workspace.close();
    }), { numRuns: 4 });
  });
  it('a version that is known changes nothing and marks nothing', () => {
    const { tables } = newWorkspace();
    expect(put(tables, node('a', 10))).toBe('new');
    tables.nodes.clearDirty();
    expect([put(tables, node('a', 10), 2), tables.nodes.dirty(), put(tables, node('a', 5)), tables.nodes.dirty()]).toEqual(['known', [], 'new', []]);
    put(tables, node('a', 11));
    expect([...tables.nodes.dirty()].map(String).join()).toContain('a');
  });
  it('reported as deleted is gone, and an older record does not bring it back', () => {
    const { workspace, tables } = newWorkspace();
    put(tables, node('a', 10));
    put(tables, node('a', 20, { deleted: true }));
    put(tables, node('a', 15));
    expect(graphView(workspace.db, 1).resource('a')).toBeUndefined();
    put(tables, node('a', 30));
    expect(graphView(workspace.db, 1).resource('a')?.captured_us).toBe(30);
  });
});

describe('complete snapshots', () => {
  const files: readonly Snapshot[] = [
    { at: 100, complete: true, shows: [node('a', 10), node('b', 10), node('back', 10)] }, { at: 200, complete: true, shows: [node('a', 10), node('c', 150)] },
    { at: 300, complete: true, shows: [node('a', 10), node('c', 150), node('back', 10)] }, { at: 250, complete: false, shows: [node('d', 240)] },
  ];
  it('close what they no longer show, and only that', () => {
    const { workspace, tables } = newWorkspace();
    importAll(tables, files.slice(0, 2));
    expect(openUrns(tables, graphView(workspace.db, 1))).toEqual([['a 10 200', 'c 150 200'], 2]);
  });
  it('leave alone what another account, region, type or importer shows, and what was seen later', () => {
    const { workspace, tables } = newWorkspace();
    const others = [node('other account', 10, { account: '444455556666' }), node('other region', 10, { region: 'us-east-1' }), node('other source', 10, { source: 'aws-iam-authz' })];
    importAll(tables, [{ at: 100, complete: false, shows: others }, { at: 400, complete: false, shows: [node('later', 390)] }, ...files.slice(0, 2)]);
    expect(graphView(workspace.db, 1).ofType('AWS::EC2::Instance').map((r) => r.urn)).toEqual(['a', 'c', 'later', 'other account', 'other region', 'other source']);
  });
  it('give the same in any order of import', () => {
    const results = new Set<string>();
    fc.assert(fc.property(fc.shuffledSubarray(files.slice(0, 3), { minLength: 3 }), (order) => {
      const { workspace, tables } = newWorkspace();
      importAll(tables, order);
      results.add(JSON.stringify(openUrns(tables, graphView(workspace.db, 1))));
      workspace.close();
    }), { numRuns: 8 });
    expect([...results]).toEqual([JSON.stringify([['a 10 300', 'back 10 300', 'c 150 300'], 3])]);
  });
});

describe('edges and aliases', () => {
  it('of a record replace those of its older record', () => {
    const { workspace, tables } = newWorkspace();
    for (const urn of ['a', 'b', 'c']) put(tables, node(urn, 1));
    tables.nodes.putEdges('observed:a', [edge('a', 'b'), edge('a', 'c')], 1);
    tables.nodes.putEdges('observed:b', [edge('b', 'c')], 1);
    tables.nodes.putEdges('observed:a', [edge('a', 'c')], 2);
    const view = graphView(workspace.db, 1);
    expect([view.edgesFrom('a').map((e) => e.target), view.edgesTo('c').map((e) => e.source), view.edgesTo('b')]).toEqual([['c'], ['a', 'b'], []]);
    // Only what is no longer said ends; what both records say goes on since the older one.
    expect(workspace.db.prepare('SELECT target, valid_from, valid_to FROM edges WHERE source = ? ORDER BY target').all('a')).toEqual([{ target: 'b', valid_from: 1, valid_to: 2 }, { target: 'c', valid_from: 1, valid_to: null }]);
  });
  it('an alias leads to the one resource that has it, in edges from either end', () => {
    const { workspace, tables } = newWorkspace();
    put(tables, node('arn:a', 1, { aliases: ['i-1'] }));
    put(tables, node('arn:b', 1));
    tables.nodes.putEdges('observed:arn:b', [edge('arn:b', 'i-1'), edge('arn:b', 'i-unknown')], 1);
    const view = graphView(workspace.db, 1);
    expect([view.resource('i-1')?.urn, view.edgesFrom('arn:b').map((e) => e.target), view.edgesTo('arn:a').map((e) => e.source)]).toEqual(['arn:a', ['arn:a', 'i-unknown'], ['arn:b']]);
  });
  it('the ARN of an EC2 resource means the one with that id where nobody wrote down where it stands', () => {
    const { workspace, tables } = newWorkspace();
    put(tables, node('aws:111122223333::AWS::EC2::Instance:i-1', 1, { aliases: ['i-1'], account: '111122223333', region: undefined }));
    const view = graphView(workspace.db, 1);
    expect(view.resource('arn:aws:ec2:eu-west-1:111122223333:instance/i-1')?.urn).toBe('aws:111122223333::AWS::EC2::Instance:i-1');
    expect([view.resource('arn:aws:ec2:eu-west-1:444455556666:instance/i-1'), view.resource('arn:aws:ec2:eu-west-1:111122223333:instance/i-2')]).toEqual([undefined, undefined]);
  });
  it('an alias of several resources means one only within an account, and its edges lead to that one', () => {
    const { workspace, tables } = newWorkspace();
    put(tables, node('arn:a', 1, { aliases: ['10.0.0.5'] }));
    put(tables, node('arn:b', 1, { aliases: ['10.0.0.5'], account: '444455556666' }));
    put(tables, node('arn:from', 1, { account: '444455556666' }));
    tables.nodes.putEdges('observed:arn:from', [edge('arn:from', '10.0.0.5')], 1);
    const view = graphView(workspace.db, 1);
    expect([view.resource('10.0.0.5'), view.resource('10.0.0.5', '111122223333')?.urn, view.resource('10.0.0.5', '444455556666')?.urn]).toEqual([undefined, 'arn:a', 'arn:b']);
    expect([view.edgesFrom('arn:from').map((e) => e.target), view.edgesTo('arn:b').length, view.edgesTo('arn:a').length]).toEqual([['arn:b'], 1, 0]);
  });
  it('an alias that a newer version drops leads nowhere', () => {
    const { workspace, tables } = newWorkspace();
    put(tables, node('arn:a', 1, { aliases: ['203.0.113.7'] }));
    put(tables, node('arn:a', 2));
    expect(graphView(workspace.db, 1).resource('203.0.113.7')).toBeUndefined();
  });
});
