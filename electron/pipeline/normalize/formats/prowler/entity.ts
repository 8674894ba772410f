import type { EntityType } from '#shared/model/finding.ts';
import { bucketName, projectName, serviceAccountName } from '#shared/model/gcp.ts';
import { accountEntity, isAccountId, type EntityId } from '../../aws-entity.ts';
import { cloudEntity, subscriptionIn } from '../../cloud-entity.ts';
import type { ProwlerResult } from './result.ts';

export type ProwlerEntity = EntityId & { readonly account: string | undefined; readonly region: string | undefined };

/**
 * What a result is about, and where. Prowler names resources of Google Cloud by their numbers and GitHub's by theirs (prowler,
 * `Check_Report_GCP`, `CheckReportGithub`); what tells their full names stands beside it. Undefined when nothing names it.
 */
export function prowlerEntity(result: ProwlerResult): ProwlerEntity | undefined {
  const found = entityOf(result);
  if (found === undefined) return undefined;
  // Version 3 calls a subscription by its name; its id stands in the resource's.
  const account = subscriptionIn(found.entity) ?? result.account;
  return { ...found, account, region: result.region?.startsWith('namespace: ') === true ? undefined : result.region };
}

function entityOf(result: ProwlerResult): EntityId | undefined {
  const { provider, account } = result;
  const [id] = result.resourceIds.flatMap((candidate) => candidate === undefined || candidate.trim() === '' ? [] : [candidate]);
  if (id === undefined) {
    if (provider === 'aws' && isAccountId(account)) return accountEntity(account, result.partition ?? 'aws');
    return account === undefined ? undefined : { entity: account, entity_type: 'account', aliases: [] };
  }
  const found = cloudEntity({ provider, id, type: result.resourceType, name: result.resourceName, namespace: result.namespace }, { account, region: result.region, partition: result.partition });
  const full = provider === 'gcp' ? googleName(id, result) : provider === 'github' ? githubName(result) : provider === 'iac' ? fileName(id, account) : undefined;
  if (full === undefined || full.entity === found.entity) return found;
  return { ...full, aliases: [...new Set([...found.aliases, found.entity])].filter((alias) => alias !== full.entity) };
}

type Named = Pick<EntityId, 'entity' | 'entity_type'>;

/** The full resource name, where every output of Prowler tells all its parts (a machine's zone stands in one alone). Its type is written in Prowler's words, since 5.13 in those of Cloud Asset Inventory. */
function googleName(id: string, { resourceType, resourceName, account }: ProwlerResult): Named | undefined {
  if (account === undefined || id.startsWith('//')) return undefined;
  const type = (resourceType ?? '').toLowerCase().replaceAll(/[^a-z]/g, '').replace(/^\w*googleapiscom/, ''), name = resourceName ?? id;
  const compute = (path: string, entity_type: EntityType): Named | undefined => (/^[a-z][a-z0-9-]*$/.test(name) ? { entity: `//compute.googleapis.com/projects/${account}/${path}/${name}`, entity_type } : undefined);
  if (/^firewall(rule)?$/.test(type)) return compute('global/firewalls', 'sg');
  if (type === 'network') return compute('global/networks', 'vpc');
  if (/^[\w.-]+@[\w-]+(\.[\w-]+)*\.gserviceaccount\.com$/.test(id)) return { entity: serviceAccountName(account, id), entity_type: 'service_account' };
  if (/^projects\/[^/]+\/locations\/[^/]+\/keyRings\//.test(id)) return { entity: `//cloudkms.googleapis.com/${id}`, entity_type: 'secret_key' };
  if (type === 'databaseinstance' && /^[a-z][a-z0-9-]*$/.test(id)) return { entity: `//cloudsql.googleapis.com/projects/${account}/instances/${id}`, entity_type: 'database' };
  const dataset = /^dataset$/.test(type) ? /^(?:([\w.-]+):)?(\w+)$/.exec(id) : null;
  if (dataset !== null) return { entity: `//bigquery.googleapis.com/projects/${dataset[1] ?? account}/datasets/${dataset[2] ?? ''}`, entity_type: 'database' };
  if (/^(cloudstorage|storage)?bucket$/.test(type) && /^[a-z0-9._-]+$/.test(id)) return { entity: bucketName(id), entity_type: 'bucket' };
  return id === account ? { entity: projectName(id), entity_type: 'account' } : undefined;
}

/** Repositories and organizations by their address, as all else that speaks of them; the owner stands where others have a region. */
function githubName({ resourceType, resourceName, region }: ProwlerResult): Named | undefined {
  const type = (resourceType ?? '').toLowerCase(), owner = region ?? '';
  if (resourceName === undefined || !/^[\w.-]+$/.test(owner)) return undefined;
  const name = resourceName.startsWith(`${owner}/`) ? resourceName.slice(owner.length + 1) : resourceName;
  if (type.includes('repository') && /^[\w.-]+$/.test(name)) return { entity: `https://github.com/${owner}/${name}`, entity_type: 'repository' };
  return type.includes('organization') ? { entity: `https://github.com/${owner}`, entity_type: 'account' } : undefined;
}

/** Infrastructure as code is scanned in a repository, by whose address it is told from others. */
const fileName = (path: string, repository: string | undefined): Named | undefined =>
  (repository !== undefined && /^https?:\/\/[^/]+\/./.test(repository) ? { entity: `${repository.replace(/(\.git)?\/*$/, '')}/${path.replace(/^\.?\/+/, '')}`, entity_type: 'file' } : undefined);
