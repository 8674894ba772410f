import { str } from '#shared/lib/json.ts';
import { parseArn } from '#shared/lib/arn.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Answer, Missing, Reason, Verdict } from '#shared/model/verdict.ts';
import { allOf, anyOf, not } from '../kleene.ts';
import { organizationPolicies } from './organization-policies.ts';
import { parseOperator } from './condition-operators.ts';
import type { ConditionTest } from './policy-document.ts';
import { describeTest } from './policy-scan.ts';
import { canAssume, type Assumer } from './role-trust.ts';

export interface ExternalAccess { readonly verdict: Verdict; readonly principals: readonly string[] }
export interface Insiders { readonly accounts: ReadonlySet<string>; readonly organizations: ReadonlySet<string>; readonly isKnown: boolean }

/**
 * Can anyone outside the organization assume a role? Inside are the accounts given, the role's own, and those that the graph lists.
 * An ExternalId, MFA or SourceIdentity demand still lets the outsider in who has it; a condition that pins the caller to an account or
 * organization of ours, or an identity provider's subject to one tenant, does not.
 */
export function externalAccess(graph: GraphView, role: StoredResource, organizationAccounts: ReadonlySet<string>): ExternalAccess {
  const trust = canAssume(graph, role.urn);
  if (!trust.recorded) {
    const missing: Missing = { what: 'trust policy', entity: role.urn, supply: 'aws iam get-account-authorization-details' };
    return { verdict: { answer: 'unknown', assumed: [], missing: [missing], reasons: [] }, principals: [] };
  }
  const inside = insiders(graph, role, organizationAccounts);
  const judged = trust.assumers.map((assumer) => ({ assumer, ...judge(assumer, inside) }));
  const answer = anyOf(judged.map((j) => j.answer));
  const shown = judged.filter((j) => j.answer === answer && answer !== 'no');
  const asksForAccounts = answer === 'unknown' && shown.some((j) => j.needsAccounts);
  const missing: readonly Missing[] = asksForAccounts ? [{ what: 'the accounts of the organization', entity: role.urn, supply: 'accounts in the policy file, or aws organizations list-accounts' }] : [];
  const reason = (j: (typeof judged)[number]): Reason => ({ rule: `IAM.trust_${j.assumer.kind}`, source: role.urn, pointer: j.assumer.pointer, text: j.text });
  const hasRcps = organizationPolicies(graph, role.account, 'RESOURCE_CONTROL_POLICY').recorded;
  return {
    principals: judged.filter((j) => j.answer === 'yes').map((j) => j.assumer.id),
    verdict: {
      answer, missing, assumed: answer === 'yes' && !hasRcps ? ['resource_control_policy'] : [],
      reasons: judged.length === 0 ? [nobody(role)] : (shown.length > 0 ? shown : judged).map(reason),
      ...(answer === 'no' && { blocked_by: 'TRUST_POLICY' }), ...(answer === 'unknown' && !asksForAccounts && { blocked_by: 'CONDITION' }),
      ...(answer === 'yes' && shown[0] && { via: shown[0].text }),
    },
  };
}

/** No statement lets anyone in, or only principals that were deleted since. */
const nobody = (role: StoredResource): Reason => ({ rule: 'IAM.trust_nobody', source: role.urn, pointer: '/AssumeRolePolicyDocument', text: 'its trust policy lets nobody in' });

/** The accounts and organizations that count as inside: those given, the resource's own, and those that the graph lists. */
export function insiders(graph: GraphView, role: StoredResource, given: ReadonlySet<string>): Insiders {
  const listed = graph.ofType('AWS::Organizations::Account').flatMap((a) => a.account ?? str(a.config, 'Id') ?? []);
  const own = role.account ?? parseArn(role.urn)?.account;
  const organizations = graph.ofType('AWS::Organizations::Organization').flatMap((o) => str(o.config, 'Id') ?? []);
  const others = [...given, ...listed].filter((a) => a !== own);
  return { accounts: new Set([...others, ...(own === undefined ? [] : [own])]), organizations: new Set(organizations), isKnown: given.size > 0 || others.length > 0 };
}

interface Judgement { readonly answer: Answer; readonly text: string; readonly needsAccounts: boolean }

