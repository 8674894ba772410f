import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { unitKey, type Connection, type PreflightRow } from '#electron/connectors/connector.ts';
import { k8s } from '#electron/connectors/k8s.ts';
import { callOf, k8sKinds } from '#electron/connectors/k8s/kinds.ts';
import { kubernetes } from '#electron/pipeline/graph/importers/kubernetes.ts';
import { makeCertificate } from './servers/certificates.ts';
import { gone, isList, kubeconfigFor, kubeServer, type KubeWorld } from './servers/kube-server.ts';
import type { RestServer } from './servers/rest-server.ts';
import { connected, gaps, keptText, pieces, pulled, testSession, type SessionOptions, type TestSession, valueOf } from './servers/session.ts';

const TOKEN = 'token-that-nobody-may-see';
const meta = (name: string, namespace?: string, more: object = {}): object => ({ name, ...(namespace !== undefined && { namespace }), uid: `uid-${namespace ?? ''}-${name}`, ...more });
const pod = (name: string, namespace = 'shop'): object => ({ metadata: meta(name, namespace), spec: { containers: [{ name: 'c', image: 'i', env: [{ name: 'PASSWORD', value: 'plain-in-the-pod' }] }] } });
const secret = { metadata: meta('db', 'shop', { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"p":"c2VjcmV0LXZhbHVl"}}' } }), data: { p: 'c2VjcmV0LXZhbHVl' } };
const world = (more: Partial<KubeWorld> = {}): KubeWorld => ({ users: new Map([[TOKEN, 'auditor@shop']]), objects: { pods: [pod('a'), pod('b'), pod('c'), pod('d', 'web'), pod('e', 'web')], namespaces: [{ metadata: meta('shop') }, { metadata: meta('web') }], secrets: [secret] }, ...more });

let folder = '';
const open: RestServer[] = [];
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'winnow-k8s-')); });
afterAll(async () => { await rm(folder, { recursive: true }); });
afterEach(async () => { for (const server of open.splice(0)) await server.close(); });

async function cluster(more: Partial<KubeWorld> = {}, options: SessionOptions & { readonly user?: object; readonly server?: RestServer } = {}): Promise<{ server: RestServer; session: TestSession; connection: Connection }> {
  const server = options.server ?? await kubeServer(world(more));
  open.push(server);
  const path = join(folder, `config-${randomUUID()}`);
  await writeFile(path, kubeconfigFor(server.url, options.user ?? { token: TOKEN }));
  const session = testSession({ ...options, settings: { kubeconfig: path, ...options.settings } });
  return { server, session, connection: await connected(k8s, session) };
}
const namesIn = (bytes: Uint8Array): readonly string[] => (JSON.parse(Buffer.from(bytes).toString('utf8')) as { items: { metadata: { name: string } }[] }).items.map((i) => i.metadata.name);
async function rowsOf(connection: Connection): Promise<readonly PreflightRow[]> { const rows: PreflightRow[] = []; for await (const row of connection.preflight()) rows.push(row); return rows; }

