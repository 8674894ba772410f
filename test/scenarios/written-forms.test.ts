import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { A, allow, doc, iam, identities, region } from '../fixtures/questions/aws-dump.ts';
import { inTempFolder, winnow } from './winnow.ts';

type Files = Readonly<Record<string, unknown>>;
interface Case { readonly name: string; readonly files: Files; readonly ask: Readonly<Record<string, unknown>>; readonly answer: 'yes' | 'no' | 'unknown' }

async function answersTo(cases: readonly Case[]): Promise<readonly string[]> {
  return inTempFolder(async (dir) => {
    cases.forEach(({ files }, i) => {
      mkdirSync(join(dir, `s${i}`));
      for (const [file, content] of Object.entries(files)) writeFileSync(join(dir, `s${i}`, file), typeof content === 'string' ? content : JSON.stringify(content));
    });
    const file = join(dir, 'cases.ndjson');
    writeFileSync(file, cases.map(({ name, ask }, i) => JSON.stringify({ id: name, snapshot: `s${i}`, ...ask })).join('\n'));
    const ran = await winnow(['check', 'questions', '--cases', file]);
    expect([ran.stderr, ran.code]).toEqual(['', 0]);
    return ran.stdout.trim().split('\n').map((line) => { const { id, answer } = JSON.parse(line) as { id: string; answer: string }; return `${id}: ${answer}`; });
  });
}

const boss = iam('role/boss'), gain = { question: 'escalation', subject: iam('user/alice') };
const arn = (service: string, rest: string): string => `arn:aws:${service}:${region}:${A}:${rest}`;
const account = (may: readonly string[], trusts: string): Files => ({ 'iam-get-account-authorization-details.json': identities({ alice: [allow(may)], boss: { Service: trusts } }), 'sts-get-caller-identity.json': { Account: A, Arn: iam('user/collector'), UserId: 'AIDA' } });
/** What runs as an administrator's role, as the AWS CLI tells it: the call, its answer, and what takes it over. */
const workloads: readonly (readonly [file: string, answer: object, service: string, may: readonly string[]])[] = [
  ['codebuild-batch-get-projects', { projects: [{ name: 'site', arn: arn('codebuild', 'project/site'), serviceRole: boss }] }, 'codebuild.amazonaws.com', ['codebuild:StartBuild']],
  ['glue-get-dev-endpoints', { DevEndpoints: [{ EndpointName: 'lab', RoleArn: boss, Status: 'READY' }] }, 'glue.amazonaws.com', ['glue:UpdateDevEndpoint']],
  ['sagemaker-describe-notebook-instance', { NotebookInstanceArn: arn('sagemaker', 'notebook-instance/lab'), NotebookInstanceName: 'lab', NotebookInstanceStatus: 'InService', RoleArn: boss }, 'sagemaker.amazonaws.com', ['sagemaker:CreatePresignedNotebookInstanceUrl']],
  ['apprunner-describe-service', { Service: { ServiceName: 'api', ServiceArn: arn('apprunner', 'service/api/01'), InstanceConfiguration: { InstanceRoleArn: boss } } }, 'tasks.apprunner.amazonaws.com', ['apprunner:UpdateService']],
  ['cloudformation-describe-stacks', { Stacks: [{ StackName: 'net', StackId: arn('cloudformation', 'stack/net/01'), RoleARN: boss }] }, 'cloudformation.amazonaws.com', ['cloudformation:UpdateStack']],
  ['bedrock-agentcore-control-get-code-interpreter', { codeInterpreterId: 'c-1', codeInterpreterArn: arn('bedrock-agentcore', 'code-interpreter/c-1'), name: 'c', executionRoleArn: boss }, 'bedrock-agentcore.amazonaws.com', ['bedrock-agentcore:StartCodeInterpreterSession', 'bedrock-agentcore:InvokeCodeInterpreter']],
  ['ec2-describe-launch-template-versions', { LaunchTemplateVersions: [{ LaunchTemplateId: 'lt-01', LaunchTemplateName: 'web', VersionNumber: 1, DefaultVersion: true, LaunchTemplateData: { IamInstanceProfile: { Name: 'boss' } } }] }, 'ec2.amazonaws.com', ['ec2:CreateLaunchTemplateVersion', 'ec2:ModifyLaunchTemplate']],
];

