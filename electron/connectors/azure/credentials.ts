import type { TokenCredential } from '@azure/identity';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { Session } from '../connector.ts';
import { ConnectFailure } from '../pace/failure.ts';
import type { AzureCloud } from './clouds.ts';

/** Gives a token for one of the two audiences. @throws ConnectFailure */
export interface AzureTokens { readonly kind: string; tokenFor(audience: 'arm' | 'graph'): Promise<string> }

export const credentialKinds = ['cli', 'device-code', 'environment', 'managed-identity', 'token'] as const;
type Kind = (typeof credentialKinds)[number];

/** Which credentials to use: what is set, else a token that was handed over, else a service principal of the environment, else the Azure CLI's. */
export function azureTokens(session: Session, cloud: AzureCloud): Result<AzureTokens, ConnectFailure> {
  const { settings, env } = session;
  const written = settings['credential'] ?? (settings['token'] !== undefined ? 'token' : env['AZURE_CLIENT_ID'] !== undefined && env['AZURE_CLIENT_SECRET'] !== undefined ? 'environment' : 'cli');
  const kind = credentialKinds.find((k) => k === written);
  if (kind === undefined) return err(new ConnectFailure('no_credentials', `no kind of credentials "${written}": ${credentialKinds.join(', ')}`));
  return ok(kind === 'token' ? handedOver(session) : ofSdk(session, cloud, kind));
}

/** Tokens that somebody else got, as `az account get-access-token` prints them. Each is good for its own audience only. */
function handedOver({ settings }: Session): AzureTokens {
  return {
    kind: 'token',
    tokenFor(audience) {
      const token = settings[audience === 'arm' ? 'token' : 'graph-token'];
      if (token !== undefined) return Promise.resolve(token);
      return Promise.reject(audience === 'arm' ? new ConnectFailure('no_credentials', 'no token: put one into AZURE_ACCESS_TOKEN (az account get-access-token)') : new ConnectFailure('denied', 'no token for Microsoft Graph was given (AZURE_GRAPH_TOKEN; az account get-access-token --resource-type ms-graph)'));
    },
  };
}

function ofSdk(session: Session, cloud: AzureCloud, kind: Exclude<Kind, 'token'>): AzureTokens {
  let made: Promise<TokenCredential> | undefined;
  return {
    kind,
    async tokenFor(audience) {
      const credential = await (made ??= openCredential(session, cloud, kind));
      try {
        const token = await credential.getToken(`${audience === 'arm' ? cloud.arm : cloud.graph}/.default`, { abortSignal: session.signal });
        if (token === null) throw new ConnectFailure('no_credentials', `the credentials of the kind ${kind} gave no token`);
        return token.token;
      } catch (error) { throw failureOf(error, kind, audience, session.signal); }
    },
  };
}

/** The SDK keeps tokens in memory and gets new ones in time; it stores nothing without its persistence plug-in, which we don't have. */
async function openCredential(session: Session, cloud: AzureCloud, kind: Exclude<Kind, 'token'>): Promise<TokenCredential> {
  const tenantId = session.settings['tenant'] ?? session.env['AZURE_TENANT_ID'];
  const clientId = session.env['AZURE_CLIENT_ID'], secret = session.env['AZURE_CLIENT_SECRET'];
  if (kind === 'environment' && (tenantId === undefined || clientId === undefined || secret === undefined)) throw new ConnectFailure('no_credentials', 'a service principal needs AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET');
  // The CLI is a program of its own; the others go out from here.
  if (kind !== 'cli') await session.admit(kind === 'managed-identity' ? session.env['IDENTITY_ENDPOINT'] ?? 'http://169.254.169.254' : cloud.authority);
  const { AzureCliCredential, ClientSecretCredential, DeviceCodeCredential, ManagedIdentityCredential } = await import('@azure/identity');
  switch (kind) {
    case 'cli': return new AzureCliCredential({ ...(tenantId !== undefined && { tenantId }) });
    case 'managed-identity': return clientId === undefined ? new ManagedIdentityCredential() : new ManagedIdentityCredential(clientId);
    case 'device-code': return new DeviceCodeCredential({ authorityHost: cloud.authority, ...(tenantId !== undefined && { tenantId }), userPromptCallback: (info) => { session.say(info.message); } });
    case 'environment': return new ClientSecretCredential(tenantId ?? '', clientId ?? '', secret ?? '', { authorityHost: cloud.authority });
  }
}

const plain = (text: string): string => text.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim().slice(0, 300);

/** What the SDK's errors mean (their names are its contract), in words without anything that is as long as a token. */
function failureOf(error: unknown, kind: string, audience: 'arm' | 'graph', signal: AbortSignal): ConnectFailure {
  if (error instanceof ConnectFailure) return error;
  if (signal.aborted) return new ConnectFailure('cancelled', 'the pull was cancelled');
  const message = plain(error instanceof Error ? error.message : String(error)).replaceAll(/[\w+/=~.-]{60,}/g, '…');
  const code = error instanceof Error ? String(Reflect.get(Object(Reflect.get(error, 'errorResponse')), 'error') ?? '') : '';
  const isOld = /invalid_grant|expired|interaction_required|AADSTS(50173|70043|700082|50078)/.test(`${code} ${message}`);
  // Without the directory the rest is still worth pulling.
  if (audience === 'graph') return new ConnectFailure('denied', `no token for Microsoft Graph: ${message}`);
  return new ConnectFailure(isOld ? 'expired' : 'no_credentials', `${kind}: ${message}`);
}

/** What a token says of itself, for telling whose it is; it is not checked, as it is not ours to check. */
export function claimsOf(token: string): Readonly<Record<string, unknown>> {
  const [, payload] = token.split('.');
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload ?? '', 'base64url').toString('utf8'));
    return typeof claims === 'object' && claims !== null ? { ...claims } : {};
  } catch { return {}; /* opaque: some tokens are none of JWT's */ }
}
