import { at, isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import { parseTime } from '#shared/lib/time.ts';
import { computeName, gcpTypes, lastPart, projectIn, serviceAccountName } from '#shared/model/gcp.ts';
import type { Edge, EdgeKind, Resource } from '#shared/model/resource.ts';
import { kindOfAsset } from './asset-types.ts';
import { canonicalConfig, labelsOf } from './canonical-config.ts';

export interface Asset {
  /** Full resource name as the source gives it. */
  readonly name: string;
  readonly type: string;
  readonly data: JsonObject;
  /** `projects/1`, `folders/2`, `organizations/3`, nearest first; empty when the source doesn't say. */
  readonly ancestors: readonly string[];
  readonly captured_us?: number | undefined;
}

/** A resource with the relationships that its configuration states. */
export function assetResource(asset: Asset, source: string): { readonly resource: Resource; readonly edges: readonly Edge[] } {
  const data = canonicalConfig(asset.type, asset.data);
  const urn = urnOf(asset, data);
  const account = accountOf(asset, data);
  const name = str(data, 'email') ?? str(data, 'displayName') ?? (lastPart(str(data, 'name') ?? asset.name));
  const place = str(data, 'zone') ?? str(data, 'region') ?? str(data, 'location') ?? /\/(?:zones|regions|locations)\/([^/]+)/.exec(asset.name)?.[1];
  const created = parseTime(at(data, 'creationTimestamp') ?? at(data, 'timeCreated') ?? at(data, 'createTime'));
  const aliases = aliasesOf(asset, data).filter((alias) => alias !== urn);
  const resource: Resource = {
    urn, type: asset.type, kind: kindOfAsset(asset.type), name: displayName(asset, data, name), aliases: [...new Set(aliases)], tags: labelsOf(data), deleted: false,
    config: asset.ancestors.length === 0 ? data : { ...data, ancestors: asset.ancestors }, source, provenance: 'observed',
    ...(account !== undefined && { account }), ...(place !== undefined && { region: lastPart(place).toLowerCase() }), ...(created !== undefined && { created_us: created }), ...(asset.captured_us !== undefined && { captured_us: asset.captured_us }),
  };
  return { resource, edges: statedEdges(resource, data) };
}

const displayName = (asset: Asset, data: JsonObject, name: string): string => (asset.type === gcpTypes.bucket || asset.type.startsWith('compute.') ? str(data, 'name') ?? lastPart(asset.name) : name);

/** Service accounts are named by email everywhere but in Cloud Asset, projects by id everywhere but in newer exports: one urn for each. */
function urnOf(asset: Asset, data: JsonObject): string {
  const email = str(data, 'email'), project = str(data, 'projectId');
  if (asset.type === gcpTypes.serviceAccount && email !== undefined) return serviceAccountName(project ?? projectIn(asset.name) ?? '-', email);
  return asset.type === gcpTypes.project && project !== undefined ? `//cloudresourcemanager.googleapis.com/projects/${project}` : asset.name;
}

/** The project's id where one is known, else its number. */
export function accountOf(asset: Pick<Asset, 'name' | 'type' | 'ancestors'>, data: JsonObject): string | undefined {
  const parent = asset.ancestors[0];
  const all = [str(data, 'projectId'), projectIn(asset.name), projectIn(str(data, 'selfLink') ?? ''), str(data, 'project'), str(data, 'projectNumber'), parent === undefined ? undefined : projectIn(parent)].filter((p): p is string => p !== undefined && p !== '-');
  return all.find((p) => !/^\d+$/.test(p)) ?? all[0];
}

function aliasesOf(asset: Asset, data: JsonObject): readonly string[] {
  const { name, type } = asset;
  const path = name.replace(/^\/\/[^/]+\//, '');
  const link = str(data, 'selfLink'), id = str(data, 'id'), own = str(data, 'name');
  const always = [name, ...(link === undefined ? [] : [link])];
  if (type === gcpTypes.serviceAccount) {
    const email = str(data, 'email'), unique = str(data, 'uniqueId');
    return [...always, ...(email === undefined ? [] : [email, `serviceAccount:${email}`, `projects/-/serviceAccounts/${email}`, `projects/${projectIn(name) ?? '-'}/serviceAccounts/${email}`]), ...(unique === undefined ? [] : [unique])];
  }
  if (type === gcpTypes.project) {
    const number = str(data, 'projectNumber'), project = str(data, 'projectId');
    return [...always, ...[number, project].flatMap((p) => (p === undefined ? [] : [p, `projects/${p}`, `//cloudresourcemanager.googleapis.com/projects/${p}`]))];
  }
  if (type === gcpTypes.bucket) return [...always, path, `gs://${path}`];
  if (!type.startsWith('compute.')) return [...always, path];
  const addresses = type === gcpTypes.instance ? list(data, 'networkInterfaces').flatMap((nic) => list(nic, 'accessConfigs').flatMap((c) => str(c, 'natIP') ?? [])) : [];
  const isHost = type === gcpTypes.instance || type === gcpTypes.forwardingRule;
  return [...always, path, // Security Command Center names compute resources by number.
    ...(id !== undefined && /^\d{6,}$/.test(id) ? [id, name.replace(/[^/]+$/, id)] : []), ...(isHost && own !== undefined ? [own] : []), ...addresses];
}

/** Scopes with which a token of the machine reaches nothing of worth. */
const harmless = /\/auth\/(logging\.write|monitoring(\.write)?|trace\.append|servicecontrol|service\.management(\.readonly)?)$/;

function statedEdges({ urn, type, config }: Resource, data: JsonObject): readonly Edge[] {
  const link = (kind: EdgeKind, target: string | undefined, condition?: string): readonly Edge[] =>
    (target === undefined || target === urn ? [] : [{ source: urn, kind, target, derived: false, provenance: 'observed', ...(condition !== undefined && { condition }) }]);
  const linked = (kind: EdgeKind, targets: readonly (string | undefined)[]): readonly Edge[] => [...new Set(targets)].flatMap((t) => (t === undefined ? [] : link(kind, computeName(t))));
  const network = [str(data, 'network'), ...list(data, 'networkInterfaces').flatMap((n) => [str(n, 'network'), str(n, 'subnetwork')])];
  return [
    ...linked('ATTACHED_TO', network),
    ...linked('PEERED_WITH', type === gcpTypes.network ? list(data, 'peerings').filter((p) => str(p, 'state') !== 'INACTIVE').map((p) => str(p, 'network')) : []),
    ...linked('FORWARDS_TO', [str(data, 'target'), str(data, 'backendService'), str(data, 'defaultService'), str(data, 'urlMap'), ...list(data, 'backends').map((b) => str(b, 'group')), ...list(data, 'instances').map((i) => (typeof i === 'string' ? i : str(i, 'instance')))]),
    ...(type === gcpTypes.instance ? list(data, 'serviceAccounts').flatMap((account) => runsAs(link, account)) : serviceIdentity(config).flatMap((email) => link('RUNS_AS', `serviceAccount:${email}`))),
  ];
}

function runsAs(link: (kind: EdgeKind, target: string | undefined, condition?: string) => readonly Edge[], account: unknown): readonly Edge[] {
  const email = str(account, 'email');
  const scopes = list(account, 'scopes').filter((s): s is string => typeof s === 'string' && !harmless.test(s));
  if (email === undefined || scopes.length === 0) return [];
  const isFull = scopes.some((s) => s.endsWith('/auth/cloud-platform'));
  return link('RUNS_AS', `serviceAccount:${email}`, isFull ? undefined : JSON.stringify({ scopes }));
}

/** The service account of a function, a Cloud Run service (v1 and v2), a node pool. */
function serviceIdentity(config: unknown): readonly string[] {
  const found = [str(config, 'serviceAccountEmail'), str(config, 'serviceConfig', 'serviceAccountEmail'), str(config, 'template', 'serviceAccount'), str(config, 'spec', 'template', 'spec', 'serviceAccountName'), ...list(config, 'nodePools').map((p) => str(p, 'config', 'serviceAccount'))];
  return [...new Set(found.flatMap((email) => (email?.includes('@') === true ? [email] : [])))];
}

export const isData = (value: unknown): value is JsonObject => isObject(value) && Object.keys(value).length > 0;
