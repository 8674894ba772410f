import { describe, expect, it } from 'vitest';
import { inRange, policyLookup } from '#electron/tools/policy-lookup.ts';
import type { Subject } from '#electron/tools/tool.ts';
import { MICROS_PER_DAY } from '#shared/lib/time.ts';
import { graphOf } from '../../graph-of.ts';
import { ACCOUNT, AS_OF, BUCKET, contextOf, policyOf, subjectOf } from './tool-context.ts';

const owners = [{ id: 'platform-team', aliases: ['team-platform'], entities: ['arn:aws:s3:::billing-*'] }, { id: 'finance', entities: ['arn:aws:s3:::billing-exports*'] }, { id: 'web-team', accounts: [ACCOUNT] }, { id: 'gone-team', active: false, aliases: ['gone'] }];
const look = (policy: Record<string, unknown>, subject: Partial<Subject> = {}, tags: Record<string, string> = {}, rest: { runStartedUs?: number; name?: string } = {}) => policyLookup.run(subjectOf(subject), {}, contextOf({
  policy: policyOf(policy), ...(rest.runStartedUs !== undefined && { runStartedUs: rest.runStartedUs }),
  graph: graphOf([{ urn: BUCKET, type: 'AWS::S3::Bucket', kind: 'bucket', account: ACCOUNT, name: rest.name ?? 'billing-exports', tags }, { urn: 'arn:aws:ec2:eu-central-1:111122223333:instance/i-0abc1234', type: 'AWS::EC2::Instance', kind: 'vm', account: ACCOUNT, tags: { owner: 'web-team' } }]),
})).claims;
const owner = (...given: Parameters<typeof look>) => { const { owner_identified: o, owner_active: a } = look(...given); return [o?.value, o?.provenance, a?.value]; };

describe('the owner', () => {
  it('is the most exact entity pattern, before tags and accounts', () => { expect(owner({ owners }, {}, { owner: 'web-team' })).toEqual(['finance', 'observed', true]); });
  it('is a tag that names an owner of the policy, by id or alias, in any case', () => {
    expect(owner({ owners: owners.slice(2) }, {}, { Owner: 'GONE' })).toEqual(['gone-team', 'observed', false]);
    expect(owner({ owners: [{ id: 'platform-team', aliases: ['team-platform'] }] }, {}, { team: 'team-platform' })).toEqual(['platform-team', 'observed', true]);
  });
  it('is the owner of the account else', () => {
    expect(owner({ owners: owners.slice(2) })).toEqual(['web-team', 'observed', true]);
    expect(owner({ accounts: { [ACCOUNT]: { owner: 'somebody' } } })).toEqual(['somebody', 'observed', 'unknown']);
  });
  it('is only inferred from a tag that the policy does not know, or from a name', () => {
    expect(owner({}, {}, { owner: 'ghost' })).toEqual(['ghost', 'inferred', 'unknown']);
    expect(owner({ owners: [{ id: 'billing-team' }] })).toEqual(['billing-team', 'inferred', true]);
  });
  it('is not guessed', () => {
    expect(owner({})).toEqual(['unknown', 'observed', 'unknown']);
    expect(owner({ owners: [{ id: 'billing-team' }] }, {}, {}, { name: 'my-billing-exports' })[0]).toBe('unknown');
  });
  it('of a detection is its host’s, else its user’s', () => {
    const detection = { plan: 'detection' as const, entity: 'arn:aws:iam::111122223333:user/alice', entity_type: 'user' as const, hosts: ['arn:aws:ec2:eu-central-1:111122223333:instance/i-0abc1234'] };
    expect(owner({ owners: [{ id: 'web-team' }] }, detection)[0]).toBe('web-team');
    expect(owner({ owners: [{ id: 'hr', entities: ['bob'] }] }, { ...detection, hosts: [], users: ['bob'] })[0]).toBe('hr');
  });
});

