import type { ParsedPolicy } from './policy-document.ts';
import { namesEveryone } from './public-policy.ts';

export type AccessKind = 'list' | 'read' | 'write' | 'acl';
/** Requests that make up each kind of access, with the ACL permissions that grant them. `object` requests go to a key in the bucket. */
export interface Probe { readonly kind: AccessKind; readonly action: string; readonly on: 'bucket' | 'object'; readonly bucketAcl: readonly string[]; readonly objectAcl: readonly string[] }

export const probes: readonly Probe[] = [
  { kind: 'list', action: 's3:ListBucket', on: 'bucket', bucketAcl: ['READ'], objectAcl: [] },
  { kind: 'list', action: 's3:ListBucketVersions', on: 'bucket', bucketAcl: ['READ'], objectAcl: [] },
  { kind: 'read', action: 's3:GetObject', on: 'object', bucketAcl: [], objectAcl: ['READ'] },
  { kind: 'read', action: 's3:GetObjectVersion', on: 'object', bucketAcl: [], objectAcl: ['READ'] },
  { kind: 'write', action: 's3:PutObject', on: 'object', bucketAcl: ['WRITE'], objectAcl: [] },
  { kind: 'write', action: 's3:DeleteObject', on: 'object', bucketAcl: ['WRITE'], objectAcl: [] },
  { kind: 'acl', action: 's3:PutBucketAcl', on: 'bucket', bucketAcl: ['WRITE_ACP'], objectAcl: [] },
  { kind: 'acl', action: 's3:GetBucketAcl', on: 'bucket', bucketAcl: ['READ_ACP'], objectAcl: [] },
  { kind: 'acl', action: 's3:PutObjectAcl', on: 'object', bucketAcl: [], objectAcl: ['WRITE_ACP'] },
  { kind: 'acl', action: 's3:PutBucketPolicy', on: 'bucket', bucketAcl: [], objectAcl: [] },
];

/** S3 tells by the name of an action whether it is about a bucket or its objects (Service Authorization Reference, "Amazon S3"). */
const onObjects = /object|multipart|parts/i;
/** Named with both words, and about the bucket. */
const onBucket = /^s3:(bypass|put|get)?bucketobjectlock|^s3:listbucketmultipart/i;
const asked = new Set(probes.map((p) => p.action.toLowerCase()));
/** Statements that name more by name than anyone writes are out to keep us busy. */
const MOST = 40;

/** What a policy allows everyone by name and no probe asks for: whoever may set a lifecycle deletes all objects, whoever may tag or restore writes. */
export function probesNamed(policy: ParsedPolicy | undefined): readonly Probe[] {
  const named = (policy?.statements ?? []).filter((s) => s.effect === 'Allow' && namesEveryone(s)).flatMap((s) => s.actions ?? []);
  const found = [...new Set(named)].filter((a) => a.startsWith('s3:') && !/[*?]/.test(a) && !asked.has(a)).slice(0, MOST);
  return found.map((action): Probe => ({ kind: kindOf(action), action, on: onObjects.test(action) && !onBucket.test(action) ? 'object' : 'bucket', bucketAcl: [], objectAcl: [] }));
}

/** What tells or changes who may do what, or how the bucket is set, goes with its ACL. */
function kindOf(action: string): AccessKind {
  const name = action.slice('s3:'.length);
  if (/(acl|policy|policystatus|publicaccessblock|ownershipcontrols)$/.test(name)) return 'acl';
  if (name.startsWith('list')) return 'list';
  if (name.startsWith('get')) return onObjects.test(name) ? 'read' : 'acl';
  return 'write';
}
