import { at, list, str } from '#shared/lib/json.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Doorway } from './doorway.ts';
import { placeOf } from './interfaces.ts';
import type { PortInterval } from '../../network/port-sweep.ts';
import { missingRow, row, type Row } from './row.ts';

const supply = 'aws rds describe-db-instances, or an AWS Config snapshot';
/** States in which an RDS instance takes no connection (RDS user guide, "Viewing DB instance status"). */
const down = new Set(['stopped', 'stopping', 'deleted', 'deleting', 'creating', 'failed', 'inaccessible-encryption-credentials', 'inaccessible-encryption-credentials-recoverable', 'restore-error']);

/** The subnets that an RDS instance may stand in: those of its zone when the group tells the zones, else the whole group. */
export function databaseDoorways(graph: GraphView, resource: StoredResource): readonly Doorway[] | Row {
  const { config, urn } = resource;
  const isPublic = at(config, 'PubliclyAccessible');
  const endpoint = str(config, 'Endpoint', 'Address');
  const address = (): Row => {
    if (typeof isPublic !== 'boolean') return missingRow('NO_PUBLIC_IP', urn, { what: 'whether it is publicly accessible', entity: urn, supply });
    return row('NO_PUBLIC_IP', isPublic ? 'yes' : 'no', urn, '/PubliclyAccessible', isPublic ? 'the database is publicly accessible' : 'the database is not publicly accessible');
  };
  const vpc = str(config, 'DBSubnetGroup', 'VpcId');
  const listed = list(config, 'DBSubnetGroup', 'Subnets');
  const zone = str(config, 'AvailabilityZone');
  const inZone = listed.filter((s) => zone !== undefined && str(s, 'SubnetAvailabilityZone', 'Name') === zone);
  const subnets = (inZone.length > 0 ? inZone : listed).map((s) => str(s, 'SubnetIdentifier')).filter((id) => id !== undefined);
  const groups = at(config, 'VpcSecurityGroups');
  const ids = Array.isArray(groups) ? groups.map((g) => str(g, 'VpcSecurityGroupId')).filter((id) => id !== undefined) : undefined;
  return (subnets.length > 0 ? subnets : [undefined]).map((subnet) => ({
    source: urn, subnet, ...placeOf(graph, subnet, vpc, resource), families: [4], addresses: endpoint === undefined ? [] : [endpoint], address, groups: ids,
  }));
}

export function databaseState({ config, urn }: StoredResource): Row {
  const status = str(config, 'DBInstanceStatus');
  if (status === undefined) return missingRow('STATE', urn, { what: 'the status of the database', entity: urn, supply });
  return row('STATE', down.has(status) ? 'no' : 'yes', urn, '/DBInstanceStatus', `the database is ${status}`);
}

/** The port that it listens on. */
export function databasePort({ config }: StoredResource): PortInterval | undefined {
  const port = Number(str(config, 'Endpoint', 'Port') ?? str(config, 'Port') ?? str(config, 'DbInstancePort') ?? 0);
  return Number.isInteger(port) && port > 0 && port <= 65535 ? { from: port, to: port } : undefined;
}
