import { at, list, str } from '#shared/lib/json.ts';
import { gcpTypes } from '#shared/model/gcp.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Answer } from '#shared/model/verdict.ts';
import { anyOf } from '../kleene.ts';
import { internetSources, parseNetwork, sizeOf } from '../network/cidr.ts';
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
  const ingress = list(around.config, 'status', 'ingressPolicies').map(openIngress);
  const open = anyOf([...levels.map((l) => l.open), ...ingress]);
  return { blocks: open === 'yes' ? 'no' : open === 'unknown' ? 'unknown' : 'yes', perimeter: around, cidrs: levels.flatMap((l) => l.cidrs), isRecorded: true };
}

function levelOpen(graph: GraphView, name: string): { readonly open: Answer; readonly cidrs: readonly string[] } {
  const level = graph.ofType(levelType).find((l) => l.urn.endsWith(name));
  if (!level) return { open: 'unknown', cidrs: [] };
  const cidrs = list(level.config, 'basic', 'conditions').flatMap((c) => list(c, 'ipSubnetworks')).filter((c): c is string => typeof c === 'string');
  if (cidrs.length === 0) return { open: at(level.config, 'basic') === undefined ? 'unknown' : 'no', cidrs };
  const internet = internetSources(4);
  return { open: cidrs.some((c) => { const n = parseNetwork(c); return n?.family === 4 && sizeOf([n]) > internet.threshold; }) ? 'yes' : 'no', cidrs };
}

/** A rule from any source for any identity lets anonymous requests in; one for what is named does not. */
function openIngress(policy: unknown): Answer {
  const isAnyone = str(policy, 'ingressFrom', 'identityType') === 'ANY_IDENTITY';
  const isAnywhere = list(policy, 'ingressFrom', 'sources').some((s) => str(s, 'accessLevel') === '*');
  return isAnyone && isAnywhere ? 'yes' : 'no';
}