describe('what runs as a role, as the AWS CLI tells it', () => {
  it('escalates with the workload, and is open without an inventory of such', async () => {
    const cases = workloads.flatMap(([file, answer, service, may]): readonly Case[] => {
      const files = account(may, service);
      return [{ name: file, files: { ...files, [`${file}.json`]: answer }, ask: gain, answer: 'yes' }, { name: `no ${file}`, files, ask: gain, answer: 'unknown' }];
    });
    expect(await answersTo(cases)).toEqual(cases.map((c) => `${c.name}: ${c.answer}`));
  }, 60_000);
  it('finds the role of a host by its association alone', async () => {
    const host = { Reservations: [{ OwnerId: A, Instances: [{ InstanceId: 'i-0aa', State: { Name: 'running' } }] }] };
    const held = { IamInstanceProfileAssociations: [{ AssociationId: 'iip-1', InstanceId: 'i-0aa', IamInstanceProfile: { Arn: iam('instance-profile/boss'), Id: 'AIPA' }, State: 'associated' }] };
    const files = { ...account(['ssm:SendCommand'], 'ec2.amazonaws.com'), 'ec2-describe-instances.json': host };
    const cases: readonly Case[] = [{ name: 'with', files: { ...files, 'ec2-describe-iam-instance-profile-associations.json': held }, ask: gain, answer: 'yes' }, { name: 'without', files, ask: gain, answer: 'no' }];
    expect(await answersTo(cases)).toEqual(cases.map((c) => `${c.name}: ${c.answer}`));
  }, 60_000);
});

interface Held { readonly type: string; readonly name: string; readonly attributes: Readonly<Record<string, unknown>> }
const held = (type: string, name: string, attributes: Held['attributes']): Held => ({ type, name, attributes });
const state = (...resources: readonly Held[]): Files => ({ 'terraform.tfstate': {
  version: 4, terraform_version: '1.9.5', serial: 1, lineage: 'a', outputs: {},
  resources: resources.map(({ type, name, attributes }) => ({ mode: 'managed', type, name, provider: 'provider["registry.terraform.io/hashicorp/aws"]', instances: [{ schema_version: 0, attributes }] })),
} });
const text = (...statements: readonly object[]): string => JSON.stringify(doc(...statements));
const trust = text({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'ec2.amazonaws.com' } });
const people: readonly Held[] = [
  held('aws_iam_user', 'alice', { arn: iam('user/alice'), id: 'alice', name: 'alice', path: '/', unique_id: 'AIDAALICE00000000001' }),
  held('aws_iam_group', 'devs', { arn: iam('group/devs'), id: 'devs', name: 'devs', path: '/' }),
  held('aws_iam_role', 'boss', { arn: iam('role/boss'), id: 'boss', name: 'boss', path: '/', assume_role_policy: trust }),
  held('aws_iam_policy', 'wide', { arn: iam('policy/wide'), id: iam('policy/wide'), name: 'wide', path: '/', policy: text(allow('iam:PutUserPolicy')) }),
];
const network = (rule: Held): readonly Held[] => [
  held('aws_vpc', 'v', { arn: arn('ec2', 'vpc/vpc-0a'), id: 'vpc-0a', cidr_block: '10.0.0.0/16', owner_id: A }), held('aws_subnet', 's', { arn: arn('ec2', 'subnet/subnet-0a'), id: 'subnet-0a', vpc_id: 'vpc-0a', cidr_block: '10.0.0.0/24', owner_id: A }),
  held('aws_internet_gateway', 'g', { arn: arn('ec2', 'internet-gateway/igw-0a'), id: 'igw-0a', vpc_id: 'vpc-0a', owner_id: A }),
  held('aws_route_table', 't', { arn: arn('ec2', 'route-table/rtb-0a'), id: 'rtb-0a', vpc_id: 'vpc-0a', owner_id: A, route: [] }), held('aws_route', 'r', { id: 'r-rtb-0a1', route_table_id: 'rtb-0a', destination_cidr_block: '0.0.0.0/0', gateway_id: 'igw-0a', state: 'active' }),
  held('aws_route_table_association', 'a', { id: 'rtbassoc-0a', route_table_id: 'rtb-0a', subnet_id: 'subnet-0a' }),
  held('aws_default_network_acl', 'n', { arn: arn('ec2', 'network-acl/acl-0a'), id: 'acl-0a', vpc_id: 'vpc-0a', owner_id: A, subnet_ids: ['subnet-0a'], ...Object.fromEntries(['ingress', 'egress'].map((key) => [key, [{ rule_no: 100, action: 'allow', protocol: '-1', from_port: 0, to_port: 0, cidr_block: '0.0.0.0/0' }]])) }),
  held('aws_security_group', 'w', { arn: arn('ec2', 'security-group/sg-0a'), id: 'sg-0a', name: 'w', vpc_id: 'vpc-0a', owner_id: A, ingress: [], egress: [] }), rule,
  held('aws_instance', 'h', { arn: arn('ec2', 'instance/i-0a'), id: 'i-0a', instance_state: 'running', subnet_id: 'subnet-0a', vpc_security_group_ids: ['sg-0a'], public_ip: '198.51.100.4', private_ip: '10.0.0.4' }),
];
const opens = (port: number): Held => held('aws_security_group_rule', 'o', { id: 'sgrule-1', type: 'ingress', security_group_id: 'sg-0a', from_port: port, to_port: port, protocol: 'tcp', cidr_blocks: ['0.0.0.0/0'] });

