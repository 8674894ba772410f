import { existsSync, readFileSync, readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateIdentity } from '#electron/evaluate/aws/identity.ts';
import { evaluateIngress } from '#electron/evaluate/aws/reachability.ts';
import { evaluateBucketAccess } from '#electron/evaluate/aws/storage-access.ts';
import { importers } from '#electron/pipeline/graph/importers/all.ts';
import { terraform } from '#electron/pipeline/graph/importers/terraform.ts';
import { isFollowed, resolver } from '#electron/pipeline/graph/importers/terraform/plan-references.ts';
import { refs } from '#electron/pipeline/graph/importers/terraform/read-resource.ts';
import { memoryGraph, type GraphRecord } from '#electron/pipeline/graph/memory-graph.ts';
import type { Home } from '#electron/pipeline/ports.ts';
import { formats } from '#electron/pipeline/normalize/formats/all.ts';
import { normalizeFile } from '#electron/pipeline/normalize/normalize.ts';
import { at } from '#shared/lib/json.ts';

async function read(content: string | Uint8Array): Promise<{ records: GraphRecord[]; errors: string[]; reader: string | undefined; kept: string }> {
  const records: GraphRecord[] = [], errors: string[] = [];
  let reader: string | undefined, kept = '';
  for await (const batch of normalizeFile([Buffer.from(content)], [...formats, ...importers], { path: 'x', importedUs: 0 })) {
    reader = batch.reader?.name;
    for (const item of batch.items) {
      if ('error' in item) { errors.push(`${item.position}: ${item.error}`); continue; }
      records.push({ ...item.normalized, file: 'x', record: item.index }); kept += item.raw_text;
    }
  }
  return { records, errors, reader, kept };
}
const graphOf = async (document: unknown) => memoryGraph((await read(JSON.stringify(document))).records);
const fixture = (name: string) => read(readFileSync(`test/fixtures/importers/terraform/${name}.tfstate.json`));

type Values = Readonly<Record<string, unknown>>;
/** A resource of a plan: values that are known, attributes that refer to others, attributes that are known only when applied. */
interface Draft { readonly type: string; readonly name: string; readonly values?: Values; readonly refs?: Readonly<Record<string, string>>; readonly unknown?: readonly string[] }
const plan = (drafts: readonly Draft[]) => {
  const address = (d: Draft) => `${d.type}.${d.name}`;
  const unknown = (d: Draft) => Object.fromEntries(['id', 'arn', ...Object.keys(d.refs ?? {}), ...d.unknown ?? []].map((key) => [key, true]));
  return {
    format_version: '1.2', terraform_version: '1.9.5', planned_values: { root_module: { resources: drafts.map((d) => ({ address: address(d), mode: 'managed', type: d.type, name: d.name, values: d.values ?? {} })) } },
    resource_changes: drafts.map((d) => ({ address: address(d), mode: 'managed', type: d.type, name: d.name, change: { actions: ['create'], before: null, after: d.values ?? {}, after_unknown: unknown(d) } })),
    configuration: { provider_config: { aws: { name: 'aws', expressions: { region: { constant_value: 'eu-central-1' } } } }, root_module: { resources: drafts.map((d) => ({ address: address(d), mode: 'managed', type: d.type, name: d.name, expressions: Object.fromEntries(Object.entries(d.refs ?? {}).map(([key, to]) => [key, { references: [`${to}.id`, to] }])) })) } },
  };
};
const network = (change: Readonly<Record<string, Partial<Draft> | null>> = {}): readonly Draft[] => {
  const base: Readonly<Record<string, Draft>> = {
    vpc: { type: 'aws_vpc', name: 'main', values: { cidr_block: '10.0.0.0/16' } }, igw: { type: 'aws_internet_gateway', name: 'gw', refs: { vpc_id: 'aws_vpc.main' } },
    subnet: { type: 'aws_subnet', name: 'a', values: { cidr_block: '10.0.1.0/24', map_public_ip_on_launch: true }, refs: { vpc_id: 'aws_vpc.main' } }, table: { type: 'aws_route_table', name: 'public', refs: { vpc_id: 'aws_vpc.main' }, values: { route: [] } },
    route: { type: 'aws_route', name: 'out', values: { destination_cidr_block: '0.0.0.0/0' }, refs: { route_table_id: 'aws_route_table.public', gateway_id: 'aws_internet_gateway.gw' } },
    association: { type: 'aws_route_table_association', name: 'a', refs: { route_table_id: 'aws_route_table.public', subnet_id: 'aws_subnet.a' } },
    group: { type: 'aws_security_group', name: 'web', values: { name: 'web' }, refs: { vpc_id: 'aws_vpc.main' }, unknown: ['ingress', 'egress'] },
    rule: { type: 'aws_vpc_security_group_ingress_rule', name: 'https', values: { cidr_ipv4: '0.0.0.0/0', from_port: 443, to_port: 443, ip_protocol: 'tcp' }, refs: { security_group_id: 'aws_security_group.web' } },
    host: { type: 'aws_instance', name: 'web', values: { ami: 'ami-0aa11bb22' }, refs: { subnet_id: 'aws_subnet.a', vpc_security_group_ids: 'aws_security_group.web' }, unknown: ['public_ip', 'private_ip'] },
    address: { type: 'aws_eip', name: 'web', values: { domain: 'vpc' }, refs: { instance: 'aws_instance.web' }, unknown: ['public_ip'] },
  };
  return Object.entries(base).flatMap(([key, draft]) => (change[key] === null ? [] : [{ ...draft, ...change[key] }]));
};

