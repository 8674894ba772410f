import { z } from 'zod';
import { identityTier } from '#electron/evaluate/aws/identity.ts';
import { attackPaths, type AttackPaths, type AttackTarget } from '#electron/pipeline/graph/attack-paths.ts';
import { externalTrustEdges } from '#electron/pipeline/graph/external-trust.ts';
import { isCrownJewel } from '#electron/tools/facts/environment.ts';
import type { Finding } from '#shared/model/finding.ts';
import type { Policy } from '#shared/model/policy.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { App } from '../create-app.ts';
import { newestUs } from '../newest.ts';
import { refreshGraph } from '../refresh-graph.ts';

export const pathsInput = z.object({ to: z.string().min(1).optional() });
export interface PathsReport extends AttackPaths { readonly graph_version: number; readonly as_of: string }

/** What a path's end is worth, chosen here: 1 for what the policy names as crown jewels. */
const impacts = { crown_jewel: 1, administrator: 0.9, other: 0.5 } as const;

/** Attack paths to the crown jewels of the policy and to every administrator, or to one entity. @returns an error when the entity is not in the graph. */
export function findPaths(app: App, input: z.infer<typeof pathsInput>): Result<PathsReport> {
  const graph = refreshGraph(app);
  const { policy } = app.tables.policies.current();
  const goal = input.to === undefined ? undefined : graph.resource(input.to);
  if (input.to !== undefined && !goal) return err(`${input.to} is not in the graph`);
  const administrators = administratorsOf(graph, app);
  const asOfUs = newestUs(app);
  const extra = externalTrustEdges(graph, new Set(Object.keys(policy.accounts)));
  const found = attackPaths(graph, {
    extra, administrators, asOfUs, maxAgeDays: policy.thresholds.max_age_days, exploit: exploits(app, graph),
    sources: new Set(extra.map((e) => graph.resource(e.source)?.urn ?? e.source)),
    targets: goal ? [targetOf(goal.urn, administrators, policy)] : [...jewels(app, policy), ...administrators.map((a) => a.urn)].map((urn) => targetOf(urn, administrators, policy)),
  });
  return ok({ ...found, graph_version: graph.version, as_of: new Date(asOfUs / 1000).toISOString() });
}

/** Service-linked roles do only what their service does with them. */
const administratorsOf = (graph: GraphView, app: App): readonly StoredResource[] => ['AWS::IAM::Role', 'AWS::IAM::User'].flatMap((type) => graph.ofType(type))
  .filter((identity) => !identity.urn.includes(':role/aws-service-role/') && identityTier(graph, identity.urn, app.resources.identity) === 'tier0');

const jewels = (app: App, policy: Policy): readonly string[] => (policy.crown_jewels.length === 0 ? [] : app.tables.nodes.openUrns().filter((urn) => isCrownJewel(urn, policy)));

function targetOf(urn: string, administrators: readonly StoredResource[], policy: Policy): AttackTarget {
  if (isCrownJewel(urn, policy)) return { urn, impact: impacts.crown_jewel, what: 'crown jewel' };
  return administrators.some((a) => a.urn === urn) ? { urn, impact: impacts.administrator, what: 'administrator' } : { urn, impact: impacts.other, what: 'asked for' };
}

/** Open vulnerabilities that tools report of a node or of the image that it runs. */
function exploits(app: App, graph: GraphView): (urn: string) => { readonly cost: number; readonly why: string } | undefined {
  const mostFindings = 500;
  return (urn) => {
    const entities = [urn, ...graph.edgesFrom(urn, 'USES_IMAGE').map((e) => e.target)];
    const costs = entities.flatMap((entity) => app.tables.findings.byEntity(entity, mostFindings)).flatMap((finding) => exploitOf(finding, app.resources.knownExploited) ?? []);
    return costs.sort((a, b) => a.cost - b.cost || (a.why < b.why ? -1 : 1))[0];
  };
}

/** How hard a flaw is to use: design 5-graph §5. Low and medium ones are not counted on. */
export function exploitOf(finding: Finding, knownExploited: ReadonlySet<string>): { readonly cost: number; readonly why: string } | undefined {
  const { vulnerability, status } = finding;
  if (!vulnerability || status !== 'open' || vulnerability.vex === 'not_affected' || vulnerability.vex === 'fixed') return undefined;
  const name = vulnerability.cve ?? finding.title;
  if (vulnerability.kev === true || (vulnerability.cve !== undefined && knownExploited.has(vulnerability.cve))) return { cost: 1, why: `${name} is exploited in the wild` };
  if ((vulnerability.epss ?? 0) >= 0.5) return { cost: 2, why: `${name} is likely to be exploited (EPSS ${vulnerability.epss})` };
  if (finding.severity_reported === 'critical') return { cost: 4, why: `${name} is critical` };
  return finding.severity_reported === 'high' ? { cost: 6, why: `${name} is high` } : undefined;
}
