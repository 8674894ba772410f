import { hash } from 'node:crypto';
import { partitionOf } from '#shared/lib/arn.ts';
import { list, str } from '#shared/lib/json.ts';
import { ConnectFailure } from '../pace/failure.ts';
import type { Session, Settings } from '../connector.ts';
import { allPages } from '../units/walk-pages.ts';
import { openClients, type AwsClients } from './clients.ts';
import { makeCall } from './read-calls.ts';
import { assumeRole } from './roles.ts';
import type { AwsCall } from './spec.ts';

/** What a run is about: one account with the credentials as they are, or several with a role in each. */
export interface Wanted { readonly accounts: 'own' | 'all' | readonly string[]; readonly roleName: string; readonly regions: readonly string[] | undefined }
export const listAccounts: AwsCall = makeCall('organizations', 'ListAccounts', undefined, 'which accounts there are');

const words = (text: string | undefined): readonly string[] => [...new Set((text ?? '').split(/[\s,]+/).filter((word) => word !== ''))].sort();

/** @throws ConnectFailure `rejected` for settings that don't go together. */
export function readWanted(settings: Settings): Wanted {
  const named = words(settings['accounts']), regions = words(settings['regions']), roleName = settings['role-name'];
  const accounts = named.length === 0 ? 'own' : named.includes('all') ? 'all' : named;
  if (accounts === 'all' && roleName === undefined) throw noRole();
  if (accounts === 'own' && roleName !== undefined) throw new ConnectFailure('rejected', 'a role name needs accounts to assume it in: --accounts all, or their ids');
  const wrong = typeof accounts === 'string' ? undefined : accounts.find((id) => !/^\d{12}$/.test(id));
  if (wrong !== undefined) throw new ConnectFailure('rejected', `"${wrong.slice(0, 80)}" is no id of an account (12 digits)`);
  // A name with its path, and nothing else: it becomes part of an ARN.
  if (roleName !== undefined && !/^(?:[\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/.test(roleName)) throw new ConnectFailure('rejected', `"${roleName.slice(0, 80)}" is no name of a role`);
  return { accounts, roleName: roleName ?? '', regions: regions.length === 0 || regions.includes('all') ? undefined : regions };
}

const noRole = (): ConnectFailure => new ConnectFailure('rejected', 'which role is to be assumed in the accounts? Name it with --role-name');

/** What tells this run from others: a cut one goes on only where the same is wanted. */
export function targetOf(own: string, { accounts, roleName, regions }: Wanted): string {
  const which = accounts === 'own' ? own : accounts === 'all' ? `all accounts of the organization of ${own}` : accounts.length <= 4 ? accounts.join(', ') : `${accounts.slice(0, 3).join(', ')} and ${accounts.length - 3} more accounts (${hash('sha256', accounts.join(), 'hex').slice(0, 8)})`;
  return `${which}${roleName === '' ? '' : ` as ${roleName}`}${regions === undefined ? '' : ` (${regions.join(', ')})`}`;
}

/** One account and the way into it. */
export interface Account { readonly id: string; /** Its own credentials, rather than a role's. */ readonly isOwn: boolean; /** @throws ConnectFailure `denied` where the role can't be assumed. */ open(): Promise<AwsClients>; close(): void }
interface Way { readonly session: Session; readonly clients: AwsClients; readonly own: string; readonly home: string; readonly endpoint: string | undefined }

/** The accounts of a run, by their ids. The one that the credentials belong to is asked with them as they are: the role is for the others. @throws ConnectFailure `rejected` where there are others and no role */
export async function accountsOf(way: Way, wanted: Wanted): Promise<readonly Account[]> {
  const { own } = way;
  const ids = wanted.accounts === 'own' ? [own] : wanted.accounts === 'all' ? await allAccounts(way) : wanted.accounts;
  if (wanted.roleName === '' && ids.some((id) => id !== own)) throw noRole();
  return ids.map((id) => (id === own ? { id, isOwn: true, open: () => Promise.resolve(way.clients), close: () => undefined } : memberOf(way, id, wanted.roleName)));
}

function memberOf({ session, clients, home, endpoint }: Way, id: string, roleName: string): Account {
  // The external id goes with the first role that is assumed.
  const externalId = session.settings['role-arn'] === undefined ? session.settings['external-id'] : undefined;
  const role = assumeRole(session, clients, home, { arn: `arn:${partitionOf(home)}:iam::${id}:role/${roleName}`, externalId });
  let made: AwsClients | undefined;
  return { id, isOwn: false, close() { made?.close(); made = undefined; }, async open() { await role.ready(); return (made ??= openClients(session, role, endpoint, undefined)); } };
}

/** Those of the organization that are in use. Only the management account and delegated administrators are told. */
async function allAccounts({ clients, home }: Way): Promise<readonly string[]> {
  try {
    const accounts = await allPages('the list of accounts', async (token) => {
      const answer = await clients.call('organizations', 'ListAccounts', home, token === undefined ? {} : { NextToken: token });
      return { rows: list(answer, 'Accounts'), next: answer['NextToken'] };
    });
    // "State" took the place of "Status" (Organizations API reference, Account).
    return accounts.filter((account) => (str(account, 'State') ?? str(account, 'Status')) === 'ACTIVE').flatMap((account) => str(account, 'Id') ?? []).sort();
  } catch (error) {
    if (!(error instanceof ConnectFailure) || (error.kind !== 'denied' && error.kind !== 'absent')) throw error;
    throw new ConnectFailure(error.kind, `the accounts of the organization can't be listed (${error.says}): name them with --accounts ID,ID`);
  }
}
