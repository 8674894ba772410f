import { describe, expect, it } from 'vitest';
import { isMember } from '#electron/evaluate/gcp/members.ts';
import { graphOf } from '../../../graph-of.ts';

/** A graph of nothing but memberships. */
const groupsOf = (members: Readonly<Record<string, readonly string[]>>) => graphOf([], Object.entries(members).flatMap(([target, sources]) => sources.map((source) => ({ source, kind: 'MEMBER_OF' as const, target }))));
const anna = 'user:anna@client.example', ben = 'user:ben@client.example', ops = 'group:ops@client.example', inner = 'group:inner@client.example', unlisted = 'group:unlisted:groups/g1/memberships/2';

describe('who is in a group', () => {
  it.each<[string, Readonly<Record<string, readonly string[]>>, string, string]>([
    ['a member', { [ops]: [anna] }, anna, 'yes'], ['a member of a group inside it', { [ops]: [inner], [inner]: [anna] }, anna, 'yes'], ['nobody whom a list that is whole leaves out', { [ops]: [anna, inner], [inner]: [anna] }, ben, 'no'],
    ['not known where nothing is recorded', {}, ben, 'unknown'], ['not known where a group inside it is not recorded', { [ops]: [anna, inner] }, ben, 'unknown'], ['not known where it holds people that nobody lists', { [ops]: [anna, unlisted] }, ben, 'unknown'],
    ['decided also where groups hold one another', { [ops]: [anna, inner], [inner]: [ops] }, ben, 'no'],
  ])('%s', (_what, members, principal, answer) => { expect(isMember(groupsOf(members), principal, ops)).toBe(answer); });
});
