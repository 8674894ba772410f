import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkHostHold } from '#electron/tools/facts/kubernetes-checks.ts';
import { deployment, pod, recordsOf, type Manifest } from '../../evaluate/k8s/cluster.ts';

const container = (more: Manifest): Manifest => ({ containers: [{ name: 'c', image: 'i', ...more }] });
const secured = (securityContext: Manifest): Manifest => container({ securityContext });
const check = (manifest: Manifest, ...titles: readonly string[]): string | undefined => { const [resource] = recordsOf([manifest])[0]!.resources; const found = checkHostHold({ ...resource!, hash: '', ref: { raw_id: 'x', record: 0, pointer: '' } }, titles); return found && `${found.state}: ${found.why}`; };
const on = (spec: Manifest, ...titles: readonly string[]): string | undefined => check(pod('shop/a', {}, spec), ...titles);

describe('a hold on the host, in pairs that differ in one fact', () => {
  test.each<[string, Manifest, Manifest]>([
    ['Privileged', secured({ privileged: true }), secured({ privileged: false })], ['Minimize the admission of privileged containers', secured({ privileged: true }), container({})],
    ['Access to host PID', { ...container({}), hostPID: true }, container({})], ['Minimize the admission of containers wishing to share the host process ID namespace', { ...container({}), hostPID: true }, container({})], ['Access to host IPC namespace', { ...container({}), hostIPC: true }, container({})],
    ['Access to host network', { ...container({}), hostNetwork: true }, { ...container({}), hostNetwork: false }], ['hostPath volumes mounted', { ...container({}), volumes: [{ name: 'v', hostPath: { path: '/etc' } }] }, { ...container({}), volumes: [{ name: 'v', emptyDir: {} }] }],
    ['hostPath volume mounted with docker.sock', { ...container({}), volumes: [{ name: 'v', hostPath: { path: '/var/run/docker.sock' } }] }, { ...container({}), volumes: [{ name: 'v', hostPath: { path: '/var/log' } }] }],
    ['SYS_ADMIN capability added', secured({ capabilities: { add: ['CAP_SYS_ADMIN'] } }), secured({ capabilities: { add: ['NET_BIND_SERVICE'] } })], ['SYS_MODULE capability added', secured({ capabilities: { add: ['ALL'] } }), secured({ capabilities: { drop: ['ALL'] } })],
    ['Can elevate its own privileges', container({}), secured({ allowPrivilegeEscalation: false })],
  ])('%s', (title, has, lacks) => {
    expect(on(has, title)).toMatch(/^shown: /);
    expect(on(lacks, title)).toMatch(/^refuted: /);
  });
});

test('a pod shows no more of capabilities than what it adds', () => {
  expect(on(secured({ capabilities: { add: ['NET_BIND_SERVICE'] } }), 'CAP_SYS_ADMIN capability added')).toMatch(/^refuted/);
  expect(on(secured({ capabilities: { add: ['SYS_ADMIN'] } }), 'CAP_SYS_ADMIN capability added')).toMatch(/^shown/);
  for (const title of ['Default capabilities: some containers do not drop all', 'Minimize the admission of containers with the NET_RAW capability', 'Default capabilities: some containers do not drop any']) expect(on(container({}), title)).toBeUndefined();
});

test('several reported holds are refuted only together, and words of others leave it open', () => {
  expect(on({ ...container({}), hostPID: true }, 'Privileged', 'Access to host PID')).toBe('shown: hostPID: true');
  expect(on(container({}), 'Privileged', 'Access to host PID')).toMatch(/^refuted: no container is privileged; hostPID is not set/);
  expect(on(container({}), 'Privileged', 'Image tag ":latest" used')).toBeUndefined();
  expect(on(container({}))).toBeUndefined();
});

test('init containers and templates of workloads count; what makes no pods is left open', () => {
  expect(on({ ...container({}), initContainers: [{ name: 'setup', securityContext: { privileged: true } }] }, 'Privileged')).toBe('shown: container setup is privileged');
  expect(check(deployment('shop/a', { a: 'b' }), 'Privileged')).toMatch(/^refuted/);
  expect(check({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'shop' } }, 'Privileged')).toBeUndefined();
  expect(on({ containers: [] }, 'Privileged')).toBeUndefined();
});

test('whatever a pod and the titles say, the answer is one of three', () => {
  fc.assert(fc.property(fc.dictionary(fc.constantFrom('containers', 'hostPID', 'volumes', 'initContainers'), fc.jsonValue()), fc.array(fc.string()), (spec, titles) => { expect(['shown', 'refuted', undefined]).toContain(on(spec as Manifest, ...titles)?.split(':')[0]); }));
});
