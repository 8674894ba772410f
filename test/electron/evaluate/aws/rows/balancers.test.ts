import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Question } from '#electron/evaluate/platform.ts';
import type { ResourceDraft } from '../../../../graph-of.ts';
import { aclEntries, allowAll, ec2, entry, instanceUrn, lbUrn, networkDrafts, nic, routes, rule, type Change } from '../aws-network.ts';
import { A, ask, doc, expectRow, pair, region, when, type Row, type Told } from './row.ts';

const elb = (rest: string): string => `arn:aws:elasticloadbalancing:${region}:${A}:${rest}`;
const made = (type: string, kind: ResourceDraft['kind'], urn: string, config: object): ResourceDraft => ({ urn, type: `AWS::${type}`, kind, account: A, region, config });
const groupArn = elb('targetgroup/app/1'), listenerArn = elb('listener/app/front/1/l1');
const listener = (Port: number, more: object = { DefaultActions: [{ Type: 'forward', TargetGroupArn: groupArn }] }, urn = listenerArn): ResourceDraft => made('ElasticLoadBalancingV2::Listener', 'other', urn, { ListenerArn: urn, LoadBalancerArn: lbUrn, Port, Protocol: 'HTTPS', ...more });
const listenerRule = (): ResourceDraft => made('ElasticLoadBalancingV2::ListenerRule', 'other', elb('listener-rule/app/front/1/l1/r1'), { RuleArn: elb('listener-rule/app/front/1/l1/r1'), Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups: [{ TargetGroupArn: groupArn, Weight: 1 }] } }] });
const health = (Id: string, State = 'healthy', Reason?: string): object => ({ Target: { Id, Port: 8080 }, TargetHealth: { State, ...(Reason !== undefined && { Reason }) } });
const targets = (more: object = { TargetHealthDescriptions: [health('i-1')] }): ResourceDraft => made('ElasticLoadBalancingV2::TargetGroup', 'other', groupArn, { TargetGroupArn: groupArn, Port: 8080, VpcId: 'vpc-1', LoadBalancerArns: [lbUrn], ...more });
const sg = (id: string, ...IpPermissions: readonly object[]): ResourceDraft => ec2('SecurityGroup', 'sg', 'security-group', id, { GroupId: id, GroupName: id, VpcId: 'vpc-1', IpPermissions, IpPermissionsEgress: [] });
const from = (GroupId: string, port = 8080): object => ({ IpProtocol: 'tcp', FromPort: port, ToPort: port, UserIdGroupPairs: [{ GroupId }] });
const closed = { ...nic({ Association: null, PrivateIpAddresses: [{ PrivateIpAddress: '10.0.0.10', Association: null }] }), PublicIpAddress: null };
/** An instance without an address behind a balancer that listens on 443, whose group the instance's lets in on 8080. */
const base: Change = { instance: closed, balancer: { SecurityGroups: ['sg-lb'] }, group: { IpPermissions: [from('sg-lb')] } };
const front = [sg('sg-lb', rule(443, '0.0.0.0/0')), listener(443), targets()];
const estate = (change: Change = {}, more: readonly ResourceDraft[] = []): readonly ResourceDraft[] => networkDrafts({ ...base, ...change }, [...front, ...more]);
const into = (subject: string, port?: number): Question => ({ question: 'ingress', subject, protocol: 'tcp', ...(port !== undefined && { port }) });
const lb = (id: string, fact: string, change: Change, told: Told, more: readonly ResourceDraft[] = [], first: Told = ['yes', 'front listens on 443']): Row => pair(`AWS LB ${id}`, fact, into(lbUrn), estate(), first, estate(change, more), told);
const target = (fact: string, change: Change, told: Told, more: readonly ResourceDraft[] = [], first: Told = ['yes', 'load_balancer 1: front forwards what comes in on 443 to it', `via ${lbUrn}`], question = into(instanceUrn, 8080)): Row => pair('AWS LB target', fact, question, estate(), first, estate(change, more), told);
const network: Change = { ...base, balancer: { Type: 'network', SecurityGroups: [] } };
const bpa = ec2('VPCBlockPublicAccessOptions', 'other', 'vpc-block-public-access-options', 'vpcbpa-1', { InternetGatewayBlockMode: 'block-bidirectional' });

