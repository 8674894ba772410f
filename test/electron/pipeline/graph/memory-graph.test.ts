import { describe, expect, it } from 'vitest';
import { memoryGraph, type GraphRecord } from '#electron/pipeline/graph/memory-graph.ts';
import { trackedViews } from '#electron/pipeline/graph/tracked-view.ts';
import type { Edge, Resource } from '#shared/model/resource.ts';

const resource = (urn: string, more: Partial<Resource> = {}): Resource => ({ urn, type: 'AWS::EC2::SecurityGroup', kind: 'sg', account: '111122223333', region: 'eu-central-1', aliases: [], tags: {}, deleted: false, config: {}, source: 'test', provenance: 'observed', ...more });
const edge = (source: string, target: string): Edge => ({ source, kind: 'MEMBER_OF', target, derived: false, provenance: 'observed' });
const record = (resources: readonly Resource[], edges: readonly Edge[] = [], nth = 0): GraphRecord => ({ resources, edges, file: 'f', record: nth });
const old = record([resource('a', { captured_us: 1, name: 'old' })], [edge('a', 'b')]), recent = record([resource('a', { captured_us: 2, name: 'new' })], [edge('a', 'c')], 1);

describe('memoryGraph', () => {
  it('takes the newest record of a resource, and its edges, whatever the order', () => {
    for (const records of [[old, recent], [recent, old]]) {
      const graph = memoryGraph(records);
      expect(graph.resource('a')?.name).toBe('new');
      expect(graph.edgesFrom('a').map((e) => e.target)).toEqual(['c']);
    }
  });
  it('decides between records of one time by content, whatever the order', () => {
    const one = record([resource('a', { name: 'one' })]), two = record([resource('a', { name: 'two' })]);
    expect(memoryGraph([one, two]).resource('a')?.name).toBe(memoryGraph([two, one]).resource('a')?.name);
  });
  it('takes a cloud’s own record before one of Terraform, whatever the order', () => {
    for (const config of [{ a: 1 }, { a: 2 }]) {
      const planned = record([resource('a', { source: 'terraform', config })]), listed = record([resource('a', { source: 'azure-resources', config: { a: 0 } })]);
      expect([memoryGraph([planned, listed]), memoryGraph([listed, planned])].map((g) => g.resource('a')?.config)).toEqual([{ a: 0 }, { a: 0 }]);
    }
  });
  it('leaves out what is gone, and what it stated', () => {
    const gone = record([resource('a', { captured_us: 3, deleted: true })]);
    const graph = memoryGraph([old, recent, gone]);
    expect([graph.resource('a'), graph.ofType('AWS::EC2::SecurityGroup'), graph.edgesFrom('a')]).toEqual([undefined, [], []]);
  });
  it('takes the ARN of an EC2 resource for the one with that id where nobody wrote down where it stands', () => {
    const told = (more: Partial<Resource>) => memoryGraph([record([resource('aws:::AWS::EC2::SecurityGroup:sg-1', { aliases: ['sg-1'], ...more })])]).resource('arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1')?.urn;
    const urn = 'aws:::AWS::EC2::SecurityGroup:sg-1';
    expect([told({ account: undefined, region: undefined }), told({ region: undefined }), told({ account: undefined, region: 'eu-west-1' })]).toEqual([urn, urn, urn]);
    expect([told({}), told({ account: '444455556666', region: undefined })]).toEqual([undefined, undefined]);
  });
  it('resolves aliases, ambiguous ones only within an account', () => {
    const graph = memoryGraph([record([resource('a', { aliases: ['x', 'own'] })]), record([resource('b', { aliases: ['x'], account: '444455556666' })])]);
    expect([graph.resource('own')?.urn, graph.resource('x'), graph.resource('x', '444455556666')?.urn]).toEqual(['a', undefined, 'b']);
  });
  it('gives what a part tells of a role by its name alone to the role of that name, whatever its path', () => {
    const arn = (path: string) => `arn:aws:iam::111122223333:role/${path}`;
    const part = record([resource(arn('worker'), { part: 'get-role-policy', config: { RolePolicyList: [] } })], [edge(arn('worker'), 'b')]), whole = record([resource(arn('svc/worker'), { config: { Path: '/svc/' } })]);
    for (const records of [[part, whole], [whole, part]]) {
      const graph = memoryGraph(records);
      expect([graph.resource(arn('svc/worker'))?.config, graph.resource(arn('worker')), graph.edgesFrom(arn('svc/worker')).length]).toEqual([{ Path: '/svc/', RolePolicyList: [] }, undefined, 1]);
    }
  });
  it('leads edges to the resource behind an alias, from both ends', () => {
    const graph = memoryGraph([record([resource('a')], [edge('a', 'sg-1')]), record([resource('b', { aliases: ['sg-1'] })])]);
    expect(graph.edgesFrom('a', 'MEMBER_OF')).toMatchObject([{ target: 'b' }]);
    expect(graph.edgesTo('b')).toMatchObject([{ source: 'a' }]);
    expect(graph.edgesTo('b', 'CONTAINS')).toEqual([]);
  });
  it('lists by urn, within account and region, and adds derived edges', () => {
    const graph = memoryGraph([record([resource('b'), resource('a', { region: 'us-east-1' })])], [{ ...edge('b', 'a'), derived: true }]);
    expect(graph.ofType('AWS::EC2::SecurityGroup').map((r) => r.urn)).toEqual(['a', 'b']);
    expect(graph.ofType('AWS::EC2::SecurityGroup', { account: '111122223333', region: 'us-east-1' }).map((r) => r.urn)).toEqual(['a']);
    expect(graph.edgesTo('a')).toMatchObject([{ source: 'b', derived: true }]);
  });
});

describe('a view that notes what is read', () => {
  it('notes the id of an EC2 ARN that means nothing yet', () => {
    const { view, inputs } = trackedViews(memoryGraph([]))();
    expect(view.resource('arn:aws:ec2:eu-west-1:111122223333:instance/i-1')).toBeUndefined();
    expect([...inputs]).toEqual(['arn:aws:ec2:eu-west-1:111122223333:instance/i-1', 'i-1']);
  });
});
