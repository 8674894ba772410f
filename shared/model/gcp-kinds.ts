import type { NodeKind } from './resource.ts';

/** The node kind of each Cloud Asset type that the graph has a word for. */
export const gcpKinds: Readonly<Record<string, NodeKind>> = {
  'cloudresourcemanager.googleapis.com/Project': 'account', 'cloudresourcemanager.googleapis.com/Folder': 'org_unit', 'cloudresourcemanager.googleapis.com/Organization': 'org_unit',
  'compute.googleapis.com/Network': 'vpc', 'compute.googleapis.com/Subnetwork': 'subnet', 'compute.googleapis.com/Firewall': 'sg', 'compute.googleapis.com/FirewallPolicy': 'sg', 'compute.googleapis.com/Route': 'route_table',
  'compute.googleapis.com/Router': 'gateway', 'compute.googleapis.com/VpnGateway': 'gateway', 'compute.googleapis.com/VpnTunnel': 'gateway', 'compute.googleapis.com/ForwardingRule': 'lb', 'compute.googleapis.com/GlobalForwardingRule': 'lb',
  'compute.googleapis.com/Instance': 'vm', 'compute.googleapis.com/Image': 'image', 'compute.googleapis.com/NetworkEndpointGroup': 'endpoint', 'compute.googleapis.com/Address': 'endpoint', 'compute.googleapis.com/GlobalAddress': 'endpoint',
  'run.googleapis.com/Service': 'function', 'run.googleapis.com/Job': 'container_workload', 'cloudfunctions.googleapis.com/CloudFunction': 'function', 'cloudfunctions.googleapis.com/Function': 'function', 'appengine.googleapis.com/Service': 'function',
  'container.googleapis.com/Cluster': 'endpoint', 'k8s.io/Pod': 'pod', 'k8s.io/Node': 'node', 'k8s.io/Namespace': 'k8s_ns',
  'storage.googleapis.com/Bucket': 'bucket', 'artifactregistry.googleapis.com/Repository': 'image', 'containerregistry.googleapis.com/Image': 'image',
  'sqladmin.googleapis.com/Instance': 'database', 'bigquery.googleapis.com/Dataset': 'database', 'bigquery.googleapis.com/Table': 'database', 'spanner.googleapis.com/Instance': 'database', 'spanner.googleapis.com/Database': 'database',
  'bigtableadmin.googleapis.com/Instance': 'database', 'bigtable.googleapis.com/Instance': 'database', 'redis.googleapis.com/Instance': 'database', 'firestore.googleapis.com/Database': 'database', 'alloydb.googleapis.com/Cluster': 'database',
  'pubsub.googleapis.com/Topic': 'queue_topic', 'pubsub.googleapis.com/Subscription': 'queue_topic', 'cloudtasks.googleapis.com/Queue': 'queue_topic',
  'secretmanager.googleapis.com/Secret': 'secret_key', 'cloudkms.googleapis.com/CryptoKey': 'secret_key', 'cloudkms.googleapis.com/KeyRing': 'secret_key', 'iam.googleapis.com/ServiceAccountKey': 'secret_key', 'apikeys.googleapis.com/Key': 'secret_key',
  'iam.googleapis.com/ServiceAccount': 'identity', 'cloudidentity.googleapis.com/User': 'identity', 'cloudidentity.googleapis.com/Group': 'identity', 'iam.googleapis.com/Role': 'policy', 'iam.googleapis.com/DenyPolicy': 'policy',
  'iam.googleapis.com/PrincipalAccessBoundaryPolicy': 'policy', 'iam.googleapis.com/PolicyBinding': 'policy', 'orgpolicy.googleapis.com/Policy': 'policy', 'accesscontextmanager.googleapis.com/ServicePerimeter': 'policy', 'cloudasset.googleapis.com/OrgPolicy': 'policy',
};
