/** Reachability row by row, and vulnerabilities on what is or isn't reachable. */
import { asff, inspector, prowler, trivyImage } from '../build/findings.ts';
import { groupArn, host, instanceArn, type Broken } from '../build/hosts.ts';
import { role } from '../build/identities.ts';
import { DEV, PROD, type Case, type Expected } from './case.ts';

const tags = { owner: 'team-a' };
const SSH_OPEN = 'EC2 instance has SSH port 22 exposed to the internet';
const openSsh = (id: string, n: number) => prowler({ account: id, check: 'ec2_instance_port_ssh_exposed_to_internet', title: SSH_OPEN, resource: instanceArn(id, n), type: 'AwsEc2Instance' });

function port(n: number, name: string, broken: Broken | undefined, expected: Omit<Expected, 'entity'>, because: string, id = PROD): Case {
  return { name: `port: ${name}`, because, part: { items: host({ account: id, number: n, tags, ...(broken && { broken }) }), prowler: [openSsh(id, n)] }, expect: { entity: instanceArn(id, n), ...expected } };
}
const row = (n: number, name: Broken, code: string): Case =>
  port(n, name, name, { decision: 'defer', priority: 'P4', rule: 3, says: new RegExp(code) }, `5-graph §2: ${code}; 3-decisions: one row fails; its code is the control`);
const OPEN_WIDE: Omit<Expected, 'entity'> = { decision: 'ticket', priority: 'P2', rule: 4, cites: { exposure_confirmed: true } };
const UNKNOWN: Omit<Expected, 'entity'> = { decision: 'needs_human_review', rule: [1, 5], missing: ['exposure_confirmed'] };
const hole = (n: number, name: Broken): Case => port(n, name, name, UNKNOWN, '5-graph §0: hosts: address, gateway, route, NACL, security group, state; missing ones make it unknown');

const KEV = 'CVE-2023-46604', PLAIN = 'CVE-2024-0001';
function cve(n: number, name: string, because: string, p: { readonly cve?: string; readonly installed?: string; readonly fixed?: string; readonly broken?: Broken; readonly account?: string; readonly inventoried?: boolean }, expected: Omit<Expected, 'entity'>): Case {
  const id = p.account ?? PROD, instance = instanceArn(id, n);
  return {
    name: `cve: ${name}`, because, expect: { entity: instance, ...expected },
    part: {
      items: p.inventoried === false ? [] : host({ account: id, number: n, tags, port: 61616, ...(p.broken && { broken: p.broken }) }),
      asff: [inspector({ account: id, instance, cve: p.cve ?? KEV, name: `org.example:broker-${n}`, installed: p.installed ?? '5.15.6', fixed: p.fixed ?? '5.15.16' })],
    },
  };
}
const DEFER: Omit<Expected, 'entity'> = { decision: 'defer', priority: 'P4', rule: 3 };
const image = (name: string): string => `${PROD}.dkr.ecr.eu-west-1.amazonaws.com/${name}:1.0`;

