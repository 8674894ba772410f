import { at, str } from '#shared/lib/json.ts';
import type { GraphView } from '#shared/model/resource.ts';
import { parsePolicy } from '../policy-document.ts';
import { missingRow, row, type Row } from './row.ts';
import type { Position } from './route-table.ts';

/**
 * A gateway endpoint passes traffic to its service on, as far as its policy allows: without a policy, or with one that allows everything, all of
 * it; else it hangs on the request, which a question about packets does not name. A firewall's endpoint is another matter: its rules decide.
 */
export function endpointRow(graph: GraphView, position: Position, id: string, table: string, pointer: string): Row {
  const endpoint = graph.resource(id);
  if (!endpoint) return missingRow('VPCE_POLICY', position.source, { what: `VPC endpoint ${id}`, entity: id, supply: 'aws ec2 describe-vpc-endpoints' });
  const type = str(endpoint.config, 'VpcEndpointType') ?? 'Gateway', state = str(endpoint.config, 'State') ?? 'available';
  if (!/^available$/i.test(state)) return row('VPCE_POLICY', 'no', endpoint.urn, '/State', `${id} is ${state}`);
  if (type !== 'Gateway') return missingRow('VPCE_POLICY', table, { what: `what ${id} lets through`, entity: id, supply: 'the rules of that firewall or appliance' }, `${pointer.slice(1)} leads to ${id}, which may pass it on`);
  const document = at(endpoint.config, 'PolicyDocument');
  const parsed = document === undefined || document === null ? undefined : parsePolicy(document);
  if (parsed && !parsed.ok) return missingRow('VPCE_POLICY', endpoint.urn, { what: 'a readable policy of the endpoint', entity: endpoint.urn, supply: 'aws ec2 describe-vpc-endpoints' });
  const statements = parsed?.value.statements ?? [];
  const service = str(endpoint.config, 'ServiceName')?.split('.').at(-1) ?? 'the service';
  if (!parsed || (statements.some((s) => s.effect === 'Allow' && s.actions?.includes('*') === true && s.resources?.includes('*') === true && s.conditions.length === 0) && statements.every((s) => s.effect === 'Allow'))) return row('VPCE_POLICY', 'yes', endpoint.urn, document === undefined ? '' : '/PolicyDocument', `${id} passes everything on to ${service}`);
  if (statements.every((s) => s.effect === 'Deny')) return row('VPCE_POLICY', 'no', endpoint.urn, '/PolicyDocument', `the policy of ${id} allows nothing`);
  return row('VPCE_POLICY', 'yes', endpoint.urn, '/PolicyDocument', `${id} passes requests on to ${service} that its policy allows`, { assumed: [`the request is one that the policy of ${id} allows`] });
}
