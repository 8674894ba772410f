import { describe, expect, it } from 'vitest';
import { cloudInventory } from '#electron/tools/cloud-inventory.ts';
import { claim, unknown } from '#electron/tools/facts/claim.ts';
import { withSupporting } from '#electron/tools/facts/supporting-issues.ts';
import type { Subject } from '#electron/tools/tool.ts';
import type { Reachability } from '#shared/model/verdict.ts';
import { graphOf } from '../../../graph-of.ts';
import { BUCKET, contextOf, reach, subjectOf, verdict } from '../tool-context.ts';

type Beside = NonNullable<Subject['beside']>[number];
const graph = graphOf([{ urn: BUCKET, type: 'AWS::S3::Bucket', kind: 'bucket', config: { BucketVersioningConfiguration: { Status: 'Enabled' }, ServerSideEncryptionConfiguration: null } }]);
const refuted = { issue_confirmed: claim(false, 'nobody gets in') };
const configuration = (issue_type: string, ...titles: readonly string[]): Beside => ({ issue_type, plan: 'configuration', titles });
const port: Beside = { issue_type: 'open_port', plan: 'open_port', titles: ['Port 22'], ports: [{ port: 22, protocol: 'tcp' }] };
const after = (beside: readonly Beside[], claims: Parameters<typeof withSupporting>[0] = refuted, found: Reachability = reach('unknown')) =>
  withSupporting(claims, subjectOf({ beside }), graph.resource(BUCKET), contextOf({ graph, evaluate: { ingress: () => found } })).issue_confirmed;

describe('where the primary issue is refuted, what is reported beside it', () => {
  it('and shown by the snapshot keeps the incident an issue, in the place of the primary one', () => {
    expect(after([configuration('encryption_disabled', 'Encryption at rest')])).toMatchObject({ value: true, instead: ['encryption_disabled'], reason: expect.stringMatching(/^nobody gets in, but the bucket has no default encryption/) });
  });
  it('and that the snapshot can not tell of keeps it one, no surer than a report alone', () => {
    const beside = configuration('logging_disabled', 'Object-level logging'), found = after([beside]);
    expect(found).toMatchObject({ value: true, instead: ['logging_disabled'], reason: "nobody gets in, but logging_disabled is reported, and the snapshot can't show it and doesn't contradict" });
    // As the very same report is judged where it is an incident's own.
    const alone = cloudInventory.run(subjectOf({ issue_type: beside.issue_type, plan: beside.plan, titles: beside.titles, entity: BUCKET }), {}, contextOf({ graph })).claims.issue_confirmed;
    expect([found?.cap, alone?.cap, alone?.value]).toEqual([0.85, 0.85, true]);
  });
  it('and shown with another one that is only reported is not capped', () => { expect(after([configuration('logging_disabled', 'Object-level logging'), configuration('encryption_disabled', 'Encryption')])?.cap).toBeUndefined(); });
  it('and refuted as well counts for nothing', () => { expect(after([configuration('versioning_disabled', 'Versioning')])).toBe(refuted.issue_confirmed); });
  it.each([['yes', true], ['no', false], ['unknown', 'unknown']] as const)('an open port that is reachable: %s makes it %s', (answer, value) => {
    expect(after([port], refuted, reach(answer))?.value).toBe(value);
  });
  it('an open port that no rule opens counts for nothing', () => { expect(after([port], refuted, reach('yes', { rule_opens: 'no' }))?.value).toBe(false); });
  it('that other tools must answer leaves it open', () => { expect(after([{ issue_type: 'overprivileged_identity', plan: 'overprivileged_identity', titles: [] }])).toMatchObject({ value: 'unknown', missing: [{ what: 'whether overprivileged_identity is true' }] }); });
});

it.each<[string, Parameters<typeof withSupporting>[0]]>([
  ['confirmed', { issue_confirmed: claim(true, 'open') }], ['open', { issue_confirmed: unknown('no data') }], ['blocked by a control, which the primary issue decides', { issue_confirmed: claim(false, 'refused'), mitigation_confirmed: claim(true, 'a control refuses') }],
])('an issue that is %s stays what it is', (_, claims) => { expect(after([configuration('encryption_disabled', 'Encryption')], claims)).toBe(claims.issue_confirmed); });
it('without anything beside it the refutation stands', () => {
  expect(withSupporting(refuted, subjectOf(), graph.resource(BUCKET), contextOf({ graph, evaluate: { ingress: () => reach('yes', { reachable: verdict('yes') }) } }))).toBe(refuted);
});
