import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { evaluateIdentity } from '#electron/evaluate/aws/identity.ts';
import { loadShipped } from '#electron/host/create-app.ts';
import { readSnapshot } from '#electron/host/read-snapshot.ts';
import { at, isObject, list, str } from '#shared/lib/json.ts';

const samples = join('..', 'shared', 'samples', 'aws-iam-authz');
/** Cloudsplaining's names for what our primitives are called. */
const ours: Readonly<Record<string, string>> = {
  EditExistingLambdaFunctionWithRole: 'lambda-003', PassExistingRoleToNewLambdaThenInvoke: 'lambda-001', PassExistingRoleToNewLambdaThenTriggerWithExistingDynamo: 'lambda-002', PassExistingRoleToNewLambdaThenTriggerWithNewDynamo: 'lambda-002',
  CreateAccessKey: 'iam-002', CreateLoginProfile: 'iam-004', UpdateLoginProfile: 'iam-006', CreateNewPolicyVersion: 'iam-001', SetExistingDefaultPolicyVersion: 'iam-set-default-policy-version', AttachUserPolicy: 'iam-008', AttachGroupPolicy: 'iam-010', PutUserPolicy: 'iam-007', PutGroupPolicy: 'iam-011', AddUserToGroup: 'iam-013',
};
const noBetterRole = 'the roles that trust Lambda hold nothing that it does not hold itself, so passing one gains nothing; no function is in the dump';
const isAdministrator = 'it is equivalent to an administrator already (iam:* through group admin): there is nothing to escalate to';

/**
 * Row by row: the identity, what Cloudsplaining flags by permission alone, and why we say otherwise where we do. Cloudsplaining looks at single
 * policies; a primitive of ours needs its target as well (design 5-graph §3).
 */
const rows: readonly (readonly [identity: string, flagged: readonly string[], held: readonly string[], tier: string, why: string | undefined])[] = [
  ['role/MyRole', ['lambda-001', 'lambda-002', 'lambda-003'], [], 'none', noBetterRole],
  ['role/MyOtherRole', ['lambda-001', 'lambda-002', 'lambda-003'], [], 'none', noBetterRole],
  ['role/OverprivilegedEC2', ['iam-002', 'lambda-003'], ['iam-002'], 'tier0', 'lambda-003: no function is in the dump and no better role trusts Lambda'],
  ['user/obama', ['lambda-001', 'lambda-002', 'lambda-003'], [], 'tier0', isAdministrator],
  ['user/userwithlotsofpermissions', ['iam-001', 'iam-002', 'iam-004', 'iam-006', 'iam-007', 'iam-008', 'iam-010', 'iam-011', 'iam-013', 'iam-set-default-policy-version', 'lambda-001', 'lambda-002', 'lambda-003'], [], 'tier0', isAdministrator],
  ['group/admin', ['lambda-001', 'lambda-002', 'lambda-003'], [], 'tier0', isAdministrator],
  ['group/biden', [], [], 'tier1', 'Cloudsplaining flags no escalation; we add that it reads every object of S3, wide data access'],
];

const kinds = ['inline_policies', 'customer_managed_policies', 'aws_managed_policies'] as const;
function flaggedOf(results: unknown, identity: unknown): readonly string[] {
  const held = [identity, ...(isObject(at(identity, 'groups')) ? Object.values(asObject(at(identity, 'groups'))) : [])];
  const found = held.flatMap((holder) => kinds.flatMap((kind) => Object.keys(asObject(at(holder, kind))).flatMap((id) => {
    const flagged = at(results, kind, id, 'PrivilegeEscalation');
    return list(isObject(flagged) ? flagged['findings'] : flagged).map((f) => ours[str(f, 'type') ?? ''] ?? `? ${str(f, 'type') ?? ''}`);
  })));
  return [...new Set(found)].sort();
}
const asObject = (value: unknown): Readonly<Record<string, unknown>> => (isObject(value) ? value : {});

describe.skipIf(!existsSync(samples))('agreement with Cloudsplaining on its own example account', () => {
  it('differs only where a reason is given', async () => {
    const shipped = loadShipped('resources'), read = await readSnapshot(join(samples, '2-cloudsplaining-test.json'), shipped);
    if (!read.ok) throw new Error(read.error);
    const results: unknown = JSON.parse(readFileSync(join(samples, '4-cloudsplaining-expected-results.json'), 'utf8'));
    const found = ['roles', 'users', 'groups'].flatMap((kind) => Object.values(asObject(at(results, kind)))).map((identity) => {
      const arn = str(identity, 'arn') ?? '';
      const own = evaluateIdentity(read.value.graph, arn, new Set(['012345678901']), shipped.identity);
      return [arn.split(':').at(-1), flaggedOf(results, identity), [...new Set(own.escalations.map((e) => e.id))].sort(), own.tier];
    });
    expect(found).toEqual(rows.map(([identity, flagged, held, tier]) => [identity, flagged, held, tier]));
    expect(rows.filter(([, flagged, held, , why]) => why === undefined && flagged.join(',') !== held.join(','))).toEqual([]);
  });
});
