import { at, str } from '#shared/lib/json.ts';
import { awsUrn, identityPages } from '#shared/model/aws.ts';
import { gcpTypes } from '#shared/model/gcp.ts';
import { meaningOfEdge, meaningOfNode, passThroughTypes } from '#shared/model/graph-meaning.ts';
import type { Edge, GraphView, NodeKind, StoredResource } from '#shared/model/resource.ts';
import type { BlastRadius, IdentityAccess, Missing, Reason } from '#shared/model/verdict.ts';
import { restOf } from './aws/cut-list.ts';
import { carriesTo, shortName, walk, type IsExploitable, type Reached, type Step, type Walk } from './compromise-walk.ts';
import { groupsThatAdd } from './k8s/identity.ts';
import { holderOf } from './k8s/rbac-grants.ts';
import { isWithheld, withheldToken } from './k8s/workload.ts';
import { accountOf, productionShare } from './production-share.ts';

/** What the policy says of resources; `tierOf` is asked of identities only. */
export interface BlastContext {
  /** `unknown` where nothing authoritative says it; weighs like production, and leaves the level of a sensitive store open. */
  readonly isProduction: (resource: StoredResource) => boolean | 'unknown';
  isSensitive(resource: StoredResource): boolean;
  isCrownJewel(urn: string): boolean;
  tierOf(urn: string): IdentityAccess['tier'];
  /** Something that tools report on a node can be exploited: reaching it over the network is then a compromise. */
  isExploitable?: IsExploitable;
  /** Walks a graph held in memory instead of this one, edge by edge; must reach the same (query layer of the screens). */
  reach?(start: string, tierOf: (resource: StoredResource) => IdentityAccess['tier']): Walk;
}

/** Weights and thresholds of design 5-graph §4. */
export const blastWeights = { crown_jewel: 25, sensitive_store: 10, tier0: 50, tier1: 10, production_compute: 3, production: 1, other: 0.2 } as const;
export const blastThresholds = { medium_score: 10, high_score: 50, high_accounts: 3 } as const;

interface Node extends Reached {
  readonly weight: number;
  readonly tier: IdentityAccess['tier'] | undefined;
  readonly isJewel: boolean;
  readonly isProduction: boolean;
  readonly isOfUnknownEnvironment: boolean;
  readonly isSensitiveStore: boolean;
}

/**
 * What falls with an entity: the nodes reached from it by compromise edges with probability 0.1 or more, weighed by what they are; the
 * entity itself counts. The level is `unknown` when its identity or network inputs are missing and what they would show could raise it.
 */
export function blastRadius(graph: GraphView, urn: string, context: BlastContext): BlastRadius {
  const start = graph.resource(urn);
  if (!start) {
    const missing: Missing = { what: 'the entity', entity: urn, supply: 'an inventory that has it' };
    return { level: 'unknown', score: 0, reached: [], reasons: [], missing: [missing], truncated: false };
  }
  const tiers = new Map<string, IdentityAccess['tier']>();
  const tierOf = (resource: StoredResource): IdentityAccess['tier'] => {
    const tier = tiers.get(resource.urn) ?? context.tierOf(resource.urn);
    tiers.set(resource.urn, tier);
    return tier;
  };
  const found = context.reach?.(start.urn, tierOf) ?? walk(graph, start.urn, (node) => stepsFrom(graph, node, tierOf, context.isExploitable));
  const nodes = found.reached.map((reached) => describe(reached, context, tierOf));
  const score = nodes.reduce((sum, n) => sum + n.probability * n.weight, 0);
  const share = productionShare(graph, nodes, context.isProduction);
  const { level, reasons } = levelOf(start, nodes, score, share?.isSure === true ? share.text : undefined);
  const missing = [...missingInputs(graph, start), ...missingOf(nodes, (node) => missingToken(graph, node, tierOf)), ...(start.type === 'K8s::User' ? groupsThatAdd(graph, holderOf(graph, start.urn)) : []), ...missingOf(nodes, missingIdentity), ...missingOf(nodes, (node) => missingPages(graph, node)), ...missingOf(nodes, missingEnvironment), ...(share?.isSure === false ? [share.missing] : [])];
  return {
    level: missing.length > 0 && level !== 'high' ? 'unknown' : level, score, reasons, missing, truncated: found.truncated,
    reached: nodes.map(({ urn: id, probability, weight, why }) => ({ urn: id, probability, weight, why })),
  };
}

