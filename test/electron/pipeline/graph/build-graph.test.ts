import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Edge, GraphView } from '#shared/model/resource.ts';
import { deriveEdges, type DerivedGroup } from '#electron/pipeline/graph/build-graph.ts';
import { derivations } from '#electron/pipeline/graph/derivations.ts';
import { touchedKeys } from '#electron/pipeline/graph/inputs.ts';
import { sliceOf } from '#electron/pipeline/graph/slice.ts';
import { compactOf, graphOf, type ResourceDraft } from '../../../graph-of.ts';
import { arn, ec2, entry, aclEntries, allowAll, instanceUrn, networkWith, routes, rule } from '../../evaluate/aws/aws-network.ts';

const all = derivations({ primitives: [], managedPolicies: new Map() });
const account = '111122223333', region = 'eu-central-1';

/** The store's part: groups by origin, found again by what they read. */
function store() {
  const groups = new Map<string, DerivedGroup>();
  return {
    groups,
    update(view: GraphView, dirty: Iterable<string>): readonly string[] {
      const changed = [...deriveEdges(view, new Set(dirty), all, (keys) => [...groups.values()].filter((g) => g.inputs.some((i) => keys.has(i))).map((g) => g.origin))];
      for (const group of changed) if (group.inputs.length === 0) groups.delete(group.origin); else groups.set(group.origin, group);
      return changed.map((g) => g.origin);
    },
    edges: (): readonly Edge[] => [...groups.values()].flatMap((g) => g.edges).sort((a, b) => (`${a.source}${a.kind}${a.target}` < `${b.source}${b.kind}${b.target}` ? -1 : 1)),
  };
}
const networkTypes = ['Instance', 'NetworkInterface', 'Subnet', 'RouteTable', 'InternetGateway', 'NetworkAcl', 'SecurityGroup'];
const draftsOf = (view: GraphView): readonly ResourceDraft[] => networkTypes.flatMap((t) => view.ofType(`AWS::EC2::${t}`));
const urnsOf = (drafts: readonly ResourceDraft[]): readonly string[] => drafts.map((d) => d.urn);
const with_ = (drafts: readonly ResourceDraft[], urn: string, config: object): readonly ResourceDraft[] =>
  drafts.map((d) => (d.urn === urn ? { ...d, config: { ...(d.config as object), ...config } } : d));
const base = draftsOf(networkWith());

