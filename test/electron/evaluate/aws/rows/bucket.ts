import type { Question } from '#electron/evaluate/platform.ts';
import { awsUrn } from '#shared/model/aws.ts';
import type { ResourceDraft } from '../../../../graph-of.ts';
import { A, doc, region } from './row.ts';

export const urn = 'arn:aws:s3:::data', objects = `${urn}/*`;
export const off = { BlockPublicAcls: false, IgnorePublicAcls: false, BlockPublicPolicy: false, RestrictPublicBuckets: false };
const owner = { Grantee: { Type: 'CanonicalUser', ID: 'a'.repeat(64) }, Permission: 'FULL_CONTROL' };
export const grantTo = (group: string, Permission: string): object => ({ Grantee: { Type: 'Group', URI: `http://acs.amazonaws.com/groups/global/${group}` }, Permission });

/** A bucket of which everything is recorded and nothing public, with changes; and the block of its account. */
export function bucket(more: object = {}, account: object | null | 'missing' = off, others: readonly ResourceDraft[] = []): readonly ResourceDraft[] {
  const config = { Name: 'data', Policy: null, Grants: [owner], PublicAccessBlockConfiguration: null, OwnershipControls: null, ...more };
  const block: ResourceDraft = { urn: awsUrn.accountPublicAccessBlock(A), type: 'AWS::S3::AccountPublicAccessBlock', kind: 'other', account: A, config: account };
  return [{ urn, type: 'AWS::S3::Bucket', kind: 'bucket', name: 'data', account: A, region, aliases: ['data'], config: Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined)) }, ...(account === 'missing' ? [] : [block]), ...others];
}
export const withAcl = (group: string, permission: string, more: object = {}): object => ({ Grants: [owner, grantTo(group, permission)], ...more });
export const open = (more: object = {}): object => ({ Sid: 'Site', Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: objects, ...more });
export const withPolicy = (...statements: readonly object[]): object => ({ Policy: doc(...statements) });
export const anyone = (action?: string): Question => ({ question: 'public_storage', subject: urn, ...(action !== undefined && { action }) });