describe('a Terraform state, in which parts name what they belong to by id or name', () => {
  it('puts policies, attachments, memberships, rules and routes where they belong', async () => {
    const rise = (name: string, part: Held, answer: Case['answer']): Case => ({ name, files: state(...people, part), ask: gain, answer });
    const ssh = { question: 'ingress', subject: 'i-0a', port: 22, protocol: 'tcp' };
    const cases: readonly Case[] = [
      rise('inline', held('aws_iam_user_policy', 'p', { id: 'alice:p', name: 'p', user: 'alice', policy: text(allow('iam:PutUserPolicy')) }), 'yes'), rise('inline of less', held('aws_iam_user_policy', 'p', { id: 'alice:p', name: 'p', user: 'alice', policy: text(allow('iam:GetUser')) }), 'no'),
      rise('attached', held('aws_iam_user_policy_attachment', 'p', { id: 'x', user: 'alice', policy_arn: iam('policy/wide') }), 'yes'), rise('attached to another', held('aws_iam_role_policy_attachment', 'p', { id: 'x', role: 'boss', policy_arn: iam('policy/wide') }), 'no'),
      rise('attached to several', held('aws_iam_policy_attachment', 'p', { id: 'x', users: ['alice'], roles: [], groups: [], policy_arn: iam('policy/wide') }), 'yes'),
      { name: 'by membership', files: state(...people, held('aws_iam_group_policy', 'p', { id: 'devs:p', name: 'p', group: 'devs', policy: text(allow('*')) }), held('aws_iam_group_membership', 'm', { id: 'm', name: 'm', group: 'devs', users: ['alice'] })), ask: gain, answer: 'yes' },
      rise('a group that it is not in', held('aws_iam_group_policy', 'p', { id: 'devs:p', name: 'p', group: 'devs', policy: text(allow('*')) }), 'no'),
      { name: 'rule and route', files: state(...network(opens(22))), ask: ssh, answer: 'yes' }, { name: 'another rule', files: state(...network(opens(443))), ask: ssh, answer: 'no' },
    ];
    expect(await answersTo(cases)).toEqual(cases.map((c) => `${c.name}: ${c.answer}`));
  }, 60_000);
});

