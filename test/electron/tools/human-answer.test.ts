import { expect, it } from 'vitest';
import { humanAnswer } from '#electron/tools/human-answer.ts';
import { AS_OF, contextOf, policyOf, subjectOf } from './tool-context.ts';

const answer = (claim: string, value: string | boolean, note = '') => ({ claim, value, author: 'alice', note, at_us: AS_OF });
const run = (answers: readonly ReturnType<typeof answer>[], policy = policyOf()) => humanAnswer.run(subjectOf(), { answers }, contextOf({ policy }));

it('takes over what people answered, with the author, the last word counting', () => {
  const found = run([answer('production', false), answer('production', true, 'asked the owner'), answer('all_is_well', true), answer('constructor', true)]);
  expect(found.claims).toEqual({ production: expect.objectContaining({ value: true, reason: 'alice answered: asked the owner', provenance: 'observed' }) });
  expect(found.coverage.sources).toEqual(['people']);
});
it('lets the policy say whether a named owner still exists', () => {
  const policy = policyOf({ owners: [{ id: 'gone-team', aliases: ['gone'], active: false }] });
  expect([run([answer('owner_identified', 'GONE')], policy).claims.owner_active?.value, run([answer('owner_identified', 'nobody')], policy).claims.owner_active, run([answer('owner_identified', 'gone'), answer('owner_active', true)], policy).claims.owner_active?.value]).toEqual([false, undefined, true]);
});
it.each([['public_access', [answer('exposure_confirmed', false)], false], ['public_access', [answer('exposure_confirmed', true)], true], ['public_access', [answer('exposure_confirmed', false), answer('issue_confirmed', true)], true], ['open_port', [answer('exposure_confirmed', false)], undefined]] as const)('takes what is said of the exposure of a %s as said of the issue, if that is the same', (issueType, answers, expected) => {
  expect(humanAnswer.run({ ...subjectOf(), issue_type: issueType }, { answers }, contextOf()).claims.issue_confirmed?.value).toBe(expected);
});
it('says nothing without answers', () => { expect(humanAnswer.run(subjectOf(), {}, contextOf()).claims).toEqual({}); });
