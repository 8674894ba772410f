import { describe, expect, it } from 'vitest';
import { recommendActions } from '#electron/pipeline/triage/actions-for.ts';
import { ownerOf, proposeByRules } from '#electron/pipeline/triage/rules-engine.ts';
import { conclude } from '#electron/pipeline/triage/triage.ts';
import type { ClaimName } from '#shared/model/claims.ts';
import { decisions, type DecisionName, type Validation } from '#shared/model/decision.ts';
import { evidencePlan } from '#shared/model/evidence-plan.ts';
import { issueTypes } from '#shared/model/issue-types.ts';
import { statesOf } from '../../../fixtures/claim-state.ts';
import { incidentOf } from '../../../fixtures/incident-of.ts';

const cited = (claim: string) => ({ evidence: [{ claim, value: true, source: 'x', call_id: 'c01', pointer: `/claims/${claim}/value` }], reason: `${claim} reason | and more` });
const claims = statesOf({ exposure_confirmed: [true, cited('exposure_confirmed')], mitigation_confirmed: [false, cited('mitigation_confirmed')], production: ['conflict', cited('production')], owner_identified: ['platform-team', cited('owner_identified')], owner_active: true, external_access: ['unknown', cited('external_access')] });
const propose = (decision: DecisionName, required: readonly ClaimName[]) => proposeByRules({ incident: incidentOf(), claims, proposed: { decision, priority: 'P2', required, why: 'no row holds', missing: [{ claim: 'production', value: 'conflict', why: 'two sources', supply: 'the policy', missing: [] }] } });

describe('the rule engine', () => {
  it('cites what the decision rests on first, then what else is known, and nothing that is open', () => {
    expect(propose('ticket', ['owner_identified', 'exposure_confirmed']).evidence.map((e) => e.claim)).toEqual(['owner_identified', 'exposure_confirmed']);
    expect(propose('ticket', []).evidence.map((e) => e.claim)).toEqual(['exposure_confirmed', 'owner_identified']);
    expect(propose('needs_human_review', ['production', 'external_access']).evidence.map((e) => e.claim)).toEqual(['production', 'exposure_confirmed', 'owner_identified']);
  });
  it('says in a sentence what speaks for the decision', () => {
    expect(propose('resolve_now', ['exposure_confirmed', 'mitigation_confirmed', 'accepted_risk']).rationale).toBe('Exposure_confirmed reason. Mitigation_confirmed reason.');
    expect(propose('needs_human_review', []).rationale).toMatch(/^A person must look\. Open: production.*two sources/);
  });
  it('begins a sentence with a capital, but for names', () => {
    const said = (reason: string) => proposeByRules({ incident: incidentOf(), claims: statesOf({ mitigation_confirmed: [true, { reason }] }), proposed: { decision: 'resolve_now', priority: 'P1', required: ['mitigation_confirmed'], why: '', missing: [] } }).rationale;
    expect(['iam:CreateUser is taken away', 'sg-0a1b lets nobody in', 'nothing refuses it', "the role's boundary does"].map(said)).toEqual(['iam:CreateUser is taken away.', 'sg-0a1b lets nobody in.', 'Nothing refuses it.', "The role's boundary does."]);
  });
  it('leaves out what has no meaning for the issue', () => {
    const states = statesOf({ issue_confirmed: [true, { reason: 'it was reported' }], exposure_confirmed: [false, { reason: 'exposure has no meaning', not_applicable: true }], owner_identified: ['team', { reason: 'the account is theirs' }] });
    expect(proposeByRules({ incident: incidentOf(), claims: states, proposed: { decision: 'ticket', priority: 'P3', required: [], why: '', missing: [] } }).rationale).toBe('It was reported. The account is theirs.');
    const proposal = proposeByRules({ incident: incidentOf(), claims: statesOf({ exposure_confirmed: [false, { ...cited('exposure_confirmed'), not_applicable: true }], issue_confirmed: [true, cited('issue_confirmed')] }), proposed: { decision: 'ticket', priority: 'P3', required: ['exposure_confirmed', 'issue_confirmed'], why: '', missing: [] } });
    expect(proposal.evidence.map((e) => e.claim)).toEqual(['issue_confirmed']);
  });
  it.each([[false, 'no success after it', 'No success after it'], ['unknown', 'the logs end before', 'Whether it succeeded is not known: the logs end before']] as const)('tells of a detection whether it succeeded: %s', (value, reason, told) => {
    const states = statesOf({ issue_confirmed: [true, { reason: 'it was reported' }], sequence_confirmed: [value, { reason }], owner_identified: ['team', { reason: 'the account is theirs' }] });
    expect(proposeByRules({ incident: incidentOf(), claims: states, proposed: { decision: 'ticket', priority: 'P3', required: [], why: '', missing: [] } }).rationale).toBe(`It was reported. ${told}. The account is theirs.`);
  });
  it('tells both sides of a contradiction', () => {
    const missing = [{ claim: 'exposure_confirmed' as const, value: 'conflict', why: 'the policy refuses it | the logs show a success from outside', supply: 's', missing: [] }];
    expect(proposeByRules({ incident: incidentOf(), claims: {}, proposed: { decision: 'needs_human_review', priority: 'P3', required: [], why: '', missing } }).rationale).toBe('A person must look. Open: exposure_confirmed (sources contradict each other: the policy refuses it; the logs show a success from outside).');
  });
  it('knows an owner only by name', () => {
    expect([ownerOf(claims), ownerOf(statesOf({ owner_identified: 'unknown' })), ownerOf(statesOf({ owner_identified: 'conflict' })), ownerOf({})]).toEqual(['platform-team', undefined, undefined, undefined]);
  });
});

