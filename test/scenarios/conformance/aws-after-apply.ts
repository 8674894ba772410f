import type { Question } from '#electron/evaluate/platform.ts';
import type { Estate, Expected, Suite } from './suite.ts';
import { planOf, type Block } from './terraform-forms.ts';

/** Controls of AWS that a Terraform plan sets and doesn't tell before it is applied. No default holds for them. Each beside the same control told, both ways. */
export type Json = Readonly<Record<string, unknown>>;
const providers = { aws: { name: 'aws', expressions: { region: { constant_value: 'eu-central-1' } } } }, unknown = ['id', 'arn', 'unique_id', 'public_ip', 'private_ip'];
export const local = ['local', 'it'] as const, ofAws = (blocks: readonly Block[]): Json => planOf(blocks, providers, unknown);
export const block = (type: string, name: string, values: Json, refs?: Block['refs']): Block => ({ type: `aws_${type}`, name, values, ...(refs && { refs }) });
export const estate = (name: string, blocks: readonly Block[], ask: Question, expected: Expected): Estate => ({ name, files: { 'plan.json': ofAws(blocks) }, rows: [{ ask, expected }] });
interface Control { readonly name: string; readonly ask: Question; readonly around: readonly Block[]; readonly of: (value: unknown) => Block; readonly path: string; readonly yes: unknown; readonly no: unknown; readonly isBlock?: boolean }
const stated = ({ name, ask, around, of, path, yes, no, isBlock }: Control): readonly Estate[] => [
  estate(`${name}, told as open`, [...around, of(yes)], ask, 'yes'), estate(`${name}, told as closed`, [...around, of(no)], ask, 'no'),
  ...[yes, no].map((value, i) => { const own = of(value); return estate(`${name}, known after apply (${i})`, [...around, { ...own, refs: { ...own.refs, [path]: local } }], ask, 'unknown'); }),
  ...(isBlock === true ? [estate(`${name}, dynamic`, [...around, { ...of(yes), dynamic: [path] }], ask, 'unknown')] : []),
];

