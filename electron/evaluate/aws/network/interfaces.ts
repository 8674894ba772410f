import type { z } from 'zod';
import { str } from '#shared/lib/json.ts';
import { unplacedPart, type networkInterfaceSchema } from '#shared/model/aws.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { onceApplied } from '#shared/model/untold.ts';
import { isGlobal6, type Family } from '../../network/cidr.ts';
import type { Doorway } from './doorway.ts';
import { findBy, findEc2, readEc2, supplyOf, unreadable, type Place } from './lookup.ts';
import { readInstance, readInterface, readSubnet } from './readers.ts';
import { missingRow, row, type Row } from './row.ts';

type Interface = z.output<typeof networkInterfaceSchema>;

const eipKeys = (resource: StoredResource): readonly string[] => [str(resource.config, 'NetworkInterfaceId'), str(resource.config, 'InstanceId')].filter((id) => id !== undefined);
const instanceKeys = (resource: StoredResource): readonly string[] => {
  const id = readInterface(resource)?.Attachment?.InstanceId;
  return typeof id === 'string' ? [id] : [];
};
export const interfacesOf = (graph: GraphView, instance: string, place: Place): readonly StoredResource[] =>
  findBy(graph, 'AWS::EC2::NetworkInterface', place, instanceKeys, instance);

/** Account, region and VPC of a subnet: with shared subnets the owner's, under which routes and ACLs stand. */
export function placeOf(graph: GraphView, subnet: string | undefined, vpc: string | undefined, place: Place): Place & { readonly vpc: string | undefined } {
  const own = { account: place.account, region: place.region, vpc };
  const read = subnet === undefined ? undefined : readEc2(graph, 'AWS::EC2::Subnet', subnet, place, readSubnet);
  if (!read?.found) return own;
  return { account: read.resource.account ?? own.account, region: read.resource.region ?? own.region, vpc: vpc ?? read.config.VpcId };
}

/** The doorway that an interface is. @param pointer where the interface stands in the config of `source`. */
export function interfaceDoorway(graph: GraphView, config: Interface, source: string, pointer: string, holder: Place, more: readonly string[] = []): Doorway {
  const subnet = config.SubnetId ?? undefined;
  const place = placeOf(graph, subnet, config.VpcId ?? undefined, holder);
  const elastic = findBy(graph, 'AWS::EC2::EIP', holder, eipKeys, config.NetworkInterfaceId).map((eip) => str(eip.config, 'PublicIp'));
  const own = [config.Association?.PublicIp, ...(config.PrivateIpAddresses ?? []).map((a) => a.Association?.PublicIp), ...elastic, ...more];
  const public4 = [...new Set(own)].filter((ip) => typeof ip === 'string' && ip !== '').map(String);
  const all6 = (config.Ipv6Addresses ?? []).map((a) => a.Ipv6Address);
  const public6 = all6.filter(isGlobal6);
  // The API leaves a key out when there is none; only a record without any address at all has not recorded them.
  const recorded = ['Association', 'PrivateIpAddress', 'PrivateIpAddresses', 'Ipv6Addresses'].some((key) => key in config);
  const inside = [...new Set([config.PrivateIpAddress, ...(config.PrivateIpAddresses ?? []).map((a) => a.PrivateIpAddress)])].filter((ip) => typeof ip === 'string' && ip !== '').map(String);
  const id = config.NetworkInterfaceId;
  const address = (family: Family): Row => {
    const [first] = family === 4 ? public4 : public6;
    if (first !== undefined) return row('NO_PUBLIC_IP', 'yes', source, `${pointer}${family === 4 ? '' : '/Ipv6Addresses'}`, `${id} has the public address ${first}`);
    if (!recorded) return missingRow('NO_PUBLIC_IP', source, { what: `the addresses of ${id}`, entity: source, supply: supplyOf('AWS::EC2::NetworkInterface') });
    const lost = family === 4 ? graph.ofType(unplacedPart).find((p) => str(p.config, 'Of') === 'AWS::EC2::EIP') : undefined;
    if (lost) return missingRow('NO_PUBLIC_IP', source, { what: `what the address of ${str(lost.config, 'By') ?? lost.urn} is for`, entity: lost.urn, supply: onceApplied });
    return row('NO_PUBLIC_IP', 'no', source, pointer, family === 4 ? `${id} has no public IPv4 address` : `${id} has no global IPv6 address`);
  };
  return {
    source, subnet, ...place, addresses: [...public4, ...public6], inside, address,
    // Without any IPv6 address that way does not exist, so it is no reason either.
    families: all6.length > 0 ? [4, 6] : [4], groups: config.Groups?.map((g) => g.GroupId),
  };
}

