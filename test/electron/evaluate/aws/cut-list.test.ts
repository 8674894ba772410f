import { describe, expect, it } from 'vitest';
import { missingIdentities, restOf } from '#electron/evaluate/aws/cut-list.ts';
import { cutList, identityPages } from '#shared/model/aws.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { graphOf, type ResourceDraft } from '../../../graph-of.ts';

const A = '111122223333', B = '444455556666', TABLE = 'AWS::EC2::RouteTable';
const page = (of: string, id: string, account = A, config = {}): ResourceDraft => ({ urn: `cut-${of}-${id}`, type: cutList, kind: 'other', account, config: { Of: of, By: 'NextToken', ...config } });
const table = (id: string, account = A): ResourceDraft => ({ urn: id, type: TABLE, kind: 'route_table', account });

/** A graph whose resources came from the files that are named. */
function from(files: Readonly<Record<string, readonly ResourceDraft[]>>): GraphView {
  const graph = graphOf(Object.values(files).flat());
  const fileOf = new Map(Object.entries(files).flatMap(([file, drafts]) => drafts.map((d) => [d.urn, file])));
  const placed = (r: StoredResource): StoredResource => ({ ...r, ref: { ...r.ref, raw_id: fileOf.get(r.urn) ?? '' } });
  return { ...graph, ofType: (type) => graph.ofType(type).map(placed) };
}

describe('the rest of a list', () => {
  it('is missing where the imported page names a next one, in its account only', () => {
    const graph = from({ one: [table('a'), page(TABLE, 'x')] });
    expect(restOf(graph, TABLE, A)).toMatchObject({ what: expect.stringMatching(/EC2::RouteTable of account 111122223333.*NextToken/), supply: expect.stringContaining('all pages') });
    expect([restOf(graph, TABLE, undefined)?.entity, restOf(graph, TABLE, B), restOf(graph, 'AWS::EC2::Subnet', A)]).toEqual(['cut-AWS::EC2::RouteTable-x', undefined, undefined]);
  });
  it('is there where another file has such entries of the account, or the last page was imported', () => {
    expect(restOf(from({ one: [table('a'), page(TABLE, 'x')], two: [table('b')] }), TABLE, A)).toBeUndefined();
    expect(restOf(from({ one: [table('a'), page(TABLE, 'x')], two: [table('b', B)] }), TABLE, A)).toBeDefined();
    expect(restOf(from({ one: [table('a'), page(TABLE, 'x')], two: [table('b'), page(TABLE, 'y')] }), TABLE, A)).toBeDefined();
    expect(restOf(from({ one: [page(identityPages, 'x'), page(identityPages, 'last', A, { IsLast: true })] }), identityPages, A)).toBeUndefined();
  });
  it('nothing is missing where no page says so', () => { expect(restOf(from({ one: [table('a')] }), TABLE, A)).toBeUndefined(); });
});

describe('identities', () => {
  const role = (id: string, account = A): ResourceDraft => ({ urn: id, type: 'AWS::IAM::Role', kind: 'identity', account });
  it('may be missing where the list was cut, or where an account has no role at all', () => {
    expect(missingIdentities(from({ one: [role('r'), page(identityPages, 'x')] }), A)?.what).toMatch(/^the rest of the list of identities/);
    expect(missingIdentities(from({ one: [role('r', B)] }), A)?.what).toMatch(/^the roles of account 111122223333/);
    expect([missingIdentities(from({ one: [role('r')] }), A), missingIdentities(from({ one: [] }), undefined)]).toEqual([undefined, undefined]);
  });
});
