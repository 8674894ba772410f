import { existsSync, readFileSync, readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { at } from '#shared/lib/json.ts';
import type { Edge, Resource } from '#shared/model/resource.ts';
import { importers } from '#electron/pipeline/graph/importers/all.ts';
import { kubernetes } from '#electron/pipeline/graph/importers/kubernetes.ts';
import { formats } from '#electron/pipeline/normalize/formats/all.ts';
import { normalizeFile } from '#electron/pipeline/normalize/normalize.ts';

/** `named`: what records only name. */
interface Read { readonly resources: readonly Resource[]; readonly named: readonly Resource[]; readonly edges: readonly Edge[]; readonly errors: readonly string[]; readonly kept: string; readonly reader: string | undefined }
/** As ingestion does: the format is told from the content. */
async function read(content: string | Uint8Array, path = 'x'): Promise<Read> {
  const resources: Resource[] = [], named: Resource[] = [], edges: Edge[] = [], errors: string[] = [];
  let kept = '', reader: string | undefined;
  for await (const batch of normalizeFile([Buffer.from(content)], [...formats, ...importers], { path, importedUs: 0 })) {
    reader = batch.reader?.name;
    for (const item of batch.items) {
      if ('error' in item) { errors.push(`${item.position}: ${item.error}`); continue; }
      resources.push(...item.normalized.resources.filter((r) => r.part === undefined)); named.push(...item.normalized.resources.filter((r) => r.part !== undefined)); edges.push(...item.normalized.edges); kept += item.raw_text + JSON.stringify(item.parents);
    }
  }
  return { resources, named, edges, errors, kept, reader };
}
const fixture = (name: string) => read(readFileSync(`test/fixtures/importers/kubernetes/${name}`));
const short = (edges: readonly Edge[]) => edges.map((e) => `${e.source} ${e.kind} ${e.target}`.replaceAll('k8s:cluster/', ''));

describe('kubernetes', () => {
  it('is registered and recognizes its files', async () => {
    expect(importers).toContain(kubernetes);
    for (const name of ['none.json', 'list.json', 'manifests.yaml']) expect((await fixture(name)).reader).toBe('kubernetes');
  });

  it('reads nothing from an empty list', async () => expect(await fixture('none.json')).toMatchObject({ resources: [], errors: [] }));

  it('reads a list of many kinds', async () => {
    const { resources, edges, errors } = await fixture('list.json');
    expect(errors).toEqual([]);
    expect(resources.map((r) => [r.type, r.kind, r.urn])).toEqual([
      ['K8s::Pod', 'pod', 'k8s:cluster/store/pod/shop-6c9-x2x'], ['K8s::Node', 'node', 'k8s:cluster/node/ip-10-0-1-7'], ['K8s::Secret', 'secret_key', 'k8s:cluster/store/secret/api'],
      ['K8s::ConfigMap', 'other', 'k8s:cluster/store/configmap/settings'], ['K8s::RoleBinding', 'policy', 'k8s:cluster/store/rolebinding/shop'],
    ]);
    expect(resources[0]).toMatchObject({ tags: { app: 'shop', team: 'web' }, created_us: 1772445600000000, account: 'cluster' });
    expect(resources[0]?.aliases).toEqual(expect.arrayContaining(['store/shop-6c9-x2x[Pod]', '10.244.1.9', '7b0a4a1e-1111-4f61-9d41-0d8a5b1c0001']));
    expect(short(edges)).toEqual(expect.arrayContaining([
      'namespace/store CONTAINS store/pod/shop-6c9-x2x', 'store/pod/shop-6c9-x2x RUNS_AS store/serviceaccount/shop', 'store/pod/shop-6c9-x2x MOUNTS store/secret/api', 'store/pod/shop-6c9-x2x MOUNTS store/secret/tls',
      'store/pod/shop-6c9-x2x MOUNTS store/persistentvolumeclaim/data', 'store/pod/shop-6c9-x2x ATTACHED_TO node/ip-10-0-1-7', 'store/replicaset/shop-6c9 CONTAINS store/pod/shop-6c9-x2x', 'node/ip-10-0-1-7 SAME_AS i-0aa11bb22cc33dd44', 'store/rolebinding/shop HAS_POLICY clusterrole/view',
    ]));
  });

  it('knows what objects only name: accounts, users, groups and the cluster', async () => {
    const { named } = await fixture('list.json');
    expect(named.map((r) => [r.type, r.urn, r.provenance])).toEqual([
      ['K8s::ServiceAccount', 'k8s:cluster/store/serviceaccount/shop', 'inferred'], ['K8s::Cluster', 'k8s:cluster', 'inferred'], ['K8s::ServiceAccount', 'k8s:cluster/store/serviceaccount/shop', 'inferred'],
    ]);
    const binding = await read(JSON.stringify({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name: 'b' }, roleRef: { kind: 'ClusterRole', name: 'view' }, subjects: [{ kind: 'User', name: 'alice' }, { kind: 'Group', name: 'team:web' }] }));
    expect(binding.named.map((r) => r.aliases[0])).toEqual(['alice[User]', 'team:web[Group]']);
  });

  it('keeps no value of a Secret, ConfigMap or environment variable, neither in the graph nor in what is kept of the file', async () => {
    for (const name of ['list.json', 'manifests.yaml']) {
      const { resources, kept } = await fixture(name);
      expect(JSON.stringify(resources) + kept).not.toMatch(/c2VjcmV0|in-a-configmap|hunter2|written-in-a-manifest/);
    }
    const { resources } = await fixture('list.json');
    expect(at(resources[2]?.config, 'data')).toEqual({ token: null });
    expect(at(resources[0]?.config, 'spec', 'containers', 0, 'env', 0)).toEqual({ name: 'DB_PASSWORD', value: null });
    const bare = await read(JSON.stringify({ kind: 'SecretList', apiVersion: 'v1', items: [{ metadata: { name: 'a', namespace: 'b' }, data: { k: 'c2VjcmV0' } }] }));
    expect(bare.resources[0]?.type).toBe('K8s::Secret');
    expect(JSON.stringify(bare)).not.toContain('c2VjcmV0');
  });

  it('reads documents of YAML one by one, and says of each that it can’t read where and why', async () => {
    const { resources, edges, errors } = await fixture('manifests.yaml');
    expect(resources.map((r) => r.urn.slice('k8s:cluster/'.length))).toEqual(['namespace/store', 'store/deployment/shop', 'store/secret/api', 'store/serviceaccount/shop', 'default/service/shop']);
    expect(at(resources[1]?.config, 'spec', 'template', 'spec', 'hostNetwork')).toBe(true);
    expect(short(edges)).toContain('store/deployment/shop RUNS_AS store/serviceaccount/default');
    expect(errors).toEqual([expect.stringMatching(/^line (26|27): malformed YAML: /), expect.stringMatching(/^line (3[0-9]): a template, not a manifest: render it first/)]);
  });

  it.each([
    ['a flow map for a name', 'apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Values.name }}\n', /a template/],
    ['control lines', 'apiVersion: v1\nkind: Pod\n{{- if .Values.x }}\nmetadata: {name: a}\n{{- end }}\n', /a template/],
    ['no name', 'apiVersion: v1\nkind: Pod\nmetadata: {generateName: job-}\n', /named by the server/],
    ['no kind', JSON.stringify({ kind: 'List', apiVersion: 'v1', items: [{ metadata: { name: 'a' } }] }), /kind is missing/],
  ])('refuses %s', async (_, text, why) => expect((await read(text)).errors.join()).toMatch(why));

  it('ends an alias bomb', async () => {
    const lines = ['apiVersion: v1', 'kind: ConfigMap', 'metadata: {name: bomb}', 'a0: &a0 [x,x,x,x,x,x,x,x,x,x]', ...Array.from({ length: 12 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array.from({ length: 10 }, () => `*a${i}`).join(',')}]`)];
    const { resources, errors } = await read(lines.join('\n'));
    expect([resources, errors.join()]).toEqual([[], expect.stringMatching(/alias/i)]);
  });

  it('ends deep nesting and cycles', async () => {
    const deep = await read(`apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: ${'['.repeat(20_000)}${']'.repeat(20_000)}\n`);
    expect(deep.errors.length + deep.resources.length).toBeGreaterThan(0);
    const cycle = await read('apiVersion: v1\nkind: Pod\nmetadata: &m\n  name: a\n  self: *m\n');
    expect(cycle.errors.length).toBe(1);
  });

  it('reads UTF-16 and CRLF', async () => {
    const text = 'apiVersion: v1\r\nkind: Namespace\r\nmetadata:\r\n  name: store\r\n';
    expect((await read(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]))).resources.map((r) => r.name)).toEqual(['store']);
  });

  it('takes the cluster’s name from what says it', async () => {
    const list = await read(JSON.stringify({ kind: 'List', apiVersion: 'v1', metadata: { annotations: { 'winnow/cluster': 'prod' } }, items: [{ kind: 'Pod', apiVersion: 'v1', metadata: { name: 'a', namespace: 'x' } }] }));
    expect(list.resources[0]).toMatchObject({ urn: 'k8s:prod/x/pod/a', account: 'prod' });
  });

  it('leaves other YAML to others', async () => {
    for (const text of ['owners: []\n', 'kind: thing\nname: x\n', 'apiVersion: tool/draft\nkind: Pod\n']) expect((await read(text)).reader).toBeUndefined();
  });

  it('never throws on any record, and never keeps a secret', () => {
    const parts = fc.constantFrom('kind', 'apiVersion', 'metadata', 'spec', 'items', 'data', 'name', 'containers', 'ownerReferences', 'volumes', 'env');
    const json = fc.letrec<{ v: unknown }>((tie) => ({ v: fc.oneof({ maxDepth: 4 }, fc.jsonValue({ maxDepth: 1 }), fc.constantFrom('Pod', 'v1', 'Secret', 'List'), fc.array(tie('v'), { maxLength: 3 }), fc.dictionary(parts, tie('v'), { maxKeys: 5 })) })).v;
    fc.assert(fc.property(json, json, (record, parent) => {
      const kept = kubernetes.redact?.(record);
      kubernetes.parse(kept, { parents: [parent], from: 'items', path: '', index: 0 });
      const secret = kubernetes.redact?.({ kind: 'Secret', apiVersion: 'v1', metadata: { name: 'a', annotations: record }, data: { k: 'SEKRET' }, stringData: 'SEKRET' });
      expect(JSON.stringify(secret)).not.toContain('SEKRET');
    }), { numRuns: 400 });
  });

  it.skipIf(!existsSync('../shared/samples/k8s-manifests'))('reads the samples whole', async () => {
    const folder = '../shared/samples/k8s-manifests';
    const all = await Promise.all(readdirSync(folder).map((name) => read(readFileSync(`${folder}/${name}`))));
    expect(all.flatMap((r) => r.errors)).toEqual([]);
    expect(all.map((r) => r.resources.length)).toEqual([2, 3]);
  });
});
