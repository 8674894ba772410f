import { at, list, scalarText, str } from '#shared/lib/json.ts';
import type { AzureType } from '#shared/model/azure.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { hasUntold } from '#shared/model/untold.ts';
import type { Answer } from '#shared/model/verdict.ts';
import { anyOf } from '../../kleene.ts';
import { intersect, parseNetwork, sizeOf, union, type Family, type Network, type Range, type Sources } from '../../network/cidr.ts';
import { evaluateStages, type OrderedRule } from '../../network/ordered-rules.ts';
import type { ReachAsk } from '../../reach-ask.ts';
import { lostRow, row, untoldRow, type Row, type Way } from '../../row.ts';
import { leftOpen, unplacedOf } from '../unplaced.ts';

const text = (r: Row): string => r.reasons[0]?.text ?? '';
const way = (resource: StoredResource, rows: readonly Row[], port: number, address: string | undefined, ask: ReachAsk): Way => ({
  rows: ask.ports.from <= port && port <= ask.ports.to && ask.protocols.includes('tcp') ? rows : [...rows, row('LISTENER', 'no', resource.urn, '', `it listens on tcp ${port} only`)],
  open: [{ protocol: 'tcp', from: port, to: port }], addresses: address === undefined ? [] : [address], ruleOpens: anyOf(rows.filter((r) => r.code === 'NETWORK_RULES').map((r) => r.answer)), via: address ?? rows.map(text)[0] ?? resource.urn,
});

/** Do networks that a list lets in hold enough of the asker's addresses? */
function listed(code: string, source: string, pointer: string, networks: readonly (Network | Range | undefined)[], ask: ReachAsk, words: string): Row {
  const ranges = union(networks.flatMap((n) => (n && (!('family' in n) || n.family === 4) ? [n] : [])));
  const isOpen = ask.sources.filter((s) => s.family === 4).some((s) => sizeOf(intersect(ranges, s.ranges)) > s.threshold);
  if (!isOpen && networks.includes(undefined)) return lostRow(code, source, 'a network of the list', 'a person: it can’t be read as an address range');
  return row(code, isOpen ? 'yes' : 'no', source, pointer, isOpen ? `${words} let it in` : `${words} let only named networks in`);
}

const isOff = (value: string | undefined): boolean => /^(disabled|false)$/i.test(value ?? '');

/** Public network access first: switched off leaves private endpoints only. */
function publicAccess(resource: StoredResource): Row {
  if (hasUntold(resource.config, 'publicNetworkAccess', 'network')) return untoldRow('PUBLIC_NETWORK_DISABLED', resource.urn, 'its public network access');
  const paths = [['publicNetworkAccess'], ['network', 'publicNetworkAccess'], ['siteConfig', 'publicNetworkAccess']] as const;
  const path = paths.find((p) => at(resource.config, ...p) !== undefined);
  const value = path && str(resource.config, ...path);
  if (/^securedbyperimeter$/i.test(value ?? '')) return lostRow('PUBLIC_NETWORK_DISABLED', resource.urn, 'its network security perimeter', 'a person');
  return row('PUBLIC_NETWORK_DISABLED', isOff(value) ? 'no' : 'yes', resource.urn, path ? `/${path.join('/')}` : '', `public network access is ${value ?? 'not restricted'}`);
}

