import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { correlate, type CorrelateInput, type Correlated } from '#electron/pipeline/correlate/correlate.ts';
import type { Finding } from '#shared/model/finding.ts';
import { MICROS_PER_DAY } from '#shared/lib/time.ts';
import { findingOf, NOON } from '../../../fixtures/finding-of.ts';

const BUCKET = 'arn:aws:s3:::billing-exports';
const HOUR = MICROS_PER_DAY / 24;
/** The names by which tools call the bucket. */
const names: Readonly<Record<string, string>> = { 'billing-exports': BUCKET };
function run(findings: readonly Finding[], rest: Partial<CorrelateInput> = {}): Correlated {
  return correlate({
    findings, links: [], assignments: new Map(), known: [], isTaken: (key) => rest.known?.some((k) => k.key === key) ?? false, label: { year: 2026, last: 0 }, environmentOf: (account) => (account === '111122223333' ? 'production' : undefined),
    resolve: (entity) => (names[entity] === undefined ? { entity, by: 'none' } : { entity: names[entity], by: 'alias' }), ...rest,
  });
}
/** The groups, as sorted lists of finding ids. */
const groups = (c: Correlated) => c.incidents.map((i) => i.findings.map((f) => f.finding_id).toSorted().join(' ')).toSorted();
/** What the store would hand to the next run. */
function next(before: Correlated): Pick<CorrelateInput, 'known' | 'assignments' | 'label'> {
  return {
    known: [...before.incidents.map((i) => ({ key: i.incident.key, id: i.incident.id, status: i.incident.status, merged_into: undefined })), ...before.closed.map((c) => ({ key: c.key, id: `INC-2026-9${c.key.slice(2, 5)}`, status: 'closed' as const, merged_into: c.merged_into }))],
    assignments: new Map(before.incidents.flatMap((i) => i.findings.map((f) => [f.finding_id, i.incident.key] as const))), label: { year: 2026, last: before.incidents.length },
  };
}

const dialects = [
  findingOf('prowler', { check_id: 's3_bucket_public_access' }),
  findingOf('hub', { source: 'securityhub', check_id: 'S3.2', severity_reported: 'critical', discovered_us: NOON - HOUR }),
  findingOf('wiz', { source: 'wiz', entity: 'billing-exports', issue_type: 'sensitive_data_exposure', check_id: 'wc-id-1' }),
  findingOf('guard', { source: 'guardduty', issue_type: 'public_access', check_id: 'Policy:S3/BucketAnonymousAccessGranted' }),
  findingOf('crypt', { source: 'securityhub', issue_type: 'encryption_disabled', check_id: 'S3.17', severity_reported: 'medium' }),
];
const detection = (id: string, atHours: number, rest: Partial<Finding> = {}): Finding => findingOf(id, {
  kind: 'detection', source: 'guardduty', issue_type: 'brute_force', check_id: 'UnauthorizedAccess:IAMUser/ConsoleLogin', entity: 'arn:aws:iam::111122223333:user/alice', entity_type: 'user', discovered_us: NOON + atHours * HOUR, ...rest,
});
const port = (id: string, number: number, rest: Partial<Finding> = {}) => findingOf(id, { issue_type: 'open_port', entity: 'arn:aws:ec2:eu-central-1:111122223333:instance/i-0abc1234', entity_type: 'vm', observables: { port: number }, ...rest });
const cve = (id: string, name: string, rest: Partial<Finding> = {}) => findingOf(id, { kind: 'vulnerability', source: 'trivy', issue_type: 'vulnerable_package', entity: 'arn:aws:ec2:eu-central-1:111122223333:instance/i-0abc1234', entity_type: 'vm', check_id: `CVE-2024-${id}`, vulnerability: { cve: `CVE-2024-${id}`, package: name, installed_version: '1.0' }, ...rest });

const withoutAccount = ({ account: _, ...rest }: Finding): Finding => rest;

