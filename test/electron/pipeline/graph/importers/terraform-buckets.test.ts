import { describe, expect, it } from 'vitest';
import { evaluateBucketAccess } from '#electron/evaluate/aws/storage-access.ts';
import { memoryGraph } from '#electron/pipeline/graph/memory-graph.ts';
import { resolvePointer } from '#shared/lib/json.ts';
import { readContent } from './read-content.ts';

/** What a plan's new bucket is: the defaults of S3 where the plan says nothing else, and no more than that. */
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
const bucket: Draft = { type: 'aws_s3_bucket', values: { bucket: 'acme-new' } };
const open = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::acme-new/*' }] }), narrow = open.replace('"*"', '{"AWS":"arn:aws:iam::111122223333:root"}');
const at = { says: { bucket: of('aws_s3_bucket.b') } }, nowhere = { says: { bucket: lost } };
const block = (isOn: boolean, where: Partial<Draft> = at): Draft => ({ type: 'aws_s3_bucket_public_access_block', values: { block_public_acls: isOn, block_public_policy: isOn, ignore_public_acls: isOn, restrict_public_buckets: isOn }, ...where });
const owners = (object_ownership: string, where: Partial<Draft> = at): Draft => ({ type: 'aws_s3_bucket_ownership_controls', values: { rule: [{ object_ownership }] }, ...where });
const policy = (text: string, where: Partial<Draft> = at): Draft => ({ type: 'aws_s3_bucket_policy', values: { policy: text }, ...where });
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
  ])('%s: public %s', async (_, answer, drafts) => { expect((await accessOf([plan(drafts)])).access.public.answer).toBe(answer); });

  it('is told with what S3 gives it, which a record of any other file outdoes', async () => {
    const alone = await accessOf([plan([bucket])]), found = alone.graph.resource('aws_s3_bucket.b');
    expect(found?.config).toMatchObject({ supposed: ['no_policy', 'owner_acl', 'acls_disabled', 'public_access_blocked'] });
    expect(alone.access.public.reasons.map((r) => resolvePointer(found?.config, r.pointer).ok)).not.toContain(false);
    expect(alone.access.public.assumed).toEqual([]);
    const other = plan([everyAccount, block(false, { values: { bucket: 'acme-new', block_public_acls: false, block_public_policy: false, ignore_public_acls: false, restrict_public_buckets: false } }), policy(open, { values: { bucket: 'acme-new', policy: open } })]);
    for (const documents of [[plan([bucket]), other], [other, plan([bucket])]]) expect((await accessOf(documents)).access.public.answer).toBe('yes');
  });
  it('is open where nothing tells which bucket a block is about, and in a state', async () => {
    expect((await accessOf([plan([bucket, block(false), policy(open)], { configuration: undefined })])).access.public.answer).toBe('unknown');
    const state = JSON.stringify({ version: 4, terraform_version: '1.9.5', serial: 1, lineage: 'x', resources: [{ mode: 'managed', type: 'aws_s3_bucket', name: 'b', instances: [{ attributes: { bucket: 'acme-new', id: 'acme-new', arn: 'arn:aws:s3:::acme-new' } }] }] });
    expect((await accessOf([state])).access.public.answer).toBe('unknown');
  });
});
