import { describe, expect, it } from 'vitest';
import { evaluateHostToHost } from '#electron/evaluate/aws/host-to-host.ts';
import { graphOf, type ResourceDraft } from '../../../graph-of.ts';
import { aclEntries, allowAll, arn, ec2, entry } from './aws-network.ts';
import { unresolved } from './rows/row.ts';

const host = (n: number, subnet: string, more: object = {}): ResourceDraft => ec2('Instance', 'vm', 'instance', `i-${n}`, {
  InstanceId: `i-${n}`, State: { Name: 'running' },
  NetworkInterfaces: [{ NetworkInterfaceId: `eni-${n}`, SubnetId: subnet, VpcId: 'vpc-1', Groups: [{ GroupId: `sg-${n}` }], PrivateIpAddresses: [{ PrivateIpAddress: `10.0.${n}.10` }], Ipv6Addresses: [] }], ...more,
});
const group = (n: number, IpPermissions: readonly object[], IpPermissionsEgress: readonly object[] = [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }]) =>
  ec2('SecurityGroup', 'sg', 'security-group', `sg-${n}`, { GroupId: `sg-${n}`, IpPermissions, IpPermissionsEgress });
const acl = (n: number, ...entries: readonly object[]) => ec2('NetworkAcl', 'nacl', 'network-acl', `acl-${n}`, { NetworkAclId: `acl-${n}`, VpcId: 'vpc-1', Associations: [{ SubnetId: `subnet-${n}` }], ...aclEntries(...entries) });
const tcp = (port: number, more: object) => ({ IpProtocol: 'tcp', FromPort: port, ToPort: port, ...more });
const fromGroup1 = tcp(5432, { UserIdGroupPairs: [{ GroupId: 'sg-1' }] });

interface Parts { readonly one?: ResourceDraft; readonly two?: ResourceDraft; readonly g1?: ResourceDraft; readonly g2?: ResourceDraft; readonly a1?: ResourceDraft; readonly a2?: ResourceDraft }
const ask = (parts: Parts = {}, port = 5432, without: readonly string[] = []) => {
  const drafts = { one: host(1, 'subnet-1'), two: host(2, 'subnet-2'), g1: group(1, []), g2: group(2, [fromGroup1]), a1: acl(1, ...allowAll), a2: acl(2, ...allowAll), ...parts };
  const there = Object.values(drafts).filter((d) => !without.includes(d.urn)), verdict = evaluateHostToHost(graphOf(there), 'i-1', 'i-2', { port });
  return { ...verdict, unresolved: unresolved(verdict, there) };
};

describe('host to host', () => {
  it.each([
    ['a rule that names the sender’s group', ask(), 'yes', undefined],
    ['another port', ask({}, 22), 'no', 'SG_IN'],
    ['a rule for the sender’s address', ask({ g2: group(2, [tcp(5432, { IpRanges: [{ CidrIp: '10.0.1.0/24' }] })]) }), 'yes', undefined],
    ['a rule for another address', ask({ g2: group(2, [tcp(5432, { IpRanges: [{ CidrIp: '10.9.0.0/16' }] })]) }), 'no', 'SG_IN'],
    ['no egress', ask({ g1: group(1, [], []) }), 'no', 'SG_OUT'],
    ['egress to the receiver’s group', ask({ g1: group(1, [], [tcp(5432, { UserIdGroupPairs: [{ GroupId: 'sg-2' }] })]) }), 'yes', undefined],
    ['the receiver’s network ACL', ask({ a2: acl(2, entry(1, 'deny', false, { CidrBlock: '10.0.1.0/24' }), ...allowAll) }), 'no', 'NACL_IN'],
    ['the sender’s network ACL', ask({ a1: acl(1, entry(1, 'deny', true, { CidrBlock: '10.0.2.0/24' }), ...allowAll) }), 'no', 'NACL_OUT'],
    ['no way back', ask({ a1: acl(1, entry(1, 'allow', true)) }), 'no', 'NACL_IN'],
    ['the same subnet, where ACLs do not apply', ask({ two: host(2, 'subnet-1'), a1: acl(1) }), 'yes', undefined],
    ['a stopped receiver', ask({ two: host(2, 'subnet-2', { State: { Name: 'stopped' } }) }), 'no', 'STATE'],
    ['a group that is not known', ask({}, 5432, [arn('security-group/sg-2')]), 'unknown', undefined],
    ['a network ACL that is not known', ask({}, 5432, [arn('network-acl/acl-2')]), 'unknown', undefined],
    ['a host that is not known', ask({}, 5432, [arn('instance/i-2')]), 'unknown', undefined],
    ['another VPC', ask({ two: ec2('NetworkInterface', 'eni', 'network-interface', 'i-2', { NetworkInterfaceId: 'i-2', VpcId: 'vpc-2', SubnetId: 'subnet-9', Status: 'in-use', Attachment: {} }) }), 'unknown', undefined],
  ])('%s', (_, verdict, answer, code) => {
    expect([verdict.answer, verdict.blocked_by]).toEqual([answer, code]);
    expect(verdict.missing.length > 0).toBe(answer === 'unknown');
    expect(verdict.unresolved).toEqual([]);
  });
});
