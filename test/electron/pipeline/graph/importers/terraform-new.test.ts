import { describe, expect, it } from 'vitest';
import { evaluateIngress } from '#electron/evaluate/aws/reachability.ts';
import { evaluateBucketAccess } from '#electron/evaluate/aws/storage-access.ts';
import { evaluateBlobAccess } from '#electron/evaluate/azure/storage-access.ts';
import { memoryGraph } from '#electron/pipeline/graph/memory-graph.ts';
import { resolvePointer } from '#shared/lib/json.ts';
import { readContent } from './read-content.ts';

/** What a plan's new resource is: the provider's defaults where the plan says nothing else, and no more than that. */
type Values = Readonly<Record<string, unknown>>;
interface Draft { readonly type: string; readonly name?: string; readonly values?: Values; /** What the configuration says beside the values. */ readonly says?: Values; readonly actions?: readonly string[]; readonly unknown?: readonly string[] }
const of = (to: string) => ({ references: [`${to}.id`, to] }), lost = { references: ['local.buckets'] };

const addressOf = (d: Draft): string => `${d.type}.${d.name ?? 'b'}`;
function plan(drafts: readonly Draft[], more: Values = {}): string {
  const own = (d: Draft) => ({ address: addressOf(d), mode: 'managed', type: d.type, name: d.name ?? 'b' });
  const constants = (values: Values): Values => Object.fromEntries(Object.entries(values).map(([key, value]) => [key, { constant_value: value }]));
  return JSON.stringify({
    format_version: '1.2', terraform_version: '1.9.5', planned_values: { root_module: { resources: drafts.map((d) => ({ ...own(d), values: d.values ?? {} })) } },
    resource_changes: drafts.map((d) => ({ ...own(d), change: { actions: d.actions ?? ['create'], before: null, after: d.values ?? {}, after_unknown: Object.fromEntries(['id', 'arn', 'policy', 'acl', 'grant', ...Object.keys(d.says ?? {}), ...d.unknown ?? []].filter((key) => d.values?.[key] === undefined).map((key) => [key, true])) } })),
    configuration: { provider_config: { aws: { name: 'aws', expressions: { region: { constant_value: 'eu-central-1' } } } }, root_module: { resources: drafts.map((d) => ({ ...own(d), expressions: { ...constants(d.values ?? {}), ...d.says } })) } }, ...more,
  });
}
const via = (attribute: string) => ({ says: { bucket: { references: [attribute, attribute.slice(0, attribute.lastIndexOf('.'))] } } });
const bucket: Draft = { type: 'aws_s3_bucket', values: { bucket: 'acme-new' } };
const open = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::acme-new/*' }] }), narrow = open.replace('"*"', '{"AWS":"arn:aws:iam::111122223333:root"}');
const at = { says: { bucket: of('aws_s3_bucket.b') } }, nowhere = { says: { bucket: lost } };
const block = (isOn: boolean, where: Partial<Draft> = at): Draft => ({ type: 'aws_s3_bucket_public_access_block', values: { block_public_acls: isOn, block_public_policy: isOn, ignore_public_acls: isOn, restrict_public_buckets: isOn }, ...where });
const owners = (object_ownership: string, where: Partial<Draft> = at): Draft => ({ type: 'aws_s3_bucket_ownership_controls', values: { rule: [{ object_ownership }] }, ...where });
const policy = (text: string, where: Partial<Draft> = at): Draft => ({ type: 'aws_s3_bucket_policy', values: { policy: text }, ...where });
const object = (type: string, acl: string, name = 'b'): Draft => ({ type, name, values: { key: `${name}.html`, acl }, ...at });
const everyAccount: Draft = { type: 'aws_s3_account_public_access_block', values: { account_id: '111122223333', block_public_acls: false, block_public_policy: false, ignore_public_acls: false, restrict_public_buckets: false } };
const acl = (name: string, where: Partial<Draft> = at): Draft => ({ type: 'aws_s3_bucket_acl', values: { acl: name }, ...where });

const accessOf = async (documents: readonly string[]) => {
  const read = await Promise.all(documents.map((d, i) => readContent(d, `f${i}`))), graph = memoryGraph(read.flatMap((r) => r.records));
  return { graph, access: evaluateBucketAccess(graph, graph.resource('aws_s3_bucket.b')?.urn ?? 'none') };
};

describe('a new bucket of a plan', () => {
  it.each<[string, 'yes' | 'no' | 'unknown', readonly Draft[]]>([
    ['alone', 'no', [bucket]], ['without a name yet', 'no', [{ type: 'aws_s3_bucket', values: { bucket_prefix: 'acme-' } }]], ['with a private ACL of old', 'no', [{ ...bucket, values: { bucket: 'acme-new', acl: 'private' } }]],
    ['that is there already', 'unknown', [{ ...bucket, values: { bucket: 'acme-new', id: 'acme-new' }, actions: ['update'] }]], ['that is made anew', 'no', [{ ...bucket, actions: ['delete', 'create'] }]],
    ['with its block taken away', 'no', [bucket, block(false)]], ['and its owners', 'no', [bucket, block(false), owners('ObjectWriter')]], ['and a public ACL', 'yes', [bucket, block(false), owners('ObjectWriter'), acl('public-read'), everyAccount]],
    ['a public ACL whose ownership another may set', 'unknown', [bucket, block(false), owners('ObjectWriter', nowhere), acl('public-read', { values: { acl: 'public-read' }, says: { bucket: lost } })]],
    ['a public policy with the block away', 'yes', [bucket, block(false), policy(open), everyAccount]], ['with the block', 'no', [bucket, block(true), policy(open)]], ['that nothing lets be applied', 'unknown', [bucket, policy(open)]], ['whose block may be away', 'unknown', [bucket, block(false, nowhere), policy(open)]],
    ['a policy for an account', 'no', [bucket, policy(narrow)]], ['a policy that isn’t told', 'unknown', [bucket, block(false), policy(open, { values: {}, says: { bucket: of('aws_s3_bucket.b'), policy: lost } })]], ['a policy of a bucket that isn’t told', 'unknown', [bucket, policy(open, nowhere)]], ['of another one', 'no', [bucket, { ...bucket, name: 'other', values: { bucket: 'acme-other' } }, policy(open, { says: { bucket: of('aws_s3_bucket.other') } })]],
    ['a public ACL of old', 'unknown', [{ ...bucket, values: { bucket: 'acme-new', acl: 'public-read' } }]], ['a policy of its own', 'unknown', [{ ...bucket, values: { bucket: 'acme-new', policy: open } }]], ['a policy that it names', 'no', [bucket, policy(open, { values: { bucket: 'acme-other', policy: open } })]], ['and names it', 'unknown', [bucket, policy(open, { values: { bucket: 'acme-new', policy: open } })]],
    ...['aws_s3_object', 'aws_s3_bucket_object', 'aws_s3_object_copy'].flatMap((type): [string, 'yes' | 'no', readonly Draft[]][] => [
      [`a public ${type}`, 'yes', [bucket, block(false), owners('ObjectWriter'), object(type, 'public-read'), object(type, 'private', 'd'), everyAccount]], [`a private ${type}`, 'no', [bucket, block(false), owners('ObjectWriter'), object(type, 'private'), everyAccount]], [`a public ${type} where ACLs are off`, 'no', [bucket, block(false), object(type, 'public-read'), everyAccount]],
    ]),
    ['a policy by its block’s id', 'yes', [bucket, block(false), policy(open, via('aws_s3_bucket_public_access_block.b.id')), everyAccount]], ['by the bucket of another part', 'yes', [bucket, block(false), { type: 'aws_s3_bucket_versioning', ...at }, policy(open, via('aws_s3_bucket_versioning.b.bucket')), everyAccount]],
    ['a public ACL by its owners', 'yes', [bucket, block(false), owners('ObjectWriter'), acl('public-read', { values: { acl: 'public-read' }, ...via('aws_s3_bucket_ownership_controls.b.bucket') }), everyAccount]], ['a block by the policy', 'yes', [bucket, block(false, via('aws_s3_bucket_policy.b.bucket')), policy(open), everyAccount]],
    ['a policy by another’s part', 'no', [bucket, { ...bucket, name: 'other', values: { bucket: 'acme-other' } }, block(false, { says: { bucket: of('aws_s3_bucket.other') } }), policy(open, via('aws_s3_bucket_public_access_block.b.id'))]], ['a policy by what names it, too', 'unknown', [bucket, { type: 'random_pet', values: {} }, block(false), policy(open, via('random_pet.b.id'))]],
  ])('%s: public %s', async (_, answer, drafts) => { expect((await accessOf([plan(drafts)])).access.public.answer).toBe(answer); });

  it('is told with what S3 gives it, which a record of any other file outdoes', async () => {
    const alone = await accessOf([plan([bucket])]), found = alone.graph.resource('aws_s3_bucket.b');
    expect(found?.config).toMatchObject({ supposed: ['no_policy', 'owner_acl', 'acls_disabled', 'public_access_blocked'] });
    expect(alone.access.public.reasons.map((r) => resolvePointer(found?.config, r.pointer).ok)).not.toContain(false);
    expect(alone.access.public.assumed).toEqual([]);
    const other = plan([everyAccount, block(false, { values: { bucket: 'acme-new', block_public_acls: false, block_public_policy: false, ignore_public_acls: false, restrict_public_buckets: false } }), policy(open, { values: { bucket: 'acme-new', policy: open } })]);
    for (const documents of [[plan([bucket]), other], [other, plan([bucket])]]) expect((await accessOf(documents)).access.public.answer).toBe('yes');
  });
  it.each<[string, readonly Draft[], readonly string[]]>([
    ['whose owners another file’s word may set', [bucket, owners('ObjectWriter', nowhere)], ['no_policy', 'owner_acl', 'public_access_blocked']], ['whose block may be another’s', [bucket, block(false, nowhere)], ['no_policy', 'owner_acl', 'acls_disabled']],
    ['with an ACL', [bucket, acl('private')], ['no_policy']], ['with a policy', [bucket, policy(narrow)], ['owner_acl', 'acls_disabled']],
  ])('%s: supposed is the rest', async (_, drafts, supposed) => { expect((await accessOf([plan(drafts)])).graph.resource('aws_s3_bucket.b')?.config).toMatchObject({ supposed }); });
  it('supposes nothing of a block where no configuration tells whose it is', async () => {
    expect((await accessOf([plan([bucket, block(false)], { configuration: undefined })])).graph.resource('aws_s3_bucket.b')?.config).not.toMatchObject({ supposed: expect.arrayContaining(['public_access_blocked']) as string[] });
  });
  it('is open where nothing tells which bucket a block is about, and in a state', async () => {
    expect((await accessOf([plan([bucket, block(false), policy(open)], { configuration: undefined })])).access.public.answer).toBe('unknown');
    const state = JSON.stringify({ version: 4, terraform_version: '1.9.5', serial: 1, lineage: 'x', resources: [{ mode: 'managed', type: 'aws_s3_bucket', name: 'b', instances: [{ attributes: { bucket: 'acme-new', id: 'acme-new', arn: 'arn:aws:s3:::acme-new' } }] }] });
    expect((await accessOf([state])).access.public.answer).toBe('unknown');
  });
});

describe('a new resource of a plan', () => {
  const everyone = (action: string): string => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: action, Resource: '*' }] });
  const made = (type: string, values: Values = {}): Draft => ({ type, values });
  type Kind = readonly [type: string, values: Values, other: string, attribute: string, open: Values];
  const kinds: readonly Kind[] = [
    ['aws_sqs_queue', { name: 'jobs' }, 'aws_sqs_queue_policy', 'queue_url', { policy: everyone('sqs:*') }], ['aws_sns_topic', { name: 'news' }, 'aws_sns_topic_policy', 'arn', { policy: everyone('sns:*') }], ['aws_secretsmanager_secret', { name: 'db' }, 'aws_secretsmanager_secret_policy', 'secret_arn', { policy: everyone('secretsmanager:*') }],
    ['aws_ecr_repository', { name: 'app' }, 'aws_ecr_repository_policy', 'repository', { policy: everyone('ecr:*') }], ['aws_dynamodb_table', { name: 't' }, 'aws_dynamodb_resource_policy', 'resource_arn', { policy: everyone('dynamodb:*') }], ['aws_kms_key', {}, 'aws_kms_key_policy', 'key_id', { policy: everyone('kms:*') }],
    ['aws_cloudwatch_event_bus', { name: 'bus' }, 'aws_cloudwatch_event_bus_policy', 'event_bus_name', { policy: everyone('events:*') }], ['aws_opensearch_domain', { domain_name: 'logs' }, 'aws_opensearch_domain_policy', 'domain_name', { access_policies: everyone('es:*') }],
    ['aws_lambda_function', { function_name: 'f' }, 'aws_lambda_function_url', 'function_name', { authorization_type: 'NONE' }], ['aws_ebs_snapshot', { volume_id: 'vol-1' }, 'aws_snapshot_create_volume_permission', 'snapshot_id', { account_id: 'all' }], ['aws_ami', { name: 'base' }, 'aws_ami_launch_permission', 'image_id', { group: 'all' }],
  ];
  const answer = async (drafts: readonly Draft[], type: string) => { const { graph } = await accessOf([plan(drafts)]); return evaluateIngress(graph, graph.resource(`${type}.b`)?.urn ?? 'none').reachable; };
  it.each(kinds)('%s is nobody else’s until somebody says so', async (type, values, other, attribute, open) => {
    const whole = made(type, values), alone = await answer([whole], type);
    expect([alone.answer, alone.reasons.some((r) => r.pointer === '/supposed')]).toEqual(['no', true]);
    expect((await answer([{ ...whole, values: { ...values, id: 'x-1' }, actions: ['update'] }], type)).answer).toBe('unknown');
    expect((await answer([whole, { type: other, values: open, says: { [attribute]: of(`${type}.b`) } }], type)).answer).not.toBe('no');
    expect((await answer([whole, { type: other, values: open, says: { [attribute]: lost } }], type)).answer).toBe('unknown');
  });
  it('has a URL for everyone where the plan makes one without authorization, as the provider lets everyone call it', async () => {
    const fn = made('aws_lambda_function', { function_name: 'f' }), url = (authorization_type: string, more: Partial<Draft> = {}): Draft => ({ type: 'aws_lambda_function_url', values: { authorization_type }, says: { function_name: of('aws_lambda_function.b') }, ...more });
    expect([(await answer([fn, url('NONE')], 'aws_lambda_function')).answer, (await answer([fn, url('AWS_IAM')], 'aws_lambda_function')).answer, (await answer([fn, url('NONE', { actions: ['update'] })], 'aws_lambda_function')).answer]).toEqual(['yes', 'no', 'unknown']);
  });
  it('has the URL that is made by the function’s name of an alias or a permission', async () => {
    const fn = made('aws_lambda_function', { function_name: 'f' }), byName = (to: string): Partial<Draft> => ({ says: { function_name: { references: [`${to}.function_name`, to] } } });
    for (const part of ['aws_lambda_alias', 'aws_lambda_permission']) expect((await answer([fn, { type: part, values: { name: 'live' }, ...byName('aws_lambda_function.b') }, { type: 'aws_lambda_function_url', values: { authorization_type: 'NONE' }, ...byName(`${part}.b`) }], 'aws_lambda_function')).answer).toBe('yes');
  });
  it('is what its own attribute says', async () => {
    expect((await answer([made('aws_sqs_queue', { name: 'jobs', policy: everyone('sqs:*') })], 'aws_sqs_queue')).answer).toBe('yes');
    expect((await answer([{ type: 'aws_sqs_queue', values: { name: 'jobs' }, says: { policy: lost } }], 'aws_sqs_queue')).answer).toBe('unknown');
    expect((await answer([made('aws_sqs_queue', { name: 'jobs' }), { type: 'aws_sqs_queue_policy', values: { queue_url: 'https://sqs.eu-central-1.amazonaws.com/111122223333/jobs', policy: everyone('sqs:*') } }], 'aws_sqs_queue')).answer).not.toBe('no');
  });
  it.each<[string, Values, Values | undefined, string, string | undefined]>([
    ['public by default', {}, undefined, 'yes', undefined], ['private', { endpoint_public_access: false }, undefined, 'no', 'NOT_PUBLIC'], ['to an office', { endpoint_public_access: true, public_access_cidrs: ['198.51.100.0/24'] }, undefined, 'no', 'SG_IN'],
    ['to networks that aren’t told', { endpoint_public_access: true }, { public_access_cidrs: lost }, 'unknown', undefined], ['or may not be', {}, { endpoint_public_access: lost }, 'unknown', undefined],
  ])('a cluster of EKS is %s', async (_, network, more, wanted, code) => {
    const expressions = { vpc_config: [{ ...Object.fromEntries(Object.keys(network).map((key) => [key, { constant_value: network[key] }])), ...more }] }, unknown = { vpc_config: [{ public_access_cidrs: true, ...Object.fromEntries(Object.keys(more ?? {}).map((key) => [key, true])) }] };
    const cluster = { address: 'aws_eks_cluster.b', mode: 'managed', type: 'aws_eks_cluster', name: 'b' }, values = { name: 'shop', version: '1.33', vpc_config: [network] };
    const { graph } = await accessOf([JSON.stringify({ format_version: '1.2', terraform_version: '1.9.5', planned_values: { root_module: { resources: [{ ...cluster, values }] } }, resource_changes: [{ ...cluster, change: { actions: ['create'], before: null, after: values, after_unknown: { id: true, arn: true, ...unknown } } }], configuration: { root_module: { resources: [{ ...cluster, expressions }] } } })]);
    const found = evaluateIngress(graph, graph.resource('aws_eks_cluster.b')?.urn ?? 'none').reachable;
    expect([found.answer, found.blocked_by]).toEqual([wanted, code]);
  });
});

describe('a new storage account of a plan', () => {
  const group: Draft = { type: 'azurerm_resource_group', name: 'rg', values: { name: 'rg', location: 'westeurope' } }, account = (more: Partial<Draft> = {}): Draft => ({ type: 'azurerm_storage_account', values: { name: 'acmedata', resource_group_name: 'rg', location: 'westeurope', allow_nested_items_to_be_public: true, public_network_access_enabled: true, network_rules: [], static_website: [] }, ...more });
  const container = (level: string, where: Values): Draft => ({ type: 'azurerm_storage_container', name: 'c', values: { name: 'docs', container_access_type: level, ...(typeof where['storage_account_name'] === 'string' && where) }, says: typeof where['storage_account_name'] === 'string' ? {} : where });
  const of = async (drafts: readonly Draft[]) => { const { graph } = await accessOf([plan(drafts, { configuration: { provider_config: { azurerm: { name: 'azurerm', expressions: { subscription_id: { constant_value: '00000000-1111-2222-3333-444444444444' } } } }, root_module: { resources: drafts.map((d) => ({ address: addressOf(d), mode: 'managed', type: d.type, name: d.name ?? 'b', expressions: d.says ?? {} })) } } })]); return evaluateBlobAccess(graph, graph.resource('azurerm_storage_account.b')?.urn ?? 'none').public; };
  const named = { storage_account_name: 'acmedata' };
  it.each<[string, 'yes' | 'no' | 'unknown', readonly Draft[]]>([
    ['has no containers', 'no', [group, account()]], ['but those of the plan', 'yes', [group, account(), container('blob', named)]], ['of which none may be public', 'no', [group, account(), container('private', named)]],
    ['may have one that isn’t told', 'unknown', [group, account(), container('blob', { storage_account_name: lost })]], ['that is there already may have some', 'unknown', [group, account({ values: { ...account().values, id: '/subscriptions/00000000-1111-2222-3333-444444444444/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/acmedata' }, actions: ['update'] })]],
  ])('%s: public %s', async (_, answer, drafts) => { expect((await of(drafts)).answer).toBe(answer); });
});
