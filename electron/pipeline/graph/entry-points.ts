import { externalAccess } from '#electron/evaluate/aws/external-access.ts';
import { canAssume, type Assumer } from '#electron/evaluate/aws/role-trust.ts';
import { outsideTest } from '#electron/evaluate/gcp/identity.ts';
import { str } from '#shared/lib/json.ts';
import { gcpTypes } from '#shared/model/gcp.ts';
import { conditionCost, proofCost } from '#shared/model/graph-meaning.ts';
import type { Edge, GraphView, Provenance, StoredResource } from '#shared/model/resource.ts';

/** Where attacks start (design 5-graph §5). */
export const entryKinds = ['internet', 'leaked_key', 'phished_user', 'external_account', 'public_ci'] as const;
export type EntryKind = (typeof entryKinds)[number];
export interface EntryPoint { readonly urn: string; readonly kind: EntryKind }
export interface EntryPoints { readonly points: readonly EntryPoint[]; /** How they get in; the graph doesn't store these. */ readonly edges: readonly Edge[] }

/** An identity that a stranger holds or could easily come to hold, with what says so. */
export interface Compromised {
  readonly identity: string; readonly how: 'leaked_key' | 'phished_user'; readonly why: string;
  /** A detection saw it (observed), or it only could be (inferred). */
  readonly provenance: Provenance;
}
export interface EntryFacts {
  /** Account ids that are ours, besides each role's own. */
  readonly accounts: ReadonlySet<string>;
  readonly compromised: readonly Compromised[];
}
/** Finds entry points of one platform; a new platform adds one to the list. */
export interface EntryEdge { readonly kind: EntryKind; readonly edge: Edge }
export type EntryFinder = (graph: GraphView, facts: EntryFacts) => readonly EntryEdge[];

export const strangers: Readonly<Record<'leaked_key' | 'phished_user', string>> = { leaked_key: 'entry:leaked-key', phished_user: 'entry:phished-user' };

/** Every entry point with the edges that lead in. The internet needs none: the graph stores its edges. */
export function entryPoints(graph: GraphView, facts: EntryFacts, finders: readonly EntryFinder[] = entryFinders): EntryPoints {
  const found = finders.flatMap((find) => find(graph, facts)).map(({ kind, edge }) => ({ kind, edge: { ...edge, source: graph.resource(edge.source)?.urn ?? edge.source, target: graph.resource(edge.target)?.urn ?? edge.target } }));
  const points = new Map<string, EntryPoint>([['internet', { urn: 'internet', kind: 'internet' }]]);
  for (const { kind, edge } of found) points.set(edge.source, { urn: edge.source, kind });
  return { points: [...points.values()].sort((a, b) => (a.urn < b.urn ? -1 : 1)), edges: found.map((f) => f.edge) };
}

/**
 * A key that was seen in a stranger's hands or lies open, and a user whose session was taken over: observed, cost 1. A user who could be phished because a password
 * alone suffices is only a possibility: 2 more, under that condition. Users who need a second factor are not counted as entries.
 */
const compromisedIdentities: EntryFinder = (graph, { compromised }) => compromised.flatMap(({ identity, how, why, provenance }) => {
  if (graph.resource(identity)?.kind !== 'identity') return [];
  const isSeen = provenance === 'observed';
  const edge: Edge = {
    source: strangers[how], kind: 'CAN_ASSUME', target: identity, derived: true, provenance, cost: isSeen ? 1 : 1 + conditionCost, reason: why,
    ...(!isSeen && { condition: JSON.stringify({ needs: how === 'phished_user' ? 'someone who gives the password away' : 'someone who finds the key' }) }),
  };
  return [{ kind: how, edge }];
});

/** AWS roles that principals outside, or workflows of a public CI, may assume. */
const trustedOutsiders: EntryFinder = (graph, { accounts }) => graph.ofType('AWS::IAM::Role').flatMap((role) => {
  const { verdict, principals } = externalAccess(graph, role, accounts);
  return canAssume(graph, role.urn).assumers.flatMap((assumer): readonly EntryEdge[] => {
    const isCi = assumer.kind === 'federated' && isPublicCi(assumer.id);
    const isOutside = verdict.answer === 'yes' && principals.includes(assumer.id);
    if (isCi && (isOutside || isWide(assumer))) return [{ kind: 'public_ci', edge: trustEdge(role, assumer, isOutside ? 'any workflow may ask for it' : `workflows that fit ${assumer.demands.subjects.join(', ')} may ask for it`, !isOutside) }];
    return isOutside ? [{ kind: 'external_account', edge: trustEdge(role, assumer, 'the trust policy lets a principal outside in', false) }] : [];
  });
});

