import { str } from '#shared/lib/json.ts';
import type { PreflightRow } from '../connector.ts';
import { ConnectFailure, isOnlyThisCall } from '../pace/failure.ts';
import type { Account } from './accounts.ts';
import { awsLists } from './calls.ts';
import { ecsCalls } from './ecs.ts';
import { organizationCalls } from './organization.ts';
import { makeCall } from './read-calls.ts';
import { regionsOf } from './regions.ts';
import type { AwsAbout, AwsCall, AwsList } from './spec.ts';
import { itemsOf, pagesAbout, pagesOf, type AwsPlace } from './tasks.ts';

/** Tried in every other region: cheap, and denied where a policy of the organization shuts the region. */
const cheap: AwsCall = awsLists.find((call) => call.id === 'ec2 describe-vpcs') ?? makeCall('ec2', 'DescribeVpcs', undefined, '');
/** Regions and accounts that are tried; there are more only where somebody names them. */
const MOST = 60;

/**
 * Tries every call once, for a few things, in the first region of the first account that can be entered; one call in each of the other regions; and the role of every
 * account. What is asked about a thing can only be tried where there is one: IAM's own simulator would need a permission that no read-only role has.
 */
export async function* preflightAws(accounts: readonly Account[], home: string, named: readonly string[] | undefined): AsyncGenerator<PreflightRow> {
  let tried = false;
  for (const account of accounts.slice(0, MOST)) {
    try {
      const clients = await account.open();
      if (!account.isOwn) yield { call: 'sts assume-role', permission: 'sts:AssumeRole', state: 'allowed', says: `allowed sts:AssumeRole in ${account.id}` };
      if (!tried) yield* tryAccount({ clients, account: account.id, region: home, isGlobal: true }, named);
      tried = true;
    } catch (error) {
      if (!isOnlyThisCall(error)) throw error;
      yield { call: 'sts assume-role', permission: 'sts:AssumeRole', state: error.kind === 'denied' ? 'denied' : 'unknown', says: error.kind === 'denied' ? `denied sts:AssumeRole in ${account.id}: everything in the account will be unknown (${error.says})` : `not tried in ${account.id}: ${error.says}` };
    } finally { account.close(); }
  }
  if (accounts.length > MOST) yield { call: 'sts assume-role', permission: 'sts:AssumeRole', state: 'unknown', says: `${accounts.length - MOST} more accounts were not tried: they show while pulling` };
}

async function* tryAccount(global: AwsPlace, named: readonly string[] | undefined): AsyncGenerator<PreflightRow> {
  let regions: readonly string[];
  try { regions = await regionsOf(global, named); yield* named === undefined ? say(regionsCall, 'allowed') : []; } catch (error) {
    yield* say(regionsCall, stateOf(error), error);
    regions = [global.region];
  }
  const [first = global.region, ...others] = regions.includes(global.region) ? [global.region, ...regions.filter((r) => r !== global.region)] : regions;
  const place = { ...global, region: first, isGlobal: false };
  const lists = awsLists.map((call) => tryList(call, call.where === 'global' ? global : place));
  const chains = [ecsCalls, organizationCalls].map((calls) => tryFirst(calls, calls === ecsCalls ? place : global));
  const all = [...lists, ...chains, ...others.slice(0, MOST).map((region) => tryRegion({ ...place, region }))];
  // They are awaited in turn: one that fails while another is waited for is told when its turn comes.
  for (const rows of all) rows.catch(() => undefined);
  for (const rows of all) yield* await rows;
  if (others.length > MOST) yield { call: cheap.id, permission: cheap.permissions[0] ?? '', state: 'unknown', says: `${others.length - MOST} more regions were not tried: they show while pulling` };
}

const regionsCall: AwsCall = makeCall('ec2', 'DescribeRegions', undefined, 'in which other regions there is anything');

async function tryRegion({ clients, region }: AwsPlace): Promise<readonly PreflightRow[]> {
  const [permission = ''] = cheap.permissions;
  const row = (state: PreflightRow['state'], says: string): readonly PreflightRow[] => [{ call: cheap.id, permission, state, says }];
  try {
    await clients.call(cheap.service, cheap.operation, region, { MaxResults: 5 });
    return row('allowed', `allowed ${permission} in ${region}`);
  } catch (error) {
    const state = stateOf(error), why = error instanceof ConnectFailure ? error.says : '';
    return state === 'allowed' ? row(state, `nothing to ask in ${region} (${why})`) : row(state, state === 'denied' ? `denied ${permission} in ${region}: everything in the region may be unknown (${why})` : `can't tell what is allowed in ${region}: ${why}`);
  }
}

async function tryList(call: AwsList, place: AwsPlace): Promise<readonly PreflightRow[]> {
  const rows: PreflightRow[] = [];
  try {
    const first = await pagesOf(call, place, undefined, few(call)).next();
    const things = first.done === true ? [] : itemsOf(first.value.answer, call.items);
    rows.push(...say(call, 'allowed'));
    for (const about of call.about) rows.push(...await tryAbout(about, things, place));
  } catch (error) {
    const state = stateOf(error);
    rows.push(...say(call, state, error), ...call.about.flatMap((about) => say(about, 'unknown')));
  }
  return rows;
}

/** EC2 takes 5 and up for most; the others give what they like. */
const few = (call: AwsList) => (call.service === 'ec2' && 'MaxResults' in call.input && !('Owners' in call.input) ? { MaxResults: 5 } : {});

async function tryAbout(about: AwsAbout, things: readonly unknown[], place: AwsPlace): Promise<readonly PreflightRow[]> {
  const thing = things.find((one) => about.only === undefined || str(one, about.only[0]) === about.only[1]);
  if (thing === undefined) return say(about, 'unknown');
  try {
    await pagesAbout(about, [thing], place).next();
    return say(about, 'allowed');
  } catch (error) { return say(about, stateOf(error), error); }
}

/** Calls that build on one another: the first tells what it can, the others show while pulling. */
async function tryFirst([first, ...rest]: readonly AwsCall[], { clients, region }: AwsPlace): Promise<readonly PreflightRow[]> {
  if (first === undefined) return [];
  try {
    await clients.call(first.service, first.operation, region, {}, { AWSOrganizationsNotInUseException: () => ({}) });
    return [...say(first, 'allowed'), ...rest.flatMap((call) => say(call, 'unknown'))];
  } catch (error) { return [...say(first, stateOf(error), error), ...rest.flatMap((call) => say(call, 'unknown'))]; }
}

function stateOf(error: unknown): PreflightRow['state'] {
  if (!isOnlyThisCall(error)) throw error;
  return error.kind === 'denied' ? 'denied' : error.kind === 'absent' ? 'allowed' : 'unknown';
}

function say(call: AwsCall, state: PreflightRow['state'], error?: unknown): readonly PreflightRow[] {
  const why = error instanceof ConnectFailure ? ` (${error.says})` : '';
  return call.permissions.map((permission) => ({
    call: call.id, permission, state,
    says: state === 'allowed' ? `allowed ${permission}` : state === 'denied' ? `denied ${permission}: ${call.evidence} will be unknown${why}` : `not tried ${permission}: it shows while pulling${why}`,
  }));
}
