/** What is at stake, who owns it, what is accepted, how old it is: one public bucket each, unless told otherwise. */
import { accountBlock, anyone, bucket, denyUnlessVpce, type BucketParts } from '../build/buckets.ts';
import { publicBucket } from '../build/findings.ts';
import { ago, type Part } from '../build/part.ts';
import { anonymousRead, bucketChange, dailyReads } from '../build/trail.ts';
import { account, DEV, PROD, STRANGE, type Case, type Expected } from './case.ts';

/** A naming convention begins with the owner. */
const bucketName = (name: string): string => (name.startsWith('kappa-') ? name : `mx-${name}`);
const arn = (name: string): string => `arn:aws:s3:::${bucketName(name)}`;
const owned = { owner: 'team-a' };
const secret = { 'data-classification': 'confidential' };
function open(name: string, because: string, id: string, tags: Readonly<Record<string, string>>, expected: Omit<Expected, 'entity'>, more: Part = {}, parts: Partial<BucketParts> = {}): Case {
  const full = bucketName(name);
  return {
    name: `stakes: ${name}`, because, expect: { entity: arn(name), ...expected },
    part: { ...more, items: [bucket(full, { account: id, tags, policy: [anyone(full)], ...parts }), ...(more.items ?? [])], asff: [publicBucket(id, full, parts.at === undefined ? {} : { at: parts.at })] },
  };
}
const NOW_P1: Omit<Expected, 'entity'> = { decision: 'resolve_now', priority: 'P1', rule: 2 };
const REVIEW: Omit<Expected, 'entity'> = { decision: 'needs_human_review' };
const risk = (entity: string, issue_type: string, expires: string): Part => ({ policy: { accepted_risks: [{ entity, issue_type, approved_by: 'ciso', expires, reason: 'static site' }] } });
const owner = (o: object): Part => ({ policy: { owners: [o] } });
const PRIORITY = '3-decisions gate 4: P2 if exposed ∧ (production ∨ blast ≥ medium); P4 if unexposed ∧ non-production ∧ blast low; else P3';

const OF_TEAM_B = '130000000001', OLD = '130000000002', LOGGED = '130000000003', LOGGED_WEEK = '130000000004';
const VPCE = 'vpce-0aaa1111bbbb2222c';
/** Closed by its policy to all but one endpoint, with an ACL that looks public. */
function behindEndpoint(name: string, because: string, id: string, expected: Omit<Expected, 'entity'>, more: Part): Case {
  const full = `mx-${name}`;
  return open(name, because, id, { ...owned, ...secret }, expected, more, { acl: [['AllUsers', 'Read']], policy: [denyUnlessVpce(full, VPCE)] });
}