/** SQL, PostgreSQL and MySQL servers: firewall rules are ranges of addresses; 0.0.0.0 to 0.0.0.0 means services of Azure, not the internet. */
export function databaseWays(graph: GraphView, server: StoredResource, ask: ReachAsk): readonly Way[] {
  const type = `${server.type}/firewallRules`;
  const rules = [...graph.ofType(type).filter((r) => r.urn.startsWith(`${server.urn}/`)).map((r) => ({ config: r.config, source: r.urn })), ...list(server.config, 'firewallRules').map((config) => ({ config, source: server.urn }))];
  const ranges = rules.map(({ config }): Range | undefined => { const from = parseNetwork(str(config, 'startIpAddress') ?? ''), to = parseNetwork(str(config, 'endIpAddress') ?? ''); return from?.family === 4 && to?.family === 4 && from.from < to.to ? { from: from.from, to: to.to } : undefined; });
  const isRecorded = rules.length > 0 || graph.ofType(type).length > 0 || at(server.config, 'firewallRules') !== undefined;
  const delegated = str(server.config, 'network', 'delegatedSubnetResourceId') !== undefined;
  const unplaced = unplacedOf(graph, `${server.type}/firewallRules` as AzureType);
  const own = isRecorded ? listed('NETWORK_RULES', rules[0]?.source ?? server.urn, '', ranges, ask, rules.length === 0 ? 'no firewall rules' : 'the firewall rules') : lostRow('NETWORK_RULES', server.urn, 'the firewall rules of the server', 'az sql server firewall-rule list, or Resource Graph');
  const firewall = own.answer === 'no' ? leftOpen(own, unplaced) : own;
  const port = /postgresql/i.test(server.type) ? 5432 : /mysql/i.test(server.type) ? 3306 : 1433;
  const state = isOff(str(server.config, 'state')) || /^stopped$/i.test(str(server.config, 'state') ?? '') ? [row('STATE', 'no', server.urn, '/state', 'it is stopped')] : [];
  return [way(server, [delegated ? row('PUBLIC_NETWORK_DISABLED', 'no', server.urn, '/network/delegatedSubnetResourceId', 'it stands in a delegated subnet') : publicAccess(server), firewall, ...state], port, str(server.config, 'fullyQualifiedDomainName'), ask)];
}

/** Addresses that one access restriction names; undefined where it is not known which (a tag of a service, a subnet, a header). */
function restrictedAddresses(rule: unknown, family: Family): readonly Range[] | undefined {
  const text = str(rule, 'ipAddress') ?? '';
  const isTag = str(rule, 'tag')?.toLowerCase() === 'servicetag';
  const everyone = [{ from: 0n, to: 1n << (family === 4 ? 32n : 128n) }];
  if (/^any$/i.test(text) || (isTag && /^internet$/i.test(text))) return everyone;
  if (isTag || str(rule, 'vnetSubnetResourceId') !== undefined) return undefined;
  const networks = text.split(',').map((t) => parseNetwork(t.trim()));
  return networks.every((n) => n !== undefined) ? union(networks.filter((n) => n.family === family)) : undefined;
}

/** Where a site's settings are recorded: in the site, or in its configuration, which a list of sites leaves empty (App Service REST API, "Web Apps: List" and "List Configurations"). */
interface SiteSettings { readonly settings: unknown; readonly urn: string; readonly at: string }
function settingsOf(graph: GraphView, site: StoredResource): SiteSettings {
  const own = graph.resource(`${site.urn}/config/web`);
  return own === undefined ? { settings: at(site.config, 'siteConfig'), urn: site.urn, at: '/siteConfig' } : { settings: own.config, urn: own.urn, at: '' };
}

/** The access restrictions as rules in the order of their priorities; what is behind a service tag or a subnet is not the internet at large. */
function restrictionsOf({ settings, urn, at: base }: SiteSettings, sources: Sources): readonly OrderedRule[] {
  // Of a priority that isn't told a rule comes before all others, perhaps, and after them in any case.
  const found = list(settings, 'ipSecurityRestrictions').flatMap((rule, i) => (hasUntold(rule, 'priority') ? [{ rule, i, priority: 0, isSure: false }, { rule, i, priority: 2 ** 32, isSure: true }] : [{ rule, i, priority: Number(str(rule, 'priority') ?? 65000), isSure: true }])).toSorted((a, b) => a.priority - b.priority);
  return found.flatMap(({ rule, i, priority, isSure }): readonly OrderedRule[] => {
    const actions = hasUntold(rule, 'action') ? (['allow', 'deny'] as const) : ([/^deny$/i.test(str(rule, 'action') ?? 'Allow') ? 'deny' : 'allow'] as const), isOpen = hasUntold(rule, 'ipAddress');
    const ranges = isOpen ? undefined : restrictedAddresses(rule, sources.family);
    const isReadable = str(rule, 'tag')?.toLowerCase() === 'servicetag' || str(rule, 'vnetSubnetResourceId') !== undefined;
    if (ranges?.length === 0 || (ranges === undefined && !isOpen && isReadable && sources.threshold > 0)) return [];
    const name = str(rule, 'name') ?? str(rule, 'ipAddress') ?? '';
    // A rule that also looks at headers lets in whoever sends them.
    return actions.map((action) => ({ action, ports: [{ from: 0, to: 65535 }], ranges: ranges ?? sources.ranges, isSure: isSure && ranges !== undefined && actions.length === 1, reason: { rule: 'NETWORK_RULES', source: urn, pointer: `${base}/ipSecurityRestrictions/${i}`, text: `access restriction ${name} (priority ${hasUntold(rule, 'priority') ? 'not told' : priority}) ${action === 'deny' ? 'denies' : 'allows'} it` } }));
  });
}

