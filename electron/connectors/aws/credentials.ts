import { ConnectFailure, type Fault } from '../pace/failure.ts';
import type { Session, Settings } from '../connector.ts';
import { credentialFault, readAwsFault } from './fault.ts';

/** What AWS signs requests with. Held in memory only. */
export interface AwsCredentials { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string; readonly expiration?: Date }
export type CredentialSource = () => Promise<AwsCredentials>;

const EARLY_MS = 5 * 60_000;

/**
 * Where credentials come from, through AWS's own providers: keys that were given, else the named profile (with its SSO, role or process), else the SDK's
 * chain (environment, default profile, container, instance); with a role on top where one is named.
 * @param stsRegion where STS is asked for a role.
 */
export async function openCredentials(session: Session, endpoint: string | undefined, stsRegion: string): Promise<CredentialSource> {
  const { settings } = session;
  const { fromNodeProviderChain, fromTemporaryCredentials } = await import('@aws-sdk/credential-providers');
  const clientConfig = { region: stsRegion, maxAttempts: 3, ...(endpoint !== undefined && { endpoint }) };
  const profile = settings['profile'];
  const mfaCodeProvider = (serial: string): Promise<string> => {
    const code = settings['mfa-code'];
    return code === undefined ? Promise.reject(new ConnectFailure('needs_mfa', `the device ${serial} has to confirm: give its current code with --mfa-code`)) : Promise.resolve(code);
  };
  const given = keysOf(settings);
  const base: CredentialSource = given ? () => Promise.resolve(given) : fromNodeProviderChain({ ...(profile !== undefined && { profile }), mfaCodeProvider, clientConfig, maxRetries: 1, timeout: 1000 });
  const roleArn = settings['role-arn'], serial = settings['mfa-serial'], externalId = settings['external-id'];
  const source: CredentialSource = roleArn === undefined ? base : fromTemporaryCredentials({
    masterCredentials: base, mfaCodeProvider, clientConfig,
    params: { RoleArn: roleArn, RoleSessionName: 'winnow', DurationSeconds: 3600, ...(externalId !== undefined && { ExternalId: externalId }), ...(serial !== undefined && { SerialNumber: serial }) },
  });
  return shared(session, source);
}

function keysOf(settings: Settings): AwsCredentials | undefined {
  const accessKeyId = settings['access-key-id'], secretAccessKey = settings['secret-access-key'], sessionToken = settings['session-token'];
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined)) throw new ConnectFailure('no_credentials', `an access key has two halves: the ${accessKeyId === undefined ? 'access key ID' : 'secret access key'} is missing`);
  return accessKeyId === undefined || secretAccessKey === undefined ? undefined : { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}

/** One source for all clients: they would each assume the role for themselves. Asked again when the credentials are about to end. */
function shared(session: Session, source: CredentialSource): CredentialSource {
  let known: Promise<AwsCredentials> | undefined, ends: number | undefined;
  const ask = async (): Promise<AwsCredentials> => {
    try {
      const found = await source();
      ends = found.expiration?.getTime();
      return found;
    } catch (error) { known = undefined; throw failureOf(error); }
  };
  return () => {
    const isOver = ends !== undefined && ends - EARLY_MS < session.now() / 1000;
    if (known === undefined || isOver) { ends = undefined; known = ask(); }
    return known;
  };
}

/** Everything that keeps us from having credentials ends the pull: nothing can be asked without. */
function failureOf(error: unknown): Error {
  if (!(error instanceof Error) || error instanceof ConnectFailure) return error instanceof Error ? error : new Error(String(error));
  if (error.cause instanceof ConnectFailure) return error.cause;
  const fault: Fault | undefined = /CredentialsProviderError|TokenProviderError/.test(error.name) ? credentialFault(error) : readAwsFault(error, { service: 'sts', operation: 'AssumeRole', isHome: true });
  if (fault === undefined) return error;
  if (fault.kind === 'denied') return new ConnectFailure('no_credentials', `the role can't be assumed: ${fault.says}`);
  return new ConnectFailure(fault.kind === 'expired' ? 'expired' : 'no_credentials', fault.says);
}
