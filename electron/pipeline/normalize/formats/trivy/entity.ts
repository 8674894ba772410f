import { posix } from 'node:path';
import { list, str } from '#shared/lib/json.ts';
import type { EntityType } from '#shared/model/finding.ts';
import type { RecordContext } from '../../../ports.ts';
import { k8sUrn } from '#shared/model/k8s.ts';
import { awsEntity, isAccountId } from '../../aws-entity.ts';
import { codeBlock } from '../../code-block.ts';
import { repositoryUrl } from '../../repository-url.ts';

/** What a Trivy item is about; `target` (a file, a package set) belongs to the identity of the finding. */
export interface TrivyEntity {
  readonly entity: string; readonly entity_type: EntityType; readonly aliases: readonly string[]; readonly target: string | undefined;
  readonly account?: string; readonly region?: string;
}

const workloadTypes: Readonly<Record<string, EntityType>> = {
  pod: 'pod', node: 'node', nodeinfo: 'node', nodecomponents: 'node', cluster: 'cluster', clusterinfo: 'cluster', role: 'role', clusterrole: 'role', rolebinding: 'policy',
  clusterrolebinding: 'policy', serviceaccount: 'service_account', service: 'endpoint', ingress: 'lb', configmap: 'other', namespace: 'other', networkpolicy: 'policy', secret: 'secret_key', persistentvolume: 'volume', persistentvolumeclaim: 'volume',
};

/** The entity type of a Kubernetes kind. */
export function workloadType(kind: string): EntityType {
  const key = kind.toLowerCase();
  return Object.hasOwn(workloadTypes, key) ? workloadTypes[key] ?? 'container_workload' : 'container_workload';
}

/**
 * The entity by kind of scan: a workload of a cluster (`k8s:<cluster>/<namespace>/<kind>/<name>`), an image by its reference, a machine, a
 * cloud resource by ARN, else the file within the scanned directory or repository.
 */
export function trivyEntity(item: unknown, context: RecordContext): TrivyEntity {
  const report = context.parents.length > 1 ? context.parents[0] : undefined;
  const result = context.parents.at(-1);
  const target = str(result, 'Target');
  const workload = context.parents.length > 2 ? context.parents[1] : undefined;
  if (workload !== undefined) return workloadEntity(report, workload, target);
  const name = str(report, 'ArtifactName');
  const kind = str(report, 'ArtifactType');
  const resource = str(item, 'CauseMetadata', 'Resource');
  if (resource?.startsWith('arn:')) return cloudResource(report, resource, target);
  const isImage = kind === 'container_image' || (kind === undefined && /\((alpine|debian|ubuntu|redhat|centos|amazon|alma|rocky|photon|suse|opensuse|oracle|wolfi|chainguard|cbl-mariner|azurelinux)[^)]*\)$/.test(target ?? ''));
  if (isImage) return imageEntity(report, name, target);
  // What a list of components was made of, it doesn't tell.
  if (kind === 'cyclonedx' || kind === 'spdx') return { entity: name ?? target ?? '', entity_type: 'file', aliases: [], target };
  // A report of compliance names the objects of a cluster, which it doesn't name itself: `Deployment/web`, sometimes behind the namespace.
  const [, namespace, objectKind, object] = kind === undefined && name === undefined && str(result, 'Type') === 'kubernetes' ? /^(?:([a-z0-9.-]+)\/)?([A-Z][A-Za-z]+)\/([^/]+)$/.exec(target ?? '') ?? [] : [];
  if (objectKind !== undefined && object !== undefined) return { entity: ['k8s:cluster', ...(namespace === undefined ? [] : [namespace]), objectKind.toLowerCase(), object].join('/'), entity_type: workloadType(objectKind), aliases: namespace === undefined ? [] : [`${namespace}/${object}`], target };
  const disk = /^(ami|ebs):((?:ami|snap|vol)-[0-9a-f]+)$/.exec(name ?? '');
  if (disk?.[2] !== undefined) return { ...awsEntity(disk[2], undefined, {}), aliases: [disk[0]], target };
  if (kind === 'vm' || (target !== undefined && str(result, 'Class') === 'os-pkgs' && kind !== 'repository')) {
    return { entity: name ?? target ?? '', entity_type: 'host', aliases: [], target };
  }
  return fileEntity(item, context, target, kind === 'repository' && name !== undefined ? repositoryUrl(name) ?? name : name);
}

