import { isObject, list, str } from '#shared/lib/json.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { PolicyLevel } from './aws-policy.ts';
import type { PolicyInput } from './policy-scan.ts';

export type OrganizationPolicyType = 'SERVICE_CONTROL_POLICY' | 'RESOURCE_CONTROL_POLICY' | 'S3_POLICY';
export interface OrganizationPolicies {
  /** True when the snapshot carries policies of this type at all. */
  readonly recorded: boolean;
  /** Policies that bind the account, one entry for each level at which some are attached, from the account upwards. */
  readonly levels: readonly PolicyLevel[];
}

const found = new WeakMap<GraphView, { readonly version: number; readonly byKey: Map<string, OrganizationPolicies> }>();

/**
 * Organization policies that bind an account, computed once for each version of a graph. A policy (`AWS::Organizations::Policy`, `describe-policy` with `list-targets-for-policy`)
 * is bound by its `Targets`/`TargetIds` or by HAS_POLICY edges to the account or to a unit above it (CONTAINS edges); one of which no
 * target is recorded may bind anything, so its content counts as not known. The management account is bound by none.
 */
export function organizationPolicies(graph: GraphView, account: string | undefined, type: OrganizationPolicyType): OrganizationPolicies {
  const kept = found.get(graph);
  const cache = kept?.version === graph.version ? kept : { version: graph.version, byKey: new Map<string, OrganizationPolicies>() };
  found.set(graph, cache);
  const key = `${type} ${account ?? ''}`;
  const known = cache.byKey.get(key) ?? collect(graph, account, type);
  cache.byKey.set(key, known);
  return known;
}

function collect(graph: GraphView, account: string | undefined, type: OrganizationPolicyType): OrganizationPolicies {
  const policies = graph.ofType('AWS::Organizations::Policy').filter((p) => policyType(p) === type);
  if (policies.length === 0) return { recorded: false, levels: [] };
  if (account === undefined || isManagementAccount(graph, account)) return { recorded: true, levels: [] };
  const lineage = lineageOf(graph, account);
  const levels = new Map<string, PolicyInput[]>();
  for (const policy of policies) {
    const targets = targetsOf(graph, policy);
    const bound = targets.length === 0 ? ['unrecorded target'] : targets.filter((t) => lineage.has(t));
    for (const target of bound) {
      const level = levels.get(lineage.get(target) ?? target) ?? [];
      const input = contentOf(policy);
      level.push(targets.length === 0 ? { ...input, document: undefined } : input);
      levels.set(lineage.get(target) ?? target, level);
    }
  }
  const upwards = [...lineage.values()];
  return { recorded: true, levels: [...levels].map(([name, inputs]) => ({ name, policies: inputs })).toSorted((a, b) => upwards.indexOf(a.name) - upwards.indexOf(b.name)) };
}

function policyType(policy: StoredResource): string | undefined {
  return str(policy.config, 'Type') ?? str(policy.config, 'PolicySummary', 'Type');
}

function contentOf(policy: StoredResource): PolicyInput {
  const content = isObject(policy.config) ? policy.config['Content'] : undefined;
  return { name: policy.name ?? str(policy.config, 'PolicySummary', 'Name') ?? policy.urn, source: policy.urn, pointer: '/Content', document: content };
}

function targetsOf(graph: GraphView, policy: StoredResource): readonly string[] {
  const listed = [...list(policy.config, 'Targets'), ...list(policy.config, 'TargetIds')].flatMap((t) => (typeof t === 'string' ? [t] : [str(t, 'TargetId') ?? []].flat()));
  return [...listed, ...graph.edgesTo(policy.urn, 'HAS_POLICY').map((e) => e.source)];
}

function isManagementAccount(graph: GraphView, account: string): boolean {
  return graph.ofType('AWS::Organizations::Organization').some((o) => [str(o.config, 'MasterAccountId'), str(o.config, 'ManagementAccountId')].includes(account));
}

/** Every id (urn, account number, unit id, root id) of the account and the units above it, each with the name of its level. */
function lineageOf(graph: GraphView, account: string): ReadonlyMap<string, string> {
  const ids = new Map<string, string>([[account, account]]);
  let level: StoredResource | undefined = graph.resource(`arn:aws:iam::${account}:root`) ?? graph.resource(account);
  for (let depth = 0; level && depth < 10; depth++) {
    for (const id of [level.urn, ...level.aliases, str(level.config, 'Id')]) if (id !== undefined) ids.set(id, level.urn);
    const parent: string | undefined = graph.edgesTo(level.urn, 'CONTAINS')[0]?.source ?? str(level.config, 'ParentIds', 0);
    level = parent === undefined ? undefined : graph.resource(parent);
  }
  // Policies of the organization's root bind every member, also where the tree was not imported.
  for (const organization of graph.ofType('AWS::Organizations::Root')) for (const id of [organization.urn, ...organization.aliases]) ids.set(id, organization.urn);
  return ids;
}
