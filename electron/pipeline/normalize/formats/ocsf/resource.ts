import { at, isObject, list, str } from '#shared/lib/json.ts';
import type { EntityType } from '#shared/model/finding.ts';
import { accountEntity, awsEntity, isAccountId, type EntityId } from '../../aws-entity.ts';

export interface OcsfResource extends EntityId { readonly region: string | undefined; readonly tags: unknown; readonly environment: string | undefined }

/** Words of resource types of any cloud, first match wins. */
const typeWords: readonly (readonly [RegExp, EntityType])[] = [
  [/bucket|storage ?account|blob/i, 'bucket'], [/security ?group|firewall/i, 'sg'], [/snapshot/i, 'snapshot'], [/instance|virtual ?machine|\bvm\b/i, 'vm'], [/function|lambda/i, 'function'],
  [/pod\b/i, 'pod'], [/cluster/i, 'cluster'], [/container|deployment|workload/i, 'container_workload'], [/database|\bdb\b|sql|rds/i, 'database'], [/queue|topic/i, 'queue_topic'],
  [/secret|vault|kms|key/i, 'secret_key'], [/service ?account/i, 'service_account'], [/role/i, 'role'], [/user/i, 'user'], [/group/i, 'group'], [/policy/i, 'policy'], [/image|registry/i, 'image'],
  [/disk|volume/i, 'volume'], [/vpc|network/i, 'vpc'], [/trail/i, 'trail'], [/certificate/i, 'certificate'], [/account|project|subscription/i, 'account'], [/host|server|desktop|laptop/i, 'host'],
  [/repository/i, 'repository'], [/application|app\b/i, 'application'],
];

/**
 * What an OCSF finding is about: every entry of `resources` (`resource` before 1.2), else `device`, the first evidence's device, the actor's
 * user, else the account. Source: schema.ocsf.io, resource_details.
 */
export function ocsfResources(record: unknown): readonly OcsfResource[] {
  const account = str(record, 'cloud', 'account', 'uid') ?? str(record, 'cloud', 'account_uid'), region = str(record, 'cloud', 'region');
  const scope = { account, region, partition: str(record, 'cloud', 'partition') };
  const named = [...list(record, 'resources'), ...list(record, 'resource')].filter(isObject).flatMap((resource) => {
    const id = str(resource, 'uid') ?? str(resource, 'name') ?? str(resource, 'data', 'metadata', 'arn') ?? str(resource, 'hostname');
    if (id === undefined) return [];
    const type = str(resource, 'type'), own = str(resource, 'region') ?? region;
    const found = awsEntity(id, type, { ...scope, region: own, partition: str(resource, 'cloud_partition') ?? scope.partition });
    const name = str(resource, 'name');
    return [{
      ...found, entity_type: found.entity_type === 'other' ? wordType(`${type ?? ''} ${id}`) : found.entity_type,
      aliases: [...new Set([...found.aliases, id, ...(name === undefined ? [] : [name])])].filter((alias) => alias !== found.entity),
      region: own, tags: at(resource, 'tags') ?? at(resource, 'labels'), environment: str(resource, 'namespace'),
    }];
  });
  if (named.length > 0) return named;
  const device = [at(record, 'device'), at(record, 'evidences', 0, 'device'), at(record, 'dst_endpoint')].find(isObject);
  const host = str(device, 'instance_uid') ?? str(device, 'uid') ?? str(device, 'hostname') ?? str(device, 'name') ?? str(device, 'ip');
  if (host !== undefined) {
    const vm = awsEntity(host, undefined, scope);
    const names = [str(device, 'hostname'), str(device, 'name'), str(device, 'ip')].filter((n) => n !== undefined && n !== vm.entity).map(String);
    return [{ ...vm, entity_type: vm.entity_type === 'other' ? 'host' : vm.entity_type, aliases: [...new Set([...vm.aliases, ...names])], region, tags: undefined, environment: undefined }];
  }
  const user = str(record, 'actor', 'user', 'uid') ?? str(record, 'actor', 'user', 'name') ?? str(record, 'user', 'uid') ?? str(record, 'user', 'name');
  if (user !== undefined) return [{ entity: user, entity_type: 'user', aliases: [], region, tags: undefined, environment: undefined }];
  if (account === undefined) return [];
  const whole = isAccountId(account) ? accountEntity(account) : { entity: account, entity_type: 'account' as const, aliases: [] };
  return [{ ...whole, region, tags: undefined, environment: undefined }];
}

const wordType = (text: string): EntityType => typeWords.find(([pattern]) => pattern.test(text.slice(0, 300)))?.[1] ?? 'other';
