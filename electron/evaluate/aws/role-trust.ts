import { matchesWildcard, parseArn } from '#shared/lib/arn.ts';
import { at } from '#shared/lib/json.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Answer } from '#shared/model/verdict.ts';
import { parseOperator } from './condition-operators.ts';
import { allOf, anyOf, not } from '../kleene.ts';
import { organizationPolicies } from './organization-policies.ts';
import { lookupIn } from './policy-context.ts';
import { parsePolicy, type ConditionTest, type Statement } from './policy-document.ts';
import { parsePrincipal, principalContext, type Principal } from './policy-principal.ts';
import { scanPolicy, statementPointer, type PolicyInput } from './policy-scan.ts';

/** Someone whom a role's trust policy lets assume it. */
export interface Assumer {
  readonly kind: 'account' | 'principal' | 'service' | 'federated' | 'everyone';
  /** ARN, account id, service name, identity provider, or `*`. */
  readonly id: string;
  readonly account?: string;
  /** `yes`, or `unknown` when it hangs on `conditions`. */
  readonly answer: Exclude<Answer, 'no'>;
  readonly conditions: readonly ConditionTest[];
  /** What Deny statements of the trust policy or of an RCP demand of everyone: `Deny unless PrincipalOrgID is ours`, turned round. */
  readonly pins: readonly ConditionTest[];
  /** What the caller must show. */
  readonly demands: { readonly external_id: boolean; readonly mfa: boolean; readonly source_identity: boolean; readonly subjects: readonly string[]; readonly audiences: readonly string[] };
  /** Place of the statement in the role's `config`. */
  readonly pointer: string;
}
export interface RoleTrust {
  /** False when the trust policy was not recorded or can't be read. */
  readonly recorded: boolean;
  readonly assumers: readonly Assumer[];
}

const assumeActions = { aws: 'sts:assumerole', saml: 'sts:assumerolewithsaml', oidc: 'sts:assumerolewithwebidentity' } as const;

/** Who may assume a role, by its trust policy (and the RCPs over its account), with the conditions that they must meet. */
export function canAssume(graph: GraphView, roleUrn: string): RoleTrust {
  const role = graph.resource(roleUrn);
  const document = at(role?.config, 'AssumeRolePolicyDocument');
  const parsed = document === undefined || document === null ? undefined : parsePolicy(document);
  if (!role || !parsed?.ok) return { recorded: false, assumers: [] };
  const policy: PolicyInput = { name: 'the trust policy', source: role.urn, pointer: '/AssumeRolePolicyDocument', document };
  const rcps = organizationPolicies(graph, role.account, 'RESOURCE_CONTROL_POLICY').levels.flatMap((l) => l.policies);
  const found = new Map<string, Assumer>();
  const pins = [policy, ...rcps].flatMap(demandsOf);
  for (const statement of parsed.value.statements) {
    if (statement.effect !== 'Allow') continue;
    for (const [kind, id] of namedIn(statement)) {
      const answer = assumes(role, policy, rcps, kind, id);
      if (answer === 'no') continue;
      found.set(`${kind} ${id} ${statement.pointer}`, { ...describe(kind, id, answer, statement, statementPointer(policy, statement)), pins });
    }
  }
  return { recorded: true, assumers: [...found.values()] };
}

/** Whom a trust policy names in its Allow statements, whether or not it lets them in: ARNs, account ids, `*`, services, providers. */
export function trustedNames(role: StoredResource): readonly string[] {
  const document = at(role.config, 'AssumeRolePolicyDocument');
  const parsed = document === undefined || document === null ? undefined : parsePolicy(document);
  if (!parsed?.ok) return [];
  return parsed.value.statements.filter((s) => s.effect === 'Allow').flatMap((s) => namedIn(s).map(([kind, id]) => (kind === 'account' ? accountIn(id) ?? id : id)));
}

const accountIn = (id: string): string | undefined => (/^\d{12}$/.test(id) ? id : parseArn(id)?.account);

