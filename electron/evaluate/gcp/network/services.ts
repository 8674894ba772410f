import { at, list, str } from '#shared/lib/json.ts';
import { gcpTypes, lastPart } from '#shared/model/gcp.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { hasUntold } from '#shared/model/untold.ts';
import type { Answer } from '#shared/model/verdict.ts';
import { answerOf, anyOf } from '../../kleene.ts';
import { intersect, parseNetwork, sizeOf, union } from '../../network/cidr.ts';
import type { ReachAsk } from '../../reach-ask.ts';
import { lostRow, row, untoldRow, type Row, type Way } from '../../row.ts';
import { decide, type Scope } from '../permission.ts';
import { backendOf, isExternalRule } from './balancer.ts';

const https = { protocol: 'tcp', from: 443, to: 443 };
const onPort = (port: number, ask: ReachAsk): readonly Row[] => (ask.ports.from <= port && port <= ask.ports.to && ask.protocols.includes('tcp') ? [] : [row('LISTENER', 'no', '', '', `it listens on tcp ${port} only`)]);

/** Cloud Run and Cloud Functions answer anyone when ingress is open to all (or to a load balancer that faces the internet) and everyone may invoke (design 5-graph §2). */
export function serverlessWays(scope: Scope, resource: StoredResource, ask: ReachAsk): readonly Way[] {
  const isRun = resource.type === gcpTypes.runService;
  const ingress = ingressOf(resource);
  const ingressRow = ingress === undefined ? lostRow('INGRESS', resource.urn, 'its ingress setting', isRun ? 'gcloud run services list --format json' : 'gcloud functions list --format json')
    : ingress.allows === 'balancers' ? throughBalancers(scope.graph, resource, ingress) : row('INGRESS', ingress.allows === 'all' ? 'yes' : 'no', resource.urn, ingress.pointer, `ingress is ${ingress.value}`);
  const isTriggered = resource.type === gcpTypes.functionV1 && at(resource.config, 'eventTrigger') !== undefined && at(resource.config, 'httpsTrigger') === undefined;
  const trigger = isTriggered ? [row('NO_URL', 'no', resource.urn, '/eventTrigger', 'it is started by events and has no URL')] : [];
  const address = str(resource.config, 'status', 'url') ?? str(resource.config, 'uri') ?? str(resource.config, 'serviceConfig', 'uri') ?? str(resource.config, 'httpsTrigger', 'url');
  return [{ rows: [...trigger, ingressRow, invokerRow(scope, resource), ...onPort(443, ask)], open: [https], addresses: address === undefined ? [] : [address], ruleOpens: ingressRow.answer, via: address ?? resource.urn }];
}

interface Ingress { readonly allows: 'all' | 'balancers' | 'inside'; readonly value: string; readonly pointer: string }

/** An ingress setting that lets load balancers in is as open as the external ones that lead to the service, over its serverless endpoint groups. */
function throughBalancers(graph: GraphView, resource: StoredResource, { value, pointer }: Ingress): Row {
  const name = lastPart(resource.urn), region = /\/locations\/([^/]+)/.exec(resource.urn)?.[1];
  const groups = new Set(graph.ofType(gcpTypes.endpointGroup).filter((g) => (str(g.config, 'cloudRun', 'service') === name || str(g.config, 'cloudFunction', 'function') === name) && (region === undefined || g.urn.includes(`/regions/${region}/`))).map((g) => g.urn));
  const rules = graph.ofType(gcpTypes.forwardingRule);
  const backends = rules.filter(isExternalRule).map((rule) => ({ rule, ...backendOf(graph, rule) }));
  const leading = backends.find((b) => b.groups.some((g) => groups.has(g)));
  if (leading) return row('INGRESS', 'yes', leading.rule.urn, '', `ingress is ${value}, and the load balancer ${lastPart(leading.rule.urn)} leads to it`);
  const isOpen = rules.length === 0 || backends.some((b) => b.lost.length > 0 || b.groups.some((g) => g.includes('/networkEndpointGroups/') && graph.resource(g) === undefined));
  return isOpen ? lostRow('INGRESS', resource.urn, 'which load balancers lead to it', 'gcloud compute forwarding-rules, backend-services and network-endpoint-groups list --format json') : row('INGRESS', 'no', resource.urn, pointer, `ingress is ${value}, and no external load balancer leads to it`);
}