export const stakesCases: readonly Case[] = [
  open('prod-secret', '3-decisions gate 2; 5-graph §4: a production store of sensitive data is high', PROD, { ...owned, ...secret }, NOW_P1),
  open('prod-plain', PRIORITY, PROD, owned, { decision: 'ticket', priority: 'P2', rule: 4, owner: 'team-a' }),
  open('dev-secret', `${PRIORITY}; 5-graph §4: 1 sensitive store outside production is medium`, DEV, { ...owned, ...secret }, { decision: 'ticket', priority: 'P2', rule: 4 }),
  open('dev-plain', PRIORITY, DEV, owned, { decision: 'ticket', priority: 'P3', rule: 4 }),
  open('dev-says-production', '3-decisions: production takes the OR', DEV, { ...owned, ...secret, environment: 'production' }, { decision: ['resolve_now', 'needs_human_review'] }),
  open('prod-says-dev', '3-decisions: tags alone can never lower a risk', PROD, { ...owned, ...secret, environment: 'dev' }, NOW_P1),
  open('strange-secret', '3-decisions: no data means unknown: medium or high hangs on the environment, and a ticket needs not (exposed ∧ high)', STRANGE, { ...owned, ...secret }, { ...REVIEW, missing: ['blast_radius'] }),
  open('strange-says-dev', '3-decisions: tags alone can never lower a risk', STRANGE, { ...owned, ...secret, environment: 'dev' }, { ...REVIEW }),
  open('strange-says-production', '3-decisions: a tag may raise a risk', STRANGE, { ...owned, ...secret, environment: 'production' }, { decision: ['resolve_now', 'needs_human_review'] }),
  open('strange-prod-exports', '3-decisions: an environment inferred from a name never supports resolve_now', STRANGE, { ...owned, ...secret }, { ...REVIEW }),
  open('strange-private', '3-decisions gate 3 does not ask for production', STRANGE, { ...owned, ...secret }, { decision: 'defer', priority: 'P4', rule: 3 }, {}, { policy: null }),
  open('crown-jewel', '5-graph §4: high: a crown jewel', PROD, owned, NOW_P1, { policy: { crown_jewels: [arn('crown-*')] } }),

  open('accepted', '3-decisions gate 3: an exact, approved, unexpired accepted risk', PROD, { ...owned, ...secret }, { decision: 'defer', priority: 'P4', rule: 3, cites: { accepted_risk: true } }, risk(arn('accepted'), 'public_access', '2027-06-30')),
  open('accepted-other-issue', '3-decisions gate 3: exact', PROD, { ...owned, ...secret }, NOW_P1, risk(arn('accepted-other-issue'), 'encryption_disabled', '2027-06-30')),
  open('accepted-once', '3-decisions: an accepted risk expires at the later of as_of and the start of the run', PROD, { ...owned, ...secret }, NOW_P1, risk(arn('accepted-once'), 'public_access', '2026-11-01')),
  open('accepted-of-namesake', '3-decisions gate 3: exact', PROD, { ...owned, ...secret }, NOW_P1, risk(arn('accepted-of-namesake-2'), 'public_access', '2027-06-30')),

  open('by-pattern', '3-decisions: what the policy says about owners is authoritative', DEV, {}, { decision: 'ticket', rule: 4, owner: 'team-pattern', ownerProvenance: 'observed' }, owner({ id: 'team-pattern', entities: [arn('by-pat*')] })),
  open('by-alias-tag', '3-decisions: so is an owner tag that names a policy owner', DEV, { owner: 'alpha' }, { decision: 'ticket', rule: 4, owner: 'team-a', ownerProvenance: 'observed' }),
  open('by-account', '3-decisions: what the policy says about accounts is authoritative', OF_TEAM_B, {}, { decision: 'ticket', rule: 4, owner: 'team-b', ownerProvenance: 'observed' }, { ...account(OF_TEAM_B, 'dev'), items: [accountBlock(OF_TEAM_B)], policy: { accounts: { [OF_TEAM_B]: { environment: 'dev' } }, owners: [{ id: 'team-b', accounts: [OF_TEAM_B] }] } }),
  open('kappa-exports', '3-decisions: an inferred owner may propose a ticket, which then waits for approval', DEV, {}, { decision: 'ticket', rule: 4, owner: 'kappa-team', ownerProvenance: 'inferred', confidence: { most: 0.7 }, route: { action: 'require_human_approval', status: 'waiting_for_approval' } }, owner({ id: 'kappa-team' })),
  open('unknown-tag', '3-decisions gate 4: owner identified; no ticket without an identified owner', DEV, { owner: 'nobody-in-the-policy' }, { ...REVIEW, rule: [1, 5], missing: ['owner_active'], says: /nobody-in-the-policy.{0,9} is not among the owners/ }),
  open('of-gone-team', '3-decisions gate 4: owner still exists', DEV, { owner: 'team-gone' }, { ...REVIEW, rule: [1, 5], missing: ['owner_active'], says: /Open: [^.]*owner_active \(owner team-gone/ }),
  open('ownerless', '3-decisions gate 4: no ticket without an identified owner', DEV, {}, { ...REVIEW, rule: [1, 5], owner: null, missing: ['owner_identified'] }),
  open('ownerless-burning', '3-decisions gate 2 does not ask for an owner', PROD, secret, { ...NOW_P1, owner: null }),

  open('old', '3-decisions gate 1: stale; default 30 days for imported snapshots', OLD, { ...owned, ...secret }, { ...REVIEW, rule: [1, 5], missing: ['exposure_confirmed'] },
    { ...account(OLD, 'production'), items: [accountBlock(OLD, [], ago(31))] }, { at: ago(31) }),

  behindEndpoint('quiet', '3-decisions: zero hits count only with proven coverage', LOGGED, { decision: 'defer', priority: 'P4', rule: 3, cites: { mitigation_confirmed: true, external_access: 0 }, confidence: { above: 0.9 } },
    { ...account(LOGGED, 'production'), items: [accountBlock(LOGGED)], trail: dailyReads({ account: LOGGED, bucket: 'mx-quiet', role: 'app', vpce: VPCE, days: 96 }) }),
  behindEndpoint('quiet-week', '3-decisions: "no access in 90 days" fails with 7 days of logs; a gap costs confidence only', LOGGED_WEEK, { decision: 'defer', priority: 'P4', rule: 3, missing: ['external_access'] },
    { ...account(LOGGED_WEEK, 'production'), items: [accountBlock(LOGGED_WEEK)], trail: dailyReads({ account: LOGGED_WEEK, bucket: 'mx-quiet-week', role: 'app', vpce: VPCE, days: 7 }) }),
  behindEndpoint('refused-outside', '3-decisions: a successful outside access contradicts; a refused one does not', LOGGED, { decision: 'defer', priority: 'P4', rule: 3 },
    { trail: [...dailyReads({ account: LOGGED, bucket: 'mx-refused-outside', role: 'app', vpce: VPCE, days: 96 }), anonymousRead({ account: LOGGED, bucket: 'mx-refused-outside', at: ago(5), denied: true })] }),
  behindEndpoint('read-outside', '3-decisions: a successful outside access within the look-back contradicts a blocking control (conflict)', LOGGED, { ...REVIEW, rule: 1, missing: ['mitigation_confirmed'], says: /conflict/ },
    { trail: [...dailyReads({ account: LOGGED, bucket: 'mx-read-outside', role: 'app', vpce: VPCE, days: 96 }), anonymousRead({ account: LOGGED, bucket: 'mx-read-outside', at: ago(5) })] }),
  behindEndpoint('read-before', '3-decisions: … unless change_history shows that the control came later', LOGGED, { decision: 'defer', priority: 'P4', rule: 3 },
    { trail: [...dailyReads({ account: LOGGED, bucket: 'mx-read-before', role: 'app', vpce: VPCE, days: 96 }), anonymousRead({ account: LOGGED, bucket: 'mx-read-before', at: ago(5) }),
      bucketChange({ account: LOGGED, bucket: 'mx-read-before', at: ago(3), name: 'PutBucketPolicy', parameters: { policy: '', bucketPolicy: { Version: '2012-10-17', Statement: [denyUnlessVpce('mx-read-before', VPCE)] } } })] }),
  behindEndpoint('read-long-ago', '3-decisions: within the look-back (default 90 days)', LOGGED, { decision: 'defer', priority: 'P4', rule: 3 },
    { trail: [...dailyReads({ account: LOGGED, bucket: 'mx-read-long-ago', role: 'app', vpce: VPCE, days: 96 }), anonymousRead({ account: LOGGED, bucket: 'mx-read-long-ago', at: ago(95) })] }),
];
