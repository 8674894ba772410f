import { createReadStream } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { kubescape } from '#electron/pipeline/normalize/formats/kubescape.ts';
import { normalizeFile } from '#electron/pipeline/normalize/normalize.ts';
import { fixture, hasSamples, readFindings, sample } from './read-findings.ts';

describe('kubescape', () => {
  it('reads a scan of nothing as no finding and no error', async () => {
    expect(await readFindings(fixture('kubescape/zero.json'))).toEqual({ format: 'kubescape', records: 0, findings: [], errors: [] });
  });

  it('reads a control on a workload with what mends it and the frameworks it belongs to', async () => {
    const { format, findings } = await readFindings(fixture('kubescape/one.json'));
    expect(format).toBe('kubescape');
    expect(findings).toMatchObject([{
      source: 'kubescape', kind: 'posture', entity: 'k8s:prod/shop/deployment/api', entity_type: 'container_workload', aliases: ['shop/api'], issue_type: 'privileged_container', check_id: 'C-0057', title: 'Privileged container', severity_reported: 'high',
      status: 'open', discovered_at: '2026-01-02T03:04:05Z', compliance: ['NSA: C-0057', 'MITRE: C-0057'],
      evidence: ['at spec.template.spec.containers[0].securityContext.privileged', 'set spec.template.spec.containers[0].securityContext.privileged to false'],
    }]);
  });

  it('tells passed, excepted and unchecked ones, and identities, nodes and the cluster by what they are', async () => {
    const { findings, errors } = await readFindings(fixture('kubescape/many.json'));
    expect(errors).toEqual(['controlID is missing', 'C-0001: status is missing']);
    const api = 'k8s:prod/shop/deployment/api';
    expect(findings.map((f) => [f.entity, f.entity_type, f.check_id, f.issue_type, f.severity_reported, f.status])).toEqual([
      [api, 'container_workload', 'C-0057', 'privileged_container', 'high', 'open'], [api, 'container_workload', 'C-0044', 'privileged_container', 'medium', 'passed'], [api, 'container_workload', 'C-0030', 'network_misconfiguration', 'medium', 'suppressed'],
      [api, 'container_workload', 'C-0012', 'secret_exposed', 'high', 'open'], [api, 'container_workload', 'C-0078', 'workload_misconfiguration', 'informational', 'open'], ['k8s:prod/group/dev', 'group', 'C-0035', 'overprivileged_identity', 'medium', 'open'],
      ['k8s:prod/node/node-1', 'node', 'C-0069', 'public_access', 'critical', 'open'], ['k8s:prod', 'cluster', 'C-0067', 'logging_disabled', 'medium', 'open'], ['k8s:prod/shop/pod/web', 'pod', 'C-0057', 'privileged_container', 'high', 'open'],
    ]);
    expect(findings[4]?.evidence).toEqual(['status: skipped, configurations: Control configurations are empty (not checked by the tool)']);
  });

  it.each([
    ['hostdata.kubescape.cloud/v1beta0//KubeletConfiguration/node-2', 'k8s:c/node/node-2', 'node'], ['/v1/shop/ServiceAccount/api', 'k8s:c/shop/serviceaccount/api', 'service_account'], ['/v1//Namespace/shop', 'k8s:c/namespace/shop', 'other'],
    ['rbac.authorization.k8s.io//User/eve/rbac.authorization.k8s.io/v1/shop/RoleBinding/x', 'k8s:c/user/eve', 'user'], ['apps/v1/shop/Deployment/api', 'k8s:c/shop/deployment/api', 'container_workload'],
  ])('knows %s by its id alone', (resourceID, entity, entity_type) => {
    expect(kubescape.parse({ controlID: 'C-1', name: 'x', status: { status: 'failed' } }, { parents: [{ clusterName: 'c' }, { resourceID }], from: 'results[].controls', path: '-', index: 0 })).toMatchObject({ ok: true, value: { findings: [{ entity, entity_type }] } });
  });

  it('tells equal names in two manifests apart by their files', async () => {
    const { findings } = await readFindings(fixture('kubescape/manifests.json'));
    expect(findings.map(({ entity, untimed }) => [entity, untimed])).toEqual([['k8s/web.yaml#Deployment.web', true], ['k8s/shop.yaml#Deployment.shop.web', true]]);
  });

  it('keeps no environment of what was scanned', async () => {
    const path = fixture('kubescape/many.json'), kept: string[] = [];
    for await (const { items } of normalizeFile(createReadStream(path), [kubescape], { path, importedUs: 0 })) for (const item of items) kept.push(JSON.stringify(item));
    expect(kept).toHaveLength(11);
    expect(kept.join('\n')).not.toContain('do-not-keep-me');
  });

  it.skipIf(!hasSamples)('reads the sample', async () => {
    const { format, records, findings, errors } = await readFindings(sample('kubescape/1-dd-v2.json'));
    expect([format, records, findings.length, errors]).toEqual(['kubescape', 20, 20, []]);
    expect(findings.every(({ status, issue_mapped }) => status === 'passed' && issue_mapped)).toBe(true);
    expect(new Set(findings.map(({ entity }) => entity))).toEqual(new Set(['nginx.yaml#Deployment.nginx-deployment', 'nginx.yaml#NetworkPolicy.default.nginx-network-policy']));
  });
});
