import { str } from '#shared/lib/json.ts';
import type { EntityId } from '../../aws-entity.ts';
import { accountInArn } from '../../aws-entity.ts';
import { cloudEntity, subscriptionIn } from '../../cloud-entity.ts';

export type Placed = EntityId & { readonly account?: string };

/** A resource by its id: of Azure, or of a connected AWS account or Google project by its own name; undefined when nothing names it. */
export function placed(ids: readonly (string | undefined)[], type: string | undefined, name: string | undefined, account: string | undefined): Placed | undefined {
  const given = ids.flatMap((id) => (id === undefined ? [] : [id.trim()])).filter((id) => id !== '');
  const id = given.find((text) => text.startsWith('arn:') || text.startsWith('//')) ?? given[0] ?? name?.trim();
  if (id === undefined || id === '') return undefined;
  const found = cloudEntity({ provider: id.startsWith('arn:') ? 'aws' : id.startsWith('//') ? 'gcp' : 'azure', id, type, name }, {});
  const own = accountInArn(found.entity) ?? subscriptionIn(found.entity) ?? account;
  return { ...found, aliases: [...new Set([...found.aliases, ...given])].filter((alias) => alias !== found.entity), ...(own !== undefined && { account: own }) };
}

/** What an assessment is about: without it the id of the assessment itself begins with it. */
export function assessed(record: unknown, details: unknown): Placed | undefined {
  const under = /^(.+?)\/providers\/Microsoft\.Security\/assessments\//i.exec(str(record, 'id') ?? '')?.[1];
  const ids = ['nativeResourceId', 'NativeResourceUniqueId', 'id', 'Id', 'ResourceId'].map((key) => str(details, key));
  return placed([...ids, under], str(details, 'resourceType') ?? str(details, 'ResourceType'), str(details, 'resourceName') ?? str(details, 'ResourceName') ?? str(details, 'machineName'), undefined);
}
