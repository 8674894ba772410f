import { list, str } from '#shared/lib/json.ts';
import type { GraphView } from '#shared/model/resource.ts';
import { parseNetwork, type Network } from '../../network/cidr.ts';
import { findEc2, type Place } from './lookup.ts';

/** The networks in a managed prefix list, if the snapshot has its entries (`Entries[].Cidr`, or strings as in describe-prefix-lists). */
export function prefixListNetworks(graph: GraphView, id: string, place: Place): { readonly urn: string; readonly networks: readonly Network[] } | undefined {
  const resource = findEc2(graph, 'AWS::EC2::PrefixList', id, place);
  const entries = [...list(resource?.config, 'Entries'), ...list(resource?.config, 'Cidrs')];
  if (!resource || entries.length === 0) return undefined;
  const networks = entries.map((entry) => parseNetwork((typeof entry === 'string' ? entry : str(entry, 'Cidr')) ?? ''));
  const read = networks.filter((network) => network !== undefined);
  return read.length === networks.length ? { urn: resource.urn, networks: read } : undefined;
}
