import type { EntityId } from './aws-entity.ts';
import { entityTypeOfName } from './cloud-entity.ts';

/**
 * A block of infrastructure as code, by its file and its address (`main.tf#aws_s3_bucket.logs`): another file may have the same address.
 * @param isTerraform its address begins with the type of resource, which then tells the entity type, and names the block in a state too.
 */
export function codeBlock(file: string, address: string, isTerraform: boolean): EntityId {
  const word = isTerraform ? address.replace(/^(module\.[^.:]+[.:])+/, '').split('.')[0]?.replace(/^(aws|azurerm|google)_/, '') : address.split('.')[0];
  return { entity: `${file}#${address}`, entity_type: entityTypeOfName(word), aliases: isTerraform ? [address] : [] };
}
