import { existsSync, readFileSync, readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importers } from '#electron/pipeline/graph/importers/all.ts';
import { azureResources } from '#electron/pipeline/graph/importers/azure-resources.ts';
import { azureTemplate } from '#electron/pipeline/graph/importers/azure-template.ts';
import { readContent } from './read-content.ts';
import { documentsOf, importAll, sampleOf } from './read-records.ts';

const folder = 'test/fixtures/importers', context = { parents: [], from: '', path: '', index: 0 };
const base = '/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333/resourcegroups/rg-pay/providers';

describe('azure-resources', () => {
  const rows = importAll(azureResources, documentsOf(`${folder}/azure-resources/resource-graph.json`));
  const find = (urn: string) => rows.resources.find((r) => r.urn === urn);

  it('is registered', () => expect(importers).toEqual(expect.arrayContaining([azureResources, azureTemplate])));
  it('reads rows of Resource Graph and quarantines what has no id', () => expect([rows.records, rows.errors]).toEqual([4, ['id of the microsoft.compute/virtualmachines is missing']]));
  it('writes ids in lower case and keeps them as written beside', () => expect(find(`${base}/microsoft.storage/storageaccounts/paystore`)).toMatchObject({
    type: 'Microsoft.Storage/storageAccounts', kind: 'bucket', account: '0b1f6471-1bf0-4dda-aec3-111122223333', region: 'northeurope', tags: { env: 'prod' }, created_us: Date.UTC(2024, 4, 6, 7, 8, 9) * 1000, config: { allowBlobPublicAccess: false, networkAcls: { defaultAction: 'Deny' } },
    aliases: ['/subscriptions/0B1F6471-1BF0-4DDA-AEC3-111122223333/resourceGroups/RG-Pay/providers/Microsoft.Storage/storageAccounts/paystore', 'paystore'],
  }));
  it('takes subnets out of their network', () => expect(find(`${base}/microsoft.network/virtualnetworks/pay-net/subnets/app`)).toMatchObject({ kind: 'subnet', config: { addressPrefix: '10.4.1.0/24' } }));
  it('knows whom a role is assigned to', () => expect(find('5d0e0000-0000-4000-8000-000000000077')).toMatchObject({ kind: 'identity', type: 'Microsoft.Graph/servicePrincipals', part: 'principal' }));

  it('reads Resource Graph’s table of columns and rows', async () => {
    const columns = ['id', 'name', 'type', 'location', 'tags'].map((name) => ({ name, type: 'string' }));
    const row = (name: string, tags: unknown) => [`${base}/Microsoft.Compute/disks/${name}`, name, 'microsoft.compute/disks', 'northeurope', tags];
    const read = await readContent(JSON.stringify({ totalRecords: 3, count: 3, resultTruncated: 'false', data: { columns, rows: [row('d1', { env: 'prod' }), row('d2', null), [null, 'x']] } }));
    expect([read.reader, read.errors.length, read.resources.map((r) => [r.urn, r.type, r.region, r.tags])]).toEqual(['azure-resources', 1, [
      [`${base}/microsoft.compute/disks/d1`, 'Microsoft.Compute/disks', 'northeurope', { env: 'prod' }], [`${base}/microsoft.compute/disks/d2`, 'Microsoft.Compute/disks', 'northeurope', {}],
    ]]);
  });

  it('reads the command line’s flat form, with the machine’s own identity', () => {
    const read = importAll(azureResources, documentsOf(`${folder}/azure-resources/vm-list.json`).flat());
    expect(read.resources.map((r) => [r.urn, r.kind])).toEqual([[`${base}/microsoft.compute/virtualmachines/pay-1`, 'vm'], ['5d0e0000-0000-4000-8000-000000000077', 'identity']]);
    expect(read.edges.map((e) => `${e.kind} ${e.target}`)).toEqual([`ATTACHED_TO ${base}/microsoft.network/networkinterfaces/pay-1-nic`, 'RUNS_AS 5d0e0000-0000-4000-8000-000000000077']);
  });
  it('folds properties at every level and spells keys one way', () => {
    const { resources } = importAll(azureResources, [{ id: `${base}/Microsoft.Network/networkInterfaces/n`, type: 'Microsoft.Network/networkInterfaces', properties: { ipConfigurations: [{ name: 'a', properties: { privateIpAddress: '10.0.0.4', publicIpAddress: { id: 'x' } } }] } }]);
    expect(resources[0]?.config).toMatchObject({ ipConfigurations: [{ name: 'a', privateIPAddress: '10.0.0.4', publicIPAddress: { id: 'x' } }] });
  });
  it.each([
    [{ id: '5d0e0000-0000-4000-8000-000000000001', userPrincipalName: 'a@x.example' }, 'Microsoft.Graph/users'], [{ id: '5d0e0000-0000-4000-8000-000000000002', appId: 'y', servicePrincipalType: 'Application' }, 'Microsoft.Graph/servicePrincipals'],
    [{ id: '5d0e0000-0000-4000-8000-000000000003', securityEnabled: true, displayName: 'g' }, 'Microsoft.Graph/groups'], [{ id: 'q', principalId: 'p', roleDefinitionId: 'r', directoryScopeId: '/' }, 'Microsoft.Graph/directoryRoleAssignments'],
    [{ id: `${base}/Microsoft.NewThing/widgets/w`, type: 'Microsoft.NewThing/widgets' }, 'Microsoft.NewThing/widgets'], [{ id: '/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333', displayName: 'Pay', state: 'Enabled' }, 'Microsoft.Resources/subscriptions'], [{ id: '0b1f6471-1bf0-4dda-aec3-111122223333', isDefault: true, tenantId: 't', state: 'Enabled', name: 'Pay' }, 'Microsoft.Resources/subscriptions'],
  ])('tells what %j is', (record, type) => expect(importAll(azureResources, [record]).resources[0]?.type).toBe(type));

  it.each([
    [documentsOf(`${folder}/azure-resources/resource-graph.json`)[0], 88], [documentsOf(`${folder}/azure-resources/vm-list.json`)[0], 84], [{ value: [{ id: `${base}/Microsoft.Compute/virtualMachines/v`, type: 'Microsoft.Compute/virtualMachines', properties: {} }] }, 88],
    [{ time: 'x', resourceId: `${base}/x`, operationName: 'MICROSOFT.COMPUTE/X', properties: {} }, 0], [{ id: `${base}/Microsoft.Security/alerts/a`, type: 'Microsoft.Security/Locations/alerts', properties: { alertDisplayName: 'x' } }, 0], [{ data: [{ a: 1 }] }, 0],
  ])('recognizes inventory and leaves logs and alerts to others (%#)', (document, score) => expect(azureResources.detect(sampleOf(document))).toBe(score));
  it.each(['azure-activity', 'ms-defender-cloud', 'ms-sentinel', 'ms-graph-alerts-v2'])('leaves the samples of %s alone', (name) => {
    const samples = `../shared/samples/${name}`;
    const firsts = existsSync(samples) ? readdirSync(samples).filter((f) => f.endsWith('json')).map((f) => readFileSync(`${samples}/${f}`, 'utf8')).map((text): unknown => { try { return JSON.parse(text); } catch { return JSON.parse(text.split('\n')[0] ?? ''); } }) : [];
    expect(firsts.map((document) => azureResources.detect(sampleOf(document))).filter((score) => score > 0)).toEqual([]);
  });
  it.each([['x', 'not a JSON object'], [{ a: 1 }, 'id is missing'], [{ id: '/subscriptions/s/resourceGroups' }, 'the type of /subscriptions/s/resourceGroups is missing'], [{ id: '/x/y' }, 'id is no resource id: /x/y']])('quarantines %j', (record, error) => expect(azureResources.parse(record, context)).toEqual({ ok: false, error }));
  it('never throws on any record', () => fc.assert(fc.property(fc.jsonValue(), (value) => {
    azureResources.parse(value, context);
    azureTemplate.parse(value, context);
    azureResources.parse(value, { ...context, from: 'data.rows', parents: [{ data: { columns: value } }] });
    azureResources.parse({ id: `${base}/Microsoft.Network/virtualNetworks/v`, type: value, properties: value, tags: value, identity: value, subnets: value, ipConfigurations: value }, context);
    azureResources.parse({ id: `${base}/Microsoft.Network/virtualNetworks/v`, properties: { subnets: value, virtualNetworkPeerings: value }, identity: { principalId: value, userAssignedIdentities: value } }, context);
    azureTemplate.parse({ type: 'Microsoft.A/b', apiVersion: '1', name: value, properties: value }, { ...context, parents: [value] });
  }), { numRuns: 300 }));
});

