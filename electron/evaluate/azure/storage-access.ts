import { at, list, str } from '#shared/lib/json.ts';
import { azureType, noContainers } from '#shared/model/azure.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { hasUntold, onceApplied } from '#shared/model/untold.ts';
import type { Answer, Missing, Reason, StorageAccess } from '#shared/model/verdict.ts';
import { allOf, anyOf, not } from '../kleene.ts';
import { supposedOf } from '#shared/model/untold.ts';
import { missingPlace, unplacedOf } from './unplaced.ts';
import { internetSources, parseNetwork, sizeOf, union } from '../network/cidr.ts';

const accounts = azureType('Microsoft.Storage/storageAccounts'), containerType = azureType('Microsoft.Storage/storageAccounts/blobServices/containers');

interface Control { readonly isUntold?: boolean; readonly blocks: Answer; readonly code: string; readonly kind: NonNullable<StorageAccess['blocking_control']>['kind']; readonly reason: Reason; readonly network_bound: boolean }
interface Container { readonly resource: StoredResource; readonly name: string; readonly level: 'blob' | 'container' | 'none' | 'untold'; readonly isWebsite: boolean }

/**
 * Can anyone read or list blobs of a storage account, or of one container? The account lets containers be public, the container is public
 * (Blob: read; Container: read and list), and the network lets the internet in (design 5-graph §1, Azure Blob). The `$web` container of a static
 * website is served without the first two. Codes `BLOB_PUBLIC_ACCESS_DISABLED`, `NO_GRANT`, `PUBLIC_NETWORK_DISABLED`, `NETWORK_RULES`.
 */
export function evaluateBlobAccess(graph: GraphView, urn: string): StorageAccess {
  const subject = graph.resource(urn);
  if (!subject) return lost(urn, 'the storage account');
  const account = subject.type === accounts ? subject : graph.resource(subject.urn.replace(/\/blobservices\/.*$/, ''));
  if (!account) return lost(subject.urn.replace(/\/blobservices\/.*$/, ''), 'the storage account');
  const containers = containersOf(graph, account, subject);
  const network = networkControls(graph, account);
  const reachable = not(anyOf(network.map((c) => c.blocks)));
  const setting = publicSetting(account);
  const allowed = not(setting.blocks);
  const places = subject.type === accounts ? unplacedOf(graph, 'container').filter((c) => str(c.config, 'publicAccess') !== 'private') : [], sites = subject.type === accounts ? unplacedOf(graph, 'website') : [];
  const kind = (levels: readonly string[]): Answer => anyOf([
    ...(places.length > 0 ? [allOf([allowed, reachable, 'unknown'])] : []), ...(sites.length > 0 && levels.includes('blob') ? [allOf([reachable, 'unknown'])] : []),
    containers === undefined ? allOf([allowed, reachable, 'unknown']) : anyOf(containers.map((c) => allOf([reachable, c.isWebsite && levels.includes('blob') ? 'yes' : allOf([allowed, c.level === 'untold' ? 'unknown' : levels.includes(c.level) ? 'yes' : 'no'])]))),
  ]);
  const actual = { list: kind(['container']), read: kind(['blob', 'container']), write: 'no' as const, acl: 'no' as const };
  const answer = anyOf(Object.values(actual));
  const open = (containers ?? []).filter((c) => c.level !== 'none' || c.isWebsite);
  const isOnlyWebsite = open.length > 0 && open.every((c) => c.isWebsite);
  const controls = [...network, setting];
  const control = answer === 'no' ? blocking(account, controls, open) : undefined;
  const via = open.find((c) => (c.isWebsite || (setting.blocks !== 'yes' && c.level !== 'untold')));
  return {
    public: {
      answer, reasons: [...open.slice(0, 5).map(containerReason), ...controls.filter((c) => c.blocks !== 'no' || answer === 'yes').map((c) => c.reason), ...(control?.kind === 'no_grant' ? [{ rule: 'BLOB.control', source: control.source, pointer: control.pointer, text: control.text }] : [])],
      assumed: answer === 'yes' && isOnlyWebsite ? ['static_website_enabled'] : answer === 'no' && (containers === undefined || supposedOf(account.config).includes('static_website')) && network.every((c) => c.blocks !== 'yes') ? ['static_website'] : [],
      missing: answer === 'unknown' ? [...missingOf(account, containers, controls), ...[...places, ...sites, ...(network.some((c) => c.code === 'NETWORK_RULES' && c.blocks === 'unknown') ? unplacedOf(graph, 'network_rules') : [])].map(missingPlace)] : [],
      ...(control && { blocked_by: codeOf(control, controls) }), ...(answer === 'yes' && via && { via: containerReason(via).text }),
    },
    policy_public: anyOf(open.map((c) => (c.isWebsite ? 'yes' : allOf([allowed, c.level === 'untold' ? 'unknown' : 'yes'])))), acl_public: 'no', public_actual: actual,
    restricted_to: { vpce: [], vpc: list(account.config, 'networkAcls', 'virtualNetworkRules').flatMap((r) => str(r, 'id') ?? []), cidrs: ipRules(account), orgs: [], accounts: [] },
    misleading: answer === 'no' && open.length > 0 ? ['policy'] : [], ...(control && { blocking_control: control }),
  };
}

