import { partitionOf } from '#shared/lib/arn.ts';
import { at, isObject, str, type JsonObject } from '#shared/lib/json.ts';
import type { CliPlace } from './cli-place.ts';
import { policyResources, resourceOf, type Parts } from './cli-resource.ts';
import { parsePolicyText } from './policy-text.ts';

/** Types with a policy of their own: how their ARN looks up to its end, and the service and call that hand the policy out for a plain name. */
const holders: readonly (readonly [type: string, arn: RegExp, call?: RegExp])[] = [
  ['AWS::Lambda::LayerVersion', /^arn:[^:]*:lambda:[^:]*:\d{12}:layer:[^:*]+:\d+/, /get-layer-version-policy/],
  ['AWS::Lambda::Function', /^arn:[^:]*:lambda:[^:]*:\d{12}:function:[^:*]+/, /lambda.*get-policy/],
  ['AWS::DynamoDB::Table', /^arn:[^:]*:dynamodb:[^:]*:\d{12}:table\/[^/*?]+/, /dynamodb.*get-resource-policy/],
  ['AWS::Kinesis::Stream', /^arn:[^:]*:kinesis:[^:]*:\d{12}:stream\/[^/*?]+/, /kinesis.*get-resource-policy/],
  ['AWS::SecretsManager::Secret', /^arn:[^:]*:secretsmanager:[^:]*:\d{12}:secret:[^*?]+/, /secretsmanager.*get-resource-policy/],
  ['AWS::ECR::Repository', /^arn:[^:]*:ecr:[^:]*:\d{12}:repository\/[^*?]+/, /ecr.*get-repository-policy/],
  ['AWS::EFS::FileSystem', /^arn:[^:]*:elasticfilesystem:[^:]*:\d{12}:file-system\/[^/*?]+/, /file-system-policy/],
  ['AWS::Glacier::Vault', /^arn:[^:]*:glacier:[^:]*:\d{12}:vaults\/[^/*?]+/, /get-vault-access-policy/],
  ['AWS::Backup::BackupVault', /^arn:[^:]*:backup:[^:]*:\d{12}:backup-vault:[^*?]+/, /get-backup-vault-access-policy/],
  ['AWS::Events::EventBus', /^arn:[^:]*:events:[^:]*:\d{12}:event-bus\/[^*?]+/, /describe-event-bus/],
  ['AWS::SES::EmailIdentity', /^arn:[^:]*:ses:[^:]*:\d{12}:identity\/[^*?]+/, /identity-policies/],
  ['AWS::MediaStore::Container', /^arn:[^:]*:mediastore:[^:]*:\d{12}:container\/[^/*?]+/, /get-container-policy/],
  ['AWS::CodeArtifact::Domain', /^arn:[^:]*:codeartifact:[^:]*:\d{12}:domain\/[^/*?]+/, /get-domain-permissions-policy/],
  ['AWS::CodeArtifact::Repository', /^arn:[^:]*:codeartifact:[^:]*:\d{12}:repository\/[^*?]+/, /get-repository-permissions-policy/],
  ['AWS::MSK::Cluster', /^arn:[^:]*:kafka:[^:]*:\d{12}:cluster\/[^*?]+/, /kafka.*get-cluster-policy/],
  ['AWS::SNS::Topic', /^arn:[^:]*:sns:[^:]*:\d{12}:[^:*?]+$/],
  ['AWS::SQS::Queue', /^arn:[^:]*:sqs:[^:]*:\d{12}:[^:*?]+$/],
  ['AWS::KMS::Key', /^arn:[^:]*:kms:[^:]*:\d{12}:key\/[^*?]+/],
];

/** The answers that hold a policy: under which keys, and what names its holder. */
function policyIn(document: JsonObject): { readonly policy: unknown; readonly named: string | undefined } | undefined {
  const inner = document['policy'] ?? document['Policy'];
  const named = ['ResourceArn', 'resourceArn', 'BackupVaultArn', 'ClusterArn', 'FileSystemArn', 'FileSystemId', 'repositoryName'].map((k) => str(document, k)).find((x) => x !== undefined);
  if (isObject(inner) && ('Policy' in inner || 'document' in inner)) return { policy: inner['Policy'] ?? inner['document'], named: str(inner, 'resourceArn') ?? named };
  if ('PolicyInJson' in document) return { policy: document['PolicyInJson'], named };
  const several = document['Policies'];
  // SES has several policies under names of their own, all of which count.
  if (isObject(several)) return { policy: { Version: '2012-10-17', Statement: Object.values(several).map(parsePolicyText).flatMap((p) => at(p, 'Statement') ?? []).flat() }, named };
  const one = document['Policy'] ?? document['policyText'];
  // None is set, which is an answer too.
  if (document['Policy'] === null) return { policy: null, named };
  return typeof one === 'string' || isObject(at(one, 'Statement')) || Array.isArray(at(one, 'Statement')) ? { policy: one, named } : undefined;
}

/**
 * A resource policy of a service other than S3, in an answer that may not name what it belongs to: told by the answer, else by the place of the
 * file, else by the resources that the policy speaks of. Undefined when none of them tells.
 */
export function servicePolicy(document: JsonObject, { hints, ...place }: CliPlace): Parts | undefined {
  const found = policyIn(document);
  if (!found) return undefined;
  const policy = parsePolicyText(found.policy), call = hints.call ?? '', part = call === '' ? 'resource-policy' : call;
  if ('PolicyInJson' in document || /glue.*get-resource-policy/.test(call)) {
    const arn = policyResources(policy).map((r) => /^arn:[^:]*:glue:[^:]*:\d{12}:/.exec(r)?.[0]).find((a) => a !== undefined) ?? (place.account === undefined || place.region === undefined ? undefined : `arn:${partitionOf(place.region)}:glue:${place.region}:${place.account}:`);
    return arn === undefined ? undefined : resourceOf({ type: 'AWS::Glue::ResourcePolicy', id: `${arn}catalog`, arn: `${arn}catalog`, part, config: { Policy: policy }, place: { ...place, hints } });
  }
  for (const text of [found.named, hints.subject, ...policyResources(policy)]) {
    for (const [type, pattern] of holders) {
      const arn = text === undefined ? undefined : pattern.exec(text)?.[0];
      if (arn !== undefined) return resourceOf({ type, id: arn, arn, name: arn.split(/[:/]/).at(-1), part, config: { Policy: policy }, place: { ...place, hints } });
    }
    // A plain name is one of what the call is about.
    const [type] = text === undefined || /[:*]/.test(text) ? [] : holders.find(([, , about]) => about?.test(text.startsWith('fs-') ? 'file-system-policy' : call) === true) ?? [];
    if (text !== undefined && type !== undefined && !text.startsWith('arn:')) return resourceOf({ type, id: text, name: text, part, config: { Policy: policy }, place: { ...place, hints } });
  }
  return undefined;
}
