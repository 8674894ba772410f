import { readFile } from 'node:fs/promises';
import { homedir, platform } from 'node:os';
import { join } from 'node:path';
import type { AuthClient } from 'google-auth-library';
import { isObject, str, type JsonObject } from '#shared/lib/json.ts';
import type { Session } from '../connector.ts';
import { ConnectFailure, isOnlyThisCall, type Fault } from '../pace/failure.ts';
import type { HttpAnswer } from '../pace/http.ts';

/** Gives access tokens. `principal` is who they are of, as far as the credentials say. @throws ConnectFailure */
export interface GcpTokens { readonly principal: string; readonly quotaProject: string | undefined; token(): Promise<string> }

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';

/** The token that was handed over, else a key file, else the application default credentials; impersonating a service account where one is named. */
export async function gcpTokens(session: Session, host: (name: string) => string): Promise<GcpTokens> {
  const { settings } = session, quotaProject = settings['quota-project'];
  const impersonate = settings['impersonate'];
  const handedOver = settings['token'];
  if (handedOver !== undefined && impersonate === undefined) return { principal: 'whoever the token is of', quotaProject, token: () => Promise.resolve(handedOver) };
  const sdk = await import('google-auth-library');
  const transporter = transporterOf(session, sdk, host);
  const { client, principal, quota } = await sourceOf(session, sdk, transporter, host, handedOver);
  const used = impersonate === undefined ? client : new sdk.Impersonated({ sourceClient: client, targetPrincipal: impersonate, targetScopes: [SCOPE], lifetime: 3600, transporter });
  return {
    principal: impersonate === undefined ? principal : `${impersonate} (by ${principal})`, quotaProject: quotaProject ?? quota,
    async token() {
      try {
        const { token } = await used.getAccessToken();
        if (token === null || token === undefined || token === '') throw new ConnectFailure('no_credentials', 'the credentials gave no token');
        return token;
      } catch (error) { throw failureOf(error, session.signal); }
    },
  };
}

type Sdk = typeof import('google-auth-library');
type Transporter = InstanceType<Sdk['gaxios']['Gaxios']>;
interface Source { readonly client: AuthClient; readonly principal: string; readonly quota: string | undefined }

async function sourceOf(session: Session, sdk: Sdk, transporter: Transporter, host: (name: string) => string, handedOver: string | undefined): Promise<Source> {
  if (handedOver !== undefined) { const client = new sdk.OAuth2Client({ transporter }); client.setCredentials({ access_token: handedOver }); return { client, principal: 'whoever the token is of', quota: undefined }; }
  if (session.settings['credential'] === 'metadata') {
    const client = new sdk.OAuth2Client({ transporter }), ask = metadataOf(session, host);
    // The library's own client for this goes out by itself, past all of ours.
    client.refreshHandler = async () => {
      const answer: unknown = JSON.parse(await ask('token')), seconds = Number(str(answer, 'expires_in')), token = str(answer, 'access_token');
      if (token === undefined || !Number.isFinite(seconds)) throw new ConnectFailure('no_credentials', 'the metadata server gave no token');
      return { access_token: token, expiry_date: Date.now() + seconds * 1000 };
    };
    return { client, principal: (await ask('email')).trim(), quota: undefined };
  }
  const { path, json } = await credentialFile(session);
  const principal = str(json, 'client_email') ?? (str(json, 'type') === 'authorized_user' ? `the user of ${path}` : `${str(json, 'type') ?? 'credentials'} of ${path}`);
  try {
    const auth = new sdk.GoogleAuth({ credentials: json, scopes: [SCOPE], clientOptions: { transporter } });
    return { client: await auth.getClient(), principal, quota: str(json, 'quota_project_id') };
  } catch (error) { throw new ConnectFailure('no_credentials', `${path}: ${error instanceof ConnectFailure ? error.says : 'these credentials can’t be used'}`); }
}

/** Where gcloud keeps what `gcloud auth application-default login` gives (Google Cloud documentation, "How Application Default Credentials works"). */
const wellKnown = (env: Session['env']): string => join(env['CLOUDSDK_CONFIG'] ?? (platform() === 'win32' ? join(env['APPDATA'] ?? homedir(), 'gcloud') : join(env['HOME'] ?? homedir(), '.config', 'gcloud')), 'application_default_credentials.json');