/** App Service and Functions: access restrictions in the order of their priorities, the first match decides; without any everyone gets in. */
export function siteWays(graph: GraphView, site: StoredResource, ask: ReachAsk): readonly Way[] {
  const own = settingsOf(graph, site), told = at(own.settings, 'ipSecurityRestrictions'), written = list(told);
  // Rules that let some in shut the others out, where nothing says what becomes of them.
  const isFor = (rule: unknown): boolean => !/^any$/i.test(str(rule, 'ipAddress') ?? ''), fallback = str(own.settings, 'ipSecurityRestrictionsDefaultAction');
  const shut: readonly boolean[] = fallback !== undefined ? [fallback.toLowerCase() === 'deny'] : hasUntold(own.settings, 'ipSecurityRestrictionsDefaultAction') || written.some((r) => hasUntold(r, 'action', 'ipAddress')) ? [true, false] : [written.some((r) => !/^deny$/i.test(str(r, 'action') ?? 'Allow') && isFor(r))];
  const outcomes = shut.map((isShut) => {
    const implied = { rule: 'NETWORK_RULES', source: own.urn, pointer: `${own.at}/ipSecurityRestrictions`, text: isShut ? 'the access restrictions let only named networks in' : 'the access restrictions let everyone in' };
    const found = ask.sources.map((sources) => evaluateStages([restrictionsOf(own, sources)], isShut ? 'deny' : 'allow', implied, { ports: { from: 443, to: 443 }, sources, protocol: 'tcp' }));
    return { found, answer: anyOf(found.map((f) => f.answer)) };
  });
  const [{ found, answer } = { found: [], answer: 'unknown' as const }] = outcomes, open: Answer = outcomes.every((o) => o.answer === answer) ? answer : 'unknown';
  // A list of sites has the key with nothing in it.
  const isRecorded = own.urn !== site.urn || (told !== undefined && told !== null) || str(own.settings, 'ipSecurityRestrictionsDefaultAction') !== undefined;
  const isUntold = hasUntold(site.config, 'siteConfig') || hasUntold(own.settings, 'ipSecurityRestrictions');
  const restrictions: Row = isUntold ? untoldRow('NETWORK_RULES', site.urn, 'its access restrictions') : !isRecorded ? row('NETWORK_RULES', 'yes', site.urn, '', 'no access restriction is recorded', { assumed: ['access_restrictions'] })
    : { code: 'NETWORK_RULES', answer: open, reasons: found.filter((f) => open === 'unknown' || f.answer === open).flatMap((f) => f.reasons), ...(open === 'unknown' && { missing: [{ what: 'whether an access restriction applies', entity: site.urn, supply: 'a person: it names a service tag, a subnet, or what can’t be read or isn’t told' }] }) };
  const state = str(site.config, 'state');
  const auth = str(site.config, 'clientCertEnabled') === 'true' ? [row('CLIENT_CERTIFICATE', 'yes', site.urn, '/clientCertEnabled', 'it asks for a client certificate (a mitigation, not a block)')] : [];
  return [way(site, [siteAccess(site, own), restrictions, hasUntold(site.config, 'state') ? untoldRow('STATE', site.urn, 'whether it is enabled') : row('STATE', state !== undefined && !/^running$/i.test(state) ? 'no' : 'yes', site.urn, state === undefined ? '' : '/state', `its state is ${state ?? 'not recorded'}`), ...auth], 443, str(site.config, 'defaultHostName'), ask)];
}

/** Where a site says nothing of public access, a private endpoint turns it off (App Service, "Access restrictions", App access). */
function siteAccess(site: StoredResource, own: SiteSettings): Row {
  if (hasUntold(site.config, 'publicNetworkAccess')) return publicAccess(site);
  if (own.urn !== site.urn && isOff(str(own.settings, 'publicNetworkAccess'))) return row('PUBLIC_NETWORK_DISABLED', 'no', own.urn, '/publicNetworkAccess', 'public network access is Disabled');
  const isSaid = /^(enabled|disabled)$/i.test(str(site.config, 'publicNetworkAccess') ?? str(site.config, 'siteConfig', 'publicNetworkAccess') ?? '');
  const index = list(site.config, 'privateEndpointConnections').findIndex((c) => !/^(rejected|disconnected|pending)$/i.test(str(c, 'privateLinkServiceConnectionState', 'status') ?? ''));
  return isSaid || index < 0 ? publicAccess(site) : row('PRIVATE_ENDPOINT', 'no', site.urn, `/privateEndpointConnections/${index}`, 'it has a private endpoint and says nothing of public access, which is off then');
}

