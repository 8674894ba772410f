import { str } from '#shared/lib/json.ts';
import type { PreflightRow } from '../connector.ts';
import { ConnectFailure, endsThePull } from '../pace/failure.ts';
import { awsLists } from './calls.ts';
import { ecsCalls } from './ecs.ts';
import { organizationCalls } from './organization.ts';
import type { AwsAbout, AwsCall, AwsList } from './spec.ts';
import { itemsOf, pagesOf, subjectOf, type AwsPlace } from './tasks.ts';
import { unset } from './unset.ts';

/**
 * Tries every call once, for a few things, in one region. What is asked about a thing can only be tried where there is one: IAM's own simulator
 * would need a permission that no read-only role has.
 */
export async function* preflightAws(place: AwsPlace, global: AwsPlace): AsyncGenerator<PreflightRow> {
  const lists = awsLists.map((call) => tryList(call, call.where === 'global' ? global : place));
  const others = [ecsCalls, organizationCalls].map((calls) => tryFirst(calls, calls === ecsCalls ? place : global));
  const all = [...lists, ...others];
  // They are awaited in turn: one that fails while another is waited for is told when its turn comes.
  for (const rows of all) rows.catch(() => undefined);
  for (const rows of all) yield* await rows;
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

async function tryAbout(about: AwsAbout, things: readonly unknown[], { clients, account, region }: AwsPlace): Promise<readonly PreflightRow[]> {
  const thing = things.find((one) => about.only === undefined || str(one, about.only[0]) === about.only[1]);
  if (thing === undefined) return say(about, 'unknown');
  const subject = subjectOf(about, thing);
  const instead = Object.fromEntries(Object.keys(unset[about.id] ?? {}).map((code) => [code, () => ({})]));
  const input = Object.fromEntries(Object.entries(about.input).map(([key, value]) => [key, value === '@account' ? account : value]));
  try {
    await clients.call(about.service, about.operation, about.service === 's3api' ? str(thing, 'BucketRegion') ?? region : region, { ...input, [about.into]: about.batch > 1 ? [subject] : subject }, instead);
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
  if (!(error instanceof ConnectFailure) || endsThePull(error)) throw error;
  return error.kind === 'denied' ? 'denied' : error.kind === 'absent' ? 'allowed' : 'unknown';
}

function say(call: AwsCall, state: PreflightRow['state'], error?: unknown): readonly PreflightRow[] {
  const why = error instanceof ConnectFailure ? ` (${error.says})` : '';
  return call.permissions.map((permission) => ({
    call: call.id, permission, state,
    says: state === 'allowed' ? `allowed ${permission}` : state === 'denied' ? `denied ${permission}: ${call.evidence} will be unknown${why}` : `not tried ${permission}: it shows while pulling${why}`,
  }));
}
