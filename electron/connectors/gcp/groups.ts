import { isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import type { PartGap, Unit } from '../connector.ts';
import { ConnectFailure, isOnlyThisCall } from '../pace/failure.ts';
import { inParts, textsAt } from '../units/parts.ts';
import { askEach } from '../units/ask-each.ts';
import type { PullTask, UnitTask } from '../units/run-units.ts';
import { failing, type Container, type Hierarchy } from './above.ts';
import type { GcpApi } from './api.ts';
import { fileOf, type Place } from './assets.ts';
import { groups } from './calls.ts';

/** Groups of one unit. */
const TOGETHER = 50;
/** Groups inside groups: more levels than anybody nests. */
const MOST_LEVELS = 8;

/**
 * Who is in the groups that policies name, at a place and above it, and in the groups inside those (Cloud Identity API). To find the groups takes the permission of the
 * call and those of the hierarchy; to read who is in them takes a right in the directory, which few have and no role of IAM gives: without it the groups are named as
 * gaps. A policy above that can't be read is a gap too, as it may name others.
 */
export function groupTask(api: GcpApi, start: Container, hierarchy: Hierarchy): UnitTask {
  const unit = (subject?: string): Unit => ({ call: groups.id, scope: { account: start.place }, ...(subject !== undefined && { subject }) });
  return {
    unit: unit(),
    async find() {
      const { named, lost } = await namedGroups(api, start, hierarchy);
      return [...inParts(named, TOGETHER).map((some): PullTask => ({ unit: unit(`${some[0] ?? ''} to ${some.at(-1) ?? ''}`), pull: () => membersPiece(api, start.place, some) })), ...lost.map(([place, why]) => failing(unit(place), new ConnectFailure(why.kind, `which groups the policies of ${place} name: ${why.says}`)))];
    },
  };
}

/** The groups in policies, by address and in order, so that runs agree; and the places of which the policies can't be read. */
async function namedGroups(api: GcpApi, start: Container, hierarchy: Hierarchy): Promise<{ readonly named: readonly string[]; readonly lost: readonly (readonly [place: string, why: ConnectFailure])[] }> {
  const found = await api.all('cloudasset', `v1/${start.place}:searchAllIamPolicies?query=${encodeURIComponent('memberTypes:group')}&pageSize=500`, 'results');
  const policies: unknown[] = found.map((one) => (isObject(one) ? one['policy'] : undefined));
  const { chain, stopped } = await hierarchy.above(), lost: (readonly [string, ConnectFailure])[] = stopped === undefined ? [] : [['above', stopped]];
  for (const { place } of chain) {
    try { policies.push(await hierarchy.policy(place)); } catch (error) {
      if (!isOnlyThisCall(error)) throw error;
      lost.push([place, error]);
    }
  }
  const members = policies.flatMap((policy) => list(policy, 'bindings').flatMap((binding) => textsAt(binding, 'members')));
  return { named: [...new Set(members.flatMap((member) => /^group:([^\s:@]+@[^\s:@]+)$/.exec(member)?.[1]?.toLowerCase() ?? []))].sort(), lost };
}

async function* membersPiece(api: GcpApi, place: Place, emails: readonly string[]) {
  const gaps: PartGap[] = [], assets: JsonObject[] = [], asked = new Set(emails);
  let level: readonly string[] = emails;
  for (let depth = 0; level.length > 0 && depth < MOST_LEVELS; depth++) {
    // Inside a group that could be read, a few refusals say nothing of the others.
    const found = await askEach(level, (email) => [email], (email) => membersOf(api, email), depth === 0 ? undefined : level.length);
    if (depth === 0 && found.allDenied) throw new ConnectFailure('denied', `members of groups: ${found.allDenied.says}`);
    gaps.push(...found.gaps);
    assets.push(...found.answers.flatMap((answer) => (answer === undefined ? [] : [answer.asset])));
    level = [...new Set(found.answers.flatMap((answer) => answer?.inner ?? []))].filter((email) => !asked.has(email)).sort();
    for (const email of level) asked.add(email);
  }
  gaps.push(...level.map((email): PartGap => ({ subject: email, state: 'failed', says: `it lies deeper than ${MOST_LEVELS} groups inside one another` })));
  yield { name: `gcp/${fileOf(place)}/groups-${fileOf(emails[0] ?? '')}.json`, format: 'gcp-asset', records: assets.length, bytes: Buffer.from(JSON.stringify({ assets })), ...(gaps.length > 0 && { gaps }) };
}

/** One group with all its members, in the words of Cloud Asset Inventory; and the groups among them. */
async function membersOf(api: GcpApi, email: string): Promise<{ readonly asset: JsonObject; readonly inner: readonly string[] }> {
  const name = str(await api.get('cloudidentity', `v1/groups:lookup?groupKey.id=${encodeURIComponent(email)}`), 'name');
  if (name === undefined || !/^groups\/[\w-]+$/.test(name)) throw new ConnectFailure('bad_answer', `Cloud Identity does not tell which group ${email} is`);
  const memberships = (await api.all('cloudidentity', `v1/${name}/memberships?view=FULL&pageSize=500`, 'memberships')).filter(isObject).map((m) => ({ name: m['name'], preferredMemberKey: m['preferredMemberKey'], type: m['type'], roles: m['roles'] }));
  const inner = memberships.flatMap((m) => (m.type === 'GROUP' ? str(m.preferredMemberKey, 'id')?.toLowerCase() ?? [] : []));
  return { asset: { name: `//cloudidentity.googleapis.com/${name}`, assetType: 'cloudidentity.googleapis.com/Membership', resource: { data: { name, groupKey: { id: email }, memberships } } }, inner };
}
