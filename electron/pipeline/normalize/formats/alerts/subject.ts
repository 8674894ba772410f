import { isIP } from 'node:net';
import type { EntityType } from '#shared/model/finding.ts';
import { accountInArn, type AwsScope, type EntityId } from '../../aws-entity.ts';
import { cloudEntity, subscriptionIn } from '../../cloud-entity.ts';

/** What an alert may be about: an entity with the account that it belongs to, where that is told. */
export interface Subject extends EntityId { readonly account?: string | undefined; readonly region?: string | undefined }

/** Names of one thing, best first; undefined when none is given. Names that are blank, repeated or say nothing (`-`, `N/A`, `unknown`) are left out. */
export function subject(entity_type: EntityType, names: readonly (string | undefined)[], more: { readonly account?: string | undefined; readonly region?: string | undefined } = {}): Subject | undefined {
  const told = [...new Set(names.flatMap((name) => (name === undefined || isEmptyWord(name) ? [] : [name.trim()])))];
  const [entity] = told;
  return entity === undefined ? undefined : { entity, entity_type, aliases: told.slice(1, 20), ...more };
}

/** What tools write where they know nothing. */
export const isEmptyWord = (text: string): boolean => /^\s*(-|n\/?a|none|null|unknown|undefined)?\s*$/i.test(text);

export interface HostNames {
  /** Its id in a cloud: an Azure resource id, an ARN or EC2 instance id, a full resource name of Google Cloud. */
  readonly resource?: string | undefined;
  readonly scope?: AwsScope;
  /** With its domain where the tool tells both. */
  readonly names: readonly (string | undefined)[];
  /** What the tool's own sensor calls it. */
  readonly ids?: readonly (string | undefined)[];
  readonly addresses?: readonly (string | undefined)[];
}

/** A host under the name by which most others know it: its cloud's id, else its name, else its address, else the sensor's id; the other names are aliases (addresses are not: they move). */
export function hostSubject(host: HostNames): Subject | undefined {
  const names = host.names.filter((name) => name !== undefined && !isEmptyWord(name)), isAws = /^(arn:|i-[0-9a-f]{8,17}$)/.test(host.resource ?? '');
  const own = host.resource === undefined || isEmptyWord(host.resource) ? undefined : cloudSubject({ provider: isAws ? 'aws' : undefined, id: host.resource, type: 'VirtualMachine', scope: host.scope ?? {} });
  const told = subject('host', [...names, ...(own === undefined && names.length === 0 ? host.addresses ?? [] : []), ...(host.ids ?? [])]);
  if (own === undefined) return told;
  return { ...own, entity_type: own.entity_type === 'other' ? 'vm' : own.entity_type, aliases: [...new Set([...own.aliases, ...(told === undefined ? [] : [told.entity, ...told.aliases])])].filter((alias) => alias !== own.entity) };
}

/** A resource of a cloud by the provider's id. */
export function cloudSubject(of: { readonly provider: string | undefined; readonly id: string; readonly type: string | undefined; readonly name?: string | undefined; readonly scope?: AwsScope }): Subject {
  const found = cloudEntity({ provider: of.provider, id: of.id, type: of.type, name: of.name }, of.scope ?? {});
  const account = accountInArn(found.entity) ?? subscriptionIn(found.entity) ?? of.scope?.account;
  const aliases = of.name === undefined || of.name === found.entity ? found.aliases : [...new Set([...found.aliases, of.name])];
  return { ...found, aliases, ...(account !== undefined && { account }), ...(of.scope?.region !== undefined && { region: of.scope.region }) };
}

/** A user by the name with which they sign in; `domain\name` and ids are aliases. Accounts of machines and of the system itself are nobody. */
export function userSubject(names: readonly (string | undefined)[]): Subject | undefined {
  return subject('user', names.filter((name) => name !== undefined && !isSystemAccount(name)));
}

/** Accounts that every machine has (Windows' well-known SIDs, its machine accounts), which say nothing of who did it. */
export const isSystemAccount = (name: string): boolean => /^(nt authority\\.*|.*\\?(system|local service|network service|localsystem)|(s-1-5-(18|19|20))|.*\$)$/i.test(name.trim());

export const isAddress = (text: string | undefined): text is string => text !== undefined && isIP(text) !== 0;
