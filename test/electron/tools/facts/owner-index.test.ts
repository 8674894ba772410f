import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownerIndex } from '#electron/tools/facts/owner-index.ts';
import { matchesWildcard } from '#shared/lib/arn.ts';
import { policyOf } from '../tool-context.ts';

const word = fc.constantFrom('a', 'b', 'data', 'data-team', 'Web', 'web-team', 'platform'), pattern = fc.constantFrom('*', 'arn:*', 'arn:aws:s3:::data*', 'arn:aws:s3:::data-?', 'arn:aws:s3:::data-1', '*-1', 'arn:aws:s3:::d*-1');
const owners = fc.uniqueArray(fc.record({ id: word, aliases: fc.array(word, { maxLength: 2 }), entities: fc.array(pattern, { maxLength: 3 }), accounts: fc.array(fc.constantFrom('111122223333', '444455556666'), { maxLength: 2 }) }), { selector: (o) => o.id, maxLength: 5 });

describe('the owners of a policy', () => {
  it('are found by name, account, pattern and beginning as by looking through the policy from its start', () => fc.assert(fc.property(owners, word, fc.constantFrom('arn:aws:s3:::data-1', 'arn:aws:s3:::data-12', 'data-1', 'other'), (given, name, id) => {
    const policy = policyOf({ owners: given }), index = ownerIndex(policy);
    expect(index.named(name.toUpperCase())).toBe(policy.owners.find((o) => [o.id, ...o.aliases].some((n) => n.toLowerCase() === name.toLowerCase())));
    expect(index.ofAccount('444455556666')).toBe(policy.owners.find((o) => o.accounts.includes('444455556666')));
    expect(index.startsLike('data-exports')).toBe(policy.owners.find((o) => [o.id, ...o.aliases].some((n) => n.length > 3 && 'data-exports'.startsWith(`${n.toLowerCase().replace(/-team$/, '')}-`))));
    const hits = policy.owners.flatMap((owner) => owner.entities.filter((p) => [id, 'x'].some((i) => matchesWildcard(p, i))).map((p) => ({ owner: owner.id, length: p.replaceAll('*', '').length })));
    const best = hits.toSorted((a, b) => b.length - a.length || (a.owner < b.owner ? -1 : a.owner > b.owner ? 1 : 0))[0], found = index.byPattern([id, 'x']);
    expect(found && { owner: found.owner.id, length: found.pattern.replaceAll('*', '').length }).toEqual(best);
  }), { numRuns: 500 }));
  it('of another policy are others', () => {
    const [first, second] = [policyOf({ owners: [{ id: 'a' }] }), policyOf({ owners: [{ id: 'b', aliases: ['a'] }] })];
    expect([ownerIndex(first).named('a')?.id, ownerIndex(second).named('a')?.id, ownerIndex(first).named('b')]).toEqual(['a', 'b', undefined]);
  });
});
