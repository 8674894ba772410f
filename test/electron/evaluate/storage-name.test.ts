import { describe, expect, it } from 'vitest';
import { storageNamed } from '#electron/evaluate/storage-name.ts';
import { azureType } from '#shared/model/azure.ts';
import { graphOf } from '../../graph-of.ts';

const container = (account: string, name: string) => ({ urn: `/subscriptions/s/resourcegroups/rg/providers/microsoft.storage/storageaccounts/${account}/blobservices/default/containers/${name}`, type: azureType('Microsoft.Storage/storageAccounts/blobServices/containers'), kind: 'bucket' as const, aliases: [], config: {} });
const graph = graphOf([container('acct', 'files'), container('other', 'files'), { urn: 's3://odd', type: 'AWS::S3::Bucket', kind: 'bucket', aliases: [], config: {} }]);

describe('a bucket by any of its names', () => {
  it.each([
    ['acct/files', container('acct', 'files').urn], ['ACCT/files', container('acct', 'files').urn], ['https://acct.blob.core.windows.net/files', container('acct', 'files').urn], ['https://acct.blob.core.windows.net/files?restype=container', container('acct', 'files').urn],
    ['other/files', container('other', 'files').urn], ['acct/none', 'acct/none'], ['files', 'files'],
    ['projects/_/buckets/b/objects/o', 'gs://b'], ['https://storage.googleapis.com/b/o', 'gs://b'], ['https://storage.cloud.google.com/b/o', 'gs://b'], ['https://b.storage.googleapis.com', 'gs://b'], ['gs://b', 'gs://b'],
    ['https://my.dotted.bucket.s3-eu-west-1.amazonaws.com/k', 'my.dotted.bucket'], ['https://b.s3.cn-north-1.amazonaws.com.cn/', 'b'], ['https://s3.amazonaws.com/b', 'b'], ['arn:aws-cn:s3:::b/x/*', 'b'], ['arn:aws:s3:::b', 'arn:aws:s3:::b'],
    // What the snapshot calls so is that.
    ['s3://odd', 's3://odd'], ['', ''], ['https://example.com/x', 'https://example.com/x'],
  ])('%s is %s', (text, name) => expect(storageNamed(graph, text)).toBe(name));
});