function namedIn(statement: Statement): readonly (readonly [Assumer['kind'], string])[] {
  if (statement.notPrincipals) return [['everyone', '*']];
  const { aws = [], service = [], federated = [] } = statement.principals ?? {};
  return [
    ...aws.map((id) => [id === '*' ? 'everyone' : isAccount(id) ? 'account' : 'principal', id] as const),
    ...service.map((id) => ['service', id] as const), ...federated.map((id) => ['federated', id] as const),
  ];
}

const isAccount = (id: string): boolean => /^\d{12}$/.test(id) || /^arn:[a-z-]+:iam::\d{12}:root$/.test(id);

/** Does the trust policy, Deny statements and RCPs included, let this caller in by the call that its kind makes? */
function assumes(role: StoredResource, policy: PolicyInput, rcps: readonly PolicyInput[], kind: Assumer['kind'], id: string): Answer {
  // A caller from anywhere: an account that no Deny or condition singles out.
  const principal: Principal = kind === 'everyone' ? parsePrincipal('arn:aws:iam::000000000000:user/anyone') : kind === 'federated' ? { kind: 'federated', provider: id } : parsePrincipal(id);
  const action = kind !== 'federated' ? assumeActions.aws : id.includes(':saml-provider/') ? assumeActions.saml : assumeActions.oidc;
  // Of an account, some principal is asked: its name is not known.
  const known = kind === 'account' || kind === 'everyone' ? { values: { 'aws:PrincipalAccount': 'account' in principal ? principal.account : '' }, unknown: ['*'] } : { values: principalContext(principal).values ?? {}, unknown: ['*'] };
  const context = kind === 'everyone' ? { unknown: ['*'] } : known;
  const request = { principal, action, resource: role.urn, lookup: lookupIn(context), hasBoundary: false };
  const scan = scanPolicy(policy, 'resource', request);
  const denies = [...scan.denies, ...rcps.flatMap((p) => scanPolicy(p, 'resource', request).denies)];
  return allOf([anyOf(scan.allows.map((h) => h.answer)), not(anyOf(denies.map((h) => h.answer)))]);
}

/** A Deny for everyone with one negated test lets in only whom the test matches. */
function demandsOf(policy: PolicyInput): readonly ConditionTest[] {
  const parsed = policy.document === undefined ? undefined : parsePolicy(policy.document);
  if (!parsed?.ok) return [];
  return parsed.value.statements.flatMap((s) => {
    const [test, ...more] = s.conditions;
    const speaks = s.actions?.some((a) => matchesWildcard(a, assumeActions.aws)) === true;
    if (s.effect !== 'Deny' || !speaks || !test || more.length > 0 || s.principals?.aws.includes('*') !== true) return [];
    const operator = parseOperator(test.operator);
    if (operator?.kind !== 'compare' || !operator.operator.negated || operator.set !== 'none') return [];
    return [{ ...test, operator: operator.name.replace('not', '') }];
  });
}

function describe(kind: Assumer['kind'], id: string, answer: 'yes' | 'unknown', statement: Statement, pointer: string): Omit<Assumer, 'pins'> {
  const account = accountIn(id);
  const wants = (key: string): boolean => statement.conditions.some((t) => t.key.toLowerCase() === key && isPositive(t));
  // Every token has a subject and an audience (OpenID Connect Core, "ID Token"), so `…IfExists` asks for them as well.
  const valuesOf = (suffix: string): readonly string[] => statement.conditions.filter((t) => t.key.toLowerCase().endsWith(suffix) && isPositive(t, true)).flatMap((t) => t.values);
  return {
    kind, id, answer, conditions: statement.conditions, pointer,
    ...(kind !== 'federated' && account !== undefined && account !== '' && { account }),
    demands: {
      external_id: wants('sts:externalid'), mfa: wants('aws:multifactorauthpresent') || wants('aws:multifactorauthage'), source_identity: wants('sts:sourceidentity'),
      subjects: valuesOf(':sub'), audiences: valuesOf(':aud'),
    },
  };
}

function isPositive(test: ConditionTest, isAlwaysThere = false): boolean {
  const operator = parseOperator(test.operator);
  return operator?.kind === 'compare' && !operator.operator.negated && (isAlwaysThere || !operator.ifExists);
}
