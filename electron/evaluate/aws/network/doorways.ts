import { at, list, str } from '#shared/lib/json.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { everyPort, type Doorway } from './doorway.ts';
import { databaseDoorways, databasePort, databaseState } from './database.ts';
import { instanceDoorways, instanceState, interfaceDoorway, interfaceState, placeOf } from './interfaces.ts';
import { balancerDoorways, balancerState, isBalancer, listenersOf } from './load-balancer.ts';
import { findBy, findEc2, unreadable } from './lookup.ts';
import { readInterface } from './readers.ts';
import { missingRow, row, type Row } from './row.ts';
import type { PortInterval } from '../../network/port-sweep.ts';

/** How something stands in a VPC: its ways in (or why none is known), whether it runs, and the ports that it listens on where that is known. */
export interface Standing {
  readonly doors: readonly Doorway[] | Row;
  readonly state: Row;
  /** `one-of`: it stands behind one of the doorways and the snapshot doesn't say which. */
  readonly mode: 'any' | 'one-of';
  readonly listens?: readonly PortInterval[];
}
type Stand = (graph: GraphView, resource: StoredResource) => Standing;

const strings = (value: unknown, ...path: readonly string[]): readonly string[] => list(value, ...path).filter((x) => typeof x === 'string');

const stands: Readonly<Record<string, Stand>> = {
  'AWS::EC2::Instance': (graph, r) => ({ doors: instanceDoorways(graph, r), state: instanceState(r), mode: 'any' }),
  'AWS::EC2::NetworkInterface': (graph, r) => {
    const config = readInterface(r);
    return { doors: config ? [interfaceDoorway(graph, config, r.urn, '', r)] : missingRow('NO_PUBLIC_IP', r.urn, unreadable(r)), state: interfaceState(graph, r), mode: 'any' };
  },
  'AWS::RDS::DBInstance': (graph, r) => {
    const port = databasePort(r);
    return { doors: databaseDoorways(graph, r), state: databaseState(r), mode: 'one-of', ...(port && { listens: [port] }) };
  },
  'AWS::ElasticLoadBalancing::LoadBalancer': balancer,
  'AWS::ElasticLoadBalancingV2::LoadBalancer': balancer,
  'AWS::ECS::Task': task,
  'AWS::ECS::Service': service,
  'AWS::Redshift::Cluster': warehouse,
  'AWS::MSK::Cluster': brokers,
  'AWS::Lambda::Function': (graph, r) => managed(graph, r, {
    subnets: strings(r.config, 'VpcConfig', 'SubnetIds'), groups: strings(r.config, 'VpcConfig', 'SecurityGroupIds'), vpc: str(r.config, 'VpcConfig', 'VpcId'), address: () => row('NO_PUBLIC_IP', 'no', r.urn, '/VpcConfig', 'a function in a VPC has no public address'),
    state: row('STATE', 'yes', r.urn, '', 'the function is there'),
  }),
  'AWS::OpenSearch::Domain': (graph, r) => managed(graph, r, {
    subnets: strings(r.config, 'VPCOptions', 'SubnetIds'), groups: strings(r.config, 'VPCOptions', 'SecurityGroupIds'), vpc: str(r.config, 'VPCOptions', 'VPCId'),
    address: () => row('NO_PUBLIC_IP', 'no', r.urn, '/VPCOptions', 'a domain in a VPC has no public address'), state: row('STATE', 'yes', r.urn, '', 'the domain is there'), listens: [{ from: 443, to: 443 }],
  }),
  'AWS::EC2::VPCEndpoint': (graph, r) => managed(graph, r, {
    subnets: strings(r.config, 'SubnetIds'), groups: list(r.config, 'Groups').flatMap((g) => str(g, 'GroupId') ?? []), vpc: str(r.config, 'VpcId'), address: () => row('NO_PUBLIC_IP', 'no', r.urn, '', 'a VPC endpoint has no public address'),
    state: row('STATE', /^(available|partial)$/i.test(str(r.config, 'State') ?? 'available') ? 'yes' : 'no', r.urn, '/State', `the endpoint is ${str(r.config, 'State') ?? 'there'}`),
  }),
};

/** Undefined for what has no place in a VPC. */
export const standingOf = (graph: GraphView, resource: StoredResource): Standing | undefined =>
  (Object.hasOwn(stands, resource.type) ? stands[resource.type]?.(graph, resource) : undefined);
export const standsInVpc = (type: string): boolean => Object.hasOwn(stands, type);

function balancer(graph: GraphView, resource: StoredResource): Standing {
  const listeners = isBalancer(resource.type) ? listenersOf(graph, resource) : undefined;
  return { doors: balancerDoorways(graph, resource), state: balancerState(resource, listeners, everyPort), mode: 'any', ...(listeners && { listens: listeners }) };
}

interface Managed { readonly subnets: readonly string[]; readonly groups: readonly string[] | undefined; readonly vpc: string | undefined; readonly address: Doorway['address']; readonly addresses?: readonly string[]; readonly state: Row; readonly listens?: readonly PortInterval[]; readonly mode?: Standing['mode'] }

/** Something that AWS runs in subnets of ours: one doorway a subnet. */
function managed(graph: GraphView, resource: StoredResource, { subnets, groups, vpc, address, addresses = [], state, listens, mode = 'any' }: Managed): Standing {
  const doors = (subnets.length > 0 ? subnets : [undefined]).map((subnet): Doorway => ({ source: resource.urn, subnet, ...placeOf(graph, subnet, vpc, resource), families: [4], addresses, address, groups }));
  return { doors, state, mode, ...(listens && { listens }) };
}

