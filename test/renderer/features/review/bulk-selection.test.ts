import { describe, expect, it } from 'vitest';
import type { ClaimValue } from '#shared/model/claims.ts';
import type { ClaimView } from '#shared/model/decision.ts';
import { queueRowSchema } from '#shared/rpc/schemas.ts';
import { whyLeftOut } from '../../../../renderer/features/review/bulk-selection.ts';

const row = (patch: object = {}) => queueRowSchema.parse({
  id: 'INC-2026-0001', key: 'K', status: 'open', title: 't', entity: 'e', entity_name: 'e', entity_type: 'bucket', primary_issue: 'public_access', severity_reported: 'high', decision: 'defer', priority: 'P4', confidence: 0.9,
  owner: null, owner_provenance: null, findings: 1, sources: ['wiz'], account: null, environment: null, last_seen: '2026-11-21T00:00:00Z', evidence: [], waits: false, paged: false, flagged: false, ...patch,
});
const claim = (name: string, value: ClaimValue): ClaimView => ({ claim: name, value, provenance: 'observed', stale: false, reason: '', required: false });

describe('a bulk approval', () => {
  it('takes along what only waits for a nod', () => expect(whyLeftOut(row(), [claim('touches_iam', false), claim('touches_network_boundary', false)])).toBeUndefined());

  it.each([
    ['resolve_now', row({ decision: 'resolve_now' }), [], 'resolve_now is approved one by one'], ['what needs a decision', row({ decision: 'needs_human_review' }), [], 'needs a decision, not an approval'],
    ['what is not decided', row({ decision: null }), [], 'not decided yet'], ['what is approved', row({ status: 'approved' }), [], 'approved already'],
    ['what a person decided', row({ status: 'overridden' }), [], 'a person has decided it'], ['IAM by a claim', row(), [claim('touches_iam', true)], 'touches IAM'], ['the boundary by a claim', row(), [claim('touches_network_boundary', true)], 'touches the network boundary'],
    ['what may touch IAM or not', row(), [claim('touches_iam', 'conflict')], 'touches IAM'], ['IAM by its kind', row({ entity_type: 'role' }), [], 'touches IAM'], ['the boundary by its kind', row({ entity_type: 'sg' }), [], 'touches the network boundary'],
    ['what could not be read', row(), undefined, 'its claims could not be read'],
  ] as const)('leaves out %s', (_, one, claims, why) => expect(whyLeftOut(one, claims)).toBe(why));
});