const vpcOf: NonNullable<Block['refs']> = { vpc_id: ['aws_vpc.main', 'id'] }, ssh: Question = { question: 'ingress', subject: 'aws_instance.web', port: 22, protocol: 'tcp' };
const vpc = block('vpc', 'main', { cidr_block: '10.0.0.0/16' }), gateway = block('internet_gateway', 'out', {}, vpcOf), subnet = block('subnet', 'web', { cidr_block: '10.0.1.0/24', map_public_ip_on_launch: true }, vpcOf);
const route = (more: Json = {}, refs: Block['refs'] = { route_table_id: ['aws_route_table.web', 'id'], gateway_id: ['aws_internet_gateway.out', 'id'] }): Block => block('route', 'all', { destination_cidr_block: '0.0.0.0/0', ...more }, refs), tables = [block('route_table', 'web', {}, vpcOf), block('route_table_association', 'web', {}, { subnet_id: ['aws_subnet.web', 'id'], route_table_id: ['aws_route_table.web', 'id'] })];
const place = [vpc, gateway, subnet, ...tables], machine = (refs: Block['refs'] = {}): Block => block('instance', 'web', { ami: 'ami-1', instance_type: 't3.micro', associate_public_ip_address: true }, { subnet_id: ['aws_subnet.web', 'id'], vpc_security_group_ids: ['aws_security_group.web', 'id'], ...refs });
const address = block('eip', 'web', { domain: 'vpc' }, { instance: ['aws_instance.web', 'id'] });
const inline = (more: Json = {}): Json => ({ protocol: 'tcp', from_port: 22, to_port: 22, cidr_blocks: ['0.0.0.0/0'], ipv6_cidr_blocks: [], prefix_list_ids: [], security_groups: [], self: false, ...more });
const everything = inline({ protocol: '-1', from_port: 0, to_port: 0 }), group = (ingress: unknown): Block => block('security_group', 'web', { name: 'web', ingress, egress: [everything] }, vpcOf);
const own = (more: Json = {}): Block => block('security_group_rule', 'ssh', { type: 'ingress', ...inline(more) }, { security_group_id: ['aws_security_group.web', 'id'] }), newer = (more: Json = {}): Block => block('vpc_security_group_ingress_rule', 'ssh', { ip_protocol: 'tcp', from_port: 22, to_port: 22, cidr_ipv4: '0.0.0.0/0', ...more }, { security_group_id: ['aws_security_group.web', 'id'] });
const hosts = [...place, route(), machine(), address], acl = (ingress: unknown): Block => block('network_acl', 'web', { ingress, egress: [entry()] }, { ...vpcOf, subnet_ids: ['aws_subnet.web', 'id'] });
function entry(more: Json = {}): Json { return { rule_no: 100, action: 'allow', protocol: '-1', cidr_block: '0.0.0.0/0', from_port: 0, to_port: 0, ...more }; }
const other = block('security_group', 'other', { name: 'other', ingress: [], egress: [] }, vpcOf);
const network: readonly Control[] = [
  ...([['cidr_blocks', ['0.0.0.0/0'], ['10.0.0.0/8']], ['protocol', 'tcp', 'udp'], ['to_port', 22, 21]] as const).map(([key, yes, no]): Control => ({ name: `${key} of a rule`, ask: ssh, around: hosts, of: (value) => group([inline({ from_port: 20, [key]: value })]), path: `ingress.0.${key}`, yes, no })),
  { name: 'every rule of a group', ask: ssh, around: hosts, of: group, path: 'ingress', yes: [inline()], no: [], isBlock: true },
  ...([['cidr_blocks', ['0.0.0.0/0'], ['10.0.0.0/8']], ['protocol', 'tcp', 'udp'], ['from_port', 22, 23], ['type', 'ingress', 'egress']] as const).map(([key, yes, no]): Control => ({ name: `${key} of a rule of its own`, ask: ssh, around: [...hosts, group([])], of: (value) => own({ to_port: 30, [key]: value }), path: key, yes, no })),
  { name: 'whom a newer rule names', ask: ssh, around: [...hosts, group([])], of: (cidr_ipv4) => newer({ cidr_ipv4 }), path: 'cidr_ipv4', yes: '0.0.0.0/0', no: '10.0.0.0/8' },
  ...([['action', 'allow', 'deny'], ['rule_no', 300, 100], ['cidr_block', '10.0.0.0/8', '0.0.0.0/0']] as const).map(([key, yes, no]): Control => ({ name: `${key} of a network ACL`, ask: ssh, around: [...hosts, group([inline()])], of: (value) => acl([entry({ rule_no: 200 }), entry({ rule_no: 150, action: 'deny', [key]: value })]), path: `ingress.1.${key}`, yes, no })),
  { name: 'every entry of a network ACL', ask: ssh, around: [...hosts, group([inline()])], of: acl, path: 'ingress', yes: [entry()], no: [entry({ action: 'deny' })], isBlock: true },
  { name: 'where a route leads from', ask: ssh, around: [...place, machine(), address, group([inline()])], of: (destination_cidr_block) => route({ destination_cidr_block }), path: 'destination_cidr_block', yes: '0.0.0.0/0', no: '192.0.2.0/24' },
];
const placed = (to: readonly [string, string]): Block => ({ ...own(), refs: { security_group_id: to } });
const named: readonly Estate[] = [
  estate('a rule of a group that is not told', [...hosts, group([]), placed(local)], ssh, 'unknown'), estate('of another group', [...hosts, group([]), other, placed(['aws_security_group.other', 'id'])], ssh, 'no'),
  estate('a route whose target is not told', [...place, machine(), address, group([inline()]), route({}, { route_table_id: ['aws_route_table.web', 'id'], gateway_id: local })], ssh, 'unknown'), estate('one that leads to the gateway', [...place, machine(), address, group([inline()]), route()], ssh, 'yes'),
  estate('groups of which one is not told', [...place, route(), { ...machine({ vpc_security_group_ids: local }), refs: { subnet_id: ['aws_subnet.web', 'id'] }, values: { ...machine().values, vpc_security_group_ids: ['sg-0', null] } }, address, group([])], ssh, 'unknown'),
  estate('a group of which the rules stand by themselves', [...hosts, { ...group([]), dynamic: ['ingress'] }, own()], ssh, 'yes'), estate('by themselves, and let nobody in', [...hosts, { ...group([]), dynamic: ['ingress'] }, own({ cidr_blocks: ['10.0.0.0/8'] })], ssh, 'no'),
];

