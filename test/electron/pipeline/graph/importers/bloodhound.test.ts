import { existsSync, readFileSync, readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateDirectoryIdentity } from '#electron/evaluate/directory/tier.ts';
import { answerQuestion } from '#electron/evaluate/question.ts';
import { importers } from '#electron/pipeline/graph/importers/all.ts';
import { bloodhound } from '#electron/pipeline/graph/importers/bloodhound.ts';
import { memoryGraph } from '#electron/pipeline/graph/memory-graph.ts';
import { readContent } from './read-content.ts';

const D = 'S-1-5-21-1-2-3';
type Part = Readonly<Record<string, unknown>>;
const base = (type: string, rid: string, name: string, more: Part = {}): readonly [string, Part] => [type, { Properties: { domain: 'ACME.LOCAL', name: `${name}@ACME.LOCAL`, domainsid: D, samaccountname: name.toLowerCase() }, Aces: [], ObjectIdentifier: rid === '' ? D : rid.length > 8 ? rid : `${D}-${rid}`, IsDeleted: false, IsACLProtected: false, ContainedBy: null, ...more }];
const user = (rid: string, name: string, more: Part = {}) => base('users', rid, name, { AllowedToDelegate: [], HasSIDHistory: [], SPNTargets: [], ...more });
const group = (rid: string, name: string, members: readonly string[], more: Part = {}) => base('groups', rid, name, { Members: members.map((m) => ({ ObjectIdentifier: `${D}-${m}`, ObjectType: 'Base' })), ...more });
const computer = (rid: string, name: string, more: Part = {}) => base('computers', rid, name, { IsDC: false, Sessions: { Results: [], Collected: true }, LocalGroups: [], ...more });
const domain = base('domains', '', 'ACME', { Trusts: [], Links: [], ChildObjects: [] });
const ace = (rid: string, RightName: string): Part => ({ PrincipalSID: `${D}-${rid}`, PrincipalType: 'User', RightName, IsInherited: false });
const admins = group('512', 'DOMAIN ADMINS', ['1100']);

async function graphOf(objects: readonly (readonly [string, Part])[]) {
  const all = await Promise.all([...new Set(objects.map(([type]) => type))].map((type) => readContent(JSON.stringify({ data: objects.filter((o) => o[0] === type).map((o) => o[1]), meta: { type, version: 6, count: 1, methods: 0 } }), type)));
  expect(all.map((r) => [r.reader, r.errors])).toEqual(all.map(() => ['bloodhound', []]));
  return memoryGraph(all.flatMap((r) => r.records));
}
const world = (...more: readonly (readonly [string, Part])[]) => [domain, admins, user('1100', 'ADA'), user('1200', 'EVE'), ...more];
async function way(objects: readonly (readonly [string, Part])[], subject = 'EVE@ACME.LOCAL', object?: string) {
  const graph = await graphOf(objects);
  const answer = answerQuestion(graph, { question: 'escalation', subject, object }, { knowledge: { primitives: [], managedPolicies: new Map() }, accounts: new Set(), derived: () => graph, blast: { isProduction: () => true, isSensitive: () => false, isCrownJewel: () => false, tierOf: () => 'none' } });
  return answer.ok ? `${answer.value.answer} ${answer.value.via ?? answer.value.blocked_by ?? ''}` : answer.error;
}

