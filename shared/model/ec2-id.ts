import { ec2IdOf } from '../lib/arn.ts';
import type { StoredResource } from './resource.ts';

/**
 * The resource that an EC2 ARN means where the inventory doesn't write its region or account down (answers of the AWS CLI name the id only).
 * @param resource finds a resource by an id or alias.
 * @returns undefined when the text is no such ARN, or when what has the id is known to stand elsewhere.
 */
export function byEc2Id(arn: string, resource: (id: string, account?: string) => StoredResource | undefined): StoredResource | undefined {
  const meant = ec2IdOf(arn);
  const found = meant && resource(meant.id);
  if (!found) return undefined;
  const fits = (told: string | undefined, asked: string): boolean => told === undefined || told === '' || asked === '' || told === asked;
  return fits(found.account, meant.account) && fits(found.region, meant.region) ? found : undefined;
}
