import type { AttackFacts, Exploit } from '#electron/evaluate/attack-price.ts';
import { assessIdentity } from '#electron/evaluate/assess.ts';
import { identityTier } from '#electron/evaluate/aws/identity.ts';
import type { AttackTarget } from '#electron/pipeline/graph/attack-paths.ts';
import type { Compromised } from '#electron/pipeline/graph/entry-points.ts';
import { isCrownJewel } from '#electron/tools/facts/environment.ts';
import { str } from '#shared/lib/json.ts';
import { gcpTypes } from '#shared/model/gcp.ts';
import type { Finding } from '#shared/model/finding.ts';
import type { Policy } from '#shared/model/policy.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { IdentityAccess } from '#shared/model/verdict.ts';
import type { App } from '../create-app.ts';

/** What a path's end is worth, chosen here: 1 for what the policy names as crown jewels. */
const impacts = { crown_jewel: 1, administrator: 0.9, other: 0.5 } as const;

/** Types whose privileges are evaluated; a platform that evaluates its own adds them with their evaluation. */
const identityTypes = ['AWS::IAM::Role', 'AWS::IAM::User', 'K8s::ServiceAccount', 'K8s::User', 'K8s::Group', gcpTypes.serviceAccount, gcpTypes.user, gcpTypes.group, 'Microsoft.Graph/users', 'Microsoft.Graph/groups', 'Microsoft.Graph/servicePrincipals', 'Microsoft.ManagedIdentity/userAssignedIdentities'] as const;

/** How privileged an identity is; `unknown` where nothing evaluates its type. */
export const tierIn = (app: App, graph: GraphView) => (urn: string): IdentityAccess['tier'] =>
  (graph.resource(urn)?.type.startsWith('AWS::') === true ? identityTier(graph, urn, app.resources.identity) ?? 'unknown' : assessIdentity(graph, urn, new Set(), app.resources.identity).tier);

/** Tier 0. Service-linked roles do only what their service does with them. */
export const administratorsOf = (app: App, graph: GraphView): readonly StoredResource[] => identityTypes.flatMap((type) => graph.ofType(type))
  .filter((identity) => !identity.urn.includes(':role/aws-service-role/') && tierIn(app, graph)(identity.urn) === 'tier0');

/** Crown jewels of the policy that are in the graph, and every administrator. */
export function targetsOf(app: App, administrators: readonly string[], policy: Policy): readonly AttackTarget[] {
  const jewels = policy.crown_jewels.length === 0 ? [] : app.tables.nodes.openUrns().filter((urn) => isCrownJewel(urn, policy));
  return [...new Set([...jewels, ...administrators])].map((urn) => targetOf(urn, administrators, policy));
}

export function targetOf(urn: string, administrators: readonly string[], policy: Policy): AttackTarget {
  if (isCrownJewel(urn, policy)) return { urn, impact: impacts.crown_jewel, what: 'crown jewel' };
  return administrators.includes(urn) ? { urn, impact: impacts.administrator, what: 'administrator' } : { urn, impact: impacts.other, what: 'asked for' };
}

/** Open vulnerabilities that tools report of a node or of the image that it runs, and which metadata service a machine has. */
export function attackFacts(app: App, graph: GraphView): AttackFacts {
  const mostFindings = 500;
  const vulnerable = new Set(app.tables.findings.vulnerable());
  const known = new Map<string, Exploit | undefined>();
  const find = (urn: string): Exploit | undefined => {
    const entities = [urn, ...graph.edgesFrom(urn, 'USES_IMAGE').map((e) => e.target)].filter((entity) => vulnerable.has(entity));
    const exploits = entities.flatMap((entity) => app.tables.findings.byEntity(entity, mostFindings)).flatMap((finding) => exploitOf(finding, app.resources.knownExploited) ?? []);
    return exploits.sort((a, b) => a.cost - b.cost || (a.why < b.why ? -1 : 1))[0];
  };
  return {
    exploit(urn) {
      if (!known.has(urn)) known.set(urn, find(urn));
      return known.get(urn);
    },
    metadata(urn) {
      const tokens = str(graph.resource(urn)?.config, 'MetadataOptions', 'HttpTokens');
      const type = graph.resource(urn)?.type;
      // The metadata services of Google Cloud and Azure want a header that a forged request seldom brings, as IMDSv2 wants a token.
      if (type === gcpTypes.instance || type === 'Microsoft.Compute/virtualMachines') return 2;
      return tokens === 'required' ? 2 : type === 'AWS::EC2::Instance' ? 1 : undefined;
    },
  };
}

/** How hard a flaw is to use: design 5-graph §5. Low and medium ones are not counted on. */
export function exploitOf(finding: Pick<Finding, 'title' | 'status' | 'severity_reported' | 'vulnerability'>, knownExploited: ReadonlySet<string>): Exploit | undefined {
  const { vulnerability, status } = finding;
  if (!vulnerability || status !== 'open' || vulnerability.vex === 'not_affected' || vulnerability.vex === 'fixed') return undefined;
  const name = vulnerability.cve ?? finding.title;
  if (vulnerability.kev === true || (vulnerability.cve !== undefined && knownExploited.has(vulnerability.cve))) return { cost: 1, why: `${name} is exploited in the wild` };
  if ((vulnerability.epss ?? 0) >= 0.5) return { cost: 2, why: `${name} is likely to be exploited (EPSS ${vulnerability.epss})` };
  if (finding.severity_reported === 'critical') return { cost: 4, why: `${name} is critical` };
  return finding.severity_reported === 'high' ? { cost: 6, why: `${name} is high` } : undefined;
}

/** Issue types that say of an identity that a stranger holds its key, or its session, or could. */
const compromising = ['secret_exposed', 'suspicious_login', 'credential_access', 'credential_exfiltration', 'mfa_disabled'] as const;
/** Long-term keys of AWS; temporary ones (ASIA…) come from a session. */
const isLongTermKey = (key: string | undefined): boolean => key?.startsWith('AKIA') === true;

/** Identities that findings show in a stranger's hands, or open to one who has the password alone. */
export function compromisedIdentities(app: App, graph: GraphView): readonly Compromised[] {
  const found = app.tables.findings.byIssue(compromising).flatMap((finding): Compromised[] => {
    const identity = graph.resource(finding.entity);
    if (identity?.kind !== 'identity') return [];
    const isMfa = finding.issue_type === 'mfa_disabled';
    const how = finding.issue_type === 'secret_exposed' || isLongTermKey(finding.observables?.access_key) ? 'leaked_key' : 'phished_user';
    return [{ identity: identity.urn, how, why: isMfa ? 'a password alone is enough' : finding.title, provenance: isMfa ? 'inferred' : 'observed' }];
  });
  // What was seen counts more than what could be; one edge an identity and way.
  const best = new Map<string, Compromised>();
  for (const c of found) {
    const key = `${c.how} ${c.identity}`, have = best.get(key);
    if (!have || (have.provenance === 'inferred' && c.provenance === 'observed')) best.set(key, c);
  }
  return [...best.values()];
}