function ingressOf({ config }: StoredResource): Ingress | undefined {
  const found: readonly (readonly [string | undefined, string])[] = [
    [str(config, 'metadata', 'annotations', 'run.googleapis.com/ingress-status') ?? str(config, 'metadata', 'annotations', 'run.googleapis.com/ingress'), '/metadata/annotations'],
    [str(config, 'ingress'), '/ingress'], [str(config, 'ingressSettings'), '/ingressSettings'], [str(config, 'serviceConfig', 'ingressSettings'), '/serviceConfig/ingressSettings'],
  ];
  const [value, pointer] = found.find(([v]) => v !== undefined) ?? [undefined, ''];
  return value === undefined ? undefined : { allows: /^(all|ALLOW_ALL|INGRESS_TRAFFIC_ALL)$/i.test(value) ? 'all' : /^(internal-and-cloud-load-balancing|ALLOW_INTERNAL_AND_GCLB|INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER)$/i.test(value) ? 'balancers' : 'inside', value, pointer };
}

function invokerRow(scope: Scope, resource: StoredResource): Row {
  const { urn, config } = resource;
  if (str(config, 'invokerIamDisabled') === 'true' || str(config, 'metadata', 'annotations', 'run.googleapis.com/invoker-iam-disabled') === 'true') return row('INVOKER', 'yes', urn, '', 'the invoker check is switched off');
  const mayBeOff = hasUntold(config, 'invokerIamDisabled');
  const isV1 = resource.type === gcpTypes.functionV1;
  // A second-generation function is called through the Cloud Run service beneath it, whose policy decides.
  const service = str(config, 'serviceConfig', 'service');
  const target = resource.type === gcpTypes.functionV2 && service !== undefined ? `//run.googleapis.com/${service}` : urn;
  const permission = isV1 ? 'cloudfunctions.functions.invoke' : 'run.routes.invoke';
  const found = (['allUsers', 'allAuthenticatedUsers'] as const).map((who) => decide(scope, who, permission, target));
  const answer = anyOf(found.map((d) => d.answer));
  const told = found.filter((d) => d.answer === answer);
  if (mayBeOff && answer !== 'yes') return untoldRow('INVOKER', urn, 'whether its invoker check is on');
  return { code: 'INVOKER', answer, reasons: told.slice(0, 1).flatMap((d) => d.reasons.map((r) => ({ ...r, rule: 'INVOKER' }))), missing: answer === 'unknown' ? told.flatMap((d) => d.missing) : [] };
}

/** Cloud SQL: a public address, and authorized networks that hold enough of the asker's addresses. Without any, only authorized connectors get in. */
export function databaseWays(resource: StoredResource, ask: ReachAsk): readonly Way[] {
  const { config, urn } = resource;
  const ip = at(config, 'settings', 'ipConfiguration');
  const addresses = list(config, 'ipAddresses').filter((a) => (str(a, 'type') ?? 'PRIMARY') === 'PRIMARY').flatMap((a) => str(a, 'ipAddress') ?? []);
  const enabled = at(ip, 'ipv4Enabled');
  const has: Answer = typeof enabled === 'boolean' ? answerOf(enabled) : ip === undefined || hasUntold(ip, 'ipv4Enabled') ? (addresses.length > 0 ? 'yes' : 'unknown') : answerOf(addresses.length > 0);
  const port = /POSTGRES/.test(str(config, 'databaseVersion') ?? '') ? 5432 : /SQLSERVER/.test(str(config, 'databaseVersion') ?? '') ? 1433 : 3306;
  const state = str(config, 'settings', 'activationPolicy') === 'NEVER' || /^(STOPPED|SUSPENDED)$/.test(str(config, 'state') ?? '') ? 'no' : 'yes';
  return [{
    rows: [
      has === 'unknown' ? lostRow('NO_PUBLIC_IP', urn, 'its address configuration', 'gcloud sql instances list --format json') : row('NO_PUBLIC_IP', has, urn, '/settings/ipConfiguration', has === 'yes' ? 'it has a public address' : 'it has no public address'),
      ip === undefined ? lostRow('AUTHORIZED_NETWORKS', urn, 'its authorized networks', 'gcloud sql instances list --format json') : networksRow('AUTHORIZED_NETWORKS', urn, '/settings/ipConfiguration/authorizedNetworks', [...list(ip, 'authorizedNetworks').map((n) => str(n, 'value')), ...(hasUntold(ip, 'authorizedNetworks') ? [undefined] : [])], ask),
      row('STATE', state, urn, '/state', `its state is ${str(config, 'state') ?? 'not recorded'}`), ...onPort(port, ask),
    ],
    open: [{ protocol: 'tcp', from: port, to: port }], addresses, ruleOpens: 'unknown', via: `${addresses[0] ?? ''} ${urn}`.trim(),
  }];
}

