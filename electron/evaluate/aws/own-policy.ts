import { parseArn } from '#shared/lib/arn.ts';
import { at, list } from '#shared/lib/json.ts';
import { newResource } from '#shared/model/aws.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { supposedOf } from '#shared/model/untold.ts';
import { grantPolicy } from './key-grants.ts';
import { parsePolicy } from './policy-document.ts';
import type { PolicyInput } from './policy-scan.ts';

/** The keys under which a type's policy stands, as one call or another names it; for types that aren't listed the usual ones. */
const keysByType: Readonly<Record<string, readonly string[]>> = {
  'AWS::IAM::Role': ['AssumeRolePolicyDocument'],
  'AWS::ECR::Repository': ['Policy', 'RepositoryPolicyText', 'PolicyText'],
  'AWS::OpenSearch::Domain': ['Policy', 'AccessPolicies'],
  'AWS::Elasticsearch::Domain': ['Policy', 'AccessPolicies'],
  'AWS::EFS::FileSystem': ['Policy', 'FileSystemPolicy'],
  'AWS::Glacier::Vault': ['Policy', 'AccessPolicy'],
  'AWS::Backup::BackupVault': ['Policy', 'AccessPolicy'],
  'AWS::CodeArtifact::Domain': ['Policy', 'PermissionsPolicyDocument'],
  'AWS::CodeArtifact::Repository': ['Policy', 'PermissionsPolicyDocument'],
  'AWS::Logs::Destination': ['Policy', 'AccessPolicy', 'DestinationPolicy'],
};
const usualKeys = ['Policy', 'KeyPolicy', 'ResourcePolicy'] as const;

/**
 * What is recorded of the policy that a resource has of its own: `none` where it is recorded as none, `unknown` where it isn't recorded or can't be
 * read, else the documents that make it up. `pointer` is empty where the record has no place for it.
 */
type OwnPolicy =
  | { readonly state: 'none'; readonly pointer: string }
  | { readonly state: 'unknown'; readonly pointer: string }
  | { readonly state: 'known'; readonly pointer: string; readonly inputs: readonly PolicyInput[] };

const read = new WeakMap<StoredResource, OwnPolicy>();

/**
 * Reads a resource's own policy: the one reader for whatever asks about it. Beside the document itself there may be statements that are told one
 * by one (`PolicyStatements`: Terraform's `aws_lambda_permission` and the like).
 */
export function ownPolicy(resource: StoredResource): OwnPolicy {
  const known = read.get(resource);
  if (known) return known;
  const found = readOwn(resource);
  read.set(resource, found);
  return found;
}

function readOwn(resource: StoredResource): OwnPolicy {
  const { config, type, urn } = resource, keys = keysByType[type] ?? usualKeys;
  const key = keys.find((k) => at(config, k) !== undefined), document = key === undefined ? undefined : at(config, key);
  const pointer = `/${key ?? keys[0] ?? 'Policy'}`, name = nameOf(resource);
  const single = list(config, 'PolicyStatements');
  const inputs: readonly PolicyInput[] = [
    ...(document === undefined || document === null || document === '' ? [] : [{ name, source: urn, pointer, document }]),
    ...(single.length === 0 ? [] : [{ name, source: urn, pointer: '/PolicyStatements', statementsAt: '/PolicyStatements', document: { Version: '2012-10-17', Statement: single } }]),
  ];
  if (inputs.some((input) => !parsePolicy(input.document).ok)) return { state: 'unknown', pointer };
  if (inputs.length > 0) return { state: 'known', pointer: inputs[0]?.pointer ?? pointer, inputs };
  if (document === undefined && supposedOf(config).includes(newResource.policy)) return { state: 'none', pointer: '/supposed' };
  return document === undefined ? { state: 'unknown', pointer: '' } : { state: 'none', pointer };
}

const nameOf = ({ type, name, urn }: StoredResource): string => (type === 'AWS::IAM::Role' ? 'the trust policy' : `the policy of ${name ?? urn}`);

/**
 * A key or role is closed to everyone whom its own policy doesn't name, so that policy can't be taken as absent; that of others can.
 * @returns the policies as a request meets them, one of unknown content where what is recorded can't be read.
 */
export function ownInputs(resource: StoredResource): readonly PolicyInput[] {
  const own = ownPolicy(resource);
  if (own.state === 'known') return own.inputs;
  const mustBe = resource.type === 'AWS::IAM::Role' || resource.type === 'AWS::KMS::Key';
  const isRecorded = own.state === 'unknown' && own.pointer !== '';
  return mustBe || isRecorded ? [{ name: nameOf(resource), source: resource.urn, pointer: own.pointer, document: undefined }] : [];
}

/**
 * The part of a resource that holds the policy for what is inside it: of an object its bucket, of an index its domain or table. What has a policy of its
 * own is left out: a stream of a table, a consumer of a stream, an alias or version of a function (their guides, "Resource-based policies").
 */
const holders: Readonly<Record<string, RegExp>> = { s3: /^[^/]+/, es: /^domain\/[^/]+/, dynamodb: /^table\/[^/]+(?=\/(?!stream\/))/, sns: /^[^:]+/ };

/** What an ARN asks about: the resource of that ARN, else the one that it lies in. */
export function policyHolder(graph: GraphView, arn: string): StoredResource | undefined {
  const exact = graph.resource(arn), parts = exact ? undefined : parseArn(arn);
  const inside = parts && holders[parts.service]?.exec(parts.resource)?.[0];
  return exact ?? (parts && inside !== undefined && inside !== parts.resource ? graph.resource(`${arn.slice(0, arn.length - parts.resource.length)}${inside}`) : undefined);
}

const sides = new WeakMap<StoredResource, readonly PolicyInput[]>();

/** Every policy on the resource's side of a request: its own, and the grants of a key. */
export function resourceSide(resource: StoredResource): readonly PolicyInput[] {
  let side = sides.get(resource);
  if (!side) {
    side = [...ownInputs(resource), ...grantPolicy(resource)];
    // Most have none: they share one list.
    if (side.length === 0) side = noPolicies;
    sides.set(resource, side);
  }
  return side;
}

const noPolicies: readonly PolicyInput[] = [];

/** `resourceSide` of what an ARN asks about. */
export function resourcePolicies(graph: GraphView, arn: string): readonly PolicyInput[] {
  const holder = policyHolder(graph, arn);
  return holder ? resourceSide(holder) : noPolicies;
}

/** Does the resource's side speak of an account, of somebody in it or of everyone? Whom it doesn't, it lets in by no policy of its own. */
export function invites(resource: StoredResource, account: string): boolean {
  return resourceSide(resource).some(({ document }) => {
    const parsed = document === undefined ? undefined : parsePolicy(document);
    return parsed?.ok === true && parsed.value.statements.some((s) => s.effect === 'Allow' && (s.notPrincipals !== undefined || s.principals?.aws.some((id) => id === '*' || id.includes(account)) === true));
  });
}
