import { readFile } from 'node:fs/promises';
import { str } from '#shared/lib/json.ts';
import type { Session } from '../connector.ts';
import { ConnectFailure, type Fault } from '../pace/failure.ts';
import type { Http, HttpAnswer } from '../pace/http.ts';
import { isLoopback } from '../pace/stand-in.ts';
import { execCommand, runExecPlugin, type ExecCredential } from './exec-plugin.ts';
import type { KubeTarget, Material } from './kubeconfig.ts';

/** A cluster's API as one user sees it. Paths begin with `/api` or `/apis`. */
export interface KubeApi {
  /** @throws ConnectFailure; `gone` is told when a continue token has expired, with the token to go on with, if there is one. */
  get(path: string, options?: { readonly accept?: string; readonly gone?: (next: string | undefined) => void }): Promise<unknown>;
  /** Only for reviews: objects that the server answers and doesn't store. */
  review(path: string, body: unknown): Promise<unknown>;
}
type Way = { readonly http: Http; readonly headers: Readonly<Record<string, string>> };

/** Reads the credentials of a target, runs its credential plugin if it has one (after saying so), and opens the way to its API. */
export async function openApi(session: Session, target: KubeTarget): Promise<KubeApi> {
  let way: Promise<Way> | undefined;
  const canRenew = target.user.tokenFile !== undefined || target.user.exec !== undefined;
  const ask = async (request: (w: Way) => Promise<unknown>): Promise<unknown> => {
    const current = (way ??= openWay(session, target));
    try { return await request(await current); } catch (error) {
      if (!(error instanceof ConnectFailure) || error.kind !== 'expired') throw error;
      if (!canRenew) throw new ConnectFailure('expired', saysExpired(target));
      // Whoever meets the refusal first renews; the others wait for the same new credential.
      if (way === current) way = openWay(session, target);
      try { return await request(await way); } catch (again) { throw again instanceof ConnectFailure && again.kind === 'expired' ? new ConnectFailure('expired', saysExpired(target)) : again; }
    }
  };
  await (way = openWay(session, target));
  return {
    get: (path, { accept, gone } = {}) => ask(({ http, headers }) => http.json({
      url: `${target.server}${path}`, headers: { ...headers, accept: accept ?? 'application/json' }, readFault: (answer) => { if (answer.status === 410) gone?.(str(statusOf(answer), 'metadata', 'continue')); return faultOf(answer); },
    })),
    review: (path, body) => ask(({ http, headers }) => http.json({ url: `${target.server}${path}`, method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body), readFault: faultOf })),
  };
}

const saysExpired = (target: KubeTarget): string => `the cluster ${target.cluster} does not accept the credentials of "${target.user.name}" (any more)`;

function statusOf(answer: HttpAnswer): unknown {
  try { return JSON.parse(answer.body.toString('utf8')); } catch { return undefined; }
}

/** The server's own words for a refusal (`Status.message`). */
function faultOf(answer: HttpAnswer): Fault | undefined {
  if (answer.status === 410) return { retry: false, kind: 'absent', says: 'the list has expired on the server (410)' };
  const message = str(statusOf(answer), 'message')?.replaceAll(/[\p{Cc}\s]+/gu, ' ').slice(0, 300);
  return answer.status === 403 && message !== undefined ? { retry: false, kind: 'denied', says: message } : undefined;
}

async function openWay(session: Session, target: KubeTarget): Promise<Way> {
  const { user } = target;
  const ca = await pemOf(target.ca);
  const plugin = user.exec && await pluginCredential(session, target, ca);
  const cert = plugin?.cert ?? await pemOf(user.cert), key = plugin?.key ?? await pemOf(user.key);
  const token = plugin?.token ?? (user.tokenFile === undefined ? user.token : (await textOf(user.tokenFile)).trim());
  const http = session.http.withTls({
    ...(ca !== undefined && { ca }), ...(cert !== undefined && { cert }), ...(key !== undefined && { key }), ...(target.serverName !== undefined && { servername: target.serverName }), ...(target.insecure && { insecure: true }),
  });
  const authorization = token !== undefined ? `Bearer ${token}` : user.basic === undefined ? undefined : `Basic ${Buffer.from(`${user.basic.username}:${user.basic.password}`).toString('base64')}`;
  if (authorization !== undefined && !target.server.startsWith('https:') && !isLoopback(new URL(target.server).hostname)) throw new ConnectFailure('rejected', `the server ${target.server} is not https: credentials are not sent in the clear`);
  return { http, headers: { ...(authorization !== undefined && { authorization }), ...impersonation(target) } };
}

/** Of several groups one header has to be sent each; joined, they would be one group. */
function impersonation({ user: { impersonate, name } }: KubeTarget): Readonly<Record<string, string>> {
  if (!impersonate) return {};
  if (impersonate.groups.length > 1) throw new ConnectFailure('rejected', `user "${name}" stands for several groups at once (as-groups), which is not supported`);
  return { 'impersonate-user': impersonate.user, ...(impersonate.groups[0] !== undefined && { 'impersonate-group': impersonate.groups[0] }), ...(impersonate.uid !== undefined && { 'impersonate-uid': impersonate.uid }) };
}

async function pluginCredential(session: Session, target: KubeTarget, ca: string | undefined): Promise<ExecCredential> {
  const { exec } = target.user;
  if (!exec) return {};
  session.say(`The kubeconfig asks for a credential plugin; running: ${execCommand(exec)}`);
  const ran = await runExecPlugin(exec, { server: target.server, ca, serverName: target.serverName, insecure: target.insecure }, session.signal);
  if (!ran.ok) throw new ConnectFailure('no_credentials', ran.error);
  return ran.value;
}

const pemOf = async (material: Material | undefined): Promise<string | undefined> => (material === undefined ? undefined : 'pem' in material ? material.pem : await textOf(material.file));
async function textOf(path: string): Promise<string> {
  try { return await readFile(path, 'utf8'); } catch (error) { throw new ConnectFailure('no_credentials', `${path}, which the kubeconfig names, can't be read (${String(error instanceof Error ? Reflect.get(error, 'code') : error)})`); }
}