/** Do the networks that a list lets in hold enough of the asker's addresses? */
export function networksRow(code: string, source: string, pointer: string, written: readonly (string | undefined)[], ask: ReachAsk): Row {
  const networks = written.map((t) => (t === undefined ? undefined : parseNetwork(t)));
  const isOpen = ask.sources.some((s) => sizeOf(intersect(union(networks.flatMap((n) => (n?.family === s.family ? [n] : []))), s.ranges)) > s.threshold);
  if (!isOpen && networks.includes(undefined)) return lostRow(code, source, 'a network of the list', 'a person: it can’t be read as an address range');
  return row(code, isOpen ? 'yes' : 'no', source, pointer, isOpen ? `${written.filter((t) => t !== undefined).slice(0, 3).join(', ')} may connect` : written.length === 0 ? 'no network may connect' : `only ${written.slice(0, 5).join(', ')} may connect`);
}

/** The control plane of a GKE cluster: private endpoint, then authorized networks. */
export function clusterWays(resource: StoredResource, ask: ReachAsk): readonly Way[] {
  const { config, urn } = resource;
  const isPrivate = str(config, 'privateClusterConfig', 'enablePrivateEndpoint') === 'true' || str(config, 'controlPlaneEndpointsConfig', 'ipEndpointsConfig', 'enablePublicEndpoint') === 'false';
  const authorized = at(config, 'masterAuthorizedNetworksConfig') ?? at(config, 'controlPlaneEndpointsConfig', 'ipEndpointsConfig', 'authorizedNetworksConfig');
  const isLimited = str(authorized, 'enabled') === 'true' || (str(authorized, 'enabled') === undefined && list(authorized, 'cidrBlocks').length > 0);
  const endpoint = str(config, 'endpoint');
  const isUnclear = hasUntold(config, 'privateClusterConfig', 'controlPlaneEndpointsConfig'), networks = [...list(authorized, 'cidrBlocks').map((b) => str(b, 'cidrBlock')), ...(hasUntold(authorized, 'cidrBlocks') ? [undefined] : [])];
  const named = at(config, 'controlPlaneEndpointsConfig', 'dnsEndpointConfig');
  // The endpoint by name knows no networks: whoever has a permission of IAM gets to it from anywhere.
  const byName: readonly Way[] = str(named, 'allowExternalTraffic') !== 'true' ? [] : [{
    rows: [row('PRIVATE_ENDPOINT', 'yes', urn, '/controlPlaneEndpointsConfig/dnsEndpointConfig', 'its DNS endpoint takes traffic from anywhere, and asks IAM who it is'), ...onPort(443, ask)],
    open: [https], addresses: [str(named, 'endpoint')].filter((e) => e !== undefined), ruleOpens: 'unknown', via: `${str(named, 'endpoint') ?? ''} ${urn}`.trim(),
  }];
  return [...byName, {
    rows: [
      endpoint === undefined && Object.keys(typeof config === 'object' && config !== null ? config : {}).length < 3 ? lostRow('PRIVATE_ENDPOINT', urn, 'its endpoint', 'gcloud container clusters list --format json')
        : isUnclear && !isPrivate ? untoldRow('PRIVATE_ENDPOINT', urn, 'whether its control plane has a public endpoint') : row('PRIVATE_ENDPOINT', isPrivate ? 'no' : 'yes', urn, '/privateClusterConfig', isPrivate ? 'its control plane has a private endpoint only' : 'its control plane has a public endpoint'),
      isLimited ? networksRow('AUTHORIZED_NETWORKS', urn, '/masterAuthorizedNetworksConfig', networks, ask) : hasUntold(config, 'masterAuthorizedNetworksConfig') ? untoldRow('AUTHORIZED_NETWORKS', urn, 'its authorized networks') : row('AUTHORIZED_NETWORKS', 'yes', urn, '/masterAuthorizedNetworksConfig', 'authorized networks are off'), ...onPort(443, ask),
    ],
    open: [https], addresses: endpoint === undefined ? [] : [endpoint], ruleOpens: 'unknown', via: `${endpoint ?? ''} ${urn}`.trim(),
  }];
}