describe('a pull', () => {
  test('lists what the cluster serves, in the shape that the importer reads, under the cluster’s name', async () => {
    const { connection } = await cluster();
    expect(connection.identity).toMatchObject({ principal: 'auditor@shop', target: expect.stringMatching(/^shop-prod \(http:/) });
    const all = await pulled(connection);
    expect(gaps(all)).toEqual([]);
    const [pods] = pieces(all, 'list pods');
    expect(pods!.piece).toMatchObject({ name: 'kubernetes/shop-prod/pods.json', format: 'kubernetes', records: 5, lists: [{ types: ['K8s::Pod'], account: 'shop-prod' }] });
    const document = JSON.parse(Buffer.from(pods!.piece.bytes).toString('utf8')) as { items: unknown[] };
    const read = kubernetes.parse(document.items[0], { parents: [document], from: 'items', path: pods!.piece.name, index: 0 });
    expect(read).toMatchObject({ ok: true, value: { resources: [{ urn: 'k8s:shop-prod/shop/pod/a' }, { urn: 'k8s:shop-prod/shop/serviceaccount/default' }] } });
  });

  test('takes page by page, and says where each page goes on', async () => {
    const { connection } = await cluster({ pageSize: 2 });
    const pages = pieces(await pulled(connection), 'list pods').map((e) => e.piece);
    expect(pages.map((p) => [namesIn(p.bytes).join(), p.next, p.lists?.length])).toEqual([['a,b', 'at-2', undefined], ['c,d', 'at-4', undefined], ['e', undefined, 1]]);
    expect(new Set(pages.map((p) => p.name)).size).toBe(3);
  });

  test('goes on where a cut run stopped, and leaves alone what is done', async () => {
    const { connection, server } = await cluster({ pageSize: 2 }, { progress: new Map<string, 'done' | { next: string }>([[unitKey({ call: 'list pods', scope: { account: 'shop-prod' } }), { next: 'at-2' }], [unitKey({ call: 'list namespaces', scope: { account: 'shop-prod' } }), 'done']]) });
    const all = await pulled(connection);
    expect(pieces(all, 'list pods').flatMap((e) => namesIn(e.piece.bytes))).toEqual(['c', 'd', 'e']);
    expect(server.asked('/api/v1/namespaces')).toEqual([]);
  });

  test('an expired continue token is replaced by the one that the server offers', async () => {
    const { connection, server } = await cluster({ pageSize: 2 });
    server.faults.push({ when: (h) => isList('pods')(h) && h.query.get('continue') === 'at-2', reply: gone('at-2-anew'), times: 1 });
    const all = await pulled(connection);
    expect(pieces(all, 'list pods').flatMap((e) => namesIn(e.piece.bytes))).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(gaps(all)).toEqual([]);
  });

  test('without an offered token the list begins anew; a list that always expires is a gap and closes nothing', async () => {
    const once = await cluster({ pageSize: 2 });
    once.server.faults.push({ when: (h) => isList('pods')(h) && h.query.has('continue'), reply: gone(), times: 1 });
    expect(new Set(pieces(await pulled(once.connection), 'list pods').flatMap((e) => namesIn(e.piece.bytes)))).toEqual(new Set(['a', 'b', 'c', 'd', 'e']));
    const always = await cluster({ pageSize: 2 });
    always.server.faults.push({ when: (h) => isList('pods')(h) && h.query.has('continue'), reply: gone(), times: 1000 });
    const all = await pulled(always.connection);
    expect(gaps(all)).toMatchObject([{ unit: { call: 'list pods' }, state: 'failed', says: expect.stringContaining('expired') }]);
    expect(pieces(all, 'list pods').every((e) => e.piece.lists === undefined)).toBe(true);
  });

  test('a server that goes on for ever with the same page is not followed', async () => {
    const { connection, server } = await cluster({ pageSize: 2 });
    server.faults.push({ when: isList('pods'), reply: { json: { kind: 'PodList', apiVersion: 'v1', metadata: { continue: 'again' }, items: [pod('a')] } }, times: 1000 });
    const all = await pulled(connection);
    expect(gaps(all)).toMatchObject([{ unit: { call: 'list pods' }, state: 'failed', says: expect.stringContaining('goes on where it has been already') }]);
    expect(server.asked('/api/v1/pods').length).toBe(2);
  });

  test('a kind that is refused is a gap, and the others come', async () => {
    const { connection } = await cluster({ denied: new Set(['list secrets', 'list pods']) });
    const all = await pulled(connection);
    expect(gaps(all).map((g) => [g.unit.call, g.state])).toEqual(expect.arrayContaining([['list secrets', 'denied'], ['list pods', 'denied']]));
    expect(gaps(all)[0]?.says).toMatch(/cannot list resource.*--namespace/);
    expect(pieces(all, 'list namespaces')).toHaveLength(1);
  });

  test('single namespaces are another target than the whole cluster', async () => {
    const { connection } = await cluster({}, { settings: { namespace: 'web, shop' } });
    expect(connection.identity.target).toMatch(/^shop-prod \(http:.*\): shop, web$/);
  });

  test('single namespaces are asked for when they are named, and nothing is said to be gone then', async () => {
    const { connection, server } = await cluster({ denied: new Set(['list pods', 'list pods in shop']) }, { settings: { namespace: 'web, shop' } });
    const all = await pulled(connection);
    expect(pieces(all, 'list pods').map((e) => [e.unit.subject, e.piece.name, e.piece.records, e.piece.lists])).toEqual([['web', 'kubernetes/shop-prod/web/pods.json', 2, undefined]]);
    expect(gaps(all)).toMatchObject([{ unit: { call: 'list pods', subject: 'shop' }, state: 'denied' }]);
    expect(server.asked('/api/v1/pods')).toEqual([]);
  });

  test('an API that is not there says that there are none of its kinds; a built-in one that is not there is a gap', async () => {
    const { connection, server } = await cluster({ groups: { 'gateway.networking.k8s.io': ['v1'] } });
    server.faults.push({ when: isList('services'), reply: { status: 404 }, times: 1 });
    const all = await pulled(connection);
    expect(pieces(all, 'list httproutes.gateway.networking.k8s.io')[0]?.piece).toMatchObject({ records: 0, lists: [{ types: ['K8s::HTTPRoute'] }] });
    // Served as a group, but without this kind.
    expect(pieces(all, 'list tcproutes.gateway.networking.k8s.io')[0]?.piece).toMatchObject({ records: 0 });
    expect(pieces(all, 'list ciliumnetworkpolicies.cilium.io')[0]?.piece).toMatchObject({ records: 0, lists: [{ types: ['K8s::cilium.io/CiliumNetworkPolicy'] }] });
    expect(server.asked(/cilium/)).toEqual([]);
    expect(gaps(all)).toMatchObject([{ unit: { call: 'list services' }, state: 'failed' }]);
  });

  test.each<[string, Parameters<RestServer['faults']['push']>[0]['reply'], number]>([
    ['throttling', { status: 429, headers: { 'retry-after': '1' } }, 1], ['a server that is not ready', { status: 503 }, 1], ['an answer that breaks off', { json: { kind: 'PodList', items: ['x'.repeat(2000)] }, cutAfter: 50 }, 1],
  ])('%s is waited out', async (_name, reply, retries) => {
    const { connection, server, session } = await cluster();
    server.faults.push({ when: isList('pods'), reply, times: 1 });
    const all = await pulled(connection);
    expect(gaps(all)).toEqual([]);
    expect(pieces(all, 'list pods')[0]?.piece.records).toBe(5);
    expect(session.pace.counts().retries).toBe(retries);
  });

  test('a server that never answers becomes a gap, and the pull goes on', async () => {
    const { connection, server } = await cluster({}, { deadline_ms: 150 });
    server.faults.push({ when: isList('pods'), reply: { never: true }, times: 100 });
    const all = await pulled(connection);
    expect(gaps(all)).toMatchObject([{ unit: { call: 'list pods' }, state: 'failed' }]);
  });

  test('stops when it is told to', async () => {
    const stop = new AbortController();
    const { connection, server } = await cluster({}, { signal: stop.signal });
    server.faults.push({ when: isList('pods'), reply: () => { stop.abort(); return { never: true }; }, times: 1 });
    expect((await pulled(connection)).error).toMatchObject({ kind: 'cancelled' });
  });
});

describe('credentials', () => {
  test('a token that is no longer accepted ends the pull with a clear word, and what came is kept', async () => {
    const users = new Map([[TOKEN, 'auditor']]);
    const { connection, server } = await cluster({ users }, { concurrency: 1 });
    server.faults.push({ when: isList('services'), reply: () => { users.clear(); return undefined; }, times: 1 });
    const all = await pulled(connection);
    expect(all.error).toMatchObject({ kind: 'expired', says: 'the cluster shop-prod does not accept the credentials of "auditor" (any more)' });
    expect(pieces(all, 'list namespaces')).toHaveLength(1);
  });

  test('a token in a file is read again when it was renewed', async () => {
    const users = new Map([['first', 'robot']]), path = join(folder, 'token');
    await writeFile(path, 'first\n');
    const { connection, server } = await cluster({ users }, { user: { tokenFile: path } });
    users.clear();
    users.set('second', 'robot');
    await writeFile(path, 'second\n');
    const all = await pulled(connection);
    expect(all.error).toBeUndefined();
    expect(server.heard.at(-1)?.headers['authorization']).toBe('Bearer second');
  });

  test('a client certificate lets in over TLS', async () => {
    const authority = makeCertificate('shop authority'), host = makeCertificate('127.0.0.1', authority), client = makeCertificate('cert-auditor', authority);
    const server = await kubeServer(world({ users: new Map([['certificate of cert-auditor', 'cert-auditor']]) }), { cert: host.cert, key: host.key, ca: authority.cert, requestCert: true });
    open.push(server);
    const path = join(folder, 'tls'), base64 = (text: string): string => Buffer.from(text).toString('base64');
    await writeFile(path, kubeconfigFor(server.url, { 'client-certificate-data': base64(client.cert), 'client-key-data': base64(client.key) }, { ca: authority.cert }));
    expect((await connected(k8s, testSession({ settings: { kubeconfig: path } }))).identity.principal).toBe('cert-auditor');
    await writeFile(path, kubeconfigFor(server.url, { 'client-certificate-data': base64(client.cert), 'client-key-data': base64(client.key) }));
    expect(await k8s.connect(testSession({ settings: { kubeconfig: path } }))).toMatchObject({ ok: false, error: { kind: 'rejected', says: expect.stringContaining('certificate is not trusted') } });
  });

  test('a credential plugin is announced before it runs, and its token is used', async () => {
    const plugin = join(folder, 'get-token');
    await writeFile(plugin, `#!/bin/sh\necho '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"${TOKEN}"}}'\n`);
    await chmod(plugin, 0o755);
    const { session } = await cluster({}, { user: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: plugin, args: ['--cluster', 'shop'], env: [{ name: 'KEY', value: 'env-secret' }] } } });
    expect(session.said).toEqual([`The kubeconfig asks for a credential plugin; running: KEY=… ${plugin} --cluster shop`]);
  });

  test.each<[string, string, RegExp]>([
    ['fails', '#!/bin/sh\necho "session ended, sign in again" >&2\necho "AAAABBBBCCCCDDDDEEEEFFFFGGGGHHHHIIIIJJJJKKKKLLLL" >&2\nexit 3\n', /failed \(3\): …$/], ['prints something else', '#!/bin/sh\necho hello\n', /printed no JSON/],
    ['prints no token', '#!/bin/sh\necho \'{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{}}\'\n', /neither a token nor a certificate/],
  ])('a credential plugin that %s ends the connecting with its name', async (_name, script, says) => {
    const server = await kubeServer(world()), plugin = join(folder, `plugin-${randomUUID()}`), path = join(folder, `config-${randomUUID()}`);
    open.push(server);
    await writeFile(plugin, script);
    await chmod(plugin, 0o755);
    await writeFile(path, kubeconfigFor(server.url, { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: plugin } }));
    expect(await k8s.connect(testSession({ settings: { kubeconfig: path } }))).toMatchObject({ ok: false, error: { kind: 'no_credentials', says: expect.stringMatching(says) } });
  });
});

