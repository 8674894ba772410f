import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { incidentSchema } from '#shared/model/incident.ts';
import { isIncident } from '#shared/model/is-incident.ts';
import { incidentOf } from '../../fixtures/incident-of.ts';

/** Every field filled. */
const full: Readonly<Record<string, unknown>> = {
  ...incidentOf(), issue_guessed: true, entity_name: 'exports', environment: 'production', account: '111122223333', region: 'eu-central-1', amplifiers: { encryption_disabled: 2 }, attack: ['T1530'],
  supporting_findings: [{ finding_id: 'F-1', source: 'prowler', source_id: '1', issue_type: 'public_access', why_joined: 'the only finding' }],
};
const odd = fc.oneof(fc.constantFrom(undefined, null, Number.NaN, Infinity, 1.5, -1, '', 'open', true, [], ['x'], [1], [[]], {}, [{ finding_id: 'F-1' }], { a: '1' }, { a: 1 }, JSON.parse('{"__proto__":1}')), fc.jsonValue());
const fields = Object.keys(incidentSchema.unwrap().shape);
const broken = fc.oneof(
  fc.tuple(fc.constantFrom(...fields), odd).map(([field, value]) => ({ ...full, [field]: value })),
  fc.tuple(fc.constantFrom('finding_id', 'source', 'source_id', 'issue_type', 'why_joined'), odd).map(([field, value]) => ({ ...full, supporting_findings: [{ finding_id: 'F-1', source: 'a', source_id: 'b', issue_type: 'c', why_joined: 'd', [field]: value }] })),
  fc.constantFrom(...fields).map((field) => Object.fromEntries(Object.entries(full).filter(([key]) => key !== field))),
);

describe('isIncident', () => {
  it('takes an incident with every field, and one with only the required ones', () => {
    expect([full, incidentOf(), JSON.parse(JSON.stringify(full))].map(isIncident)).toEqual([true, true, true]);
  });
  it('never takes what the schema refuses', () => {
    fc.assert(fc.property(broken, (value) => { expect(isIncident(value) && !incidentSchema.safeParse(value).success).toBe(false); }), { numRuns: 3000 });
  });
  it.each(fields)('knows the field %s: an object of objects in its place is refused', (field) => { expect(isIncident({ ...full, [field]: { a: { b: 1 } } })).toBe(false); });
  it.each([null, undefined, 1, 'text', []])('is not %j', (value) => { expect(isIncident(value)).toBe(false); });
});
