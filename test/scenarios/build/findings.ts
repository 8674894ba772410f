/** Findings in the shapes of Security Hub (ASFF), Prowler 5 (OCSF), Wiz (issues API), GuardDuty, Trivy and SARIF. */
import { ago, type Json } from './part.ts';

const slug = (text: string): string => text.replaceAll(/[^A-Za-z0-9]+/g, '-');
const accountOf = (arn: string, fallback: string): string => arn.split(':')[4] || fallback;

export interface AsffParts {
  readonly account: string; readonly control: string; readonly title: string; readonly resource: string; readonly type: string; readonly id?: string; readonly severity?: string; readonly at?: string;
  readonly compliance?: 'FAILED' | 'PASSED'; readonly workflow?: 'NEW' | 'RESOLVED' | 'SUPPRESSED' | 'NOTIFIED'; readonly record?: 'ACTIVE' | 'ARCHIVED'; readonly description?: string;
}
/** A Security Hub control's finding. */
export const asff = (p: AsffParts): Json => {
  const at = p.at ?? ago(0, 3), severity = p.severity ?? 'CRITICAL';
  return {
    SchemaVersion: '2018-10-08', Id: `arn:aws:securityhub:eu-west-1:${p.account}:security-control/${p.control}/finding/${p.id ?? slug(p.resource)}`, ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/securityhub',
    ProductName: 'Security Hub', CompanyName: 'AWS', Region: 'eu-west-1', GeneratorId: `security-control/${p.control}`, AwsAccountId: p.account, Types: ['Software and Configuration Checks/Industry and Regulatory Standards'],
    FirstObservedAt: ago(9), LastObservedAt: at, CreatedAt: ago(9), UpdatedAt: at, Severity: { Label: severity, Normalized: 90, Original: severity }, Title: p.title, Description: p.description ?? p.title,
    Resources: [{ Type: p.type, Id: p.resource, Partition: 'aws', Region: 'eu-west-1' }], Compliance: { Status: p.compliance ?? 'FAILED', SecurityControlId: p.control },
    WorkflowState: 'NEW', Workflow: { Status: p.workflow ?? 'NEW' }, RecordState: p.record ?? 'ACTIVE',
  };
};
export const PUBLIC_READ = 'S3 general purpose buckets should block public read access';
/** Security Hub S3.2 on a bucket. */
export const publicBucket = (account: string, name: string, rest: Partial<AsffParts> = {}): Json => asff({ account, control: 'S3.2', title: PUBLIC_READ, type: 'AwsS3Bucket', resource: `arn:aws:s3:::${name}`, ...rest });