describe('an accepted risk', () => {
  const risk = { entity: BUCKET, issue_type: 'public_access', approved_by: 'ciso', expires: '2026-05-01' };
  const accepted = (changes: Record<string, unknown>, rest = {}) => look({ accepted_risks: [{ ...risk, ...changes }] }, {}, {}, rest).accepted_risk?.value;
  it.each([[{}, true], [{ entity: 'arn:aws:s3:::billing-*' }, false], [{ entity: 'arn:aws:s3:::other' }, false], [{ issue_type: 'open_port' }, false], [{ expires: '2026-04-30' }, false], [{ expires: '2026-05-01T00:00:00Z' }, true], [{ expires: '2026-04-30T23:59:59Z' }, false], [{ expires: 'someday' }, false]])('%j: %s', (changes, expected) => { expect(accepted(changes)).toBe(expected); });
  it('ends with its day, by the later of the data and the start of the run', () => {
    expect(accepted({}, { runStartedUs: AS_OF + MICROS_PER_DAY - 1 })).toBe(true);
    expect(accepted({}, { runStartedUs: AS_OF + MICROS_PER_DAY })).toBe(false);
    expect(accepted({ expires: '2026-04-30' }, { runStartedUs: AS_OF - 30 * MICROS_PER_DAY })).toBe(false);
  });
});

describe('known-good', () => {
  const scan: Partial<Subject> = { plan: 'detection', kind: 'detection', issue_type: 'port_scan', family: 'recon', src_ips: ['10.9.0.5', '10.9.0.6'] };
  const good = (entry: Record<string, unknown>, subject: Partial<Subject> = scan) => look({ known_good: [{ id: 'nessus', kind: 'scanner', ...entry }] }, subject).known_good?.value;
  it('covers every address, or none', () => {
    expect(good({ src_ip: ['10.9.0.0/24'] })).toBe(true);
    expect(good({ src_ip: ['10.9.0.0/24'] }, { ...scan, src_ips: ['10.9.0.5', '203.0.113.9'] })).toBe(false);
    expect(good({ src_ip: ['10.9.0.0/24'] }, { ...scan, src_ips: [] })).toBe(false);
    expect(good({ src_ip: ['10.9.0.0/24'] }, { ...scan, truncated: true })).toBe(false);
  });
  it('needs all fields of a pattern, and more than what an attacker chooses', () => {
    expect(good({ src_ip: ['10.9.0.0/24'], user: ['scan-*'] })).toBe(false);
    expect(good({ src_ip: ['10.9.0.0/24'], user: ['scan-*'] }, { ...scan, users: ['SCAN-1'] })).toBe(true);
    expect(good({ user_agent: ['Nessus*'] }, { ...scan, user_agents: ['Nessus/10'] })).toBe(false);
    expect(good({ issue_type: ['port_scan'] })).toBe(false);
    expect(good({})).toBe(false);
  });
  it('a scanner scans; it does not exfiltrate', () => {
    expect(good({ src_ip: ['10.9.0.0/24'] }, { ...scan, family: 'exfiltration' })).toBe(false);
    expect(good({ kind: 'backup', src_ip: ['10.9.0.0/24'] }, { ...scan, family: 'exfiltration' })).toBe(true);
  });
  it('ends, and is about detections only', () => {
    expect([good({ src_ip: ['10.9.0.0/24'], expires: '2026-04-30' }), good({ src_ip: ['10.9.0.0/24'], expires: '2026-05-01' })]).toEqual([false, true]);
    expect(good({ entity: [BUCKET] }, {})).toBe(false);
  });
});

it.each([['10.9.0.5', '10.9.0.0/24', true], ['10.9.1.5', '10.9.0.0/24', false], ['::ffff:10.9.0.5', '10.9.0.0/24', true], ['2001:db8::1', '2001:db8::/32', true], ['10.9.0.5', '2001:db8::/32', false], ['10.9.0.5', '10.9.0.5', true], ['10.9.0.5', 'scanner', false], ['scanner', '0.0.0.0/0', false], ['10.9.0.5', '10.9.0.0/99', false]])('%s in %s: %s', (ip, range, expected) => { expect(inRange(ip, range)).toBe(expected); });
