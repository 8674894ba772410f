import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finishFinding } from '#electron/pipeline/normalize/finish.ts';
import { findingSchema, type FindingDraft } from '#shared/model/finding.ts';
import { isFinding } from '#shared/model/is-finding.ts';
import { findingOf } from '../../fixtures/finding-of.ts';

/** Every field filled, in no order at all, and one that the model doesn't have. */
const full: Readonly<Record<string, unknown>> = {
  surplus: 1, tags: { team: 'a', 7: 'b' }, vulnerability: { vex: 'affected', cve: 'CVE-2025-1', cvss: 7.5, epss: 0, kev: false, package: 'p', installed_version: '1', fixed_version: '2', affected_range: '<2', extra: true },
  observables: { protocol: 'tcp', port: 22, user: 'u', src_ip: 'a', dst_ip: 'b', host: 'h', process: 'p', file_hash: 'f', domain: 'd', access_key: 'k', user_agent: 'x', api: 'y', country: 'z' },
  description: 'text', environment: 'dev', region: 'eu-central-1', discovered_original: 'then', untimed: true, ...findingOf('F-1', { aliases: ['alias'], evidence: ['line'], attack: ['T1190'], compliance: ['CIS: 1'] }),
};
const odd = fc.oneof(fc.constantFrom(undefined, null, Number.NaN, Infinity, 1.5, 2 ** 53, -1, '', 'open', true, [], ['x'], [1], [[]], {}, { cve: 1 }, { cvss: Number.NaN }, { port: 0.5 }, { vex: 'no' }, { a: 1 }, JSON.parse('{"__proto__":"x"}')), fc.jsonValue());
const fields = Object.keys(findingSchema.unwrap().shape);
const nested = fc.constantFrom(['vulnerability', 'cve'], ['vulnerability', 'cvss'], ['vulnerability', 'kev'], ['vulnerability', 'vex'], ['observables', 'port'], ['observables', 'user'], ['tags', 'team']);

const broken = fc.oneof(
  fc.tuple(fc.constantFrom(...fields), odd).map(([field, value]) => ({ ...full, [field]: value })),
  fc.tuple(nested, odd).map(([[field = '', inner = ''], value]) => ({ ...full, [field]: { ...Object(full[field]), [inner]: value } })),
  fc.constantFrom(...fields).map((field) => Object.fromEntries(Object.entries(full).filter(([key]) => key !== field))),
);

describe('isFinding', () => {
  it('takes a finding with every field, and one with only the required ones', () => {
    expect([isFinding(full), isFinding({ ...findingOf('F-1') })]).toEqual([true, true]);
  });

  it('never takes what the schema refuses', () => {
    fc.assert(fc.property(broken, (value) => { expect(isFinding(value) && !findingSchema.safeParse(value).success).toBe(false); }), { numRuns: 3000 });
  });

  it.each(fields)('knows the field %s: an object in its place is refused', (field) => {
    const value = { ...full, [field]: { a: { b: 1 } } };
    // Objects of the model ignore keys that they don't know.
    expect(isFinding(value)).toBe(['vulnerability', 'observables'].includes(field));
    expect(findingSchema.safeParse(value).success).toBe(['vulnerability', 'observables'].includes(field));
  });
});

describe('a finished finding', () => {
  const { finding_id: _, discovered_at: _at, discovered_us: _us, updated_us: _updated, ...known } = findingOf('F-1', { aliases: ['alias'], evidence: ['line'], attack: ['T1190'] });
  const base: FindingDraft = { ...known, discovered: '2026-05-01 12:00' };
  const parts: readonly Partial<FindingDraft>[] = [
    { tags: { team: 'a', 7: 'b' } }, { vulnerability: { vex: 'affected', epss: 0, cve: 'CVE-2025-1' } }, { observables: { protocol: 'tcp', user: 'u', port: 22 } }, { description: 'text' }, { environment: 'dev' }, { region: 'eu-central-1' },
  ];

  it('is what the schema makes of it, to the order of its keys', () => {
    fc.assert(fc.property(fc.shuffledSubarray([...parts]), (present) => {
      const finished = finishFinding(present.reduce<FindingDraft>((draft, part) => ({ ...part, surplus: 1, ...draft }), base), 1);
      if (!finished.ok) throw new Error(finished.error);
      expect(JSON.stringify(finished.value)).toBe(JSON.stringify(findingSchema.parse(finished.value)));
      expect(Object.keys(finished.value)).not.toContain('surplus');
      expect(finished.value.discovered_original).toBe('2026-05-01 12:00');
    }));
  });

  it('names the field that does not fit the model', () => {
    expect(finishFinding({ ...base, vulnerability: { cvss: Number.NaN } }, 1)).toMatchObject({ ok: false, error: expect.stringMatching(/^vulnerability\.cvss: /) });
  });
});