async function credentialFile({ settings, env }: Session): Promise<{ readonly path: string; readonly json: JsonObject }> {
  const named = settings['key-file'] ?? env['GOOGLE_APPLICATION_CREDENTIALS'];
  const path = named ?? wellKnown(env);
  let text: string;
  try { text = await readFile(path, 'utf8'); } catch (error) {
    const code = String(error instanceof Error ? Reflect.get(error, 'code') : error);
    throw new ConnectFailure('no_credentials', named === undefined && code === 'ENOENT' ? 'no application default credentials: gcloud auth application-default login, --key-file FILE, or --credential metadata on a machine of Google Cloud' : `${path}: can't be read (${code})`);
  }
  try {
    const json: unknown = JSON.parse(text);
    if (isObject(json) && str(json, 'type') !== undefined) return { path, json };
  } catch { /* said below; the parser's message would quote the file */ }
  throw new ConnectFailure('no_credentials', `${path}: no credentials of Google Cloud`);
}

/**
 * Asks the machine's metadata server about its service account (Compute Engine documentation, "About VM metadata": the address, the header that is asked for, and
 * `GCE_METADATA_HOST` in Google's libraries). @throws ConnectFailure
 */
function metadataOf(session: Session, host: (name: string) => string): (what: 'token' | 'email') => Promise<string> {
  const other = session.env['GCE_METADATA_HOST'], standIn = host('metadata.google.internal');
  const base = !standIn.startsWith('https:') ? standIn : `http://${other === undefined || other === '' ? '169.254.169.254' : other}`;
  return async (what) => {
    try {
      return (await session.http.bytes({ url: `${base}/computeMetadata/v1/instance/service-accounts/default/${what}`, headers: { 'metadata-flavor': 'Google' }, readFault })).body.toString('utf8');
    } catch (error) {
      if (error instanceof ConnectFailure && error.kind === 'absent') throw new ConnectFailure('no_credentials', 'this machine has no service account');
      throw isOnlyThisCall(error) ? new ConnectFailure('no_credentials', `the metadata server can't be asked: ${error.says}`) : error;
    }
  };
}

/** The library asks through our door, once: trying again is the pace's. */
function transporterOf(session: Session, sdk: Sdk, host: (name: string) => string): Transporter {
  const transporter = new sdk.gaxios.Gaxios({ fetchImplementation: fetchThrough(session, host) }), send = transporter.request.bind(transporter);
  transporter.request = (options) => send({ ...options, retry: false, retryConfig: { retry: 0, noResponseRetries: 0 } });
  return transporter;
}

/** The library's requests for tokens go out as all others do: admitted, paced, with a deadline. */
function fetchThrough(session: Session, host: (name: string) => string): typeof fetch {
  return async (input, init) => {
    const wanted = new URL(input instanceof Request ? input.url : input);
    const url = wanted.protocol === 'https:' ? `${host(wanted.host)}${wanted.pathname}${wanted.search}` : wanted.href;
    const answer = await session.http.bytes({ url, method: init?.method === 'POST' ? 'POST' : 'GET', headers: Object.fromEntries(new Headers(init?.headers)), ...(init?.body !== undefined && init.body !== null && { body: await new Response(init.body).text() }), readFault });
    return new Response(new Uint8Array(answer.body), { status: answer.status, headers: { 'content-type': answer.headers['content-type'] ?? 'application/json' } });
  };
}

/** OAuth's words (RFC 6749, 5.2) and those of IAM Credentials. */
function readFault({ status, body }: HttpAnswer): Fault | undefined {
  let said: unknown;
  try { said = JSON.parse(body.toString('utf8')); } catch { return undefined; }
  const error = str(said, 'error') ?? str(said, 'error', 'status'), text = (str(said, 'error_description') ?? str(said, 'error', 'message') ?? '').replaceAll(/[\p{Cc}\s]+/gu, ' ').slice(0, 200);
  if (error === 'invalid_grant') return { retry: false, kind: 'expired', says: `Google no longer accepts the credentials: ${text === '' ? error : text}` };
  if (error === 'invalid_client' || error === 'unauthorized_client' || error === 'invalid_scope') return { retry: false, kind: 'no_credentials', says: `Google doesn't accept the credentials: ${error}` };
  return status === 403 ? { retry: false, kind: 'no_credentials', says: `no token for the service account: ${text}` } : undefined;
}

function failureOf(error: unknown, signal: AbortSignal): ConnectFailure {
  if (signal.aborted) return new ConnectFailure('cancelled', 'the pull was cancelled');
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 6; at = at.cause, depth++) if (at instanceof ConnectFailure) return at;
  // What the library says may hold parts of a request.
  return new ConnectFailure('no_credentials', 'the credentials gave no token');
}