describe('bloodhound', () => {
  it('is registered and reads a collection', async () => {
    expect(importers).toContain(bloodhound);
    const { resources, edges, reader } = await readContent(readFileSync('test/fixtures/importers/bloodhound/groups.json'));
    expect([reader, resources.map((r) => [r.type, r.urn, r.name])]).toEqual(['bloodhound', [['AD::Group', 'ad:S-1-5-21-1-2-3-512', 'DOMAIN ADMINS@ACME.LOCAL'], ['AD::Group', 'ad:S-1-5-21-1-2-3-1105', 'TIER0@ACME.LOCAL']]]);
    expect(edges.map((e) => `${e.source.slice(17)} ${e.kind} ${e.target.slice(17)}`)).toEqual(['-1105 MEMBER_OF -512', '-1105 CAN_ASSUME -512', '-512 CAN_ADMIN ', '-1106 MEMBER_OF -1105', '-1106 CAN_ASSUME -1105']);
  });

  it.each<readonly [fact: string, expected: RegExp, objects: readonly (readonly [string, Part])[]]>([
    ['nothing', /^no NO_PATH/, []], ['a member of the administrators', /^yes MemberOf/, [group('519', 'ENTERPRISE ADMINS', ['1200'])]],
    ['nested membership', /^yes MemberOf .*→ MemberOf/, [group('1105', 'T0', ['1106']), group('1106', 'OPS', ['1200']), group('512', 'DOMAIN ADMINS', ['1100', '1105'])].slice(0, 3)], ['membership in a harmless group', /^no/, [group('1106', 'OPS', ['1200'])]],
    ['GenericAll on an administrator', /^yes GenericAll ADA/, [user('1100', 'ADA', { Aces: [ace('1200', 'GenericAll')] })]], ['a right that gives nothing', /^no/, [user('1100', 'ADA', { Aces: [ace('1200', 'Enroll')] })]],
    ['ForceChangePassword', /^yes ForceChangePassword/, [user('1100', 'ADA', { Aces: [ace('1200', 'ForceChangePassword')] })]], ['WriteDacl on the group', /^yes WriteDacl/, [group('512', 'DOMAIN ADMINS', ['1100'], { Aces: [ace('1200', 'WriteDacl')] })]],
    ['AddMember', /^yes AddMember/, [group('512', 'DOMAIN ADMINS', ['1100'], { Aces: [ace('1200', 'AddMember')] })]], ['both halves of DCSync', /^yes DCSync/, [base('domains', '', 'ACME', { Trusts: [], Aces: [ace('1200', 'GetChanges'), ace('1200', 'GetChangesAll')] })]], ['one half', /^no/, [base('domains', '', 'ACME', { Trusts: [], Aces: [ace('1200', 'GetChanges')] })]],
    ['admin of where an administrator is logged on', /^yes AdminTo WS1.*HasSession ADA/, [computer('1300', 'WS1', { LocalGroups: [{ ObjectIdentifier: `${D}-1300-544`, Name: 'ADMINISTRATORS', Results: [{ ObjectIdentifier: `${D}-1200`, ObjectType: 'User' }], Collected: true }], Sessions: { Results: [{ UserSID: `${D}-1100`, ComputerSID: `${D}-1300` }], Collected: true } })]],
    ['of a machine without sessions', /^no/, [computer('1300', 'WS1', { LocalGroups: [{ ObjectIdentifier: `${D}-1300-544`, Results: [{ ObjectIdentifier: `${D}-1200` }] }] })]], ['a domain controller', /^yes AdminTo DC1/, [computer('1301', 'DC1', { IsDC: true, LocalGroups: [{ ObjectIdentifier: `${D}-1301-544`, Results: [{ ObjectIdentifier: `${D}-1200` }] }] })]],
    ['delegation to a domain controller', /^yes AllowedToDelegate/, [user('1200', 'EVE', { AllowedToDelegate: [{ ObjectIdentifier: `${D}-1301`, ObjectType: 'Computer' }] }), computer('1301', 'DC1', { IsDC: true })]], ['AllowedToAct', /^yes AllowedToAct/, [computer('1301', 'DC1', { IsDC: true, AllowedToAct: [{ ObjectIdentifier: `${D}-1200` }] })]],
    ['SID history', /^yes HasSIDHistory/, [user('1200', 'EVE', { HasSIDHistory: [{ ObjectIdentifier: `${D}-1100` }] })]], ['a policy that is linked to the domain', /^yes GenericWrite .*→ GPLink/, [base('gpos', 'AAAAAAAA-1111-4111-8111-AAAAAAAAAAAA', 'DEFAULT', { Aces: [ace('1200', 'GenericWrite')] }), base('domains', '', 'ACME', { Trusts: [], Links: [{ GUID: 'AAAAAAAA-1111-4111-8111-AAAAAAAAAAAA', IsEnforced: false }] })]],
    ['control of the unit that holds an administrator', /^yes GenericAll .*→ Contains ADA/, [base('ous', 'BBBBBBBB-1111-4111-8111-AAAAAAAAAAAA', 'STAFF', { Aces: [ace('1200', 'GenericAll')], Links: [] }), user('1100', 'ADA', { ContainedBy: { ObjectIdentifier: 'BBBBBBBB-1111-4111-8111-AAAAAAAAAAAA', ObjectType: 'OU' } })]],
    ['whose rights don’t come down to it', /^no/, [base('ous', 'BBBBBBBB-1111-4111-8111-AAAAAAAAAAAA', 'STAFF', { Aces: [ace('1200', 'GenericAll')], Links: [] }), user('1100', 'ADA', { IsACLProtected: true, ContainedBy: { ObjectIdentifier: 'BBBBBBBB-1111-4111-8111-AAAAAAAAAAAA', ObjectType: 'OU' } })]],
  ])('tells whether a user gets the domain: %s', async (_, expected, objects) => {
    const named = new Set(objects.map(([type, o]) => `${type} ${String(o['ObjectIdentifier'])}`));
    expect(await way([...world().filter(([type, o]) => !named.has(`${type} ${String(o['ObjectIdentifier'])}`)), ...objects])).toMatch(expected);
  });

  it('reads sessions and deleted objects that stand in files of their own', async () => {
    const file = (type: string, data: readonly unknown[]) => readContent(JSON.stringify({ meta: { methods: 0, type, count: data.length, version: 6 }, data }));
    const sessions = await file('sessions', [{ ComputerSID: `${D}-1300`, UserSID: `${D}-1100`, LogonType: 2 }, { ComputerSID: `${D}-1300` }]);
    expect([sessions.reader, sessions.errors.length, sessions.edges.map((e) => `${e.source} ${e.kind} ${e.target} ${e.reason ?? ''}`)]).toEqual(['bloodhound', 1, [`ad:${D}-1300 CAN_ASSUME ad:${D}-1100 HasSession`]]);
    const gone = await file('deleted', [`${D}-1200`, '']);
    expect([gone.reader, gone.errors.length, gone.resources.map((r) => [r.urn, r.deleted])]).toEqual(['bloodhound', 1, [[`ad:${D}-1200`, true]]]);
  });

  it('says which object it doesn’t know, and what tier one is of', async () => {
    expect(await way(world(), 'NOBODY@ACME.LOCAL')).toMatch(/^(unknown|.*missing)/);
    expect(await way(world(), 'EVE@ACME.LOCAL', 'ADA@ACME.LOCAL')).toBe('no NO_PATH');
    const graph = await graphOf(world(computer('1300', 'WS1', { Aces: [ace('1200', 'GenericAll')] })));
    expect(['ADA', 'EVE', 'DOMAIN ADMINS'].map((n) => evaluateDirectoryIdentity(graph, `${n}@ACME.LOCAL`).tier)).toEqual(['tier0', 'tier1', 'tier0']);
  });

  it('never throws on any record', () => {
    const key = fc.constantFrom('Aces', 'Members', 'ObjectIdentifier', 'Properties', 'Trusts', 'Sessions', 'Results', 'LocalGroups', 'Links', 'ContainedBy', 'PrincipalSID', 'RightName');
    const json = fc.letrec<{ v: unknown }>((tie) => ({ v: fc.oneof({ maxDepth: 4 }, fc.jsonValue({ maxDepth: 1 }), fc.array(tie('v'), { maxLength: 3 }), fc.dictionary(key, tie('v'), { maxKeys: 6 })) })).v;
    fc.assert(fc.property(json, json, (record, parent) => { for (const type of ['', 'sessions', 'deleted']) bloodhound.parse(record, { parents: [type === '' ? parent : { meta: { type } }], from: 'data', path: '', index: 0 }); }), { numRuns: 300 });
  });

  it.skipIf(!existsSync('../shared/samples/bloodhound'))('reads the samples whole', async () => {
    const folder = '../shared/samples/bloodhound';
    const all = await Promise.all(readdirSync(folder).map((name) => readContent(readFileSync(`${folder}/${name}`), name)));
    expect(all.flatMap((r) => r.errors)).toEqual([]);
    expect(all.map((r) => r.reader)).toEqual(all.map(() => 'bloodhound'));
    const graph = memoryGraph(all.flatMap((r) => r.records));
    expect(graph.ofType('AD::Group').length).toBe(52);
    expect(evaluateDirectoryIdentity(graph, 'DOMAIN ADMINS@GHOST.CORP').tier).toBe('tier0');
  });
});
