/** Findings about other clouds and clusters, in the shapes of Prowler 5 (OCSF) and Trivy. */
import { ago, type Json } from '../build/part.ts';

export interface CloudFinding { readonly provider: 'gcp' | 'azure' | 'kubernetes'; readonly account: string; readonly check: string; readonly title: string; readonly uid: string; readonly name: string; readonly type: string; readonly region?: string; readonly namespace?: string; readonly detail?: string }

const accountTypes = { gcp: ['GCP Account', 5], azure: ['Azure AD Account', 6], kubernetes: ['Kubernetes Cluster', 99] } as const;

/** Prowler 5, OCSF 1.5, as it writes about a provider. */
export function prowlerOf(p: CloudFinding): Json {
  const time = Math.floor(Date.parse(ago(0, 4)) / 1000), region = p.region ?? 'europe-west1', [type, type_id] = accountTypes[p.provider];
  const detail = p.detail ?? `${p.name}: ${p.title}`;
  return {
    message: detail, metadata: { event_code: p.check, product: { name: 'Prowler', uid: 'prowler', vendor_name: 'Prowler', version: '5.13.1' }, profiles: ['cloud', 'datetime'], tenant_uid: '', version: '1.5.0' },
    severity_id: 4, severity: 'High', status: 'New', status_code: 'FAIL', status_detail: detail, status_id: 1, activity_name: 'Create', activity_id: 1,
    unmapped: { related_url: '', categories: [], depends_on: [], related_to: [], notes: '', compliance: {}, provider: p.provider },
    finding_info: { created_time: time, created_time_dt: new Date(time * 1000).toISOString().replace('Z', '000'), desc: p.title, product_uid: 'prowler', title: p.title, types: [], uid: `prowler-${p.provider}-${p.check}-${p.account}-${region}-${p.name}` },
    resources: [{ ...(p.provider === 'kubernetes' ? { namespace: p.namespace } : { region, cloud_partition: p.provider === 'azure' ? 'AzureCloud' : '' }), data: { details: '', metadata: {} }, group: { name: p.check.split('_')[0] }, labels: [], name: p.name, type: p.type, uid: p.uid }],
    category_name: 'Findings', category_uid: 2, class_name: 'Detection Finding', class_uid: 2004, type_uid: 200401, type_name: 'Detection Finding: Create', time, time_dt: new Date(time * 1000).toISOString().replace('Z', '000'),
    ...(p.provider !== 'kubernetes' && { cloud: { account: { name: p.account, type, type_id, uid: p.account, labels: [] }, provider: p.provider, region } }), remediation: { desc: 'See the hub.', references: [] }, risk_details: '',
  };
}

/** `trivy k8s --report all` with failed checks of workloads. */
export const trivyCluster = (cluster: string, failed: readonly { readonly namespace: string; readonly kind: string; readonly name: string; readonly id: string; readonly title: string }[]): Json => ({
  ClusterName: cluster, SchemaVersion: 0, CreatedAt: ago(0, 4),
  Resources: failed.map((f) => ({
    Namespace: f.namespace, Kind: f.kind, Name: f.name, Metadata: [{}],
    Results: [{ Target: `${f.kind}/${f.name}`, Class: 'config', Type: 'kubernetes', MisconfSummary: { Successes: 0, Failures: 1 }, Misconfigurations: [{ Type: 'Kubernetes Security Check', ID: f.id, AVDID: `AVD-${f.id}`, Title: f.title, Description: f.title, Message: `${f.kind} ${f.name}: ${f.title}`, Severity: 'HIGH', Status: 'FAIL', Resolution: 'Change it.', PrimaryURL: '' }] }],
  })),
});