/** Of a scan of an account: rules are written into the group that they belong to, which the result is about. */
function cloudResource(report: unknown, resource: string, target: string | undefined): TrivyEntity {
  const about = resource.includes(':security-group-rule/') && target?.includes(':security-group/') === true ? target : resource;
  const account = str(report, 'ArtifactName');
  return { ...awsEntity(about, undefined, {}), target, ...(isAccountId(account) && { account }), ...scopeOf(resource) };
}

const blocks = new Set(['terraform', 'terraformplan', 'terraformplan-snapshot', 'cloudformation', 'azure-arm']);

function fileEntity(item: unknown, context: RecordContext, target: string | undefined, name: string | undefined): TrivyEntity {
  const root = name === undefined || name === '.' || name === './' || name === '/' ? undefined : name.replace(/\/+$/, '');
  // Single packages of a language are gathered under its name; where each lies is told beside it.
  const place = target !== undefined && gathered.has(target) ? str(item, 'PkgPath') ?? target : target;
  const file = place === undefined || place === '.' ? root : root === undefined || root === place || root.endsWith(`/${place}`) ? root ?? place : inRoot(root, place);
  const resource = str(item, 'CauseMetadata', 'Resource'), type = str(context.parents.at(-1), 'Type') ?? '';
  if (file !== undefined && resource !== undefined && blocks.has(type)) return { ...codeBlock(file, resource, type.startsWith('terraform')), target };
  return { entity: file ?? context.path, entity_type: target === undefined || target === '.' ? 'repository' : 'file', aliases: [root, resource].filter((part) => part !== undefined && part !== file).map(String), target };
}

/** Trivy's names of such gatherings (pkg/scanner/langpkg). */
const gathered = new Set(['Java', 'Node.js', 'Python', 'Ruby', 'Conda']);

/** A module of Terraform can lie beside what is scanned. */
const inRoot = (root: string, place: string): string => (place.startsWith('../') ? posix.join(root, place) : `${root}/${place}`);

function imageEntity(report: unknown, name: string | undefined, target: string | undefined): TrivyEntity {
  const names = (key: string): readonly string[] => list(report, 'Metadata', key).flatMap((item) => str(item) ?? []);
  const tags = names('RepoTags'), digests = names('RepoDigests');
  const reference = str(report, 'Metadata', 'Reference');
  // An image scanned from an archive is called by its file; the tag inside is what it is known by.
  const isFile = name !== undefined && /\.tar(\.gz)?$|\.tgz$/.test(name);
  const bare = target?.replace(/ \([^)]*\)$/, '');
  const entity = (isFile ? (reference ?? tags[0] ?? name) : name) ?? reference ?? tags[0] ?? bare ?? '';
  const others = [name, reference, ...tags, ...digests, str(report, 'Metadata', 'ImageID')].filter((n) => n !== undefined && n !== entity).map(String);
  return { entity, entity_type: 'image', aliases: [...new Set(others)], target: str(report, 'Metadata', 'ImageID') === undefined ? target : target?.replace(name ?? '', '') };
}

function workloadEntity(report: unknown, workload: unknown, target: string | undefined): TrivyEntity {
  const cluster = str(report, 'ClusterName') ?? 'cluster', kind = str(workload, 'Kind') ?? 'workload';
  const name = str(workload, 'Name') ?? target ?? '', namespace = str(workload, 'Namespace');
  // What runs on a node, or is known of it, is the node's: Trivy gives these a namespace of its own choice.
  if (/^node(info|components)$/i.test(kind)) return { entity: k8sUrn({ cluster, kind: 'Node', name }), entity_type: 'node', aliases: [name], target, ...scopeOf(cluster) };
  const image = target !== undefined && !target.startsWith(`${kind}/`) ? target.replace(/ \([^)]*\)$/, '') : undefined;
  return {
    entity: ['k8s:' + cluster, ...(namespace === undefined ? [] : [namespace]), kind.toLowerCase(), name].join('/'), entity_type: workloadType(kind),
    aliases: [...(namespace === undefined ? [] : [`${namespace}/${name}`]), ...(image === undefined ? [] : [image])], target, ...scopeOf(cluster),
  };
}

function scopeOf(arn: string): { readonly account?: string; readonly region?: string } {
  const [, , , region, account] = arn.startsWith('arn:') ? arn.split(':') : [];
  return { ...(account && { account }), ...(region && { region }) };
}