describe('one problem in many dialects', () => {
  const [only] = run(dialects).incidents;

  it('is one incident with its amplifiers', () => {
    expect(run(dialects).incidents).toHaveLength(1);
    expect(only?.incident).toMatchObject({ primary_issue: 'public_access', entity: BUCKET, environment: 'production', severity_reported: 'critical', amplifiers: { encryption_disabled: 1 }, id: 'INC-2026-0001', evidence_summary: '5 findings from guardduty, prowler, securityhub, wiz' });
    expect([only?.incident.first_seen, only?.incident.last_seen]).toEqual(['2026-05-01T11:00:00Z', '2026-05-01T12:00:00Z']);
  });

  it('says of each finding why it joined', () => {
    const why = new Map(only?.incident.supporting_findings.map((f) => [f.finding_id, f.why_joined]));
    expect(only?.incident.primary_finding).toBe('hub');
    expect([why.get('hub'), why.get('prowler'), why.get('crypt')]).toEqual(['the primary issue', 'same entity, same cause', 'same entity, makes the exposure worse (encryption_disabled)']);
    expect(why.get('wiz')).toContain('its name resolves');
    expect(only?.incident.confidence).toBe(0.92);
  });

  it('leaves missing encryption alone where nothing is exposed', () => {
    expect(run([dialects[4]!]).incidents[0]?.incident).toMatchObject({ primary_issue: 'encryption_disabled', amplifiers: {}, confidence: 1 });
  });

  it('gives as reason only what is shared: the package, not a CVE of its own', () => {
    const found = run([cve('0001', 'openssl'), cve('0002', 'openssl')]).incidents;
    expect(found).toHaveLength(1);
    expect(found[0]?.incident.supporting_findings.map((f) => f.why_joined)).toEqual(['the primary issue', 'same entity, same package openssl']);
    expect(found[0]?.incident.confidence).toBe(0.95);
  });
});

const onHost = (id: string, entity: string, rest: Partial<Finding> = {}): Finding => withoutAccount(detection(id, 0, { entity, entity_type: 'host', issue_type: 'malware', check_id: 'malware', ...rest }));

it('a host is the same in any case of its name\'s letters', () => {
  const found = run([onHost('a', 'WS-7', { source: 'sentinelone' }), onHost('b', 'ws-7', { source: 'crowdstrike', discovered_us: NOON + HOUR }), onHost('c', 'ws-8')]).incidents;
  expect(found.map((i) => [i.incident.entity, i.findings.map((f) => f.finding_id)]).toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1))).toEqual([['WS-7', ['a', 'b']], ['ws-8', ['c']]]);
});

