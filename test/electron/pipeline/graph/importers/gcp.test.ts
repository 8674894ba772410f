import { existsSync, readFileSync, readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { importers } from '#electron/pipeline/graph/importers/all.ts';
import { gcpAsset } from '#electron/pipeline/graph/importers/gcp-asset.ts';
import { gcpList } from '#electron/pipeline/graph/importers/gcp-list.ts';
import { at } from '#shared/lib/json.ts';
import { documentsOf, importAll, sampleOf } from './read-records.ts';

const folder = 'test/fixtures/importers';
const lines = (path: string): readonly unknown[] => readFileSync(path, 'utf8').trim().split('\n').map((line): unknown => JSON.parse(line));
const context = { parents: [], from: '', path: '', index: 0 };
const one = (record: unknown) => importAll(gcpAsset, [record]);
const listed = (record: unknown) => importAll(gcpList, [record]);
const instance = '//compute.googleapis.com/projects/shop-live/zones/europe-west4-a/instances/api-1';

describe('gcp-asset', () => {
  const read = importAll(gcpAsset, lines(`${folder}/gcp-asset/export.ndjson`));
  const find = (urn: string) => read.resources.find((r) => r.urn === urn);

  it('is registered', () => expect(importers).toContain(gcpAsset));
  it('reads every record of an export and quarantines the one without a name', () => expect([read.records, read.resources.length, read.errors]).toEqual([9, 9, ['name is not a full resource name: no-full-name']]));
  it('reads nothing from an empty list', () => expect(importAll(gcpAsset, documentsOf(`${folder}/gcp-asset/none.json`))).toMatchObject({ records: 0, resources: [] }));
  it('names a project by its id, and by its number', () => expect(find('//cloudresourcemanager.googleapis.com/projects/shop-live')).toMatchObject({ kind: 'account', account: 'shop-live', tags: { env: 'prod' }, aliases: expect.arrayContaining(['515151515151', '//cloudresourcemanager.googleapis.com/projects/515151515151']) }));
  it('keeps a bucket and its policy apart', () => {
    expect(find('//storage.googleapis.com/shop-invoices')).toMatchObject({ kind: 'bucket', account: '515151515151', region: 'europe-west4', tags: { owner: 'billing' }, aliases: ['shop-invoices', 'gs://shop-invoices'] });
    expect(find('//storage.googleapis.com/shop-invoices#iam-policy')).toMatchObject({ kind: 'bucket', aliases: expect.arrayContaining(['//storage.googleapis.com/shop-invoices']), config: { of: { type: 'storage.googleapis.com/Bucket' } } });
    expect([find('user:mia@shop.example'), find('group:ops@shop.example')]).toMatchObject([{ kind: 'identity' }, { kind: 'identity' }]);
  });
  it('names a service account by email', () => expect(find('//iam.googleapis.com/projects/shop-live/serviceAccounts/api@shop-live.iam.gserviceaccount.com')).toMatchObject({ aliases: expect.arrayContaining(['serviceAccount:api@shop-live.iam.gserviceaccount.com', '109876543210', '//iam.googleapis.com/projects/shop-live/serviceAccounts/109876543210']) }));
  it('states what a machine is attached to and runs as', () => {
    expect(find(instance)).toMatchObject({ kind: 'vm', name: 'api-1', account: 'shop-live', region: 'europe-west4-a', created_us: Date.UTC(2025, 0, 2, 10, 4, 5) * 1000, aliases: expect.arrayContaining(['api-1', '198.51.100.20', '8123456789012345678']) });
    expect(read.edges.map((e) => `${e.kind} ${e.target}`)).toEqual(['ATTACHED_TO //compute.googleapis.com/projects/shop-live/global/networks/live', 'ATTACHED_TO //compute.googleapis.com/projects/shop-live/regions/europe-west4/subnetworks/a', 'RUNS_AS serviceAccount:api@shop-live.iam.gserviceaccount.com']);
  });
  it('keeps an unknown type as it is, and an organization policy as a node', () => {
    expect(find('//newservice.googleapis.com/projects/shop-live/things/t')).toMatchObject({ type: 'newservice.googleapis.com/Thing', kind: 'other' });
    expect(find('//cloudresourcemanager.googleapis.com/organizations/8#org-policy/storage.publicAccessPrevention')).toMatchObject({ kind: 'policy' });
  });

  it('reads camelCase and snake_case alike', () => {
    const snake = one({ name: '//storage.googleapis.com/b', asset_type: 'storage.googleapis.com/Bucket', iam_policy: { bindings: [{ role: 'roles/viewer', members: ['allUsers'] }] } });
    const camel = one({ name: '//storage.googleapis.com/b', assetType: 'storage.googleapis.com/Bucket', iamPolicy: { bindings: [{ role: 'roles/viewer', members: ['allUsers'] }] } });
    expect(snake.resources).toEqual(camel.resources);
  });
  it('reads early exports: types of old, fields in the singular', () => {
    const { resources } = one({ name: '//compute.googleapis.com/projects/p/global/firewalls/f', asset_type: 'google.compute.Firewall', resource: { data: { allowed: [{ ipProtocol: 'tcp', port: ['22'] }], sourceRange: ['0.0.0.0/0'], targetTag: ['web'], network: 'n' } } });
    expect(resources[0]).toMatchObject({ type: 'compute.googleapis.com/Firewall', kind: 'sg', config: { allowed: [{ IPProtocol: 'tcp', ports: ['22'] }], sourceRanges: ['0.0.0.0/0'], targetTags: ['web'] } });
    const machine = one({ name: '//compute.googleapis.com/projects/p/zones/z/instances/i', asset_type: 'google.compute.Instance', resource: { data: { networkInterface: [{ ipAddress: '10.0.0.1', accessConfig: [{ externalIp: '198.51.100.1' }] }], serviceAccount: [{ email: 'a@p.iam.gserviceaccount.com', scope: ['https://www.googleapis.com/auth/cloud-platform'] }], tags: { tag: ['t'] } } } });
    expect(machine.resources[0]?.config).toMatchObject({ networkInterfaces: [{ networkIP: '10.0.0.1', accessConfigs: [{ natIP: '198.51.100.1' }] }], serviceAccounts: [{ scopes: [expect.any(String)] }], tags: { items: ['t'] } });
    expect(machine.edges.map((e) => e.kind)).toEqual(['RUNS_AS']);
  });
  it('reads search answers, feeds and what is gone', () => {
    expect(one({ resource: '//storage.googleapis.com/b', assetType: 'storage.googleapis.com/Bucket', project: 'projects/1', policy: { bindings: [] } }).resources[0]).toMatchObject({ urn: '//storage.googleapis.com/b#iam-policy', account: '1' });
    expect(one({ asset: { name: '//storage.googleapis.com/b', assetType: 'storage.googleapis.com/Bucket', resource: { data: {} } }, deleted: true }).errors).toEqual([]);
    expect(one({ name: '//storage.googleapis.com/b', assetType: 'storage.googleapis.com/Bucket', location: 'eu' }).resources[0]).toMatchObject({ part: 'asset-name' });
  });

  it.each([
    [lines(`${folder}/gcp-asset/export.ndjson`)[0], 90], [{ readTime: 'x', assets: [{ name: '//a.googleapis.com/x', assetType: 'a/B' }] }, 95], [{ results: [{ name: 'x' }] }, 0], [{ Policies: [] }, 0],
    [{ asset_type: 'compute.googleapis.com/Instance' }, 60], [{ asset_type: 'google.compute.Instance' }, 60], [{ asset_type: 'cisource', asset_name: 'shop/web', alert_labels: [] }, 0],
  ])('recognizes its own (%#)', (document, score) => expect(gcpAsset.detect(sampleOf(document))).toBe(score));
  it.each([[{ name: '//a.googleapis.com/x' }, 'asset_type is missing'], ['x', 'not a JSON object']])('quarantines %j', (record, reason) => expect(gcpAsset.parse(record, context)).toEqual({ ok: false, error: reason }));
  it('never throws on any record', () => fc.assert(fc.property(fc.jsonValue(), (value) => {
    gcpAsset.parse(value, context);
    gcpAsset.parse({ name: '//compute.googleapis.com/projects/p/zones/z/instances/i', assetType: 'compute.googleapis.com/Instance', resource: { data: value }, iamPolicy: value, orgPolicy: value, ancestors: value }, context);
    gcpAsset.parse({ name: '//compute.googleapis.com/projects/p/global/firewalls/i', assetType: 'compute.googleapis.com/Firewall', resource: { data: { networkInterfaces: value, serviceAccounts: value, peerings: value, labels: value, allowed: value } } }, context);
  }), { numRuns: 300 }));

  const samples = '../shared/samples/gcp-asset';
  it.skipIf(!existsSync(samples))('reads the real samples whole', () => {
    const counts = readdirSync(samples).sort().map((name) => importAll(gcpAsset, documentsOf(`${samples}/${name}`).flat()));
    expect(counts.map(({ records, resources, errors }) => [records, resources.length, errors])).toEqual([[5, 5, []], [6, 6, []]]);
    expect(at(counts[1]?.resources[0]?.config, 'iamConfiguration', 'bucketPolicyOnly', 'enabled')).toBe(true);
  });
});

describe('gcp-list', () => {
  it('is registered', () => expect(importers).toContain(gcpList));
  it('reads machines, and what their scopes leave of their account', () => {
    const { resources, edges, errors } = importAll(gcpList, documentsOf(`${folder}/gcp-list/instances.json`).flat());
    expect([resources[0]?.urn, errors]).toEqual(['//compute.googleapis.com/projects/shop-live/zones/europe-west4-a/instances/db-1', []]);
    expect(edges.find((e) => e.kind === 'RUNS_AS')).toMatchObject({ condition: '{"scopes":["https://www.googleapis.com/auth/devstorage.read_only"]}' });
  });
  it.each([
    [{ kind: 'compute#firewall', selfLink: 'https://www.googleapis.com/compute/v1/projects/p/global/firewalls/f' }, '//compute.googleapis.com/projects/p/global/firewalls/f', 'compute.googleapis.com/Firewall'],
    [{ selfLink: 'https://compute.googleapis.com/compute/beta/projects/p/regions/r/subnetworks/s' }, '//compute.googleapis.com/projects/p/regions/r/subnetworks/s', 'compute.googleapis.com/Subnetwork'],
    [{ kind: 'compute#route', selfLink: 'https://www.googleapis.com/compute/v1/projects/p/global/routes/r' }, '//compute.googleapis.com/projects/p/global/routes/r', 'compute.googleapis.com/Route'],
    [{ kind: 'storage#bucket', name: 'b' }, '//storage.googleapis.com/b', 'storage.googleapis.com/Bucket'],
    [{ name: 'b', storage_url: 'gs://b/', uniform_bucket_level_access: true, public_access_prevention: 'enforced' }, '//storage.googleapis.com/b', 'storage.googleapis.com/Bucket'],
    [{ name: 'projects/p/serviceAccounts/a@p.iam.gserviceaccount.com', email: 'a@p.iam.gserviceaccount.com', projectId: 'p', uniqueId: '1' }, '//iam.googleapis.com/projects/p/serviceAccounts/a@p.iam.gserviceaccount.com', 'iam.googleapis.com/ServiceAccount'],
    [{ projectId: 'p', projectNumber: '1', lifecycleState: 'ACTIVE' }, '//cloudresourcemanager.googleapis.com/projects/p', 'cloudresourcemanager.googleapis.com/Project'],
    [{ kind: 'sql#instance', name: 'db', project: 'p' }, '//cloudsql.googleapis.com/projects/p/instances/db', 'sqladmin.googleapis.com/Instance'],
    [{ name: 'c', selfLink: 'https://container.googleapis.com/v1/projects/p/zones/z/clusters/c' }, '//container.googleapis.com/projects/p/locations/z/clusters/c', 'container.googleapis.com/Cluster'],
    [{ apiVersion: 'serving.knative.dev/v1', kind: 'Service', metadata: { name: 's', namespace: '1', labels: { 'cloud.googleapis.com/location': 'l' } } }, '//run.googleapis.com/projects/1/locations/l/services/s', 'run.googleapis.com/Service'],
    [{ name: 'projects/p/locations/l/functions/f', environment: 'GEN_2', serviceConfig: {} }, '//cloudfunctions.googleapis.com/projects/p/locations/l/functions/f', 'cloudfunctions.googleapis.com/Function'],
    [{ name: 'policies/cloudresourcemanager.googleapis.com%2Fprojects%2F1/denypolicies/d', kind: 'DenyPolicy', rules: [] }, '//iam.googleapis.com/policies/cloudresourcemanager.googleapis.com%2Fprojects%2F1/denypolicies/d', 'iam.googleapis.com/DenyPolicy'],
  ])('names what %j is', (record, urn, type) => {
    expect(listed(record).resources[0]).toMatchObject({ urn, type });
    expect(gcpList.detect(sampleOf([record]))).toBeGreaterThanOrEqual(80);
  });
  it('puts gcloud’s words for a bucket into those of the API', () => expect(listed({ name: 'b', storage_url: 'gs://b/', uniform_bucket_level_access: true, public_access_prevention: 'enforced' }).resources[0]?.config).toMatchObject({ iamConfiguration: { uniformBucketLevelAccess: { enabled: true }, publicAccessPrevention: 'enforced' } }));
  it('takes the policy of the bucket that Cloud Storage names', () => {
    const policy = { kind: 'storage#policy', resourceId: 'projects/_/buckets/files', bindings: [{ role: 'roles/storage.objectViewer', members: ['allUsers', 'projectViewer:p'] }] };
    expect(listed(policy).resources[0]).toMatchObject({ urn: '//storage.googleapis.com/files#iam-policy', provenance: 'observed' });
    expect(gcpList.detect(sampleOf([policy]))).toBeGreaterThanOrEqual(80);
  });
  it('takes a project’s policy for the project whose accounts it names, and says that it infers', () => {
    const read = listed({ etag: 'x', bindings: [{ role: 'roles/owner', members: ['user:a@b.example', 'serviceAccount:ci@shop-live.iam.gserviceaccount.com', 'serviceAccount:service-1@gcp-sa-pubsub.iam.gserviceaccount.com'] }] });
    expect(read.resources[0]).toMatchObject({ urn: '//cloudresourcemanager.googleapis.com/projects/shop-live#iam-policy', provenance: 'inferred' });
  });
  it.each([
    [{ etag: 'x', bindings: [{ role: 'roles/owner', members: ['user:a@b.example'] }] }, 'the IAM policy does not say of which resource it is: export it with gcloud asset (--content-type iam-policy)'],
    [{ etag: 'x', bindings: [{ role: 'roles/storage.legacyBucketOwner', members: ['projectOwner:p'] }] }, 'an IAM policy of a bucket or dataset does not say of which: export it with gcloud asset (--content-type iam-policy)'],
    [{ a: 1 }, 'neither a resource with kind, selfLink or a projects/… name, nor an IAM policy'],
  ])('quarantines %j', (record, error) => expect(gcpList.parse(record, context)).toEqual({ ok: false, error }));
  it('never throws on any record', () => fc.assert(fc.property(fc.jsonValue(), (value) => {
    gcpList.parse(value, context);
    gcpList.parse({ kind: 'compute#instance', selfLink: 'https://www.googleapis.com/compute/v1/projects/p/zones/z/instances/i', networkInterfaces: value, serviceAccounts: value }, context);
    gcpList.parse({ bindings: value }, context);
  }), { numRuns: 300 }));
});
