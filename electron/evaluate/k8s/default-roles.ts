/**
 * Roles that every cluster has (Kubernetes documentation, "Using RBAC Authorization", default roles; bootstrap policy of v1.30). They stand in only where
 * the snapshot, a set of manifests, binds one and doesn't hold it.
 */
type Rule = { readonly apiGroups: readonly string[]; readonly resources: readonly string[]; readonly verbs: readonly string[] };

const read = ['get', 'list', 'watch'] as const, write = ['create', 'delete', 'deletecollection', 'patch', 'update'] as const;
const withParts = (parts: readonly string[], ...names: readonly string[]): readonly string[] => names.flatMap((name) => [name, ...parts.map((part) => `${name}/${part}`)]);
const rule = (group: string, resources: readonly string[], verbs: readonly string[]): Rule => ({ apiGroups: [group], resources, verbs });

const view: readonly Rule[] = [
  rule('', [...withParts(['status'], 'persistentvolumeclaims', 'services', 'pods', 'namespaces', 'resourcequotas'), ...withParts(['scale', 'status'], 'replicationcontrollers'), 'configmaps', 'endpoints', 'serviceaccounts', 'bindings', 'events', 'limitranges', 'pods/log'], read),
  rule('discovery.k8s.io', ['endpointslices'], read), rule('autoscaling', withParts(['status'], 'horizontalpodautoscalers'), read), rule('batch', withParts(['status'], 'cronjobs', 'jobs'), read), rule('policy', withParts(['status'], 'poddisruptionbudgets'), read),
  rule('apps', ['controllerrevisions', ...withParts(['status'], 'daemonsets'), ...withParts(['scale', 'status'], 'deployments', 'replicasets', 'statefulsets')], read), rule('networking.k8s.io', [...withParts(['status'], 'ingresses'), 'networkpolicies'], read),
];
const edit: readonly Rule[] = [
  ...view, rule('', ['pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy', 'secrets', 'services/proxy'], read), rule('', ['serviceaccounts'], ['impersonate']), rule('', ['pods', 'pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy'], write),
  rule('', ['pods/eviction', 'serviceaccounts/token'], ['create']), rule('', ['configmaps', 'events', 'persistentvolumeclaims', 'replicationcontrollers', 'replicationcontrollers/scale', 'secrets', 'serviceaccounts', 'services', 'services/proxy'], write),
  rule('apps', ['daemonsets', 'deployments', 'deployments/rollback', 'deployments/scale', 'replicasets', 'replicasets/scale', 'statefulsets', 'statefulsets/scale'], write), rule('autoscaling', ['horizontalpodautoscalers'], write), rule('batch', ['cronjobs', 'jobs'], write),
  rule('policy', ['poddisruptionbudgets'], write), rule('networking.k8s.io', ['ingresses', 'networkpolicies'], write), rule('coordination.k8s.io', ['leases'], [...read, ...write]),
];
const admin: readonly Rule[] = [...edit, rule('authorization.k8s.io', ['localsubjectaccessreviews'], ['create']), rule('rbac.authorization.k8s.io', ['roles', 'rolebindings'], [...read, ...write])];

/** By name; those without rules on resources are listed so that binding them leaves nothing open. */
export const defaultRoles: ReadonlyMap<string, readonly Rule[]> = new Map<string, readonly Rule[]>([
  ['cluster-admin', [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }]], ['view', view], ['edit', edit], ['admin', admin],
  ['system:discovery', []], ['system:public-info-viewer', []], ['system:basic-user', [rule('authorization.k8s.io', ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'], ['create']), rule('authentication.k8s.io', ['selfsubjectreviews'], ['create'])]], ['system:service-account-issuer-discovery', []],
  ['system:auth-delegator', [rule('authentication.k8s.io', ['tokenreviews'], ['create']), rule('authorization.k8s.io', ['subjectaccessreviews'], ['create'])]],
]);

/** The labels by which further cluster roles are added to these. */
export const aggregationLabel: ReadonlyMap<string, readonly string[]> = new Map(['view', 'edit', 'admin'].map((name, i) => [name, ['view', 'edit', 'admin'].slice(0, i + 1).map((n) => `rbac.authorization.k8s.io/aggregate-to-${n}`)]));

const health = ['/healthz', '/livez', '/readyz', '/version', '/version/'];
/** URLs that default roles let one get. */
export const defaultUrls: ReadonlyMap<string, readonly string[]> = new Map([['system:public-info-viewer', health], ['system:discovery', [...health, '/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*']]]);
