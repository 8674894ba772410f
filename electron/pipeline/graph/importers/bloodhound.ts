import { at, isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { Edge, EdgeKind, NodeKind, Resource } from '#shared/model/resource.ts';
import type { Normalized, RecordContext, Sample } from '../../ports.ts';
import { adRights, domainAdminRids, ridOf } from './directory/rights.ts';
import type { Importer } from './importer.ts';

/** Files of a collection by `meta.type`, with the type of their objects. */
const types: ReadonlyMap<string, readonly [type: string, kind: NodeKind]> = new Map([
  ['users', ['User', 'identity']], ['groups', ['Group', 'identity']], ['computers', ['Computer', 'vm']], ['domains', ['Domain', 'account']], ['gpos', ['GPO', 'policy']], ['ous', ['OU', 'org_unit']], ['containers', ['Container', 'org_unit']],
  ['certtemplates', ['CertTemplate', 'policy']], ['enterprisecas', ['EnterpriseCA', 'other']], ['rootcas', ['RootCA', 'other']], ['aiacas', ['AIACA', 'other']], ['ntauthstores', ['NTAuthStore', 'other']], ['issuancepolicies', ['IssuancePolicy', 'policy']],
]);

/** Files that hold no objects: who is logged on where, and ids of what is no longer there. */
const others: ReadonlySet<string> = new Set(['sessions', 'deleted']);

/** BloodHound (CE and legacy collectors, JSON versions 4 to 6): Active Directory objects with their rights over each other. */
export const bloodhound: Importer = {
  name: 'bloodhound', kind: 'resources',
  description: 'BloodHound: SharpHound and compatible collections of Active Directory (users, groups, computers, domains, GPOs, OUs, containers)',
  containers: [{ kind: 'json-path', paths: ['data'], emptyOk: true }],
  detect, parse,
};

function detect({ document }: Sample): number {
  const meta = isObject(document) ? document['meta'] : undefined;
  if (isObject(meta)) { const type = str(meta, 'type')?.toLowerCase() ?? ''; return (types.has(type) || others.has(type)) && 'version' in meta ? 95 : 0; }
  const [first] = isObject(document) ? list(document, 'data') : [];
  return isObject(first) && 'ObjectIdentifier' in first && 'Properties' in first ? 85 : 0;
}

const adUrn = (id: string): string => `ad:${id.toUpperCase()}`;

function parse(record: unknown, context: RecordContext): Result<Normalized> {
  const file = str(context.parents[0], 'meta', 'type')?.toLowerCase();
  if (file === 'deleted') return deletedObject(record);
  if (!isObject(record)) return err('not a JSON object');
  if (file === 'sessions') return session(record);
  const id = str(record, 'ObjectIdentifier');
  if (id === undefined) return err('ObjectIdentifier is missing');
  const known = types.get(str(context.parents[0], 'meta', 'type')?.toLowerCase() ?? '') ?? guess(record);
  const [type, kind] = known, name = str(record, 'Properties', 'name') ?? id, domain = str(record, 'Properties', 'domain');
  const sid = str(record, 'Properties', 'samaccountname'), urn = adUrn(id);
  const resource: Resource = {
    urn, type: `AD::${type}`, kind, name, aliases: [...new Set([id, name, ...(type === 'Computer' && name.includes('.') ? [name.toLowerCase()] : []), ...(sid !== undefined && domain !== undefined ? [`${domain.split('.')[0] ?? ''}\\${sid}`.toLowerCase()] : []), str(record, 'Properties', 'distinguishedname')])].filter((a) => a !== undefined && a !== urn).map(String).sort(),
    tags: {}, deleted: record['IsDeleted'] === true, config: record, source: 'bloodhound', provenance: 'observed', ...(domain !== undefined && { account: domain }),
  };
  return ok({ resources: [resource], edges: unique([...membership(urn, record), ...control(urn, type, record), ...machine(urn, record), ...place(urn, type, record), ...trusts(urn, record)]) });
}

const bare = (urn: string, type: string, kind: NodeKind, config: JsonObject): Resource => ({ urn, type: `AD::${type}`, kind, aliases: [], tags: {}, deleted: false, config, source: 'bloodhound', provenance: 'observed' });

function deletedObject(record: unknown): Result<Normalized> {
  const id = idIn(record);
  if (id === undefined || id === '') return err('the id of what was deleted is missing');
  return ok({ resources: [{ ...bare(adUrn(id), 'Object', 'other', { ObjectIdentifier: id }), deleted: true }], edges: [] });
}

/** A record of its own, which its edge belongs to: machine and user are told by other files. */
function session(record: JsonObject): Result<Normalized> {
  const computer = str(record, 'ComputerSID') ?? str(record, 'ComputerId'), user = userOf(record);
  if (computer === undefined || user === undefined) return err('ComputerSID or UserSID is missing');
  return ok({ resources: [bare(`ad:session:${computer}:${user}`.toUpperCase().replace(/^AD:SESSION/, 'ad:session'), 'Session', 'policy', record)], edges: [loggedOn(adUrn(computer), user)] });
}
const userOf = (value: unknown): string | undefined => str(value, 'UserSID') ?? str(value, 'UserId');
/** Whoever holds the machine takes the credentials of who is logged on. */
const loggedOn = (machineUrn: string, user: string): Edge => edge(machineUrn, 'CAN_ASSUME', adUrn(user), 'HasSession', 2);

/** Files of some collectors lack `meta`. */
function guess(record: JsonObject): readonly [string, NodeKind] {
  if ('Members' in record) return ['Group', 'identity'];
  if ('Sessions' in record || 'LocalAdmins' in record) return ['Computer', 'vm'];
  if ('Trusts' in record) return ['Domain', 'account'];
  if ('SPNTargets' in record) return ['User', 'identity'];
  return 'GPOChanges' in record || 'Links' in record ? ['OU', 'org_unit'] : ['Object', 'other'];
}

const edge = (source: string, kind: EdgeKind, target: string, reason: string, cost?: number): Edge => ({ source, kind, target, derived: false, provenance: 'observed', reason, ...(cost !== undefined && { cost }) });
const unique = (edges: readonly Edge[]): readonly Edge[] => [...new Map(edges.filter((e) => e.source !== e.target).map((e) => [`${e.source} ${e.kind} ${e.target} ${e.reason ?? ''}`, e])).values()];
const idIn = (value: unknown): string | undefined => (typeof value === 'string' ? value : str(value, 'ObjectIdentifier') ?? str(value, 'MemberId') ?? str(value, 'PrincipalSID'));
/** Some parts are lists, some are wrapped with whether they could be collected. */
const results = (record: JsonObject, key: string): readonly unknown[] => (isObject(record[key]) ? list(record, key, 'Results') : list(record, key));

/** A member of a group acts with its rights, whatever the nesting. */
function membership(urn: string, record: JsonObject): readonly Edge[] {
  const pairs = [...list(record, 'Members').map((m): readonly [string | undefined, string] => [idIn(m), urn]), ...[str(record, 'PrimaryGroupSID')].map((group): readonly [string, string | undefined] => [urn, group])];
  return pairs.flatMap(([member, group]) => {
    if (member === undefined || group === undefined) return [];
    const [from, to] = [member === urn ? urn : adUrn(member), group === urn ? urn : adUrn(group)];
    return [edge(from, 'MEMBER_OF', to, 'MemberOf'), edge(from, 'CAN_ASSUME', to, 'MemberOf', 1)];
  });
}

function control(urn: string, type: string, record: JsonObject): readonly Edge[] {
  const replicates = new Map<string, Set<string>>();
  const rights = list(record, 'Aces').flatMap((ace): Edge[] => {
    const principal = str(ace, 'PrincipalSID'), name = str(ace, 'RightName');
    if (principal === undefined || name === undefined) return [];
    if (type === 'Domain' && name.startsWith('GetChanges')) replicates.set(principal, (replicates.get(principal) ?? new Set()).add(name));
    const right = adRights.get(name);
    // All extended rights on a user reset its password; on a group they give nothing.
    return right === undefined || (name === 'AllExtendedRights' && type === 'Group') ? [] : [edge(adUrn(principal), right.kind, urn, name, right.cost)];
  });
  const synced = [...replicates].filter(([, held]) => held.has('GetChanges') && held.has('GetChangesAll')).map(([principal]) => edge(adUrn(principal), 'PRIVESC', urn, 'DCSync', 1));
  const id = str(record, 'ObjectIdentifier') ?? '', domain = str(record, 'Properties', 'domainsid');
  const administers = type === 'Group' && domainAdminRids.has(ridOf(id)) && domain !== undefined ? [edge(urn, 'CAN_ADMIN', adUrn(domain), 'administers the domain', 1)] : [];
  const holdsDomain = record['IsDC'] === true && domain !== undefined ? [edge(urn, 'CAN_ADMIN', adUrn(domain), 'a domain controller holds all secrets of the domain', 1)] : [];
  const delegates = list(record, 'AllowedToDelegate').flatMap((t) => { const target = idIn(t); return target === undefined ? [] : [edge(urn, 'PRIVESC', adUrn(target), 'AllowedToDelegate', 4)]; });
  const acts = list(record, 'AllowedToAct').flatMap((p) => { const principal = idIn(p); return principal === undefined ? [] : [edge(adUrn(principal), 'PRIVESC', urn, 'AllowedToAct', 2)]; });
  const history = list(record, 'HasSIDHistory').flatMap((p) => { const past = idIn(p); return past === undefined ? [] : [edge(urn, 'CAN_ASSUME', adUrn(past), 'HasSIDHistory', 1)]; });
  const services = list(record, 'SPNTargets').flatMap((s) => { const computer = str(s, 'ComputerSID'); return computer === undefined ? [] : [edge(urn, 'CAN_ADMIN', adUrn(computer), str(s, 'Service') ?? 'SQLAdmin', 2)]; });
  const dumps = list(record, 'DumpSMSAPassword').flatMap((p) => { const service = idIn(p); return service === undefined ? [] : [edge(urn, 'CAN_ASSUME', adUrn(service), 'DumpSMSAPassword', 2)]; });
  return [...rights, ...synced, ...administers, ...holdsDomain, ...delegates, ...acts, ...history, ...services, ...dumps];
}

/** Rids of local groups: Administrators, Remote Desktop Users, Distributed COM Users, Remote Management Users. */
const localGroups: ReadonlyMap<string, readonly [kind: EdgeKind, name: string, cost: number]> = new Map([['544', ['CAN_ADMIN', 'AdminTo', 1]], ['555', ['CAN_EXEC', 'CanRDP', 2]], ['562', ['CAN_EXEC', 'ExecuteDCOM', 2]], ['580', ['CAN_EXEC', 'CanPSRemote', 2]]]);
const legacyGroups: ReadonlyMap<string, string> = new Map([['LocalAdmins', '544'], ['RemoteDesktopUsers', '555'], ['DcomUsers', '562'], ['PSRemoteUsers', '580']]);

function machine(urn: string, record: JsonObject): readonly Edge[] {
  const local = list(record, 'LocalGroups').map((group) => ({ rid: ridOf(str(group, 'ObjectIdentifier') ?? ''), members: list(group, 'Results') }));
  const legacy = [...legacyGroups].map(([key, rid]) => ({ rid, members: results(record, key) }));
  const through = [...local, ...legacy].flatMap(({ rid, members }) => {
    const right = localGroups.get(rid);
    return right === undefined ? [] : members.flatMap((m) => { const id = idIn(m); return id === undefined ? [] : [edge(adUrn(id), right[0], urn, right[1], right[2])]; });
  });
  const sessions = ['Sessions', 'PrivilegedSessions', 'RegistrySessions'].flatMap((key) => results(record, key)).flatMap((s) => { const user = userOf(s); return user === undefined ? [] : [loggedOn(urn, user)]; });
  return [...through, ...sessions];
}

/** Containment, by which rights on a container come down to what it holds unless that is protected; and group policies. */
function place(urn: string, type: string, record: JsonObject): readonly Edge[] {
  const inside = (holder: string, held: string, isProtected: boolean): readonly Edge[] => [edge(holder, 'CONTAINS', held, 'Contains'), ...(isProtected ? [] : [edge(holder, 'CAN_ADMIN', held, 'Contains', 2)])];
  const holder = str(record, 'ContainedBy', 'ObjectIdentifier');
  const children = list(record, 'ChildObjects').flatMap((c) => { const id = idIn(c); return id === undefined ? [] : [edge(urn, 'CONTAINS', adUrn(id), 'Contains')]; });
  const links = list(record, 'Links').flatMap((l) => { const gpo = str(l, 'GUID') ?? str(l, 'Guid'); return gpo === undefined ? [] : [edge(adUrn(gpo), 'CAN_ADMIN', urn, 'GPLink', 2)]; });
  const computers = list(record, 'GPOChanges', 'AffectedComputers').flatMap((c) => idIn(c) ?? []);
  const admins = list(record, 'GPOChanges', 'LocalAdmins').flatMap((a) => idIn(a) ?? []);
  return [
    ...(holder === undefined ? [] : inside(adUrn(holder), urn, record['IsACLProtected'] === true || type === 'Domain')), ...children, ...links,
    ...admins.flatMap((a) => computers.map((c) => edge(adUrn(a), 'CAN_ADMIN', adUrn(c), 'AdminTo by group policy', 1))),
  ];
}

/** Who is trusted gets in; without SID filtering its administrators become any of the trusting domain's. */
function trusts(urn: string, record: JsonObject): readonly Edge[] {
  return list(record, 'Trusts').flatMap((trust): readonly Edge[] => {
    const other = str(trust, 'TargetDomainSid'), direction = str(trust, 'TrustDirection') ?? '';
    if (other === undefined) return [];
    const outbound = /^(outbound|bidirectional|2|3)$/i.test(direction), inbound = /^(inbound|bidirectional|1|3)$/i.test(direction), open = at(trust, 'SidFilteringEnabled') === false;
    const between = (trusting: string, trusted: string): readonly Edge[] => [edge(trusting, 'TRUSTS', trusted, str(trust, 'TrustType') ?? 'trust'), ...(open ? [edge(trusted, 'PRIVESC', trusting, 'SpoofSIDHistory', 4)] : [])];
    return [...(outbound ? between(urn, adUrn(other)) : []), ...(inbound ? between(adUrn(other), urn) : [])];
  });
}
