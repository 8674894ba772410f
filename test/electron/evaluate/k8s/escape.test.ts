import { describe, expect, it } from 'vitest';
import { noGcpKnowledge } from '#electron/evaluate/gcp/knowledge.ts';
import { cloudLinks } from '#electron/evaluate/k8s/cloud-link.ts';
import { k8sWorkloadEdges } from '#electron/evaluate/k8s/derived-edges.ts';
import { escapesOf } from '#electron/evaluate/k8s/escape.ts';
import type { Resource } from '#shared/model/resource.ts';
import { ask, clusterOf, namespace, node, object, pod, policy, serviceAccount, type Manifest } from './cluster.ts';

const escapes = (spec: Manifest): readonly string[] => escapesOf(clusterOf([pod('x/a', {}, spec)]).resource('x/a[Pod]')!).map((e) => e.id);
const with_ = (securityContext: Manifest, more: Manifest = {}): Manifest => ({ ...more, containers: [{ name: 'c', image: 'i', securityContext }] });
const mounting = (path: string, readOnly = false): Manifest => ({ volumes: [{ name: 'h', hostPath: { path } }], containers: [{ name: 'c', image: 'i', volumeMounts: [{ name: 'h', mountPath: '/h', readOnly }] }] });

describe('escapes from a container to its node', () => {
  it.each<readonly [fact: string, spec: Manifest, ids: readonly string[]]>([
    ['privileged', with_({ privileged: true }), ['CE_PRIV_MOUNT']], ['privileged: false', with_({ privileged: false }), []],
    ['privileged with hostPID', with_({ privileged: true }, { hostPID: true }), ['CE_NSENTER', 'CE_PRIV_MOUNT']],
    ['hostPID and SYS_PTRACE', with_({ capabilities: { add: ['SYS_PTRACE'] } }, { hostPID: true }), ['CE_SYS_PTRACE']], ['SYS_PTRACE without hostPID', with_({ capabilities: { add: ['SYS_PTRACE'] } }), []], ['hostPID alone', with_({}, { hostPID: true }), []],
    ['SYS_MODULE', with_({ capabilities: { add: ['CAP_SYS_MODULE'] } }), ['CE_MODULE_LOAD']], ['SYS_ADMIN', with_({ capabilities: { add: ['SYS_ADMIN'] } }), ['CE_SYS_ADMIN']], ['NET_ADMIN', with_({ capabilities: { add: ['NET_ADMIN'] } }), []], ['a dropped capability', with_({ capabilities: { drop: ['SYS_ADMIN'] } }), []],
    ['the disk', mounting('/'), ['EXPLOIT_HOST_WRITE']], ['the disk to read', mounting('/', true), ['EXPLOIT_HOST_READ']], ['an application’s folder', mounting('/opt/app/data'), []],
    ['/var/log', mounting('/var/log'), ['CE_VAR_LOG_SYMLINK']], ['kubelet’s files', mounting('/var/lib/kubelet', true), ['EXPLOIT_HOST_READ']], ['/usr to read', mounting('/usr', true), []],
    ['docker’s socket', mounting('/var/run/docker.sock', true), ['EXPLOIT_CONTAINERD_SOCK']], ['containerd’s', mounting('/run/containerd/containerd.sock'), ['EXPLOIT_CONTAINERD_SOCK']], ['another socket', mounting('/run/app.sock'), []],
    ['a folder of sockets to read', mounting('/run', true), ['EXPLOIT_CONTAINERD_SOCK']], ['by its other name', mounting('/var/run', true), ['EXPLOIT_CONTAINERD_SOCK']], ['k3s’s', mounting('/run//k3s', true), ['EXPLOIT_CONTAINERD_SOCK']], ['one of an application', mounting('/run/app', true), []], ['another in it', mounting('/run/secrets', true), []],
    ['the store of k3s to read', mounting('/var/lib/rancher', true), ['EXPLOIT_HOST_READ']], ['its server’s keys', mounting('/var/lib/rancher/k3s/server/tls', true), ['EXPLOIT_HOST_READ']], ['volumes that it hands out', mounting('/var/lib/rancher/k3s/storage/pvc-1', true), []],
    ['docker’s store to read', mounting('/var/lib/docker', true), ['EXPLOIT_HOST_READ']], ['its plugins', mounting('/var/lib/docker/plugins', true), []], ['containerd’s', mounting('/var/lib/containerd', true), ['EXPLOIT_HOST_READ']], ['to write', mounting('/var/lib/containerd'), ['EXPLOIT_HOST_WRITE']], ['an application’s beside it', mounting('/var/lib/containers-app'), []],
    ['a process of a Windows host', with_({ windowsOptions: { hostProcess: true } }), ['CE_HOST_PROCESS']], ['said for the pod', with_({}, { securityContext: { windowsOptions: { hostProcess: true } } }), ['CE_HOST_PROCESS']], ['none', with_({ windowsOptions: { hostProcess: false } }), []], ['the container speaks against the pod', with_({ windowsOptions: { hostProcess: false } }, { securityContext: { windowsOptions: { hostProcess: true } } }), []],
    ['a volume that no container mounts', { volumes: [{ name: 'h', hostPath: { path: '/' } }], containers: [{ name: 'c', image: 'i' }] }, []],
    ['an init container', { containers: [{ name: 'c', image: 'i' }], initContainers: [{ name: 'i', image: 'i', securityContext: { privileged: true } }] }, ['CE_PRIV_MOUNT']],
  ])('%s', (_, spec, ids) => expect([...escapes(spec)].sort((a, b) => (a < b ? -1 : 1))).toEqual([...ids]));

  it('leads to the pod’s own node, and a controller’s to any', () => {
    const graph = clusterOf([node('n1', []), node('n2', []), pod('x/a', {}, { ...with_({ privileged: true }), nodeName: 'n2' }), object('apps/v1', 'DaemonSet', 'd', 'x', { spec: { template: { spec: with_({ privileged: true }) } } })]);
    const targets = (id: string) => k8sWorkloadEdges(graph, graph.resource(id)!).filter((e) => e.kind === 'ESCAPES_TO').map((e) => [e.target.split('/').at(-1), e.cost]);
    expect([targets('x/a[Pod]'), targets('x/d[DaemonSet]')]).toEqual([[['n2', 1]], [['n1', 3], ['n2', 3]]]);
    expect(ask([namespace('x'), node('n1', []), pod('x/a', {}, { ...with_({ privileged: true }), nodeName: 'n1' }), pod('x/b', {}, { nodeName: 'n1' })], { question: 'blast_radius', subject: 'x/a[Pod]', object: 'x/b[Pod]' })).toMatchObject({ answer: 'yes' });
    expect(ask([namespace('x'), node('n1', []), pod('x/a', {}, { ...with_({}), nodeName: 'n1' }), pod('x/b', {}, { nodeName: 'n1' })], { question: 'blast_radius', subject: 'x/a[Pod]', object: 'x/b[Pod]' }).answer).not.toBe('yes');
  });
});

