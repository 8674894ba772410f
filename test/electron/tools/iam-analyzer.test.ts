import { describe, expect, it } from 'vitest';
import { iamAnalyzer } from '#electron/tools/iam-analyzer.ts';
import type { Subject } from '#electron/tools/tool.ts';
import type { IdentityAccess } from '#shared/model/verdict.ts';
import { graphOf } from '../../graph-of.ts';
import { ACCOUNT, blast, BUCKET, contextOf, identityAccess, subjectOf, verdict } from './tool-context.ts';

const ROLE = 'arn:aws:iam::111122223333:role/ci';
const graph = graphOf([{ urn: ROLE, type: 'AWS::IAM::Role', kind: 'identity', account: ACCOUNT }, { urn: BUCKET, type: 'AWS::S3::Bucket', kind: 'bucket', account: ACCOUNT }]);
const run = (identity: Partial<IdentityAccess> = {}, subject: Partial<Subject> = {}, extra = {}, level: Parameters<typeof blast>[0] = 'low') => iamAnalyzer.run(subjectOf({ entity: ROLE, entity_type: 'role', plan: 'overprivileged_identity', issue_type: 'overprivileged_identity', ...subject }), extra, contextOf({ graph, raw: graphOf([]), evaluate: { identity: () => identityAccess(identity), blastRadius: () => blast(level) } })).claims;

describe('an identity', () => {
  it.each<[Partial<IdentityAccess>, boolean | string]>([[{ tier: 'tier0' }, true], [{ tier: 'tier1' }, true], [{ escalations: [{ id: 'iam:PassRole', target: 'x', conditional: false }] }, true], [{ tier: 'none' }, false], [{ tier: 'unknown' }, 'unknown']])('with %j holds too much: %s', (identity, value) => { expect(run(identity).issue_confirmed?.value).toBe(value); });
  it.each([['yes', true], ['no', false], ['unknown', 'unknown']] as const)('that outsiders may assume (%s) is exposed: %s; so is an external trust', (answer, value) => {
    expect([run({ external: verdict(answer) }).exposure_confirmed?.value, run({ external: verdict(answer) }, { issue_type: 'external_trust' }).issue_confirmed?.value]).toEqual([value, value]);
  });
  it.each([['yes', true], ['unknown', 'unknown']] as const)('whose excess is taken away (%s) is mitigated: %s', (answer, value) => { expect(run({ mitigated: verdict(answer) }).mitigation_confirmed?.value).toBe(value); });
  it('that is not inventoried is unknown', () => {
    const claims = run({}, { entity: 'arn:aws:iam::111122223333:role/nowhere' });
    expect([claims.exposure_confirmed?.value, claims.issue_confirmed?.value, claims.blast_radius?.value]).toEqual(['unknown', 'unknown', 'unknown']);
  });
  it('is looked for again in the raw records, for that one claim', () => {
    const claims = run({ external: verdict('yes') }, {}, { snapshot: 'raw' });
    expect([Object.keys(claims), claims.exposure_reconfirmed?.value]).toEqual([['exposure_reconfirmed'], 'unknown']);
  });
});

describe('any entity', () => {
  it('has a blast radius, or none that can be told', () => {
    expect(['low', 'medium', 'high'].map((level) => run({}, {}, {}, level as 'low').blast_radius?.value)).toEqual(['low', 'medium', 'high']);
    expect(run({}, {}, {}, 'unknown').blast_radius?.value).toBe('unknown');
  });
  it('touches IAM when it is an identity, inventoried or not', () => {
    expect([run().touches_iam?.value, run({}, { entity: BUCKET, entity_type: 'bucket', plan: 'public_access' }).touches_iam?.value, run({}, { entity: 'x', entity_type: 'access_key' }).touches_iam?.value]).toEqual([true, false, true]);
  });
  it('but an identity gets no answer about exposure', () => { expect(run({}, { entity: BUCKET, entity_type: 'bucket', plan: 'public_access' }).exposure_confirmed).toBeUndefined(); });
});
