import { describe, expect, it } from 'vitest';
import { evaluateBlobAccess } from '#electron/evaluate/azure/storage-access.ts';
import { arm, graphOfAzure, id, urn, type Json } from './azure-records.ts';

const account = 'Microsoft.Storage/storageAccounts';
const store = (properties: Json = {}) => arm(account, 'shopdata', { allowBlobPublicAccess: true, networkAcls: { defaultAction: 'Allow' }, ...properties });
const container = (name: string, publicAccess: string | null) => ({ id: `${id(account, 'shopdata')}/blobServices/default/containers/${name}`, name, type: `${account}/blobServices/containers`, properties: { publicAccess } });
const access = (records: readonly Json[], subject = urn(account, 'shopdata')) => evaluateBlobAccess(graphOfAzure(...records), subject);

describe('anonymous access to blobs, in pairs that differ in one fact', () => {
  it.each([
    ['the account’s setting', [store(), container('c', 'Blob')], [store({ allowBlobPublicAccess: false }), container('c', 'Blob')], 'BLOB_PUBLIC_ACCESS_DISABLED'],
    ['a setting that was never made allows', [store({ allowBlobPublicAccess: null }), container('c', 'Blob')], [store({ allowBlobPublicAccess: false }), container('c', 'Blob')], 'BLOB_PUBLIC_ACCESS_DISABLED'],
    ['the container’s level', [store(), container('c', 'Container')], [store(), container('c', 'None')], 'NO_GRANT'],
    ['the level null', [store(), container('c', 'blob')], [store(), container('c', null)], 'NO_GRANT'],
    ['public network access', [store({ publicNetworkAccess: 'Enabled' }), container('c', 'Blob')], [store({ publicNetworkAccess: 'Disabled' }), container('c', 'Blob')], 'PUBLIC_NETWORK_DISABLED'],
    ['the firewall', [store(), container('c', 'Blob')], [store({ networkAcls: { defaultAction: 'Deny', ipRules: [{ value: '198.51.100.0/24' }] } }), container('c', 'Blob')], 'NETWORK_RULES'],
    ['the width of the firewall’s rules', [store({ networkAcls: { defaultAction: 'Deny', ipRules: [{ value: '0.0.0.0/1' }, { value: '128.0.0.0/1' }] } }), container('c', 'Blob')], [store({ networkAcls: { defaultAction: 'Deny', ipRules: [] } }), container('c', 'Blob')], 'NETWORK_RULES'],
    ['a static website', [store({ allowBlobPublicAccess: false }), container('$web', null)], [store({ allowBlobPublicAccess: false }), container('web', null)], 'BLOB_PUBLIC_ACCESS_DISABLED'],
    ['the command line’s word for the firewall', [arm(account, 'shopdata', { allowBlobPublicAccess: true, networkRuleSet: { defaultAction: 'Allow' } }), container('c', 'Blob')], [arm(account, 'shopdata', { allowBlobPublicAccess: true, networkRuleSet: { defaultAction: 'Deny' } }), container('c', 'Blob')], 'NETWORK_RULES'],
  ] as const)('%s', (_, yes, no, code) => {
    const [a, b] = [access(yes), access(no)];
    expect(a.public).toMatchObject({ answer: 'yes', via: expect.any(String) });
    expect(b.public).toMatchObject({ answer: 'no', blocked_by: code });
    expect(b.public.reasons.length).toBeGreaterThan(0);
  });

  it('Blob reads, Container lists as well', () => {
    expect(access([store(), container('c', 'Blob')]).public_actual).toEqual({ list: 'no', read: 'yes', write: 'no', acl: 'no' });
    expect(access([store(), container('c', 'Container')]).public_actual).toEqual({ list: 'yes', read: 'yes', write: 'no', acl: 'no' });
  });
  it('a container answers for itself', () => {
    const at = (name: string) => access([store(), container('open', 'Blob'), container('shut', 'None')], `${urn(account, 'shopdata')}/blobservices/default/containers/${name}`).public.answer;
    expect([at('open'), at('shut')]).toEqual(['yes', 'no']);
  });
  it('needs the containers where nothing else decides', () => {
    expect(access([store()]).public).toMatchObject({ answer: 'unknown', missing: [{ what: 'the containers of the storage account' }] });
    expect(access([store({ allowBlobPublicAccess: false })]).public).toMatchObject({ answer: 'no', blocked_by: 'BLOB_PUBLIC_ACCESS_DISABLED', assumed: ['static_website'] });
    expect(access([container('c', 'Blob')], `${urn(account, 'shopdata')}/blobservices/default/containers/c`).public).toMatchObject({ answer: 'unknown', missing: [{ what: 'the storage account' }] });
  });
  it('tells whom the firewall lets in, and that it only looks public', () => expect(access([store({ networkAcls: { defaultAction: 'Deny', ipRules: [{ value: '198.51.100.0/24' }] } }), container('c', 'Blob')])).toMatchObject({ restricted_to: { cidrs: ['198.51.100.0/24'] }, misleading: ['policy'], blocking_control: { kind: 'network_rule', pointer: '/networkAcls' } }));
});
