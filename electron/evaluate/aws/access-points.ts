import { at, str } from '#shared/lib/json.ts';
import type { StoredResource } from '#shared/model/resource.ts';
import type { Answer, Missing, Reason } from '#shared/model/verdict.ts';
import { effective, multiRegionPoint, type BucketInputs } from './bucket-inputs.ts';
import { simulate, type AccessKind } from './bucket-simulation.ts';
import { allOf, anyOf, not } from '../kleene.ts';
import { ownPolicy } from './own-policy.ts';
import { parsePolicy } from './policy-document.ts';
import { publicReason, publicStatements } from './public-policy.ts';

/** `refusals`: why a point lets nobody in, for each that doesn't. */
export interface AccessPointAccess { readonly answers: Readonly<Record<AccessKind, Answer>>; readonly reasons: readonly Reason[]; readonly refusals: readonly Reason[]; readonly missing: readonly Missing[]; /** Whoever gets in by them has signed the request. */ readonly isSigned: boolean }

/**
 * X1: what the bucket's access points let the internet do. One of network origin VPC is never public; through another a caller needs an
 * Allow of both the access point's policy and the bucket's (which usually delegates by s3:DataAccessPointAccount). One of several regions takes no anonymous
 * requests (S3 User Guide, "Multi-Region Access Point restrictions"), but those of any AWS account.
 */
export function publicAccessPoints(inputs: BucketInputs): AccessPointAccess {
  const found = inputs.accessPoints.map((point) => accessThrough(inputs, point));
  const of = (kind: AccessKind): Answer => anyOf(found.map((f) => f.answers[kind]));
  const isSigned = found.every((f) => f.isSigned || Object.values(f.answers).every((a) => a === 'no'));
  return { answers: { list: of('list'), read: of('read'), write: of('write'), acl: of('acl') }, isSigned, reasons: found.flatMap((f) => f.reasons), refusals: found.flatMap((f) => f.refusals), missing: found.flatMap((f) => f.missing) };
}

const closed = (point: StoredResource, pointer: string, text: string): AccessPointAccess => ({
  answers: { list: 'no', read: 'no', write: 'no', acl: 'no' }, reasons: [], missing: [], isSigned: true, refusals: [{ rule: 'S3.X1', source: point.urn, pointer, text: `access point ${point.name ?? point.urn} ${text}` }],
});

function accessThrough(inputs: BucketInputs, point: StoredResource): AccessPointAccess {
  if (str(point.config, 'NetworkOrigin') === 'VPC') return closed(point, '/NetworkOrigin', 'takes requests from its VPC only');
  if (at(point.config, 'VpcConfiguration', 'VpcId') !== undefined) return closed(point, '/VpcConfiguration', 'takes requests from its VPC only');
  const own = ownPolicy(point);
  if (own.state === 'none') return closed(point, own.pointer, 'has no policy');
  const input = own.state === 'known' ? own.inputs[0] : undefined, parsed = input && parsePolicy(input.document);
  const open = parsed?.ok ? publicStatements(parsed.value, 'access_point') : undefined;
  if (open?.length === 0) return closed(point, own.pointer, 'has a policy that lets in only whom it names, or whom its conditions fix');
  const block = at(point.config, 'PublicAccessBlockConfiguration');
  // An access point is created with all four flags on unless told otherwise, so an unrecorded block is not taken as off.
  const ownBlock: Answer = block === undefined ? 'unknown' : at(block, 'RestrictPublicBuckets') === true ? 'yes' : 'no';
  if (ownBlock === 'yes') return closed(point, '/PublicAccessBlockConfiguration/RestrictPublicBuckets', 'restricts a public policy by a block of its own');
  if (effective(inputs.block('RestrictPublicBuckets')) === 'yes') return closed(point, own.pointer, 'is restricted by the public access block of the bucket or its account');
  const unrestricted = not(anyOf([ownBlock, effective(inputs.block('RestrictPublicBuckets'))]));
  const through = { values: {
    's3:DataAccessPointArn': point.urn, 's3:AccessPointNetworkOrigin': 'Internet', ...(point.account !== undefined && { 's3:DataAccessPointAccount': point.account }),
  } };
  const byBucket = simulate(inputs, through);
  // The point's policy speaks of its own ARN; its objects are `<arn>/object/<key>`.
  const pointPolicy = { source: point.urn, pointer: own.pointer, document: undefined, ...input, name: `the policy of access point ${point.name ?? point.urn}` };
  const byPoint = simulate({ ...inputs, arn: point.urn, rcps: [], policy: parsed?.ok ? { state: 'known', parsed: parsed.value, input: pointPolicy } : { state: 'unknown' } }, through);
  const answerFor = (kind: AccessKind): Answer => anyOf(byBucket.flatMap((bucket, i) => {
    const here = byPoint[i];
    return bucket.probe.kind === kind && here ? [allOf([bucket.byPolicy, here.byPolicy, unrestricted])] : [];
  }));
  const answers = { list: answerFor('list'), read: answerFor('read'), write: answerFor('write'), acl: answerFor('acl') };
  if (Object.values(answers).every((a) => a === 'no')) return closed(point, own.pointer, 'is not let through by the policy of the bucket, or by its own');
  const lacks = (what: string, supply: string): Missing => ({ what, entity: point.urn, supply });
  return {
    answers, refusals: [], isSigned: point.type === multiRegionPoint, reasons: (open ?? []).map((s) => ({ ...publicReason(s, pointPolicy), rule: 'S3.X1' })),
    missing: [
      ...(parsed?.ok ? [] : [lacks('access point policy', `aws s3control get-${point.type === multiRegionPoint ? 'multi-region-' : ''}access-point-policy`)]),
      ...(ownBlock === 'unknown' ? [lacks('public access block of the access point', `aws s3control get-${point.type === multiRegionPoint ? 'multi-region-' : ''}access-point`)] : []),
    ],
  };
}