function judge(assumer: Assumer, inside: Insiders): Judgement {
  const demand = [assumer.demands.external_id && 'an ExternalId', assumer.demands.mfa && 'MFA', assumer.demands.source_identity && 'a SourceIdentity'].filter(Boolean);
  const tail = demand.length > 0 ? `, given ${demand.join(' and ')}` : '';
  const result = (answer: Answer, text: string, needsAccounts = false): Judgement => ({ answer, text: `${text}${tail}`, needsAccounts });
  if (assumer.kind === 'service') return result('no', `the AWS service ${assumer.id} may assume it`);
  if (assumer.kind === 'federated') return judgeFederated(assumer, result);
  const pinned = pinnedInside([...assumer.conditions, ...assumer.pins], inside);
  if (assumer.kind === 'everyone') {
    if (pinned === 'yes') return result('no', 'everyone may assume it who is pinned to the organization by a condition');
    return result(pinned === 'unknown' ? 'unknown' : 'yes', `everyone may assume it${assumer.conditions.length > 0 ? `, where ${assumer.conditions.map(describeTest).join(' and ')}` : ''}`, pinned === 'unknown');
  }
  if (assumer.account !== undefined && inside.accounts.has(assumer.account)) return result('no', `${assumer.id}, inside the organization, may assume it`);
  // Without a list of our accounts another account may be ours as well as a stranger's.
  const answer = pinned === 'yes' ? 'no' : inside.isKnown ? not(pinned) : 'unknown';
  return result(answer, `${assumer.id}, outside the known accounts, ${answer === 'no' ? 'is named but shut out by a condition' : 'may assume it'}`, !inside.isKnown && pinned !== 'yes');
}

/** `yes`: some condition holds the caller inside; `unknown`: it holds it in an organization of which we don't know whose it is. */
export function pinnedInside(conditions: readonly ConditionTest[], inside: Insiders): Answer {
  return anyOf(conditions.map((test) => {
    const operator = parseOperator(test.operator);
    if (operator?.kind !== 'compare' || operator.operator.negated || operator.ifExists || operator.set === 'all' || test.values.length === 0) return 'no';
    const key = test.key.toLowerCase();
    const accountIn = (value: string): Answer => (/^\d{12}$/.test(value) ? (inside.accounts.has(value) ? 'yes' : 'no') : 'no');
    if (key === 'aws:principalaccount' || key === 'aws:sourceaccount') return allOf(test.values.map(accountIn));
    if (key === 'aws:principalarn') return allOf(test.values.map((v) => accountIn(v.split(':')[4] ?? '')));
    if (key !== 'aws:principalorgid' && key !== 'aws:principalorgpaths') return 'no';
    return allOf(test.values.map((v) => {
      const id = v.split('/')[0] ?? v;
      if (/[*?]/.test(id)) return 'no';
      return inside.organizations.has(id) ? 'yes' : inside.organizations.size > 0 ? 'no' : 'unknown';
    }));
  }));
}

/** Providers that serve many tenants: without a subject (or pool) of ours anyone who signs up there can assume the role. */
const publicProviders = ['token.actions.githubusercontent.com', 'gitlab.com', 'app.terraform.io', 'agent.buildkite.com', 'oidc.circleci.com', 'api.bitbucket.org', 'vstoken.dev.azure.com',
  'accounts.google.com', 'graph.facebook.com', 'www.amazon.com', 'cognito-identity.amazonaws.com'];
const loginProviders = new Set(['accounts.google.com', 'graph.facebook.com', 'www.amazon.com', 'cognito-identity.amazonaws.com']);

function judgeFederated(assumer: Assumer, result: (answer: Answer, text: string) => Judgement): Judgement {
  if (assumer.id.includes(':saml-provider/')) return result('no', `users of the SAML provider ${assumer.id} may assume it`);
  const provider = assumer.id.split(':oidc-provider/').at(-1) ?? assumer.id;
  const open = publicProviders.find((p) => provider === p || provider.startsWith(`${p}/`) || provider.endsWith(`.${p}`));
  // A provider of one tenant, such as an EKS cluster's, vouches only for its own.
  if (open === undefined) return result('no', `identities of ${provider} may assume it`);
  const { subjects, audiences } = assumer.demands;
  if (subjects.length > 0 && subjects.every(isOneTenant)) return result('no', `${provider} identities of ${subjects.join(', ')} may assume it`);
  if (loginProviders.has(open) && audiences.length > 0 && audiences.every((a) => !/[*?]/.test(a))) {
    return result('unknown', `anyone who can log in to the ${provider} application ${audiences.join(', ')} may assume it`);
  }
  // Whether a stranger can take a name that fits (`repo:acme-*/*`) is not known; where every name fits it is.
  if (subjects.length > 0 && subjects.every((s) => isOneTenant(s) || hasOwnerPrefix(s))) return result('unknown', `anyone on ${provider} whose name fits ${subjects.join(', ')} may assume it`);
  return result('yes', subjects.length > 0 ? `anyone on ${provider} whose subject matches ${subjects.join(', ')} may assume it` : `anyone on ${provider} may assume it: the subject is not checked`);
}

/** `repo:owner/…`, `project_path:group/…`, `organization:name:…`: the owner must stand before the first wildcard. */
function isOneTenant(subject: string): boolean {
  const fixed = subject.split(/[*?]|\$\{/)[0] ?? '';
  return fixed === subject ? subject !== '' : /^[a-z_]+:[^/:]+[/:]/i.test(fixed);
}

/** Some text of the owner's name stands before the first wildcard. */
const hasOwnerPrefix = (subject: string): boolean => /^[a-z_]+:[^*?$/:]+/i.test(subject);
