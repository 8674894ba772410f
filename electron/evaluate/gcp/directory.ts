import { at, list, str } from '#shared/lib/json.ts';
import { containerName, gcpTypes, iamPolicyUrn, projectIn, serviceAccountName } from '#shared/model/gcp.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { isSameList } from '../same-list.ts';

/**
 * Names and places of a snapshot's Google Cloud resources. Projects go by id and by number, service accounts by email and by unique id;
 * `canonical` gives each one name, as far as the snapshot says which belong together.
 */
export interface Directory {
  readonly canonical: (name: string) => string;
  /** Project id of a number, or of itself; the number where no project record says the id. */
  projectId(idOrNumber: string): string;
  projectNumber(idOrNumber: string): string | undefined;
  /** Recorded IAM policies of a resource. */
  policies(name: string): readonly StoredResource[];
  /** All names that carry a recorded policy and are no project, folder or organization: was the export one of every resource's policy? */
  readonly hasResourcePolicies: boolean;
  /** The resource and what contains it, nearest first, up to the organization as far as is recorded. */
  chain(name: string, resource?: StoredResource): readonly string[];
}

interface Lists { readonly projects: readonly StoredResource[]; readonly folders: readonly StoredResource[]; readonly accounts: readonly StoredResource[] }
type Names = ReturnType<typeof namesIn>;
type ByName = ReadonlyMap<string, readonly StoredResource[]>;
const knownNames = new WeakMap<readonly StoredResource[], { readonly lists: Lists; readonly names: Names }>();
const knownPolicies = new WeakMap<readonly StoredResource[], { readonly names: Names; readonly byName: ByName }>();

/**
 * The directory of a graph; what it is made of is kept as long as the lists stay the same. Policies are looked at only by who asks for them, or for what contains
 * something when no record of a resource tells: what a machine is reached by doesn't hang on them.
 */
export function directoryOf(graph: GraphView): Directory {
  const lists: Lists = { projects: graph.ofType(gcpTypes.project), folders: graph.ofType(gcpTypes.folder), accounts: graph.ofType(gcpTypes.serviceAccount) };
  const have = knownNames.get(lists.projects);
  const isKept = have !== undefined && isSameList(have.lists.folders, lists.folders) && isSameList(have.lists.accounts, lists.accounts);
  const names = isKept ? have.names : namesIn(lists);
  if (!isKept) knownNames.set(lists.projects, { lists, names });
  return directory(names, () => policiesOf(graph, names));
}

function policiesOf(graph: GraphView, names: Names): ByName {
  const policies = graph.ofType(gcpTypes.iamPolicy), have = knownPolicies.get(policies);
  if (have?.names === names) return have.byName;
  const byName = Map.groupBy(policies, (policy) => names.canonical(str(policy.config, 'of', 'name') ?? policy.urn.replace(iamPolicyUrn(''), '')));
  knownPolicies.set(policies, { names, byName });
  return byName;
}

const isContainer = (name: string): boolean => name.startsWith('//cloudresourcemanager.googleapis.com/');
const maxHeight = 20;

function namesIn({ projects, folders, accounts }: Lists) {
  const ids = new Map<string, string>(), numbers = new Map<string, string>(), emails = new Map<string, string>();
  for (const p of projects) {
    const number = str(p.config, 'projectNumber') ?? p.aliases.flatMap((a) => /\/projects\/(\d+)$/.exec(a)?.[1] ?? [])[0], id = str(p.config, 'projectId') ?? p.account;
    if (number !== undefined && id !== undefined) { ids.set(number, id); numbers.set(id, number); }
  }
  for (const a of accounts) {
    const email = str(a.config, 'email');
    for (const id of [str(a.config, 'uniqueId'), ...a.aliases.flatMap((n) => /\/serviceAccounts\/(\d+)$/.exec(n)?.[1] ?? [])]) if (id !== undefined && email !== undefined) emails.set(id, email);
  }
  const canonical = (name: string): string => {
    const account = /^\/\/iam\.googleapis\.com\/projects\/([^/]+)\/serviceAccounts\/([^/]+)$/.exec(name);
    if (account) return serviceAccountName(ids.get(account[1] ?? '') ?? account[1] ?? '', emails.get(account[2] ?? '') ?? account[2] ?? '');
    const number = /\/projects\/(\d+)(?=\/|$)/.exec(name)?.[1];
    const id = number === undefined ? undefined : ids.get(number);
    return id === undefined ? name : name.replace(`/projects/${number}`, `/projects/${id}`);
  };
  return { canonical, ids, numbers, containers: new Map([...projects, ...folders].map((c) => [canonical(c.urn), c])) };
}

