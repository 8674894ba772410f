import { at, str } from '#shared/lib/json.ts';
import { serviceAccountName } from '#shared/model/gcp.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Answer, Missing } from '#shared/model/verdict.ts';
import { evaluateAccess } from '../aws/aws-policy.ts';
import { organizationPolicies } from '../aws/organization-policies.ts';
import { parsePolicy } from '../aws/policy-document.ts';
import { impersonation } from '../gcp/escalations.ts';
import { decide, grantsOf, type Scope } from '../gcp/permission.ts';
import { allOf, anyOf } from '../kleene.ts';
import { namespaceOf } from './grouped.ts';

/** What an identity's own side in the cloud says of a service account of a cluster. */
export interface CloudTrust { readonly answer: Answer; readonly missing: readonly Missing[]; /** Does a policy or credential speak of the account, or may it? */ readonly isNamed: boolean; readonly source: string; readonly pointer: string }

const namespaceIn = (account: StoredResource): string => namespaceOf(account) ?? 'default';
/** The subject of a service account's tokens (Kubernetes documentation, "Service account tokens"). */
const subjectOf = (account: StoredResource): string => `system:serviceaccount:${namespaceIn(account)}:${account.name ?? ''}`;
const same = (one: string, other: string): Answer => (one === other ? 'yes' : 'no');

/** Is the service account of a cluster the member of a binding (Google Cloud, "Principal identifiers")? A pool's name holds the project, not the cluster. */
function isMember(member: string, account: StoredResource): Answer {
  const namespace = namespaceIn(account), name = account.name ?? '';
  if (member === 'allUsers') return 'yes';
  if (member === 'allAuthenticatedUsers') return 'unknown';
  if (/^(deleted|user|group|domain):/.test(member)) return 'no';
  const form = /\.svc\.id\.goog(.*)$/.exec(member)?.[1];
  // Another pool may hold this cluster's issuer; its subjects are those of the tokens unless it maps them otherwise.
  if (form === undefined) return /^principal.*\/workloadIdentityPools\//.test(member) && (member.endsWith('/*') || member.endsWith(`/subject/${subjectOf(account)}`)) ? 'unknown' : 'no';
  if (form === '/*') return 'yes';
  const bracket = /^\[([^/]+)\/(.+)\]$/.exec(form) ?? /^\/subject\/ns\/([^/]+)\/sa\/(.+)$/.exec(form);
  if (bracket) return allOf([same(bracket[1] ?? '', namespace), same(bracket[2] ?? '', name)]);
  const inNamespace = /^\/namespace\/(.+)$/.exec(form)?.[1], uid = /^\/kubernetes\.serviceaccount\.uid\/(.+)$/.exec(form)?.[1], own = str(account.config, 'metadata', 'uid');
  if (inNamespace !== undefined) return same(inNamespace, namespace);
  return uid !== undefined && own !== undefined ? same(uid, own) : 'unknown';
}

const poolOf = (member: string): string | undefined => /([^/:]+)\.svc\.id\.goog/.exec(member)?.[1];
/** Deny policies may name the account where a binding names its whole pool, or its namespace; one of another pool is another's. */
const refusedAs = (member: string, account: StoredResource) => (id: string): Answer => (poolOf(id) === undefined || !id.startsWith('principal') ? 'no' : poolOf(member) === undefined ? allOf(['unknown', isMember(id, account)]) : poolOf(id) === poolOf(member) ? isMember(id, account) : 'no');

/** Does Google's service account give its credentials to the account of a cluster, by any permission that does, on itself or from above? */
export function googleTrust(scope: Scope, id: string, account: StoredResource): CloudTrust {
  const name = scope.graph.resource(id)?.urn ?? (id.startsWith('//') ? id : serviceAccountName(/@([^.]+)\./.exec(id)?.[1] ?? '-', id));
  const found = impersonation.flatMap((permission): readonly CloudTrust[] => {
    const { grants, missing } = grantsOf(scope, permission, name);
    const members = [...new Set(grants.flatMap((g) => g.binding.members))].map((member) => ({ member, is: isMember(member, account) })).filter(({ is }) => is !== 'no');
    const held = members.map(({ member, is }): CloudTrust => {
      const decision = decide(scope, member, permission, name, refusedAs(member, account)), binding = decision.grants[0]?.binding;
      const lacks: readonly Missing[] = is === 'unknown' || decision.missing.length === 0 ? [{ what: `whether ${member} is the account, and the binding’s condition holds`, entity: binding?.policy.urn ?? name, supply: 'who runs the cluster' }] : [];
      return { answer: allOf([is, decision.answer]), missing: [...lacks, ...decision.missing], isNamed: true, source: binding?.policy.urn ?? name, pointer: binding?.pointer ?? '' };
    });
    return missing.length > 0 ? [...held, { answer: 'unknown', missing, isNamed: false, source: name, pointer: '' }] : held;
  });
  return strongest(found, name);
}

