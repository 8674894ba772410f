import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateEgress } from '#electron/evaluate/aws/egress.ts';
import { evaluateHostToHost } from '#electron/evaluate/aws/host-to-host.ts';
import { evaluateIngress } from '#electron/evaluate/aws/reachability.ts';
import { evaluateAccess } from '#electron/evaluate/aws/aws-policy.ts';
import { graphOf, type ResourceDraft } from '../../../graph-of.ts';
import { arn, ec2, eniUrn, groupUrn, instanceUrn, lbUrn, networkWith, rule } from './aws-network.ts';

const other = ec2('Instance', 'vm', 'instance', 'i-2', { InstanceId: 'i-2', State: { Name: 'running' }, NetworkInterfaces: [{ NetworkInterfaceId: 'eni-2', SubnetId: 'subnet-2', VpcId: 'vpc-1', Groups: [{ GroupId: 'sg-1' }], PrivateIpAddresses: [{ PrivateIpAddress: '10.0.1.10' }], Ipv6Addresses: [] }] });
const rules = (n: number): readonly object[] => Array.from({ length: n }, (_, i) => rule(1 + (i % 60_000), `${1 + (i % 200)}.${(i >> 8) % 256}.${i % 256}.0/24`));
const timed = (work: () => unknown): number => { const start = performance.now(); work(); return performance.now() - start; };
/** How many times as long twenty times as much takes (400 times, were it quadratic), the best of three: in one run, as a busy machine slows both. */
const ratio = (work: (n: number) => unknown, n: number): number => {
  work(n);
  const small = Math.min(...[1, 2, 3].map(() => timed(() => work(n)))), large = Math.min(...[1, 2, 3].map(() => timed(() => work(20 * n))));
  return large / Math.max(small, 1);
};

describe('absurd networks', () => {
  it.each(['10.0.0.0/33', '999.1.1.1/8', '::1/129', '010.0.0.0/8', '10.0.0.0/', 'anything', ''])('takes the network %j in a rule for unreadable, not for closed', (CidrIp) => {
    const change = { group: { IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp }] }], IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp }] }] } };
    expect(evaluateIngress(networkWith(change), instanceUrn).reachable.answer).toBe('unknown');
    expect(evaluateEgress(networkWith(change), instanceUrn).answer).toBe('unknown');
    expect(evaluateHostToHost(networkWith(change, [other]), 'i-2', instanceUrn, { port: 22 }).answer).toBe('unknown');
  });

  it('takes host bits for what they are and a whole range for the internet', () => {
    expect(evaluateIngress(networkWith({ group: { IpPermissions: [rule(22, '0.0.0.1/0')] } }), instanceUrn).reachable.answer).toBe('yes');
    expect(evaluateIngress(networkWith({ group: { IpPermissions: [rule(22, '10.0.0.0/8', '192.168.0.0/16')] } }), instanceUrn).reachable.answer).toBe('no');
  });

  it('answers for groups of 100,000 rules without quadratic work', () => {
    const work = (n: number) => evaluateHostToHost(networkWith({ group: { IpPermissions: rules(n), IpPermissionsEgress: rules(n) } }, [other]), 'i-2', instanceUrn, { port: 22 }).answer;
    expect(work(100_000)).toBe('no');
    expect(ratio(work, 5000)).toBeLessThan(200);
  });

  it('answers for a policy of 10,000 statements without quadratic work', () => {
    const work = (n: number) => evaluateAccess({ principal: 'arn:aws:iam::111122223333:user/u', action: 's3:GetObject', resource: 'arn:aws:s3:::b/k', resourceAccount: '111122223333' }, { identity: [{ name: 'p', source: 's', pointer: '', document: { Version: '2012-10-17', Statement: Array.from({ length: n }, (_, i) => ({ Effect: i % 2 === 0 ? 'Allow' : 'Deny', Action: `s3:Get${i}*`, Resource: `arn:aws:s3:::b${i}*/*` })) } }] }).outcome;
    expect(work(10_000)).toBe('implicitly_denied');
    expect(ratio(work, 2000)).toBeLessThan(200);
  });

  it('ends for routes and peerings that lead in circles', () => {
    const nat = ec2('NatGateway', 'gateway', 'natgateway', 'nat-1', { NatGatewayId: 'nat-1', State: 'available', SubnetId: 'subnet-1', VpcId: 'vpc-1' });
    expect(evaluateEgress(networkWith({ table: { Routes: [{ DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: 'nat-1', State: 'active' }] } }, [nat]), instanceUrn).answer).toBe('no');
  });

  it('never throws on arbitrary configurations, and always explains', () => {
    const names = ['instance', 'eni', 'subnet', 'table', 'gateway', 'acl', 'group'];
    const keys = ['NetworkInterfaces', 'Attachments', 'Routes', 'Entries', 'IpPermissions', 'IpPermissionsEgress', 'Groups', 'Associations', 'State', 'SubnetId', 'VpcId'];
    const more = (value: unknown): readonly ResourceDraft[] => [other, ...['NatGateway', 'VPCPeeringConnection', 'TransitGatewayAttachment', 'TransitGatewayRouteTable', 'VPC', 'VPCEndpoint'].map((t): ResourceDraft => ({ urn: arn(`x/${t}`), type: `AWS::EC2::${t}`, kind: 'other', aliases: [`${t}-1`], config: value }))];
    fc.assert(fc.property(fc.constantFrom(...names), fc.constantFrom(...keys), fc.jsonValue(), (name, key, value) => {
      const graph = networkWith({ [name]: { [key]: value } }, more(value));
      const found = [...[instanceUrn, eniUrn, lbUrn, groupUrn, ...more(value).map((d) => d.urn)].map((urn) => evaluateEgress(graph, urn)), evaluateHostToHost(graph, 'i-2', instanceUrn), evaluateHostToHost(graph, instanceUrn, '10.0.1.10', { port: 1 })];
      for (const verdict of found) expect(verdict.answer === 'unknown' ? verdict.missing.length > 0 : verdict.reasons.length > 0).toBe(true);
    }), { numRuns: 150 });
    expect(evaluateIngress(graphOf([]), 'x').reachable.answer).toBe('unknown');
  });
});
