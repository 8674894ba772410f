import { at, str } from '#shared/lib/json.ts';
import { ConnectFailure } from '../pace/failure.ts';
import type { Session } from '../connector.ts';
import type { AwsClients } from './clients.ts';
import { keepCredentials, needsMfa, type AwsCredentials, type Credentials } from './credentials.ts';

/** A role to assume (STS API reference, AssumeRole). */
export interface Role { readonly arn: string; readonly externalId: string | undefined; /** The device whose code the role asks for, and that code. */ readonly mfa?: { readonly serial: string; readonly code: string | undefined } }

/** The longest that a role's session may last when a role assumed it (IAM user guide, "Role chaining"). */
const HOUR_S = 3600;

/**
 * The credentials of a role, got by those that `clients` have and renewed in time.
 * @returns credentials whose failure is `denied` where STS refuses the role; other failures are those of a request.
 */
export function assumeRole(session: Session, clients: AwsClients, region: string, role: Role): Credentials {
  let isFirst = true;
  return keepCredentials(session, async () => {
    const { mfa } = role;
    if (mfa && mfa.code === undefined) throw needsMfa(mfa.serial);
    // A code is good for one session.
    if (mfa && !isFirst) throw new ConnectFailure('expired', `the session of ${role.arn} is over: give a new code of ${mfa.serial} with --mfa-code`);
    const answer = await assume(clients, region, role);
    isFirst = false;
    return readCredentials(answer, role.arn);
  });
}

async function assume(clients: AwsClients, region: string, { arn, externalId, mfa }: Role): Promise<unknown> {
  try {
    return await clients.call('sts', 'AssumeRole', region, { RoleArn: arn, RoleSessionName: 'winnow', DurationSeconds: HOUR_S, ...(externalId !== undefined && { ExternalId: externalId }), ...(mfa && { SerialNumber: mfa.serial, TokenCode: mfa.code }) });
  } catch (error) {
    if (!(error instanceof ConnectFailure) || error.kind !== 'denied') throw error;
    throw new ConnectFailure('denied', `the role ${arn} can't be assumed: ${error.says}`);
  }
}

function readCredentials(answer: unknown, arn: string): AwsCredentials {
  const told = (key: string): string | undefined => str(answer, 'Credentials', key);
  const accessKeyId = told('AccessKeyId'), secretAccessKey = told('SecretAccessKey'), sessionToken = told('SessionToken'), expiration = at(answer, 'Credentials', 'Expiration');
  if (accessKeyId === undefined || secretAccessKey === undefined || sessionToken === undefined) throw new ConnectFailure('bad_answer', `STS gave no credentials for ${arn}`);
  return { accessKeyId, secretAccessKey, sessionToken, ...(expiration instanceof Date && { expiration }) };
}