/** Why what an account or another place contains falls with it. */
export const containedIn = (kind: NodeKind, urn: string): string => `in ${kind === 'account' ? 'account ' : ''}${shortName(urn)}`;

/** Edges that carry a compromise on; an administrator also gets its account and, downward, what that contains. */
function stepsFrom(graph: GraphView, urn: string, tierOf: (r: StoredResource) => string, isExploitable?: IsExploitable): readonly Step[] {
  const resource = graph.resource(urn), edges = graph.edgesFrom(urn);
  const rights = resource ? byRight(graph, resource, tierOf) : noSteps;
  // Most that is reached leads nowhere: a store, mostly.
  if (!edges.some((e) => meaningOfEdge(e.kind).carries !== undefined)) return rights;
  const steps: Step[] = [], name = shortName(urn);
  // Edges of a kind stand together, so their reason is mostly the one before.
  let last: Edge | undefined, why = '';
  for (const edge of edges) {
    if (meaningOfEdge(edge.kind).carries === undefined) continue;
    const target = graph.resource(edge.target), factor = edge.kind === 'RUNS_AS' && isWithheld(graph, urn) ? 0 : carriesTo(graph, edge, target, isExploitable);
    if (factor <= 0) continue;
    if (last?.kind !== edge.kind || last.reason !== edge.reason) { last = edge; why = `${edge.kind}${edge.reason === undefined ? '' : ` (${edge.reason})`} from ${name}`; }
    steps.push({ urn: target?.urn ?? edge.target, factor, why });
  }
  for (const step of rights) steps.push(step);
  return steps;
}

const noSteps: readonly Step[] = [];

/** An administrator has its account, and what holds others has what it contains. */
function byRight(graph: GraphView, resource: StoredResource, tierOf: (r: StoredResource) => string): readonly Step[] {
  const own = accountStep(graph, resource, tierOf);
  if (meaningOfNode(resource.kind).holds !== true) return own;
  return [...own, ...graph.edgesFrom(resource.urn, 'CONTAINS').map((e) => ({ urn: graph.resource(e.target)?.urn ?? e.target, factor: 1, why: containedIn(resource.kind, resource.urn) }))];
}

function accountStep(graph: GraphView, resource: StoredResource, tierOf: (r: StoredResource) => string): readonly Step[] {
  if (!isPrivileged(resource) || resource.account === undefined || tierOf(resource) !== 'tier0') return noSteps;
  const account = graph.resource(awsUrn.account(resource.account));
  return account ? [{ urn: account.urn, factor: 1, why: `administrator ${shortName(resource.urn)} of the account` }] : noSteps;
}

/** An instance profile only passes its role on. */
const isPrivileged = (resource: StoredResource): boolean => resource.kind === 'identity' && !passThroughTypes.has(resource.type);

function describe(reached: Reached, context: BlastContext, tierOf: (r: StoredResource) => IdentityAccess['tier']): Node {
  const { resource, urn, probability, why } = reached;
  const isJewel = context.isCrownJewel(urn);
  if (!resource) return { urn, probability, why, resource, tier: undefined, isJewel, isProduction: false, isOfUnknownEnvironment: false, isSensitiveStore: false, weight: isJewel ? blastWeights.crown_jewel : blastWeights.other };
  const tier = isPrivileged(resource) ? tierOf(resource) : undefined;
  const environment = context.isProduction(resource);
  const isProduction = environment === true;
  const isSensitiveStore = meaningOfNode(resource.kind).store === true && context.isSensitive(resource);
  const weight = Math.max(
    isJewel ? blastWeights.crown_jewel : 0, isSensitiveStore ? blastWeights.sensitive_store : 0, tier === 'tier0' ? blastWeights.tier0 : tier === 'tier1' ? blastWeights.tier1 : 0,
    environment !== false ? (meaningOfNode(resource.kind).compute === true ? blastWeights.production_compute : blastWeights.production) : blastWeights.other,
  );
  return { urn, probability, why, resource, tier, isJewel, isProduction, isOfUnknownEnvironment: environment === 'unknown', isSensitiveStore, weight };
}

