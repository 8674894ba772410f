import { str } from '#shared/lib/json.ts';
import type { Edge, GraphView, StoredResource } from '#shared/model/resource.ts';
import type { IdentityAccess, Verdict } from '#shared/model/verdict.ts';

/** Groups and accounts that hold their domain, by the last part of their SID (Microsoft, "Well-known SIDs"; BloodHound's tier zero). */
const zeroRids = /-(500|502|512|516|518|519|521|526|527|544|548|549|550|551)$/;
/** Directory roles that hold the tenant: Global, Privileged Role and Privileged Authentication Administrator (Microsoft Entra built-in roles). */
export const tenantRoles: ReadonlySet<string> = new Set(['62e90394-69f5-4237-9190-012177145e10', 'e8611ab8-c189-46e8-94e1-60213ab1f814', '7be44c8a-adaf-4e2a-84d6-ab2649e08a13']);
/** Roles that add secrets to any application, and roles that reset passwords of users without roles. */
export const applicationRoles: ReadonlySet<string> = new Set(['9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3', '158c047a-c907-4556-b7ef-446551a6b5f7']);
export const passwordRoles: ReadonlySet<string> = new Set(['fe930be7-5e62-47db-91af-98c3a49a38b1', '729827e3-9c14-49f7-bb1b-9608f156bbb8', '966707d0-3269-4727-9be2-8c3a10f19b9d', 'c4e39bd9-1100-46d3-8c65-fb160da0071f']);
export const templateOf = (role: StoredResource): string => (str(role.config, 'templateId') ?? str(role.config, 'id') ?? '').toLowerCase();

export const isDirectory = (resource: StoredResource | undefined): boolean => resource !== undefined && /^(AD|AZ)::/.test(resource.type);
/** Whoever holds it holds the domain or the tenant. */
export function isTierZero(resource: StoredResource): boolean {
  switch (resource.type) {
    case 'AD::Domain': case 'AZ::Tenant': return true;
    case 'AD::User': case 'AD::Group': return zeroRids.test(str(resource.config, 'ObjectIdentifier') ?? resource.urn);
    case 'AD::Computer': return str(resource.config, 'IsDC') === 'true';
    case 'AZ::Role': return tenantRoles.has(templateOf(resource));
    default: return false;
  }
}

/** Edges over which one object of a directory gets another. */
const kinds = new Set(['CAN_ASSUME', 'CAN_ADMIN', 'PRIVESC', 'CAN_EXEC', 'RUNS_AS', 'CAN_READ']);
const maxDepth = 12, maxNodes = 50_000;
export interface Way { readonly edges: readonly Edge[]; readonly isConditional: boolean }

/** The shortest way to a goal, one without conditions before any with; `none` where there is none, `cut` where the search ended early. */
export function wayTo(graph: GraphView, start: string, isGoal: (urn: string) => boolean): Way | 'none' | 'cut' {
  const sure = search(graph, start, isGoal, false);
  if (typeof sure !== 'string') return sure;
  const open = search(graph, start, isGoal, true);
  return typeof open === 'string' ? (sure === 'cut' || open === 'cut' ? 'cut' : 'none') : open;
}

function search(graph: GraphView, start: string, isGoal: (urn: string) => boolean, conditional: boolean): Way | 'none' | 'cut' {
  const from = new Map<string, Edge | undefined>([[start, undefined]]);
  let frontier = [start];
  for (let depth = 0; depth < maxDepth && frontier.length > 0; depth++) {
    const next: string[] = [];
    for (const urn of frontier) {
      for (const edge of graph.edgesFrom(urn)) {
        const target = graph.resource(edge.target)?.urn ?? edge.target;
        if (!kinds.has(edge.kind) || from.has(target) || (!conditional && edge.condition !== undefined)) continue;
        from.set(target, edge);
        if (isGoal(target)) return wayOf(from, start, target);
        if (from.size > maxNodes) return 'cut';
        next.push(target);
      }
    }
    frontier = next;
  }
  return frontier.length > 0 ? 'cut' : 'none';
}

function wayOf(from: ReadonlyMap<string, Edge | undefined>, start: string, goal: string): Way {
  const edges: Edge[] = [];
  for (let at = goal, edge = from.get(at); edge && at !== start; at = edge.source, edge = from.get(at)) edges.unshift(edge);
  return { edges, isConditional: edges.some((e) => e.condition !== undefined) };
}

/** An identity of Active Directory or Entra ID: its tier by where its rights lead, and its ways up by the rights that it holds itself or through groups. */
export function evaluateDirectoryIdentity(graph: GraphView, urn: string): IdentityAccess {
  const resource = graph.resource(urn);
  const closed: Verdict = { answer: 'no', assumed: [], missing: [], reasons: [{ rule: 'DIR.credentials', source: urn, pointer: '', text: 'only with its own credentials' }] };
  const none: Verdict = { answer: 'no', assumed: [], missing: [], reasons: [{ rule: 'DIR.rights', source: urn, pointer: '', text: 'nothing takes its rights away' }] };
  if (!resource) { const open: Verdict = { answer: 'unknown', assumed: [], missing: [{ what: 'the identity', entity: urn, supply: 'a collection that has it' }], reasons: [] }; return { external: open, external_principals: [], tier: 'unknown', escalations: [], mitigated: open, missing: open.missing }; }
  const held = groupsOf(graph, resource.urn).flatMap((holder) => graph.edgesFrom(holder).filter((e) => ['CAN_ADMIN', 'PRIVESC'].includes(e.kind)));
  const way = isTierZero(resource) ? 'self' : wayTo(graph, resource.urn, (id) => { const found = graph.resource(id); return found !== undefined && isTierZero(found); });
  const tier = way === 'self' || (typeof way !== 'string' && !way.isConditional) ? 'tier0' : held.length > 0 || typeof way !== 'string' ? 'tier1' : way === 'cut' ? 'unknown' : 'none';
  return { external: closed, external_principals: [], tier, escalations: held.slice(0, 50).map((e) => ({ id: e.reason ?? e.kind, target: e.target, conditional: e.condition !== undefined })), mitigated: none, missing: [] };
}

/** The object itself and every group that it is in, however nested. */
function groupsOf(graph: GraphView, urn: string): readonly string[] {
  const found = new Set([urn]);
  for (const at of found) for (const edge of graph.edgesFrom(at, 'MEMBER_OF')) { if (found.size < 5000) found.add(graph.resource(edge.target)?.urn ?? edge.target); }
  return [...found];
}