describe('what is never done', () => {
  test('no value of a secret or of an environment variable, and no credential, is kept', async () => {
    const { connection, session, server } = await cluster();
    const all = await pulled(connection);
    const kept = keptText(all) + JSON.stringify(all.events.filter((e) => e.type === 'gap')) + session.said.join();
    expect(kept).not.toMatch(new RegExp(`${TOKEN}|c2VjcmV0|secret-value|plain-in-the-pod`));
    expect(namesIn(pieces(all, 'list secrets')[0]!.piece.bytes)).toEqual(['db']);
    expect(server.asked('/api/v1/secrets').map((h) => h.headers['accept'])).toEqual(['application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1']);
  });

  test('a server that sends secrets whole after all is not listened to', async () => {
    const { connection, server } = await cluster();
    server.faults.push({ when: isList('secrets'), reply: { json: { kind: 'SecretList', apiVersion: 'v1', metadata: {}, items: [secret] } }, times: 9 });
    const all = await pulled(connection);
    expect(gaps(all)).toMatchObject([{ unit: { call: 'list secrets' }, state: 'failed' }]);
    expect(keptText(all)).not.toContain('c2VjcmV0');
  });

  test('every request is a list that the printed policy allows, the discovery, or a review that stores nothing', async () => {
    const { connection, server } = await cluster({ groups: { 'gateway.networking.k8s.io': ['v1'], 'cilium.io': ['v2'], 'policy.networking.k8s.io': ['v1alpha1'] } });
    await rowsOf(connection);
    await pulled(connection);
    const calls = new Set(k8s.needs.map((n) => n.id)), policy = valueOf(k8s.policy({}));
    const posted = server.heard.filter((h) => h.method === 'POST').map((h) => h.path.split('/').at(-1)), rest = server.heard.filter((h) => h.method !== 'POST' && h.path !== '/apis');
    expect(new Set(posted)).toEqual(new Set(['selfsubjectreviews', 'selfsubjectaccessreviews']));
    for (const { method, path } of rest) {
      expect(method).toBe('GET');
      const found = /^\/(?:api|apis\/([^/]+))\/[^/]+\/([a-z]+)$/.exec(path);
      expect(calls).toContain(callOf({ group: found?.[1] ?? '', resource: found?.[2] ?? '' }));
      expect(policy).toMatch(new RegExp(`apiGroups: \\["${found?.[1] ?? ''}"\\]\\n    resources: \\[[^\\]]*\\b${found?.[2] ?? ''}\\b`));
    }
    expect(policy).not.toMatch(/verbs: \[(?!list\])/);
    expect(calls.size).toBe(k8sKinds.length);
    expect(policy).not.toContain('configmaps');
  });
});

test('the preflight says per kind whether it is allowed and what would stay unknown', async () => {
  const { connection } = await cluster({ denied: new Set(['list clusterroles.rbac.authorization.k8s.io']) });
  const rows = await rowsOf(connection);
  expect(rows).toHaveLength(k8sKinds.length);
  expect(rows.find((r) => r.call === 'list pods')).toMatchObject({ state: 'allowed' });
  expect(rows.find((r) => r.state === 'denied')).toEqual({ call: 'list clusterroles.rbac.authorization.k8s.io', permission: 'list clusterroles.rbac.authorization.k8s.io', state: 'denied', says: 'denied list clusterroles.rbac.authorization.k8s.io: who may do what in the cluster (RBAC) will be unknown' });
  const narrow = await cluster({}, { settings: { namespace: 'shop' } });
  expect((await rowsOf(narrow.connection)).map((r) => r.permission)).toContain('list pods in shop');
});
