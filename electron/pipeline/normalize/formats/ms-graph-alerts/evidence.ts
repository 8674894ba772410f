import { at, list, str } from '#shared/lib/json.ts';
import type { Observables } from '#shared/model/finding.ts';
import { presentObservables } from '../../action-observables.ts';
import { cloudSubject, hostSubject, isAddress, isSystemAccount, subject, userSubject, type Subject } from '../alerts/subject.ts';

/** A piece of evidence with what it is about; `rank` orders what an alert is about when it names several things. */
export interface Piece { readonly type: string; readonly raw: unknown; readonly subject: Subject | undefined; readonly rank: number; readonly roles: readonly string[] }

/** The name of an evidence type (`deviceEvidence` → `device`), which SIEMs rename and some lists leave out: then its own fields tell it. */
function typeOf(raw: unknown): string {
  const named = /(\w+?)Evidence$/i.exec(str(raw, '@odata.type') ?? str(raw, 'at_sign_odata_type') ?? str(raw, '@odata_type') ?? '')?.[1];
  if (named !== undefined) return named.charAt(0).toLowerCase() + named.slice(1);
  const found = fieldsOfTypes.find(([, fields]) => fields.some((field) => at(raw, field) !== undefined));
  return found?.[0] ?? '';
}

const fieldsOfTypes: readonly (readonly [string, readonly string[]])[] = [
  ['process', ['processCommandLine', 'processId']], ['device', ['deviceDnsName', 'mdeDeviceId', 'hostName']], ['mailbox', ['primaryAddress']], ['analyzedMessage', ['networkMessageId']], ['user', ['userAccount']], ['ip', ['ipAddress']],
  ['azureResource', ['resourceId']], ['amazonResource', ['amazonResourceId']], ['googleCloudResource', ['fullResourceName']], ['file', ['fileDetails']], ['url', ['url']],
];

/** How near a thing is to what an alert is about; identity products speak of users first. */
const ranks: Readonly<Record<string, number>> = {
  azureResource: 100, amazonResource: 100, googleCloudResource: 100, device: 90, kubernetesPod: 84, kubernetesController: 83, container: 82, blobContainer: 81, blob: 80, kubernetesCluster: 79, containerImage: 78, containerRegistry: 77, kubernetesSecret: 76,
  kubernetesServiceAccount: 76, user: 75, mailbox: 70, oauthApplication: 65, cloudApplication: 45, securityGroup: 60, gitHubRepo: 60, analyzedMessage: 50, ip: 30, dns: 26, url: 25, file: 20,
};
const identityServices = /identity|cloudApps|office365|dataLossPrevention|appGovernance|insiderRisk/i;
/** Roles (alertEvidence, `evidenceRole`) of who acted, or what is only mentioned; and of who was acted upon. */
const isActor = (role: string): boolean => /^(attacker|source|commandAndControl|contextual)$/i.test(role), isVictim = (role: string): boolean => /^(compromised|attacked|impacted)$/i.test(role);

/** What an alert names, each with its rank, the likeliest to be meant first. */
export function piecesOf(alert: unknown): readonly Piece[] {
  const isIdentity = identityServices.test(`${str(alert, 'serviceSource') ?? ''} ${str(alert, 'detectionSource') ?? ''}`) && !/endpoint/i.test(str(alert, 'serviceSource') ?? '');
  const all = list(alert, 'evidence').slice(0, 500).map((raw): Piece => {
    const type = typeOf(raw), roles = list(raw, 'roles').flatMap((role) => str(role) ?? []), base = isIdentity && type === 'user' ? 95 : Object.hasOwn(ranks, type) ? ranks[type] ?? 0 : 0;
    return { type, raw, roles, subject: subjectOf(type, raw, alert), rank: base + (roles.some(isVictim) ? 30 : roles.length > 0 && roles.every(isActor) ? -60 : 0) };
  });
  return all.toSorted((a, b) => b.rank - a.rank);
}

/** What an alert is about: all of the likeliest kind (two hosts, three buckets), each once. */
export function subjectsOf(pieces: readonly Piece[]): readonly Subject[] {
  const named = pieces.filter((piece) => piece.subject !== undefined), [first] = named, seen = new Set<string>();
  return named.filter((piece) => piece.rank === first?.rank && piece.type === first.type).flatMap(({ subject: about }) => (about === undefined || seen.has(about.entity) || !seen.add(about.entity) ? [] : [about])).slice(0, 100);
}