const reads: Question = { question: 'public_storage', subject: 'arn:aws:s3:::acme-files' }, bucketOf: NonNullable<Block['refs']> = { bucket: ['aws_s3_bucket.files', 'id'] }, everyone = 'http://acs.amazonaws.com/groups/global/AllUsers';
const bucket = { ...block('s3_bucket', 'files', { bucket: 'acme-files' }), dynamic: ['policy', 'acl'] }, policy = (Principal: unknown): string => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal, Action: 's3:GetObject', Resource: 'arn:aws:s3:::acme-files/*' }] }), off = { block_public_acls: false, ignore_public_acls: false, block_public_policy: false, restrict_public_buckets: false };
const account = block('s3_account_public_access_block', 'all', { account_id: '000000000000', ...off }), blocks = (more: Json = {}): Block => block('s3_bucket_public_access_block', 'files', { ...off, ...more }, bucketOf), owned = (object_ownership: unknown): Block => block('s3_bucket_ownership_controls', 'files', { rule: [{ object_ownership }] }, bucketOf);
const acls = (more: Json): Block => block('s3_bucket_acl', 'files', { acl: 'private', ...more }, bucketOf), policies = (text: unknown): Block => block('s3_bucket_policy', 'files', { policy: text }, bucketOf), grants = (uri: unknown): Json => ({ acl: null, access_control_policy: [{ grant: [{ permission: 'READ', grantee: [{ type: 'Group', uri }] }] }] });
const storage: readonly Control[] = [
  { name: 'a bucket policy', ask: reads, around: [account, bucket, blocks(), owned('BucketOwnerEnforced'), acls({})], of: policies, path: 'policy', yes: policy('*'), no: policy({ AWS: 'arn:aws:iam::000000000000:root' }) },
  { name: 'a flag that restricts the policy', ask: reads, around: [account, bucket, owned('BucketOwnerEnforced'), acls({}), policies(policy('*'))], of: (value) => blocks({ restrict_public_buckets: value }), path: 'restrict_public_buckets', yes: false, no: true},
  { name: 'a flag that ignores ACLs', ask: reads, around: [account, bucket, owned('ObjectWriter'), acls({ acl: 'public-read' }), policies(policy({ AWS: 'arn:aws:iam::000000000000:root' }))], of: (value) => blocks({ ignore_public_acls: value }), path: 'ignore_public_acls', yes: false, no: true },
  { name: 'a canned ACL', ask: reads, around: [account, bucket, blocks(), owned('ObjectWriter'), policies(policy({ AWS: 'arn:aws:iam::000000000000:root' }))], of: (value) => acls({ acl: value }), path: 'acl', yes: 'public-read', no: 'private' },
  { name: 'who is granted something', ask: reads, around: [account, bucket, blocks(), owned('ObjectWriter'), policies(policy({ AWS: 'arn:aws:iam::000000000000:root' }))], of: (uri) => acls(grants(uri)), path: 'access_control_policy.0.grant.0.grantee.0.uri', yes: everyone, no: 'http://acs.amazonaws.com/groups/s3/LogDelivery' },
  { name: 'ownership of objects', ask: reads, around: [account, bucket, blocks(), acls({ acl: 'public-read' }), policies(policy({ AWS: 'arn:aws:iam::000000000000:root' }))], of: owned, path: 'rule.0.object_ownership', yes: 'ObjectWriter', no: 'BucketOwnerEnforced' },
];

const role = (more: Json = {}, refs?: Block['refs']): Block => block('iam_role', 'job', { name: 'job', path: '/', assume_role_policy: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }] }), permissions_boundary: null, inline_policy: [], ...more }, refs);
const allow = (Action: string): string => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] }), held = (text: unknown = allow('sqs:*')): Block => block('iam_role_policy', 'job', { name: 'job', policy: text }, { role: ['aws_iam_role.job', 'id'] }), bound = (actions: string): Block => block('iam_policy', 'bound', { name: 'bound', path: '/', policy: allow(actions) });
const does: Question = { question: 'effective_permission', subject: 'arn:aws:iam::000000000000:role/job', action: 'sqs:DeleteQueue', object: '*' }, boundTo: Block['refs'] = { permissions_boundary: ['aws_iam_policy.bound', 'arn'] };
const people: readonly Estate[] = [
  estate('a policy of a role', [role(), held()], does, 'yes'), estate('another', [role(), held(allow('s3:*'))], does, 'no'), estate('one that is not told', [role(), { ...held(), refs: { ...held().refs, policy: local } }], does, 'unknown'),
  estate('a boundary that gives it', [role({}, boundTo), held(), bound('sqs:*')], does, 'yes'), estate('one that does not', [role({}, boundTo), held(), bound('s3:*')], does, 'no'), estate('a boundary that is not told', [role({}, { permissions_boundary: local }), held()], does, 'unknown'),
];

const called: Question = { question: 'public_storage', subject: 'arn:aws:lambda:eu-central-1:000000000000:function:job' }, fn = block('lambda_function', 'job', { function_name: 'job', runtime: 'python3.12' });
const permits = (more: Json = {}): Block => block('lambda_permission', 'all', { statement_id: 'all', action: 'lambda:InvokeFunction', principal: '*', source_account: null, ...more }, { function_name: ['aws_lambda_function.job', 'function_name'] });
const functions: readonly Control[] = [
  { name: 'whom a function lets in', ask: called, around: [fn], of: (principal) => permits({ principal }), path: 'principal', yes: '*', no: '000000000000' }, { name: 'for which account', ask: called, around: [fn], of: (source_account) => permits({ source_account }), path: 'source_account', yes: null, no: '000000000000' },
];
const keyAsk: Question = { question: 'public_storage', subject: 'arn:aws:sqs:eu-central-1:000000000000:jobs' }, queue = block('sqs_queue', 'jobs', { name: 'jobs' }), ofQueue = (Effect: string): string => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect, Principal: '*', Action: 'sqs:SendMessage', Resource: '*' }] });
const resources: readonly Control[] = [{ name: 'the policy of a queue', ask: keyAsk, around: [queue], of: (text) => block('sqs_queue_policy', 'jobs', { policy: text }, { queue_url: ['aws_sqs_queue.jobs', 'id'] }), path: 'policy', yes: ofQueue('Allow'), no: ofQueue('Deny')}];
export const awsAfterApply: Suite = { name: 'AWS, after apply', estates: [...[...network, ...storage, ...functions, ...resources].flatMap(stated), ...named, ...people] };
export { allow, does, group, hosts, inline, machine, off, place, reads, role, route, ssh, vpcOf, called as functionAsk, fn as lambda, owned as ownedBy };
/** A VPC with its gateway. */
export const withoutTable: readonly Block[] = [vpc, gateway];
