import { describe, expect, it } from 'vitest';
import { burst, splitByPause } from '#electron/pipeline/correlate/rules/burst.ts';
import { reachablePort } from '#electron/pipeline/correlate/rules/reachable-port.ts';
import type { CorrelationRule, Subject } from '#electron/pipeline/correlate/rules/rule.ts';
import { sameCause } from '#electron/pipeline/correlate/rules/same-cause.ts';
import { sameVulnerability } from '#electron/pipeline/correlate/rules/same-vulnerability.ts';
import { describeIssue } from '#shared/model/issue-types.ts';
import type { Finding } from '#shared/model/finding.ts';
import { MICROS_PER_DAY } from '#shared/lib/time.ts';
import { findingOf, NOON } from '../../../../fixtures/finding-of.ts';

function subject(id: string, rest: Partial<Finding> = {}, more: Partial<Subject> = {}): Subject {
  const finding = findingOf(id, { entity: 'e', entity_type: 'vm', ...rest });
  const { family, plan } = describeIssue(finding.issue_type, finding.kind);
  return { finding, entity: 'e', place: 'e', family, detection: plan === 'detection', resolved_by: 'id', only_host: undefined, ...more };
}
const keys = (rule: CorrelationRule, ...subjects: readonly Subject[]) => { const found = rule.keys(subjects); return subjects.map((s) => (found.get(s) ?? []).map((k) => k.key)); };
const vulnerable = (id: string, vulnerability: Finding['vulnerability'], rest: Partial<Finding> = {}) => subject(id, { kind: 'vulnerability', issue_type: 'vulnerable_package', vulnerability, ...rest });
const detected = (id: string, days: number, rest: Partial<Finding> = {}) => subject(id, { kind: 'detection', issue_type: 'brute_force', discovered_us: NOON + days * MICROS_PER_DAY, ...rest });

describe('same-cause', () => {
  it('names the family of the issue, and the check where the taxonomy has no word', () => {
    expect(keys(sameCause, subject('a'), subject('b', { issue_type: 'sensitive_data_exposure' }), subject('c', { issue_type: 'misconfiguration', check_id: 'x' }))).toEqual([['cause|e|storage_exposure'], ['cause|e|storage_exposure'], ['cause|e|configuration:prowler:x']]);
  });
  it('leaves detections and vulnerabilities to others', () => { expect(keys(sameCause, detected('a', 0), vulnerable('b', { cve: 'CVE-2024-1' }))).toEqual([[], []]); });
  it('takes the hole of a security group for that of the only host behind it', () => {
    expect(keys(sameCause, subject('a', { issue_type: 'open_port' }, { only_host: 'host' }), subject('b', { issue_type: 'logging_disabled' }, { only_host: 'host' }))).toEqual([['cause|host|network_exposure', 'cause|e|network_exposure'], ['cause|e|logging']]);
  });
  it('trusts an id more than a name', () => {
    const weight = (by: Subject['resolved_by']) => { const s = subject('a', {}, { resolved_by: by }); return sameCause.keys([s]).get(s)?.[0]?.weight ?? 0; };
    expect(weight('id')).toBeGreaterThan(weight('alias'));
  });
});

describe('same-vulnerability', () => {
  it('names the CVE in any spelling, and the package with its version', () => {
    expect(keys(sameVulnerability, vulnerable('a', { cve: 'cve-2024-1', package: 'OpenSSL', installed_version: '1.0' }), vulnerable('b', {}, { check_id: 'x' }), subject('c'))).toEqual([['cve|e|CVE-2024-1', 'package|e|openssl|1.0'], ['vulnerability|e|x'], []]);
  });
});

describe('reachable-port', () => {
  const open = (id: string, port: number) => subject(id, { issue_type: 'open_port', observables: { port } });
  it('joins where a port and what listens there meet, and nowhere else', () => {
    expect(keys(reachablePort, open('a', 22), vulnerable('b', { package: 'openssh-server' }))).toEqual([['port|e|22'], ['port|e|22']]);
    expect(keys(reachablePort, open('a', 22), open('b', 22))).toEqual([[], []]);
    expect(keys(reachablePort, vulnerable('a', { package: 'openssh' }), vulnerable('b', { package: 'openssh' }))).toEqual([[], []]);
    expect(keys(reachablePort, open('a', 5432), vulnerable('b', { package: 'openssh' }))).toEqual([[], []]);
  });
  it('believes a scanner that names the port', () => { expect(keys(reachablePort, open('a', 8443), vulnerable('b', { package: 'inhouse' }, { observables: { port: 8443 } }))[1]).toEqual(['port|e|8443']); });
});

describe('burst', () => {
  it('cuts where the pause is longer than a day, measured from the end of what came before', () => {
    const runs = (...days: readonly number[]) => splitByPause(days.map((d, i) => detected(`f${i}`, d))).map((run) => run.length);
    expect([runs(0, 1, 2), runs(0, 1.01), runs(2, 0, 1), runs(0, 3, 3.5, 9), runs()]).toEqual([[3], [1, 1], [3], [1, 2, 1], []]);
    expect(splitByPause([detected('a', 0, { updated_us: NOON + 5 * MICROS_PER_DAY }), detected('b', 1), detected('c', 5.5)]).length).toBe(1);
  });
  it('gives one key for a kind and one for an attacker', () => {
    const found = keys(burst, detected('a', 0, { observables: { src_ip: '203.0.113.9', access_key: 'AKIAEXAMPLE' } }), detected('b', 9), subject('c'));
    expect(found).toEqual([['burst|kind|e|access_attack|0', 'burst|actor|e|203.0.113.9|0', 'burst|actor|e|AKIAEXAMPLE|0'], ['burst|kind|e|access_attack|1'], []]);
  });
});
