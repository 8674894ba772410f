import { list, str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import { k8sType } from '#shared/model/k8s.ts';
import type { Connection, Connector, ConnectorCall, Identity, PullEvent, Session, Settings } from './connector.ts';
import { openApi, type KubeApi } from './k8s/api.ts';
import { clusterName, findTarget } from './k8s/find-target.ts';
import { callOf, k8sKinds, type K8sKind } from './k8s/kinds.ts';
import { listKind, unitOf, type Served } from './k8s/list.ts';
import type { KubeTarget } from './k8s/kubeconfig.ts';
import { k8sPolicy } from './k8s/policy.ts';
import { k8sPreflight } from './k8s/preflight.ts';
import { ConnectFailure, isOnlyThisCall } from './pace/failure.ts';
import { runUnits, type UnitTask } from './units/run-units.ts';

const needs: readonly ConnectorCall[] = k8sKinds.map((kind) => ({ id: callOf(kind), permissions: [callOf(kind)], evidence: kind.evidence }));

/** Kubernetes: lists of objects as `kubectl get -o json` prints them, over the cluster's own API. */
export const k8s: Connector = {
  name: 'k8s', title: 'Kubernetes',
  brings: 'Workloads, services, network policies, RBAC, identities, nodes and admission rules of one cluster; secrets by name only',
  credentials: 'the current context of the kubeconfig (KUBECONFIG, else ~/.kube/config), else the service account of the pod that Winnow runs in',
  egress: 'the API server of the cluster, and wherever the credential plugin of the kubeconfig goes',
  settings: [
    { name: 'kubeconfig', label: 'Kubeconfig', help: 'the kubeconfig to use', value: 'FILE' },
    { name: 'context', label: 'Context', help: 'which of its contexts', value: 'NAME' },
    { name: 'cluster', label: 'Cluster name', help: 'what to call the cluster, so that it stays apart from others (default: its name in the kubeconfig)', value: 'NAME' },
    { name: 'namespace', label: 'Namespaces', help: 'only these namespaces, separated by commas (default: all)', value: 'NAMES' },
  ],
  needs, policy: () => ok(k8sPolicy()), connect,
};

async function connect(session: Session): Promise<Result<Connection, ConnectFailure>> {
  const target = await findTarget({ kubeconfig: session.settings['kubeconfig'], context: session.settings['context'] }, session.env);
  if (!target.ok) return err(new ConnectFailure('no_credentials', target.error));
  const cluster = clusterName(target.value, session.settings['cluster']), namespaces = namespacesOf(session.settings);
  try {
    const api = await openApi(session, target.value);
    const identity = await whoAmI(api, target.value, cluster, namespaces);
    return ok({ identity, preflight: () => k8sPreflight(api, namespaces), pull: () => pull(session, api, cluster, namespaces) });
  } catch (error) {
    if (error instanceof ConnectFailure) return err(error);
    throw error;
  }
}

const namespacesOf = (settings: Settings): readonly string[] => [...new Set((settings['namespace'] ?? '').split(',').map((n) => n.trim()).filter((n) => n !== ''))].sort();

/** The server's word for who asks (a SelfSubjectReview, since 1.28); older servers leave the kubeconfig's. */
async function whoAmI(api: KubeApi, target: KubeTarget, cluster: string, namespaces: readonly string[]): Promise<Identity> {
  const known = `${cluster} (${target.server})${namespaces.length === 0 ? '' : `: ${namespaces.join(', ')}`}`;
  try {
    const answer = await api.review('/apis/authentication.k8s.io/v1/selfsubjectreviews', { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' });
    const user = str(answer, 'status', 'userInfo', 'username');
    if (user !== undefined) return { target: known, principal: user };
  } catch (error) {
    if (!isOnlyThisCall(error) || !['denied', 'absent'].includes(error.kind)) throw error;
  }
  return { target: known, principal: target.user.impersonate?.user ?? `${target.user.name} (by the kubeconfig)` };
}

const discovery = 'discover the API';

async function* pull(session: Session, api: KubeApi, cluster: string, namespaces: readonly string[]): AsyncGenerator<PullEvent> {
  yield* runUnits(session, [{ unit: unitOf(discovery, cluster, undefined), find: async () => (await servedKinds(api)).flatMap((served) => tasksOf(api, served, cluster, namespaces)) }]);
}

/** Which kinds the cluster serves, and in which version. What is built in is asked for whatever the list of groups says. */
async function servedKinds(api: KubeApi): Promise<readonly Served[]> {
  const groups = new Map(list(await api.get('/apis'), 'groups').map((group) => [str(group, 'name') ?? '', list(group, 'versions').flatMap((v) => str(v, 'version') ?? [])]));
  if (groups.size === 0) throw new ConnectFailure('bad_answer', 'the server does not say which APIs it has: is it a Kubernetes API server?');
  return k8sKinds.map((kind) => ({ kind, version: kind.versions.find((v) => groups.get(kind.group)?.includes(v) === true) ?? (kind.isOptional ? groups.get(kind.group)?.[0] : kind.versions[0]) }));
}

function tasksOf(api: KubeApi, served: Served, cluster: string, namespaces: readonly string[]): readonly UnitTask[] {
  const type = k8sType(served.kind.group === '' ? 'v1' : `${served.kind.group}/v1`, served.kind.kind);
  const task = (namespace: string | undefined): UnitTask => ({
    unit: unitOf(callOf(served.kind), cluster, namespace),
    async *pull(from) {
      try { yield* listKind(api, { served, cluster, namespace, type }, from); } catch (error) {
        // A group can be served without one of its kinds: then there are none.
        if (error instanceof ConnectFailure && error.kind === 'absent' && served.kind.isOptional) yield* listKind(api, { served: { ...served, version: undefined }, cluster, namespace, type }, undefined);
        else throw error instanceof ConnectFailure && error.kind === 'denied' ? new ConnectFailure('denied', deniedWords(error.says, served.kind, namespace)) : error;
      }
    },
  });
  return served.kind.isNamespaced && namespaces.length > 0 ? namespaces.map(task) : [task(undefined)];
}

const deniedWords = (says: string, kind: K8sKind, namespace: string | undefined): string => `${says}${kind.isNamespaced && namespace === undefined ? ' (--namespace NAME asks for single namespaces)' : ''}`;