/** Amazon Inspector's package vulnerability, as Security Hub has it. */
export const inspector = (p: { readonly account: string; readonly instance: string; readonly cve: string; readonly name: string; readonly installed: string; readonly fixed?: string }): Json => ({
  ...asff({ account: p.account, control: 'x', title: `${p.cve} - ${p.name}`, type: 'AwsEc2Instance', resource: p.instance }),
  Id: `arn:aws:inspector2:eu-west-1:${p.account}:finding/${slug(p.instance + p.cve + p.name)}`, ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/inspector', ProductName: 'Inspector', CompanyName: 'Amazon',
  GeneratorId: 'AWSInspector', Types: ['Software and Configuration Checks/Vulnerabilities/CVE'], Compliance: undefined,
  Vulnerabilities: [{
    Id: p.cve, VulnerablePackages: [{ Name: p.name, Version: p.installed, Epoch: '0', PackageManager: 'JAR', ...(p.fixed !== undefined && { FixedInVersion: p.fixed, Remediation: `Update to ${p.fixed}` }) }],
    Cvss: [{ Version: '3.1', BaseScore: 9.8, BaseVector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H', Source: 'NVD' }], Vendor: { Name: 'NVD', VendorSeverity: 'CRITICAL' }, FixAvailable: p.fixed === undefined ? 'NO' : 'YES',
  }],
});

export interface ProwlerParts {
  readonly account: string; readonly check: string; readonly title: string; readonly resource: string; readonly type: string; readonly status?: 'FAIL' | 'PASS' | 'MANUAL'; readonly muted?: boolean;
  readonly severity?: string; readonly at?: string; readonly detail?: string; readonly name?: string;
}
/** Prowler 5, OCSF 1.5. */
export const prowler = (p: ProwlerParts): Json => {
  const time = Math.floor(Date.parse(p.at ?? ago(0, 4)) / 1000), name = p.name ?? p.resource.split(/[:/]/).at(-1) ?? '', detail = p.detail ?? `${name}: ${p.title}`;
  return {
    message: detail, metadata: { event_code: p.check, product: { name: 'Prowler', uid: 'prowler', vendor_name: 'Prowler', version: '5.13.1' }, profiles: ['cloud', 'datetime'], tenant_uid: '', version: '1.5.0' },
    severity_id: 5, severity: p.severity ?? 'Critical', status: p.muted === true ? 'Suppressed' : 'New', status_code: p.status ?? 'FAIL', status_detail: detail, status_id: p.muted === true ? 3 : 1,
    unmapped: { related_url: '', categories: [], depends_on: [], related_to: [], notes: '', compliance: {} }, activity_name: 'Create', activity_id: 1,
    finding_info: { created_time: time, created_time_dt: new Date(time * 1000).toISOString().replace('Z', '000'), desc: p.title, product_uid: 'prowler', title: p.title, types: [], uid: `prowler-aws-${p.check}-${p.account}-eu-west-1-${name}` },
    resources: [{ cloud_partition: 'aws', region: 'eu-west-1', data: { details: '', metadata: {} }, group: { name: p.check.split('_')[0] }, labels: [], name, type: p.type, uid: p.resource }],
    category_name: 'Findings', category_uid: 2, class_name: 'Detection Finding', class_uid: 2004, type_uid: 200401, type_name: 'Detection Finding: Create', time, time_dt: new Date(time * 1000).toISOString().replace('Z', '000'),
    cloud: { account: { name: '', type: 'AWS Account', type_id: 10, uid: accountOf(p.resource, p.account), labels: [] }, provider: 'aws', region: 'eu-west-1' }, remediation: { desc: 'See the hub.', references: [] }, risk_details: '',
  };
};

/** One node of Wiz's issues query. */
export const wiz = (p: { readonly account: string; readonly rule: string; readonly description?: string; readonly resource: string; readonly type: string; readonly native: string; readonly status?: string; readonly at?: string }): Json => ({
  id: `w-${slug(p.rule + p.resource)}`, type: 'CLOUD_CONFIGURATION', sourceRule: { __typename: 'CloudConfigurationRule', id: `wc-${slug(p.rule)}`, name: p.rule, description: p.description ?? p.rule },
  createdAt: ago(9), updatedAt: p.at ?? ago(0, 5), dueAt: null, resolvedAt: p.status === 'RESOLVED' ? p.at ?? ago(0, 5) : null, statusChangedAt: ago(9), status: p.status ?? 'OPEN', severity: 'CRITICAL', projects: [],
  entitySnapshot: {
    id: `e-${slug(p.resource)}`, type: p.type, nativeType: p.native, name: p.resource.split(/[:/]/).at(-1), status: 'Active', cloudPlatform: 'AWS', cloudProviderURL: '', providerId: p.resource, externalId: p.resource,
    region: 'eu-west-1', resourceGroupExternalId: '', subscriptionExternalId: p.account, subscriptionName: '', subscriptionTags: {}, tags: {}, createdAt: null,
  },
});

/** GuardDuty, as `get-findings` prints it. */
export const guardduty = (p: { readonly account: string; readonly id: string; readonly type: string; readonly resource: Json; readonly action: Json; readonly at?: string; readonly count?: number; readonly archived?: boolean; readonly severity?: number; readonly title?: string }): Json => ({
  SchemaVersion: '2.0', AccountId: p.account, Region: 'eu-west-1', Partition: 'aws', Id: p.id, Arn: `arn:aws:guardduty:eu-west-1:${p.account}:detector/d0000000000000000000000000000000/finding/${p.id}`, Type: p.type,
  Resource: p.resource, Severity: p.severity ?? 8, CreatedAt: ago(1), UpdatedAt: p.at ?? ago(0, 6), Title: p.title ?? p.type, Description: p.title ?? p.type,
  Service: { ServiceName: 'guardduty', DetectorId: 'd0000000000000000000000000000000', Action: p.action, ResourceRole: 'TARGET', EventFirstSeen: ago(1), EventLastSeen: p.at ?? ago(0, 6), Archived: p.archived ?? false, Count: p.count ?? 1, AdditionalInfo: { Value: '{}', Type: 'default' } },
});
export const connectionFrom = (ip: string, port: number): Json => ({
  ActionType: 'NETWORK_CONNECTION', NetworkConnectionAction: { ConnectionDirection: 'INBOUND', Protocol: 'TCP', Blocked: false, LocalPortDetails: { Port: port, PortName: 'SSH' }, RemotePortDetails: { Port: 50122, PortName: 'Unknown' }, RemoteIpDetails: { IpAddressV4: ip, Country: { CountryName: 'Exampleland' }, Organization: { Asn: '64511', AsnOrg: 'Example' } } },
});
export const instanceResource = (instance: string): Json => ({ ResourceType: 'Instance', InstanceDetails: { InstanceId: instance, InstanceState: 'running', InstanceType: 't3.small', NetworkInterfaces: [], Tags: [] } });
export const bucketResource = (name: string): Json => ({ ResourceType: 'S3Bucket', S3BucketDetails: [{ Name: name, Arn: `arn:aws:s3:::${name}`, Type: 'Destination' }], AccessKeyDetails: { AccessKeyId: 'ASIAEXAMPLEEXAMPLE00', PrincipalId: 'AROAEXAMPLE:s', UserName: 'deploy', UserType: 'AssumedRole' } });
export const apiCallFrom = (ip: string, api: string): Json => ({ ActionType: 'AWS_API_CALL', AwsApiCallAction: { Api: api, ServiceName: 's3.amazonaws.com', CallerType: 'Remote IP', RemoteIpDetails: { IpAddressV4: ip, Country: { CountryName: 'Exampleland' } } } });

/** A Trivy report of a container image. */
export const trivyImage = (image: string, vulnerabilities: readonly { readonly cve: string; readonly name: string; readonly installed: string; readonly fixed?: string; readonly status?: string }[]): Json => ({
  SchemaVersion: 2, CreatedAt: ago(0, 7), ArtifactName: image, ArtifactType: 'container_image', Metadata: { OS: { Family: 'debian', Name: '12.7' }, ImageID: `sha256:${'ab'.repeat(32)}`, RepoTags: [image] },
  Results: [{ Target: `${image} (debian 12.7)`, Class: 'os-pkgs', Type: 'debian', Vulnerabilities: vulnerabilities.map((v) => ({
    VulnerabilityID: v.cve, PkgID: `${v.name}@${v.installed}`, PkgName: v.name, InstalledVersion: v.installed, ...(v.fixed !== undefined && { FixedVersion: v.fixed }), Status: v.status ?? (v.fixed === undefined ? 'affected' : 'fixed'),
    SeveritySource: 'nvd', Severity: 'CRITICAL', Title: `${v.name}: flaw`, Description: 'A flaw.', CVSS: { nvd: { V3Score: 9.8, V3Vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' } }, PublishedDate: '2026-01-01T00:00:00Z', LastModifiedDate: '2026-02-01T00:00:00Z',
  })) }],
});

/** A SARIF log with one result. */
export const sarif = (rule: string, text: string, uri: string): Json => ({
  $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0',
  runs: [{
    tool: { driver: { name: 'CodeScan', version: '1.2.0', rules: [{ id: rule, shortDescription: { text }, defaultConfiguration: { level: 'error' }, properties: { 'security-severity': '9.1' } }] } },
    invocations: [{ executionSuccessful: true, endTimeUtc: ago(0, 8) }], versionControlProvenance: [{ repositoryUri: 'https://git.example.com/shop/api' }],
    results: [{ ruleId: rule, level: 'error', message: { text }, locations: [{ physicalLocation: { artifactLocation: { uri }, region: { startLine: 12 } } }], partialFingerprints: { 'primaryLocationLineHash/v1': 'abcdef1:1' } }],
  }],
});

/** An alert of a SIEM of one's own, which the policy's field map reads. */
export const siemAlert = (p: { readonly id: string; readonly rule: string; readonly entity: string; readonly user?: string; readonly ip?: string; readonly host?: string; readonly at: string; readonly title?: string; readonly account?: string; readonly type?: string }): Json => ({
  alert_id: p.id, rule_name: p.rule, subject: p.entity, ...(p.user !== undefined && { user: p.user }), ...(p.ip !== undefined && { from: p.ip }), ...(p.host !== undefined && { host: p.host }),
  when: p.at, text: p.title ?? p.rule, sev: 'high', ...(p.account !== undefined && { account: p.account }), subject_type: p.type ?? 'user',
});
export const siemMapping: Json = {
  siem: {
    source: 'own-siem', kind: 'detection', when: ['alert_id', 'rule_name', 'subject'], records: 'alerts',
    fields: { source_id: 'alert_id', entity: 'subject', issue_type: 'rule_name', title: 'text', severity_reported: 'sev', discovered: 'when', account: 'account', entity_type: 'subject_type', 'observables.user': 'user', 'observables.src_ip': 'from', 'observables.host': 'host' },
  },
};