describe('recommended actions', () => {
  const recommend = (decision: DecisionName, values: Parameters<typeof statesOf>[0] = {}, rest = {}) => recommendActions(decision, 'P2', incidentOf(rest), statesOf(values), ownerOf(statesOf(values)), [{ claim: 'production', value: 'unknown', why: 'w', supply: 'the policy', missing: [] }]);
  const owned = { owner_identified: 'platform-team', owner_active: true, mitigation_confirmed: true } as const;

  it('never run by themselves, for any issue and decision', () => {
    for (const primary_issue of [...Object.keys(issueTypes), 'some-check']) for (const decision of decisions) for (const a of recommend(decision, owned, { primary_issue, amplifiers: { encryption_disabled: 2 } })) expect([a.autonomy_level, a.target]).toEqual([expect.stringMatching(/^L[12]$/), incidentOf().entity]);
  });
  it('leave IAM to people', () => { expect(recommend('ticket', owned, { primary_issue: 'privilege_escalation' })[1]?.autonomy_level).toBe('L1'); });
  it('page whom it concerns, and open tickets for the owner', () => {
    expect([recommend('resolve_now', owned)[0]?.action, recommend('resolve_now')[0]?.action, recommend('ticket', owned)[0]?.action]).toEqual(['Page the on-call of platform-team', 'Page the on-call', 'Open a ticket for platform-team']);
  });
  it('name one import for all claims that it supplies', () => {
    const missing = ['exposure_confirmed', 'issue_confirmed', 'production'].map((claim) => ({ claim, value: 'unknown', why: claim === 'production' ? 'no account' : 'no policy', supply: claim === 'production' ? 'the account' : 'get-bucket-policy', missing: [] }) as const);
    expect(recommendActions('needs_human_review', 'P3', incidentOf(), {}, undefined, missing as Parameters<typeof recommendActions>[5]).slice(0, -1).map((a) => [a.action, a.why])).toEqual([['Supply exposure_confirmed, issue_confirmed with get-bucket-policy', 'no policy'], ['Supply production with the account', 'no account']]);
  });
  it('fit what is public', () => {
    const fix = (entity: string): string | undefined => recommend('ticket', owned, { primary_issue: 'public_access', entity })[1]?.action;
    expect(fix('arn:aws:s3:::data')).toMatch(/Block Public Access/);
    expect(fix('arn:aws:lambda:eu-west-1:111122223333:function:hook')).toMatch(/IAM authorization at its URL/);
    expect(fix('arn:aws:rds:eu-west-1:111122223333:db:orders')).toMatch(/"publicly accessible" off/);
    expect(fix('arn:aws:sqs:eu-west-1:111122223333:jobs')).toBe('Close public access: drop the grants to everyone');
  });
  it('close the way in to a role that outsiders can assume, beside its permissions', () => {
    const of = (exposure_confirmed: boolean) => recommend('resolve_now', { ...owned, exposure_confirmed }, { primary_issue: 'overprivileged_identity' }).map((a) => a.why);
    expect(of(true)).toEqual(['the exposure is confirmed', 'removes the issue', 'closes the way in from outside']);
    expect(of(false)).toHaveLength(2);
  });
  it('do not speak of exposure where an attack is what is confirmed', () => {
    expect(recommend('resolve_now', { ...owned, sequence_confirmed: true }, { primary_issue: 'suspicious_login', kind: 'detection' }).map((a) => a.why)).toEqual(['the logs confirm the sequence', 'the first answer to it']);
  });
  it('name what to supply for a review', () => { expect(recommend('needs_human_review')[0]?.action).toBe('Supply production with the policy'); });
  it('mend what stands where the primary issue is refuted, and nothing else that was reported', () => {
    const states = statesOf({ owner_identified: 'platform-team', owner_active: true, issue_confirmed: [true, { reason: 'refused, but versioning is Off', instead: ['versioning_disabled'] }], exposure_confirmed: [false, { reason: 'refused' }] });
    const incident = incidentOf({ amplifiers: { encryption_disabled: 1, versioning_disabled: 1 } });
    expect(recommendActions('ticket', 'P3', incident, states, 'platform-team', []).map((a) => a.action)).toEqual(['Open a ticket for platform-team', 'Turn versioning or deletion protection on']);
    expect(proposeByRules({ incident, claims: states, proposed: { decision: 'ticket', priority: 'P3', required: [], why: '', missing: [] } }).rationale).toMatch(/^Refused, but versioning is Off\. (?!Refused)/);
    expect(recommend('defer', { ...owned, mitigation_confirmed: false, issue_confirmed: false }, { amplifiers: { encryption_disabled: 1 } })).toEqual([]);
  });
  it('add a clean-up ticket to a deferral only when a control blocks and an owner exists', () => {
    expect(recommend('defer', owned)[0]).toMatchObject({ action: 'Open a clean-up ticket for platform-team', priority: 'P4' });
    for (const without of [{ ...owned, owner_identified: 'unknown' }, { ...owned, owner_active: false }, { ...owned, owner_active: 'unknown' }, { ...owned, accepted_risk: true }, { ...owned, known_good: true }, { ...owned, mitigation_confirmed: false }]) expect(recommend('defer', without)).toEqual([]);
    expect(recommend('defer', { ...owned, mitigation_confirmed: false }, { amplifiers: { encryption_disabled: 1 } }).map((a) => a.action)).toEqual(['Open a clean-up ticket for platform-team', 'Encrypt it at rest']);
  });
});