const directory = ({ canonical, ids, numbers, containers }: Names, byName: () => ByName): Directory => ({
  canonical, projectId: (p) => ids.get(p) ?? p, projectNumber: (p) => (/^\d+$/.test(p) ? p : numbers.get(p)), policies: (name) => byName().get(canonical(name)) ?? [],
  get hasResourcePolicies() { return [...byName().keys()].some((name) => !isContainer(name)); },
  chain(name, resource) {
    const own = canonical(name), told = containersAbove(own, [resource, containers.get(own)], canonical, containers);
    const above = told.some((t) => t.includes('/organizations/')) || own.includes('/organizations/') ? told : containersAbove(own, [resource, ...byName().get(own) ?? [], containers.get(own)], canonical, containers, byName());
    return [...new Set([own, ...partsAbove(own), ...above])];
  },
});

/** What contains a resource by its name: a table's dataset, a key's ring; not the project. */
function partsAbove(name: string): readonly string[] {
  const match = /^(\/\/[^/]+\/projects\/[^/]+)\/(.+)$/.exec(name);
  if (!match) return [];
  const parts = (match[2] ?? '').split('/');
  return Array.from({ length: Math.max(0, Math.ceil(parts.length / 2) - 1) }, (_, i) => `${match[1]}/${parts.slice(0, parts.length - 2 * (i + 1)).join('/')}`).filter((n) => !/\/(locations|zones|regions)\/[^/]+$|\/global$|\/$/.test(n));
}

function containersAbove(name: string, records: readonly (StoredResource | undefined)[], canonical: (name: string) => string, containers: ReadonlyMap<string, StoredResource>, policies?: ByName): readonly string[] {
  const stated = records.flatMap((r) => (r === undefined ? [] : [ancestorNames(r)])).find((names) => names.length > 0) ?? [];
  const number = records.flatMap((r) => (r === undefined ? [] : [r.account, str(r.config, 'projectNumber')])).find((p) => p !== undefined);
  const project = projectIn(name) ?? number;
  const found = stated.length > 0 ? stated.map((a) => canonical(containerName(a))) : isContainer(name) || project === undefined || project === '_' ? [] : [canonical(containerName(`projects/${project}`))];
  const chain = [...found];
  for (let i = 0; i < maxHeight; i++) {
    const top = chain.at(-1) ?? (isContainer(name) ? name : undefined);
    if (top === undefined) break;
    const next = [containers.get(top), ...policies?.get(top) ?? []].flatMap((r) => (r === undefined ? [] : ancestorNames(r).map((a) => canonical(containerName(a))))).filter((a) => a !== top && a !== name && !chain.includes(a));
    if (next.length === 0) break;
    chain.push(...new Set(next));
  }
  return chain.filter((c) => c !== name);
}

/** The ancestors that a record states, itself left in where the source does so. */
function ancestorNames(resource: StoredResource): readonly string[] {
  const listed = list(resource.config, 'ancestors').filter((a): a is string => typeof a === 'string' && /^(projects|folders|organizations)\/[^/]+$/.test(a));
  if (listed.length > 0) return listed;
  const parent = str(resource.config, 'parent') ?? (at(resource.config, 'parent', 'id') === undefined ? undefined : `${str(resource.config, 'parent', 'type') ?? ''}s/${str(resource.config, 'parent', 'id') ?? ''}`);
  return parent !== undefined && /^(projects|folders|organizations)\/[^/]+$/.test(parent) ? [parent] : [];
}

/** The project of a resource by its id where the snapshot knows it. */
export function projectOf(graph: GraphView, resource: Pick<StoredResource, 'account'>): string | undefined {
  return resource.account === undefined ? undefined : directoryOf(graph).projectId(resource.account);
}
