import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { correlate, type CorrelateInput, type Correlated } from '#electron/pipeline/correlate/correlate.ts';
import { cutIntoParts, type EntityCount } from '#electron/pipeline/correlate/parts.ts';
import type { Finding } from '#shared/model/finding.ts';
import { findingOf, NOON } from '../../../fixtures/finding-of.ts';

const HOST = 'arn:aws:ec2:eu-central-1:111122223333:instance/i-0abc1234', GROUP = 'arn:aws:ec2:eu-central-1:111122223333:security-group/sg-1', BUCKET = 'arn:aws:s3:::billing-exports';
const known: Readonly<Record<string, ReturnType<CorrelateInput['resolve']>>> = { 'i-0abc1234': { entity: HOST, by: 'alias' }, 'billing-exports': { entity: BUCKET, by: 'alias' }, [GROUP]: { entity: GROUP, by: 'id', only_host: HOST }, 'sg-1': { entity: GROUP, by: 'alias', only_host: HOST } };
const resolve: CorrelateInput['resolve'] = (entity) => known[entity] ?? { entity, by: 'none' };

/** As the store counts them. */
function countsOf(findings: readonly Finding[]): readonly EntityCount[] {
  const groups = Map.groupBy(findings, (f) => JSON.stringify([f.entity, f.account]));
  return [...groups.values()].map((of) => ({ entity: of[0]?.entity ?? '', account: of[0]?.account, findings: of.length, first_us: Math.min(...of.map((f) => f.discovered_us)) }));
}
type Rest = Pick<CorrelateInput, 'links' | 'assignments' | 'known'>;
const first: Rest = { links: [], assignments: new Map(), known: [] };
function run(findings: readonly Finding[], rest: Rest, last = 0): Correlated {
  return correlate({ findings, ...rest, isTaken: (key) => rest.known.some((k) => k.key === key), resolve, environmentOf: () => undefined, label: { year: 2026, last } });
}
/** One after the other, each with what is known of its own findings. */
function runParts(findings: readonly Finding[], rest: Rest, most: number): readonly Correlated[] {
  const entity = new Map(findings.map((f) => [f.finding_id, f.entity]));
  const sharing = [...Map.groupBy(findings.filter((f) => rest.assignments.has(f.finding_id)), (f) => rest.assignments.get(f.finding_id)).values()].flatMap((of) => of.slice(1).map((f, i) => [of[i]?.entity ?? '', f.entity] as const));
  const joined = rest.links.filter((l) => l.link === 'must').map((l) => [entity.get(l.finding_a) ?? '', entity.get(l.finding_b) ?? ''] as const);
  return cutIntoParts(countsOf(findings), resolve, [...sharing, ...joined], most).map((entities) => {
    const own = findings.filter((f) => entities.includes(f.entity)), ids = new Set(own.map((f) => f.finding_id)), assignments = new Map([...rest.assignments].filter(([id]) => ids.has(id)));
    const keys = new Set(assignments.values());
    return run(own, { links: rest.links, assignments, known: rest.known.filter((k) => keys.has(k.key)) });
  });
}
/** What does not depend on the order in which labels are given. */
const told = (all: readonly Correlated[]) => all.flatMap((c) => c.incidents.map(({ incident: { id: _, ...incident } }) => incident)).toSorted((a, b) => (a.key < b.key ? -1 : 1));

