import { gcpTypes, isUntold } from '#shared/model/gcp.ts';
import type { GraphView } from '#shared/model/resource.ts';
import type { Answer } from '#shared/model/verdict.ts';
import { anyOf } from '../kleene.ts';
import { bindingsOf } from './bindings.ts';
import { directoryOf } from './directory.ts';

/** How a principal is written in a binding: `user:a@b`, `serviceAccount:a@b`, `group:a@b`, `allUsers`, `principal://…`. */
export type Member = string;

const everyone = new Set(['allUsers', '*', 'anonymous', 'internet']);

/** The member that a subject means: an email, a member, a full resource name or an alias of a recorded identity. */
export function memberOf(graph: GraphView, subject: string): Member {
  if (everyone.has(subject)) return 'allUsers';
  if (/^(user|group|serviceAccount|domain|principal|principalSet):/.test(subject) || subject === 'allAuthenticatedUsers') return subject;
  const found = graph.resource(subject);
  if (found?.type === gcpTypes.serviceAccount) return `serviceAccount:${found.urn.slice(found.urn.lastIndexOf('/') + 1)}`;
  if (found?.type === gcpTypes.user || found?.type === gcpTypes.group) return found.urn;
  const email = /([^/\s:]+@[^/\s:]+)$/.exec(subject)?.[1] ?? subject;
  return email.endsWith('.gserviceaccount.com') ? `serviceAccount:${email}` : `user:${email}`;
}

/** The graph's node of a member: a service account by its full name where it is recorded. */
export const nodeOfMember = (graph: GraphView, member: Member): string => graph.resource(member)?.urn ?? member;

/**
 * Is the principal the member of a binding, or in it? Who is in a group is unknown where no membership of it is recorded.
 * `projectOwner:p` and its like are whoever holds that basic role in the project's policy.
 */
export function isMember(graph: GraphView, principal: Member, member: Member): Answer {
  if (member === 'allUsers') return 'yes';
  if (isUntold(member)) return 'unknown';
  if (member === 'allAuthenticatedUsers') return principal === 'allUsers' ? 'no' : 'yes';
  if (principal.toLowerCase() === member.toLowerCase()) return 'yes';
  const [kind, rest] = split(member);
  if (kind === 'group') return principal === 'allUsers' || principal === 'allAuthenticatedUsers' || principal.startsWith('principal') ? 'no' : inGroup(graph, principal, member);
  if (kind === 'domain') return principal.startsWith('user:') && principal.toLowerCase().endsWith(`@${rest.toLowerCase()}`) ? 'yes' : 'no';
  if (/^project(Owner|Editor|Viewer)$/.test(kind)) return holdsBasicRole(graph, principal, kind.slice('project'.length).toLowerCase(), rest);
  if (member.startsWith('principalSet://') && member.endsWith('/*') && principal.startsWith('principal')) return pool(principal) === pool(member) ? 'yes' : 'no';
  return 'no';
}

const split = (member: Member): readonly [string, string] => { const at = member.indexOf(':'); return at < 0 ? [member, ''] : [member.slice(0, at), member.slice(at + 1)]; };
const pool = (id: string): string | undefined => /(workloadIdentityPools|workforcePools)\/[^/]+/.exec(id)?.[0];

function inGroup(graph: GraphView, principal: Member, group: Member): Answer {
  const node = nodeOfMember(graph, principal), wanted = graph.resource(group)?.urn ?? group;
  const seen = new Set([node]);
  let frontier = [node];
  for (let depth = 0; depth < 10 && frontier.length > 0; depth++) {
    const next = frontier.flatMap((urn) => graph.edgesFrom(urn, 'MEMBER_OF').map((e) => e.target)).filter((t) => !seen.has(t));
    if (next.includes(wanted)) return 'yes';
    for (const t of next) seen.add(t);
    frontier = next;
  }
  return isListed(graph, wanted) ? 'no' : 'unknown';
}

/** Whether it is recorded who is in a group, and in every group inside it. */
function isListed(graph: GraphView, group: string, seen = new Set<string>()): boolean {
  if (seen.has(group)) return true;
  seen.add(group);
  const members = graph.edgesTo(group, 'MEMBER_OF').map((e) => e.source);
  return members.length > 0 && members.every((m) => !m.startsWith('group:') || isListed(graph, m, seen));
}

function holdsBasicRole(graph: GraphView, principal: Member, role: string, project: string): Answer {
  if (principal === 'allUsers' || principal === 'allAuthenticatedUsers') return 'no';
  const policies = directoryOf(graph).policies(`//cloudresourcemanager.googleapis.com/projects/${project}`);
  if (policies.length === 0) return 'unknown';
  const members = policies.flatMap(bindingsOf).filter((b) => b.role === `roles/${role}`).flatMap((b) => b.members).filter((m) => !m.startsWith('project'));
  return anyOf(members.map((m) => isMember(graph, principal, m)));
}