/** An ExternalId or MFA demand costs 4 more, another condition 2 (design 5-graph §5). */
function trustEdge(role: StoredResource, assumer: Assumer, reason: string, isOpenQuestion: boolean): Edge {
  const hangs = isOpenQuestion || assumer.answer !== 'yes';
  const added = !hangs ? 0 : assumer.demands.external_id || assumer.demands.mfa ? proofCost : conditionCost;
  return { source: assumer.id, kind: 'CAN_ASSUME', target: role.urn, derived: true, provenance: isOpenQuestion ? 'inferred' : role.provenance, cost: 1 + added, reason, ...(hangs && { condition: JSON.stringify(assumer.conditions) }) };
}

/** Continuous integration that serves many tenants: GitHub, GitLab, Terraform, Buildkite, CircleCI, Bitbucket, Azure DevOps. */
const ciProviders = ['token.actions.githubusercontent.com', 'gitlab.com', 'app.terraform.io', 'agent.buildkite.com', 'oidc.circleci.com', 'api.bitbucket.org', 'vstoken.dev.azure.com'];
export const isPublicCi = (id: string): boolean => ciProviders.some((p) => id.split(':oidc-provider/').at(-1)?.startsWith(p) === true);
/** Some part of the subject is left to whoever starts the workflow. */
export const isWide = (assumer: Assumer): boolean => assumer.demands.subjects.length === 0 || assumer.demands.subjects.some((s) => /[*?]/.test(s));

/** Service accounts of Google Cloud whose credentials a member outside the organization gets; the graph stores the edge. */
const impersonators: EntryFinder = (graph, { accounts }) => {
  const isOutside = outsideTest(graph, accounts);
  return graph.ofType(gcpTypes.serviceAccount).flatMap((account) => graph.edgesTo(account.urn, 'CAN_ASSUME').filter((e) => e.source !== 'internet' && isOutside(graph.resource(e.source)?.type === gcpTypes.serviceAccount ? `serviceAccount:${e.source.slice(e.source.lastIndexOf('/') + 1)}` : e.source) === 'yes')
    .map((edge): EntryEdge => ({ kind: 'external_account', edge })));
};

const poolMember = /^principalSet:\/\/iam\.googleapis\.com\/(projects\/[^/]+\/locations\/global\/workloadIdentityPools\/[^/]+)\/(\*|attribute\.[^/]*owner[^/]*\/.+)$/;
/** Service accounts that any workflow of a public CI gets, or any of one owner there: the whole of a pool of workload identities is let in. A condition of the provider leaves it open. */
const pooledWorkflows: EntryFinder = (graph) => graph.ofType(gcpTypes.serviceAccount).flatMap((account) => graph.edgesTo(account.urn, 'CAN_ASSUME').flatMap((edge): readonly EntryEdge[] => {
  const [, pool, who] = poolMember.exec(edge.source) ?? [];
  if (pool === undefined) return [];
  const providers = graph.ofType('iam.googleapis.com/WorkloadIdentityPoolProvider').filter((p) => p.urn.includes(`/${pool}/`) && str(p.config, 'disabled') !== 'true' && ciProviders.some((ci) => str(p.config, 'oidc', 'issuerUri')?.replace(/^https:\/\//, '').startsWith(ci) === true));
  const open = providers.find((p) => (str(p.config, 'attributeCondition') ?? '') === ''), provider = open ?? providers[0];
  if (!provider) return [];
  const isAny = who === '*' && open !== undefined && edge.condition === undefined, needs = edge.condition ?? str(provider.config, 'attributeCondition') ?? who;
  return [{ kind: 'public_ci', edge: { ...edge, cost: isAny ? 1 : 1 + conditionCost, provenance: isAny ? edge.provenance : 'inferred', reason: isAny ? 'any workflow may ask for it' : `workflows that fit ${needs ?? ''} may ask for it`, ...(!isAny && { condition: JSON.stringify({ needs }) }) } }];
}));

/** Guests of an Azure tenant sign in from another, where nobody here sees how well they are guarded. */
const guests: EntryFinder = (graph) => graph.ofType('Microsoft.Graph/users').filter((user) => /^guest$/i.test(str(user.config, 'userType') ?? '')).map((user): EntryEdge => ({
  kind: 'external_account', edge: { source: `entry:guest:${user.urn}`, kind: 'CAN_ASSUME', target: user.urn, derived: true, provenance: user.provenance, cost: 1, reason: 'the account is a guest of another tenant' },
}));

const entryFinders: readonly EntryFinder[] = [compromisedIdentities, trustedOutsiders, impersonators, pooledWorkflows, guests];
