import type { AzureType } from '#shared/model/azure.ts';
import { gcpTypes } from '#shared/model/gcp.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Missing } from '#shared/model/verdict.ts';
import { workloadTypes } from './k8s/workload.ts';

/** `unknown` where nothing authoritative says it. */
export type IsProduction = (resource: StoredResource) => boolean | 'unknown';
/** A node that falls, as far as its account's share needs it. */
interface Fallen { readonly resource: StoredResource | undefined; readonly isProduction: boolean; readonly isOfUnknownEnvironment: boolean }

/** A tenth of an account's production, and ten nodes of it at least (design 5-graph §4). */
const shareThresholds = { share: 0.1, nodes: 10 } as const;

/** Users and groups of an Azure tenant stand in no subscription. */
export const accountOf = (resource: StoredResource | undefined): string | undefined => (resource && (resource.type.startsWith('Microsoft.Graph/') || resource.type.startsWith('AZ::')) ? undefined : resource?.account);

const azureCounted: readonly AzureType[] = [
  'Microsoft.Compute/virtualMachines', 'Microsoft.Compute/virtualMachineScaleSets', 'Microsoft.Web/sites', 'Microsoft.App/containerApps', 'Microsoft.ContainerInstance/containerGroups', 'Microsoft.Storage/storageAccounts', 'Microsoft.KeyVault/vaults', 'Microsoft.Sql/servers/databases', 'Microsoft.DocumentDB/databaseAccounts', 'Microsoft.Cache/Redis',
  'Microsoft.DBforPostgreSQL/flexibleServers', 'Microsoft.DBforMySQL/flexibleServers', 'Microsoft.ServiceBus/namespaces', 'Microsoft.EventHub/namespaces', 'Microsoft.ManagedIdentity/userAssignedIdentities',
];
/** Types that make up an account's production; counted only when ten of its nodes are reached. */
const countedTypes: ReadonlySet<string> = new Set<string>([
  'AWS::EC2::Instance', 'AWS::Lambda::Function', 'AWS::ECS::Service', 'AWS::S3::Bucket', 'AWS::RDS::DBInstance', 'AWS::RDS::DBCluster', 'AWS::DynamoDB::Table', 'AWS::SQS::Queue', 'AWS::SNS::Topic', 'AWS::SecretsManager::Secret', 'AWS::KMS::Key', 'AWS::IAM::Role', 'AWS::IAM::User',
  gcpTypes.instance, gcpTypes.runService, gcpTypes.functionV1, gcpTypes.functionV2, gcpTypes.bucket, gcpTypes.sql, gcpTypes.serviceAccount, 'secretmanager.googleapis.com/Secret', 'cloudkms.googleapis.com/CryptoKey', 'bigquery.googleapis.com/Dataset', 'spanner.googleapis.com/Database', 'pubsub.googleapis.com/Topic', 'pubsub.googleapis.com/Subscription',
  ...azureCounted, ...workloadTypes, 'K8s::Node', 'K8s::Secret', 'K8s::ServiceAccount',
]);

type Share = { readonly isSure: true; readonly text: string } | { readonly isSure: false; readonly missing: Missing };
/** A tenth of an account's production, and ten nodes of it; open where nodes of unknown environment would make it that. */
export function productionShare(graph: GraphView, nodes: readonly Fallen[], isProduction: IsProduction): Share | undefined {
  const perhaps = new Map<string, { sure: number; all: number }>();
  for (const n of nodes) {
    const account = accountOf(n.resource);
    if (account === undefined || !(n.isProduction || n.isOfUnknownEnvironment) || !countedTypes.has(n.resource?.type ?? '')) continue;
    let have = perhaps.get(account);
    if (!have) { have = { sure: 0, all: 0 }; perhaps.set(account, have); }
    have.all += 1;
    if (n.isProduction) have.sure += 1;
  }
  let open: Share | undefined;
  for (const [account, { sure, all }] of perhaps) {
    if (all < shareThresholds.nodes) continue;
    const whole = productionNodes(graph, account, isProduction), least = (count: number, of: number): boolean => count >= shareThresholds.nodes && count >= of * shareThresholds.share;
    if (least(sure, whole.all)) return { isSure: true, text: `reaches ${sure} of the ${whole.all} production nodes of account ${account}` };
    // At the most all that it reaches are production, and nothing else of unknown environment is.
    if (least(all, whole.sure + all - sure)) open ??= { isSure: false, missing: { what: `whether ${all - sure} nodes of account ${account} that it reaches are production`, entity: account, supply: 'the account with its environment in the policy (accounts:)' } };
  }
  return open;
}

interface Production { readonly sure: number; /** With those of unknown environment. */ readonly all: number }
const counted = new WeakMap<GraphView, WeakMap<IsProduction, Map<string, Production>>>();

/** How many production nodes an account has; counted once for a graph and a way of telling production. */
function productionNodes(graph: GraphView, account: string, isProduction: IsProduction): Production {
  const ways = counted.get(graph) ?? new WeakMap<IsProduction, Map<string, Production>>();
  counted.set(graph, ways);
  const known = ways.get(isProduction) ?? new Map<string, Production>();
  ways.set(isProduction, known);
  let found = known.get(account);
  if (found === undefined) {
    const said = [...countedTypes].flatMap((type) => graph.ofType(type, { account }).filter((r) => accountOf(r) !== undefined).map(isProduction));
    found = { sure: said.filter((p) => p === true).length, all: said.filter((p) => p !== false).length };
    known.set(account, found);
  }
  return found;
}
