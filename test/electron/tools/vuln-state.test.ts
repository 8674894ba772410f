import { describe, expect, it } from 'vitest';
import { vulnState } from '#electron/tools/vuln-state.ts';
import type { Subject } from '#electron/tools/tool.ts';
import type { Vulnerability } from '#shared/model/finding.ts';
import { graphOf } from '../../graph-of.ts';
import { ACCOUNT, contextOf, subjectOf } from './tool-context.ts';

const VM = 'arn:aws:ec2:eu-central-1:111122223333:instance/i-0abc1234';
const graph = graphOf([{ urn: VM, type: 'AWS::EC2::Instance', kind: 'vm', account: ACCOUNT }]);
const run = (vulnerabilities: readonly Vulnerability[], rest: Partial<Subject> = {}, kev: readonly string[] = []) => vulnState.run(subjectOf({ entity: VM, entity_type: 'vm', plan: 'vulnerable_package', kind: 'vulnerability', issue_type: 'vulnerable_package', vulnerabilities, ...rest }), {}, contextOf({ graph, kev })).claims;
const ssl = (installed_version: string, fixed_version: string): Vulnerability => ({ cve: 'CVE-2024-0001', package: 'openssl', installed_version, fixed_version });

describe('is the vulnerable version there', () => {
  it.each<[readonly Vulnerability[], boolean, number | undefined]>([
    [[ssl('1.0.2k', '1.0.2m')], true, undefined], [[ssl('1.0.2m', '1.0.2k')], false, undefined], [[ssl('3.0.7', '1.1.1x, 3.0.8')], true, undefined], [[ssl('3.0.9', '1.1.1x, 3.0.8')], false, undefined], [[ssl('1.1.1x', '1.1.1x, 3.0.8')], false, undefined], [[ssl('2.0', '1.1, 3.0')], true, 0.85], [[ssl('5.15.1', '5.10.9, 5.15.2, 6.1.3')], true, undefined], [[ssl('5.15.2', '5.10.9, 5.15.2, 6.1.3')], false, undefined], [[ssl('5.12.0', '5.10.9, 5.15.2')], true, 0.85], [[ssl('4.9', '5.10.9, 5.15.2')], true, undefined], [[ssl('6.2', '5.10.9, 5.15.2')], false, undefined],
    [[ssl('1.0.2m', '1.0.2k'), ssl('3.0.7', '3.0.8')], true, undefined], [[{ cve: 'CVE-2024-0001' }], true, 0.85], [[ssl('1.0', 'none')], true, 0.85], [[], true, 0.85],
    // An epoch that only one of the two has.
    [[ssl('1:1.1.1n-0+deb11u3', '1.1.1n-0+deb11u4')], true, 0.85], [[ssl('1:1.1.1n-0+deb11u5', '1.1.1n-0+deb11u4')], false, undefined], [[ssl('1.1.1k-6', '1:1.1.1k-4')], true, 0.85], [[ssl('1.1.1k-2', '1:1.1.1k-4')], true, undefined], [[ssl('1:1.1.1n-0+deb11u3', '1:1.1.1n-0+deb11u4')], true, undefined],
  ])('%j: %s', (vulnerabilities, value, cap) => { expect([run(vulnerabilities).issue_confirmed?.value, run(vulnerabilities).issue_confirmed?.cap]).toEqual([value, cap]); });
  it('is unknown on something that is not inventoried', () => { expect(run([ssl('1', '2')], { entity: 'nowhere' }).issue_confirmed?.value).toBe('unknown'); });
  it('is refuted by VEX for all of them, and only when all are seen', () => {
    const cleared: Vulnerability = { cve: 'CVE-2024-0001', vex: 'not_affected' };
    expect([run([cleared]).issue_confirmed?.value, run([cleared]).mitigation_confirmed?.value]).toEqual([false, true]);
    expect(run([cleared, ssl('1', '2')])).toMatchObject({ issue_confirmed: { value: true } });
    expect(run([cleared], { truncated: true })).toMatchObject({ issue_confirmed: { value: true } });
    expect(run([ssl('3', '2')], { truncated: true }).issue_confirmed?.value).toBe(true);
  });
});

describe('exploits and fixes', () => {
  it('are known from the catalogue or a scanner', () => {
    expect(run([ssl('1', '2')], {}, ['CVE-2024-0001']).exploit_known?.value).toBe(true);
    expect(run([{ cve: 'CVE-2024-0002', kev: true }]).exploit_known?.value).toBe(true);
    expect([run([ssl('1', '2')]).exploit_known?.value, run([ssl('1', '2')], { truncated: true }).exploit_known?.value, run([{ package: 'x' }]).exploit_known?.value]).toEqual([false, 'unknown', 'unknown']);
  });
  it.each(['GHSA-c2qf-rxjj-qqgw', 'TEMP-0841856-B18BAF', 'CVE-2024'])('are not denied by a catalogue of CVEs for %s', (id) => {
    expect(run([{ cve: id, package: 'x' }]).exploit_known?.value).toBe('unknown');
    expect(run([{ cve: id, package: 'x' }, ssl('1', '2')]).exploit_known?.value).toBe('unknown');
    expect(run([{ cve: id, package: 'x' }, ssl('1', '2')], {}, ['CVE-2024-0001']).exploit_known?.value).toBe(true);
  });
  it('mean nothing for another issue', () => { expect(run([], { plan: 'public_access' }).exploit_known?.not_applicable).toBe(true); });
  it('exist when a scanner names one', () => { expect([run([ssl('1', '2')]).fix_available?.value, run([{ cve: 'CVE-2024-0001' }]).fix_available?.value]).toEqual([true, false]); });
});
