import { spawn } from 'node:child_process';
import { z } from 'zod';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { ExecPlugin } from './kubeconfig.ts';

/** What a credential plugin printed: a token, a client certificate, or both. Held in memory only. */
export interface ExecCredential { readonly token?: string; readonly cert?: string; readonly key?: string; readonly expires_us?: number }
/** What a plugin is told of the cluster when it asks for it (`provideClusterInfo`). */
export interface ExecCluster { readonly server: string; readonly ca?: string | undefined; readonly serverName?: string | undefined; readonly insecure: boolean }

const versions = new Set(['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1']);
const credentialSchema = z.object({
  kind: z.literal('ExecCredential'), apiVersion: z.string(),
  status: z.object({ token: z.string().min(1).optional(), clientCertificateData: z.string().min(1).optional(), clientKeyData: z.string().min(1).optional(), expirationTimestamp: z.iso.datetime({ offset: true }).optional() }),
});
const PLUGIN_DEADLINE_MS = 120_000;
const MOST_OUTPUT = 1_000_000;

/** The command as people read it, for saying it before it runs. Values of its environment are not shown. */
export const execCommand = ({ command, args, env }: ExecPlugin): string => [...env.map((e) => `${e.name}=…`), command, ...args].map((part) => (/^[\w@%+=:,./…-]+$/.test(part) ? part : JSON.stringify(part))).join(' ');

/**
 * Runs a credential plugin and reads what it prints (Kubernetes documentation, "client-go credential plugins").
 * @returns an error with the plugin's own last line; never what it printed as a credential.
 */
export async function runExecPlugin(plugin: ExecPlugin, cluster: ExecCluster, signal: AbortSignal, deadlineMs = PLUGIN_DEADLINE_MS): Promise<Result<ExecCredential>> {
  if (!versions.has(plugin.apiVersion)) return err(`the credential plugin speaks ${plugin.apiVersion}; client.authentication.k8s.io/v1 and v1beta1 are understood`);
  const ran = await run(plugin, infoOf(plugin, cluster), signal, deadlineMs);
  if (!ran.ok) return ran;
  let printed: unknown;
  try { printed = JSON.parse(ran.value); } catch { return err(`the credential plugin "${plugin.command}" printed no JSON`); }
  const read = credentialSchema.safeParse(printed);
  if (!read.success) return err(`the credential plugin "${plugin.command}" printed no credential: ${read.error.issues.map((i) => i.path.join('.')).join(', ')}`);
  if (read.data.apiVersion !== plugin.apiVersion) return err(`the credential plugin "${plugin.command}" answered in ${read.data.apiVersion} instead of ${plugin.apiVersion}`);
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp: expires } = read.data.status;
  if (token === undefined && (cert === undefined || key === undefined)) return err(`the credential plugin "${plugin.command}" printed neither a token nor a certificate with its key`);
  return ok({ ...(token !== undefined && { token }), ...(cert !== undefined && key !== undefined && { cert, key }), ...(expires !== undefined && { expires_us: Date.parse(expires) * 1000 }) });
}

function infoOf(plugin: ExecPlugin, { server, ca, serverName, insecure }: ExecCluster): string {
  const cluster = { server, ...(ca !== undefined && { 'certificate-authority-data': Buffer.from(ca).toString('base64') }), ...(serverName !== undefined && { 'tls-server-name': serverName }), ...(insecure && { 'insecure-skip-tls-verify': true }), config: null };
  return JSON.stringify({ apiVersion: plugin.apiVersion, kind: 'ExecCredential', spec: { interactive: false, ...(plugin.provideClusterInfo && { cluster }) } });
}

function run(plugin: ExecPlugin, info: string, signal: AbortSignal, deadlineMs: number): Promise<Result<string>> {
  signal.throwIfAborted();
  const env = { ...process.env, ...Object.fromEntries(plugin.env.map((e) => [e.name, e.value])), KUBERNETES_EXEC_INFO: info };
  return new Promise((resolve, reject) => {
    const child = spawn(plugin.command, plugin.args, { env, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
    let out = '', said = '';
    const stop = (): void => { child.kill('SIGKILL'); };
    let isLate = false;
    const timer = setTimeout(() => { isLate = true; stop(); }, deadlineMs);
    signal.addEventListener('abort', stop, { once: true });
    child.stdout.setEncoding('utf8').on('data', (piece: string) => { out += piece; if (out.length > MOST_OUTPUT) stop(); });
    child.stderr.setEncoding('utf8').on('data', (piece: string) => { said = (said + piece).slice(-4000); });
    const over = (result: Result<string>): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      if (signal.aborted) reject(reasonOf(signal)); else resolve(result);
    };
    child.on('error', (error) => { over(err(`the credential plugin "${plugin.command}" can't be started (${String(Reflect.get(error, 'code'))})${plugin.installHint === undefined ? '' : `: ${plain(plugin.installHint)}`}`)); });
    child.on('close', (code, killed) => {
      if (code === 0) over(ok(out));
      else over(err(isLate ? `the credential plugin "${plugin.command}" did not end within ${deadlineMs / 1000} s` : `the credential plugin "${plugin.command}" failed (${code ?? killed ?? 'killed'})${said.trim() === '' ? '' : `: ${lastLine(said)}`}`));
    });
  });
}

const reasonOf = (signal: AbortSignal): Error => (signal.reason instanceof Error ? signal.reason : new Error('cancelled'));
const plain = (said: string): string => said.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim().slice(0, 300);
/** What a plugin complains of, without anything that is as long as a key. */
const lastLine = (said: string): string => plain(said.trimEnd().split('\n').at(-1) ?? '').replaceAll(/[\w+/=.-]{40,}/g, '…');
