import { describe, expect, it } from 'vitest';
import { environmentOf, isCrownJewel, sensitivityOf } from '#electron/tools/facts/environment.ts';
import { ACCOUNT, policyOf } from '../tool-context.ts';

const inAccount = (environment: string) => policyOf({ accounts: { [ACCOUNT]: { environment } } });
const none = policyOf();
const env = (policy: ReturnType<typeof policyOf>, tags: Record<string, string> = {}, name = 'x7', aliases: readonly string[] = []) => { const e = environmentOf({ tags, name, aliases }, 'arn:x', ACCOUNT, policy); return [e.production, e.provenance]; };

describe('production', () => {
  it.each([['production', true], ['prod', true], ['PRD', true], ['live', true], ['prod-eu', true], ['dev', false], ['Staging', false], ['nonprod', false], ['non-prod', false], ['pre-prod', false], ['dev-2', false], ['shared', 'unknown'], ['', 'unknown']])('the policy calls the account %s: %s', (word, expected) => {
    expect(env(inAccount(word))).toEqual([expected, 'observed']);
  });
  it('a tag never lowers what the policy says, and may raise it', () => {
    expect(env(inAccount('production'), { environment: 'dev' }, 'dev-box')).toEqual([true, 'observed']);
    expect(env(inAccount('dev'), { Env: 'Prod' })).toEqual([true, 'observed']);
  });
  it('a tag or a name alone lowers nothing: it is only inferred', () => {
    expect(env(none, { environment: 'dev' })).toEqual([false, 'inferred']);
    expect(env(none, {}, 'app-dev-1')).toEqual([false, 'inferred']);
    expect(env(none, { environment: 'dev' }, 'prod-db')).toEqual([true, 'inferred']);
    expect(env(none, { environment: 'blue' })).toEqual(['unknown', 'observed']);
    expect(env(none, {}, 'product-catalogue')).toEqual(['unknown', 'observed']);
  });
  it('asset roles of the policy count like the policy', () => {
    expect(env(policyOf({ asset_roles: { 'dmz-*': 'prod' } }), { environment: 'dev' }, 'dmz-7')).toEqual([true, 'observed']);
    const networks = policyOf({ asset_roles: { '10.1.0.0/16': 'prod', '2001:db8::/32': 'prod', '10.9.0.0/16': 'lab' } });
    expect(env(networks, {}, 'x7', ['10.1.2.3'])).toEqual([true, 'observed']);
    expect(env(networks, {}, 'x7', ['i-0abc', '2001:db8::7'])).toEqual([true, 'observed']);
    expect(env(networks, {}, 'x7', ['10.9.1.1'])).toEqual([false, 'observed']);
    expect(env(networks, {}, 'x7', ['10.2.2.3'])).toEqual(['unknown', 'observed']);
    expect(env(policyOf({ asset_roles: { 'lab-*': 'test' }, accounts: { [ACCOUNT]: { environment: 'production' } } }), {}, 'lab-7')).toEqual([true, 'observed']);
  });
  it('reads the tag keys that the policy names', () => {
    expect(env(policyOf({ tag_keys: { environment: ['Stage'] } }), { stage: 'prod', environment: 'dev' })).toEqual([true, 'observed']);
  });
  it('says that an account is not known', () => { expect(environmentOf(undefined, 'arn:x', undefined, none)).toMatchObject({ production: 'unknown', why: 'its account is not known' }); });
});

describe('sensitive data', () => {
  const of = (tags: Record<string, string>, policy = none) => sensitivityOf({ tags, name: 'x', kind: 'bucket' }, 'arn:aws:s3:::x', policy).sensitive;
  it.each([[{ 'data-classification': 'confidential' }, true], [{ content: 'db-backups' }, true], [{ classification: 'PII' }, true], [{ 'data-classification': 'public' }, 'unknown'], [{ 'data-classification': 'non-sensitive' }, 'unknown'], [{}, 'unknown'], [{ note: 'confidential' }, 'unknown']])('%j: %s', (tags, expected) => { expect(of(tags)).toBe(expected); });
  it('a tag alone never says no', () => { for (const value of ['public', 'none', 'open', 'test']) expect(of({ content: value })).not.toBe(false); });
  it('a crown jewel beats a tag', () => {
    const policy = policyOf({ crown_jewels: ['arn:aws:s3:::*'] });
    expect([of({ content: 'public' }, policy), isCrownJewel('arn:aws:s3:::x', policy), isCrownJewel('arn:aws:rds:x', policy)]).toEqual([true, true, false]);
  });
  it('is told anew for another policy or by another name of the same resource', () => {
    const resource = { tags: {}, name: 'x', kind: 'bucket' } as const, policy = policyOf({ crown_jewels: ['arn:aws:s3:::x'] });
    const told = [policy, none, policy].map((p) => sensitivityOf(resource, 'arn:aws:s3:::x', p).sensitive);
    expect([...told, sensitivityOf(resource, 'x', policy).sensitive]).toEqual([true, 'unknown', true, 'unknown']);
  });
});