describe('near misses stay apart', () => {
  it.each<[string, readonly Finding[]]>([
    ['a repository and one whose name differs in case', [onHost('a', 'Shop', { entity_type: 'repository' }), onHost('b', 'shop', { entity_type: 'repository' })]],
    ['a host of one name in two accounts, in whatever case', [{ ...onHost('a', 'WS-7'), account: '111122223333' }, { ...onHost('b', 'ws-7'), account: '444455556666' }]],
    ['the same issue on different buckets', [findingOf('a'), findingOf('b', { entity: 'arn:aws:s3:::billing-exports-2' })]],
    ['the same name in different accounts', [findingOf('a', { entity: 'web-1', entity_type: 'vm', issue_type: 'instance_metadata_v1' }), findingOf('b', { entity: 'web-1', entity_type: 'vm', issue_type: 'instance_metadata_v1', account: '444455556666' })]],
    ['the same name with and without an account that several use', [findingOf('a', { entity: 'web-1', entity_type: 'vm' }), findingOf('b', { entity: 'web-1', entity_type: 'vm', account: '444455556666' }), withoutAccount(findingOf('c', { entity: 'web-1', entity_type: 'vm' }))]],
    ['an open port and the CVE of an unrelated package', [port('a', 22), cve('0001', 'libxml2')]],
    ['an open port and the CVE of a service on another port', [port('a', 22), cve('0001', 'nginx')]],
    ['an open port and a CVE of what listens there on another host', [port('a', 22), cve('0001', 'openssh-server', { entity: 'arn:aws:ec2:eu-central-1:111122223333:instance/i-0def5678' })]],
    ['two unrelated packages on one host', [cve('0001', 'openssl'), cve('0002', 'libxml2')]],
    ['another version of a package', [cve('0001', 'openssl'), cve('0002', 'openssl', { vulnerability: { cve: 'CVE-2024-0002', package: 'openssl', installed_version: '2.0' } })]],
    ['two checks without a word in the taxonomy', [findingOf('a', { issue_type: 'misconfiguration', check_id: 'x' }), findingOf('b', { issue_type: 'misconfiguration', check_id: 'y' })]],
    ['detections of another kind on one user', [detection('a', 0), detection('b', 1, { issue_type: 'persistence' })]],
    ['encryption of one bucket, exposure of another', [findingOf('a'), findingOf('b', { issue_type: 'encryption_disabled', entity: 'arn:aws:s3:::other' })]],
  ])('%s', (_, findings) => {
    expect(groups(run(findings))).toEqual(findings.map((f) => f.finding_id).toSorted());
  });

  it('one name is one entity as long as a single account uses it', () => {
    expect(groups(run([findingOf('a', { entity: 'web-1', entity_type: 'vm' }), findingOf('b', { entity: 'web-1', entity_type: 'vm', source: 'wiz' })]))).toEqual(['a b']);
  });

  it.each(['//compute.googleapis.com/projects/shop/zones/z/instances/web-1', '/subscriptions/00000000-1111-4222-8333-444444444444/resourcegroups/rg/providers/microsoft.compute/virtualmachines/web-1'])('a full name is one entity, whatever tools call its account: %s', (entity) => {
    expect(groups(run([findingOf('a', { entity, entity_type: 'vm', account: 'shop' }), findingOf('b', { entity, entity_type: 'vm', source: 'wiz', account: 'Shop (production)' })]))).toEqual(['a b']);
  });
});

describe('what belongs together', () => {
  it.each([['openssh-server', 22], ['nginx', 443], ['log4j-core', 8080], ['redis', 6379], ['postgresql-14', 5432]])('an open port and a CVE of %s that listens on %i', (name, number) => {
    const found = run([port('a', number), cve('0001', name)]);
    expect(groups(found)).toEqual(['0001 a']);
    expect(found.incidents[0]?.incident).toMatchObject({ primary_issue: 'vulnerable_package', amplifiers: { open_port: 1 }, confidence: 0.88 });
  });

  it('repeated detections within a day, with a pause as the cut', () => {
    expect(groups(run([detection('a', 0), detection('b', 20), detection('c', 44), detection('d', 68.1)]))).toEqual(['a b c', 'd']);
    expect(groups(run([detection('a', 0, { updated_us: NOON + 30 * HOUR }), detection('b', 50)]))).toEqual(['a b']);
  });

  it('other kinds of detection by the same attacker on the same entity', () => {
    const from = { observables: { src_ip: '203.0.113.9' } };
    expect(groups(run([detection('a', 0, from), detection('b', 2, { issue_type: 'persistence', ...from }), detection('c', 3, { issue_type: 'malware', observables: { src_ip: '203.0.113.10' } })]))).toEqual(['a b', 'c']);
  });
});

describe('corrections by people', () => {
  const other = findingOf('other', { entity: 'arn:aws:s3:::other' });

  it('win over every rule, in either direction', () => {
    expect(groups(run([dialects[0]!, other], { links: [{ finding_a: 'other', finding_b: 'prowler', link: 'must' }] }))).toEqual(['other prowler']);
    expect(groups(run(dialects, { links: dialects.slice(1).map((f) => ({ finding_a: f.finding_id, finding_b: 'prowler', link: 'cannot' as const })) }))).toEqual(['crypt guard hub wiz', 'prowler']);
  });

  it('keep the label where most findings stay, and give the split part a new one', () => {
    const before = run(dialects);
    const after = run(dialects, { ...next(before), links: dialects.slice(1).map((f) => ({ finding_a: f.finding_id, finding_b: 'prowler', link: 'cannot' as const })) });
    expect(after.incidents.map((i) => [i.incident.id, i.findings.length])).toEqual([['INC-2026-0001', 4], ['INC-2026-0002', 1]]);
  });

  it('close the incident that was merged away, and say into which', () => {
    const before = run([...dialects, other]);
    const gone = before.incidents.find((i) => i.findings[0]?.finding_id === 'other')!.incident;
    const after = run([...dialects, other], { ...next(before), links: [{ finding_a: 'other', finding_b: 'prowler', link: 'must' }] });
    expect(after.incidents).toHaveLength(1);
    expect(after.closed).toEqual([{ key: gone.key, merged_into: after.incidents[0]?.incident.key }]);
  });
});

