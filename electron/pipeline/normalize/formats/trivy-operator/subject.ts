import { at, list, str } from '#shared/lib/json.ts';
import type { EntityType } from '#shared/model/finding.ts';
import { isClusterScoped, k8sUrn, unnamedCluster } from '#shared/model/k8s.ts';
import type { RecordContext } from '../../../ports.ts';
import { workloadType } from '../trivy/entity.ts';

/** What a report is about, and the container in it. */
export interface ReportSubject { readonly entity: string; readonly entity_type: EntityType; readonly aliases: readonly string[]; readonly container: string | undefined }

const clusterOf = (record: unknown, context: RecordContext): string => context.cluster ?? str(record, 'metadata', 'annotations', 'winnow/cluster') ?? unnamedCluster;

/** The workload, role or node that the labels name; where a name is no label (`system:…`), the annotation or the owner does. */
export function reportSubject(record: unknown, context: RecordContext): ReportSubject | undefined {
  const label = (name: string): string | undefined => [at(record, 'metadata', 'labels'), at(record, 'metadata', 'annotations')].map((names) => str(names, `trivy-operator.${name}`)).find((text) => text !== undefined);
  const [owner] = list(record, 'metadata', 'ownerReferences');
  const kind = label('resource.kind') ?? str(owner, 'kind'), name = label('resource.name') ?? str(owner, 'name');
  if (kind === undefined || name === undefined) return undefined;
  // Reports lie in a namespace even where what they are about has none.
  const namespace = isClusterScoped('v1', kind) ? undefined : label('resource.namespace') ?? str(record, 'metadata', 'namespace'), image = imageNames(at(record, 'report'));
  return {
    entity: k8sUrn({ cluster: clusterOf(record, context), namespace, kind, name }), entity_type: workloadType(kind),
    aliases: [...(namespace === undefined ? [] : [`${namespace}/${name}`]), ...image], container: label('container.name'),
  };
}

/** The cluster as a whole. */
export const clusterSubject = (context: RecordContext): ReportSubject => ({ entity: `k8s:${clusterOf(undefined, context)}`, entity_type: 'cluster', aliases: [], container: undefined });

/** The image by the names it is pulled with: Docker's own registry and its `library` are mostly left out. */
function imageNames(report: unknown): readonly string[] {
  const repository = str(report, 'artifact', 'repository'), tag = str(report, 'artifact', 'tag'), digest = str(report, 'artifact', 'digest'), server = str(report, 'registry', 'server');
  if (repository === undefined) return [];
  const isHub = server === undefined || /(^|\.)docker\.io$/.test(server);
  const name = isHub ? repository.replace(/^library\//, '') : `${server}/${repository}`;
  return [...(tag === undefined ? [] : [`${name}:${tag}`]), ...(digest === undefined ? [] : [`${name}@${digest}`])];
}
