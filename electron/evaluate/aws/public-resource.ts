import { at, isObject, list, scalarText, str } from '#shared/lib/json.ts';
import { matchesWildcard, parseArn } from '#shared/lib/arn.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { newResource, unplacedPart } from '#shared/model/aws.ts';
import { hasUntold, supposedOf } from '#shared/model/untold.ts';
import type { Answer } from '#shared/model/verdict.ts';
import { anyOf } from '../kleene.ts';
import { evaluateAccess, type AccessDecision, type PolicyLevel } from './aws-policy.ts';
import { internetAddresses } from './bucket-simulation.ts';
import { missingRow, row, type Row } from './network/row.ts';
import { organizationPolicies } from './organization-policies.ts';
import { ownPolicy } from './own-policy.ts';
import { parsePolicy, statementName, type Statement } from './policy-document.ts';
import type { RequestContext } from './policy-context.ts';
import { statementPointer, type PolicyInput } from './policy-scan.ts';
import { levelsWithFullAccess } from './principal-policies.ts';
import { publicStatements } from './public-policy.ts';
import { strangersAccount, strangersSource } from './strangers-source.ts';

/** What a stranger would do with a resource, and the call that supplies its policy. */
interface Kind { readonly probes: readonly string[]; readonly supply: string }

const kinds: Readonly<Record<string, Kind>> = {
  'AWS::SNS::Topic': { probes: ['sns:Publish', 'sns:Subscribe', 'sns:SetTopicAttributes'], supply: 'aws sns get-topic-attributes' },
  'AWS::SQS::Queue': { probes: ['sqs:SendMessage', 'sqs:ReceiveMessage', 'sqs:DeleteMessage'], supply: 'aws sqs get-queue-attributes' },
  'AWS::KMS::Key': { probes: ['kms:Decrypt', 'kms:Encrypt', 'kms:PutKeyPolicy'], supply: 'aws kms get-key-policy' },
  'AWS::SecretsManager::Secret': { probes: ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'], supply: 'aws secretsmanager get-resource-policy' },
  'AWS::Lambda::Function': { probes: ['lambda:InvokeFunction', 'lambda:InvokeFunctionUrl', 'lambda:UpdateFunctionCode'], supply: 'aws lambda get-policy' },
  'AWS::ECR::Repository': { probes: ['ecr:BatchGetImage', 'ecr:PutImage'], supply: 'aws ecr get-repository-policy' },
  'AWS::OpenSearch::Domain': { probes: ['es:ESHttpGet', 'es:ESHttpPut'], supply: 'aws opensearch describe-domain' },
  'AWS::Elasticsearch::Domain': { probes: ['es:ESHttpGet', 'es:ESHttpPut'], supply: 'aws es describe-elasticsearch-domain' },
  'AWS::ApiGateway::RestApi': { probes: ['execute-api:Invoke'], supply: 'aws apigateway get-rest-apis' },
  'AWS::DynamoDB::Table': { probes: ['dynamodb:GetItem', 'dynamodb:PutItem'], supply: 'aws dynamodb get-resource-policy' },
  'AWS::EFS::FileSystem': { probes: ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite', 'elasticfilesystem:ClientRootAccess'], supply: 'aws efs describe-file-system-policy' },
  'AWS::Glacier::Vault': { probes: ['glacier:InitiateJob', 'glacier:UploadArchive', 'glacier:DeleteArchive'], supply: 'aws glacier get-vault-access-policy' },
  'AWS::Backup::BackupVault': { probes: ['backup:CopyIntoBackupVault', 'backup:StartRestoreJob', 'backup:DeleteRecoveryPoint'], supply: 'aws backup get-backup-vault-access-policy' },
  'AWS::Events::EventBus': { probes: ['events:PutEvents', 'events:PutRule'], supply: 'aws events describe-event-bus' },
  'AWS::SES::EmailIdentity': { probes: ['ses:SendEmail', 'ses:SendRawEmail'], supply: 'aws ses get-identity-policies' },
  'AWS::MediaStore::Container': { probes: ['mediastore:GetObject', 'mediastore:PutObject'], supply: 'aws mediastore get-container-policy' },
  'AWS::CodeArtifact::Domain': { probes: ['codeartifact:ReadFromRepository', 'codeartifact:GetAuthorizationToken'], supply: 'aws codeartifact get-domain-permissions-policy' },
  'AWS::CodeArtifact::Repository': { probes: ['codeartifact:ReadFromRepository', 'codeartifact:PublishPackageVersion'], supply: 'aws codeartifact get-repository-permissions-policy' },
  'AWS::MSK::Cluster': { probes: ['kafka:CreateVpcConnection', 'kafka-cluster:Connect', 'kafka-cluster:ReadData'], supply: 'aws kafka get-cluster-policy' },
  'AWS::Lambda::LayerVersion': { probes: ['lambda:GetLayerVersion'], supply: 'aws lambda get-layer-version-policy' },
  'AWS::Logs::Destination': { probes: ['logs:PutSubscriptionFilter'], supply: 'aws logs describe-destinations' },
  'AWS::Glue::ResourcePolicy': { probes: ['glue:GetTable', 'glue:GetDatabase', 'glue:CreateTable'], supply: 'aws glue get-resource-policy' },
  'AWS::Kinesis::Stream': { probes: ['kinesis:GetRecords', 'kinesis:PutRecord'], supply: 'aws kinesis get-resource-policy' },
};

/** What a stranger would do with a resource of a type, where its policy is evaluated. */
export const wantedOf = (type: string): readonly string[] => kinds[type]?.probes ?? [];
export const hasResourcePolicy = (type: string): boolean => Object.hasOwn(kinds, type);

interface Known { readonly inputs: readonly PolicyInput[]; readonly statements: readonly Statement[] }
interface Open { readonly statement: Statement; readonly input: PolicyInput }

/**
 * Does the resource's own policy let everyone in? A statement is public as S3 means it (rules P1–P4 of design 5-graph §1, with the keys of the other
 * services), and the request of a stranger from the internet passes the whole policy and the organization's RCPs.
 * @param only an action: is that one open? Left out: any.
 * @param values what the way of the request brings with it.
 */
export function policyExposure(graph: GraphView, resource: StoredResource, only?: string, values: RequestContext['values'] = {}): Row {
  const kind = kinds[resource.type], own = ownPolicy(resource), { urn } = resource;
  if (!kind) return missingRow('RESOURCE_POLICY', urn, { what: `a policy of ${resource.type}`, entity: urn, supply: 'a person: this type is not evaluated' });
  if (own.state === 'none') return row('RESOURCE_POLICY', 'no', urn, own.pointer, 'it has no resource policy');
  if (own.state === 'unknown' && at(resource.config, 'Policy') === undefined && supposedOf(resource.config).includes(newResource.accountsKey)) return row('RESOURCE_POLICY', 'no', urn, '/supposed', 'a new key is its own account’s');
  if (own.state === 'unknown') return missingRow('RESOURCE_POLICY', urn, { what: 'its resource policy', entity: urn, supply: kind.supply });
  const parsed = own.inputs.flatMap((input) => { const read = parsePolicy(input.document); return read.ok ? [{ input, policy: read.value }] : []; });
  const policy: Known = { inputs: own.inputs, statements: parsed.flatMap((p) => p.policy.statements) };
  const open = parsed.flatMap(({ input, policy: one }) => publicStatements(one, 'service').filter((s) => only === undefined || allows(s, only)).map((statement): Open => ({ statement, input })));
  if (open.length === 0) return row('RESOURCE_POLICY', 'no', urn, own.pointer, policy.statements.some((s) => s.effect === 'Allow') ? 'its policy lets in only whom it names, or whom its conditions fix' : 'its policy allows nothing');
  const rcps = levelsWithFullAccess(organizationPolicies(graph, resource.account, 'RESOURCE_CONTROL_POLICY').levels);
  const auth = str(resource.config, 'FunctionUrlConfig', 'AuthType');
  const asked: Asked = { resource, policy, rcps, values: { ...(auth !== undefined && { 'lambda:FunctionUrlAuthType': auth }), ...values } };
  const outcomes = open.slice(0, MOST).flatMap((named) => probesOf(named.statement, kind, only, at(resource.config, 'FunctionUrlConfig') !== null).flatMap((action) => placesIn(named.statement, resource).map((place) => ({ named, action, decision: ask(asked, action, place) }))));
  if (outcomes.length === 0 && open.length <= MOST) return row('RESOURCE_POLICY', 'no', urn, own.pointer, 'its policy lets everyone in to other resources only');
  const found = anyOf(outcomes.map((o) => answerOf(o.decision))), answer = found === 'no' && open.length > MOST ? 'unknown' : found;
  const best = outcomes.find((o) => answerOf(o.decision) === answer);
  const pointer = best ? statementPointer(best.named.input, best.named.statement) : own.pointer, lets = `${best ? statementName(best.named.statement) : 'a statement'} lets everyone do ${best?.action ?? 'it'}`;
  // Of a URL whose authorization isn't told, what its policy lets in may hang on it.
  const needsIam = (o: (typeof outcomes)[number]): boolean => answerOf(ask({ ...asked, values: { ...asked.values, 'lambda:FunctionUrlAuthType': 'AWS_IAM' } }, o.action, placesIn(o.named.statement, resource)[0] ?? urn)) !== 'yes';
  if (answer === 'yes' && isObject(at(resource.config, 'FunctionUrlConfig')) && auth === undefined && only === undefined && outcomes.filter((o) => answerOf(o.decision) === 'yes').every(needsIam)) return missingRow('RESOURCE_POLICY', urn, { what: 'the authorization of the function URL', entity: urn, supply: 'aws lambda get-function-url-config' });
  if (answer === 'yes') return row('RESOURCE_POLICY', 'yes', urn, pointer, lets);
  if (answer === 'no') return row('RESOURCE_POLICY', 'no', best?.decision.reasons[0]?.source ?? urn, best?.decision.reasons[0]?.pointer ?? own.pointer, `a statement names everyone, but ${best?.decision.reasons[0]?.text ?? 'another denies it'}`);
  return row('RESOURCE_POLICY', 'unknown', urn, pointer, `${lets} under a condition that the snapshot does not solve`);
}

/** Statements that are looked at one by one; who needs more to say that everyone may come in is out to keep us busy. */
const MOST = 50;

const answerOf = ({ outcome }: AccessDecision): Answer => (outcome === 'allowed' ? 'yes' : outcome === 'unknown' ? 'unknown' : 'no');
const allows = (statement: Statement, action: string): boolean =>
  statement.actions?.some((pattern) => matchesWildcard(pattern, action.toLowerCase())) ?? statement.notActions?.every((pattern) => !matchesWildcard(pattern, action.toLowerCase())) === true;

/** The actions to try: those that a stranger would want, and those that the statement names in full. @param hasUrl calls of a function's URL need one. */
function probesOf(statement: Statement, kind: Kind, only: string | undefined, hasUrl: boolean): readonly string[] {
  if (only !== undefined) return [only];
  const literal = (statement.actions ?? []).filter((a) => !/[*?]/.test(a));
  const wanted = kind.probes.filter((p) => allows(statement, p));
  return [...new Set([...wanted, ...literal])].filter((action) => hasUrl || action.toLowerCase() !== 'lambda:invokefunctionurl').slice(0, 20);
}

/**
 * What of the resource to ask for: what the statement names (a topic itself, everything below a domain, a stage of an API), wildcards filled in.
 * What is named of the same service and is another resource is none of it.
 */
function placesIn(statement: Statement, resource: StoredResource): readonly string[] {
  const own = resource.urn.startsWith('arn:') ? resource.urn : '*';
  const named = (statement.resources ?? []).filter((r) => !/^\*+$/.test(r));
  const fit = own === '*' || byOther.has(resource.type) ? named : named.filter((r) => matchesWildcard(r, own) || r.startsWith(own) || parseArn(r)?.service !== parseArn(own)?.service);
  if (named.length > 0 && fit.length === 0) return [];
  return fit.length === 0 ? [own] : [...new Set(fit.map((r) => (matchesWildcard(r, own) ? own : r.replaceAll('*', 'x').replaceAll('?', 'x'))))].slice(0, 5);
}
/** Types whose policies speak of other things than themselves: recovery points, tables of a catalog. */
const byOther: ReadonlySet<string> = new Set(['AWS::ApiGateway::RestApi', 'AWS::Backup::BackupVault', 'AWS::Glue::ResourcePolicy', 'AWS::CodeArtifact::Domain', 'AWS::CodeArtifact::Repository', 'AWS::MSK::Cluster', 'AWS::SES::EmailIdentity']);

const stranger = strangersAccount, theirs = 'o-strangers1';
/** Who may come: nobody known, a user of an account of their own, and an AWS service that somebody uses from such an account. */
function strangers({ statements }: Known, partition: string): readonly RequestContext[] {
  const sources = statements.flatMap((s) => s.conditions).filter((t) => t.key.toLowerCase() === 'aws:sourcearn').flatMap((t) => t.values).flatMap((v) => strangersSource(v) ?? []);
  const service = (arn: string): RequestContext => ({ values: { 'aws:SourceArn': arn, 'aws:SourceAccount': stranger, 'aws:SourceOwner': stranger, 'aws:SourceOrgID': theirs, 'aws:ViaAWSService': 'false', 'aws:PrincipalIsAWSService': 'true' } });
  return [
    {},
    { values: { 'aws:PrincipalArn': `arn:${partition}:iam::${stranger}:user/anyone`, 'aws:PrincipalAccount': stranger, 'aws:PrincipalType': 'User', 'aws:userid': 'AIDAAAAAAAAAAAAAAAAAA', 'aws:username': 'anyone', 'aws:PrincipalOrgID': theirs, 'aws:PrincipalOrgPaths': [`${theirs}/r-0000/`] }, chosen: ['aws:PrincipalTag/*', 'aws:MultiFactorAuth*', 'aws:TokenIssueTime'] },
    ...[...new Set([`arn:${partition}:s3:::strangers-bucket`, ...sources])].slice(0, 4).map(service),
  ];
}

interface Asked { readonly resource: StoredResource; readonly policy: Known; readonly rcps: readonly PolicyLevel[]; readonly values: RequestContext['values'] }

/** A stranger from the internet: no VPC, no organization of ours. They pick what serves them best of who they are and where they come from. */
function ask(asked: Asked, action: string, place: string): AccessDecision {
  let best: AccessDecision | undefined;
  for (const who of strangers(asked.policy, parseArn(asked.resource.urn)?.partition ?? 'aws')) {
    for (const address of internetAddresses(asked.policy.statements)) {
      const decision = askAs(asked, action, place, { ...who, values: { 'aws:SourceIp': address, ...who.values } });
      if (decision.outcome === 'allowed') return decision;
      if (!best || (decision.outcome === 'unknown' && best.outcome !== 'unknown')) best = decision;
    }
  }
  return best ?? askAs(asked, action, place, {});
}

function askAs({ resource, policy, rcps, values }: Asked, action: string, place: string, who: RequestContext): AccessDecision {
  return evaluateAccess({
    principal: { kind: 'anonymous' }, action, resource: place, ...(resource.account !== undefined && { resourceAccount: resource.account }),
    context: {
      values: { 'aws:ViaAWSService': 'false', 'aws:PrincipalIsAWSService': 'false', ...(resource.account !== undefined && { 'aws:ResourceAccount': resource.account }), ...(resource.region !== undefined && { 'aws:RequestedRegion': resource.region }), ...values, ...who.values },
      chosen: ['aws:SecureTransport', 'aws:Referer', 'aws:UserAgent', 'sns:Protocol', 'sns:Endpoint', 'lambda:FunctionUrlAuthType', 'lambda:InvokedViaFunctionUrl', 'kms:EncryptionContext*', 'secretsmanager:VersionStage', 'secretsmanager:VersionId', 'execute-api:*', ...(who.chosen ?? [])],
      unknown: ['aws:ResourceTag/*', 'aws:ResourceOrg*', 'aws:CurrentTime', 'aws:EpochTime', 'kms:ResourceAliases', 'secretsmanager:ResourceTag/*'],
      absent: ['aws:SourceVpc', 'aws:SourceVpce', 'aws:SourceArn', 'aws:SourceAccount', 'aws:SourceOwner', 'aws:SourceOrgID', 'aws:PrincipalOrgID', 'aws:PrincipalOrgPaths', 'aws:PrincipalTag/*', 'kms:ViaService', 'kms:CallerAccount'],
    },
  }, { resource: policy.inputs, rcps });
}

/** Images and snapshots are shared by attributes, not by a policy: `all` is everyone. Undefined for other types. */
export function sharedWithEveryone(graph: GraphView, resource: StoredResource): Row | undefined {
  const { config, type, urn } = resource;
  const told = (everyone: boolean, pointer: string, what: string): Row => row('NOT_PUBLIC', everyone ? 'yes' : 'no', urn, pointer, everyone ? `${what} is shared with every AWS account` : `${what} is not shared with everyone`);
  const missing = (what: string, supply: string): Row => missingRow('NOT_PUBLIC', urn, { what, entity: urn, supply });
  const isEveryone = (groups: readonly unknown[]): boolean => groups.some((g) => str(g, 'Group') === 'all');
  // One that isn't told, or that isn't told of what it is, may be for everyone.
  const isOpen = (of: string, groups: readonly unknown[]): boolean => groups.some((g) => hasUntold(g, 'Group')) || graph.ofType(unplacedPart).some((p) => str(p.config, 'Of') === of);
  // One that a plan makes, unless a resource that isn't told shares some.
  const isUnshared = supposedOf(config).includes(newResource.unshared) && !isOpen(type, []);
  if (type === 'AWS::EC2::Image') {
    const groups = at(config, 'LaunchPermissions'), isPublic = at(config, 'Public');
    if (groups === undefined && typeof isPublic !== 'boolean' && isUnshared) return told(false, '/supposed', 'the image');
    if (Array.isArray(groups) && (isEveryone(groups) || !isOpen(type, groups))) return told(isEveryone(groups), '/LaunchPermissions', 'the image');
    return !Array.isArray(groups) && typeof isPublic === 'boolean' ? told(isPublic, '/Public', 'the image') : missing('who may launch the image', 'aws ec2 describe-image-attribute --attribute launchPermission');
  }
  if (type === 'AWS::EC2::Snapshot') {
    const groups = at(config, 'CreateVolumePermissions');
    if (groups === undefined && isUnshared) return told(false, '/supposed', 'the snapshot');
    return Array.isArray(groups) && (isEveryone(groups) || !isOpen(type, groups)) ? told(isEveryone(groups), '/CreateVolumePermissions', 'the snapshot') : missing('who may use the snapshot', 'aws ec2 describe-snapshot-attribute --attribute createVolumePermission');
  }
  if (type === 'AWS::RDS::DBSnapshot' || type === 'AWS::RDS::DBClusterSnapshot') {
    const key = ['DBSnapshotAttributes', 'DBClusterSnapshotAttributes'].find((k) => at(config, k) !== undefined);
    if (key === undefined) return missing('who may restore the snapshot', 'aws rds describe-db-snapshot-attributes');
    const restore = list(config, key).find((a) => str(a, 'AttributeName') === 'restore');
    return told(list(restore, 'AttributeValues').includes('all'), `/${key}`, 'the database snapshot');
  }
  if (type === 'AWS::SSM::Document') {
    const accounts = at(config, 'AccountIds');
    return Array.isArray(accounts) ? told(accounts.some((a) => scalarText(a).toLowerCase() === 'all'), '/AccountIds', 'the document') : missing('whom the document is shared with', 'aws ssm describe-document-permission');
  }
  return type === 'AWS::ECR::PublicRepository' ? told(true, '', 'the public registry’s repository') : undefined;
}