const complete = (draft: Pick<Resource, 'urn' | 'type' | 'kind' | 'config'> & Partial<Resource>): Resource => ({ aliases: [], tags: {}, deleted: false, source: 'test', provenance: 'observed', ...draft });
const roleArn = 'arn:aws:iam::111122223333:role/app', provider = 'arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/ABC';
const role = (subject: string): Resource => complete({ urn: roleArn, type: 'AWS::IAM::Role', kind: 'identity', account: '111122223333', config: { RoleName: 'app', Arn: roleArn, AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRoleWithWebIdentity', Principal: { Federated: provider }, Condition: { StringLike: { 'oidc.eks.eu-central-1.amazonaws.com/id/ABC:sub': subject } } }] } } });

describe('identities of clouds', () => {
  const links = (annotations: Readonly<Record<string, string>>, ...more: readonly Resource[]) => { const graph = clusterOf([serviceAccount('shop/app', annotations)], more); return cloudLinks(graph, graph.resource('shop/app[ServiceAccount]')!, noGcpKnowledge).map((l) => [l.target, l.conditional]); };
  const association = (cluster: string | undefined): Resource => complete({ urn: 'a', type: 'AWS::EKS::PodIdentityAssociation', kind: 'other', config: { ...(cluster !== undefined && { ClusterName: cluster }), Namespace: 'shop', ServiceAccount: 'app', RoleArn: roleArn } });
  const irsa = { 'eks.amazonaws.com/role-arn': roleArn };

  it.each([
    ['no annotation', {}, [], []], ['a role that is not in the snapshot', irsa, [], [[roleArn, true]]], ['a role that trusts the account', irsa, [role('system:serviceaccount:shop:app')], [[roleArn, false]]],
    ['a role that trusts another', irsa, [role('system:serviceaccount:shop:other')], []], ['a role that trusts the namespace', irsa, [role('system:serviceaccount:shop:*')], [[roleArn, false]]],
    ['GKE', { 'iam.gke.io/gcp-service-account': 'app@p.iam.gserviceaccount.com' }, [], [['app@p.iam.gserviceaccount.com', true]]], ['Azure', { 'azure.workload.identity/client-id': '1111' }, [], [['1111', true]]],
    ['EKS Pod Identity', {}, [association('cluster')], [[roleArn, false]]], ['EKS Pod Identity of a cluster of another name', {}, [association('other')], [[roleArn, true]]], ['EKS Pod Identity of no named cluster', {}, [association(undefined)], [[roleArn, true]]],
  ] as const)('%s', (_, annotations, more, expected) => expect(links(annotations, ...more)).toEqual(expected));

  it('lets a pod assume its account’s role', () => {
    const manifests = [namespace('shop'), serviceAccount('shop/app', irsa), pod('shop/a', {}, { serviceAccountName: 'app' })];
    expect(ask(manifests, { question: 'can_assume', subject: 'shop/a[Pod]', object: roleArn }, [role('system:serviceaccount:shop:app')])).toMatchObject({ answer: 'yes' });
    expect(ask(manifests, { question: 'can_assume', subject: 'shop/a[Pod]', object: roleArn }, [role('system:serviceaccount:shop:other')]).answer).not.toBe('yes');
  });

  const machine = (options: Manifest | undefined): Resource => complete({ urn: 'arn:aws:ec2:eu-central-1:111122223333:instance/i-0aa', type: 'AWS::EC2::Instance', kind: 'vm', aliases: ['i-0aa'], config: { InstanceId: 'i-0aa', IamInstanceProfile: { Arn: 'arn:aws:iam::111122223333:instance-profile/n' }, ...(options && { MetadataOptions: options }) } });
  it.each([
    ['IMDSv2 with one hop', { HttpTokens: 'required', HttpPutResponseHopLimit: 1 }, false, [], []], ['IMDSv2 with two hops', { HttpTokens: 'required', HttpPutResponseHopLimit: 2 }, false, [], [2]], ['IMDSv1 has no such limit', { HttpTokens: 'optional', HttpPutResponseHopLimit: 1 }, false, [], [1]],
    ['the host’s network is no hop away', { HttpTokens: 'required', HttpPutResponseHopLimit: 1 }, true, [], [2]], ['the service is off', { HttpEndpoint: 'disabled' }, false, [], []],
    ['a policy refuses the address', { HttpTokens: 'optional' }, false, [policy('x/p', { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['169.254.169.254/32'] } }] }] })], []],
    ['a policy that doesn’t', { HttpTokens: 'optional' }, false, [policy('x/p', { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }] })], [1]],
  ] as const)('the node’s role by metadata: %s', (_, options, hostNetwork, policies, costs) => {
    const graph = clusterOf([namespace('x'), node('n1', [], { providerID: 'aws:///eu-central-1a/i-0aa' }), pod('x/a', {}, { nodeName: 'n1', hostNetwork }), ...policies], [machine(options)]);
    expect(k8sWorkloadEdges(graph, graph.resource('x/a[Pod]')!).filter((e) => e.kind === 'CAN_ASSUME').map((e) => e.cost)).toEqual([...costs]);
  });
});
