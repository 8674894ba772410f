import { attackerIp, bucketArn, bucketName, hex, instanceArn, instanceId, iso, privateIp, publicIp, REGION, roleArn, roleName, seenAt, userName, type JsonObject, type Story } from './company.ts';

/** One finding in its tool's shape; `report` stands for what lies around it (a Trivy report holds many). */
export interface BenchFinding { readonly file: 'asff' | 'prowler' | 'guardduty' | 'trivy'; readonly record: JsonObject }

const idOf = (s: Story, i: number, length = 32): string => hex(s.n * 16 + i, 7, length);

/** All findings of one story, in the shapes of the tools that report it. */
export function findingsOf(s: Story): readonly BenchFinding[] {
  switch (s.name) {
    case 'public_bucket': case 'blocked_bucket': return [
      asff(s, 0, 'S3.2', 'S3 general purpose buckets should block public read access', 'CRITICAL', bucketArn(s), 'AwsS3Bucket'), asff(s, 1, 'S3.3', 'S3 general purpose buckets should block public write access', 'CRITICAL', bucketArn(s), 'AwsS3Bucket'),
      ...['s3_bucket_public_access', 's3_bucket_policy_public_write_access', 's3_bucket_default_encryption'].map((check, i) => prowler(s, i + 2, check, 's3', bucketArn(s), bucketName(s), 'AwsS3Bucket')),
    ];
    case 'vulnerable_instance': return cves(s, 5).map((cve, i) => inspector(s, i, cve));
    case 'open_port': return ['ssh', 'rdp', 'telnet', 'mysql', 'postgresql'].map((port, i) => prowler(s, i, `ec2_instance_port_${port}_exposed_to_internet`, 'ec2', instanceArn(s), instanceId(s), 'AwsEc2Instance'));
    case 'brute_force': return five((i) => guardDuty(s, i, 'UnauthorizedAccess:EC2/SSHBruteForce', 5, instanceResource(s), connection(s)));
    case 'login': return five((i) => guardDuty(s, i, 'UnauthorizedAccess:IAMUser/ConsoleLoginSuccess.B', 5, userResource(s), apiCall(s)));
    case 'role': return ['iam_role_administratoraccess_policy', 'iam_inline_policy_no_administrative_privileges', 'iam_inline_policy_allows_privilege_escalation', 'iam_inline_policy_no_full_access_to_kms', 'iam_inline_policy_no_full_access_to_cloudtrail']
      .map((check, i) => prowler(s, i, check, 'iam', roleArn(s), roleName(s), 'AwsIamRole'));
    case 'unlogged_bucket': return [asff(s, 0, 'S3.9', 'S3 general purpose buckets should have server access logging enabled', 'MEDIUM', bucketArn(s), 'AwsS3Bucket'), prowler(s, 1, 's3_bucket_server_access_logging_enabled', 's3', bucketArn(s), bucketName(s), 'AwsS3Bucket')];
    case 'image': return cves(s, 5).map((cve, i) => trivy(s, i, cve));
    case 'large_image': return cves(s, 8).map((cve, i) => trivy(s, i, cve));
  }
}

const five = (make: (i: number) => BenchFinding): readonly BenchFinding[] => [0, 1, 2, 3, 4].map(make);
/** Every thirteenth story names one of CISA's catalogue. */
const cves = (s: Story, count: number): readonly string[] => Array.from({ length: count }, (_, i) => (i === 0 && s.round % 13 === 0 ? 'CVE-2024-6387' : `CVE-2025-${10_000 + ((s.n * 11 + i) % 80_000)}`));
const tagList = <K extends string, V extends string>(s: Story, key: K, value: V): readonly JsonObject[] => Object.entries(s.tags).map(([k, v]) => ({ [key]: k, [value]: v }));

function asffBase(s: Story, i: number, f: { readonly id: string; readonly product: string; readonly name: string; readonly generator: string; readonly types: readonly string[]; readonly title: string; readonly text: string; readonly label: string; readonly arn: string; readonly type: string; readonly more: JsonObject }): BenchFinding {
  const first = iso(seenAt(s) - i * 60_000), last = iso(seenAt(s));
  return { file: 'asff', record: {
    SchemaVersion: '2018-10-08', Id: f.id, ProductArn: `arn:aws:securityhub:${REGION}::product/aws/${f.product}`, ProductName: f.name, CompanyName: 'AWS', Region: REGION, GeneratorId: f.generator, AwsAccountId: s.account, Types: f.types,
    FirstObservedAt: first, LastObservedAt: last, CreatedAt: first, UpdatedAt: last, Severity: { Label: f.label, Normalized: 70, Original: f.label }, Title: f.title, Description: f.text,
    ProductFields: { 'aws/securityhub/ProductName': f.name, 'aws/securityhub/CompanyName': 'AWS' }, Resources: [{ Type: f.type, Id: f.arn, Partition: 'aws', Region: REGION, Tags: s.tags }],
    WorkflowState: 'NEW', Workflow: { Status: 'NEW' }, RecordState: 'ACTIVE', ...f.more,
  } };
}