function subjectOf(type: string, raw: unknown, alert: unknown): Subject | undefined {
  switch (type) {
    case 'device': return deviceSubject(raw);
    case 'user': return accountSubject(at(raw, 'userAccount') ?? raw);
    case 'mailbox': return userSubject([str(raw, 'userAccount', 'userPrincipalName'), str(raw, 'upn'), str(raw, 'primaryAddress'), str(raw, 'userAccount', 'azureAdUserId')]);
    case 'analyzedMessage': return userSubject([str(raw, 'recipientEmailAddress')]);
    case 'azureResource': return azure(str(raw, 'resourceId'), str(raw, 'resourceType'), str(raw, 'resourceName'));
    case 'amazonResource': return amazon(raw);
    case 'googleCloudResource': return google(raw);
    case 'blobContainer': return azure(str(raw, 'storageResource', 'resourceId'), 'storage account', str(raw, 'name')) ?? subject('bucket', [str(raw, 'url'), str(raw, 'name')]);
    case 'blob': return azure(str(raw, 'blobContainer', 'storageResource', 'resourceId'), 'storage account', undefined) ?? subject('bucket', [str(raw, 'blobContainer', 'url'), str(raw, 'blobContainer', 'name')]);
    case 'kubernetesPod': return subject('pod', [inNamespace(raw), str(raw, 'name')]);
    case 'kubernetesController': return subject('container_workload', [inNamespace(raw), str(raw, 'name')]);
    case 'kubernetesServiceAccount': return subject('service_account', [inNamespace(raw), str(raw, 'name')]);
    case 'kubernetesSecret': return subject('secret_key', [inNamespace(raw), str(raw, 'name')]);
    case 'kubernetesCluster': return azure(str(raw, 'cloudResource', 'resourceId'), 'cluster', str(raw, 'name')) ?? amazonOr(at(raw, 'cloudResource')) ?? subject('cluster', [str(raw, 'name')]);
    case 'container': return subject('container_workload', [str(raw, 'name'), str(raw, 'containerId')]);
    case 'containerImage': return subject('image', [str(raw, 'imageId'), str(raw, 'digestImage', 'imageId')]);
    case 'containerRegistry': return subject('image', [str(raw, 'registry')]);
    case 'oauthApplication': return subject('application', [str(raw, 'displayName'), str(raw, 'appId'), str(raw, 'objectId')]);
    case 'cloudApplication': return subject('application', [str(raw, 'instanceName') ?? str(raw, 'displayName'), str(raw, 'displayName'), str(raw, 'appId')]);
    case 'securityGroup': return subject('group', [str(raw, 'displayName'), str(raw, 'securityGroupId')]);
    case 'gitHubRepo': return subject('repository', [str(raw, 'baseUrl'), str(raw, 'repoId')]);
    case 'ip': return subject('ip', [str(raw, 'ipAddress')]);
    case 'dns': return subject('domain', [str(raw, 'domainName')]);
    case 'url': return subject('domain', [hostOf(str(raw, 'url'))]);
    case 'file': return subject('file', [str(raw, 'fileDetails', 'sha256'), str(raw, 'fileDetails', 'sha1'), str(raw, 'fileDetails', 'fileName'), str(alert, 'threatDisplayName')]);
    default: return undefined;
  }
}

const inNamespace = (raw: unknown): string | undefined => { const space = str(raw, 'namespace', 'name'), name = str(raw, 'name'); return space === undefined || name === undefined ? name : `${space}/${name}`; };
const azure = (id: string | undefined, type: string | undefined, name: string | undefined): Subject | undefined => (id === undefined ? undefined : cloudSubject({ provider: 'azure', id, type, name }));
const amazonOr = (raw: unknown): Subject | undefined => amazon(raw) ?? google(raw);

function amazon(raw: unknown): Subject | undefined {
  const id = str(raw, 'amazonResourceId') ?? (str(raw, 'amazonAccountId') === undefined ? undefined : str(raw, 'resourceName'));
  return id === undefined ? undefined : cloudSubject({ provider: 'aws', id, type: str(raw, 'resourceType'), name: str(raw, 'resourceName'), scope: { account: str(raw, 'amazonAccountId') } });
}

