import { parseArn } from '#shared/lib/arn.ts';
import { at, isObject, scalarText, str, type JsonObject } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { AccessPolicies, AccessRequest, PolicyLevel } from './aws-policy.ts';
import { parseOperator } from './condition-operators.ts';
import { parsePolicy } from './policy-document.ts';
import { accountOf, parsePrincipal, type Principal } from './policy-principal.ts';
import type { PolicyInput } from './policy-scan.ts';
import { withFullAccess } from './principal-policies.ts';

/** A policy question that brings everything with it: the request and every policy that has a say. */
export interface PolicyCase {
  readonly request: AccessRequest & { readonly principal: Principal };
  readonly policies: AccessPolicies;
  /** Nothing says who owns the resource; the principal's account is taken. */
  readonly ownerAssumed: boolean;
  /** The S3 public access block, the most restrictive of those given; all off when none is. */
  readonly block: Readonly<Record<BlockFlag, boolean>>;
}
export const blockFlags = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'] as const;
export type BlockFlag = (typeof blockFlags)[number];

/**
 * Reads a case: `request` (`principal`, `action`, `resource`, `context`, `resource_account`) and the policies (documents, JSON text, or
 * `{name, document}`). What is absent does not exist: no other policy applies, no other condition key is in the request, save those that the
 * principal itself brings (`aws:PrincipalArn` …). Levels of `scps` are taken as given: one without any policy allows nothing (`[[]]` beside `rcps`
 * that is `[[]]` too is the empty form of the case). Levels of `rcps` have RCPFullAWSAccess, which AWS attaches and nobody can detach.
 * The owner of the resource is the account of its ARN, else `request.resource_account`, else `aws:ResourceAccount` or `s3:ResourceAccount` of the
 * context, else the principal's own account.
 * @returns an error that names the field; policies that AWS would refuse (unknown operator, no Effect) are errors too.
 */
export function readPolicyCase(value: unknown): Result<PolicyCase> {
  const request = at(value, 'request');
  if (!isObject(value) || !isObject(request)) return err('request is missing');
  const principal = readPrincipal(request['principal']);
  if (!principal.ok) return principal;
  const action = str(request, 'action');
  if (action === undefined || !/^[A-Za-z0-9-]+:[A-Za-z0-9*?]+$/.test(action)) return err(`request.action: ${action === undefined ? 'it is missing' : `"${action}" is no action (s3:GetObject)`}`);
  const resource = readResource(request);
  if (!resource.ok) return resource;
  const context = readContext(request['context']);
  if (!context.ok) return context;
  const policies = readPolicies(value);
  if (!policies.ok) return policies;
  const block = readBlock(value['block_public_access']);
  if (!block.ok) return block;
  const named = parseArn(resource.value)?.account;
  const own = resource.value === '*' || named === 'aws' ? accountOf(principal.value) : undefined;
  const stated = (named === undefined || named === '' || named === 'aws' ? undefined : named) ?? str(request, 'resource_account') ?? str(request, 'resource', 'account') ?? str(request, 'resource', 'accountId') ?? own
    ?? context.value.get('aws:resourceaccount')?.[0] ?? context.value.get('s3:resourceaccount')?.[0];
  const owner = stated ?? accountOf(principal.value);
  return ok({
    policies: policies.value, block: block.value, ownerAssumed: stated === undefined,
    request: { principal: principal.value, action, resource: resource.value, anyResource: true, context: { values: Object.fromEntries(context.value) }, ...(owner !== undefined && { resourceAccount: owner }) },
  });
}

const principalKinds = { AWS: parsePrincipal, Service: (name: string): Principal => ({ kind: 'service', name }), Federated: (provider: string): Principal => ({ kind: 'federated', provider }), CanonicalUser: (id: string): Principal => ({ kind: 'canonical', id }) } as const;

/** Text as in `parsePrincipal`, or one entry of a Principal element: `{"Service": "ec2.amazonaws.com"}`; `{"type": "Anonymous"}` is nobody. */
function readPrincipal(value: unknown): Result<Principal> {
  if (isObject(value)) {
    if (str(value, 'type')?.toLowerCase() === 'anonymous') return ok({ kind: 'anonymous' });
    for (const [kind, read] of Object.entries(principalKinds)) {
      const name = str(value, kind);
      if (name !== undefined) return ok(read(name));
    }
    return err('request.principal: none of AWS, Service, Federated, CanonicalUser');
  }
  if (typeof value !== 'string' || value.trim() === '') return err('request.principal is missing');
  const text = value.trim();
  const isKnown = text === '*' || text === 'anonymous' || /^(\d{12}|[0-9a-f]{64})$/.test(text) || parseArn(text) !== undefined || /^[a-z0-9-]+(\.[a-z0-9-]+)+(\/\S*)?$/i.test(text);
  return isKnown ? ok(parsePrincipal(text)) : err(`request.principal: "${text}" is no ARN, account id, service, identity provider or *`);
}

function readResource(request: JsonObject): Result<string> {
  const found = str(request, 'resource') ?? str(request, 'resource', 'arn') ?? str(request, 'resource', 'resource');
  if (found === undefined) return request['resource'] === undefined ? ok('*') : err('request.resource is not text');
  return found === '*' || found.startsWith('arn:') ? ok(found) : err(`request.resource: "${found}" is no ARN`);
}

/** Values by key in lower case; a key with null, an empty text (of a tag alone it is a value) or without values is as one that is not there. */
function readContext(value: unknown): Result<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  if (value === undefined || value === null) return ok(found);
  if (!isObject(value)) return err('request.context is not an object');
  for (const [key, raw] of Object.entries(value)) {
    const values: string[] = [];
    for (const item of Array.isArray(raw) ? raw : raw === null ? [] : [raw]) {
      if (typeof item !== 'string' && typeof item !== 'number' && typeof item !== 'boolean') return err(`request.context.${key} is neither text nor a list of texts`);
      if (item !== '' || /tag\//i.test(key)) values.push(scalarText(item));
    }
    found.set(key.toLowerCase(), values);
  }
  return ok(found);
}

