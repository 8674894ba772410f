import { parseArn } from '#shared/lib/arn.ts';

/** Reading is all that anybody may do to what AWS keeps. */
const reads = /^iam:(get|list|generate|simulate)/;
/** What the documentation lets one do to a service-linked role: rename it, tag it, ask for its deletion. */
const onServiceLinked = /^iam:(get|list|generate|simulate|createservicelinkedrole|deleteservicelinkedrole|updaterole|updateroledescription|tagrole|untagrole|passrole)/;

/**
 * Why AWS itself refuses an action whatever the policies say: managed policies of AWS, roles of IAM Identity Center and of services, and aliases
 * of keys that AWS manages can't be changed (IAM User Guide, "AWS managed policies", "Service-linked roles"; IAM Identity Center User Guide,
 * "Referencing permission sets"; KMS, `CreateAlias`).
 * @param action in lower case.
 * @returns undefined where the policies decide.
 */
export function refusedByAws(action: string, resource: string): string | undefined {
  const arn = /^(iam|kms):/.test(action) ? parseArn(resource) : undefined;
  if (!arn) return undefined;
  if (arn.service === 'iam') {
    if (arn.account === 'aws' && !reads.test(action) && !/^iam:(attach|detach)/.test(action)) return 'a managed policy of AWS can’t be changed';
    if (arn.resource.startsWith('role/aws-reserved/') && !reads.test(action)) return 'a role that AWS keeps (role/aws-reserved/) can be changed or passed by its service only';
    if (arn.resource.startsWith('role/aws-service-role/') && !onServiceLinked.test(action)) return 'a service-linked role can be changed by its service only';
  }
  if (arn.service === 'kms' && arn.resource.startsWith('alias/aws/') && /^kms:(create|update|delete)alias$/.test(action)) return 'an alias of a key that AWS manages can’t be changed';
  return undefined;
}
