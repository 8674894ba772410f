import { at, list, str } from '#shared/lib/json.ts';
import { gcpTypes } from '#shared/model/gcp.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Answer } from '#shared/model/verdict.ts';
import { allOf, anyOf, not } from '../kleene.ts';
import { internetSources, parseNetwork, sizeOf, union } from '../network/cidr.ts';
import { directoryOf } from './directory.ts';

/** Does a VPC Service Controls perimeter keep the internet away from a service of a project? With the networks that its access levels let in. */
export interface Perimeter { readonly blocks: Answer; readonly perimeter?: StoredResource; readonly cidrs: readonly string[]; readonly isRecorded: boolean }

const levelType = 'accesscontextmanager.googleapis.com/AccessLevel';

/** Only the enforced configuration (`status`) of regular perimeters counts, not the dry run (`spec`). */
export function perimeterAround(graph: GraphView, project: string | undefined, service: string): Perimeter {
  const all = graph.ofType(gcpTypes.perimeter);
  const number = project === undefined ? undefined : directoryOf(graph).projectNumber(project);
  const around = all.find((p) => str(p.config, 'perimeterType') !== 'PERIMETER_TYPE_BRIDGE' && list(p.config, 'status', 'restrictedServices').includes(service)
    && list(p.config, 'status', 'resources').some((r) => r === `projects/${number ?? project ?? ''}` || r === `projects/${project ?? ''}`));
  if (!around) {
    // Perimeters name projects by number: without it, one around this service may be around this project.
    const mayBe = number === undefined && all.some((p) => list(p.config, 'status', 'restrictedServices').includes(service));
    return { blocks: mayBe ? 'unknown' : 'no', cidrs: [], isRecorded: all.length > 0 };
  }
  const levels = list(around.config, 'status', 'accessLevels').flatMap((l) => (typeof l === 'string' ? [levelOpen(graph, l)] : []));
  const ingress = list(around.config, 'status', 'ingressPolicies').flatMap((p) => openIngress(graph, p, service, [number, project]));
  const ways = [...levels, ...ingress], open = anyOf(ways.map((w) => w.open));
  return { blocks: not(open), perimeter: around, cidrs: [...new Set(ways.flatMap((w) => w.cidrs))], isRecorded: true };
}

interface Opening { readonly open: Answer; readonly cidrs: readonly string[] }

/** Does an access level hold for anonymous requests from the internet at large? Its conditions are joined by AND unless it says OR; a level in words of its own (CEL) is unknown. */
function levelOpen(graph: GraphView, name: string): Opening {
  const level = graph.ofType(levelType).find((l) => l.urn.endsWith(name));
  if (!level || at(level.config, 'basic') === undefined) return { open: 'unknown', cidrs: [] };
  const conditions = list(level.config, 'basic', 'conditions').map(conditionOpen);
  const join = str(level.config, 'basic', 'combiningFunction') === 'OR' ? anyOf : allOf;
  return { open: conditions.length === 0 ? 'no' : join(conditions.map((c) => c.open)), cidrs: conditions.flatMap((c) => c.cidrs) };
}

/** Who signs in or has a certain device is somebody; a region of the world is a part of the internet that nobody here measures. */
function conditionOpen(condition: unknown): Opening {
  const cidrs = list(condition, 'ipSubnetworks').filter((c): c is string => typeof c === 'string');
  const has = (key: string): boolean => at(condition, key) !== undefined && !(Array.isArray(at(condition, key)) && list(condition, key).length === 0);
  const networks = cidrs.flatMap((c) => parseNetwork(c) ?? []), internet = internetSources(4);
  const byAddress: Answer = cidrs.length === 0 || sizeOf(union(networks.filter((n) => n.family === 4))) > internet.threshold ? 'yes' : 'no';
  const open = allOf([byAddress, has('members') || has('devicePolicy') ? 'no' : 'yes', has('regions') || has('requiredAccessLevels') || has('vpcNetworkSources') ? 'unknown' : 'yes']);
  return str(condition, 'negate') === 'true' ? { open: not(open), cidrs: [] } : { open, cidrs };
}

/** An ingress rule for any identity lets anonymous requests in, from where its sources say, to the services and projects that it names. */
function openIngress(graph: GraphView, policy: unknown, service: string, projects: readonly (string | undefined)[]): readonly Opening[] {
  const operations = list(policy, 'ingressTo', 'operations'), resources = list(policy, 'ingressTo', 'resources');
  const isTo = (operations.length === 0 || operations.some((o) => ['*', service].includes(str(o, 'serviceName') ?? ''))) && (resources.length === 0 || resources.some((r) => r === '*' || projects.some((p) => p !== undefined && r === `projects/${p}`)));
  if (str(policy, 'ingressFrom', 'identityType') !== 'ANY_IDENTITY' || !isTo) return [];
  return list(policy, 'ingressFrom', 'sources').flatMap((s): readonly Opening[] => {
    const level = str(s, 'accessLevel');
    return level === undefined ? [] : [level === '*' ? { open: 'yes', cidrs: [] } : levelOpen(graph, level)];
  });
}