const balancers: readonly Row[] = [
  lb('scheme', 'internet-facing, or internal', { balancer: { SecurityGroups: ['sg-lb'], Scheme: 'internal' } }, ['no NO_PUBLIC_IP', 'public_address 1/Scheme: front is internal'], [], ['yes', 'public_address 1/Scheme: front is internet-facing']),
  lb('2', 'its VPC has an internet gateway, or none', { gateway: { Attachments: [] } }, ['no NO_IGW', 'igw-1 is not attached to vpc-1']),
  lb('3', 'its subnet routes to it, or not', { table: routes() }, ['no NO_ROUTE_TO_IGW', 'rtb-1 has no route to the internet']),
  lb('4', 'block public access is off, or on', {}, ['no VPC_BPA', 'block-bidirectional'], [bpa]),
  lb('5', 'the network ACL of its subnet lets 443 in, or not', { acl: aclEntries(entry(90, 'deny', false, { Protocol: '6', PortRange: { From: 443, To: 443 } }), ...allowAll) }, ['no NACL_IN', 'rule 90 denies it']),
  lb('6', 'its group opens the listener’s port, or another', {}, ['no SG_IN', 'sg-lb (sg-lb) does not open'], [sg('sg-lb', rule(444, '0.0.0.0/0'))], ['yes', 'security_group sg-lb/IpPermissions/0: sg-lb opens tcp 443 to the internet']),
  pair('AWS LB 6', 'a network balancer without groups, or an application balancer whose group is closed', into(lbUrn), networkDrafts(network, front), ['yes', 'security_group 1: no security group stands before it'], estate({}, [sg('sg-lb')]), ['no SG_IN']),
  pair('AWS LB listener', 'asked on the listener’s port, or on another', into(lbUrn, 443), estate(), ['yes', 'state l1/Port: front listens on 443'], estate({}, [listener(8443)]), ['no STATE', 'state 1: front listens on no such port']),
  lb('state', 'active, or failed', { balancer: { SecurityGroups: ['sg-lb'], State: { Code: 'failed' } } }, ['no STATE', 'state 1/State/Code: front is failed']),
];
const alone: readonly ResourceDraft[] = [listener(443, { DefaultActions: [{ Type: 'fixed-response' }] })];
const behind: readonly Row[] = [
  target('the balancer is internet-facing, or internal', { balancer: { SecurityGroups: ['sg-lb'], Scheme: 'internal' } }, ['no NO_PUBLIC_IP', 'eni-1 has no public IPv4 address', 'load_balancer 1: front would forward what comes in on 443 to it', 'front is internal']),
  target('the target’s group names the balancer’s, or another', { group: { IpPermissions: [from('sg-other')] } }, ['no NO_PUBLIC_IP', 'security_group sg-1: sg-1 does not let front in on 8080'], [], ['yes', 'security_group sg-1: sg-1 lets front in on 8080']),
  target('the target’s group opens the balancer’s subnet, or another network', { group: { IpPermissions: [rule(8080, '10.7.0.0/24')] } }, ['no NO_PUBLIC_IP', 'does not let front in']),
  pair('AWS LB target', 'by the CIDR of the balancer’s subnet, or of a neighbour', into(instanceUrn, 8080), estate({ group: { IpPermissions: [rule(8080, '10.0.0.0/24')] } }), ['yes'], estate({ group: { IpPermissions: [rule(8080, '10.0.1.0/24')] } }), ['no NO_PUBLIC_IP']),
  target('healthy, or unused', {}, ['no NO_PUBLIC_IP', 'state 1/TargetHealthDescriptions/0: the target is unused (Target.NotInUse)'], [targets({ TargetHealthDescriptions: [health('i-1', 'unused', 'Target.NotInUse')] })]),
  pair('AWS LB target', 'unhealthy may still be sent to, unused is not', into(instanceUrn, 8080), estate({}, [targets({ TargetHealthDescriptions: [health('i-1', 'unhealthy', 'Target.FailedHealthChecks')] })]), ['yes'], estate({}, [targets({ TargetHealthDescriptions: [health('i-1', 'unused', 'Target.InvalidState')] })]), ['no NO_PUBLIC_IP']),
  target('this instance is a target, or another is', {}, ['no NO_PUBLIC_IP'], [targets({ TargetHealthDescriptions: [health('i-9')] })]),
  target('the group has a listener that leads to it, on an open port, or on a closed one', {}, ['no NO_PUBLIC_IP', 'front would forward what comes in on 8443 to it', 'sg-lb (sg-lb) does not open tcp 8443'], [listener(8443)]),
  pair('AWS LB target', 'the default action of a listener, or a rule of one', into(instanceUrn, 8080), estate({}, [...alone, listenerRule()]), ['yes', 'front forwards what comes in on 443'], estate({}, [listener(8443, { DefaultActions: [{ Type: 'fixed-response' }] }), listenerRule()]), ['no NO_PUBLIC_IP', 'front would forward what comes in on 8443']),
  pair('AWS LB target', 'a target group that only its listener ties to the balancer (Terraform), or none does', into(instanceUrn, 8080), estate({}, [targets({ LoadBalancerArns: [], TargetHealthDescriptions: [health('i-1')] })]), ['yes'], estate({}, [...alone, targets({ LoadBalancerArns: [], TargetHealthDescriptions: [health('i-1')] })]), ['no NO_PUBLIC_IP']),
  { ...target('', {}, ['yes']), fact: 'exposed on the target’s port, not on the listener’s', first: [estate(), into(instanceUrn, 8080)], firstTold: ['yes'], second: [estate(), into(instanceUrn, 443)], secondTold: ['no NO_PUBLIC_IP'] },
  target('running, or stopped', { instance: { ...closed, State: { Name: 'stopped' } } }, ['no NO_PUBLIC_IP', 'the instance is stopped']),
  pair('AWS LB target', 'a network balancer hands on the clients themselves: open to them, or to an office', into(instanceUrn, 8080), networkDrafts({ ...network, group: { IpPermissions: [rule(8080, '0.0.0.0/0')] } }, front), ['yes'], networkDrafts({ ...network, group: { IpPermissions: [rule(8080, '198.51.100.0/24')] } }, front), ['no NO_PUBLIC_IP']),
  target('the balancer’s group is known, or not recorded', { balancer: { SecurityGroups: undefined } }, ['unknown', 'missing whether front is reachable and let in']),
  pair('AWS LB target', 'an interface of the instance, attached to it or to another', into(`arn:aws:ec2:${region}:${A}:network-interface/eni-1`, 8080), estate({ eni: { PrivateIpAddresses: [{ PrivateIpAddress: '10.0.0.10' }] } }), ['yes'], estate({ eni: { Attachment: { InstanceId: 'i-9' }, PrivateIpAddresses: [{ PrivateIpAddress: '10.0.0.99' }] } }, [ec2('Instance', 'vm', 'instance', 'i-9', { InstanceId: 'i-9', State: { Name: 'running' } })]), ['no NO_PUBLIC_IP']),
];
const task = made('ECS::Task', 'container_workload', `arn:aws:ecs:${region}:${A}:task/t`, { LastStatus: 'RUNNING', Attachments: [{ Type: 'ElasticNetworkInterface', Details: [{ Name: 'networkInterfaceId', Value: 'eni-t' }, { Name: 'subnetId', Value: 'subnet-1' }] }] });
const taskEni = ec2('NetworkInterface', 'eni', 'network-interface', 'eni-t', { NetworkInterfaceId: 'eni-t', SubnetId: 'subnet-1', VpcId: 'vpc-1', Status: 'in-use', Attachment: {}, Groups: [{ GroupId: 'sg-1' }], PrivateIpAddress: '10.0.0.77', PrivateIpAddresses: [{ PrivateIpAddress: '10.0.0.77' }], Ipv6Addresses: [] });
const service = (TargetGroupArn: string): ResourceDraft => made('ECS::Service', 'container_workload', `arn:aws:ecs:${region}:${A}:service/s`, { Status: 'ACTIVE', RunningCount: 1, LoadBalancers: [{ TargetGroupArn, ContainerPort: 8080 }], NetworkConfiguration: { AwsvpcConfiguration: { Subnets: ['subnet-1'], SecurityGroups: ['sg-1'], AssignPublicIp: 'DISABLED' } } });
const fn = (Policy: unknown = doc({ Effect: 'Allow', Principal: { Service: 'elasticloadbalancing.amazonaws.com' }, Action: 'lambda:InvokeFunction', Resource: '*', ...when('ArnLike', 'AWS:SourceArn', groupArn) })): ResourceDraft => made('Lambda::Function', 'function', `arn:aws:lambda:${region}:${A}:function:f`, { FunctionName: 'f', FunctionUrlConfig: null, Policy });
const calls = (Id: string): ResourceDraft => targets({ TargetType: 'lambda', Port: undefined, VpcId: undefined, TargetHealthDescriptions: [{ Target: { Id }, TargetHealth: { State: 'healthy' } }] });
const vpc9 = (CidrBlock: string): ResourceDraft => ec2('VPC', 'vpc', 'vpc', 'vpc-9', { VpcId: 'vpc-9', CidrBlock });
/** A network balancer before the application balancer, which is internal. */
const edgeUrn = elb('loadbalancer/net/edge/2'), edgeGroup = elb('targetgroup/alb/2');
const edge = (Scheme: string): readonly ResourceDraft[] => [
  made('ElasticLoadBalancingV2::LoadBalancer', 'lb', edgeUrn, { LoadBalancerArn: edgeUrn, LoadBalancerName: 'edge', Scheme, Type: 'network', VpcId: 'vpc-1', State: { Code: 'active' }, AvailabilityZones: [{ SubnetId: 'subnet-1' }], SecurityGroups: [] }),
  made('ElasticLoadBalancingV2::Listener', 'other', elb('listener/net/edge/2/l2'), { LoadBalancerArn: edgeUrn, Port: 443, Protocol: 'TCP', DefaultActions: [{ Type: 'forward', TargetGroupArn: edgeGroup }] }),
  made('ElasticLoadBalancingV2::TargetGroup', 'other', edgeGroup, { TargetGroupArn: edgeGroup, Port: 443, Protocol: 'TCP', VpcId: 'vpc-1', TargetType: 'alb', LoadBalancerArns: [edgeUrn], TargetHealthDescriptions: [{ Target: { Id: lbUrn, Port: 443 }, TargetHealth: { State: 'healthy' } }] }),
];
const hidden: Change = { balancer: { SecurityGroups: ['sg-lb'], Scheme: 'internal' } };
/** The instance in a subnet of its own, with a network ACL. */
const apart = (action: 'allow' | 'deny'): readonly ResourceDraft[] => estate({ instance: { ...closed, ...inSubnet2 }, eni: { SubnetId: 'subnet-2', PrivateIpAddresses: [{ PrivateIpAddress: '10.0.1.10' }] } }, [
  ec2('Subnet', 'subnet', 'subnet', 'subnet-2', { SubnetId: 'subnet-2', VpcId: 'vpc-1', CidrBlock: '10.0.1.0/24' }), ec2('NetworkAcl', 'nacl', 'network-acl', 'acl-2', { NetworkAclId: 'acl-2', VpcId: 'vpc-1', IsDefault: false, Associations: [{ SubnetId: 'subnet-2' }], ...aclEntries(entry(100, action, false), entry(100, 'allow', true)) }),
]);
const inSubnet2 = { SubnetId: 'subnet-2', ...nic({ SubnetId: 'subnet-2', Association: null, PrivateIpAddresses: [{ PrivateIpAddress: '10.0.1.10', Association: null }] }) };
const byUdp: Question = { question: 'ingress', subject: instanceUrn, port: 8080, protocol: 'udp' };
const ip = (Id: string, more: object = {}): ResourceDraft => targets({ TargetType: 'ip', TargetHealthDescriptions: [health(Id)], ...more });
const others: readonly Row[] = [
  pair('AWS LB target', 'a task by its address, or another address', into(task.urn, 8080), estate({}, [task, taskEni, ip('10.0.0.77')]), ['yes', 'front forwards what comes in on 443 to it'], estate({}, [task, taskEni, ip('10.0.0.78')]), ['no NO_PUBLIC_IP']),
  pair('AWS LB target', 'the address in this VPC, or in another one', into(task.urn, 8080), estate({}, [task, taskEni, ip('10.0.0.77')]), ['yes'], estate({}, [task, taskEni, vpc9('10.0.0.0/16'), ip('10.0.0.77', { VpcId: 'vpc-9' })]), ['no NO_PUBLIC_IP']),
  pair('AWS LB target', 'an address of the group’s own VPC, or one outside it, to which there may be a way', into(task.urn, 8080), estate({}, [task, taskEni, vpc9('10.0.0.0/16'), ip('10.0.0.77', { VpcId: 'vpc-9' })]), ['no NO_PUBLIC_IP'], estate({}, [task, taskEni, vpc9('10.9.0.0/16'), ip('10.0.0.77', { VpcId: 'vpc-9' })]), ['unknown', 'missing whether vpc-9 has a way to vpc-1']),
  pair('AWS LB target', 'a service that names the target group, or another', into(service(groupArn).urn, 8080), estate({}, [service(groupArn), ip('10.0.0.77')]), ['yes'], estate({}, [service(elb('targetgroup/other/1')), ip('10.0.0.77')]), ['no NO_PUBLIC_IP']),
  pair('AWS LB target', 'a function behind a balancer, or without one', into(fn().urn), estate({}, [fn(), calls(fn().urn)]), ['yes', 'front calls the function itself', 'its policy lets elasticloadbalancing.amazonaws.com call it'], estate({}, [fn()]), ['no NO_PUBLIC_IP', 'the function has no URL']),
  pair('AWS LB target', 'a function whose policy lets the balancer call it, or that has none', into(fn().urn), estate({}, [fn(), calls(fn().urn)]), ['yes'], estate({}, [fn(null), calls(fn().urn)]), ['no NO_PUBLIC_IP', 'no policy that lets elasticloadbalancing.amazonaws.com call it']),
  pair('AWS LB target', 'the function itself, or an alias with a policy of its own', into(fn().urn), estate({}, [fn(), calls(fn().urn)]), ['yes'], estate({}, [fn(), calls(`${fn().urn}:live`)]), ['unknown', 'missing the policy of the alias or version that is called']),
  pair('AWS LB target', 'an application balancer behind a network one: internet-facing, or internal', into(lbUrn, 443), estate(hidden, edge('internet-facing')), ['yes', 'edge forwards what comes in on 443 to it'], estate(hidden, edge('internal')), ['no NO_PUBLIC_IP', 'edge is internal']),
  pair('AWS LB target', 'and what is behind that', into(instanceUrn, 8080), estate(hidden, edge('internet-facing')), ['yes', 'edge forwards what comes in on 443 to it', 'front forwards what comes in on 443 to it'], estate(hidden, edge('internal')), ['no NO_PUBLIC_IP']),
  pair('AWS LB target', 'the network ACL of its subnet lets the balancer in, or not', into(instanceUrn, 8080), apart('allow'), ['yes', 'acl-2 lets in from'], apart('deny'), ['no NO_PUBLIC_IP', 'rule 100 denies it']),
  { ...pair('AWS LB target', 'over TCP, or over UDP, which an application balancer does not speak', into(instanceUrn, 8080), estate(), ['yes'], estate(), ['no NO_PUBLIC_IP']), second: [estate(), byUdp] },
];
const classic = (Scheme: string): ResourceDraft => made('ElasticLoadBalancing::LoadBalancer', 'lb', elb('loadbalancer/classic'), { LoadBalancerName: 'classic', Scheme, Subnets: ['subnet-1'], VPCId: 'vpc-1', SecurityGroups: ['sg-lb'], Instances: [{ InstanceId: 'i-1' }], ListenerDescriptions: [{ Listener: { LoadBalancerPort: 443, InstancePort: 8080 } }] });
const old = (scheme: string, change: Change = {}) => networkDrafts({ ...base, balancer: undefined, ...change }, [sg('sg-lb', rule(443, '0.0.0.0/0')), classic(scheme)]);
const classics: readonly Row[] = [
  pair('AWS LB target', 'a classic balancer: internet-facing, or internal', into(instanceUrn, 8080), old('internet-facing'), ['yes', 'classic forwards what comes in on 443 to it'], old('internal'), ['no NO_PUBLIC_IP', 'classic is internal']),
  pair('AWS LB target', 'a classic balancer: let in by its group, or not', into(instanceUrn, 8080), old('internet-facing'), ['yes'], old('internet-facing', { group: { IpPermissions: [from('sg-other')] } }), ['no NO_PUBLIC_IP', 'sg-1 does not let classic in on 8080']),
];
const mitigated: readonly Row[] = [
  pair('AWS LB mitigation', 'a listener that asks for a login still answers; the balancer’s scheme is what closes it', into(lbUrn, 443), estate({}, [listener(443, { DefaultActions: [{ Type: 'authenticate-oidc', Order: 1 }, { Type: 'forward', TargetGroupArn: groupArn }] })]), ['yes', 'mitigation l1/DefaultActions/0: the listener asks for a login first (authenticate-oidc)'], estate({ balancer: { SecurityGroups: ['sg-lb'], Scheme: 'internal' } }), ['no NO_PUBLIC_IP']),
  pair('AWS LB mitigation', 'the same with Cognito', into(lbUrn, 443), estate({}, [listener(443, { DefaultActions: [{ Type: 'authenticate-cognito', Order: 1 }, { Type: 'forward', TargetGroupArn: groupArn }] })]), ['yes', 'asks for a login first (authenticate-cognito)'], estate({}, [sg('sg-lb')]), ['no SG_IN']),
];

describe('AWS load balancers', () => {
  it('never throw, whatever their records hold, and explain what they say', () => {
    fc.assert(fc.property(fc.constantFrom('DefaultActions', 'Actions', 'TargetHealthDescriptions', 'Targets', 'LoadBalancerArns', 'Port', 'LoadBalancerArn', 'Origins', 'Enabled', 'VpcId'), fc.jsonValue(), (key, value) => {
      const broken = [listener(443), targets(), listenerRule(), made('CloudFront::Distribution', 'endpoint', 'arn:aws:cloudfront::1:distribution/D', { Enabled: true, Origins: { Items: [{ DomainName: 'front.example' }] } })].map((d) => ({ ...d, config: { ...(d.config as object), [key]: value } }));
      for (const subject of [lbUrn, instanceUrn]) { const verdict = ask(estate({}, broken), into(subject, 8080)); expect(verdict.answer === 'unknown' ? verdict.missing.length > 0 : verdict.reasons.length > 0).toBe(true); }
    }), { numRuns: 200 });
  });
  it.each([...balancers, ...behind, ...others, ...classics, ...mitigated])('$id: $fact', (given) => expectRow(given));
});
