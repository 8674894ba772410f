import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareVersions } from '#electron/tools/facts/version-compare.ts';

describe('versions in order', () => {
  it.each<[string, readonly string[]]>([
    ['numbers', ['1', '1.0.1', '1.2', '1.10', '2', '10.0']], ['semver', ['1.0.0-alpha', '1.0.0-beta.2', '1.0.0-beta.11', '1.0.0-rc.1', '1.0.0', '1.0.1']], ['python', ['1.0.dev1', '1.0a1', '1.0b2', '1.0rc1', '1.0', '1.0.1']],
    ['debian', ['1.0~rc1', '1.0', '1.0+dfsg', '1.1-1', '1.1-1+deb11u5', '1.1-1+deb11u10', '1:0.9']], ['openssl', ['1.0.1', '1.0.2', '1.0.2a', '1.0.2k', '1.0.2k-16.el7', '1.0.2k-24.el7', '1.0.2m', '1.1.1k', '1.1.1n', '3.0.0']],
    ['maven', ['2.0.0-M1', '2.0.0-M2', '2.0.0.RC1', '2.0.0', '2.0.1']], ['log4j', ['2.0-beta9', '2.14.1', '2.15.0', '2.17.1']], ['alpine', ['1.2.3_alpha1', '1.2.3-r0', '1.2.3-r1', '1.2.4-r0']], ['go', ['v0.9.1', '1.0.0', 'v1.2.0']],
    ['openssh', ['8.9p1-3', '8.9p1-3ubuntu0.6', '8.9p1-3ubuntu0.10', '9.6p1']], ['long', ['1.99999999999999999998', '1.99999999999999999999']],
  ])('%s', (_, list) => {
    for (const [i, a] of list.entries()) for (const [j, b] of list.entries()) expect(Math.sign(compareVersions(a, b)), `${a} ? ${b}`).toBe(Math.sign(i - j));
  });
  it.each([['1.0', '1.0.0'], ['v1.2.3', '1.2.3'], ['5.3.18', '5.3.18.RELEASE'], ['4.1.100.Final', '4.1.100'], ['2.0.0+incompatible', 'v2.0.0'], ['0:1.2', '1.2'], ['1.0b2', '1.0-beta2']])('%s equals %s', (a, b) => { expect(compareVersions(a, b)).toBe(0); });
  it('has two sides for any texts', () => {
    const version = fc.oneof(fc.string(), fc.array(fc.constantFrom('1', '0', '.', '-', 'a', 'rc', '~', 'k', '12', ':'), { maxLength: 8 }).map((p) => p.join('')));
    fc.assert(fc.property(version, version, (a, b) => { expect(Math.sign(compareVersions(a, b)) + Math.sign(compareVersions(b, a))).toBe(0); }), { numRuns: 2000 });
  });
});