/** The first level, from above, of which any condition holds; all that hold are its reasons. */
function levelOf(start: StoredResource, nodes: readonly Node[], score: number, share: string | undefined): { readonly level: 'low' | 'medium' | 'high'; readonly reasons: readonly Reason[] } {
  const reason = (rule: string, urn: string, text: string): Reason => ({ rule: `BR.${rule}`, source: urn, pointer: '', text });
  const each = (rule: string, test: (n: Node) => boolean, text: string): readonly Reason[] => firstOf(nodes, test, 3).map((n) => reason(rule, n.urn, `${text}: ${shortName(n.urn)} (${n.why})`));
  const rounded = Math.round(score * 10) / 10;
  const accounts = accountsOf(nodes);
  const own = accountOf(start);
  const high = [
    ...each('crown_jewel', (n) => n.isJewel, 'reaches a crown jewel'), ...each('tier0', (n) => n.tier === 'tier0', 'reaches an administrator'),
    ...each('sensitive_production', (n) => n.isSensitiveStore && n.isProduction, 'reaches a production store of sensitive data'),
    ...(score >= blastThresholds.high_score ? [reason('score', start.urn, `score ${rounded}, 50 or more`)] : []),
    ...(accounts.size >= blastThresholds.high_accounts ? [reason('accounts', start.urn, `reaches ${accounts.size} accounts`)] : []),
    ...(share === undefined ? [] : [reason('share', start.urn, share)]),
  ];
  if (high.length > 0) return { level: 'high', reasons: high };
  const medium = [
    ...each('sensitive', (n) => n.isSensitiveStore, 'reaches a store of sensitive data outside production'),
    // What stands in no account itself (a user of a directory) gets from one into another once it reaches two.
    ...(accounts.size > 1 ? each('other_account', (n) => accountOf(n.resource) !== undefined && accountOf(n.resource) !== own, 'reaches another account') : []),
    ...(score >= blastThresholds.medium_score ? [reason('score', start.urn, `score ${rounded}, 10 or more`)] : []),
  ];
  if (medium.length > 0) return { level: 'medium', reasons: medium };
  return { level: 'low', reasons: [reason('score', start.urn, `score ${rounded}, below 10, and nothing of note is reached`)] };
}

function firstOf(nodes: readonly Node[], test: (n: Node) => boolean, most: number): readonly Node[] {
  const found: Node[] = [];
  for (const n of nodes) {
    if (found.length >= most) break;
    if (test(n)) found.push(n);
  }
  return found;
}

function accountsOf(nodes: readonly Node[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const n of nodes) { const account = accountOf(n.resource); if (account !== undefined) found.add(account); }
  return found;
}

/** An identity may reach others of its account that stand on a page which was not imported. */
const missingPages = (graph: GraphView, { resource }: Node): Missing | undefined => (resource?.type.startsWith('AWS::IAM::') === true ? restOf(graph, identityPages, resource.account) : undefined);

