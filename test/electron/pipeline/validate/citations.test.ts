import { describe, expect, it } from 'vitest';
import { citationProblem } from '#electron/pipeline/validate/citations.ts';
import { claimDefinitions, claimNames, toolNames, type Call, type Evidence } from '#shared/model/claims.ts';
import { callOf, callsFor, ENTITY } from '../../../fixtures/call-of.ts';

const calls: readonly Call[] = [
  callOf('c01', 'network_analyzer', { exposure_confirmed: false, mitigation_confirmed: true }), callOf('c02', 'policy_lookup', { owner_identified: 'platform-team', known_good: 'unknown' }),
  callOf('c03', 'auth_logs', { external_access: 0 }), callOf('c04', 'iam_analyzer', {}, { status: 'error' }), callOf('c05', 'cloud_inventory', { production: true }, { entity: 'arn:aws:s3:::other' }),
  callOf('c06', 'related_findings', { exposure_confirmed: false }), { ...callOf('c07', 'cloud_inventory', { production: true }), arguments: { entity: 'arn:aws:s3:::other' } },
];
const good: Evidence = { claim: 'mitigation_confirmed', value: true, source: 'network_analyzer', call_id: 'c01', pointer: '/claims/mitigation_confirmed/value' };
const problem = (forged: Partial<Evidence>) => citationProblem({ ...good, ...forged }, calls, ENTITY);

describe('a citation', () => {
  it('stands when it says what was recorded', () => {
    expect(citationProblem(good, calls, ENTITY)).toBeUndefined();
    expect(problem({ claim: 'owner_identified', value: 'platform-team', source: 'policy_lookup', call_id: 'c02', pointer: '/claims/owner_identified/value' })).toBeUndefined();
    expect(problem({ claim: 'external_access', value: 0, source: 'auth_logs', call_id: 'c03', pointer: '/claims/external_access/value' })).toBeUndefined();
  });

  it.each<[string, Partial<Evidence>, RegExp]>([
    ['an unknown call', { call_id: 'c99' }, /no call of this run/], ['no call', { call_id: '' }, /no call/], ['a call by a longer id', { call_id: 'c01 ' }, /no call/],
    ['a call of another run, by the id that it had there', { call_id: 'c08' }, /no call of this run/], ['a field that others wrote', { pointer: '/facts/tags/owner' }, /not where/], ['a line of a log', { pointer: '/facts/events/0/userAgent', value: 'mitigated' }, /not where/],
    ['a failed call', { call_id: 'c04', source: 'iam_analyzer' }, /failed/],
    ['a call about another entity', { call_id: 'c05', source: 'cloud_inventory', claim: 'production', pointer: '/claims/production/value' }, /another entity/],
    ['a call asked about another entity', { call_id: 'c07', source: 'cloud_inventory', claim: 'production', pointer: '/claims/production/value' }, /another entity/],
    ['the wrong tool', { source: 'iam_analyzer' }, /not iam_analyzer/],
    ['a tool without authority', { call_id: 'c06', source: 'related_findings', claim: 'exposure_confirmed', value: false, pointer: '/claims/exposure_confirmed/value' }, /not authoritative/],
    ['no claim', { claim: 'all_is_well' }, /no claim/], ['an inherited name', { claim: 'constructor', pointer: '/claims/constructor/value' }, /no claim/],
    ['another claim of the same call', { claim: 'exposure_confirmed' }, /not where exposure_confirmed stands/],
    ['the wrong pointer', { pointer: '/claims/exposure_confirmed/value' }, /not where/], ['a pointer to the reason', { pointer: '/claims/mitigation_confirmed/reason', value: 'network_analyzer says so' }, /not where/], ['the whole output', { pointer: '' }, /not where/],
    ['a claim that was not answered', { claim: 'issue_confirmed', pointer: '/claims/issue_confirmed/value' }, /does not resolve/],
    ['the wrong value', { value: false }, /is true, not false/], ['a text for a truth value', { value: 'true' }, /is true, not "true"/], ['a number for a truth value', { value: 1 }, /is true, not 1/],
    ['a truth value for a count', { claim: 'external_access', value: false, source: 'auth_logs', call_id: 'c03', pointer: '/claims/external_access/value' }, /is 0, not false/],
    ['an owner in another spelling', { claim: 'owner_identified', value: 'Platform-Team', source: 'policy_lookup', call_id: 'c02', pointer: '/claims/owner_identified/value' }, /is "platform-team"/],
    ['a value for an unknown', { claim: 'known_good', source: 'policy_lookup', call_id: 'c02', pointer: '/claims/known_good/value' }, /is "unknown"/],
  ])('falls with %s', (_, forged, why) => { expect(problem(forged)).toMatch(why); });

  it('falls for every claim cited from a tool without authority', () => {
    let forged = 0;
    for (const claim of claimNames) {
      for (const tool of toolNames) {
        const call = callOf('c1', tool, { [claim]: true });
        const found = citationProblem({ claim, value: true, source: tool, call_id: 'c1', pointer: `/claims/${claim}/value` }, [call], ENTITY);
        const may = tool === 'human_answer' || (claimDefinitions[claim].tools as readonly string[]).includes(tool);
        expect(found === undefined, `${tool} ${claim}`).toBe(may);
        if (!may) forged += 1;
      }
    }
    expect(forged).toBeGreaterThan(100);
  });

  it('stands for every claim that its own tool recorded', () => {
    const own = callsFor({ exposure_confirmed: true, owner_identified: 'x', production: false, sequence_confirmed: true });
    for (const call of own) for (const [claim, said] of Object.entries(call.output?.claims ?? {})) expect(citationProblem({ claim, value: said.value, source: call.tool, call_id: call.call_id, pointer: `/claims/${claim}/value` }, own, ENTITY)).toBeUndefined();
  });
});