const credentialType = 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials';
/** Does a federated credential of Azure's identity name the account? The annotation of the account is no more than what the webhook takes by default. */
export function azureTrust(graph: GraphView, identity: StoredResource, account: StoredResource): CloudTrust {
  const credentials = graph.ofType(credentialType).filter((c) => c.urn.startsWith(`${identity.urn}/`));
  const lack: Missing = { what: 'whether the cloud’s side lets the account in', entity: identity.urn, supply: 'az identity federated-credential list' };
  if (credentials.length === 0) return { answer: 'unknown', missing: [lack], isNamed: false, source: identity.urn, pointer: '' };
  return strongest(credentials.map((c) => {
    const subject = str(c.config, 'subject');
    return subject === undefined ? { answer: 'unknown', missing: [lack], isNamed: true, source: c.urn, pointer: '' } : { answer: same(subject, subjectOf(account)), missing: [], isNamed: true, source: c.urn, pointer: '/subject' };
  }), identity.urn);
}

function strongest(found: readonly CloudTrust[], source: string): CloudTrust {
  const sure = found.find((f) => f.answer === 'yes'), open = found.filter((f) => f.answer === 'unknown');
  if (sure) return { ...sure, missing: [] };
  const [first] = open;
  const missing = [...new Map(open.flatMap((f) => f.missing).map((m) => [`${m.entity} ${m.what}`, m])).values()];
  return first ? { ...first, isNamed: open.some((f) => f.isNamed), missing } : { answer: 'no', missing: [], isNamed: false, source, pointer: '' };
}

/** Issuers of tokens that are no cluster's. */
const otherIssuers = /^(token\.actions\.githubusercontent\.com|gitlab\.com|app\.terraform\.io|accounts\.google\.com|oidc\.circleci\.com|agent\.buildkite\.com)(\/|$)/;

/**
 * Does a role's trust policy, with the RCPs over it, let the service account in by its token (IAM roles for service accounts)? Unknown without a readable policy, where the
 * issuer can't be told to be the cluster's, and where only a token for another audience would do (a pod may ask for one).
 */
export function awsTrust(graph: GraphView, id: string, account: StoredResource): Answer {
  const role = graph.resource(id), document = at(role?.config, 'AssumeRolePolicyDocument');
  const parsed = document === undefined || document === null ? undefined : parsePolicy(document);
  if (!role || !parsed?.ok) return 'unknown';
  const allows = parsed.value.statements.filter((s) => s.effect === 'Allow');
  const providers = new Set(allows.flatMap((s) => (s.notPrincipals || s.principals?.aws.includes('*') === true ? ['*'] : s.principals?.federated ?? [])));
  const audience = str(account.config, 'metadata', 'annotations', 'eks.amazonaws.com/audience') ?? 'sts.amazonaws.com';
  const rcps = organizationPolicies(graph, role.account, 'RESOURCE_CONTROL_POLICY').levels;
  return anyOf([...providers].map((provider) => {
    const host = provider === '*' ? '*' : /:oidc-provider\/(.+)$/.exec(provider)?.[1];
    if (host === undefined || otherIssuers.test(host)) return 'no';
    const lets = (subject: string, aud: string | undefined): Answer => {
      const values = host === '*' ? {} : { [`${host}:sub`]: subject, ...(aud !== undefined && { [`${host}:aud`]: aud }), 'aws:FederatedProvider': provider };
      const { outcome } = evaluateAccess({ principal: { kind: 'federated', provider }, action: 'sts:AssumeRoleWithWebIdentity', resource: role.urn, context: { values, unknown: ['aws:*', 'sts:*', host === '*' ? '*' : `${host}:*`] } }, { resource: [{ name: 'the trust policy', source: role.urn, pointer: '/AssumeRolePolicyDocument', document }], rcps });
      return outcome === 'allowed' ? 'yes' : outcome === 'unknown' ? 'unknown' : 'no';
    };
    const subject = subjectOf(account), usual = lets(subject, audience);
    if (usual !== 'yes') return lets(subject, undefined) === 'no' ? 'no' : 'unknown';
    return isIssuerRecorded(graph, host, account) || (host !== '*' && lets('anyone', audience) === 'no' && isIssuer(graph, host, account)) ? 'yes' : 'unknown';
  }));
}

const issuerOf = (cluster: StoredResource): string | undefined => (str(cluster.config, 'identity', 'oidc', 'issuer') ?? str(cluster.config, 'OpenIdConnectIssuerUrl'))?.replace(/^https:\/\//, '');
/** By the record of the cluster of that name. */
const isIssuerRecorded = (graph: GraphView, host: string, account: StoredResource): boolean => graph.ofType('AWS::EKS::Cluster').some((c) => c.name === account.account && issuerOf(c) === host);
/** A trust policy that names service accounts is taken to mean the snapshot's only cluster, unless the issuer is recorded as that of another. */
function isIssuer(graph: GraphView, host: string, account: StoredResource): boolean {
  const recorded = graph.ofType('AWS::EKS::Cluster'), clusters = new Set(graph.ofType('K8s::ServiceAccount').map((a) => a.account));
  const own = recorded.find((c) => c.name === account.account && issuerOf(c) !== undefined);
  return clusters.size === 1 && (own ? issuerOf(own) === host : !recorded.some((c) => issuerOf(c) === host));
}
