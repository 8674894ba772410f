import { list, str, type JsonObject } from '#shared/lib/json.ts';
import { gcpTypes, serviceAccountName } from '#shared/model/gcp.ts';
import type { Edge, Resource } from '#shared/model/resource.ts';
import { people } from './policy-nodes.ts';

/** A member of a group by the key that Cloud Identity gives it: users, groups and service accounts by their addresses; whoever has none stands for people that nobody lists (a whole customer). */
function memberUrn(membership: unknown): string {
  const id = str(membership, 'preferredMemberKey', 'id') ?? '', type = str(membership, 'type') ?? '';
  if (!/^[^\s:@]+@[^\s:@]+$/.test(id)) return `group:unlisted:${str(membership, 'name') ?? (id === '' ? 'unknown' : id)}`;
  if (type === 'GROUP') return `group:${id}`;
  const project = /@([a-z0-9-]+)\.iam\.gserviceaccount\.com$/.exec(id)?.[1];
  return project !== undefined ? serviceAccountName(project, id) : id.endsWith('.gserviceaccount.com') || type === 'SERVICE_ACCOUNT' ? `serviceAccount:${id}` : `user:${id}`;
}

/**
 * All members of one group (Cloud Identity API, `groups.memberships.list`), as a live pull writes them: the group with its `memberships` in it. A node of its own, as
 * the group itself is told by policies that name it.
 */
export function groupMembers(name: string, data: JsonObject, source: string): { readonly resources: readonly Resource[]; readonly edges: readonly Edge[] } {
  const email = str(data, 'groupKey', 'id');
  if (email === undefined) return { resources: [], edges: [] };
  const group = `group:${email}`, members = [...new Set(list(data, 'memberships').map(memberUrn))];
  const node: Resource = { urn: `${name}#members`, type: gcpTypes.groupMembers, kind: 'policy', name: `members of ${email}`, aliases: [], tags: {}, deleted: false, config: data, source, provenance: 'observed' };
  return { resources: [node, ...people([group, ...members], source)], edges: members.map((member): Edge => ({ source: member, kind: 'MEMBER_OF', target: group, derived: false, provenance: 'observed' })) };
}