function lost(entity: string, what: string): StorageAccess {
  const missing: Missing = { what, entity, supply: 'az storage account list, az storage container-rm list, or Resource Graph' };
  return { public: { answer: 'unknown', assumed: [], missing: [missing], reasons: [] }, policy_public: 'unknown', acl_public: 'unknown', public_actual: { list: 'unknown', read: 'unknown', write: 'unknown', acl: 'unknown' }, restricted_to: { vpce: [], vpc: [], cidrs: [], orgs: [], accounts: [] }, misleading: [] };
}

/** Recorded containers of the account, or the one asked about; undefined when none is recorded, which says nothing of what there is, but of an account that a plan makes. */
function containersOf(graph: GraphView, account: StoredResource, subject: StoredResource): readonly Container[] | undefined {
  const all = subject.type === containerType ? [subject] : graph.ofType(containerType).filter((c) => c.urn.startsWith(`${account.urn}/`));
  if (all.length === 0) return supposedOf(account.config).includes(noContainers) ? [] : undefined;
  return all.map((resource) => {
    const level = hasUntold(resource.config, 'publicAccess') ? 'untold' : (str(resource.config, 'publicAccess') ?? 'none').toLowerCase();
    const name = str(resource.config, 'name') ?? resource.urn.slice(resource.urn.lastIndexOf('/') + 1);
    return { resource, name, level: level === 'blob' || level === 'container' || level === 'untold' ? level : 'none', isWebsite: name.endsWith('$web') };
  });
}

const containerReason = ({ resource, name, level, isWebsite }: Container): Reason => ({ rule: 'BLOB.container', source: resource.urn, pointer: level === 'none' || level === 'untold' ? '' : '/publicAccess', text: level === 'untold' ? `whether container ${name} is public is not told` : isWebsite && level === 'none' ? 'the static website serves what is in $web to anyone' : `container ${name} is public at the level ${level}` });

function publicSetting(account: StoredResource): Control {
  const value = at(account.config, 'allowBlobPublicAccess');
  if (hasUntold(account.config, 'allowBlobPublicAccess')) return { isUntold: true, blocks: 'unknown', code: 'BLOB_PUBLIC_ACCESS_DISABLED', kind: 'account_setting', network_bound: false, reason: { rule: 'BLOB.allow_public', source: account.urn, pointer: '', text: 'whether the account lets containers be public is not told' } };
  return { blocks: value === false ? 'yes' : 'no', code: 'BLOB_PUBLIC_ACCESS_DISABLED', kind: 'account_setting', network_bound: false, reason: { rule: 'BLOB.allow_public', source: account.urn, pointer: value === undefined ? '' : '/allowBlobPublicAccess', text: value === false ? 'the account lets no container be public' : `the account lets containers be public (allowBlobPublicAccess ${typeof value === 'boolean' ? String(value) : 'not set'})` } };
}

