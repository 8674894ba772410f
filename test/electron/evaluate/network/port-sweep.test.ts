import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNetwork, sizeOf, union, within, without, intersect, internetSources, isGlobal6 } from '#electron/evaluate/network/cidr.ts';
import { openPorts } from '#electron/evaluate/network/port-sweep.ts';

const range = (a: number, b: number) => ({ from: BigInt(Math.min(a, b)), to: BigInt(Math.max(a, b) + 1) });
const someRange = fc.tuple(fc.nat(60), fc.nat(60)).map(([a, b]) => range(a, b));
const cells = (ranges: readonly { from: bigint; to: bigint }[]): ReadonlySet<number> =>
  new Set(ranges.flatMap(({ from, to }) => Array.from({ length: Number(to - from) }, (_, i) => Number(from) + i)));

describe('networks', () => {
  it.each([
    ['10.0.0.5/8', 4, 8, 0x0A000000n, 0x0B000000n], ['203.0.113.7', 4, 32, 0xCB007107n, 0xCB007108n], ['0.0.0.0/0', 4, 0, 0n, 1n << 32n], ['::/0', 6, 0, 0n, 1n << 128n], ['::1', 6, 128, 1n, 2n],
  ])('reads %s', (text, family, prefix, from, to) => expect(parseNetwork(text)).toEqual({ family, prefix, from, to }));

  it.each(['0.0.0.0/33', '::/129', '1.2.3/24', '010.0.0.1', '256.0.0.1', '1.2.3.4/-1', '1.2.3.4/', '1.2.3.4/08', 'fe80::1%eth0', '', '/', 'pl-1', '1.2.3.4/24/8'])('refuses %j', (text) => expect(parseNetwork(text)).toBeUndefined());

  it('knows which IPv6 addresses are global', () => expect(['2600::1', 'fd00::1', 'fe80::1', '::1', '::ffff:1.2.3.4', 'x'].map(isGlobal6)).toEqual([true, false, false, false, false, false]));

  it('counts the internet without private and reserved networks', () => {
    expect(sizeOf(internetSources(4).ranges)).toBe(2 ** 32 - 2 ** 24 * 3 - 2 ** 22 - 2 ** 16 * 2 - 2 ** 20 - 2 ** 29);
  });

  it('does set arithmetic like sets of single addresses', () => {
    fc.assert(fc.property(fc.array(someRange), fc.array(someRange), someRange, (a, b, one) => {
      const joined = union(a), other = union(b);
      expect(cells(joined)).toEqual(cells(a));
      expect(joined.every((r, i) => i === 0 || r.from > (joined[i - 1]?.to ?? -1n))).toBe(true);
      expect(cells(within(joined, one))).toEqual(new Set([...cells(joined)].filter((x) => cells([one]).has(x))));
      expect(cells(without(joined, one))).toEqual(new Set([...cells(joined)].filter((x) => !cells([one]).has(x))));
      expect(sizeOf(intersect(joined, other))).toBe([...cells(joined)].filter((x) => cells(other).has(x)).length);
    }));
  });
});

describe('open ports', () => {
  it('are those where the rules’ union over the mask exceeds the threshold, as counting each port shows', () => {
    const rule = fc.record({ from: fc.nat(30), length: fc.nat(12), range: someRange }).map(({ from, length, range: r }) => ({ from, to: from + length, range: r }));
    fc.assert(fc.property(fc.array(rule, { maxLength: 12 }), fc.array(someRange, { maxLength: 4 }), fc.nat(40), (rules, mask, threshold) => {
      const ranges = union(mask);
      const open = openPorts(rules, [{ from: 3, to: 35, ranges }], threshold);
      const expected = Array.from({ length: 33 }, (_, i) => i + 3).filter((port) => {
        const admitted = cells(rules.filter((r) => r.from <= port && port <= r.to).map((r) => r.range));
        return [...admitted].filter((x) => cells(ranges).has(x)).length > threshold;
      });
      expect(open.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, i) => from + i))).toEqual(expected);
    }), { numRuns: 500 });
  });
});
