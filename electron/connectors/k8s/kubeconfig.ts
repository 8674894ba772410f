import { dirname, isAbsolute, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { err, ok, type Result } from '#shared/lib/result.ts';

const text = z.string().min(1);
const clusterSchema = z.object({
  server: text, 'certificate-authority': text.optional(), 'certificate-authority-data': text.optional(), 'insecure-skip-tls-verify': z.boolean().optional(), 'tls-server-name': text.optional(), 'proxy-url': text.optional(),
});
const execSchema = z.object({
  apiVersion: text, command: text, args: z.array(z.string()).nullish(), env: z.array(z.object({ name: text, value: z.string() })).nullish(), installHint: z.string().optional(), provideClusterInfo: z.boolean().optional(),
});
const userSchema = z.object({
  'client-certificate': text.optional(), 'client-certificate-data': text.optional(), 'client-key': text.optional(), 'client-key-data': text.optional(), token: text.optional(), tokenFile: text.optional(),
  username: z.string().optional(), password: z.string().optional(), exec: execSchema.nullish(), 'auth-provider': z.object({ name: text }).loose().nullish(), as: text.optional(), 'as-groups': z.array(z.string()).nullish(), 'as-uid': text.optional(),
});
const named = <T extends z.ZodType>(key: string, inner: T): z.ZodType<readonly { name: string; value: z.infer<T> }[]> =>
  z.array(z.object({ name: text }).loose()).nullish().transform((items, context) => (items ?? []).flatMap((item) => {
    const read = inner.safeParse(item[key] ?? {});
    if (read.success) return [{ name: item.name, value: read.data }];
    for (const issue of read.error.issues) context.addIssue({ code: 'custom', message: `${key} "${item.name}": ${issue.path.join('.')}: ${issue.message}` });
    return [];
  }));
const configSchema = z.object({
  'current-context': z.string().nullish(),
  clusters: named('cluster', clusterSchema), users: named('user', userSchema),
  contexts: named('context', z.object({ cluster: text, user: z.string().optional(), namespace: text.optional() })),
});

/** A credential plugin of a kubeconfig (client-go credential plugins): a program that prints a credential. */
export interface ExecPlugin { readonly apiVersion: string; readonly command: string; readonly args: readonly string[]; readonly env: readonly { readonly name: string; readonly value: string }[]; readonly installHint: string | undefined; readonly provideClusterInfo: boolean }
/** Who asks. PEM texts or their files; what isn't there is not used. */
export interface KubeUser {
  readonly name: string;
  readonly cert?: Material; readonly key?: Material; readonly token?: string; readonly tokenFile?: string; readonly basic?: { readonly username: string; readonly password: string };
  readonly exec?: ExecPlugin; readonly impersonate?: { readonly user: string; readonly groups: readonly string[]; readonly uid: string | undefined };
}
export type Material = { readonly pem: string } | { readonly file: string };
/** A cluster and how to get in, as a context of a kubeconfig names them. */
export interface KubeTarget {
  readonly context: string | undefined; readonly cluster: string; readonly server: string; readonly namespace: string | undefined;
  readonly ca?: Material; readonly insecure: boolean; readonly serverName?: string; readonly user: KubeUser;
}
/** One file of the KUBECONFIG list. */
export interface KubeconfigFile { readonly path: string; readonly text: string }

type Config = z.infer<typeof configSchema> & { readonly folder: string };

/**
 * The target of a context; without one, of the current context. Of several files the first that names something wins, as kubectl has it.
 * @returns an error that says which file or entry is at fault; it never quotes a value.
 */
export function readKubeconfig(files: readonly KubeconfigFile[], wanted: { readonly context?: string | undefined } = {}): Result<KubeTarget> {
  const configs: Config[] = [];
  for (const { path, text: content } of files) {
    const read = readFile(path, content);
    if (!read.ok) return read;
    configs.push(read.value);
  }
  const name = wanted.context ?? configs.map((c) => c['current-context']).find((c) => c !== null && c !== undefined && c !== '');
  const known = configs.flatMap((c) => c.contexts.map((x) => x.name));
  if (name === null || name === undefined) return err(`the kubeconfig has no current context: name one with --context (${known.join(', ') || 'it has none'})`);
  const context = find(configs, 'contexts', name);
  if (!context) return err(`no context "${name}" in ${files.map((f) => f.path).join(', ')}; there are: ${known.join(', ') || 'none'}`);
  const cluster = find(configs, 'clusters', context.value.cluster);
  if (!cluster) return err(`context "${name}" names the cluster "${context.value.cluster}", which the kubeconfig lacks`);
  if (!/^https?:\/\//.test(cluster.value.server) || !URL.canParse(cluster.value.server)) return err(`cluster "${cluster.name}": server is no http or https address`);
  if (cluster.value['proxy-url'] !== undefined) return err(`cluster "${cluster.name}" asks for a proxy of its own (proxy-url), which is not supported`);
  const user = context.value.user === undefined || context.value.user === '' ? undefined : find(configs, 'users', context.value.user);
  if (!user && context.value.user !== undefined && context.value.user !== '') return err(`context "${name}" names the user "${context.value.user}", whom the kubeconfig lacks`);
  const provider = user?.value['auth-provider']?.name;
  if (provider !== undefined) return err(`user "${user?.name ?? ''}" relies on the auth provider "${provider}", which kubectl dropped in 1.26: use its exec plugin`);
  return ok(targetOf(name, context, cluster, user));
}

function readFile(path: string, content: string): Result<Config> {
  const document = parseDocument(content, { merge: true });
  const [problem] = document.errors;
  // The parser's message quotes the line, which may hold a key.
  if (problem) return err(`${path}: line ${problem.linePos?.[0].line ?? 1}: no YAML (${problem.code})`);
  let value: unknown;
  try { value = document.toJS({ maxAliasCount: 100 }); } catch { return err(`${path}: no kubeconfig: it refers to itself too often`); }
  const parsed = configSchema.safeParse(value ?? {});
  if (!parsed.success) return err(`${path}: no kubeconfig: ${parsed.error.issues.map((i) => `${i.path.join('.')}${i.path.length > 0 ? ': ' : ''}${i.message}`).slice(0, 3).join('; ')}`);
  return ok({ ...parsed.data, folder: dirname(path) });
}

interface Found<T> { readonly name: string; readonly value: T; readonly folder: string }
function find<K extends 'contexts' | 'clusters' | 'users'>(configs: readonly Config[], key: K, name: string): Found<Config[K][number]['value']> | undefined {
  for (const config of configs) {
    const found = config[key].find((entry) => entry.name === name);
    if (found) return { name, value: found.value, folder: config.folder };
  }
  return undefined;
}

const pathIn = (folder: string, path: string): string => (isAbsolute(path) ? path : resolve(folder, path));
/** Data goes before a file (kubeconfig reference). */
function material(folder: string, data: string | undefined, file: string | undefined): Material | undefined {
  if (data !== undefined) return { pem: Buffer.from(data, 'base64').toString('utf8') };
  return file === undefined ? undefined : { file: pathIn(folder, file) };
}

function targetOf(name: string, context: Found<Config['contexts'][number]['value']>, cluster: Found<Config['clusters'][number]['value']>, user: Found<Config['users'][number]['value']> | undefined): KubeTarget {
  const ca = material(cluster.folder, cluster.value['certificate-authority-data'], cluster.value['certificate-authority']);
  const serverName = cluster.value['tls-server-name'];
  return {
    context: name, cluster: cluster.name, server: cluster.value.server.replace(/\/+$/, ''), namespace: context.value.namespace, insecure: cluster.value['insecure-skip-tls-verify'] === true,
    ...(ca && { ca }), ...(serverName !== undefined && { serverName }), user: user ? userOf(user) : { name: 'anonymous' },
  };
}

function userOf({ name, value, folder }: Found<Config['users'][number]['value']>): KubeUser {
  const cert = material(folder, value['client-certificate-data'], value['client-certificate']), key = material(folder, value['client-key-data'], value['client-key']);
  const { exec } = value;
  return {
    name, ...(cert && { cert }), ...(key && { key }),
    ...(value.tokenFile !== undefined ? { tokenFile: pathIn(folder, value.tokenFile) } : value.token !== undefined && { token: value.token }),
    ...(value.username !== undefined && value.password !== undefined && { basic: { username: value.username, password: value.password } }),
    ...(value.as !== undefined && { impersonate: { user: value.as, groups: value['as-groups'] ?? [], uid: value['as-uid'] } }),
    ...(exec && { exec: {
      apiVersion: exec.apiVersion, command: /[\\/]/.test(exec.command) ? pathIn(folder, exec.command) : exec.command, args: exec.args ?? [], env: exec.env ?? [], installHint: exec.installHint, provideClusterInfo: exec.provideClusterInfo === true,
    } }),
  };
}
