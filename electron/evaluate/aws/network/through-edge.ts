import { at, list, str } from '#shared/lib/json.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Answer, Reachability, Reason } from '#shared/model/verdict.ts';
import { anyOf } from '../../kleene.ts';
import { intersect, internetSources, isEnough, parseNetwork, sizeOf, union, type Network } from '../../network/cidr.ts';
import { protocolNumber, protocolsAsked } from '../../network/protocol.ts';
import { ownInputs } from '../own-policy.ts';
import { parsePolicy } from '../policy-document.ts';
import { matchesAction } from '../statement-actions.ts';
import { uniqueBy } from './combine.ts';
import type { Ask, Doorway } from './doorway.ts';
import { findBy, findEc2, readEc2 } from './lookup.ts';
import { prefixListNetworks } from './prefix-list.ts';
import { readSecurityGroup } from './readers.ts';
import { vpcNetworks } from './transit.ts';

const originsOf = (config: unknown): readonly unknown[] => [...list(config, 'Origins', 'Items'), ...list(config, 'DistributionConfig', 'Origins', 'Items'), ...list(config, 'Origin')];
const domainOf = (origin: unknown): string => (str(origin, 'DomainName') ?? str(origin, 'domain_name') ?? '').toLowerCase();
const originKeys = ({ config }: StoredResource): readonly string[] => originsOf(config).map(domainOf).filter((name) => name !== '');

/** The list of the addresses from which CloudFront calls origins, and the group of its calls into a VPC (CloudFront guide, "Restrict access with VPC origins"). */
const isEdgeList = (name: string | undefined): boolean => name?.endsWith('.cloudfront.origin-facing') === true;
const vpcOriginGroup = 'CloudFront-VPCOrigins-Service-SG';
/** What a call into the VPC doesn't need, and what it meets by another address. */
const ofInternet: ReadonlySet<string> = new Set(['NO_PUBLIC_IP', 'NO_IGW', 'NO_ROUTE_TO_IGW', 'VPC_BPA']);
const ofSubnet: ReadonlySet<string> = new Set(['NACL_IN', 'NACL_OUT']);

/**
 * What is the origin of an enabled distribution is reached over CloudFront's edge where its groups let that in, though nobody reaches it directly.
 * Returns `direct` unless that changes the answer.
 */
export function throughDistributions(graph: GraphView, target: StoredResource, doors: readonly Doorway[], ask: Ask, direct: Reachability): Reachability {
  const names = [str(target.config, 'DNSName'), str(target.config, 'PublicDnsName'), str(target.config, 'FunctionUrlConfig', 'FunctionUrl')?.replace(/^https:\/\/|\/.*$/g, '')].flatMap((name) => (name === undefined || name === '' ? [] : [name.toLowerCase()]));
  const distributions = names.flatMap((name) => findBy(graph, 'AWS::CloudFront::Distribution', {}, originKeys, name).flatMap((d) => originsOf(d.config).filter((o) => domainOf(o) === name).map((origin) => ({ d, origin }))));
  const judged = distributions.filter(({ d }) => at(d.config, 'Enabled') === true || at(d.config, 'DistributionConfig', 'Enabled') === true)
    .map(({ d, origin }) => ({ d, origin, answer: target.type === 'AWS::Lambda::Function' ? (isSignedFor(target, direct) ? 'yes' as const : 'no' as const) : isReached(graph, doors, ask, origin, direct) }));
  const answer = anyOf(judged.map((j) => j.answer)), found = judged.find((j) => j.answer === answer);
  if (!found || answer === 'no' || (answer === 'unknown' && direct.reachable.answer !== 'no')) return direct;
  const { d, origin } = found, id = str(d.config, 'Id') ?? d.urn;
  if (answer === 'unknown') {
    const open = { what: `whether distribution ${id} is let in to ${domainOf(origin)} over its VPC origin`, entity: d.urn, supply: 'aws ec2 describe-security-groups, describe-managed-prefix-lists, describe-network-acls and describe-vpcs' };
    return { ...direct, failed: [], open: [], reachable: { answer, assumed: [], missing: [open], reasons: direct.reachable.reasons } };
  }
  const reason: Reason = { rule: 'distribution', source: d.urn, pointer: '', text: `distribution ${id} is enabled and calls ${domainOf(origin)}, ${target.type === 'AWS::Lambda::Function' ? 'whose policy lets' : 'whose groups let'} CloudFront in` };
  return { ...direct, failed: [], open: portsOf(origin).map((port) => ({ protocol: 'tcp', from: port, to: port })), reachable: { answer: 'yes', assumed: [], missing: [], via: d.urn, reasons: uniqueBy([reason, ...direct.reachable.reasons], (r) => `${r.rule}\n${r.source}\n${r.pointer}\n${r.text}`) } };
}