/** The interfaces of an instance: from its own record, else from the interfaces' records, else from what the instance says of itself. */
export function instanceDoorways(graph: GraphView, resource: StoredResource): readonly Doorway[] | Row {
  const instance = readInstance(resource);
  if (!instance) return missingRow('NO_PUBLIC_IP', resource.urn, unreadable(resource));
  const elastic = findBy(graph, 'AWS::EC2::EIP', resource, eipKeys, instance.InstanceId).filter((eip) => str(eip.config, 'NetworkInterfaceId') === undefined).map((eip) => str(eip.config, 'PublicIp'));
  const own = [instance.PublicIpAddress, ...elastic].filter((ip) => typeof ip === 'string' && ip !== '').map(String);
  const listed = instance.NetworkInterfaces ?? [];
  if (listed.length > 0) {
    return listed.map((eni, i) => {
      const record = eni.Groups === undefined ? findEc2(graph, 'AWS::EC2::NetworkInterface', eni.NetworkInterfaceId, resource) : undefined;
      const full = record ? { ...readInterface(record), ...eni, Groups: readInterface(record)?.Groups } : eni;
      const base = { ...full, SubnetId: full.SubnetId ?? instance.SubnetId, VpcId: full.VpcId ?? instance.VpcId };
      return interfaceDoorway(graph, base, resource.urn, `/NetworkInterfaces/${i}`, resource, i === 0 ? own : []);
    });
  }
  const records = interfacesOf(graph, instance.InstanceId, resource);
  const doorways = records.flatMap((record, i) => {
    const config = readInterface(record);
    return config ? [interfaceDoorway(graph, config, record.urn, '', record, i === 0 ? own : [])] : [];
  });
  if (doorways.length > 0) return doorways;
  if (typeof instance.SubnetId === 'string' || own.length > 0) {
    const known = 'PublicIpAddress' in instance || 'PrivateIpAddress' in instance;
    return [interfaceDoorway(graph, {
      NetworkInterfaceId: instance.InstanceId, SubnetId: instance.SubnetId, VpcId: instance.VpcId, Groups: instance.SecurityGroups,
      ...(known && { PrivateIpAddress: instance.PrivateIpAddress }),
    }, resource.urn, '', resource, own)];
  }
  if (instance.NetworkInterfaces === undefined || instance.NetworkInterfaces === null) {
    return missingRow('NO_PUBLIC_IP', resource.urn, { what: `the network interfaces of ${instance.InstanceId}`, entity: resource.urn, supply: supplyOf('AWS::EC2::NetworkInterface') });
  }
  return row('NO_PUBLIC_IP', 'no', resource.urn, '/NetworkInterfaces', `${instance.InstanceId} has no network interface`);
}

/** Row 7 of an instance. A listener that isn't known is no reason for doubt. */
export function instanceState(resource: StoredResource): Row {
  const state = readInstance(resource)?.State?.Name;
  if (state === undefined) return missingRow('STATE', resource.urn, { what: 'the state of the instance', entity: resource.urn, supply: supplyOf('AWS::EC2::Instance') });
  const runs = state === 'running' || state === 'pending';
  return row('STATE', runs ? 'yes' : 'no', resource.urn, '/State/Name', runs ? `the instance is ${state}; whether something listens is not known` : `the instance is ${state}`);
}

/** Row 7 of an interface: what it is attached to runs; one that is attached to nothing answers nobody. */
export function interfaceState(graph: GraphView, resource: StoredResource): Row {
  const config = readInterface(resource);
  const instance = config?.Attachment?.InstanceId;
  if (typeof instance === 'string') {
    const found = findEc2(graph, 'AWS::EC2::Instance', instance, resource);
    if (found) return instanceState(found);
    return missingRow('STATE', resource.urn, { what: `instance ${instance}`, entity: instance, supply: supplyOf('AWS::EC2::Instance') });
  }
  if (config?.Status === 'available') return row('STATE', 'no', resource.urn, '/Status', `${config.NetworkInterfaceId} is attached to nothing`);
  if (config?.Status === 'in-use' || config?.Attachment) return row('STATE', 'yes', resource.urn, '/Attachment', `${config.NetworkInterfaceId} is in use by an AWS service`);
  return missingRow('STATE', resource.urn, { what: 'what the interface is attached to', entity: resource.urn, supply: supplyOf('AWS::EC2::NetworkInterface') });
}
