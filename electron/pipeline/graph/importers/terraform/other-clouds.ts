import { partitionOf } from '#shared/lib/arn.ts';
import { str, type JsonObject } from '#shared/lib/json.ts';
import { awsUrn } from '#shared/model/aws.ts';
import type { NodeKind } from '#shared/model/resource.ts';
import { idOf, type TfResource } from './read-resource.ts';

const kinds: readonly (readonly [RegExp, NodeKind])[] = [
  [/_(instance|virtual_machine|linux_virtual_machine|windows_virtual_machine)$/, 'vm'], [/_(storage_bucket|storage_account|storage_container)$/, 'bucket'], [/_(sql_database_instance|sql_server|mssql_server|postgresql_server|mysql_server|cosmosdb_account|spanner_instance|bigquery_dataset)$/, 'database'],
  [/_(firewall|network_security_group|network_security_rule|compute_security_policy)$/, 'sg'], [/_(service_account|user_assigned_identity)$/, 'identity'], [/_(network|virtual_network)$/, 'vpc'], [/_(subnetwork|subnet)$/, 'subnet'], [/_(cloudfunctions_function|cloudfunctions2_function|function_app|linux_function_app)$/, 'function'],
  [/_(iam_member|iam_binding|iam_policy|role_assignment|role_definition|policy)$/, 'policy'], [/_(key_vault|secret_manager_secret|kms_crypto_key)$/, 'secret_key'], [/_(forwarding_rule|lb|application_gateway)$/, 'lb'], [/_(project|subscription)$/, 'account'], [/_(pubsub_topic|servicebus_queue)$/, 'queue_topic'],
];
/** The graph's word for a type of another provider; `other` where it has none. */
export const kindOfTerraform = (type: string): NodeKind => kinds.find(([pattern]) => pattern.test(type))?.[1] ?? 'other';

/**
 * What AWS makes along with a VPC: its default network ACL, which lets everything through, and its main route table, which leads nowhere outside (VPC user
 * guide). They are inferred: whoever manages them says otherwise, which then counts.
 */
export function impliedParts(r: TfResource): readonly { readonly urn: string; readonly type: string; readonly config: JsonObject }[] {
  if (r.type !== 'aws_vpc') return [];
  const vpc = idOf(r), acl = str(r.values, 'default_network_acl_id') ?? `${vpc}/default-acl`, table = str(r.values, 'main_route_table_id') ?? str(r.values, 'default_route_table_id') ?? `${vpc}/main-table`;
  const urn = (kind: string, id: string): string => (r.account === undefined || r.region === undefined ? `terraform:id/${id}` : awsUrn.ec2(kind, id, r.account, r.region, partitionOf(r.region)));
  const open = [false, true].map((Egress) => ({ RuleNumber: 100, Egress, Protocol: '-1', RuleAction: 'allow', CidrBlock: '0.0.0.0/0' }));
  const both = [
    { urn: urn('network-acl', acl), type: 'AWS::EC2::NetworkAcl', config: { NetworkAclId: acl, VpcId: vpc, IsDefault: true, Associations: [], Entries: open } },
    { urn: urn('route-table', table), type: 'AWS::EC2::RouteTable', config: { RouteTableId: table, VpcId: vpc, Routes: [{ DestinationCidrBlock: str(r.values, 'cidr_block') ?? '10.0.0.0/8', GatewayId: 'local', State: 'active' }], Associations: [{ Main: true }] } },
  ];
  return both.filter(({ type }) => !(type.endsWith('RouteTable') ? r.manages.table : r.manages.acl));
}
