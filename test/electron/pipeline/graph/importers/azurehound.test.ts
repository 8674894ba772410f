import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateDirectoryIdentity } from '#electron/evaluate/directory/tier.ts';
import { answerQuestion } from '#electron/evaluate/question.ts';
import { deriveEdges } from '#electron/pipeline/graph/build-graph.ts';
import { derivations } from '#electron/pipeline/graph/derivations.ts';
import { azurehound } from '#electron/pipeline/graph/importers/azurehound.ts';
import { importers } from '#electron/pipeline/graph/importers/all.ts';
import { memoryGraph } from '#electron/pipeline/graph/memory-graph.ts';
import { readContent } from './read-content.ts';

const knowledge = { primitives: [], managedPolicies: new Map() };
const text = readFileSync('test/fixtures/importers/azurehound/many.json', 'utf8');
async function graphOf(content: string) {
  const { records, resources, errors, reader } = await readContent(content);
  expect([reader, errors]).toEqual(['azurehound', []]);
  const graph = memoryGraph(records);
  return memoryGraph(records, [...deriveEdges(graph, new Set(resources.map((r) => r.urn)), derivations(knowledge), () => [])].flatMap((g) => g.edges));
}
async function way(content: string, subject: string, object?: string) {
  const graph = await graphOf(content);
  const answer = answerQuestion(graph, { question: 'escalation', subject, object }, { knowledge, accounts: new Set(), derived: () => graph, blast: { isProduction: () => true, isSensitive: () => false, isCrownJewel: () => false, tierOf: () => 'none' } });
  return answer.ok ? `${answer.value.answer} ${answer.value.via ?? answer.value.blocked_by ?? ''}` : answer.error;
}

describe('azurehound', () => {
  it('is registered and reads one document as well as one record a line', async () => {
    expect(importers).toContain(azurehound);
    const parsed = JSON.parse(text) as { data: readonly unknown[] };
    const lines = await readContent(parsed.data.map((r) => JSON.stringify(r)).join('\n'));
    expect([lines.reader, lines.errors, lines.resources.length]).toEqual(['azurehound', [], (await readContent(text)).resources.length]);
  });

  it('follows a user over groups, owned applications and roles to the tenant', async () => {
    expect(await way(without('AZVMRoleAssignment'), 'eve@acme.example')).toMatch(/^yes AZMemberOf Ops → AZAddSecret deployer .*AZHasRole Global Administrator/);
    expect(evaluateDirectoryIdentity(await graphOf(text), 'eve@acme.example').tier).toBe('tier0');
  });

  it.each([
    ['no membership', 'AZGroupMember', /^yes AZVMContributor web → AZManagedIdentity deployer/], ['no owned application', 'AZAppOwner', /^yes AZVMContributor/],
  ])('finds the other way: %s', async (_, kind, expected) => expect(await way(without(kind), 'eve@acme.example')).toMatch(expected));

  it('finds none where neither is there', async () => expect(await way(without('AZGroupMember', 'AZVMRoleAssignment'), 'eve@acme.example')).toBe('no NO_PATH'));
  it('leaves an eligible role open', async () => expect(await way(text.replace('"AZRoleAssignment"', '"AZRoleEligibilityScheduleInstance"'), 'eve@acme.example')).toBe('unknown CONDITION'));
  it('reads access policies of vaults', async () => expect((await readContent(text)).edges.filter((e) => e.reason === 'AZGetSecrets').map((e) => [e.kind, e.target])).toEqual([['CAN_READ', '/subscriptions/s1/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv']]));

  it('keeps every access policy of a vault and every holder of an application role', async () => {
    const record = (kind: string, data: object) => JSON.stringify({ kind, data }), vault = '/subscriptions/s1/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv', tenant = 'aaaaaaaa-0000-0000-0000-000000000000';
    const policy = (ObjectId: string) => record('AZKeyVaultAccessPolicy', { KeyVaultId: vault, TenantId: tenant, ObjectId, Permissions: { secrets: ['Get'] } });
    const holder = (principalId: string) => record('AZAppRoleAssignment', { appRoleId: '9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8', principalId, resourceId: 'dddddddd-0000-0000-0000-000000000000', tenantId: tenant });
    const graph = await graphOf([policy('u-1'), policy('u-2'), holder('p-1'), holder('p-2')].join('\n'));
    expect(['u-1', 'u-2'].map((id) => graph.edgesFrom(`entra:${id}`, 'CAN_READ').length)).toEqual([1, 1]);
    expect(['p-1', 'p-2'].map((id) => graph.edgesFrom(`entra:${id}`, 'PRIVESC').length)).toEqual([1, 1]);
  });

  function without(...kinds: readonly string[]): string {
    const parsed = JSON.parse(text) as { data: readonly { kind: string }[]; meta: unknown };
    return JSON.stringify({ ...parsed, data: parsed.data.filter((r) => !kinds.includes(r.kind)) });
  }

  it('never throws on any record', () => {
    const kinds = fc.constantFrom('AZUser', 'AZVM', 'AZGroupMember', 'AZRoleAssignment', 'AZVMRoleAssignment', 'AZKeyVaultAccessPolicy', 'AZAppRoleAssignment', 'AZSubscriptionOwner');
    fc.assert(fc.property(kinds, fc.dictionary(fc.constantFrom('id', 'groupId', 'members', 'principalId', 'roleAssignments', 'identity', 'tenantId'), fc.jsonValue()), (kind, data) => { azurehound.parse({ kind, data }, { parents: [], from: 'data', path: '', index: 0 }); }), { numRuns: 300 });
  });
});
