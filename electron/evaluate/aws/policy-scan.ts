import { patternsOverlap } from '#shared/lib/arn.ts';
import type { Answer, Reason } from '#shared/model/verdict.ts';
import { allOf } from '../kleene.ts';
import { evaluateConditions } from './policy-condition.ts';
import type { ContextLookup } from './policy-context.ts';
import { parsePolicy, statementName, type ConditionTest, type Statement } from './policy-document.ts';
import { isSpared, matchPrincipal, type Principal, type PrincipalMatch } from './policy-principal.ts';
import { matchesResolved, resolveVariables } from './policy-variables.ts';
import { matchesAction } from './statement-actions.ts';

/** A policy with the place it was read from. `document` undefined: attached, but its content is not known. */
export interface PolicyInput {
  readonly name: string;
  /** Urn of the resource that holds it, and the JSON pointer of the document in that resource's `config`. */
  readonly source: string;
  readonly pointer: string;
  readonly document: unknown;
  /** Where its statements stand, when the record keeps them as a list and not in a document. */
  readonly statementsAt?: string;
}

/** A request as the scan needs it. `action` in lower case. */
export interface ScanRequest {
  readonly principal: Principal;
  readonly action: string;
  readonly resource: string;
  readonly lookup: ContextLookup;
  /** A principal with a permissions boundary is always hit by a Deny with NotPrincipal (IAM User Guide, "NotPrincipal"). */
  readonly hasBoundary: boolean;
  /** A request for a resource with wildcards asks whether some resource that they match is allowed, not whether all are. */
  readonly anyResource?: boolean;
}

/** A statement that applies, or may apply, to the request. */
export interface Hit {
  readonly policy: PolicyInput;
  /** Undefined when the policy's content is not known. */
  readonly statement?: Statement;
  readonly answer: Answer;
  readonly residual: readonly ConditionTest[];
  readonly match: PrincipalMatch;
}
export interface Scan { readonly allows: readonly Hit[]; readonly denies: readonly Hit[] }

/** `resource` policies name principals; in `identity` policies the principal is implied; `endpoint` policies may name them. */
export type PolicyKind = 'identity' | 'resource' | 'endpoint';

/** Finds the statements of a policy that speak about a request. */
export function scanPolicy(policy: PolicyInput, kind: PolicyKind, request: ScanRequest): Scan {
  const parsed = policy.document === undefined ? undefined : parsePolicy(policy.document);
  if (!parsed?.ok) {
    const unknown: Hit = { policy, answer: 'unknown', residual: [], match: 'direct' };
    return { allows: [unknown], denies: [unknown] };
  }
  const scan = { allows: [] as Hit[], denies: [] as Hit[] };
  for (const statement of parsed.value.statements) {
    if (!matchesAction(statement, request.action)) continue;
    const match = principalMatch(statement, request, kind);
    if (match === 'none') continue;
    const resource = matchesResource(statement, request, parsed.value.variables, kind);
    if (resource === 'no') continue;
    const condition = evaluateConditions(statement.conditions, request.lookup, { variables: parsed.value.variables, effect: statement.effect });
    if (condition.answer === 'no') continue;
    const hit: Hit = { policy, statement, answer: allOf([resource, condition.answer]), residual: condition.residual, match };
    (statement.effect === 'Allow' ? scan.allows : scan.denies).push(hit);
  }
  return scan;
}

function principalMatch(statement: Statement, request: ScanRequest, kind: PolicyKind): PrincipalMatch {
  if (kind === 'identity' || (kind === 'endpoint' && !statement.principals && !statement.notPrincipals)) return 'direct';
  if (statement.principals) return matchPrincipal(statement.principals, request.principal);
  if (!statement.notPrincipals) return 'none';
  if (statement.effect === 'Deny' && request.hasBoundary) return 'everyone';
  return isSpared(statement.notPrincipals, request.principal) ? 'none' : 'everyone';
}

/** Actions that are about no resource and so are only allowed by `*` (Service Authorization Reference): the usual ones. */
const withoutResource = /^(ec2:describe|s3:(listallmybuckets|(get|put)accountpublicaccessblock)$|iam:(list(users|roles|groups|policies|accountaliases|instanceprofiles|virtualmfadevices|samlproviders|openidconnectproviders)$|getaccount|(get|generate)credentialreport)|kms:(listkeys|listaliases|createkey|generaterandom)$|sts:(getcalleridentity|getsessiontoken)$|lambda:(listfunctions|listlayers|getaccountsettings)$|sqs:listqueues$|sns:listtopics$|dynamodb:listtables$|secretsmanager:(listsecrets|getrandompassword)$|ssm:describeparameters$|ecr:getauthorizationtoken$|eks:listclusters$|ecs:listclusters$|cloudtrail:(describetrails|lookupevents)$|cloudwatch:(putmetricdata|getmetricdata|listmetrics)$|organizations:(describeorganization|list(accounts|roots)$))/;
const takesNoResource = (action: string): boolean => withoutResource.test(action);

/** An Allow that covers a part of what the wildcards of the request match allows some of it; a Deny of a part leaves the rest. */
const asksForSome = (statement: Statement, { anyResource, resource, action }: ScanRequest): boolean =>
  anyResource === true && statement.effect === 'Allow' && statement.resources !== undefined && /[*?]/.test(resource) && !(resource === '*' && takesNoResource(action));

/** Trust policies carry no Resource: the role is implied. An identity policy without one is invalid and grants nothing. */
function matchesResource(statement: Statement, request: ScanRequest, variables: boolean, kind: PolicyKind): Answer {
  const patterns = statement.resources ?? statement.notResources;
  if (!patterns) return kind === 'identity' ? 'no' : 'yes';
  const some = asksForSome(statement, request);
  let found: Answer = 'no';
  for (const pattern of patterns) {
    if (pattern === '*') { found = 'yes'; break; }
    const resolved = resolveVariables(pattern, request.lookup, variables);
    if (resolved.state === 'unknown') found = 'unknown';
    else if (resolved.state === 'resolved' && (some ? patternsOverlap(resolved.pattern, request.resource) : matchesResolved(resolved.pattern, request.resource))) { found = 'yes'; break; }
  }
  if (statement.resources || found === 'unknown') return found;
  return found === 'yes' ? 'no' : 'yes';
}

/** Where a statement stands in the `config` that holds its policy; a policy kept as text has no places inside. */
export const statementPointer = (policy: Pick<PolicyInput, 'pointer' | 'document' | 'statementsAt'>, statement: Statement): string => {
  if (policy.statementsAt !== undefined) return `${policy.statementsAt}${statement.pointer.slice('/Statement'.length)}`;
  return typeof policy.document === 'string' ? policy.pointer : `${policy.pointer}${statement.pointer}`;
};

/** A hit as a reason: which policy and statement, where it stands, what it does. */
export function describeHit(hit: Hit, rule: string): Reason {
  const { policy, statement } = hit;
  if (!statement) return { rule, source: policy.source, pointer: policy.pointer, text: `the content of policy ${policy.name} is not known or can't be read` };
  const open = hit.residual.length > 0 ? `, if ${hit.residual.map(describeTest).join(' and ')}` : '';
  const verb = statement.effect === 'Allow' ? 'allows' : 'denies';
  return { rule, source: policy.source, pointer: statementPointer(policy, statement), text: `${statementName(statement)} of ${policy.name} ${verb} it${open}` };
}

export const describeTest = (test: ConditionTest): string => `${test.operator} ${test.key} [${test.values.join(', ')}]`;
