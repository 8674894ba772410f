/** Configuration faults: shown, refuted, only reported; what may become P3 and P4 and what never pages. */
import { anyone, bucket, type BucketParts } from '../build/buckets.ts';
import { asff, prowler, sarif } from '../build/findings.ts';
import { user, userArn } from '../build/identities.ts';
import { DEV, PROD, type Case, type Expected } from './case.ts';

const arn = (name: string): string => `arn:aws:s3:::mx-${name}`;
const CONTROLS = { encryption_disabled: ['S3.4', 'S3 buckets should have server-side encryption enabled'], versioning_disabled: ['S3.14', 'S3 general purpose buckets should have versioning enabled'], logging_disabled: ['S3.9', 'S3 general purpose buckets should have server access logging enabled'] } as const;
function of(issue: keyof typeof CONTROLS, name: string, because: string, id: string, parts: Partial<BucketParts>, expected: Omit<Expected, 'entity'>): Case {
  const [control, title] = CONTROLS[issue], full = `mx-${name}`;
  return {
    name: `upkeep: ${name}`, because, expect: { entity: arn(name), issue, ...expected },
    part: { items: [bucket(full, { account: id, tags: { owner: 'team-a' }, ...parts })], asff: [asff({ account: id, control, title, resource: arn(name), type: 'AwsS3Bucket', severity: 'MEDIUM' })] },
  };
}
const PRIORITY = '3-decisions gate 4: P4 if unexposed ∧ non-production ∧ blast low; else P3';
const secret = { owner: 'team-a', 'data-classification': 'confidential' };
const mfa = (id: string, name: string) => prowler({ account: id, check: 'iam_user_mfa_enabled_console_access', title: 'Ensure multi-factor authentication (MFA) is enabled for all IAM users that have a console password.', resource: userArn(id, name), type: 'AwsIamUser' });
const reported = (id: string, name: string, priority: string): Case => ({
  name: `upkeep: ${name}`, because: `3-decisions: reported and not contradicted: confidence ≤ 0.85; ${PRIORITY}`, expect: { entity: userArn(id, name), issue: 'mfa_disabled', decision: 'ticket', priority, rule: 4, confidence: { most: 0.85 } },
  part: { iam: { [id]: { users: [user(id, name, { tags: { owner: 'team-a' } })] } }, prowler: [mfa(id, name)] },
});

export const upkeepCases: readonly Case[] = [
  of('encryption_disabled', 'plain-dev', PRIORITY, DEV, {}, { decision: 'ticket', priority: 'P4', rule: 4 }),
  of('encryption_disabled', 'plain-prod', PRIORITY, PROD, {}, { decision: 'ticket', priority: 'P3', rule: 4 }),
  of('encryption_disabled', 'plain-prod-open', '3-decisions gate 4: P2 if exposed ∧ production', PROD, { policy: [anyone('mx-plain-prod-open')] }, { decision: 'ticket', priority: 'P2', rule: 4 }),
  of('encryption_disabled', 'encrypted', '3-decisions: a finding that the snapshot refutes is defer', PROD, { encrypted: true }, { decision: 'defer', priority: 'P4', rule: 3 }),
  of('encryption_disabled', 'encrypted-open', '3-decisions: a finding that the snapshot refutes is defer', PROD, { encrypted: true, tags: secret, policy: [anyone('mx-encrypted-open')] }, { decision: 'defer', priority: 'P4', rule: 3 }),
  of('encryption_disabled', 'plain-ownerless', '3-decisions gate 4: no ticket without an identified owner', DEV, { tags: {} }, { decision: 'needs_human_review', missing: ['owner_identified'] }),
  of('encryption_disabled', 'plain-gone', '3-decisions gate 4: owner still exists', DEV, { tags: { owner: 'team-gone' } }, { decision: 'needs_human_review', missing: ['owner_active'] }),
  of('versioning_disabled', 'unversioned', PRIORITY, DEV, {}, { decision: 'ticket', priority: 'P4', rule: 4 }),
  of('versioning_disabled', 'versioned', '3-decisions: a finding that the snapshot refutes is defer', DEV, { versioning: true }, { decision: 'defer', priority: 'P4', rule: 3 }),
  of('logging_disabled', 'unlogged-prod', PRIORITY, PROD, {}, { decision: 'ticket', priority: 'P3', rule: 4 }),
  of('versioning_disabled', 'unversioned-open-secret', '3-decisions gate 2: exposed and of high blast radius, whatever reported it', PROD, { tags: secret, policy: [anyone('mx-unversioned-open-secret')] }, { decision: 'resolve_now', priority: 'P1' }),
  reported(PROD, 'no-mfa-prod', 'P3'), reported(DEV, 'no-mfa-dev', 'P4'),
  {
    name: 'upkeep: a flaw in code', because: '3-decisions gate 4: no ticket without an identified owner', expect: { entity: 'https://git.example.com/shop/api/src/api.ts', decision: 'needs_human_review', missing: ['owner_identified'] }, part: { documents: [sarif('js/sql-injection', 'Query built from user input', 'src/api.ts')] },
  },
];