const ipRules = (account: StoredResource): readonly string[] => (str(account.config, 'networkAcls', 'defaultAction')?.toLowerCase() === 'deny' ? list(account.config, 'networkAcls', 'ipRules').flatMap((r) => str(r, 'value') ?? str(r, 'ipAddressOrRange') ?? str(r, 'iPAddressOrRange') ?? []) : []);

function networkControls(graph: GraphView, account: StoredResource): readonly Control[] {
  const acls = at(account.config, 'networkAcls'), isAccessOpen = hasUntold(account.config, 'publicNetworkAccess'), access = isAccessOpen ? 'not told' : (str(account.config, 'publicNetworkAccess') ?? 'Enabled').toLowerCase();
  const action = str(acls, 'defaultAction')?.toLowerCase(), isDenied = action === 'deny', areRulesOpen = hasUntold(account.config, 'networkAcls') || hasUntold(acls, 'defaultAction') || (isDenied && hasUntold(acls, 'ipRules'));
  const isOpen = at(account.config, 'networkAcls') === undefined && unplacedOf(graph, 'network_rules').length > 0;
  const internet = internetSources(4);
  const isWide = sizeOf(union(ipRules(account).flatMap((r) => { const n = parseNetwork(r); return n?.family === 4 ? [n] : []; }))) > internet.threshold;
  return [
    { isUntold: isAccessOpen, blocks: access === 'disabled' ? 'yes' : access === 'securedbyperimeter' || isAccessOpen ? 'unknown' : 'no', code: 'PUBLIC_NETWORK_DISABLED', kind: 'network_rule', network_bound: true, reason: { rule: 'BLOB.public_network', source: account.urn, pointer: at(account.config, 'publicNetworkAccess') === undefined ? '' : '/publicNetworkAccess', text: `public network access is ${access}` } },
    { isUntold: areRulesOpen, blocks: areRulesOpen && !isWide ? 'unknown' : isDenied && !isWide ? 'yes' : isOpen ? 'unknown' : 'no', code: 'NETWORK_RULES', kind: 'network_rule', network_bound: true, reason: { rule: 'BLOB.network_rules', source: account.urn, pointer: at(account.config, 'networkAcls') === undefined ? '' : '/networkAcls', text: areRulesOpen ? 'what the firewall of the account lets in is not told' : isDenied ? `the firewall of the account lets in ${ipRules(account).slice(0, 3).join(', ') || 'named networks'} only` : 'the firewall of the account lets everyone in' } },
  ];
}

/** The network goes for everything, so it is named first; then the setting of the account. */
function blocking(account: StoredResource, controls: readonly Control[], open: readonly Container[]): StorageAccess['blocking_control'] {
  const found = controls.find((c) => c.blocks === 'yes');
  if (!found) return { kind: 'no_grant', source: account.urn, pointer: '', text: open.length === 0 ? 'no container is public' : 'no public container is reached', network_bound: false };
  return { kind: found.kind, source: found.reason.source, pointer: found.reason.pointer, text: found.reason.text, network_bound: found.network_bound };
}

const codeOf = (control: NonNullable<StorageAccess['blocking_control']>, controls: readonly Control[]): string => controls.find((c) => c.reason.text === control.text)?.code ?? 'NO_GRANT';

function missingOf(account: StoredResource, containers: readonly Container[] | undefined, controls: readonly Control[]): readonly Missing[] {
  return [
    ...(containers === undefined ? [{ what: 'the containers of the storage account', entity: account.urn, supply: 'az storage container-rm list --storage-account, or an ARM list of blobServices/default/containers' }] : []),
    ...controls.filter((c) => c.blocks === 'unknown' && c.isUntold === true).map((c) => ({ what: c.reason.text, entity: account.urn, supply: onceApplied })), ...(containers ?? []).filter((c) => c.level === 'untold').map((c) => ({ what: containerReason(c).text, entity: c.resource.urn, supply: onceApplied })),
    ...controls.filter((c) => c.blocks === 'unknown' && c.code === 'PUBLIC_NETWORK_DISABLED' && c.isUntold !== true).map(() => ({ what: 'the network security perimeter of the account', entity: account.urn, supply: 'a person' })),
  ];
}
