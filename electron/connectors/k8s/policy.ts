import { k8sKinds, type K8sKind } from './kinds.ts';

/** The least that a pull takes, as ClusterRoles with a binding to fill in. Names of secrets stand apart: RBAC can't give them without the values. */
export function k8sPolicy(): string {
  const groups = new Map<string, string[]>();
  for (const kind of k8sKinds.filter((k) => !k.isMetadataOnly)) groups.set(kind.group, [...(groups.get(kind.group) ?? []), kind.resource]);
  const rules = [...groups].map(([group, resources]) => `  - apiGroups: ["${group}"]\n    resources: [${resources.join(', ')}]\n    verbs: [list]`);
  return `# Read-only access for a pull by Winnow. kubectl apply -f -
# It lists, and nothing else. What it is allowed is asked with SelfSubjectAccessReviews and a SelfSubjectReview: the API calls that a "create", but the
# server only answers them and stores nothing; system:basic-user and system:discovery, which everyone has who is signed in, allow them.
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: winnow-read
rules:
${rules.join('\n')}
---
# Optional: names of secrets. Kubernetes has no permission for names without values: whoever may list secrets may read them. Winnow asks for their
# metadata alone; without this role it knows the secrets that workloads mount, and not the others.
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: winnow-read-secret-names
rules:
${k8sKinds.filter((k) => k.isMetadataOnly).map((k) => ruleOf(k)).join('\n')}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: winnow-read
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: winnow-read}
subjects:
  - {apiGroup: rbac.authorization.k8s.io, kind: User, name: REPLACE-WITH-THE-USER}
`;
}

const ruleOf = ({ group, resource }: K8sKind): string => `  - apiGroups: ["${group}"]\n    resources: [${resource}]\n    verbs: [list]`;
