import { isObject, str, type JsonObject } from '#shared/lib/json.ts';
import { awsUrn } from '#shared/model/aws.ts';
import type { CliPlace } from './cli-place.ts';
import { policyResources, resourceOf, type Parts } from './cli-resource.ts';
import { parsePolicyText } from './policy-text.ts';

/** Keys of the s3api get-bucket-* answers, and the key of a bucket's config that each becomes. */
const bucketKeys: Readonly<Record<string, string>> = {
  Grants: 'Grants', PublicAccessBlockConfiguration: 'PublicAccessBlockConfiguration', OwnershipControls: 'OwnershipControls', PolicyStatus: 'PolicyStatus',
  ServerSideEncryptionConfiguration: 'ServerSideEncryptionConfiguration', LoggingEnabled: 'LoggingEnabled', LocationConstraint: 'LocationConstraint', TagSet: 'TagSet',
};
/** Errors by which S3 says that a part is not set (S3 API reference, "Error responses"). */
const unset: Readonly<Record<string, string>> = {
  NoSuchBucketPolicy: 'Policy', NoSuchPublicAccessBlockConfiguration: 'PublicAccessBlockConfiguration', OwnershipControlsNotFoundError: 'OwnershipControls',
  ServerSideEncryptionConfigurationNotFoundError: 'ServerSideEncryptionConfiguration',
};

/** A part of a bucket: one get-bucket-* answer, or several together in a record that names the bucket. Undefined when it is none. */
export function bucketPart(document: JsonObject, place: CliPlace): Parts | undefined {
  const { hints } = place;
  const call = hints.call ?? '';
  const isS3 = /get-bucket|public-access-block/.test(call);
  const errorKey = unset[str(document, 'Error', 'Code') ?? str(document, 'Code') ?? ''];
  // Tags alone could be of anything.
  const known = Object.keys(bucketKeys).filter((key) => key in document && (key !== 'TagSet' || /get-bucket-tagging/.test(call)));
  // An access point names its bucket, and has a block of its own.
  if ((known.length === 0 && errorKey === undefined) || 'NetworkOrigin' in document) return undefined;
  const account = accountBlock(document, place);
  if (account) return account;
  const bucket = (isS3 ? hints.subject : undefined) ?? str(document, 'Bucket') ?? str(document, 'BucketName') ?? str(document, 'Name') ?? str(document, 'Error', 'BucketName');
  if (bucket === undefined || ('Grants' in document && !('Owner' in document) && !isS3 && !('Name' in document))) return undefined;
  const config: JsonObject = errorKey === undefined
    ? { ...Object.fromEntries(known.map((key) => [bucketKeys[key] ?? key, document[key]])), ...('Policy' in document && { Policy: parsePolicyText(document['Policy']) }), ...('Owner' in document && { Owner: document['Owner'] }) }
    : { [errorKey]: null };
  return bucketOf(bucket, { ...config, Name: bucket }, call === '' ? known.join('+') : call, place);
}

const bucketOf = (name: string, config: JsonObject, part: string, place: CliPlace): Parts => resourceOf({ type: 'AWS::S3::Bucket', id: name, name, part, config, place });

/** `s3control get-public-access-block` is about an account. */
function accountBlock(document: JsonObject, place: CliPlace): Parts | undefined {
  const { hints } = place;
  const isAccount = hints.call?.startsWith('s3control') === true || /^\d{12}$/.test(hints.subject ?? '') || /account/i.test(hints.subject ?? '');
  if (!isAccount || !('PublicAccessBlockConfiguration' in document || 'Error' in document)) return undefined;
  const account = /\d{12}/.exec(hints.subject ?? '')?.[0] ?? str(document, 'AccountId') ?? place.account;
  if (account === undefined) return undefined;
  const block = document['PublicAccessBlockConfiguration'];
  const parts = resourceOf({ type: 'AWS::S3::AccountPublicAccessBlock', id: account, arn: awsUrn.accountPublicAccessBlock(account), part: 'get-public-access-block', config: isObject(block) ? block : {}, place: { ...place, account, region: undefined } });
  return { ...parts, resource: { ...parts.resource, account, aliases: [], ...(isObject(block) ? {} : { config: null }) } };
}

/** A resource policy whose answer names nothing (`{"Policy": "…"}`): by the file's place, else by the resources that the policy names. */
export function policyPart(document: JsonObject, place: CliPlace): Parts | undefined {
  const policy = parsePolicyText(document['Policy']);
  const call = place.hints.call ?? '', subject = place.hints.subject;
  const arn = policyResources(policy).find((r) => r.startsWith('arn:'));
  const part = call === '' ? 'resource-policy' : call;
  if (/get-access-point-policy/.test(call) || /^arn:[^:]*:s3:[^:]+:\d+:accesspoint\//.test(arn ?? '')) {
    const name = subject ?? /:accesspoint\/([^/*?]+)/.exec(arn ?? '')?.[1];
    const own = /^(arn:.*?:accesspoint\/[^/*?]+)/.exec(arn ?? '')?.[1];
    return name === undefined ? undefined : resourceOf({ type: 'AWS::S3::AccessPoint', id: name, ...(own !== undefined && { arn: own }), name, part, config: { Policy: policy }, place });
  }
  const bucket = call.endsWith('get-bucket-policy') && subject !== undefined ? subject : /^arn:[^:]*:s3:::([^/*?]+)/.exec(arn ?? '')?.[1];
  if (bucket !== undefined) return bucketOf(bucket, { Name: bucket, Policy: policy }, part, place);
  if (call.endsWith('get-key-policy') && subject !== undefined) {
    const id = subject.replace(/\/default$/, '').split('/').at(-1) ?? subject;
    return resourceOf({ type: 'AWS::KMS::Key', id, ...(subject.startsWith('arn:') && { arn: subject.replace(/\/default$/, '') }), part, config: { Policy: policy }, place });
  }
  const named = /^(arn:[^:]*:lambda:[^:]*:\d{12}:function:[^:*]+)/.exec(arn ?? '')?.[1];
  if (/lambda.*get-policy$/.test(call) && subject !== undefined) return resourceOf({ type: 'AWS::Lambda::Function', id: subject, ...(subject.startsWith('arn:') && { arn: subject }), name: subject.split(':').at(-1), part, config: { Policy: policy }, place });
  if (named !== undefined) return resourceOf({ type: 'AWS::Lambda::Function', id: named, arn: named, name: named.split(':').at(-1), part, config: { Policy: policy }, place });
  return undefined;
}