/** Field of a case, with the layer that it fills. */
const fields = { identity: 'identity_policies', resource: 'resource_policy', boundary: 'boundary', session: 'session_policy', endpoint: 'endpoint_policy' } as const;
const words = { identity: 'identity policy', resource: 'the resource policy', boundary: 'the boundary', session: 'the session policy', endpoint: 'the endpoint policy' } as const;

function readPolicies(line: JsonObject): Result<AccessPolicies> {
  const found: { -readonly [K in keyof AccessPolicies]: AccessPolicies[K] } = {};
  for (const layer of ['identity', 'resource', 'boundary', 'session', 'endpoint'] as const) {
    const read = readLayer(line[fields[layer]], `/${fields[layer]}`, words[layer]);
    if (!read.ok) return read;
    found[layer] = read.value;
  }
  for (const layer of ['scps', 'rcps'] as const) {
    const read = readLevels(line[layer], `/${layer}`, layer.slice(0, 3).toUpperCase());
    if (!read.ok) return read;
    found[layer] = layer === 'rcps' ? read.value.map(withFullAccess) : isEmptyForm(line['scps']) && isEmptyForm(line['rcps']) ? [] : read.value;
  }
  return ok(found);
}

/** `[[]]`: the shape of the field with nothing in it. */
const isEmptyForm = (value: unknown): boolean => Array.isArray(value) && value.length === 1 && Array.isArray(value[0]) && value[0].length === 0;

function readLevels(value: unknown, pointer: string, word: string): Result<readonly PolicyLevel[]> {
  if (value === undefined || value === null) return ok([]);
  if (!Array.isArray(value)) return err(`${pointer.slice(1)} is not a list of levels`);
  const levels: readonly unknown[] = value;
  // A plain list of policies is one level.
  if (levels.length === 0) return ok([]);
  const isFlat = levels.every((l) => typeof l === 'string' || (isObject(l) && !Array.isArray(l['policies'])));
  const found: PolicyLevel[] = [];
  for (const [i, level] of (isFlat ? [levels] : levels).entries()) {
    const at = isFlat ? pointer : `${pointer}/${i}`;
    const read = isObject(level) && Array.isArray(level['policies']) ? readLayer(level['policies'], `${at}/policies`, `${word} of ${str(level, 'name') ?? `level ${i}`}`) : readLayer(level, at, `${word} of level ${i}`);
    if (!read.ok) return read;
    found.push({ name: `level ${i}`, policies: read.value });
  }
  return ok(found);
}

function readLayer(value: unknown, pointer: string, word: string): Result<readonly PolicyInput[]> {
  if (value === undefined || value === null) return ok([]);
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  const found: PolicyInput[] = [];
  for (const [i, item] of items.entries()) {
    const place = Array.isArray(value) ? `${pointer}/${i}` : pointer;
    const wrapped = isObject(item) && item['Statement'] === undefined ? (['document', 'policy', 'PolicyDocument', 'Document'] as const).find((key) => item[key] !== undefined) : undefined;
    const document = wrapped === undefined ? item : at(item, wrapped);
    const problem = problemOf(document);
    if (problem !== undefined) return err(`${place.slice(1).replaceAll('/', '.')}: ${problem}`);
    const name = str(item, 'name') ?? str(item, 'PolicyName') ?? (items.length > 1 ? `${word} ${i}` : word);
    found.push({ name, source: 'case', pointer: wrapped === undefined ? place : `${place}/${wrapped}`, document });
  }
  return ok(found);
}

/** An empty list of statements says nothing, and allows nothing. */
const hasStatements = (document: unknown): boolean => (typeof document === 'string' ? /"Statement"\s*:\s*\[/.test(document) : Array.isArray(at(document, 'Statement')));

/** What makes a policy one that AWS would not have accepted. */
function problemOf(document: unknown): string | undefined {
  const parsed = parsePolicy(document);
  if (!parsed.ok) return parsed.error;
  if (parsed.value.statements.length === 0 && !hasStatements(document)) return 'the policy has no Statement';
  const operator = parsed.value.statements.flatMap((s) => s.conditions).find((c) => parseOperator(c.operator) === undefined)?.operator;
  return operator === undefined ? undefined : `IAM has no condition operator ${operator}`;
}

/** The four flags in any spelling (`RestrictPublicBuckets`, `restrict_public_buckets`); of several blocks (`{bucket, account}`) the most restrictive. `true`: all four. */
function readBlock(value: unknown): Result<PolicyCase['block']> {
  if (typeof value !== 'boolean' && value !== undefined && value !== null && !isObject(value)) return err('block_public_access is neither an object nor true or false');
  const on = new Set<string>(value === true ? blockFlags.map((flag) => flag.toLowerCase()) : []);
  const visit = (block: JsonObject): void => {
    for (const [key, flag] of Object.entries(block)) {
      if (isObject(flag)) visit(flag);
      else if (flag === true || flag === 'true') on.add(key.replaceAll('_', '').toLowerCase());
    }
  };
  if (isObject(value)) visit(value);
  const isOn = (flag: BlockFlag): boolean => on.has(flag.toLowerCase());
  return ok({ BlockPublicAcls: isOn('BlockPublicAcls'), IgnorePublicAcls: isOn('IgnorePublicAcls'), BlockPublicPolicy: isOn('BlockPublicPolicy'), RestrictPublicBuckets: isOn('RestrictPublicBuckets') });
}