describe('keys and labels', () => {
  const before = run([dialects[0]!, detection('a', 0)]);
  const labels = (c: Correlated) => new Map(c.incidents.flatMap((i) => i.findings.map((f) => [f.finding_id, `${i.incident.key} ${i.incident.id}`] as const)));

  it('stay when findings are added or a run is repeated', () => {
    const again = run([dialects[0]!, detection('a', 0)], next(before));
    expect(labels(again)).toEqual(labels(before));
    const more = run([...dialects, detection('a', 0), detection('b', 1), findingOf('zzz', { entity: 'arn:aws:s3:::third' })], next(before));
    expect([labels(more).get('prowler'), labels(more).get('crypt'), labels(more).get('b')]).toEqual([labels(before).get('prowler'), labels(before).get('prowler'), labels(before).get('a')]);
    expect(labels(more).get('zzz')).toMatch(/INC-2026-0003$/);
    expect(more.closed).toEqual([]);
  });

  it('close without findings and reopen under the old label', () => {
    const empty = run([], next(before));
    expect(empty.closed.map((c) => c.merged_into)).toEqual([undefined, undefined]);
    const { known, ...rest } = next(before);
    const back = run([dialects[0]!], { ...rest, known: known.map((k) => ({ ...k, status: 'closed' as const })) });
    expect(back.incidents[0]?.incident).toMatchObject({ status: 'reopened', id: before.incidents.find((i) => i.findings[0]?.finding_id === 'prowler')?.incident.id });
  });

  it('are never given out twice', () => {
    const split = { links: [{ finding_a: 'hub', finding_b: 'prowler', link: 'cannot' as const }] };
    const first = run(dialects);
    const second = run(dialects, { ...next(first), ...split });
    const third = run(dialects, next(second));
    for (const c of [first, second, third]) expect(new Set(c.incidents.map((i) => i.incident.key)).size).toBe(c.incidents.length);
  });
});

describe('for findings in any order', () => {
  const pool = [...dialects, detection('d1', 0), detection('d2', 20, { observables: { src_ip: '203.0.113.9' } }), detection('d3', 70, { issue_type: 'persistence', observables: { src_ip: '203.0.113.9' } }), port('p1', 22), port('p2', 443), cve('0001', 'openssh'), cve('0002', 'openssl'), cve('0003', 'openssl'),
    findingOf('w1', { entity: 'web-1', entity_type: 'vm' }), findingOf('w2', { entity: 'web-1', entity_type: 'vm', account: '444455556666' }), findingOf('w3', { entity: 'web-1', entity_type: 'vm', account: '444455556666', source: 'wiz' })];
  const links = [{ finding_a: 'd1', finding_b: 'p2', link: 'must' as const }, { finding_a: 'guard', finding_b: 'hub', link: 'cannot' as const }];

  it('the incidents, keys, labels and amplifiers are the same', () => {
    fc.assert(fc.property(fc.shuffledSubarray(pool, { minLength: 1 }), fc.boolean(), (some, corrected) => {
      const rest = corrected ? { links } : {};
      expect(run(some, rest)).toEqual(run(pool.filter((f) => some.includes(f)), rest));
    }), { numRuns: 400 });
  });

  it('each finding is in exactly one incident', () => {
    fc.assert(fc.property(fc.subarray(pool), (some) => {
      const all = run(some, { links }).incidents.flatMap((i) => i.findings.map((f) => f.finding_id));
      expect(all.toSorted()).toEqual(some.map((f) => f.finding_id).toSorted());
    }), { numRuns: 200 });
  });
});