describe('the triage record', () => {
  const validation = (proposed: DecisionName, outcome: DecisionName): Validation => ({ passed: proposed === outcome, checks: [], gate: { rule: 1, outcome, proposed, why: 'it rests on what is not known', rows: [] } });
  const record = (proposed: DecisionName, outcome: DecisionName, values: Parameters<typeof statesOf>[0] = {}, detection = false) => conclude({
    proposal: { decision: proposed, priority: 'P1', rationale: 'because', evidence: [], recommended_actions: [] }, validation: validation(proposed, outcome), priority: 'P2', confidence: { value: 0.5, parts: [] }, missing: [], claims: statesOf(values), plan: evidencePlan(detection ? { issue_type: 'brute_force', kind: 'detection', entity_type: 'user' } : { issue_type: 'public_access', kind: 'posture', entity_type: 'bucket' }), startedUs: 0, durationUs: 1234,
  });
  it('says exposure in words that fit the issue, and nothing where it has no meaning', () => {
    const impact = (issue_type: string, values: Parameters<typeof statesOf>[0]) => conclude({ proposal: { decision: 'ticket', priority: 'P3', rationale: '', evidence: [], recommended_actions: [] }, validation: validation('ticket', 'ticket'), priority: 'P3', confidence: { value: 0.9, parts: [] }, missing: [], claims: statesOf(values), plan: evidencePlan({ issue_type, kind: 'posture', entity_type: 'role' }), startedUs: 0, durationUs: 0 }).impact;
    expect([impact('public_access', { exposure_confirmed: true }), impact('overprivileged_identity', { exposure_confirmed: true }), impact('overprivileged_identity', { exposure_confirmed: false })].map((t) => t.split(', ').at(-1))).toEqual(['reachable from the internet', 'can be assumed from outside', "can't be assumed from outside"]);
    expect(impact('brute_force', { exposure_confirmed: [false, { not_applicable: true }] })).toBe('blast radius not asked, environment unknown');
  });
  it('takes decision and priority from the gate, and tells what was proposed', () => {
    expect(record('resolve_now', 'needs_human_review')).toMatchObject({ decision: 'needs_human_review', priority: 'P2', routing: 'none', rationale: 'it rests on what is not known. Proposed was resolve_now: because', duration_ms: 1.23 });
    expect(record('ticket', 'ticket', { owner_identified: ['x', { provenance: 'inferred' }] })).toMatchObject({ routing: 'jira', owner: 'x', owner_provenance: 'inferred', rationale: 'because' });
  });
  it.each<[DecisionName, Parameters<typeof statesOf>[0], string]>([['resolve_now', {}, 'true_positive'], ['defer', {}, 'false_positive'], ['ticket', { sequence_confirmed: false }, 'true_positive'], ['ticket', {}, 'inconclusive'], ['needs_human_review', {}, 'inconclusive'], ['needs_human_review', { sequence_confirmed: 'conflict' }, 'needs_review'], ['needs_human_review', { sequence_confirmed: true }, 'needs_review']])('calls a detection with %s and %j %s', (decision, values, verdict) => {
    expect([record(decision, decision, values, true).verdict, record(decision, decision, values).verdict]).toEqual([verdict, undefined]);
  });
});
