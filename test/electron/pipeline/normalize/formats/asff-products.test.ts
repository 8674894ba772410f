import { describe, expect, it } from 'vitest';
import { asff } from '#electron/pipeline/normalize/formats/asff.ts';
import { fixture, readFindings } from './read-findings.ts';

const hub = '246813579024', member = '135792468013', region = 'eu-west-1';
const ec2 = (account: string, resource: string): string => `arn:aws:ec2:${region}:${account}:${resource}`;

/** Source, kind, issue, entity, account and status of each, in the order of the file. */
const expected = [
  ['access-analyzer', 'posture', 'overprivileged_identity', `arn:aws:iam::${member}:role/sched`, member, 'open'],
  ['access-analyzer', 'posture', 'external_trust', `arn:aws:iam::${member}:role/gh`, member, 'open'],
  ['access-analyzer', 'posture', 'public_access', 'arn:aws:s3:::pub-b', member, 'open'],
  ['health', 'posture', 'secret_exposed', 'AKIAZZZZZZZZZZZZZZ99', hub, 'open'],
  ['firewall-manager', 'posture', 'network_misconfiguration', `arn:aws:elasticloadbalancing:${region}:${member}:loadbalancer/app/shop/50dc6c495c0c9188`, member, 'open'],
  ['firewall-manager', 'posture', 'network_misconfiguration', ec2(member, 'security-group/sg-0abcdef1234567890'), member, 'open'],
  ['crowdstrike-falcon', 'detection', 'malware', ec2(member, 'instance/i-0fedcba9876543210'), member, 'open'],
  ['crowdstrike-falcon', 'detection', 'credential_access', 'UnknownInstanceId:ldt:abc:99', hub, 'open'],
  ['tenable-io', 'vulnerability', 'vulnerable_package', ec2(member, 'instance/i-00aa11bb22cc33dd4'), member, 'open'],
  ['deep-security', 'detection', 'malware', ec2(hub, 'instance/i-0123456789abcdef0'), hub, 'open'],
  ['deep-security', 'detection', 'trend-micro-deep-security-ips', ec2(hub, 'instance/i-0123456789abcdef0'), hub, 'open'],
  ['sophos-server-protection', 'detection', 'malware', ec2(member, 'instance/i-0aaaaaaaaaaaaaaaa'), member, 'open'],
  ['redlock', 'posture', 'open_port', ec2(hub, 'security-group/sg-0a1b2c3d4e5f60718'), hub, 'open'],
  ['dome9-arc', 'posture', 'public_access', ec2(hub, 'instance/i-0bbbbbbbbbbbbbbbb'), hub, 'open'],
  ['ssm-patch-manager', 'posture', 'patch_missing', ec2(hub, 'instance/i-0ddddddddddddddd1'), hub, 'open'],
  ['securityhub', 'posture', 'encryption_disabled', ec2(hub, 'volume/vol-0123456789abcdef0'), hub, 'resolved'],
  ['iot-device-defender', 'posture', 'overprivileged_identity', `arn:aws:iam::${hub}:role/Cognito_auth`, hub, 'open'],
  ['asff', 'detection', 'sensitive_data_exposure', 'github.com/acme/shop', hub, 'open'],
  ['falco', 'detection', 'Terminal shell in container', 'shop/api', hub, 'open'],
  ['jfrog-xray', 'vulnerability', 'vulnerable_package', 'shop:1', hub, 'open'],
];

describe('asff of other products', () => {
  it('tells what each reports, of what, and in whose account', async () => {
    const { findings, errors } = await readFindings(fixture('asff/products.json'));
    expect(errors).toEqual([]);
    expect(findings.map((f) => [f.source, f.kind, f.issue_type, f.entity, f.account, f.status])).toEqual(expected);
    expect(new Set(findings.map((f) => f.region))).toEqual(new Set([region]));
    expect(findings.find((f) => f.source === 'jfrog-xray')?.vulnerability).toMatchObject({ cve: 'CVE-2021-44228', cvss: 10 });
    expect(findings.find((f) => f.source === 'redlock')?.observables?.port).toBe(22);
  });

  it('leaves a finding in its own account whose text only looks like CrowdStrike’s', () => {
    const parsed = asff.parse({ SchemaVersion: '2018-10-08', Id: 'x', ProductArn: `arn:aws:securityhub:${region}:${hub}:product/${hub}/default`, AwsAccountId: hub, GeneratorId: 'own', Types: [], Title: 'T', Description: `text | AWS Account for alerting instance: ${member}`, Resources: [{ Type: 'AwsEc2Instance', Id: 'i-0fedcba9876543210', Region: region }] }, { parents: [], from: '', path: '-', index: 0 });
    expect(parsed).toMatchObject({ ok: true, value: { findings: [{ account: hub, entity: ec2(hub, 'instance/i-0fedcba9876543210') }] } });
  });
});