/** An ECS task in awsvpc mode is behind the interface that its attachment names. */
function task(graph: GraphView, resource: StoredResource): Standing {
  const { config, urn } = resource;
  const details = list(config, 'Attachments').flatMap((a) => list(a, 'Details'));
  const detail = (name: string): string | undefined => str(details.find((d) => str(d, 'Name') === name), 'Value');
  const status = str(config, 'LastStatus');
  const state = status === undefined ? missingRow('STATE', urn, { what: 'the status of the task', entity: urn, supply: 'aws ecs describe-tasks' }) : row('STATE', /RUNNING|ACTIVATING|PENDING|PROVISIONING/.test(status) ? 'yes' : 'no', urn, '/LastStatus', `the task is ${status}`);
  const id = detail('networkInterfaceId');
  const eni = id === undefined ? undefined : findEc2(graph, 'AWS::EC2::NetworkInterface', id, resource);
  const known = eni && readInterface(eni);
  if (known) return { doors: [interfaceDoorway(graph, known, eni.urn, '', eni)], state, mode: 'any' };
  const subnet = detail('subnetId'), inside = detail('privateIPv4Address');
  if (subnet === undefined) return { doors: missingRow('NO_PUBLIC_IP', urn, { what: 'the network interface of the task', entity: urn, supply: 'aws ecs describe-tasks and aws ec2 describe-network-interfaces' }), state, mode: 'any' };
  const address = (): Row => missingRow('NO_PUBLIC_IP', urn, { what: `network interface ${id ?? ''}`, entity: id ?? urn, supply: 'aws ec2 describe-network-interfaces' });
  return { doors: [{ source: urn, subnet, ...placeOf(graph, subnet, undefined, resource), families: [4], addresses: [], ...(inside !== undefined && { inside: [inside] }), address, groups: undefined }], state, mode: 'any' };
}

function service(graph: GraphView, resource: StoredResource): Standing {
  const { config, urn } = resource;
  const network = at(config, 'NetworkConfiguration', 'AwsvpcConfiguration');
  const isPublic = str(network, 'AssignPublicIp');
  const status = str(config, 'Status'), running = Number(str(config, 'RunningCount') ?? 1);
  return managed(graph, resource, {
    subnets: strings(network, 'Subnets'), groups: network === undefined ? undefined : strings(network, 'SecurityGroups'), vpc: undefined,
    address: () => (isPublic === undefined ? missingRow('NO_PUBLIC_IP', urn, { what: 'whether its tasks get public addresses', entity: urn, supply: 'aws ecs describe-services' })
      : row('NO_PUBLIC_IP', isPublic === 'ENABLED' ? 'yes' : 'no', urn, '/NetworkConfiguration/AwsvpcConfiguration/AssignPublicIp', `its tasks get ${isPublic === 'ENABLED' ? 'a' : 'no'} public address`)),
    state: row('STATE', (status === undefined || status === 'ACTIVE') && running > 0 ? 'yes' : 'no', urn, '/Status', `the service is ${status ?? 'there'} with ${running} running`),
  });
}

const groupNames = (resource: StoredResource): readonly string[] => [str(resource.config, 'ClusterSubnetGroupName')].filter((n) => n !== undefined);

function warehouse(graph: GraphView, resource: StoredResource): Standing {
  const { config, urn } = resource;
  const isPublic = at(config, 'PubliclyAccessible');
  const group = findBy(graph, 'AWS::Redshift::ClusterSubnetGroup', resource, groupNames, str(config, 'ClusterSubnetGroupName') ?? '')[0];
  const status = str(config, 'ClusterStatus'), port = Number(str(config, 'Endpoint', 'Port') ?? 5439);
  return managed(graph, resource, {
    subnets: list(group?.config, 'Subnets').flatMap((s) => str(s, 'SubnetIdentifier') ?? []), groups: list(config, 'VpcSecurityGroups').flatMap((g) => str(g, 'VpcSecurityGroupId') ?? []), vpc: str(config, 'VpcId'), mode: 'one-of',
    addresses: [str(config, 'Endpoint', 'Address')].filter((x) => x !== undefined), listens: [{ from: port, to: port }],
    address: () => (typeof isPublic !== 'boolean' ? missingRow('NO_PUBLIC_IP', urn, { what: 'whether it is publicly accessible', entity: urn, supply: 'aws redshift describe-clusters' })
      : row('NO_PUBLIC_IP', isPublic ? 'yes' : 'no', urn, '/PubliclyAccessible', `the cluster is ${isPublic ? '' : 'not '}publicly accessible`)),
    state: status === undefined ? missingRow('STATE', urn, { what: 'the status of the cluster', entity: urn, supply: 'aws redshift describe-clusters' }) : row('STATE', /paused|deleting|creating|failed/.test(status) ? 'no' : 'yes', urn, '/ClusterStatus', `the cluster is ${status}`),
  });
}

/** Brokers of MSK have public addresses only where public access is turned on. */
function brokers(graph: GraphView, resource: StoredResource): Standing {
  const { config, urn } = resource;
  const info = at(config, 'BrokerNodeGroupInfo') ?? at(config, 'Provisioned', 'BrokerNodeGroupInfo');
  const access = str(info, 'ConnectivityInfo', 'PublicAccess', 'Type') ?? 'DISABLED';
  return managed(graph, resource, {
    subnets: strings(info, 'ClientSubnets'), groups: strings(info, 'SecurityGroups'), vpc: undefined,
    address: () => row('NO_PUBLIC_IP', access === 'SERVICE_PROVIDED_EIPS' ? 'yes' : 'no', urn, '/BrokerNodeGroupInfo/ConnectivityInfo', `public access of the brokers is ${access}`),
    state: row('STATE', /DELETING|FAILED/.test(str(config, 'State') ?? '') ? 'no' : 'yes', urn, '/State', `the cluster is ${str(config, 'State') ?? 'there'}`),
  });
}
