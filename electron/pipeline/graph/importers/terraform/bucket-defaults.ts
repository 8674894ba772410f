import { isObject, str } from '#shared/lib/json.ts';
import { newBucket } from '#shared/model/aws.ts';
import { plannedIn, referrers } from './plan-references.ts';
import type { TfResource } from './read-resource.ts';
import { isUntold } from './untold.ts';

/**
 * Names of what S3 gives a bucket that a plan makes, as far as the plan says nothing else of it (`newBucket` of `shared/model/aws.ts`), whoever makes it and how (S3 user guide, "Blocking public
 * access", "Controlling ownership of objects": every new bucket since April 2023). Where the plan writes a policy or an ACL of its own, nothing is taken of what would refuse it: whether that can be
 * applied is another question. None for a bucket that is there already.
 */
export function newBucketDefaults(r: TfResource): readonly string[] | undefined {
  if (!r.isNew || !isObject(r.plan) || !isObject(r.plan['planned_values'])) return undefined;
  const says = (type: string): boolean => isSaid(r, `aws_s3_bucket_${type}`), hasPolicy = isWritten(r, 'policy') || says('policy'), hasAcl = isWritten(r, 'acl', 'private') || isWritten(r, 'grant') || says('acl');
  return [
    ...(hasPolicy ? [] : [newBucket.policy]), ...(hasAcl ? [] : [newBucket.acl]), ...(hasAcl || says('ownership_controls') ? [] : [newBucket.ownership]), ...(hasAcl || hasPolicy || says('public_access_block') ? [] : [newBucket.block]),
  ];
}

/** Does the bucket's own block set it, to something else than this? */
function isWritten(r: TfResource, key: string, but?: string): boolean {
  const value = r.values[key];
  return isUntold(r, key) || !(value === undefined || value === null || value === '' || value === but || (Array.isArray(value) && value.length === 0));
}

/** Is a resource of this type about the bucket, or about one that isn't told? Without a configuration any may be. */
function isSaid(r: TfResource, type: string): boolean {
  if (!plannedIn(r.plan).some((p) => p.type === type)) return false;
  const about = referrers(r.plan, type, 'bucket');
  return about.size === 0 || ['', r.address, r.ownId, str(r.values, 'bucket') ?? ''].some((key) => about.has(key));
}