describe('terraform', () => {
  it('recognizes its files', async () => {
    expect(importers).toContain(terraform);
    for (const name of ['none', 'state']) expect((await fixture(name)).reader).toBe('terraform');
    expect(await fixture('none')).toMatchObject({ records: [], errors: [] });
  });

  it('reads a state: instances of for_each, parts of a bucket, other providers; no data sources, no secrets', async () => {
    const { records, errors, kept } = await fixture('state');
    expect(errors).toEqual([]);
    expect(JSON.stringify(records) + kept).not.toContain('not-to-be-kept');
    const graph = memoryGraph(records);
    const bucket = graph.resource('arn:aws:s3:::acme-logs-a');
    expect(bucket).toMatchObject({ type: 'AWS::S3::Bucket', tags: { team: 'web' }, config: { Name: 'acme-logs-a', Policy: null, PublicAccessBlockConfiguration: { IgnorePublicAcls: true, RestrictPublicBuckets: false } } });
    expect(graph.resource('module.store.aws_s3_bucket.logs["b"]')?.urn).toBe('arn:aws:s3:::acme-logs-b');
    expect(graph.resource('acme-logs-b')?.config).not.toHaveProperty('PublicAccessBlockConfiguration');
    expect(graph.ofType('AWS::EC2::Image')).toEqual([]);
    expect(graph.ofType('AWS::RDS::DBInstance')[0]).toMatchObject({ account: '111122223333', region: 'eu-central-1', kind: 'database', config: { PubliclyAccessible: true } });
    expect(graph.ofType('storage.googleapis.com/Bucket')[0]?.kind).toBe('bucket');
  });

  const cases: readonly (readonly [fact: string, answer: string, change: Parameters<typeof network>[0], blocked?: string])[] = [
    ['as planned', 'yes', {}], ['no route to the gateway', 'no', { route: null }, 'NO_ROUTE_TO_IGW'], ['the rule is for an office', 'no', { rule: { values: { cidr_ipv4: '198.51.100.0/24', from_port: 443, to_port: 443, ip_protocol: 'tcp' } } }, 'SG_IN'],
    // Blocks of a group that are known after apply may be `dynamic` ones: where no rule stands by itself nothing tells that there are none.
    ['no rule that is told', 'unknown', { rule: null }], ['no rule', 'no', { rule: null, group: { unknown: [], values: { name: 'web', egress: [], ingress: [] } } }, 'SG_IN'], ['an old-style rule', 'yes', { rule: { type: 'aws_security_group_rule', values: { type: 'ingress', cidr_blocks: ['0.0.0.0/0'], from_port: 443, to_port: 443, protocol: 'tcp' } } }], ['a rule for what goes out', 'no', { rule: { type: 'aws_security_group_rule', values: { type: 'egress', cidr_blocks: ['0.0.0.0/0'], from_port: 443, to_port: 443, protocol: 'tcp' } } }, 'SG_IN'],
    ['rules in the group', 'yes', { rule: null, group: { unknown: [], values: { name: 'web', egress: [], ingress: [{ cidr_blocks: ['0.0.0.0/0'], ipv6_cidr_blocks: [], prefix_list_ids: [], security_groups: [], self: false, from_port: 443, to_port: 443, protocol: 'tcp' }] } } }],
    ['the subnet is not the table’s', 'no', { association: null }, 'NO_ROUTE_TO_IGW'], ['no address', 'no', { address: null, host: { values: { ami: 'ami-0aa11bb22', associate_public_ip_address: false }, unknown: ['private_ip'] } }, 'NO_PUBLIC_IP'],
  ];
  it.each(cases.map(([fact, answer, change, blocked]) => ({ fact, answer, change, blocked })))('evaluates a plan before it is applied: $fact: $answer', async ({ answer, change, blocked }) => {
    const { reachable } = evaluateIngress(await graphOf(plan(network(change))), 'aws_instance.web', { port: 443 });
    expect({ answer: reachable.answer, blocked: reachable.blocked_by }).toEqual({ answer, blocked });
  });

  it('leaves open what is known only when applied', async () => {
    const { reachable } = evaluateIngress(await graphOf(plan(network({ address: null }))), 'aws_instance.web', { port: 443 });
    expect(reachable).toMatchObject({ answer: 'unknown' });
    expect(reachable.missing.length).toBeGreaterThan(0);
  });

  it.each([
    { references: ['x_w.w[0].id', 'x_w.w[0]', 'x_w.w'], found: ['x_w.w[0]'] }, { references: ['x_w.w[1].id', 'x_w.w[1]', 'x_w.w'], found: ['x_w.w[1]'] }, { references: ['x_w.w'], found: ['x_w.w[0]', 'x_w.w[1]'] },
    { references: ['module.v.ids["web"]', 'module.v.ids', 'module.v'], found: ['module.v.x_s.s["web"]'] }, { references: ['module.v.ids["app"]', 'module.v.ids', 'module.v'], found: ['module.v.x_s.s["app"]'] }, { references: ['module.v.ids["other"]', 'module.v.ids', 'module.v'], found: [] },
  ])('follows $references to the instances that are meant', ({ references, found }) => {
    const made = (address: string) => ({ address, type: 'x', values: {} });
    const planned = { planned_values: { root_module: { resources: [made('x_w.w[0]'), made('x_w.w[1]')], child_modules: [{ resources: [made('module.v.x_s.s["app"]'), made('module.v.x_s.s["web"]')] }] } },
      configuration: { root_module: { resources: [{ address: 'x_r.r', expressions: { to: { references } } }], module_calls: { v: { module: { outputs: { ids: { expression: { references: ['x_s.s'] } } } } } } } } };
    expect(resolver(planned, 'x_r.r')('to').map((p) => p.address)).toEqual(found);
  });

  it.each<[string, Values, readonly string[], Values, readonly string[] | undefined]>([
    ['one group', {}, ['x_g.a.id', 'x_g.a'], {}, ['sg-x_g.a']], ['with what a local adds', {}, ['x_g.a.id', 'x_g.a', 'local.more'], {}, ['sg-x_g.a', 'x.r/groups']], ['in places of which all are known', { groups: [null, 'sg-1'] }, ['x_g.a.id', 'x_g.a', 'var.more'], {}, ['sg-1', 'sg-x_g.a']],
    ['in more places than are known', { groups: [null, null] }, ['x_g.a.id', 'x_g.a', 'local.more'], {}, ['sg-x_g.a', 'x.r/groups']], ['in more places than it refers to', { groups: [null, null] }, ['x_g.a.id', 'x_g.a'], {}, ['sg-x_g.a', 'x.r/groups']], ['one place, by a condition', { groups: [null] }, ['local.flag', 'x_g.a.id', 'x_g.a'], {}, ['sg-x_g.a']], ['two of which one hangs on a local', { groups: [null, null] }, ['x_g.a.id', 'x_g.a', 'x_g.b.id', 'x_g.b', 'local.more'], {}, ['sg-x_g.a', 'sg-x_g.b', 'x.r/groups']],
    ['a variable without anything', {}, ['x_g.a.id', 'x_g.a', 'var.more'], { more: { default: [] } }, ['sg-x_g.a']], ['a variable with something', {}, ['x_g.a.id', 'x_g.a', 'var.more'], { more: { default: ['sg-2'] } }, ['sg-x_g.a', 'x.r/groups']], ['a source that is read later', {}, ['x_g.a.id', 'x_g.a', 'data.x_g.late.id', 'data.x_g.late'], {}, ['sg-x_g.a', 'x.r/groups']], ['a count', {}, ['x_g.a', 'count.index'], {}, ['sg-x_g.a']], ['a local alone', {}, ['local.more'], {}, undefined],
  ])('a list with %s', (_, values, references, variables, found) => {
    const group = (name: string) => ({ address: `x_g.${name}`, type: 'aws_security_group', values: { id: `sg-x_g.${name}` } });
    const planned = { planned_values: { root_module: { resources: [group('a'), group('b')] } }, configuration: { root_module: { variables, resources: [{ address: 'x.r', expressions: { groups: { references } } }] } } };
    expect(refs({ address: 'x.r', values, resolve: resolver(planned, 'x.r'), isFollowed: isFollowed(planned, 'x.r') }, 'groups')?.toSorted()).toEqual(found);
  });
  it.each<[string, readonly string[], Values, readonly unknown[]]>([
    ['those that are told', ['azurerm_network_interface.a.id', 'azurerm_network_interface.a'], {}, [expect.stringMatching(/networkInterfaces\/a$/)]], ['and what a local adds', ['azurerm_network_interface.a.id', 'azurerm_network_interface.a', 'local.more'], {}, [expect.stringMatching(/networkInterfaces\/a$/), expect.stringContaining('network_interface_ids')]],
    ['one by a condition', ['local.flag', 'azurerm_network_interface.a.id', 'azurerm_network_interface.a'], { network_interface_ids: [null] }, [expect.stringMatching(/networkInterfaces\/a$/)]], ['one that is known and one that is made', ['azurerm_network_interface.a.id', 'azurerm_network_interface.a', 'var.more'], { network_interface_ids: ['/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/networkInterfaces/old', null] }, [expect.stringMatching(/networkInterfaces\/old$/), expect.stringMatching(/networkInterfaces\/a$/)]],
  ])('gives a machine of Azure the interfaces of a list: %s', async (_, references, values, ids) => {
    const nic = { address: 'azurerm_network_interface.a', mode: 'managed', type: 'azurerm_network_interface', name: 'a' }, vm = { address: 'azurerm_linux_virtual_machine.v', mode: 'managed', type: 'azurerm_linux_virtual_machine', name: 'v' }, place = { resource_group_name: 'rg', location: 'westeurope' };
    const made = (r: object, after: Values, unknown: Values) => ({ ...r, change: { actions: ['create'], before: null, after, after_unknown: { id: true, ...unknown } } }), of = { ...place, name: 'v', ...values };
    const graph = await graphOf({ format_version: '1.2', terraform_version: '1.9.5', planned_values: { root_module: { resources: [{ ...nic, values: { ...place, name: 'a' } }, { ...vm, values: of }] } }, resource_changes: [made(nic, { ...place, name: 'a' }, {}), made(vm, of, values['network_interface_ids'] === undefined ? { network_interface_ids: true } : {})],
      configuration: { provider_config: { azurerm: { name: 'azurerm', expressions: { subscription_id: { constant_value: '00000000-1111-2222-3333-444444444444' } } } }, root_module: { resources: [{ ...nic, expressions: {} }, { ...vm, expressions: { network_interface_ids: { references } } }] } } });
    const listed = at(graph.resource(vm.address)?.config, 'networkProfile', 'networkInterfaces');
    expect(Array.isArray(listed) ? listed.map((n: unknown) => at(n, 'id')) : listed).toEqual(ids);
  });
  it('knows what a module is given besides, and what it gives back', () => {
    const followed = (given: unknown, output: unknown) => isFollowed({ planned_values: { root_module: { resources: [{ address: 'x_g.a', type: 'x' }], child_modules: [{ resources: [{ address: 'module.m.x_g.b', type: 'x' }] }] } }, configuration: { root_module: { resources: [{ address: 'x.r', expressions: { to: { references: ['module.m.out', 'module.m'] } } }],
      module_calls: { m: { expressions: { groups: given }, module: { variables: { groups: {} }, outputs: { out: { expression: output } }, resources: [{ address: 'x.in', expressions: { to: { references: ['x_g.b.id', 'x_g.b', 'var.groups'] } } }] } } } } } }, 'x.r');
    const both = { references: ['x_g.b.id', 'x_g.b', 'var.groups'] };
    expect([{ references: ['x_g.a.id', 'x_g.a'] }, { constant_value: [] }, { constant_value: ['sg-1'] }, { references: ['local.x'] }].map((given) => followed(given, both)('to'))).toEqual([true, true, false, false]);
    expect(followed({ constant_value: [] }, { references: ['local.y'] })('to')).toBe(false);
  });

  it.each<[string, Home, object, string, readonly unknown[]]>([
    ['a role by its provider', { providers: { spoke: '222222222222' } }, { type: 'aws_iam_role_policy', provider: 'spoke', values: { name: 'p', role: 'reader', policy: '{"Statement":[]}' } }, 'AWS::IAM::Role', ['arn:aws:iam::222222222222:role/reader', undefined]],
    ['a role of a provider that isn’t told', { providers: { spoke: '222222222222' } }, { type: 'aws_iam_role_policy', provider: 'other', values: { name: 'p', role: 'reader', policy: '{"Statement":[]}' } }, 'AWS::IAM::UnplacedPolicy', [undefined, { Holder: 'role', Name: 'reader' }]],
    ['a user of nobody knows whose account', {}, { type: 'aws_iam_user_policy_attachment', provider: 'other', values: { user: 'ann', policy_arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' } }, 'AWS::IAM::UnplacedPolicy', [undefined, { Holder: 'user', Name: 'ann' }]],
    ['roles of one attachment', {}, { type: 'aws_iam_policy_attachment', provider: 'other', values: { name: 'a', roles: ['reader'], users: [], groups: [], policy_arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' } }, 'AWS::IAM::UnplacedPolicy', [undefined, { Holder: 'role', Name: 'reader' }]],
    ['a role in the only account', { account: '111111111111' }, { type: 'aws_iam_role_policy', provider: 'spoke', values: { name: 'p', role: 'reader', policy: '{"Statement":[]}' } }, 'AWS::IAM::Role', ['arn:aws:iam::111111111111:role/reader', undefined]],
  ])('places the policy of %s', (_, home, { values, ...record }: { readonly values?: unknown }, type, [urn, config]) => {
    const read = terraform.parse({ mode: 'managed', name: 'x', ...record, instances: [{ attributes: values }] }, { parents: [], from: 'resources', path: 'x', index: 0, home });
    const found = read.ok ? (read.value.resources ?? []) : [];
    expect(found.map((r) => [r.type, urn === undefined ? undefined : r.urn, config === undefined ? undefined : r.config])).toEqual([[type, urn, config]]);
  });
  it('leaves open what a role may that has the name of an unplaced policy, and no other', async () => {
    const role = (name: string) => ({ mode: 'managed', type: 'aws_iam_role', name, instances: [{ attributes: { id: name, name, arn: `arn:aws:iam::222222222222:role/${name}`, path: '/', assume_role_policy: '{"Statement":[]}', inline_policy: [], managed_policy_arns: [] } }] });
    const graph = await graphOf({ version: 4, terraform_version: '1.9.5', serial: 1, lineage: 'x', resources: [role('reader'), role('writer'), { mode: 'managed', type: 'aws_iam_role_policy', name: 'p', instances: [{ attributes: { id: 'reader:p', name: 'p', role: 'reader', policy: '{"Statement":[]}' } }] }] });
    const missing = (name: string) => evaluateIdentity(graph, `arn:aws:iam::222222222222:role/${name}`, new Set(['222222222222']), { primitives: [], managedPolicies: new Map() }).missing.map((m) => m.what).join();
    expect([missing('reader'), missing('writer')]).toEqual([expect.stringContaining('which may be its own'), '']);
  });

  it('puts a bucket together from its resources', async () => {
    const bucket = { type: 'aws_s3_bucket', name: 'b', values: { bucket: 'acme-site' } };
    const open = { Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::acme-site/*' }] };
    const rest = (restrict: boolean) => [bucket, { type: 'aws_s3_bucket_policy', name: 'b', values: { policy: JSON.stringify(open) }, refs: { bucket: 'aws_s3_bucket.b' } }, { type: 'aws_s3_bucket_acl', name: 'b', values: { acl: 'private' }, refs: { bucket: 'aws_s3_bucket.b' } },
      { type: 'aws_s3_bucket_public_access_block', name: 'b', values: { block_public_acls: true, block_public_policy: false, ignore_public_acls: true, restrict_public_buckets: restrict }, refs: { bucket: 'aws_s3_bucket.b' } }, { type: 'aws_s3_bucket_ownership_controls', name: 'b', values: { rule: [{ object_ownership: 'BucketOwnerEnforced' }] }, refs: { bucket: 'aws_s3_bucket.b' } }];
    const graph = await graphOf(plan(rest(false)));
    expect(graph.resource('acme-site')?.config).toMatchObject({ Policy: open, OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] } });
    expect(evaluateBucketAccess(graph, 'arn:aws:s3:::acme-site').policy_public).toBe('yes');
    expect(evaluateBucketAccess(await graphOf(plan(rest(true))), 'arn:aws:s3:::acme-site').public.answer).toBe('no');
  });

  it('puts roles together, and follows references into modules and out of them', async () => {
    const role = { address: 'module.app.aws_iam_role.r[0]', mode: 'managed', type: 'aws_iam_role', name: 'r', index: 0 };
    const attach = { address: 'aws_iam_role_policy_attachment.a', mode: 'managed', type: 'aws_iam_role_policy_attachment', name: 'a' };
    const inner = { address: 'module.app.aws_iam_role_policy.p', mode: 'managed', type: 'aws_iam_role_policy', name: 'p' };
    const changed = (r: object, after: object, unknown: object) => ({ ...r, change: { actions: ['create'], after, after_unknown: unknown } });
    const graph = await graphOf({
      format_version: '1.2', terraform_version: '1.9.5',
      planned_values: { root_module: { resources: [{ ...attach, values: {} }], child_modules: [{ address: 'module.app', resources: [{ ...role, values: { name: 'app' } }, { ...inner, values: {} }] }] } },
      resource_changes: [changed(role, { name: 'app', assume_role_policy: '{"Statement":[]}' }, { id: true, arn: true }), changed(attach, { policy_arn: 'arn:aws:iam::aws:policy/AdministratorAccess' }, { role: true }), changed(inner, { name: 'p', policy: '{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}' }, { role: true })],
      configuration: { root_module: {
        resources: [{ ...attach, expressions: { role: { references: ['module.app.role_name', 'module.app'] } } }],
        module_calls: { app: { expressions: {}, module: { outputs: { role_name: { expression: { references: ['aws_iam_role.r[0].name', 'aws_iam_role.r[0]', 'aws_iam_role.r'] } } }, resources: [{ address: 'aws_iam_role.r', expressions: {} }, { address: 'aws_iam_role_policy.p', expressions: { role: { references: ['aws_iam_role.r[0].id', 'aws_iam_role.r[0]', 'aws_iam_role.r'] } } }] } } },
      } },
    });
    expect(graph.resource('module.app.aws_iam_role.r[0]')?.config).toMatchObject({ RoleName: 'app', AttachedManagedPolicies: [{ PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }], RolePolicyList: [{ PolicyName: 'p', PolicyDocument: { Statement: [{ Action: 's3:*' }] } }] });
  });

  it('reads show -json of a state with nested modules, and UTF-16', async () => {
    const of = (name: string) => ({ address: `module.a.module.b.aws_sqs_queue.${name}`, mode: 'managed', type: 'aws_sqs_queue', name, values: { arn: `arn:aws:sqs:eu-central-1:111122223333:${name}`, id: `https://sqs.eu-central-1.amazonaws.com/111122223333/${name}`, name } });
    const document = JSON.stringify({ format_version: '1.0', terraform_version: '1.9.5', values: { root_module: { child_modules: [{ address: 'module.a', child_modules: [{ address: 'module.a.module.b', resources: [of('jobs'), of('dead')] }] }] } } });
    for (const bytes of [Buffer.from(document), Buffer.from(`\uFEFF${document}`), Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(document, 'utf16le')])]) {
      expect((await read(bytes)).records.flatMap((r) => r.resources.map((x) => x.urn))).toEqual(['arn:aws:sqs:eu-central-1:111122223333:jobs', 'arn:aws:sqs:eu-central-1:111122223333:dead']);
    }
  });

  it('takes the region from the resource’s own provider, over the variables that it is given by', async () => {
    const queue = (name: string) => ({ address: `aws_sqs_queue.${name}`, mode: 'managed', type: 'aws_sqs_queue', name, values: { name } }), written = (name: string, provider_config_key: string) => ({ ...queue(name), provider_config_key, expressions: {} });
    const inside = { address: 'module.m.aws_sqs_queue.c', mode: 'managed', type: 'aws_sqs_queue', name: 'c', values: { name: 'c' } };
    const graph = await graphOf({
      format_version: '1.2', terraform_version: '1.9.5', variables: { home: { value: 'eu-central-1' }, secret: { value: 'x' } }, planned_values: { root_module: { resources: [queue('a'), queue('b')], child_modules: [{ address: 'module.m', resources: [inside] }] } },
      configuration: {
        provider_config: { aws: { name: 'aws', expressions: { region: { references: ['var.home'] } } }, 'aws.far': { name: 'aws', alias: 'far', expressions: { region: { constant_value: 'us-east-1' } } }, 'module.m:aws': { name: 'aws', module_address: 'module.m', expressions: { region: { references: ['var.region'] } } } },
        root_module: { resources: [written('a', 'aws'), written('b', 'aws.far')], module_calls: { m: { expressions: { region: { constant_value: 'ap-south-1' } }, module: { resources: [{ ...written('c', 'module.m:aws'), address: 'aws_sqs_queue.c' }] } } } },
      },
    });
    expect(['aws_sqs_queue.a', 'aws_sqs_queue.b', 'module.m.aws_sqs_queue.c'].map((id) => graph.resource(id)?.region)).toEqual(['eu-central-1', 'us-east-1', 'ap-south-1']);
  });

  it('passes over what a plan takes away', async () => {
    const graph = await graphOf({ format_version: '1.2', terraform_version: '1', resource_changes: [{ address: 'aws_sqs_queue.q', mode: 'managed', type: 'aws_sqs_queue', name: 'q', change: { actions: ['delete'], before: { name: 'q' }, after: null } }] });
    expect(graph.ofType('AWS::SQS::Queue')).toEqual([]);
  });

  it('never throws on any record', () => {
    const key = fc.constantFrom('type', 'name', 'address', 'values', 'change', 'after', 'after_unknown', 'instances', 'attributes', 'ingress', 'route', 'policy', 'configuration', 'references', 'index_key');
    const json = fc.letrec<{ v: unknown }>((tie) => ({ v: fc.oneof({ maxDepth: 4 }, fc.jsonValue({ maxDepth: 1 }), fc.constantFrom('aws_instance', 'aws_security_group', 'aws_iam_role', 'aws_route'), fc.array(tie('v'), { maxLength: 3 }), fc.dictionary(key, tie('v'), { maxKeys: 6 })) })).v;
    fc.assert(fc.property(json, json, json, (record, parent, values) => {
      terraform.parse(terraform.redact?.(record), { parents: [parent], from: '', path: '', index: 0 });
      for (const type of ['aws_security_group', 'aws_instance', 'aws_route_table', 'aws_network_acl', 'aws_s3_bucket_acl', 'aws_iam_role', 'aws_lb', 'aws_route', 'aws_vpc']) terraform.parse({ type, name: 'x', values }, { parents: [{ configuration: parent }], from: '', path: '', index: 0 });
    }), { numRuns: 200 });
  });

  it.skipIf(!existsSync('../shared/samples/terraform'))('reads the samples whole', async () => {
    const folder = '../shared/samples/terraform';
    const all = await Promise.all(readdirSync(folder).map((name) => read(readFileSync(`${folder}/${name}`))));
    expect(all.flatMap((r) => r.errors)).toEqual([]);
    expect(all.map((r) => r.reader)).toEqual(['terraform', 'terraform', 'terraform']);
    const graph = memoryGraph(all[0]?.records ?? []);
    expect(at(graph.ofType('AWS::IAM::User')[0]?.config, 'UserPolicyList', 0, 'PolicyDocument', 'Statement')).toBeDefined();
  });
});

describe('targets of load balancers', () => {
  const lb = 'arn:aws:elasticloadbalancing:eu-central-1:111122223333:';
  it('are told by attachments of their own, and tied to the balancer by its listener', async () => {
    const resource = (type: string, name: string, attributes: object): object => ({ mode: 'managed', type, name, provider: 'provider["registry.terraform.io/hashicorp/aws"]', instances: [{ attributes }] });
    const graph = await graphOf({ version: 4, terraform_version: '1.9.5', serial: 1, lineage: 'x', outputs: {}, resources: [
      resource('aws_lb_target_group', 'app', { arn: `${lb}targetgroup/app/1`, id: `${lb}targetgroup/app/1`, name: 'app', port: 8080, protocol: 'HTTP', target_type: 'instance' }),
      resource('aws_lb_target_group_attachment', 'app', { id: 'x', target_group_arn: `${lb}targetgroup/app/1`, target_id: 'i-0a1', port: 8081 }),
    ] });
    expect(graph.resource(`${lb}targetgroup/app/1`)?.config).toMatchObject({ Port: 8080, Targets: [{ Id: 'i-0a1', Port: 8081 }] });
    expect(graph.edgesFrom(`${lb}targetgroup/app/1`, 'FORWARDS_TO').map((e) => e.target)).toEqual(['i-0a1']);
  });
});
