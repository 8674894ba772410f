import { describe, it } from 'vitest';
import type { Question } from '#electron/evaluate/platform.ts';
import type { ResourceDraft } from '../../../../graph-of.ts';
import { ec2, instanceUrn, lbUrn, networkDrafts, routes, rule } from '../aws-network.ts';
import { A, doc, expectRow, pair, region, type Row } from './row.ts';

const into = (subject = lbUrn): Question => ({ question: 'ingress', subject, port: 443, protocol: 'tcp' });
const distribution = (more: object = {}, origin: object = {}): ResourceDraft => ({ urn: `arn:aws:cloudfront::${A}:distribution/D`, type: 'AWS::CloudFront::Distribution', kind: 'endpoint', account: A, config: { Id: 'D', DomainName: 'd1.cloudfront.net', Enabled: true, Origins: { Quantity: 1, Items: [{ Id: 'o', DomainName: 'front.example', CustomOriginConfig: { HTTPPort: 80, HTTPSPort: 443 }, ...origin }] }, ...more } });
const listener: ResourceDraft = { urn: `${lbUrn}/l`, type: 'AWS::ElasticLoadBalancingV2::Listener', kind: 'other', account: A, region, config: { LoadBalancerArn: lbUrn, Port: 443 } };
const list = (PrefixListName: string): ResourceDraft => ec2('PrefixList', 'cidr', 'prefix-list', 'pl-1', { PrefixListId: 'pl-1', PrefixListName });
const edge = list('com.amazonaws.global.cloudfront.origin-facing'), named = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, PrefixListIds: [{ PrefixListId: 'pl-1' }] };
const estate = (group: readonly object[], more: readonly ResourceDraft[], change: Parameters<typeof networkDrafts>[0] = {}) => networkDrafts({ group: { IpPermissions: group }, ...change }, [listener, ...more]);
const over = 'distribution D: distribution D is enabled and calls front.example, whose groups let CloudFront in';
const internal = { balancer: { Scheme: 'internal' } }, private1 = { ...internal, table: routes() };
const vpcOrigin = { VpcOriginConfig: { VpcOriginId: 'vo-1' } }, ofCloudFront = ec2('SecurityGroup', 'sg', 'security-group', 'sg-cf', { GroupId: 'sg-cf', GroupName: 'CloudFront-VPCOrigins-Service-SG', VpcId: 'vpc-1', IpPermissions: [] });

const vpc = ec2('VPC', 'vpc', 'vpc', 'vpc-1', { VpcId: 'vpc-1', CidrBlock: '10.0.0.0/16' }), office: ResourceDraft = { ...edge, config: { ...(edge.config as object), Entries: [{ Cidr: '198.51.100.0/24' }] } };