/** How to get what a record lacks, by the beginning of its type. */
const supplies: readonly (readonly [prefix: RegExp, records: string, identity: string, policies: string])[] = [
  [/^[a-z0-9.-]+\.googleapis\.com\//, 'gcloud asset export --content-type resource', 'gcloud asset export --content-type resource', 'gcloud asset export --content-type iam-policy'],
  [/^microsoft\./i, 'az vm list', 'az identity list, az ad sp list', 'az role assignment list --all'],
  [/^K8s::/, 'kubectl get pods -A -o json', 'kubectl get serviceaccounts,nodes -A -o json', 'kubectl get roles,rolebindings,clusterroles,clusterrolebindings -A -o json'],
];
const supplyOf = (type: string) => { const [, records, identity, policies] = supplies.find(([prefix]) => prefix.test(type)) ?? [undefined, 'aws ec2 describe-instances, aws lambda list-functions', 'aws iam get-account-authorization-details', 'aws iam get-account-authorization-details']; return { records, identity, policies }; };

/** What a whole record of a machine has: without it neither the identity nor the place is known. */
const wholeBy: Readonly<Record<string, readonly [key: string, identity: string] | undefined>> = {
  [gcpTypes.instance]: ['networkInterfaces', 'whether it runs as a service account'], 'Microsoft.Compute/virtualMachines': ['networkProfile', 'whether it runs as a managed identity'], 'K8s::Pod': ['spec', 'as which account it runs'],
};

/** Inputs of the entity itself without which it isn't known where it leads. */
function missingInputs(graph: GraphView, start: StoredResource): readonly Missing[] {
  const lacks = (what: string, supply: string, entity = start.urn): Missing => ({ what, entity, supply });
  const supply = supplyOf(start.type), runsAs = graph.edgesFrom(start.urn, 'RUNS_AS');
  const leadsNowhere = (id: string): boolean => {
    const target = graph.resource(id);
    return !target || (passThroughTypes.has(target.type) && graph.edgesFrom(target.urn, 'RUNS_AS').length === 0);
  };
  const lost = runsAs.filter((e) => leadsNowhere(e.target)).map((e) => lacks(start.kind === 'node' ? 'the machine that it is' : start.type.startsWith('AWS::') ? 'the role that it runs as' : 'the identity that it runs as', supply.identity, e.target));
  const whole = wholeBy[start.type];
  if (whole && at(start.config, whole[0]) === undefined) return [...lost, ...(runsAs.length > 0 ? [] : [lacks(whole[1], supply.records)]), lacks('where it stands in the network', supply.records)];
  const rolePath = start.type === 'AWS::EC2::Instance' ? 'IamInstanceProfile' : start.type === 'AWS::Lambda::Function' ? 'Role' : undefined;
  const unrecorded = rolePath !== undefined && runsAs.length === 0 && at(start.config, rolePath) === undefined && !isSilent(start);
  // A profile or role that is named but leads nowhere: no role stands behind it in the graph.
  const named = rolePath === undefined || runsAs.length > 0 ? undefined : str(start.config, rolePath) ?? str(start.config, rolePath, 'Arn');
  const noNetwork = start.type === 'AWS::EC2::Instance' && ['SubnetId', 'VpcId', 'NetworkInterfaces', 'SecurityGroups'].every((key) => at(start.config, key) === undefined);
  return [
    ...lost, ...(unrecorded ? [lacks('whether it runs as a role', supply.records)] : []), ...(named === undefined ? [] : [lacks('the role that it runs as', supply.identity, named)]),
    ...(noNetwork ? [lacks('where it stands in the network', supply.records)] : []),
  ];
}

/** describe-instances leaves IamInstanceProfile out for an instance that has none; a record with state and network is such an answer. */
const isSilent = (instance: StoredResource): boolean => instance.type === 'AWS::EC2::Instance' && at(instance.config, 'State') !== undefined
  && (at(instance.config, 'SubnetId') !== undefined || at(instance.config, 'NetworkInterfaces') !== undefined);

function missingOf(nodes: readonly Node[], ask: (node: Node) => Missing | undefined): readonly Missing[] {
  const found: Missing[] = [];
  for (const node of nodes) { const missing = ask(node); if (missing) found.push(missing); }
  return found;
}

/** An identity whose privileges are not known may lead anywhere. */
function missingIdentity(node: Node): Missing | undefined {
  return node.tier === 'unknown' ? { what: `the policies of ${shortName(node.urn)}`, entity: node.urn, supply: supplyOf(node.resource?.type ?? '').policies } : undefined;
}

/** A workload without a token of its account might get one: that counts where the account leads somewhere. */
function missingToken(graph: GraphView, { resource }: Node, tierOf: (r: StoredResource) => string): Missing | undefined {
  if (!resource || !isWithheld(graph, resource.urn)) return undefined;
  const leads = graph.edgesFrom(resource.urn, 'RUNS_AS').flatMap((e) => graph.resource(e.target) ?? []).some((account) => tierOf(account) !== 'none' || graph.edgesFrom(account.urn).some((e) => meaningOfEdge(e.kind).carries !== undefined));
  return leads ? withheldToken(graph, resource) : undefined;
}

/** A store of sensitive data is of high concern in production and of medium outside it. */
function missingEnvironment(node: Node): Missing | undefined {
  if (!node.isSensitiveStore || !node.isOfUnknownEnvironment) return undefined;
  return { what: `whether ${shortName(node.urn)}, which holds sensitive data, is production`, entity: node.urn, supply: 'the account with its environment in the policy (accounts:)' };
}
