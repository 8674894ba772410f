import { at, list, str } from '#shared/lib/json.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Answer } from '#shared/model/verdict.ts';
import { anyOf } from '../../kleene.ts';
import { intersect, parseNetwork, sizeOf, union, type Network, type Range } from '../../network/cidr.ts';
import type { ReachAsk } from '../../reach-ask.ts';
import { lostRow, row, type Row, type Way } from '../../row.ts';

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
  const paths = [['publicNetworkAccess'], ['network', 'publicNetworkAccess']] as const;
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
  const firewall = isRecorded ? listed('NETWORK_RULES', rules[0]?.source ?? server.urn, '', ranges, ask, rules.length === 0 ? 'no firewall rules' : 'the firewall rules') : lostRow('NETWORK_RULES', server.urn, 'the firewall rules of the server', 'az sql server firewall-rule list, or Resource Graph');
  const port = /postgresql/i.test(server.type) ? 5432 : /mysql/i.test(server.type) ? 3306 : 1433;
  const state = isOff(str(server.config, 'state')) || /^stopped$/i.test(str(server.config, 'state') ?? '') ? [row('STATE', 'no', server.urn, '/state', 'it is stopped')] : [];
  return [way(server, [delegated ? row('PUBLIC_NETWORK_DISABLED', 'no', server.urn, '/network/delegatedSubnetResourceId', 'it stands in a delegated subnet') : publicAccess(server), firewall, ...state], port, str(server.config, 'fullyQualifiedDomainName'), ask)];
}

/** App Service and Functions: access restrictions in the order of their priorities; without any everyone gets in. */
export function siteWays(site: StoredResource, ask: ReachAsk): readonly Way[] {
  const rules = list(site.config, 'siteConfig', 'ipSecurityRestrictions').map((rule, i) => ({ rule, i, priority: Number(str(rule, 'priority') ?? 65000) })).toSorted((a, b) => a.priority - b.priority);
  const fallback = (str(site.config, 'siteConfig', 'ipSecurityRestrictionsDefaultAction') ?? (rules.some(({ rule }) => /^allow$/i.test(str(rule, 'action') ?? '') && !/^(any|0\.0\.0\.0\/0)$/i.test(str(rule, 'ipAddress') ?? '')) ? 'Deny' : 'Allow')).toLowerCase();
  const [first] = rules.filter(({ rule }) => /^(any|0\.0\.0\.0\/0)$/i.test(str(rule, 'ipAddress') ?? '') || (str(rule, 'tag')?.toLowerCase() === 'servicetag' && /^internet$/i.test(str(rule, 'ipAddress') ?? '')));
  const named = rules.filter(({ rule, priority }) => /^allow$/i.test(str(rule, 'action') ?? '') && priority < (first?.priority ?? Number.MAX_SAFE_INTEGER)).map(({ rule }) => parseNetwork(str(rule, 'ipAddress') ?? '')).filter((n) => n !== undefined);
  const wide = listed('NETWORK_RULES', site.urn, '/siteConfig/ipSecurityRestrictions', named, ask, 'the access restrictions');
  const open: Answer = wide.answer === 'yes' || (first ? /^allow$/i.test(str(first.rule, 'action') ?? '') : fallback === 'allow') ? 'yes' : 'no';
  const restrictions = rules.length === 0 && at(site.config, 'siteConfig') === undefined ? row('NETWORK_RULES', 'yes', site.urn, '', 'no access restriction is recorded', { assumed: ['access_restrictions'] }) : row('NETWORK_RULES', open, site.urn, '/siteConfig/ipSecurityRestrictions', open === 'yes' ? 'the access restrictions let everyone in' : 'the access restrictions let only named networks in');
  const state = str(site.config, 'state');
  const auth = str(site.config, 'clientCertEnabled') === 'true' ? [row('CLIENT_CERTIFICATE', 'yes', site.urn, '/clientCertEnabled', 'it asks for a client certificate (a mitigation, not a block)')] : [];
  return [way(site, [publicAccess(site), restrictions, row('STATE', state !== undefined && !/^running$/i.test(state) ? 'no' : 'yes', site.urn, state === undefined ? '' : '/state', `its state is ${state ?? 'not recorded'}`), ...auth], 443, str(site.config, 'defaultHostName'), ask)];
}

/** The API server of an AKS cluster. */
export function clusterWays(cluster: StoredResource, ask: ReachAsk): readonly Way[] {
  const isPrivate = str(cluster.config, 'apiServerAccessProfile', 'enablePrivateCluster') === 'true';
  const ranges = list(cluster.config, 'apiServerAccessProfile', 'authorizedIPRanges').map((r) => parseNetwork(String(r)));
  const rows = [row('PRIVATE_ENDPOINT', isPrivate ? 'no' : 'yes', cluster.urn, '/apiServerAccessProfile', isPrivate ? 'its API server is private' : 'its API server has a public name'), ranges.length === 0 ? row('NETWORK_RULES', 'yes', cluster.urn, '/apiServerAccessProfile', 'no authorized ranges limit it') : listed('NETWORK_RULES', cluster.urn, '/apiServerAccessProfile/authorizedIPRanges', ranges, ask, 'the authorized ranges'), ...(/^stopped$/i.test(str(cluster.config, 'powerState', 'code') ?? '') ? [row('STATE', 'no', cluster.urn, '/powerState/code', 'it is stopped')] : [])];
  return [way(cluster, rows, 443, str(cluster.config, 'fqdn'), ask)];
}

/** Key vaults, registries, Cosmos DB, Redis, Service Bus, cognitive services and the like: public network access, then network rules. */
export function endpointWays(resource: StoredResource, ask: ReachAsk): readonly Way[] {
  const { config, urn } = resource;
  const action = str(config, 'networkAcls', 'defaultAction');
  const rules = [...list(config, 'networkAcls', 'ipRules'), ...list(config, 'ipRules')].map((r) => parseNetwork(str(r, 'value') ?? str(r, 'ipAddressOrRange') ?? str(r, 'iPAddressOrRange') ?? str(r, 'ipMask') ?? ''));
  const isCosmos = /documentdb/i.test(resource.type);
  const isLimited = /^deny$/i.test(action ?? '') || (isCosmos && (rules.length > 0 || str(config, 'isVirtualNetworkFilterEnabled') === 'true'));
  const network = isLimited ? listed('NETWORK_RULES', urn, at(config, 'networkAcls') === undefined ? '/ipRules' : '/networkAcls', rules, ask, 'the network rules') : row('NETWORK_RULES', 'yes', urn, '', 'no network rules limit it');
  return [way(resource, [publicAccess(resource), network], /redis/i.test(resource.type) ? 6380 : 443, str(config, 'vaultUri') ?? str(config, 'loginServer') ?? str(config, 'documentEndpoint'), ask)];
}
