import { list, str } from '#shared/lib/json.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { findBy } from './lookup.ts';
import { row, type Row } from './row.ts';

const present = (texts: readonly (string | undefined)[]): readonly string[] => texts.filter((t) => t !== undefined && t !== '').map(String);
const interfaceKeys = ({ config }: StoredResource): readonly string[] => present([
  str(config, 'PrivateIpAddress'), str(config, 'Association', 'PublicIp'), ...list(config, 'PrivateIpAddresses').flatMap((a) => [str(a, 'PrivateIpAddress'), str(a, 'Association', 'PublicIp')]), ...list(config, 'Ipv6Addresses').map((a) => str(a, 'Ipv6Address')),
]);
const instanceKeys = ({ config }: StoredResource): readonly string[] => present([
  str(config, 'PrivateIpAddress'), str(config, 'PublicIpAddress'), str(config, 'Ipv6Address'), ...list(config, 'NetworkInterfaces').flatMap((n) => interfaceKeys({ config: n } as StoredResource)),
]);
const natKeys = ({ config }: StoredResource): readonly string[] => list(config, 'NatGatewayAddresses').flatMap((a) => present([str(a, 'PublicIp'), str(a, 'PrivateIp')]));
const elasticKeys = ({ config }: StoredResource): readonly string[] => present([str(config, 'PublicIp')]);

/**
 * What holds an address, private or public, by the records of NAT gateways, interfaces, instances and elastic addresses.
 * @param vpc where several VPCs use the address, the one that is meant.
 */
export function holderOf(graph: GraphView, address: string, vpc?: string): StoredResource | undefined {
  const one = (type: string, keys: (r: StoredResource) => readonly string[]): StoredResource | undefined => {
    const found = findBy(graph, type, {}, keys, address);
    return found.length === 1 ? found[0] : found.find((r) => vpc !== undefined && str(r.config, 'VpcId') === vpc);
  };
  const elastic = one('AWS::EC2::EIP', elasticKeys), holder = str(elastic?.config, 'NetworkInterfaceId') ?? str(elastic?.config, 'InstanceId');
  return one('AWS::EC2::NatGateway', natKeys) ?? one('AWS::EC2::NetworkInterface', interfaceKeys) ?? one('AWS::EC2::Instance', instanceKeys) ?? (holder === undefined ? undefined : graph.resource(holder));
}

/** An interface that AWS made for a load balancer or a NAT gateway stands for it: its description names it. */
export function servedBy(graph: GraphView, resource: StoredResource): StoredResource {
  if (resource.type !== 'AWS::EC2::NetworkInterface') return resource;
  const text = str(resource.config, 'Description') ?? '';
  const nat = /\bnat-[0-9a-z]+/.exec(text)?.[0], balancer = /^ELB ((?:app|net|gwy)\/\S+)$/.exec(text)?.[1], classic = /^ELB ([^/\s]+)$/.exec(text)?.[1];
  const found = nat !== undefined ? graph.resource(nat) : balancer !== undefined ? findBy(graph, 'AWS::ElasticLoadBalancingV2::LoadBalancer', {}, balancerKeys, balancer)[0]
    : classic !== undefined ? findBy(graph, 'AWS::ElasticLoadBalancing::LoadBalancer', resource, classicKeys, classic)[0] : undefined;
  return found?.type === 'AWS::EC2::NatGateway' || found?.type.endsWith('::LoadBalancer') === true ? found : resource;
}
const balancerKeys = ({ urn, config }: StoredResource): readonly string[] => present([(str(config, 'LoadBalancerArn') ?? urn).split(':loadbalancer/')[1]]);
const classicKeys = ({ config }: StoredResource): readonly string[] => present([str(config, 'LoadBalancerName')]);

/** A NAT gateway takes no connection from others (VPC guide, "NAT gateways"); undefined for anything else. */
export function natRefuses(resource: StoredResource): Row | undefined {
  const isNat = resource.type === 'AWS::EC2::NatGateway' || (resource.type === 'AWS::EC2::NetworkInterface' && str(resource.config, 'InterfaceType') === 'nat_gateway');
  return isNat ? row('NAT', 'no', resource.urn, '', 'a NAT gateway takes no connection that was not opened through it') : undefined;
}