const asff = (s: Story, i: number, control: string, title: string, label: string, arn: string, type: string): BenchFinding => asffBase(s, i, {
  id: `arn:aws:securityhub:${REGION}:${s.account}:security-control/${control}/finding/${idOf(s, i)}`, product: 'securityhub', name: 'Security Hub', generator: `security-control/${control}`,
  types: ['Software and Configuration Checks/Industry and Regulatory Standards'], title, text: `This control checks ${s.tags['Name'] ?? s.id} for what its title says.`, label, arn, type,
  more: { Compliance: { Status: 'FAILED', SecurityControlId: control, AssociatedStandards: [{ StandardsId: 'standards/aws-foundational-security-best-practices/v/1.0.0' }] }, Remediation: { Recommendation: { Text: 'See the documentation of this control.', Url: `https://docs.aws.amazon.com/console/securityhub/${control}/remediation` } } },
});

const inspector = (s: Story, i: number, cve: string): BenchFinding => asffBase(s, i, {
  id: `arn:aws:inspector2:${REGION}:${s.account}:finding/${idOf(s, i)}`, product: 'inspector', name: 'Inspector', generator: 'AWSInspector', types: ['Software and Configuration Checks/Vulnerabilities/CVE'], title: `${cve} - openssl`,
  text: 'A specially crafted message makes the library read beyond the end of a buffer.', label: i === 0 ? 'CRITICAL' : 'HIGH', arn: instanceArn(s), type: 'AwsEc2Instance',
  more: { Vulnerabilities: [{
    Id: cve, VulnerablePackages: [{ Name: 'openssl', Version: '3.0.13', Epoch: '0', PackageManager: 'OS', FixedInVersion: '3.0.15', Remediation: 'Update openssl to 3.0.15' }], Cvss: [{ Version: '3.1', BaseScore: 8.1, BaseVector: 'CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H', Source: 'NVD' }],
    ReferenceUrls: [`https://nvd.nist.gov/vuln/detail/${cve}`], FixAvailable: 'YES', EpssScore: 0.02, ExploitAvailable: 'NO',
  }] },
});

function prowler(s: Story, i: number, check: string, service: string, arn: string, name: string, type: string): BenchFinding {
  const time = iso(seenAt(s) + i * 1000).replace('Z', '000');
  const seconds = Math.floor((seenAt(s) + i * 1000) / 1000);
  const text = `${type} ${name} does not comply with ${check}.`;
  return { file: 'prowler', record: {
    message: text, metadata: { event_code: check, product: { name: 'Prowler', uid: 'prowler', vendor_name: 'Prowler', version: '5.13.1' }, profiles: ['cloud', 'datetime'], tenant_uid: '', version: '1.5.0' },
    severity_id: 4, severity: 'High', status: 'New', status_code: 'FAIL', status_detail: text, status_id: 1, unmapped: { related_url: '', categories: [], depends_on: [], related_to: [], notes: '', compliance: { 'CIS-5.0': ['2.1.4'] } },
    activity_name: 'Create', activity_id: 1, finding_info: { created_time: seconds, created_time_dt: time, desc: text, product_uid: 'prowler', title: check.replaceAll('_', ' '), types: [], uid: `prowler-aws-${check}-${s.account}-${REGION}-${name}` },
    resources: [{ cloud_partition: 'aws', region: REGION, data: { details: '', metadata: { arn, name, region: REGION, tags: tagList(s, 'Key', 'Value') } }, group: { name: service }, labels: Object.entries(s.tags).map(([k, v]) => `${k}:${v}`), name, type, uid: arn }],
    category_name: 'Findings', category_uid: 2, class_name: 'Detection Finding', class_uid: 2004, cloud: { account: { name: `bench-${s.account}`, type: 'AWS Account', type_id: 10, uid: s.account, labels: [] }, provider: 'aws', region: REGION },
    remediation: { desc: 'See the check of this name in Prowler Hub.', references: [`https://hub.prowler.com/check/${check}`] }, risk_details: '', time: seconds, time_dt: time, type_uid: 200_401, type_name: 'Detection Finding: Create',
  } };
}

