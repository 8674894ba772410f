import { at, isObject, list, str } from '#shared/lib/json.ts';
import type { EntityType } from '#shared/model/finding.ts';
import { accountEntity, accountInArn, awsEntity, isAccountId, type AwsScope, type EntityId } from '../../aws-entity.ts';
import { cloudEntity } from '../../cloud-entity.ts';
import { principalEntity } from '../guardduty/resource.ts';

export interface OcsfResource extends EntityId { readonly account: string | undefined; readonly region: string | undefined; readonly tags: unknown; readonly environment: string | undefined }

/** Words of resource types of any cloud, first match wins. */
const typeWords: readonly (readonly [RegExp, EntityType])[] = [
  [/bucket|storage ?account|blob/i, 'bucket'], [/security ?group|firewall/i, 'sg'], [/snapshot/i, 'snapshot'], [/instance|virtual ?machine|\bvm\b/i, 'vm'], [/function|lambda/i, 'function'],
  [/pod\b/i, 'pod'], [/cluster/i, 'cluster'], [/container|deployment|workload/i, 'container_workload'], [/database|\bdb\b|sql|rds/i, 'database'], [/queue|topic/i, 'queue_topic'],
  [/secret|vault|kms|key/i, 'secret_key'], [/service ?account/i, 'service_account'], [/role/i, 'role'], [/user/i, 'user'], [/group/i, 'group'], [/policy/i, 'policy'], [/image|registry/i, 'image'],
  [/disk|volume/i, 'volume'], [/vpc|network/i, 'vpc'], [/trail/i, 'trail'], [/certificate/i, 'certificate'], [/account|project|subscription/i, 'account'], [/host|server|desktop|laptop/i, 'host'],
  [/repository/i, 'repository'], [/application|app\b/i, 'application'],
];

/**
 * What an OCSF finding is about: every entry of `resources` (`resource` before 1.2), else the store of the data (2006), `device`, the first evidence's device,
 * what is observed of a resource, the actor's user, else the account. Source: schema.ocsf.io, resource_details.
 */
export function ocsfResources(record: unknown): readonly OcsfResource[] {
  const account = str(record, 'cloud', 'account', 'uid') ?? str(record, 'cloud', 'account_uid'), region = placeOf(str(record, 'cloud', 'region'));
  const scope = { account, region, partition: str(record, 'cloud', 'partition') ?? str(record, 'cloud', 'cloud_partition') };
  const named = [...list(record, 'resources'), ...list(record, 'resource')].filter(isObject).flatMap((resource) => namedResource(record, resource, scope));
  if (named.length > 0) return named;
  const held = [at(record, 'databucket'), at(record, 'database')].filter(isObject).slice(0, 1).flatMap((resource) => namedResource(record, resource, scope));
  if (held.length > 0) return held.map((store) => ({ ...store, entity_type: store.entity_type === 'other' ? (isObject(at(record, 'databucket')) ? 'bucket' : 'database') : store.entity_type }));
  const whole = { account, region, tags: undefined, environment: undefined };
  const device = [at(record, 'device'), at(record, 'evidences', 0, 'device'), at(record, 'dst_endpoint')].find(isObject);
  const host = str(device, 'instance_uid') ?? str(device, 'uid') ?? str(device, 'hostname') ?? str(device, 'name') ?? str(device, 'ip');
  if (host !== undefined) {
    const vm = awsEntity(host, undefined, scope);
    const names = [str(device, 'hostname'), str(device, 'name'), str(device, 'ip')].filter((n) => n !== undefined && n !== vm.entity).map(String);
    return [{ ...vm, ...whole, entity_type: vm.entity_type === 'other' ? 'host' : vm.entity_type, aliases: [...new Set([...vm.aliases, ...names])] }];
  }
  const seen = list(record, 'observables').find((item) => str(item, 'type_id') === '10' || str(item, 'name') === 'resource.uid');
  if (str(seen, 'value') !== undefined) return namedResource(record, { uid: str(seen, 'value') }, scope);
  const user = [at(record, 'actor', 'user'), at(record, 'user')].find((who) => str(who, 'uid') !== undefined || str(who, 'name') !== undefined);
  if (user !== undefined) {
    const names = [str(user, 'uid'), str(user, 'name'), str(user, 'email_addr')].flatMap((name) => name ?? []), [entity = ''] = names;
    return [{ entity, entity_type: 'user', aliases: [...new Set(names)].filter((name) => name !== entity), ...whole }];
  }
  if (account === undefined) return [];
  return [{ ...(isAccountId(account) ? accountEntity(account) : { entity: account, entity_type: 'account' as const, aliases: [] }), ...whole }];
}