/** The API server of an AKS cluster. */
export function clusterWays(cluster: StoredResource, ask: ReachAsk): readonly Way[] {
  const profile = at(cluster.config, 'apiServerAccessProfile'), isPrivate = str(profile, 'enablePrivateCluster') === 'true', isOpen = hasUntold(profile, 'authorizedIPRanges');
  const ranges = [...list(profile, 'authorizedIPRanges').map((r) => parseNetwork(scalarText(r))), ...(isOpen ? [undefined] : [])], code = 'NETWORK_RULES', path = '/apiServerAccessProfile';
  const rows = [
    hasUntold(profile, 'enablePrivateCluster') ? untoldRow('PRIVATE_ENDPOINT', cluster.urn, 'whether its API server is private') : row('PRIVATE_ENDPOINT', isPrivate ? 'no' : 'yes', cluster.urn, path, isPrivate ? 'its API server is private' : 'its API server has a public name'),
    ranges.length === 0 ? row(code, 'yes', cluster.urn, path, 'no authorized ranges limit it') : listed(code, cluster.urn, `${path}/authorizedIPRanges`, ranges, ask, 'the authorized ranges'),
    ...(/^stopped$/i.test(str(cluster.config, 'powerState', 'code') ?? '') ? [row('STATE', 'no', cluster.urn, '/powerState/code', 'it is stopped')] : []),
  ];
  return [way(cluster, rows, 443, str(cluster.config, 'fqdn'), ask)];
}

/** Rules of which the default or an entry isn't told: those that let everyone in let everyone in all the same. */
function openRules(urn: string, rules: readonly (Network | undefined)[], ask: ReachAsk): Row {
  const own = listed('NETWORK_RULES', urn, '', rules, ask, 'the network rules');
  return own.answer === 'yes' ? own : untoldRow('NETWORK_RULES', urn, 'its network rules');
}

/** Key vaults, registries, Cosmos DB, Redis, Service Bus, cognitive services and the like: public network access, then network rules. */
export function endpointWays(graph: GraphView, resource: StoredResource, ask: ReachAsk): readonly Way[] {
  const { config, urn } = resource;
  const action = str(config, 'networkAcls', 'defaultAction');
  const rules = [...list(config, 'networkAcls', 'ipRules'), ...list(config, 'ipRules')].map((r) => parseNetwork(str(r, 'value') ?? str(r, 'ipAddressOrRange') ?? str(r, 'iPAddressOrRange') ?? str(r, 'ipMask') ?? ''));
  const isOpen = hasUntold(config, 'networkAcls', 'ipRules') || hasUntold(at(config, 'networkAcls'), 'defaultAction', 'ipRules');
  const isCosmos = /documentdb/i.test(resource.type);
  const isSearch = /searchservices/i.test(resource.type);
  // Service Bus, Event Hubs and Redis have their rules in resources of their own.
  const isElsewhere = /servicebus|eventhub|redis/i.test(resource.type) && action === undefined && rules.length === 0;
  const isLimited = /^deny$/i.test(action ?? '') || (isSearch && rules.length > 0) || (isCosmos && (rules.length > 0 || str(config, 'isVirtualNetworkFilterEnabled') === 'true'));
  const network = isOpen && !(/^allow$/i.test(action ?? '')) ? openRules(urn, rules, ask) : isLimited ? listed('NETWORK_RULES', urn, at(config, 'networkAcls') === undefined ? '/ipRules' : '/networkAcls', rules, ask, 'the network rules') : row('NETWORK_RULES', 'yes', urn, '', isElsewhere ? 'its network rules are not recorded' : 'no network rules limit it', isElsewhere ? { assumed: ['network_rules'] } : {});
  const open = /storageaccounts/i.test(resource.type) && action === undefined ? leftOpen(network, unplacedOf(graph, 'network_rules')) : network;
  return [way(resource, [publicAccess(resource), open], /redis/i.test(resource.type) ? 6380 : 443, str(config, 'vaultUri') ?? str(config, 'loginServer') ?? str(config, 'documentEndpoint'), ask)];
}