function guardDuty(s: Story, i: number, type: string, severity: number, resource: JsonObject, action: JsonObject): BenchFinding {
  const id = idOf(s, i), first = iso(seenAt(s) + i * 600_000), last = iso(seenAt(s) + i * 600_000 + 300_000);
  return { file: 'guardduty', record: {
    schemaVersion: '2.0', accountId: s.account, region: REGION, partition: 'aws', id, arn: `arn:aws:guardduty:${REGION}:${s.account}:detector/71d5585ae36dc138a218f6d8f60d40f2/finding/${id}`, type, resource,
    service: { serviceName: 'guardduty', detectorId: '71d5585ae36dc138a218f6d8f60d40f2', action, resourceRole: 'TARGET', additionalInfo: { value: '{}', type: 'default' }, eventFirstSeen: first, eventLastSeen: last, archived: false, count: 3 + i },
    severity, createdAt: first, updatedAt: last, title: `${type} on ${s.tags['Name'] ?? s.id}.`, description: `Seen ${3 + i} times from ${attackerIp(s)}.`,
  } };
}

const remote = (s: Story): JsonObject => ({ ipAddressV4: attackerIp(s), organization: { asn: '64511', asnOrg: 'Example Hosting', isp: 'Example Hosting', org: 'Example Hosting' }, country: { countryName: 'Netherlands' }, city: { cityName: 'Amsterdam' }, geoLocation: { lat: 0, lon: 0 } });
const connection = (s: Story): JsonObject => ({ actionType: 'NETWORK_CONNECTION', networkConnectionAction: { connectionDirection: 'INBOUND', protocol: 'TCP', blocked: false, localIpDetails: { ipAddressV4: privateIp(s) }, remoteIpDetails: remote(s), remotePortDetails: { port: 41_000, portName: 'Unknown' }, localPortDetails: { port: 22, portName: 'SSH' } } });
const apiCall = (s: Story): JsonObject => ({ actionType: 'AWS_API_CALL', awsApiCallAction: { api: 'ConsoleLogin', serviceName: 'signin.amazonaws.com', callerType: 'Remote IP', remoteIpDetails: remote(s), affectedResources: {} } });
const userResource = (s: Story): JsonObject => ({ resourceType: 'AccessKey', accessKeyDetails: { accessKeyId: '', principalId: `AIDA${s.id.slice(0, 16).toUpperCase()}`, userType: 'IAMUser', userName: userName(s) } });
const instanceResource = (s: Story): JsonObject => ({ resourceType: 'Instance', instanceDetails: {
  instanceId: instanceId(s), instanceType: 't3.medium', launchTime: '2025-02-03T09:12:00Z', platform: null, productCodes: [], networkInterfaces: [{ networkInterfaceId: `eni-${s.id}`, ipv6Addresses: [], privateIpAddress: privateIp(s), publicIp: publicIp(s), securityGroups: [] }],
  tags: tagList(s, 'key', 'value'), instanceState: 'running', availabilityZone: `${REGION}a`, imageId: 'ami-0123456789abcdef0', imageDescription: null,
} });

function trivy(s: Story, i: number, cve: string): BenchFinding {
  const name = 'libssl3', installed = '3.0.13-1~deb12u1';
  return { file: 'trivy', record: {
    VulnerabilityID: cve, PkgID: `${name}@${installed}`, PkgName: name, PkgIdentifier: { PURL: `pkg:deb/debian/${name}@${installed}?arch=amd64&distro=debian-12.7`, UID: idOf(s, 0, 16) }, InstalledVersion: installed, FixedVersion: '3.0.15-1~deb12u1', Status: 'fixed',
    Layer: { Digest: `sha256:${idOf(s, 0, 64)}`, DiffID: `sha256:${idOf(s, 1, 64)}` }, SeveritySource: 'nvd', PrimaryURL: `https://avd.aquasec.com/nvd/${cve.toLowerCase()}`, DataSource: { ID: 'debian', Name: 'Debian Security Tracker', URL: 'https://salsa.debian.org/security-tracker-team/security-tracker' },
    Title: `openssl: ${cve}`, Description: 'A specially crafted message makes the library read beyond the end of a buffer, which can end the application or show the caller what lies there.', Severity: i === 0 ? 'CRITICAL' : 'HIGH',
    CVSS: { nvd: { V3Vector: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H', V3Score: 7.5 } }, References: [`https://nvd.nist.gov/vuln/detail/${cve}`], PublishedDate: '2025-06-27T11:15:00Z', LastModifiedDate: '2025-06-28T11:15:00Z',
  } };
}

/** The report around the vulnerabilities of one image. */
export function trivyReport(s: Story, vulnerabilities: readonly JsonObject[]): JsonObject {
  const image = `${s.account}.dkr.ecr.${REGION}.amazonaws.com/bench-${s.n}:1.0.${s.round}`;
  return {
    SchemaVersion: 2, CreatedAt: iso(seenAt(s)), ArtifactName: image, ArtifactType: 'container_image', Metadata: { OS: { Family: 'debian', Name: '12.7' }, ImageID: `sha256:${idOf(s, 9, 64)}`, RepoTags: [image] },
    Results: [{ Target: `${image} (debian 12.7)`, Class: 'os-pkgs', Type: 'debian', Vulnerabilities: vulnerabilities }],
  };
}