const role = (name: string, trusted: string, actions: readonly string[]): ResourceDraft => ({
  urn: `arn:aws:iam::${account}:role/${name}`, type: 'AWS::IAM::Role', kind: 'identity', account,
  config: {
    RoleName: name, Arn: `arn:aws:iam::${account}:role/${name}`, AttachedManagedPolicies: [],
    AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: trusted }, Action: 'sts:AssumeRole' }] },
    RolePolicyList: [{ PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] } }],
  },
});
const bucket = (isPublic: boolean): ResourceDraft => ({
  urn: 'arn:aws:s3:::b', type: 'AWS::S3::Bucket', kind: 'bucket', account, region,
  config: {
    Name: 'b', Grants: [], PublicAccessBlockConfiguration: null, OwnershipControls: null,
    Policy: isPublic ? { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' }] } : null,
  },
});
const accountBlock: ResourceDraft = { urn: `arn:aws:s3::${account}:account-public-access-block`, type: 'AWS::S3::AccountPublicAccessBlock', kind: 'other', account, config: null };

describe('deriveEdges', () => {
  it('connects the internet to what it reaches, with ports and cost', () => {
    const s = store();
    s.update(graphOf(base), urnsOf(base));
    expect(s.edges()).toEqual([{ source: 'internet', kind: 'NET_REACH', target: instanceUrn, derived: true, provenance: 'observed', cost: 3, reason: 'tcp 22' }]);
  });

  it('exposes a public bucket and not a private one', () => {
    const s = store();
    const kinds = (isPublic: boolean) => { s.update(graphOf([bucket(isPublic), accountBlock]), ['arn:aws:s3:::b']); return s.edges().map((e) => `${e.kind} ${e.reason}`); };
    expect(kinds(true)).toEqual(['CAN_READ anonymous read', 'EXPOSES anonymous read']);
    expect(kinds(false)).toEqual([]);
  });

  it('derives identity edges for the whole account', () => {
    const roles = [role('a', 'arn:aws:iam::111122223333:role/none', ['sts:AssumeRole']), role('b', `arn:aws:iam::${account}:role/a`, ['s3:GetObject'])];
    const s = store();
    expect(s.update(graphOf(roles), [roles[0]?.urn ?? ''])).toEqual([`identity:${account}`]);
    expect(s.edges().map((e) => `${e.source.split('/')[1]} ${e.kind} ${e.target.split('/')[1]}`)).toContain('a CAN_ASSUME b');
  });

  const otherSubnet = [
    ec2('Instance', 'vm', 'instance', 'i-2', { InstanceId: 'i-2', State: { Name: 'running' }, SubnetId: 'subnet-2', VpcId: 'vpc-1', PublicIpAddress: '203.0.113.20', SecurityGroups: [{ GroupId: 'sg-2' }] }),
    ec2('Subnet', 'subnet', 'subnet', 'subnet-2', { SubnetId: 'subnet-2', VpcId: 'vpc-1' }), ec2('SecurityGroup', 'sg', 'security-group', 'sg-2', { GroupId: 'sg-2', IpPermissions: [] }),
  ];
  it('recomputes only what reads the changed resource', () => {
    const s = store(), drafts = [...base, ...otherSubnet];
    s.update(graphOf(drafts), urnsOf(drafts));
    expect(s.update(graphOf(with_(drafts, arn('security-group/sg-2'), { IpPermissions: [rule(80, '0.0.0.0/0')] })), [arn('security-group/sg-2')])).toEqual([`reach:${arn('instance/i-2')}`]);
    expect(s.update(graphOf(drafts), ['arn:aws:s3:::other'])).toEqual([]);
  });

  it('notices what was looked for in vain, when it comes', () => {
    const s = store();
    const without = base.filter((d) => d.urn !== arn('security-group/sg-1'));
    s.update(graphOf(without), urnsOf(without));
    expect(s.edges()).toEqual([]);
    s.update(graphOf(base), [arn('security-group/sg-1')]);
    expect(s.edges().map((e) => e.target)).toEqual([instanceUrn]);
  });

  it('notices a new member of a set: a control that was assumed to be off', () => {
    const s = store();
    s.update(graphOf(base), urnsOf(base));
    const bpa = ec2('VPCBlockPublicAccessOptions', 'other', 'vpc-block-public-access-options', 'o', { InternetGatewayBlockMode: 'block-ingress' });
    s.update(graphOf([...base, bpa]), [bpa.urn]);
    expect(s.edges()).toEqual([]);
  });

  describe('of workloads', () => {
    const owners = [account, '444455556666'];
    const roleIn = (owner: string): ResourceDraft => { const r = role('app', 'lambda.amazonaws.com', ['s3:GetObject']), text = (value: unknown): unknown => JSON.parse(JSON.stringify(value).replaceAll(account, owner)); return { ...r, urn: text(r.urn) as string, account: owner, config: text(r.config) }; };
    const functionIn = (owner: string, more: object = {}): ResourceDraft => ({ urn: `arn:aws:lambda:${region}:${owner}:function:f`, type: 'AWS::Lambda::Function', kind: 'function', account: owner, region, config: { FunctionName: 'f', Role: `arn:aws:iam::${owner}:role/app`, ...more } });
    const drafts = owners.flatMap((owner) => [roleIn(owner), functionIn(owner)]);
    it('derives the identities of the account in which one changed, and of no other', () => {
      const s = store();
      s.update(graphOf(drafts), urnsOf(drafts));
      const changed = functionIn(account, { Runtime: 'nodejs22.x' });
      expect(s.update(graphOf(drafts.map((d) => (d.urn === changed.urn ? changed : d))), [changed.urn]).filter((origin) => origin.startsWith('identity:'))).toEqual([`identity:${account}`]);
    });
    it('looks at those whose account is not known too, and notices one that comes', () => {
      const s = store(), { account: _, ...unowned } = { ...functionIn(account), urn: 'aws:lambda:f' };
      s.update(graphOf(drafts), urnsOf(drafts));
      expect(s.update(graphOf([...drafts, unowned]), [unowned.urn])).toEqual(expect.arrayContaining(owners.map((owner) => `identity:${owner}`)));
      expect(s.edges().filter((e) => e.source === unowned.urn).map((e) => `${e.kind} ${e.target}`)).toEqual([`RUNS_AS arn:aws:iam::${account}:role/app`]);
    });
  });

  it('deletes the edges of a resource that is gone', () => {
    const s = store();
    s.update(graphOf(base), urnsOf(base));
    s.update(graphOf(base.filter((d) => d.urn !== instanceUrn)), [instanceUrn]);
    expect(s.edges()).toEqual([]);
    expect([...s.groups.keys()].some((origin) => origin.endsWith(instanceUrn))).toBe(false);
  });

  it('leaves the account of a gone resource to the sets that its ARN tells', () => {
    expect([...touchedKeys(graphOf([]), [`arn:aws:iam::${account}:role/x`])]).toContain(`set:AWS::IAM::Role@${account}@`);
  });

  it('ends where a full rebuild would, whatever changed step by step', () => {
    const changes: readonly (readonly [string, object | undefined])[] = [
      [arn('security-group/sg-1'), { IpPermissions: [] }], [arn('security-group/sg-1'), { IpPermissions: [rule(443, '0.0.0.0/0')] }], [arn('security-group/sg-1'), undefined], [arn('route-table/rtb-1'), routes()],
      [arn('route-table/rtb-1'), { Associations: [{ SubnetId: 'subnet-2' }] }], [arn('route-table/rtb-1'), undefined], [arn('network-acl/acl-1'), aclEntries(entry(1, 'deny', false), ...allowAll)], [arn('network-acl/acl-1'), undefined],
      [instanceUrn, { State: { Name: 'stopped' } }], [instanceUrn, undefined], [arn('internet-gateway/igw-1'), { Attachments: [] }], [arn('internet-gateway/igw-1'), undefined], [arn('security-group/sg-2'), { IpPermissions: [rule(22, '0.0.0.0/0')] }],
      [arn('subnet/subnet-2'), undefined], [arn('network-interface/eni-1'), undefined],
    ];
    const original = [...base, ...otherSubnet];
    fc.assert(fc.property(fc.array(fc.tuple(fc.constantFrom(...changes), fc.boolean()), { minLength: 1, maxLength: 8 }), (steps) => {
      const s = store();
      let drafts: readonly ResourceDraft[] = original;
      s.update(graphOf(drafts), urnsOf(drafts));
      for (const [[urn, config], isUndo] of steps) {
        const rest = drafts.filter((d) => d.urn !== urn), first = original.find((d) => d.urn === urn);
        drafts = isUndo ? [...rest, ...(first ? [first] : [])] : config === undefined ? rest : [...rest, ...with_(first ? [first] : [], urn, config)];
        s.update(graphOf(drafts), [urn]);
      }
      const fresh = store();
      fresh.update(graphOf(drafts), urnsOf(drafts));
      expect(s.edges()).toEqual(fresh.edges());
    }), { numRuns: 150 });
  });
});

describe('sliceOf', () => {
  const subnet = arn('subnet/subnet-1'), group = arn('security-group/sg-1'), roleUrn = `arn:aws:iam::${account}:role/web`;
  const edges: readonly (Pick<Edge, 'source' | 'kind' | 'target'>)[] = [
    { source: 'internet', kind: 'NET_REACH', target: instanceUrn }, { source: subnet, kind: 'CONTAINS', target: instanceUrn }, { source: instanceUrn, kind: 'MEMBER_OF', target: group },
    { source: instanceUrn, kind: 'RUNS_AS', target: roleUrn }, { source: roleUrn, kind: 'CAN_READ', target: 'arn:aws:s3:::b' }, { source: roleUrn, kind: 'CAN_ASSUME', target: 'arn:aws:iam::444455556666:role/far' },
  ];
  const view = compactOf([...base, role('web', '*', []), bucket(false)], edges);

  it('sorts the neighbourhood by what an edge means', () => {
    const slice = sliceOf(view, instanceUrn, 2);
    const names = (part: 'upstream' | 'downstream' | 'ingress' | 'egress' | 'identity' | 'blast') => slice[part].nodes.filter((n) => n.distance > 0).map((n) => n.urn).sort();
    expect(slice).toMatchObject({ urn: instanceUrn, truncated: false });
    expect(names('ingress')).toEqual(['internet']);
    expect(names('upstream')).toEqual([group, subnet].sort());
    expect(names('blast')).toEqual([roleUrn, 'arn:aws:s3:::b', 'arn:aws:iam::444455556666:role/far'].sort());
    expect(slice.blast.nodes.find((n) => n.urn.includes('444455556666'))?.known).toBe(false);
  });

  it('stops at the depth', () => expect(sliceOf(view, instanceUrn, 1).blast.nodes.map((n) => n.urn)).toEqual([instanceUrn, roleUrn]));

  it('stops at 400 nodes and says so', () => {
    const many = Array.from({ length: 2_000 }, (_, i) => ({ source: `n${i % 40}`, kind: 'CAN_READ' as const, target: `m${i}` }));
    const hubs = Array.from({ length: 40 }, (_, i) => ({ source: 'start', kind: 'CAN_ASSUME' as const, target: `n${i}` }));
    const slice = sliceOf(compactOf([], [...many, ...hubs]), 'start', 3);
    expect(slice.truncated).toBe(true);
    expect(slice.blast.nodes.length).toBe(400);
    const known = new Set(slice.blast.nodes.map((n) => n.urn));
    expect(slice.blast.edges.every((e) => known.has(e.source) && known.has(e.target))).toBe(true);
  });
});