/** Some records leave out that the full name begins with `//`. */
function google(raw: unknown): Subject | undefined {
  const full = str(raw, 'fullResourceName'), project = str(raw, 'projectId'), location = str(raw, 'location');
  const id = full === undefined ? str(raw, 'resourceName') : /^[a-z0-9.-]+\.googleapis\.com\//.test(full) ? `//${full}` : full;
  if (id === undefined || (full === undefined && project === undefined)) return undefined;
  return cloudSubject({ provider: 'gcp', id, type: str(raw, 'resourceType'), name: str(raw, 'resourceName'), scope: { account: project, region: location } });
}

/** A machine in Azure by its resource's id; others by DNS name (azureAdDeviceId and mdeDeviceId are ids of directory and sensor). */
function deviceSubject(raw: unknown): Subject | undefined {
  const vm = str(raw, 'vmMetadata', 'resourceId'), host = str(raw, 'hostName'), domain = str(raw, 'dnsDomain');
  return hostSubject({
    resource: vm?.startsWith('/subscriptions/') === true || vm?.startsWith('arn:') === true ? vm : undefined,
    names: [str(raw, 'deviceDnsName'), host !== undefined && domain !== undefined ? `${host}.${domain}` : undefined, host], ids: [str(raw, 'mdeDeviceId'), str(raw, 'azureAdDeviceId')],
    addresses: [str(raw, 'lastIpAddress'), str(raw, 'lastExternalIpAddress')],
  });
}

function accountSubject(account: unknown): Subject | undefined {
  const name = str(account, 'accountName'), domain = str(account, 'domainName');
  const full = name === undefined || domain === undefined ? undefined : domain.includes('.') ? `${name}@${domain}` : `${domain}\\${name}`;
  if (name !== undefined && isSystemAccount(name)) return undefined;
  return userSubject([str(account, 'userPrincipalName'), full, name, str(account, 'displayName'), str(account, 'azureAdUserId'), str(account, 'userSid')]);
}

export const hostOf = (url: string | undefined): string | undefined => (url === undefined ? undefined : /^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^/@]*@)?([^/:?#\s]+)/i.exec(url.trim().slice(0, 2000))?.[1]?.toLowerCase());

/** Who came from where, with what: of the pieces that say so. */
export function observablesOf(pieces: readonly Piece[]): Observables | undefined {
  const first = (type: string): unknown => pieces.find((piece) => piece.type === type)?.raw, address = pieces.filter((piece) => piece.type === 'ip' && isAddress(str(piece.raw, 'ipAddress')));
  const targets = address.filter((piece) => piece.roles.some((role) => /^(destination|commandAndControl|attacked)$/i.test(role))), hasDevice = pieces.some((piece) => piece.type === 'device');
  // Beside a host an address without a role may be either side's.
  const [source] = address.filter((piece) => !targets.includes(piece) && !(hasDevice && piece.roles.length === 0));
  const process = first('process'), file = first('file'), user = pieces.find((piece) => piece.type === 'user' && piece.subject !== undefined), device = pieces.find((piece) => piece.type === 'device');
  const session = first('cloudLogonSession'), url = first('url'), connection = first('networkConnection');
  return presentObservables({
    user: user?.subject?.entity ?? pieces.find((piece) => piece.type === 'mailbox')?.subject?.entity,
    src_ip: str(source?.raw, 'ipAddress') ?? str(connection, 'sourceAddress', 'ipAddress'), dst_ip: str(targets[0]?.raw, 'ipAddress') ?? str(connection, 'destinationAddress', 'ipAddress'),
    country: (str(source?.raw, 'countryLetterCode') ?? str(source?.raw, 'location', 'countryName'))?.toUpperCase(), host: str(device?.raw, 'deviceDnsName') ?? str(device?.raw, 'hostName'),
    process: str(process, 'processCommandLine') ?? str(process, 'imageFile', 'fileName'), user_agent: str(session, 'userAgent'),
    file_hash: str(file, 'fileDetails', 'sha256') ?? str(file, 'fileDetails', 'sha1') ?? str(process, 'imageFile', 'sha256') ?? str(process, 'imageFile', 'sha1') ?? str(first('fileHash'), 'value'), domain: str(first('dns'), 'domainName') ?? hostOf(str(url, 'url')),
  });
}