/** A function URL that asks for IAM credentials, for which CloudFront signs (CloudFront guide, "Restrict access to a Lambda function URL origin"). */
const isSignedFor = (target: StoredResource, direct: Reachability): boolean => direct.failed.every((code) => code === 'AUTHORIZATION') && direct.reachable.answer === 'no'
  && ownInputs(target).some(({ document }) => { const parsed = document === undefined ? undefined : parsePolicy(document); return parsed?.ok === true && parsed.value.statements.some((s) => s.effect === 'Allow' && s.principals?.service.includes('cloudfront.amazonaws.com') === true && matchesAction(s, 'lambda:invokefunctionurl')); });

/** Ports on which the origin is called, by its protocol policy. */
function portsOf(origin: unknown): readonly number[] {
  const policy = str(origin, 'CustomOriginConfig', 'OriginProtocolPolicy');
  return [...new Set([...(policy === 'http-only' ? [] : [Number(str(origin, 'CustomOriginConfig', 'HTTPSPort') ?? 443)]), ...(policy === 'https-only' ? [] : [Number(str(origin, 'CustomOriginConfig', 'HTTPPort') ?? 80)])])];
}

/** Nothing but the groups stands between the internet and it (or not even that, on the way into a VPC), and the groups name CloudFront. */
function isReached(graph: GraphView, doors: readonly Doorway[], ask: Ask, origin: unknown, direct: Reachability): Answer {
  const isInVpc = str(origin, 'VpcOriginConfig', 'VpcOriginId') !== undefined;
  if (!protocolsAsked(ask.protocol, 4).includes('6')) return 'no';
  // The network ACL was asked for the internet, which is not what comes over a VPC origin.
  const isByAcl = isInVpc && direct.failed.some((code) => ofSubnet.has(code));
  const rest = direct.failed.filter((code) => code !== 'SG_IN' && !(isInVpc && (ofInternet.has(code) || ofSubnet.has(code))));
  const lacksList = direct.reachable.answer === 'unknown' && direct.reachable.missing.every((m) => m.what.startsWith('entries of prefix list'));
  if (rest.length > 0 || (direct.reachable.answer === 'unknown' && !lacksList)) return 'no';
  const ports = portsOf(origin).filter((p) => ask.windows.some((w) => w.from <= p && p <= w.to));
  const answer = anyOf(doors.map((door) => admitsEdge(graph, door, ports, isInVpc)));
  return isByAcl && answer === 'yes' ? 'unknown' : answer;
}

/** Of a way into the VPC: do rules for addresses let its interfaces in? These have some address of the VPC. */
function admitsInside(graph: GraphView, door: Doorway, cidrs: readonly string[], listed: readonly Network[]): Answer {
  const rules = union([...cidrs.flatMap((c) => parseNetwork(c) ?? []), ...listed].filter((n) => n.family === 4));
  const own = vpcNetworks(graph, door.vpc).flatMap((c) => parseNetwork(c) ?? []).filter((n) => n.family === 4);
  const everyone = internetSources(4);
  if (isEnough(intersect(everyone.ranges, rules), everyone)) return 'yes';
  if (own.length === 0) return rules.length > 0 ? 'unknown' : 'no';
  return sizeOf(intersect(union(own), rules)) === sizeOf(union(own)) ? 'yes' : sizeOf(intersect(union(own), rules)) > 0 ? 'unknown' : 'no';
}

function admitsEdge(graph: GraphView, door: Doorway, ports: readonly number[], isInVpc: boolean): Answer {
  if (door.groups === undefined) return 'unknown';
  if (door.groups === 'none') return ports.length > 0 ? 'yes' : 'no';
  return anyOf(door.groups.map((id): Answer => {
    const read = readEc2(graph, 'AWS::EC2::SecurityGroup', id, door, readSecurityGroup);
    if (!read.found) return 'unknown';
    const fits = (read.config.IpPermissions ?? []).filter((p) => ['-1', '6'].includes(protocolNumber(p.IpProtocol) ?? '') && ports.some((port) => protocolNumber(p.IpProtocol) === '-1' || ((p.FromPort ?? 0) <= port && port <= (p.ToPort ?? 65535))));
    const named = (name: string | undefined, is: (name: string) => boolean): Answer => (name === undefined ? 'unknown' : is(name) ? 'yes' : 'no');
    const lists = fits.flatMap((p) => p.PrefixListIds ?? []).map(({ PrefixListId }) => named(str(findEc2(graph, 'AWS::EC2::PrefixList', PrefixListId, door)?.config, 'PrefixListName'), isEdgeList));
    const groups = fits.flatMap((p) => p.UserIdGroupPairs ?? []).flatMap(({ GroupId }) => (typeof GroupId === 'string' ? [named(str(findEc2(graph, 'AWS::EC2::SecurityGroup', GroupId, door)?.config, 'GroupName'), (name) => name === vpcOriginGroup)] : []));
    const listed = isInVpc ? fits.flatMap((p) => p.PrefixListIds ?? []).flatMap(({ PrefixListId }) => prefixListNetworks(graph, PrefixListId, door)?.networks ?? []) : [];
    const inside = isInVpc ? admitsInside(graph, door, fits.flatMap((p) => p.IpRanges ?? []).map((r) => r.CidrIp), listed) : 'no';
    return anyOf([...lists, ...groups, inside]);
  }));
}
