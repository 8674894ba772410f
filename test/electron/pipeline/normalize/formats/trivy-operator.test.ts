import { describe, expect, it } from 'vitest';
import { readText } from './read-fixture.ts';
import { trivyOperator } from '#electron/pipeline/normalize/formats/trivy-operator.ts';
import { fixture, readFindings } from './read-findings.ts';

const at = { parents: [], from: '', path: '-', index: 0 };
const replicas = 'k8s:cluster/shop/replicaset/api-7d9';

describe('trivy-operator', () => {
  it('reads a report of nothing as no finding', async () => {
    expect(await readFindings(fixture('trivy-operator/zero.json'))).toEqual({ format: 'trivy-operator', records: 1, findings: [], errors: [] });
  });

  it('reads a list in YAML: what is vulnerable, where, and in which image', async () => {
    const { format, findings, errors } = await readFindings(fixture('trivy-operator/one.yaml'));
    expect([format, errors]).toEqual(['trivy-operator', []]);
    expect(findings).toMatchObject([{
      source: 'trivy', kind: 'vulnerability', entity: replicas, entity_type: 'container_workload', aliases: ['shop/api-7d9', 'registry.example.com/shop/api:2.3.0', 'registry.example.com/shop/api@sha256:aaaa'], severity_reported: 'high', status: 'open',
      discovered_at: '2026-01-02T03:04:05Z', vulnerability: { cve: 'CVE-2025-0001', cvss: 7.5, package: 'libssl3', installed_version: '3.0.1-1', fixed_version: '3.0.1-2' },
    }]);
  });

  it('knows a node without the namespace that its report lies in', () => {
    const report = { apiVersion: 'aquasecurity.github.io/v1alpha1', kind: 'InfraAssessmentReport', metadata: { name: 'node-n1', namespace: 'trivy-system', labels: { 'trivy-operator.resource.kind': 'Node', 'trivy-operator.resource.name': 'n1' } }, report: { checks: [{ checkID: 'KCV0077', title: 'x', severity: 'HIGH', success: false }] } };
    expect(trivyOperator.parse(report, at)).toMatchObject({ ok: true, value: { findings: [{ entity: 'k8s:cluster/node/n1', entity_type: 'node', aliases: [] }] } });
  });

  it('reads audits, assessments, secrets and compliance, and refuses what lists no findings', async () => {
    const { findings, errors, records } = await readFindings(fixture('trivy-operator/many.json'));
    expect([records, errors]).toEqual([6, ['SbomReport: it lists components and holds no findings']]);
    expect(findings.map((f) => [f.entity, f.entity_type, f.kind, f.check_id, f.issue_type, f.severity_reported, f.status])).toEqual([
      [replicas, 'container_workload', 'posture', 'KSV001', 'privileged_container', 'medium', 'open'],
      [replicas, 'container_workload', 'posture', 'KSV014', 'workload_misconfiguration', 'low', 'passed'],
      [replicas, 'container_workload', 'posture', 'A check without an id', 'A check without an id', 'low', 'open'],
      ['k8s:cluster/clusterrole/system:controller:x', 'role', 'posture', 'KSV041', 'overprivileged_identity', 'critical', 'open'],
      ['k8s:cluster/shop/pod/web', 'pod', 'posture', 'aws-secret-access-key', 'secret_exposed', 'critical', 'open'],
      ['k8s:cluster', 'cluster', 'compliance', 'AVD-KSV-0001', 'privileged_container', 'high', 'open'],
      ['k8s:cluster', 'cluster', 'compliance', '1.0', '1.0', 'medium', 'open'],
      ['k8s:cluster', 'cluster', 'compliance', '1.2', 'privileged_container', 'high', 'passed'],
    ]);
    expect(findings[4]?.aliases).toEqual(['shop/web', 'nginx:1.27']);
    expect(findings[5]?.compliance).toEqual(['CIS Kubernetes Benchmarks v1.23: 5.2.6']);
    expect(new Set(findings.map(({ finding_id }) => finding_id)).size).toBe(findings.length);
  });

  it('calls the cluster as the user does', () => {
    const parsed = trivyOperator.parse({ kind: 'VulnerabilityReport', metadata: { namespace: 'shop', ownerReferences: [{ kind: 'Pod', name: 'web' }] }, report: { vulnerabilities: [{ vulnerabilityID: 'CVE-2025-0001' }] } }, { ...at, cluster: 'prod' });
    expect(parsed.ok && parsed.value.findings?.[0]).toMatchObject({ entity: 'k8s:prod/shop/pod/web', entity_type: 'pod' });
  });

  it('leaves a list with other objects to Kubernetes', () => {
    const items = [{ apiVersion: 'aquasecurity.github.io/v1alpha1', kind: 'VulnerabilityReport' }, { apiVersion: 'v1', kind: 'Pod' }], sample = { path: '-', text: '{', records: [], header: [], delimiter: undefined };
    expect(trivyOperator.detect({ ...sample, document: { kind: 'List', items } })).toBe(0);
    expect(trivyOperator.detect({ ...sample, document: { kind: 'List', items: items.slice(0, 1) } })).toBe(95);
  });

  it('names what is missing', () => {
    const error = (record: unknown) => { const parsed = trivyOperator.parse(record, at); return parsed.ok ? 'none' : parsed.error; };
    expect(error(7)).toMatch(/not an object/);
    expect(error({})).toMatch(/^kind is missing/);
    expect(error({ kind: 'VulnerabilityReport' })).toMatch(/^report: missing/);
    expect(error({ kind: 'VulnerabilityReport', report: {} })).toMatch(/^labels/);
  });
});

it('takes no control for passed that nothing checked', async () => {
  const controlCheck = [{ id: '1.0', name: 'Non-root containers', severity: 'MEDIUM', totalFail: 3 }, { id: '1.1', name: 'Immutable files', severity: 'LOW', totalFail: 0 }, { id: '8.1', name: 'Audits', severity: 'HIGH' }];
  const { findings } = await readText({ apiVersion: 'aquasecurity.github.io/v1alpha1', kind: 'ClusterComplianceReport', metadata: { name: 'nsa' }, spec: { compliance: { title: 'NSA' } }, status: { summaryReport: { controlCheck } } });
  expect(findings.map((f) => [f.check_id, f.severity_reported, f.status, f.evidence])).toEqual([['1.0', 'medium', 'open', ['failed: 3']], ['1.1', 'low', 'passed', ['failed: 0']], ['8.1', 'informational', 'open', ['not checked by the tool']]]);
});
