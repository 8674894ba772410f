import { at, isObject, type JsonObject } from '../lib/json.ts';

const path: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['Pod', []], ['PodTemplate', ['template']], ['CronJob', ['spec', 'jobTemplate', 'spec', 'template']],
  ...['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController', 'Job'].map((kind) => [kind, ['spec', 'template']] as const),
]);

/** Kinds whose objects are pods or make them. */
export const workloadKinds: readonly string[] = ['Pod', 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController', 'Job', 'CronJob'];

/** The pod (or the template of the pods) of a workload: `{metadata, spec}`; undefined for other kinds and where it is no object. */
export function podOf(kind: string, object: unknown): JsonObject | undefined {
  const steps = path.get(kind);
  const found = steps === undefined ? undefined : at(object, ...steps);
  return isObject(found) ? found : undefined;
}

/** JSON pointer to that pod in the object. */
export const podPointer = (kind: string): string => (path.get(kind) ?? []).map((step) => `/${step}`).join('');

export function podSpecOf(kind: string, object: unknown): JsonObject | undefined {
  const spec = at(podOf(kind, object), 'spec');
  return isObject(spec) ? spec : undefined;
}