const rows: readonly Row[] = [
  pair('CloudFront origin', 'open to the world it is reached directly, whatever stands before it; closed to all it is not', into(), estate([rule(443, '0.0.0.0/0')], [distribution()]), ['yes', 'sg-1 opens tcp 443 to the internet', `via front.example to ${lbUrn}`], estate([], [distribution()]), ['no SG_IN']),
  pair('CloudFront origin', 'open to CloudFront’s list: reached over an enabled distribution, not over a disabled one', into(), estate([named], [edge, distribution()]), ['yes', over, 'via arn:aws:cloudfront'], estate([named], [{ ...edge, config: { ...(edge.config as object), Entries: [{ Cidr: '198.51.100.0/24' }] } }, distribution({ Enabled: false })]), ['no SG_IN']),
  pair('CloudFront origin', 'the distribution calls it, or another origin', into(), estate([named], [{ ...edge, config: { ...(edge.config as object), Entries: [{ Cidr: '198.51.100.0/24' }] } }, distribution()]), ['yes', over], estate([named], [{ ...edge, config: { ...(edge.config as object), Entries: [{ Cidr: '198.51.100.0/24' }] } }, distribution({}, { DomainName: 'other.example' })]), ['no SG_IN']),
  pair('CloudFront origin', 'CloudFront’s list, or one of an office', into(), estate([named], [edge, distribution()]), ['yes', over], estate([named], [{ ...list('office'), config: { PrefixListId: 'pl-1', PrefixListName: 'office', Entries: [{ Cidr: '198.51.100.0/24' }] } }, distribution()]), ['no SG_IN', 'only to pl-1']),
  pair('CloudFront origin', 'in a VPC, with a VPC origin, or with a plain one', into(), estate([{ ...named, PrefixListIds: [], UserIdGroupPairs: [{ GroupId: 'sg-cf' }] }], [ofCloudFront, distribution({}, vpcOrigin)], private1), ['yes', over], estate([{ ...named, PrefixListIds: [], UserIdGroupPairs: [{ GroupId: 'sg-cf' }] }], [ofCloudFront, distribution()], private1), ['no NO_PUBLIC_IP', 'front is internal']),
  pair('CloudFront origin', 'in a VPC, its group open to all addresses, or to a network elsewhere', into(), estate([rule(443, '0.0.0.0/0')], [distribution({}, vpcOrigin)], private1), ['yes', over], estate([rule(443, '198.51.100.0/24')], [vpc, distribution({}, vpcOrigin)], private1), ['no NO_PUBLIC_IP']),
  pair('CloudFront origin', 'in a VPC, its group open to the VPC’s networks, or to a part of them', into(), estate([rule(443, '10.0.0.0/16')], [vpc, distribution({}, vpcOrigin)], private1), ['yes', over], estate([rule(443, '10.0.7.0/24')], [vpc, distribution({}, vpcOrigin)], private1), ['unknown', 'missing whether distribution D is let in']),
  pair('CloudFront origin', 'in a VPC, with CloudFront’s list, or one that is not recorded', into(), estate([named], [edge, distribution({}, vpcOrigin)], private1), ['yes', over], estate([named], [distribution({}, vpcOrigin)], private1), ['unknown', 'missing whether distribution D is let in']),
  pair('CloudFront origin', 'called on 443 only, or on 80 only', into(), estate([named], [office, distribution({}, { CustomOriginConfig: { HTTPPort: 80, HTTPSPort: 443, OriginProtocolPolicy: 'https-only' } })]), ['yes', over], estate([named], [office, distribution({}, { CustomOriginConfig: { HTTPPort: 80, HTTPSPort: 443, OriginProtocolPolicy: 'http-only' } })]), ['no SG_IN']),
  pair('CloudFront origin', 'an instance by its public name: CloudFront’s list, or nobody', into(instanceUrn), networkDrafts({ instance: { PublicDnsName: 'front.example' }, group: { IpPermissions: [named] } }, [edge, distribution()]), ['yes', over], networkDrafts({ instance: { PublicDnsName: 'front.example' }, group: { IpPermissions: [] } }, [edge, distribution()]), ['no SG_IN']),
  pair('CloudFront origin', 'running behind the edge, or stopped', into(instanceUrn), networkDrafts({ instance: { PublicDnsName: 'front.example' }, group: { IpPermissions: [named] } }, [edge, distribution()]), ['yes'], networkDrafts({ instance: { PublicDnsName: 'front.example', State: { Name: 'stopped' } }, group: { IpPermissions: [named] } }, [edge, distribution()]), ['no STATE']),
  pair('CloudFront origin', 'a function URL for IAM whose policy lets CloudFront sign, or somebody else', into(fn('').urn), [fn('cloudfront.amazonaws.com'), distribution({}, { DomainName: 'u.lambda-url.example' })], ['yes', 'whose policy lets CloudFront in'], [fn('s3.amazonaws.com'), distribution({}, { DomainName: 'u.lambda-url.example' })], ['no AUTHORIZATION']),
];
function fn(Service: string): ResourceDraft { return { urn: `arn:aws:lambda:${region}:${A}:function:f`, type: 'AWS::Lambda::Function', kind: 'function', account: A, region, config: { FunctionName: 'f', FunctionUrlConfig: { FunctionUrl: 'https://u.lambda-url.example/', AuthType: 'AWS_IAM' }, Policy: doc({ Sid: 'Edge', Effect: 'Allow', Principal: { Service }, Action: 'lambda:InvokeFunctionUrl', Resource: '*' }) } }; }

describe('AWS CloudFront origins', () => {
  it.each(rows)('$id: $fact', (given) => expectRow(given));
});