const pod = (name: string): string => JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop', labels: { app: name } }, spec: { containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80 }] }] } }, undefined, 1);
const closed = JSON.stringify({ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', metadata: { name: 'closed', namespace: 'shop' }, spec: { podSelector: { matchLabels: { app: 'till' } }, policyTypes: ['Ingress'] } });

describe('names and forms of other writers', () => {
  it('takes the only resource of a plain name, and none where two have it', async () => {
    const files = { ...account(['lambda:InvokeFunction'], 'lambda.amazonaws.com'), 'lambda-list-functions.json': { Functions: [{ FunctionName: 'boss', FunctionArn: arn('lambda', 'function:boss'), Role: boss }, { FunctionName: 'till', FunctionArn: arn('lambda', 'function:till'), Role: boss }] } };
    const may = (name: string, subject: string, object: string, answer: Case['answer']): Case => ({ name, files, ask: { question: 'effective_permission', subject, action: 'lambda:InvokeFunction', object }, answer });
    const cases = [may('function', iam('user/alice'), 'till', 'yes'), may('user', 'alice', 'till', 'yes'), may('role of the name of a function', 'boss', 'till', 'yes'), may('nobody', 'bob', 'till', 'unknown')];
    expect(await answersTo(cases)).toEqual(cases.map((c) => `${c.name}: ${c.answer}`));
  }, 60_000);

  it.each(['pod/web', 'Pod/shop/web', 'shop:web', 'web', 'shop/pods/web'])('takes %s for an object of Kubernetes, and none of another kind or namespace', async (subject) => {
    const files = { 'all.yaml': [pod('web'), pod('till'), closed].join('\n---\n') };
    const cases = [[subject, 'shop/till', 'no'], ['shop/till', subject, 'yes'], [`other/${subject}`, 'shop/till', 'unknown']].map(([from, object, answer], i): Case => ({ name: String(i), files, ask: { question: 'host_to_host', subject: from, object, port: 80 }, answer: answer as Case['answer'] }));
    expect(await answersTo(cases)).toEqual(cases.map((c) => `${c.name}: ${c.answer}`));
  }, 60_000);

  it('reads JSON documents between the marks of YAML', async () => {
    const ask = { question: 'host_to_host', subject: 'shop/web', object: 'shop/till', port: 80 };
    const cases: readonly Case[] = [
      ...[-1, '*', 'any', null].map((port): Case => ({ name: String(port), files: { 'all.yaml': [pod('web'), pod('till'), closed].join('\n---\n') }, ask: { ...ask, port, protocol: port }, answer: 'no' })),
      { name: 'open', files: { 'all.yaml': [pod('web'), pod('till')].join('\n---\n') }, ask, answer: 'yes' }, { name: 'closed', files: { 'all.yaml': [pod('web'), pod('till'), closed].join('\n---\n') }, ask, answer: 'no' },
    ];
    expect(await answersTo(cases)).toEqual(cases.map((c) => `${c.name}: ${c.answer}`));
  }, 60_000);
});

const everyone = (action: string, resource: string, more: object = {}): string => text({ Sid: 's', Effect: 'Allow', Principal: '*', Action: action, Resource: resource, ...more });
const inside = { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-exampleorg1' } } };
/** How a policy of a resource is written: the resource, what a stranger would do with it, and the files that say so. */
type Holder = readonly [name: string, subject: string, action: string, files: (policy: string) => Files];
const share = arn('elasticfilesystem', 'file-system/fs-0a1b2c3d4e5f60718'), vault = arn('backup', 'backup-vault:daily'), bus = arn('events', 'event-bus/orders'), fn = arn('lambda', 'function:till'), keyId = '0a1b2c3d-1111-2222-3333-444455556666', table = arn('dynamodb', 'table/carts');
const answered: readonly Holder[] = [
  ['a file system, by its id', share, 'elasticfilesystem:ClientMount', (Policy) => ({ 'efs-describe-file-systems.json': { FileSystems: [{ FileSystemId: 'fs-0a1b2c3d4e5f60718', FileSystemArn: share, OwnerId: A }] }, 'efs-describe-file-system-policy.json': { FileSystemId: 'fs-0a1b2c3d4e5f60718', Policy } })],
  ['a backup vault', vault, 'backup:CopyIntoBackupVault', (Policy) => ({ 'vault.json': { BackupVaultName: 'daily', BackupVaultArn: vault, Policy } })],
  ['an event bus of a list', bus, 'events:PutEvents', (Policy) => ({ 'buses.json': { EventBuses: [{ Name: 'orders', Arn: bus, Policy }] } })],
  ['a key, by the name of the file', arn('kms', `key/${keyId}`), 'kms:Decrypt', (Policy) => ({ 'kms-list-keys.json': { Keys: [{ KeyId: keyId, KeyArn: arn('kms', `key/${keyId}`) }] }, [`kms-get-key-policy-${keyId}.json`]: { Policy, PolicyName: 'default' } })],
  ['a table, by what the policy speaks of', table, 'dynamodb:GetItem', (Policy) => ({ 'policy.json': { Policy, RevisionId: '1' } })],
  ['a function as AWS Config has it', fn, 'lambda:InvokeFunction', (policyText) => ({ 'config.json': { fileVersion: '1.0', configSnapshotId: 's', configurationItems: [{ configurationItemCaptureTime: '2026-01-01T00:00:00Z', configurationItemStatus: 'OK', awsAccountId: A, awsRegion: region, resourceType: 'AWS::Lambda::Function', resourceId: 'till', resourceName: 'till', ARN: fn, configuration: { functionName: 'till', functionArn: fn }, supplementaryConfiguration: { Policy: JSON.stringify({ policyConsoleUrl: null, policyText }) } }] } })],
  ['a queue of a Terraform state', arn('sqs', 'jobs'), 'sqs:SendMessage', (policy) => { const url = `https://sqs.${region}.amazonaws.com/${A}/jobs`; return state(held('aws_sqs_queue', 'q', { arn: arn('sqs', 'jobs'), id: url, name: 'jobs', policy: '' }), held('aws_sqs_queue_policy', 'p', { id: url, queue_url: url, policy })); }],
  ['a search domain of a Terraform state', arn('es', 'domain/logs'), 'es:ESHttpGet', (access_policies) => state(held('aws_opensearch_domain', 'd', { arn: arn('es', 'domain/logs'), id: arn('es', 'domain/logs'), domain_name: 'logs' }), held('aws_opensearch_domain_policy', 'p', { id: 'x', domain_name: 'logs', access_policies }))],
  ['a repository of a Terraform state', arn('ecr', 'repository/base'), 'ecr:BatchGetImage', (policy) => state(held('aws_ecr_repository', 'r', { arn: arn('ecr', 'repository/base'), id: 'base', name: 'base' }), held('aws_ecr_repository_policy', 'p', { id: 'base', repository: 'base', policy }))],
];
const permitted = (org: string): Files => state(held('aws_lambda_function', 'f', { arn: fn, id: 'till', function_name: 'till' }), held('aws_lambda_permission', 'p', { id: 's', statement_id: 's', function_name: 'till', action: 'lambda:InvokeFunction', principal: '*', principal_org_id: org, source_arn: '' }));

describe('policies of resources, however their holder is told', () => {
  it('lets everyone in, or only an organization', async () => {
    const cases = answered.flatMap(([name, subject, action, files]): readonly Case[] => {
      const ask = { question: 'public_storage', subject }, resource = subject.includes(':es:') ? `${subject}/*` : subject;
      return [{ name, files: files(everyone(action, resource)), ask, answer: 'yes' }, { name: `${name}, for an organization`, files: files(everyone(action, resource, inside)), ask, answer: 'no' }];
    });
    const byPermission = ['', 'o-exampleorg1'].map((org): Case => ({ name: `a permission ${org}`, files: permitted(org), ask: { question: 'public_storage', subject: fn }, answer: org === '' ? 'yes' : 'no' }));
    const all = [...cases, ...byPermission];
    expect(await answersTo(all)).toEqual(all.map((c) => `${c.name}: ${c.answer}`));
  }, 60_000);

  it('takes the mount target of a file system as a way from inside', async () => {
    const [efs] = answered, mounts = { Condition: { Bool: { 'elasticfilesystem:AccessedViaMountTarget': 'true' } } }, other = { Condition: { Bool: { 'elasticfilesystem:AccessedViaMountTarget': 'false' } } };
    // A file system is reached through its mount targets alone (EFS User Guide), so asking for another way asks for none.
    const cases = [mounts, other].map((more, i): Case => ({ name: String(i), files: efs?.[3](everyone('elasticfilesystem:ClientMount', share, more)) ?? {}, ask: { question: 'public_storage', subject: share }, answer: 'no' }));
    expect(await answersTo(cases)).toEqual(cases.map((c) => `${c.name}: ${c.answer}`));
  }, 60_000);
});
