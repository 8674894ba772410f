import { describe, expect, it } from 'vitest';
import { evaluateBlobAccess } from '#electron/evaluate/azure/storage-access.ts';
import { expectRow, type Row } from '../rows.ts';
import { arm, graphOfAzure, id, urn, type Json } from './azure-records.ts';

/** Design 5-graph §1, Azure Blob: each sentence as a row, both sides, with what explains it. */
type Records = readonly Json[];
const type = 'Microsoft.Storage/storageAccounts', account = urn(type, 'shopdata');
const store = (properties: Json = {}) => arm(type, 'shopdata', { allowBlobPublicAccess: true, publicNetworkAccess: 'Enabled', networkAcls: { defaultAction: 'Allow' }, ...properties });
const container = (name: string, publicAccess: string | null) => ({ id: `${id(type, 'shopdata')}/blobServices/default/containers/${name}`, name, type: `${type}/blobServices/containers`, properties: { publicAccess } });
const at = (name: string) => `${account}/blobservices/default/containers/${name}`;
const ask = (records: Records) => { const graph = graphOfAzure(...records); return { graph, verdict: evaluateBlobAccess(graph, account).public }; };
const open = { rule: 'BLOB.container', source: at('c'), pointer: '/publicAccess', text: /container c is public at the level blob/, via: /container c is public/ };
const office = { networkAcls: { defaultAction: 'Deny', ipRules: [{ value: '198.51.100.0/24' }] } };

describe('public blobs', () => {
  it.each<Row<Records>>([
    { row: 'account.allowBlobPublicAccess != false', yes: [store(), container('c', 'Blob')], says: { rule: 'BLOB.allow_public', source: account, pointer: '/allowBlobPublicAccess', text: /lets containers be public \(allowBlobPublicAccess true\)/ }, no: [store({ allowBlobPublicAccess: false }), container('c', 'Blob')], instead: { code: 'BLOB_PUBLIC_ACCESS_DISABLED', rule: 'BLOB.allow_public', source: account, pointer: '/allowBlobPublicAccess', text: /lets no container be public/ } },
    { row: 'allowBlobPublicAccess not set', yes: [store({ allowBlobPublicAccess: null }), container('c', 'Blob')], says: open, no: [store({ allowBlobPublicAccess: false }), container('c', 'Blob')], instead: { code: 'BLOB_PUBLIC_ACCESS_DISABLED', text: /lets no container be public/ } },
    { row: 'container.publicAccess blob', yes: [store(), container('c', 'blob')], says: open, no: [store(), container('c', 'None')], instead: { code: 'NO_GRANT', rule: 'BLOB.control', source: account, pointer: '', text: /no container is public/ } },
    { row: 'container.publicAccess container', yes: [store(), container('c', 'Container')], says: { rule: 'BLOB.container', source: at('c'), pointer: '/publicAccess', text: /public at the level container/ }, no: [store(), container('c', null)], instead: { code: 'NO_GRANT', text: /no container is public/ } },
    { row: 'publicNetworkAccess != Disabled', yes: [store(), container('c', 'Blob')], says: { rule: 'BLOB.public_network', source: account, pointer: '/publicNetworkAccess', text: /public network access is enabled/ }, no: [store({ publicNetworkAccess: 'Disabled' }), container('c', 'Blob')], instead: { code: 'PUBLIC_NETWORK_DISABLED', rule: 'BLOB.public_network', source: account, pointer: '/publicNetworkAccess', text: /public network access is disabled/ } },
    { row: 'networkAcls.defaultAction=Allow', yes: [store(), container('c', 'Blob')], says: { rule: 'BLOB.network_rules', source: account, pointer: '/networkAcls', text: /firewall of the account lets everyone in/ }, no: [store(office), container('c', 'Blob')], instead: { code: 'NETWORK_RULES', rule: 'BLOB.network_rules', source: account, pointer: '/networkAcls', text: /lets in 198\.51\.100\.0\/24 only/ } },
    { row: 'Deny with ipRules that hold the internet', yes: [store({ networkAcls: { defaultAction: 'Deny', ipRules: [{ value: '0.0.0.0/1' }, { value: '128.0.0.0/1' }] } }), container('c', 'Blob')], says: open, no: [store({ networkAcls: { defaultAction: 'Deny', ipRules: [{ value: '0.0.0.0/9' }] } }), container('c', 'Blob')], instead: { code: 'NETWORK_RULES', text: /lets in 0\.0\.0\.0\/9 only/ } },
    { row: '$web is served without that check', yes: [store({ allowBlobPublicAccess: false }), container('$web', null)], says: { rule: 'BLOB.container', source: at('$web'), text: /static website serves what is in \$web to anyone/, assumed: ['static_website_enabled'] }, no: [store({ allowBlobPublicAccess: false }), container('web', null)], instead: { code: 'BLOB_PUBLIC_ACCESS_DISABLED', text: /lets no container be public/ } },
    { row: '$web behind the firewall', yes: [store({ allowBlobPublicAccess: false }), container('$web', null)], says: { text: /static website/ }, no: [store({ allowBlobPublicAccess: false, ...office }), container('$web', null)], instead: { code: 'NETWORK_RULES', text: /198\.51\.100\.0\/24 only/ } },
    { row: 'shared keys and SAS are identity paths, not public', yes: [store({ allowSharedKeyAccess: true }), container('c', 'Blob')], says: open, no: [store({ allowSharedKeyAccess: true }), container('c', 'None')], instead: { code: 'NO_GRANT', text: /no container is public/ } },
    { row: 'every input is needed: the containers', yes: [store(), container('c', 'Blob')], says: open, no: [store()], instead: { answer: 'unknown', missing: /the containers of the storage account/ } },
    { row: 'a network security perimeter', yes: [store(), container('c', 'Blob')], says: open, no: [store({ publicNetworkAccess: 'SecuredByPerimeter' }), container('c', 'Blob')], instead: { answer: 'unknown', text: /securedbyperimeter/, missing: /network security perimeter/ } },
  ])('$row', (row) => { expectRow(row, ask); });

  it.each([['blob', { list: 'no', read: 'yes', write: 'no', acl: 'no' }], ['container', { list: 'yes', read: 'yes', write: 'no', acl: 'no' }]] as const)('%s: read, and list only for container', (level, actual) => expect(evaluateBlobAccess(graphOfAzure(store(), container('c', level)), account).public_actual).toEqual(actual));
  it('Deny + ipRules => restricted_to', () => {
    expect(evaluateBlobAccess(graphOfAzure(store(office), container('c', 'blob')), account)).toMatchObject({ restricted_to: { cidrs: ['198.51.100.0/24'] }, misleading: ['policy'], blocking_control: { kind: 'network_rule', network_bound: true, source: account, pointer: '/networkAcls' } });
    expect(evaluateBlobAccess(graphOfAzure(store(), container('c', 'blob')), account)).toMatchObject({ restricted_to: { cidrs: [] }, misleading: [] });
  });
});
