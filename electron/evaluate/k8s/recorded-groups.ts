import { list } from '#shared/lib/json.ts';
import type { GraphView } from '#shared/model/resource.ts';

/** The groups that OpenShift has objects of, which list their users (OpenShift documentation, "Group [user.openshift.io/v1]"), and whether a user is of each. Elsewhere groups have no objects. */
export const recordedGroups = (graph: GraphView, cluster: string | undefined, user: string | undefined): readonly { readonly name: string; readonly isOf: boolean }[] =>
  graph.ofType('K8s::user.openshift.io/Group', { account: cluster }).map((group) => ({ name: group.name ?? '', isOf: user !== undefined && list(group.config, 'users').includes(user) }));
