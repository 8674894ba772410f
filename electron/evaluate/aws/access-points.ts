import { at, str } from '#shared/lib/json.ts';
import type { StoredResource } from '#shared/model/resource.ts';
import type { Answer, Missing, Reason } from '#shared/model/verdict.ts';
import { effective, type BucketInputs } from './bucket-inputs.ts';
import { simulate, type AccessKind } from './bucket-simulation.ts';
import { allOf, anyOf, not } from '../kleene.ts';
import { parsePolicy } from './policy-document.ts';
import { publicReason, publicStatements } from './public-policy.ts';

export interface AccessPointAccess { readonly answers: Readonly<Record<AccessKind, Answer>>; readonly reasons: readonly Reason[]; readonly missing: readonly Missing[] }

/**
 * X1: what the bucket's access points let the internet do. One of network origin VPC is never public; through another a caller needs an
 * Allow of both the access point's policy and the bucket's (which usually delegates by s3:DataAccessPointAccount).
 */
export function publicAccessPoints(inputs: BucketInputs): AccessPointAccess {
  const found = inputs.accessPoints.map((point) => accessThrough(inputs, point));
  const of = (kind: AccessKind): Answer => anyOf(found.map((f) => f.answers[kind]));
  return { answers: { list: of('list'), read: of('read'), write: of('write'), acl: of('acl') }, reasons: found.flatMap((f) => f.reasons), missing: found.flatMap((f) => f.missing) };
}

const closed: AccessPointAccess = { answers: { list: 'no', read: 'no', write: 'no', acl: 'no' }, reasons: [], missing: [] };

function accessThrough(inputs: BucketInputs, point: StoredResource): AccessPointAccess {
  if (str(point.config, 'NetworkOrigin') === 'VPC' || at(point.config, 'VpcConfiguration', 'VpcId') !== undefined) return closed;
  const document = at(point.config, 'Policy');
  if (document === null) return closed;
  const parsed = document === undefined ? undefined : parsePolicy(document);
  const open = parsed?.ok ? publicStatements(parsed.value, 'access_point') : undefined;
  if (open?.length === 0) return closed;
  const block = at(point.config, 'PublicAccessBlockConfiguration');
  // An access point is created with all four flags on unless told otherwise, so an unrecorded block is not taken as off.
  const own: Answer = block === undefined ? 'unknown' : at(block, 'RestrictPublicBuckets') === true ? 'yes' : 'no';
  const unrestricted = not(anyOf([own, effective(inputs.block('RestrictPublicBuckets'))]));
  const through = { values: {
    's3:DataAccessPointArn': point.urn, 's3:AccessPointNetworkOrigin': 'Internet', ...(point.account !== undefined && { 's3:DataAccessPointAccount': point.account }),
  } };
  const byBucket = simulate(inputs, through);
  // The point's policy speaks of its own ARN; its objects are `<arn>/object/<key>`.
  const pointPolicy = { name: `the policy of access point ${point.name ?? point.urn}`, source: point.urn, pointer: '/Policy', document };
  const byPoint = simulate({ ...inputs, arn: point.urn, rcps: [], policy: parsed?.ok ? { state: 'known', parsed: parsed.value, input: pointPolicy } : { state: 'unknown' } }, through);
  const answerFor = (kind: AccessKind): Answer => anyOf(byBucket.flatMap((bucket, i) => {
    const through = byPoint[i];
    return bucket.probe.kind === kind && through ? [allOf([bucket.byPolicy, through.byPolicy, unrestricted])] : [];
  }));
  const answers = { list: answerFor('list'), read: answerFor('read'), write: answerFor('write'), acl: answerFor('acl') };
  const isOpen = Object.values(answers).some((a) => a !== 'no');
  const reasons = isOpen ? (open ?? []).map((s) => ({ ...publicReason(s, pointPolicy), rule: 'S3.X1' })) : [];
  const lacks = (what: string, supply: string): Missing => ({ what, entity: point.urn, supply });
  const missing = isOpen ? [
    ...(parsed?.ok ? [] : [lacks('access point policy', 'aws s3control get-access-point-policy')]),
    ...(own === 'unknown' ? [lacks('public access block of the access point', 'aws s3control get-access-point')] : []),
  ] : [];
  return { answers, reasons, missing };
}
