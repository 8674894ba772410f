import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clusterName, findTarget } from '#electron/connectors/k8s/find-target.ts';
import { readKubeconfig, type KubeTarget } from '#electron/connectors/k8s/kubeconfig.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const yaml = `
apiVersion: v1
kind: Config
current-context: prod
contexts:
- {name: prod, context: {cluster: shop, user: anna, namespace: web}}
- {name: old, context: {cluster: shop, user: legacy}}
- {name: lost, context: {cluster: nowhere, user: anna}}
- {name: nobody, context: {cluster: shop}}
clusters:
- name: shop
  cluster: {server: "https://10.1.2.3:6443/", certificate-authority: pki/ca.crt, tls-server-name: api.shop.internal}
users:
- name: anna
  user: {client-certificate-data: ${base64('CERT')}, client-key-data: ${base64('KEY')}, token: not-used-by-name}
- name: legacy
  user: {auth-provider: {name: gcp, config: {a: b}}}
`;
const read = (text: string, context?: string): KubeTarget => { const found = readKubeconfig([{ path: '/home/a/.kube/config', text }], { context }); if (!found.ok) throw new Error(found.error); return found.value; };
const problem = (text: string, context?: string): string => { const found = readKubeconfig([{ path: '/k', text }], { context }); return found.ok ? 'none' : found.error; };

test('the current context names the cluster, its authority and who asks', () => {
  expect(read(yaml)).toEqual({
    context: 'prod', cluster: 'shop', server: 'https://10.1.2.3:6443', namespace: 'web', insecure: false, ca: { file: '/home/a/.kube/pki/ca.crt' }, serverName: 'api.shop.internal',
    user: { name: 'anna', cert: { pem: 'CERT' }, key: { pem: 'KEY' }, token: 'not-used-by-name' },
  });
  expect(read(yaml, 'nobody').user).toEqual({ name: 'anonymous' });
});

test('of several files the first that names something wins', () => {
  const other = '{"current-context": "mine", "contexts": [{"name": "mine", "context": {"cluster": "shop", "user": "anna"}}], "users": [{"name": "anna", "user": {"token": "first"}}]}';
  const found = readKubeconfig([{ path: '/a', text: other }, { path: '/b/c', text: yaml }]);
  expect(found).toMatchObject({ ok: true, value: { context: 'mine', user: { token: 'first' }, ca: { file: '/b/c'.replace('c', 'pki/ca.crt') } } });
});

test('a credential plugin is read with its arguments, its path counted from the kubeconfig', () => {
  const text = JSON.stringify({ 'current-context': 'c', contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }], clusters: [{ name: 'k', cluster: { server: 'https://k' } }], users: [{ name: 'u', user: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: './bin/get', args: ['token'], env: null, provideClusterInfo: true } } }] });
  expect(read(text).user.exec).toMatchObject({ command: '/home/a/.kube/bin/get', args: ['token'], env: [], provideClusterInfo: true });
});

describe('what can’t be used is said, by name and without values', () => {
  test.each<[string, string, string | undefined, RegExp]>([
    ['no current context', yaml.replace('current-context: prod', ''), undefined, /no current context.*prod, old/],
    ['an unknown context', yaml, 'dev', /no context "dev" in \/k; there are: prod/],
    ['a cluster that is not there', yaml, 'lost', /names the cluster "nowhere"/],
    ['an auth provider of old', yaml, 'old', /auth provider "gcp".*exec plugin/],
    ['no address', yaml.replace('https://10.1.2.3:6443/', 'shop.internal'), undefined, /server is no http or https address/],
    ['a proxy of its own', yaml.replace('tls-server-name: api', 'proxy-url: "http://p", tls-server-name: api'), undefined, /proxy-url/],
    ['an exec plugin without a command', yaml.replace('auth-provider: {name: gcp, config: {a: b}}', 'exec: {apiVersion: v1}'), 'old', /user "legacy".*exec\.command/],
    ['no YAML', 'a: [S3CRET', undefined, /^\/k: line 1: no YAML/],
    ['no kubeconfig', '[1, 2]', undefined, /no kubeconfig/],
    ['a bomb of aliases', `a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]`, undefined, /no kubeconfig: it refers to itself too often/],
  ])('%s', (_name, text, context, says) => {
    expect(problem(text, context)).toMatch(says);
    expect(problem(text, context)).not.toContain('S3CRET');
  });
  test('whatever a file holds, reading it ends in an answer', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json(), fc.object().map((o) => JSON.stringify({ contexts: [o], clusters: [o], users: [o], ...o }))), (text) => { expect(typeof readKubeconfig([{ path: '/k', text }]).ok).toBe('boolean'); }));
  });
});

describe('finding the kubeconfig', () => {
  let folder = '';
  beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'winnow-kube-')); await writeFile(join(folder, 'config'), yaml); });
  afterAll(async () => { await rm(folder, { recursive: true }); });

  test('the named file, else KUBECONFIG’s, whose missing files don’t matter', async () => {
    expect(await findTarget({ kubeconfig: join(folder, 'config') }, {})).toMatchObject({ ok: true, value: { cluster: 'shop' } });
    expect(await findTarget({}, { KUBECONFIG: `${join(folder, 'none')}:${join(folder, 'config')}` })).toMatchObject({ ok: true });
    expect(await findTarget({ kubeconfig: join(folder, 'none') }, {})).toMatchObject({ ok: false, error: expect.stringContaining('ENOENT') });
    expect(await findTarget({}, { HOME: folder })).toMatchObject({ ok: false, error: expect.stringContaining('--kubeconfig') });
  });
  test('without one, the cluster that it runs in', async () => {
    expect(await findTarget({}, { HOME: folder, KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '6443' })).toMatchObject({ ok: true, value: { server: 'https://[fd00::1]:6443', cluster: 'in-cluster', user: { tokenFile: expect.stringContaining('serviceaccount/token') } } });
  });
});

test.each([
  [{ cluster: 'shop', server: 'https://a:1' }, undefined, 'shop'], [{ cluster: 'kubernetes', server: 'https://10.0.0.1:6443' }, undefined, 'kubernetes@10.0.0.1:6443'], [{ cluster: 'kubernetes', server: 'https://10.0.0.1:6443' }, 'mine', 'mine'],
])('a name that every cluster has is told apart by the address: %o called %s is %s', (target, called, name) => { expect(clusterName(target, called)).toBe(name); });
