import { ConnectFailure, type Fault } from '../pace/failure.ts';
import type { Session, Settings } from '../connector.ts';
import { credentialFault, readAwsFault } from './fault.ts';

/** What AWS signs requests with. Held in memory only. */
export interface AwsCredentials { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string; readonly expiration?: Date }
/** Credentials that are got once for all clients, which would each get their own, and renewed in time. */
export interface Credentials {
  /** Finds or renews them where that is due. It may ask AWS: never call it within a paced request, it would wait for its own place. @throws ConnectFailure */
  ready(): Promise<void>;
  /** Those that `ready` found last. */
  current(): Promise<AwsCredentials>;
}

const EARLY_MS = 5 * 60_000;

/** @param source gets new ones; it throws ConnectFailure. */
export function keepCredentials(session: Pick<Session, 'now'>, source: () => Promise<AwsCredentials>): Credentials {
  let last: AwsCredentials | undefined, asking: Promise<void> | undefined;
  const ask = async (): Promise<void> => { try { last = await source(); } finally { asking = undefined; } };
  return {
    async ready() {
      const ends = last?.expiration?.getTime();
      if (last === undefined || (ends !== undefined && ends - EARLY_MS < session.now() / 1000)) await (asking ??= ask());
    },
    current: () => (last === undefined ? Promise.reject(new ConnectFailure('no_credentials', 'no credentials were found')) : Promise.resolve(last)),
  };
}

/**
 * Whose credentials we go in with, through AWS's own providers: keys that were given, else the named profile (with its SSO, role or process), else the SDK's chain
 * (environment, default profile, container, instance). The providers ask STS, SSO or the machine's metadata by themselves, with retries of their own.
 * @param stsRegion where STS is asked for the role of a profile.
 */
export async function findCredentials(session: Session, endpoint: string | undefined, stsRegion: string): Promise<Credentials> {
  const { settings } = session;
  const given = keysOf(settings);
  if (given) return keepCredentials(session, () => Promise.resolve(given));
  const { fromNodeProviderChain } = await import('@aws-sdk/credential-providers');
  const profile = settings['profile'];
  const mfaCodeProvider = (serial: string): Promise<string> => {
    const code = settings['mfa-code'];
    return code === undefined ? Promise.reject(needsMfa(serial)) : Promise.resolve(code);
  };
  const chain = fromNodeProviderChain({ ...(profile !== undefined && { profile }), mfaCodeProvider, clientConfig: { region: stsRegion, maxAttempts: 3, ...(endpoint !== undefined && { endpoint }) }, maxRetries: 1, timeout: 1000 });
  return keepCredentials(session, async () => { try { return await chain(); } catch (error) { throw failureOf(error); } });
}

export const needsMfa = (serial: string): ConnectFailure => new ConnectFailure('needs_mfa', `the device ${serial} has to confirm: give its current code with --mfa-code`);

function keysOf(settings: Settings): AwsCredentials | undefined {
  const accessKeyId = settings['access-key-id'], secretAccessKey = settings['secret-access-key'], sessionToken = settings['session-token'];
  if ((accessKeyId === undefined) !== (secretAccessKey === undefined)) throw new ConnectFailure('no_credentials', `an access key has two halves: the ${accessKeyId === undefined ? 'access key ID' : 'secret access key'} is missing`);
  return accessKeyId === undefined || secretAccessKey === undefined ? undefined : { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}

/** Everything that keeps us from having credentials ends the pull: nothing can be asked without. */
function failureOf(error: unknown): Error {
  if (!(error instanceof Error) || error instanceof ConnectFailure) return error instanceof Error ? error : new Error(String(error));
  if (error.cause instanceof ConnectFailure) return error.cause;
  const fault: Fault | undefined = /CredentialsProviderError|TokenProviderError/.test(error.name) ? credentialFault(error) : readAwsFault(error, { service: 'sts', operation: 'AssumeRole', isHome: true });
  if (fault === undefined) return error;
  if (fault.kind === 'denied') return new ConnectFailure('no_credentials', `the role of the profile can't be assumed: ${fault.says}`);
  return new ConnectFailure(fault.kind === 'expired' ? 'expired' : 'no_credentials', fault.says);
}