describe('azure-template', () => {
  it('reads what has a plain name, as planned, and says which name it can not resolve', () => {
    const read = importAll(azureTemplate, documentsOf(`${folder}/azure-template/template.json`));
    // Names come from parameters of the template, which stand around the record.
    const [template] = documentsOf(`${folder}/azure-template/template.json`);
    const around = { ...context, parents: [template] };
    const resources = (template as { resources: readonly unknown[] }).resources.map((r) => azureTemplate.parse(r, around));
    expect(read.records).toBe(4);
    expect(resources.map((r) => (r.ok ? r.value.resources?.[0]?.urn : r.error))).toEqual([
      '/subscriptions/template/resourcegroups/template/providers/microsoft.storage/storageaccounts/paystore', '/subscriptions/template/resourcegroups/template/providers/microsoft.storage/storageaccounts/paystore/blobservices/default/containers/files',
      '/subscriptions/template/resourcegroups/template/providers/microsoft.network/networkinterfaces/nic', 'the name of the Microsoft.Compute/virtualMachines is an expression that is not resolved here: [uniqueString(resourceGroup().id)]',
    ]);
    expect(resources[2]).toMatchObject({ ok: true, value: { edges: [{ kind: 'MEMBER_OF', target: '/subscriptions/template/resourcegroups/template/providers/microsoft.network/networksecuritygroups/nsg' }], resources: [{ provenance: 'inferred' }] } });
  });
  it('recognizes templates', () => expect(azureTemplate.detect(sampleOf(documentsOf(`${folder}/azure-template/template.json`)[0]))).toBe(92));
});