export const hostCases: readonly Case[] = [
  port(1, 'reachable in production', undefined, { decision: 'ticket', priority: 'P2', rule: 4, cites: { exposure_confirmed: true } }, '3-decisions gate 4: P2 if exposed ∧ production'),
  port(2, 'reachable in development', undefined, { decision: 'ticket', priority: 'P3', rule: 4 }, '3-decisions gate 4: else P3', DEV),
  row(3, 'no_address', 'NO_PUBLIC_IP'), row(5, 'gateway_of_another_vpc', 'NO_IGW'), row(6, 'no_route', 'NO_ROUTE_TO_IGW'), row(7, 'blackhole', 'NO_ROUTE_TO_IGW'),
  row(8, 'nacl_in', 'NACL_IN'), row(9, 'nacl_out', 'NACL_OUT'), row(10, 'sg_narrow', 'SG_IN'), row(11, 'sg_reference', 'SG_IN'), row(12, 'sg_other_port', 'SG_IN'), row(13, 'stopped', 'STATE'),
  row(20, 'nat_route', 'NO_ROUTE_TO_IGW'), row(21, 'private_table', 'NO_ROUTE_TO_IGW'), row(22, 'default_nacl_empty', 'NACL_IN'),
  port(23, 'open by two halves of the world', 'sg_halves', OPEN_WIDE, '5-graph §2 row 6: the union of the rules allows the source'),
  port(24, 'open by an all-protocols rule', 'sg_all', OPEN_WIDE, '5-graph §2 row 6'),
  port(25, 'a NACL that denies one network', 'nacl_one_network', OPEN_WIDE, '5-graph §2 row 5: other sources pass'),
  port(26, 'a NACL whose allow comes first', 'nacl_late_deny', OPEN_WIDE, '5-graph §2 row 5: lowest rule number that matches wins'),
  hole(4, 'no_gateway'), hole(14, 'missing_sg'), hole(15, 'missing_nacl'), hole(16, 'missing_route_table'),
  {
    name: 'port: reachable, with an administrator\'s role', because: '3-decisions gate 2: exposed ∧ blast high (5-graph §4: tier 0)', expect: { entity: instanceArn(PROD, 17), decision: 'resolve_now', priority: 'P1', rule: 2 },
    part: { items: host({ account: PROD, number: 17, tags, profile: `arn:aws:iam::${PROD}:instance-profile/host-admin` }), prowler: [openSsh(PROD, 17)], iam: { [PROD]: { roles: [role(PROD, 'host-admin', { Service: 'ec2.amazonaws.com' }, { admin: true })] } } },
  },
  {
    name: 'port: a group\'s rule on an unreachable host', because: '3-decisions: open_port is mitigated when one row fails', expect: { entity: groupArn(PROD, 18), decision: 'defer', priority: 'P4', rule: 3, says: /NO_PUBLIC_IP/ },
    part: { items: host({ account: PROD, number: 18, tags, broken: 'no_address' }), asff: [asff({ account: PROD, control: 'EC2.13', title: 'Security groups should not allow ingress from 0.0.0.0/0 or ::/0 to port 22', resource: groupArn(PROD, 18), type: 'AwsEc2SecurityGroup' })] },
  },
  {
    name: 'port: a group\'s rule that isn\'t there', because: '3-decisions: a finding that the snapshot refutes is defer', expect: { entity: groupArn(PROD, 19), decision: 'defer', priority: 'P4', rule: 3 },
    part: { items: host({ account: PROD, number: 19, tags, broken: 'sg_narrow' }), asff: [asff({ account: PROD, control: 'EC2.13', title: 'Security groups should not allow ingress from 0.0.0.0/0 or ::/0 to port 22', resource: groupArn(PROD, 19), type: 'AwsEc2SecurityGroup' })] },
  },

  cve(30, 'known exploited, reachable, production', '3-decisions gate 2: exploit known ∧ production ∧ running', {}, { decision: 'resolve_now', priority: 'P1', rule: 2 }),
  cve(31, 'known exploited, reachable, development', '3-decisions gate 2 asks for production; gate 4: else P3', { account: DEV }, { decision: 'ticket', priority: 'P3', rule: 4 }),
  cve(32, 'not known exploited', '3-decisions gate 4: P2 if exposed ∧ production', { cve: PLAIN }, { decision: 'ticket', priority: 'P2', rule: 4 }),
  cve(33, 'unreachable', '3-decisions: vulnerable_package is mitigated when not reachable', { broken: 'no_address' }, DEFER),
  cve(34, 'stopped', '3-decisions: vulnerable_package is mitigated when not running', { broken: 'stopped' }, DEFER),
  cve(35, 'not inventoried', '3-decisions: issue confirmed means on something inventoried', { inventoried: false }, { decision: 'needs_human_review' }),
  cve(36, 'installed above fixed', '3-decisions: issue_confirmed: the version is in the affected range; refuted is defer', { installed: '5.15.17' }, DEFER),
  cve(37, 'installed is the fixed one', '3-decisions: issue_confirmed: the version is in the affected range', { installed: '5.15.16' }, DEFER),
  cve(38, 'compares numbers, not letters', '3-decisions: issue_confirmed: the version is in the affected range', { installed: '5.9.1', fixed: '5.15.16' }, { decision: 'resolve_now', priority: 'P1', rule: 2 }),
  cve(39, 'route table not recorded', '3-decisions: not reachable only with proven coverage; gate 4: confirmed, owned, blast low', { broken: 'missing_route_table' }, { decision: ['ticket', 'needs_human_review'], missing: ['exposure_confirmed'] }),
  cve(40, 'several fixed versions, one a release line', '3-decisions: issue_confirmed: the version is in the affected range', { installed: '6.0.3', fixed: '5.15.16, 6.0.2' }, DEFER),
  cve(41, 'several fixed versions, below its line', '3-decisions: issue_confirmed: the version is in the affected range', { installed: '6.0.1', fixed: '5.15.16, 6.0.2' }, { decision: 'resolve_now', priority: 'P1', rule: 2 }),
  {
    name: 'cve: VEX says not affected', because: '3-decisions: mitigation: VEX not_affected', expect: { entity: image('vexed'), decision: 'defer', priority: 'P4', rule: 3 },
    part: { documents: [trivyImage(image('vexed'), [{ cve: PLAIN, name: 'libvexed', installed: '1.0-1', fixed: '1.0-2', status: 'not_affected' }])] },
  },
  {
    name: 'cve: an image that nobody inventoried', because: '3-decisions: issue confirmed means on something inventoried', expect: { entity: image('lost'), decision: 'needs_human_review' },
    part: { documents: [trivyImage(image('lost'), [{ cve: PLAIN, name: 'liblost', installed: '1.0-1', fixed: '1.0-2' }])] },
  },
];
