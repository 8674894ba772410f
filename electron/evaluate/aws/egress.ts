import { list, str } from '#shared/lib/json.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Verdict } from '#shared/model/verdict.ts';
import { addressSources, internetSources, intersect, type Sources } from '../network/cidr.ts';
import { combine, decided, noDoubt } from './network/combine.ts';
import { everyPort, type Path } from './network/doorway.ts';
import { standingOf } from './network/doorways.ts';
import { pathsOut } from './network/egress.ts';
import { missingRow, row } from './network/row.ts';

export interface EgressOptions {
  readonly port?: number | undefined;
  /** Name or IANA number; TCP and UDP when left out. */
  readonly protocol?: string | undefined;
  /** An address or network; `internet`, the default, is enough hosts anywhere. */
  readonly destination?: string | undefined;
}

/**
 * Addresses that the host of an instance serves: metadata, DNS, time, license activation, credentials of tasks. Neither security groups nor network ACLs
 * filter what goes there (VPC guide, "Control traffic using security groups", "Network ACL basics").
 */
export const isServedByHost = (destination: string): boolean => /^(169\.254\.169\.(254|253|251|250|249|123)|169\.254\.170\.2|fd00:ec2::(254|253|123|250|251))(\/32|\/128)?$/i.test(destination);

/** Metadata may be turned off (EC2 guide, "Instance metadata options"); of the others the snapshot doesn't say whether they answer. */
function hostService(resource: StoredResource, destination: string): Verdict {
  const endpoint = str(resource.config, 'MetadataOptions', 'HttpEndpoint');
  if (destination.startsWith('169.254.169.254') && endpoint !== undefined) return noDoubt(decided(row('STATE', endpoint === 'disabled' ? 'no' : 'yes', resource.urn, '/MetadataOptions/HttpEndpoint', `the metadata service is ${endpoint}; no security group filters it`)).reachable);
  return decided(missingRow('STATE', resource.urn, { what: `whether ${destination} answers`, entity: resource.urn, supply: 'aws ec2 describe-instances (MetadataOptions), or a person who knows the host' })).reachable;
}

/**
 * Can it open a connection to the destination? The route of its subnet (internet gateway with a public address, NAT gateway with its own way out,
 * egress-only gateway for IPv6, gateway endpoint, transit gateway), security group egress, network ACL out and back, state (design 5-graph §2).
 */
export function evaluateEgress(graph: GraphView, urn: string, { port, protocol, destination = 'internet' }: EgressOptions = {}): Verdict {
  const resource = graph.resource(urn);
  if (!resource) return decided(missingRow('NO_ROUTE', urn, { what: 'the resource', entity: urn, supply: 'an inventory that contains it' })).reachable;
  const isEverywhere = ['internet', '*', '0.0.0.0/0', '::/0'].includes(destination);
  const sources: readonly Sources[] = destination === '0.0.0.0/0' ? [internetSources(4)] : destination === '::/0' ? [internetSources(6)]
    : isEverywhere ? [internetSources(4), internetSources(6)] : [addressSources(destination)].filter((s) => s !== undefined);
  if (sources.length === 0) return decided(missingRow('NO_ROUTE', urn, { what: `destination ${destination}`, entity: urn, supply: 'an address or a network' })).reachable;
  // A function outside any VPC runs in AWS's own network, which nothing of ours limits.
  if (resource.type === 'AWS::Lambda::Function' && list(resource.config, 'VpcConfig', 'SubnetIds').length === 0) {
    const isPrivate = sources.every((s) => intersect(s.ranges, internetSources(s.family).ranges).length === 0);
    return noDoubt(decided(row('NO_ROUTE', isPrivate ? 'no' : 'yes', resource.urn, '/VpcConfig', isPrivate ? 'a function outside a VPC reaches no private address' : 'a function outside a VPC reaches the internet')).reachable);
  }
  const standing = standingOf(graph, resource);
  if (standing && isServedByHost(destination)) return hostService(resource, destination);
  if (!standing) return decided(missingRow('NO_ROUTE', resource.urn, { what: `how ${resource.type} gets out`, entity: resource.urn, supply: 'a person: this type is not evaluated' })).reachable;
  if ('code' in standing.doors) return decided(standing.doors).reachable;
  const ask = { windows: [port === undefined ? everyPort : { from: port, to: port }], protocol, sources };
  const paths = standing.doors.flatMap((door) => pathsOut(graph, door, ask, standing.state));
  const none: Path = { rows: [row('NO_PUBLIC_IP', 'no', resource.urn, '', `it has no address of the family of ${destination}`)], open: [], ruleOpens: 'no', family: 4, addresses: [] };
  return noDoubt(combine(paths.length > 0 ? paths : [none], standing.mode, resource.urn).reachable);
}