/** A resource that belongs to no region says `global`. */
const placeOf = (region: string | undefined): string | undefined => (region === 'global' || region === 'aws-global' ? undefined : region);

function namedResource(record: unknown, resource: Readonly<Record<string, unknown>>, around: AwsScope): readonly OcsfResource[] {
  const ids = [str(resource, 'uid'), str(resource, 'uid_alt'), str(resource, 'data', 'metadata', 'arn')].filter((id) => id !== undefined);
  const name = str(resource, 'name');
  // Beside an account stand the name and the ARN of the service that was looked for in it.
  const type = str(resource, 'type'), isAccount = type === 'AWS::::Account';
  const id = (isAccount ? undefined : ids.find((other) => other.startsWith('arn:'))) ?? ids[0] ?? name ?? str(resource, 'hostname');
  if (id === undefined) return [];
  const partition = str(resource, 'cloud_partition');
  const account = str(resource, 'owner', 'account', 'uid') ?? str(resource, 'account', 'uid') ?? str(resource, 'account_uid') ?? around.account;
  const region = placeOf(str(resource, 'region')) ?? around.region;
  const provider = (str(record, 'cloud', 'provider') ?? str(resource, 'provider') ?? (partition?.startsWith('aws-') ? 'aws' : partition))?.toLowerCase();
  const scope = { account, region, partition: partition?.startsWith('aws') ? partition : around.partition };
  const found = ownEntity(record, resource, scope) ?? cloudEntity({ provider: provider === undefined || provider === 'amazon' ? 'aws' : provider, id, type, name, namespace: str(resource, 'namespace') }, scope);
  return [{
    ...found, entity_type: found.entity_type === 'other' ? wordType(type, id) : found.entity_type,
    aliases: [...new Set([...found.aliases, ...(isAccount ? [] : [...ids, ...(name === undefined ? [] : [name])])])].filter((alias) => alias !== found.entity),
    account: str(resource, 'owner', 'account', 'uid') ?? accountInArn(found.entity) ?? account, region, tags: at(resource, 'tags') ?? at(resource, 'labels'), environment: str(resource, 'namespace'),
  }];
}

/** What AWS names by something that lies in it: a key stands for who holds it, an object for its bucket. */
function ownEntity(record: unknown, resource: unknown, scope: AwsScope): EntityId | undefined {
  const type = str(resource, 'type');
  if (type === 'AWS::IAM::AccessKey') {
    const userName = str(resource, 'data', 'user_name') ?? str(resource, 'user', 'name') ?? str(resource, 'name');
    return principalEntity({ userName, userType: str(resource, 'data', 'user_type') ?? 'IAMUser', accessKeyId: str(resource, 'uid') ?? str(resource, 'data', 'access_key_id') }, scope);
  }
  const bucket = str(record, 'databucket', 'uid') ?? str(record, 'databucket', 'name');
  return type === 'AWS::S3::Object' && bucket !== undefined ? awsEntity(bucket, 'AWS::S3::Bucket', scope) : undefined;
}

const wordType = (type: string | undefined, id: string): EntityType => wordsOf(`${type ?? ''} ${id}`) ?? (/^[^\s@/]+@[^\s@/]+\.[a-z]+$/i.test(id) ? 'user' : 'other');
const wordsOf = (text: string): EntityType | undefined => typeWords.find(([pattern]) => pattern.test(text.slice(0, 300)))?.[1];
