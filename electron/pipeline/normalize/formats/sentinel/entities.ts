import { at, isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import type { Observables } from '#shared/model/finding.ts';
import { presentObservables } from '../../action-observables.ts';
import { cloudSubject, hostSubject, isAddress, isSystemAccount, subject, userSubject, type Subject } from '../alerts/subject.ts';
import { hostOf } from '../ms-graph-alerts/evidence.ts';

/** An entity of an alert (Microsoft Sentinel, "Entity types reference"), its keys in lower case: tables write `HostName`, the API `hostName`. */
export interface SentinelEntity { readonly type: string; readonly raw: JsonObject; readonly subject: Subject | undefined }

const ranks: Readonly<Record<string, number>> = { azureresource: 100, amazonresource: 100, gcpresource: 100, host: 90, container: 82, pod: 84, account: 75, mailbox: 70, mailmessage: 50, securitygroup: 60, cloudapplication: 45, iotdevice: 88, ip: 30, dns: 26, dnsresolution: 26, url: 25, file: 20, malware: 10 };
const lower = (value: JsonObject): JsonObject => Object.fromEntries(Object.entries(value).map(([key, item]) => [key.toLowerCase(), item]));

/** Entities as tables (`Type`, `$id`, `$ref`) and the API (`kind`, `properties`) write them. */
export function entitiesIn(values: readonly unknown[]): readonly SentinelEntity[] {
  const items = values.slice(0, 500).filter(isObject), byId = new Map<string, JsonObject>();
  for (const item of items) { const id = str(item, '$id'); if (id !== undefined) byId.set(id, item); }
  return items.flatMap((item) => {
    const own = isObject(item['properties']) ? item['properties'] : item, type = (str(item, 'Type') ?? str(item, 'kind') ?? str(item, 'type') ?? '').toLowerCase().replace(/[^a-z]/g, '');
    const raw = Object.fromEntries(Object.entries(lower(own)).map(([key, value]) => { const ref = str(value, '$ref'); return [key, ref === undefined ? value : byId.get(ref) ?? value]; }));
    return type === '' ? [] : [{ type, raw, subject: subjectOf(type, raw) }];
  });
}

function subjectOf(type: string, raw: JsonObject): Subject | undefined {
  switch (type) {
    case 'azureresource': return str(raw, 'resourceid') === undefined ? undefined : cloudSubject({ provider: 'azure', id: str(raw, 'resourceid') ?? '', type: str(raw, 'resourcetype'), name: undefined });
    case 'amazonresource': return str(raw, 'amazonresourceid') === undefined ? undefined : cloudSubject({ provider: 'aws', id: str(raw, 'amazonresourceid') ?? '', type: str(raw, 'resourcetype'), name: str(raw, 'resourcename'), scope: { account: str(raw, 'amazonaccountid') } });
    case 'gcpresource': return gcp(raw);
    case 'host': return hostOfEntity(raw);
    case 'account': return accountOf(raw);
    case 'mailbox': return userSubject([str(raw, 'upn'), str(raw, 'mailboxprimaryaddress'), str(raw, 'externaldirectoryobjectid')]);
    case 'mailmessage': return userSubject([str(raw, 'recipient')]);
    case 'cloudapplication': return subject('application', [str(raw, 'instancename'), str(raw, 'name') ?? str(raw, 'appname'), str(raw, 'appid')]);
    case 'securitygroup': return subject('group', [str(raw, 'distinguishedname'), str(raw, 'sid')]);
    case 'iotdevice': return subject('host', [str(raw, 'devicename'), str(raw, 'deviceid'), str(raw, 'ipaddress', 'Address')]);
    case 'pod': case 'container': return subject(type === 'pod' ? 'pod' : 'container_workload', [str(raw, 'name'), str(raw, 'containerid')]);
    case 'ip': return subject('ip', [str(raw, 'address')]);
    case 'dns': case 'dnsresolution': return subject('domain', [str(raw, 'domainname')]);
    case 'url': return subject('domain', [hostOf(str(raw, 'url'))]);
    case 'file': return subject('file', [str(list(raw, 'filehashes')[0], 'Value'), str(raw, 'name') ?? str(raw, 'filename')]);
    case 'malware': return subject('other', [str(raw, 'name') ?? str(raw, 'malwarename')]);
    default: return undefined;
  }
}

function gcp(raw: JsonObject): Subject | undefined {
  const name = str(raw, 'fullresourcename') ?? str(raw, 'relatedresourcename') ?? str(raw, 'resourcename');
  return name === undefined ? undefined : cloudSubject({ provider: 'gcp', id: /^[a-z0-9.-]+\.googleapis\.com\//.test(name) ? `//${name}` : name, type: str(raw, 'resourcetype'), name: str(raw, 'resourcename'), scope: { account: str(raw, 'projectid') } });
}

function hostOfEntity(raw: JsonObject): Subject | undefined {
  const azure = str(raw, 'azureid'), name = str(raw, 'hostname') ?? str(raw, 'netbiosname'), domain = str(raw, 'dnsdomain'), full = str(raw, 'fullyqualifieddomainname') ?? str(raw, 'fqdn');
  const joined = name === undefined || domain === undefined || name.endsWith(`.${domain}`) ? undefined : `${name}.${domain}`;
  return hostSubject({ resource: azure?.startsWith('/subscriptions/') === true || azure?.startsWith('arn:') === true ? azure : undefined, names: [full, joined, name], ids: [str(raw, 'netbiosname'), azure], addresses: [str(raw, 'ipaddress')] });
}

function accountOf(raw: JsonObject): Subject | undefined {
  const name = str(raw, 'name') ?? str(raw, 'accountname'), suffix = str(raw, 'upnsuffix'), domain = str(raw, 'ntdomain');
  if (name !== undefined && isSystemAccount(domain === undefined ? name : `${domain}\\${name}`)) return undefined;
  const upn = str(raw, 'userprincipalname') ?? (name === undefined || suffix === undefined || name.includes('@') ? undefined : `${name}@${suffix}`);
  const inDomain = name === undefined || domain === undefined || name.includes('\\') ? undefined : `${domain}\\${name}`;
  return userSubject([upn, name?.includes('@') === true ? name : undefined, inDomain, name, str(raw, 'displayname'), str(raw, 'friendlyname'), str(raw, 'aaduserid'), str(raw, 'objectguid'), str(raw, 'sid')]);
}

/** What an alert is about: all entities of the likeliest kind, the one first that the alert calls the compromised one. */
export function subjectsIn(entities: readonly SentinelEntity[], compromised: string | undefined): readonly Subject[] {
  const rank = ({ type, subject: about }: SentinelEntity): number => (about === undefined ? -1 : (Object.hasOwn(ranks, type) ? ranks[type] ?? 0 : 0) + (compromised !== undefined && [about.entity, ...about.aliases].some((name) => name.toLowerCase() === compromised.toLowerCase()) ? 200 : 0));
  const sorted = entities.map((entity) => ({ entity, rank: rank(entity) })).filter((item) => item.rank >= 0).toSorted((a, b) => b.rank - a.rank), seen = new Set<string>();
  return sorted.filter((item) => item.rank === sorted[0]?.rank).flatMap(({ entity: { subject: about } }) => (about === undefined || seen.has(about.entity) || !seen.add(about.entity) ? [] : [about])).slice(0, 100);
}

export function observablesIn(entities: readonly SentinelEntity[]): Observables | undefined {
  const of = (type: string): JsonObject | undefined => entities.find((entity) => entity.type === type)?.raw, ip = entities.find((entity) => entity.type === 'ip' && isAddress(str(entity.raw, 'address')))?.raw;
  const process = of('process'), file = of('file'), image = at(process, 'imagefile'), hash = of('filehash'), account = entities.find((entity) => entity.type === 'account' && entity.subject !== undefined), host = of('host');
  return presentObservables({
    user: account?.subject?.entity, src_ip: str(ip, 'address'), country: (str(ip, 'location', 'CountryCode') ?? str(ip, 'location', 'countryCode'))?.toUpperCase(), host: str(host, 'hostname') ?? str(host, 'netbiosname'),
    process: str(process, 'commandline') ?? str(image, 'Name') ?? str(image, 'name'), file_hash: str(hash, 'value') ?? str(hash, 'hashvalue') ?? str(list(file, 'filehashes')[0], 'Value'),
    domain: str(of('dns'), 'domainname') ?? str(of('dnsresolution'), 'domainname') ?? hostOf(str(of('url'), 'url')),
  });
}
