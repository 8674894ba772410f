import { containerName, gcpTypes, projectIn, projectName } from '#shared/model/gcp.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Answer } from '#shared/model/verdict.ts';
import { directoryOf } from './directory.ts';
import { bindingsOf } from './bindings.ts';
import { holdersOf, holdersOfAll, type Holders } from './holders.ts';
import type { GcpPrimitive } from './knowledge.ts';
import type { Scope } from './permission.ts';

/** A member gains a target by a primitive (Rhino Security's collection for Google Cloud, and every setIamPolicy). */
export interface GcpEscalation { readonly id: string; readonly member: string; readonly target: string; readonly conditional: boolean; /** Over something that acts as the account, not the account itself. */ readonly isIndirect: boolean }

/** Permissions with which one gets credentials of a service account itself. */
export const impersonation = ['iam.serviceAccounts.getAccessToken', 'iam.serviceAccounts.signBlob', 'iam.serviceAccounts.signJwt', 'iam.serviceAccountKeys.create', 'iam.serviceAccounts.implicitDelegation'] as const;

const known = new WeakMap<object, Map<string, readonly GcpEscalation[]>>();

/** Every way into a service account, project, folder or organization. */
export function escalationsInto(scope: Scope, target: StoredResource, withLimits = true): readonly GcpEscalation[] {
  let byUrn = known.get(scope.graph);
  if (!byUrn) { byUrn = new Map(); known.set(scope.graph, byUrn); }
  const key = `${target.urn} ${withLimits}`;
  let found = byUrn.get(key);
  if (!found) { found = find(scope, target, withLimits); byUrn.set(key, found); }
  return found;
}

function find(scope: Scope, target: StoredResource, withLimits: boolean): readonly GcpEscalation[] {
  return scope.knowledge.primitives.flatMap((primitive) => [...holders(scope, primitive, target, withLimits)].filter(([member]) => !isTargetItself(member, target))
    .map(([member, answer]) => ({ id: primitive.id, member, target: target.urn, conditional: answer === 'unknown', isIndirect: primitive.act_as || primitive.target !== 'itself' })));
}

const isTargetItself = (member: string, target: StoredResource): boolean => target.type === gcpTypes.serviceAccount && member === `serviceAccount:${target.urn.slice(target.urn.lastIndexOf('/') + 1)}`;

function holders(scope: Scope, primitive: GcpPrimitive, target: StoredResource, withLimits: boolean): Holders {
  const { graph } = scope;
  const all = (names: (permission: string) => string): Holders => holdersOfAll(scope, primitive.permissions.map((p) => [p, names(p)] as const), withLimits);
  if (target.type === gcpTypes.serviceAccount) return intoAccount(scope, primitive, target, withLimits);
  const kind = containerKind(target.urn);
  if (primitive.target === 'own_role' && kind === 'projects') return ownRole(scope, target, withLimits);
  const isForKind = (primitive.target === 'project' && kind === 'projects') || (primitive.target === 'folder' && kind === 'folders') || (primitive.target === 'organization' && kind === 'organizations');
  return isForKind && graph.resource(target.urn) ? all(() => target.urn.replace(/#iam-policy$/, '')) : new Map();
}

export const containerKind = (urn: string): string | undefined => /^\/\/cloudresourcemanager\.googleapis\.com\/(projects|folders|organizations)\//.exec(urn)?.[1];

/** A permission on accounts is looked up on the account, any other on its project: what is created there runs as it. */
function intoAccount(scope: Scope, primitive: GcpPrimitive, account: StoredResource, withLimits: boolean): Holders {
  const { graph } = scope;
  const project = projectName(directoryOf(graph).projectId(projectIn(account.urn) ?? account.account ?? ''));
  const place = (permission: string): string => (permission.startsWith('iam.serviceAccount') ? account.urn : project);
  const needs = [...primitive.permissions, ...(primitive.act_as ? ['iam.serviceAccounts.actAs'] : [])].map((p) => [p, place(p)] as const);
  const email = account.urn.slice(account.urn.lastIndexOf('/') + 1);
  switch (primitive.target) {
    case 'itself': case 'each_account': return primitive.on === 'service_account' || primitive.target === 'each_account' ? holdersOfAll(scope, needs, withLimits) : new Map();
    case 'running_account': return graph.edgesTo(account.urn, 'RUNS_AS').some((e) => graph.resource(e.source)?.type === gcpTypes.instance) ? holdersOfAll(scope, needs, withLimits) : new Map();
    case 'cloud_build': return /^\d+@cloudbuild\.gserviceaccount\.com$/.test(email) ? holdersOfAll(scope, primitive.permissions.map((p) => [p, ownProject(graph, email, project)] as const), withLimits) : new Map();
    case 'google_apis': return /^\d+@cloudservices\.gserviceaccount\.com$/.test(email) ? holdersOfAll(scope, primitive.permissions.map((p) => [p, ownProject(graph, email, project)] as const), withLimits) : new Map();
    case 'project': case 'folder': case 'organization': case 'own_role': return new Map();
  }
}

const ownProject = (graph: GraphView, email: string, other: string): string => { const id = directoryOf(graph).projectId(email.split('@')[0] ?? ''); return /^\d+$/.test(id) ? other : projectName(id); };

/** Whoever may change a custom role and holds it gives itself what it likes. */
function ownRole(scope: Scope, project: StoredResource, withLimits: boolean): Holders {
  const name = project.urn.replace(/#iam-policy$/, '');
  const custom = new Set(directoryOf(scope.graph).policies(name).flatMap(bindingsOf).filter((b) => /^(projects|organizations)\//.test(b.role)).flatMap((b) => b.members));
  return new Map([...holdersOf(scope, 'iam.roles.update', name, withLimits)].filter(([member]) => custom.has(member)));
}

/** Everything that can be gained: service accounts, and projects, folders and organizations with a record or a policy. */
export function targetsOf(graph: GraphView): readonly StoredResource[] {
  const containers = [gcpTypes.project, gcpTypes.folder, gcpTypes.organization].flatMap((type) => graph.ofType(type));
  const { canonical } = directoryOf(graph);
  const names = new Set(containers.map((c) => canonical(c.urn)));
  const alone = graph.ofType(gcpTypes.iamPolicy).filter((p) => p.urn.startsWith(containerName('')) && !names.has(canonical(p.urn.replace(/#iam-policy$/, ''))));
  return [...graph.ofType(gcpTypes.serviceAccount), ...containers, ...alone];
}

/** Who administers a project, folder or organization: may hand out its roles. */
export function administratorsOf(scope: Scope, container: StoredResource): ReadonlyMap<string, Answer> {
  const kind = containerKind(container.urn) ?? 'projects';
  return holdersOf(scope, `resourcemanager.${kind}.setIamPolicy`, container.urn.replace(/#iam-policy$/, ''));
}