const entities = ['i-0abc1234', HOST, GROUP, 'sg-1', BUCKET, 'billing-exports', 'web', 'db', 'cache', 'ws-7', 'WS-7'];
const issues: readonly Partial<Finding>[] = [
  { issue_type: 'open_port', observables: { port: 22 } }, { issue_type: 'public_access' }, { issue_type: 'encryption_disabled' }, { kind: 'vulnerability', issue_type: 'vulnerable_package', check_id: 'CVE-2024-1', vulnerability: { cve: 'CVE-2024-1', package: 'openssh', installed_version: '1' } },
  { kind: 'detection', issue_type: 'brute_force', check_id: 'UnauthorizedAccess:EC2/SSHBruteForce', observables: { src_ip: '198.51.100.7' } },
];
const some = fc.uniqueArray(fc.record({ id: fc.nat(60), entity: fc.constantFrom(...entities), account: fc.constantFrom('111122223333', '444455556666', undefined), issue: fc.constantFrom(...issues), hours: fc.nat(200) }), { selector: (f) => f.id, minLength: 1, maxLength: 40 })
  .map((list) => list.map(({ id, entity, account, issue, hours }): Finding => { const { account: _, ...finding } = findingOf(`F-${id}`, { ...issue, entity, entity_type: entity.toLowerCase() === 'ws-7' ? 'host' : 'vm', discovered_us: NOON + hours * 3_600_000_000, updated_us: NOON + hours * 3_600_000_000 }); return { ...finding, ...(account !== undefined && { account }) }; }));

describe('findings correlated in parts', () => {
  it('come to what they come to at once, first and again after some were resolved, others came and people joined and parted', () => {
    fc.assert(fc.property(some, fc.integer({ min: 1, max: 12 }), fc.nat(5), fc.array(fc.tuple(fc.nat(60), fc.nat(60), fc.constantFrom('must' as const, 'cannot' as const)), { maxLength: 4 }), (findings, most, gone, pairs) => {
      const early = findings.slice(Math.floor(findings.length / 3)), before = run(early, first);
      expect(told(runParts(early, first, most))).toEqual(told([before]));
      const links = pairs.filter(([a, b]) => a !== b).map(([a, b, link]) => ({ finding_a: `F-${a}`, finding_b: `F-${b}`, link })).filter((l) => findings.some((f) => f.finding_id === l.finding_a) && findings.some((f) => f.finding_id === l.finding_b));
      const now = findings.slice(0, findings.length - gone), ids = new Set(now.map((f) => f.finding_id));
      const rest: Rest = { links: links.filter((l) => ids.has(l.finding_a) && ids.has(l.finding_b)), known: before.incidents.map(({ incident }) => ({ key: incident.key, id: incident.id, status: incident.status, merged_into: undefined })), assignments: new Map(before.incidents.flatMap((i) => i.findings.map((f) => [f.finding_id, i.incident.key] as const))) };
      const whole = run(now, rest, 100), parts = runParts(now, rest, most);
      expect(told(parts)).toEqual(told([whole]));
      // What has no open finding left is closed by whoever saves.
      const left = new Set(now.map((f) => rest.assignments.get(f.finding_id)));
      expect(parts.flatMap((p) => p.closed).toSorted((a, b) => (a.key < b.key ? -1 : 1))).toEqual(whole.closed.filter((c) => left.has(c.key)).toSorted((a, b) => (a.key < b.key ? -1 : 1)));
    }), { numRuns: 300 });
  });

  it('are cut where nothing is shared, oldest first, whatever order they come in', () => {
    const counts: readonly EntityCount[] = [
      { entity: 'web', account: '111122223333', findings: 3, first_us: 30 }, { entity: 'web', account: '444455556666', findings: 1, first_us: 10 }, { entity: 'i-0abc1234', account: '111122223333', findings: 2, first_us: 20 },
      { entity: GROUP, account: '111122223333', findings: 2, first_us: 40 }, { entity: 'db', account: undefined, findings: 5, first_us: 50 }, { entity: 'cache', account: undefined, findings: 1, first_us: 50 }, { entity: 'queue', account: undefined, findings: 1, first_us: 60 },
    ];
    const cut = (order: readonly EntityCount[], most: number) => cutIntoParts(order, resolve, [['queue', 'db']], most).map((part) => part.toSorted());
    expect(cut(counts, 4)).toEqual([['web'], [GROUP, 'i-0abc1234'].toSorted(), ['cache'], ['db', 'queue']]);
    expect(cut(counts, 100)).toEqual([['web', 'i-0abc1234', GROUP, 'cache', 'db', 'queue'].toSorted()]);
    expect(cut(counts.toReversed(), 4)).toEqual(cut(counts, 4));
    expect(cutIntoParts([], resolve, [], 4)).toEqual([]);
  });
});
