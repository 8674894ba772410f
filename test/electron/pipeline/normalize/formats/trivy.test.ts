import { existsSync } from 'node:fs';
import { trivyEntity } from '#electron/pipeline/normalize/formats/trivy/entity.ts';
import { describe, expect, it } from 'vitest';
import { trivy } from '#electron/pipeline/normalize/formats/trivy.ts';
import { fixture, IMPORTED_US, readFile } from './read-fixture.ts';

const samples = '../shared/samples/trivy';

describe('trivy', () => {
  it('reads reports of compliance: a finding under each control that it belongs to', async () => {
    const [image, cluster] = await Promise.all(['compliance.json', 'compliance-k8s.json'].map((name) => fixture(`trivy/${name}`)));
    expect([image?.format, image?.errors, cluster?.format, cluster?.errors]).toEqual(['trivy', [], 'trivy', []]);
    expect(image?.findings.map((f) => [f.entity, f.entity_type, f.check_id, f.severity_reported, f.compliance])).toEqual([
      ['shop/api:2.3', 'image', 'AVD-DS-0002', 'high', ['docker-cis-1.6.0: 4.1']], ['shop/api:2.3', 'image', 'CVE-2025-0001', 'critical', ['docker-cis-1.6.0: 4.4']], ['shop/api:2.3', 'image', 'AVD-DS-0002', 'high', ['docker-cis-1.6.0: 4.4']],
    ]);
    expect(new Set(image?.findings.map((f) => f.finding_id)).size).toBe(3);
    expect(cluster?.findings.map((f) => [f.entity, f.entity_type, f.status])).toEqual([['k8s:cluster/deployment/web', 'container_workload', 'open'], ['k8s:cluster/deployment/web', 'container_workload', 'passed']]);
  });

  it('a scan that found nothing has no record and no error', async () => {
    expect(await fixture('trivy/zero.json')).toMatchObject({ format: 'trivy', records: 0, errors: [] });
  });

  it('reads a vulnerability with the time of the report behind it', async () => {
    const { findings } = await fixture('trivy/one.json');
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      source: 'trivy', kind: 'vulnerability', entity: 'registry.example.org/shop/web:1.0', entity_type: 'image', issue_type: 'vulnerable_package', issue_mapped: true,
      check_id: 'CVE-2024-1001', severity_reported: 'high', status: 'open', discovered_at: '2025-01-02T03:04:05.123456Z', discovered_original: '2025-01-02T03:04:05.123456789Z',
      vulnerability: { cve: 'CVE-2024-1001', cvss: 8.1, package: 'openssl', installed_version: '3.0.1', fixed_version: '3.0.9' },
    });
  });

  it('reads every list of a filesystem scan, each item once', async () => {
    const { findings, errors, records } = await fixture('trivy/many.json');
    expect(errors).toEqual([]);
    expect(records).toBe(7);
    expect(findings.map((f) => [f.entity, f.issue_type, f.status, f.severity_reported])).toEqual([
      ['infra/package-lock.json', 'vulnerable_package', 'open', 'critical'],
      ['infra/package-lock.json', 'vulnerable_package', 'open', 'unknown'],
      ['infra/package-lock.json', 'vulnerable_package', 'suppressed', 'high'],
      ['infra/main.tf#aws_s3_bucket.data', 'public_access', 'open', 'high'],
      ['infra/main.tf', 'encryption_disabled', 'passed', 'high'],
      ['infra/deploy.env', 'secret_exposed', 'open', 'critical'],
      ['OS Packages', 'license_violation', 'open', 'high'].map((v, i) => (i === 0 ? 'infra/OS Packages' : v)),
    ]);
    expect(findings[0]?.vulnerability?.vex).toBe('not_affected');
    expect(findings[1]?.vulnerability?.fixed_version).toBeUndefined();
    expect(new Set(findings.map((f) => f.finding_id)).size).toBe(7);
  });

  it('reads the first schema, a top-level array', async () => {
    const { findings, format } = await fixture('trivy/old-array.json');
    expect(format).toBe('trivy');
    expect(findings.map((f) => f.entity)).toEqual(['alpine:3.9', 'alpine:3.9']);
    expect(findings[0]?.discovered_us).toBe(IMPORTED_US);
  });

  it('takes a list of components for no machine', () => {
    const read = (ArtifactType: string) => trivyEntity({ VulnerabilityID: 'CVE-2024-2961', PkgName: 'libc6' }, { parents: [{ ArtifactName: 'web-1', ArtifactType }, { Target: 'debian', Class: 'os-pkgs' }], from: '', path: '-', index: 0 }).entity_type;
    expect(['vm', 'cyclonedx', 'spdx'].map(read)).toEqual(['host', 'file', 'file']);
  });

  it.each([
    ['two blocks of one file', [{ ArtifactName: 'infra', ArtifactType: 'filesystem' }, { Target: 'main.tf', Class: 'config', Type: 'terraform' }], { CauseMetadata: { Resource: 'module.net.aws_security_group.web' } }, 'infra/main.tf#module.net.aws_security_group.web', 'sg'],
    ['the group that a rule of it belongs to', [{ ArtifactName: '111122223333', ArtifactType: 'aws_account' }, { Target: 'arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0a1b2c3d4e5f60718' }], { CauseMetadata: { Resource: 'arn:aws:ec2:eu-west-1:111122223333:security-group-rule/sgr-0a1b2c3d4e5f60718' } }, 'arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0a1b2c3d4e5f60718', 'sg'],
    ['an image of machines', [{ ArtifactName: 'ami:ami-0123456789abcdef0', ArtifactType: 'vm' }, { Target: 'ami:ami-0123456789abcdef0 (amazon 2 (Karoo))', Class: 'os-pkgs' }], {}, 'ami-0123456789abcdef0', 'image'],
    ['a snapshot of a volume', [{ ArtifactName: 'ebs:snap-0123456789abcdef0', ArtifactType: 'aws-ebs' }, { Target: 'x', Class: 'os-pkgs' }], {}, 'snap-0123456789abcdef0', 'snapshot'],
    ['a repository, however it was cloned', [{ ArtifactName: 'git@github.com:acme/shop.git', ArtifactType: 'repository' }, { Target: 'package-lock.json', Class: 'lang-pkgs' }], {}, 'https://github.com/acme/shop/package-lock.json', 'file'],
    ['a node by what runs on it', [{ ClusterName: 'prod' }, { Kind: 'NodeComponents', Namespace: 'kube-system', Name: 'node-1' }, { Target: 'k8s.io/kubelet' }], {}, 'k8s:prod/node/node-1', 'node'],
  ])('names %s', (_, parents, item, entity, entity_type) => {
    expect(trivyEntity(item, { parents, from: '', path: '-', index: 0 })).toMatchObject({ entity, entity_type });
  });

  it('knows the account that was scanned where an ARN names none', () => {
    const parents = [{ ArtifactName: '111122223333', ArtifactType: 'aws_account' }, { Target: 'arn:aws:s3:::exports' }];
    expect(trivyEntity({ CauseMetadata: { Resource: 'arn:aws:s3:::exports' } }, { parents, from: '', path: '-', index: 0 }).account).toBe('111122223333');
  });

  it('scans a whole machine without an alias of nothing', () => {
    const parents = [{ ArtifactName: '/', ArtifactType: 'filesystem' }, { Target: 'opt/app/package-lock.json', Class: 'lang-pkgs' }];
    expect(trivyEntity({}, { parents, from: '', path: '-', index: 0 }).aliases).toEqual([]);
  });

  it('takes the image from the target where the report leaves its name blank', () => {
    const parents = [{ ArtifactName: '', ArtifactType: 'container_image', Metadata: { RepoTags: [''], RepoDigests: [''], ImageID: 'sha256:aa' } }, { Target: 'shop/api:2.3.0 (debian 12)' }];
    const parsed = trivy.parse({ VulnerabilityID: 'CVE-2025-0001', PkgName: 'bash' }, { parents, from: 'Results[].Vulnerabilities', path: '-', index: 0 });
    expect(parsed.ok && parsed.value.findings?.[0]).toMatchObject({ entity: 'shop/api:2.3.0', entity_type: 'image', aliases: ['sha256:aa'] });
  });

  it('names a workload of a cluster', async () => {
    const { findings } = await fixture('trivy/k8s.json');
    expect(findings).toMatchObject([{ entity: 'k8s:kind-shop/shop/pod/web', entity_type: 'pod', issue_type: 'privileged_container', kind: 'posture' }]);
  });

  it.skipIf(!existsSync(samples))('reads the real samples', async () => {
    const image = await readFile(`${samples}/1-trivy-image.json`);
    expect(image).toMatchObject({ format: 'trivy', records: 4, errors: [] });
    expect(image.findings[0]).toMatchObject({ entity: 'ghcr.io/aquasecurity/trivy-test-images:alpine-310', severity_reported: 'medium', discovered_at: '2021-08-25T12:20:30Z' });
    const cluster = await readFile(`${samples}/2-dd-k8s.json`);
    expect(cluster).toMatchObject({ records: 20, errors: [] });
    expect(cluster.findings.filter((f) => f.kind === 'vulnerability')).toHaveLength(10);
    expect(cluster.findings.every((f) => f.entity_type === 'container_workload' && f.issue_mapped)).toBe(true);
  });

  it('places packages that are gathered under a language, and files beside what is scanned', async () => {
    const { findings } = await fixture('trivy/gathered.json');
    expect(findings.map((f) => [f.entity, f.issue_type, f.vulnerability?.cvss])).toEqual([
      ['lib/report.jar', 'vulnerable_package', 6.3], ['lib/report.jar/site-packages/example.dist-info/METADATA', 'vulnerable_package', undefined], ['lib/shared/main.tf#module.shared', 'misconfiguration', undefined],
    ]);
  });
});
