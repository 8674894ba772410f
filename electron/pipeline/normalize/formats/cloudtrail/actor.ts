import { parseArn, partitionOf } from '#shared/lib/arn.ts';
import { isObject, at, str } from '#shared/lib/json.ts';
import type { Event } from '#shared/model/event.ts';

export interface Actor { readonly actor?: string; readonly actor_type: Event['actor_type']; readonly actor_session?: string; readonly actor_account?: string }
type Raw = Readonly<Record<string, unknown>>;

/** Who did it. Source: AWS CloudTrail user guide, "CloudTrail userIdentity element". */
export function cloudtrailActor(event: Raw): Actor {
  const identity = at(event, 'userIdentity');
  if (!isObject(identity)) return { actor_type: 'unknown' };
  const arn = str(identity, 'arn'), account = str(identity, 'accountId'), type = str(identity, 'type') ?? '';
  const partition = (arn && parseArn(arn)?.partition) ?? partitionOf(str(event, 'awsRegion'));
  const known = account !== undefined && /^\d{12}$/.test(account) ? { actor_account: account } : {};
  const root = account === undefined ? undefined : `arn:${partition}:iam::${account}:root`;
  if (isAnonymous(identity)) return { actor: 'anonymous', actor_type: 'anonymous' };
  switch (type) {
    case 'Root': return { ...named(root ?? arn), actor_type: 'root', ...known };
    case 'IAMUser': return { ...named(arn ?? userArn(identity, partition) ?? str(identity, 'userName')), actor_type: 'user', ...known };
    case 'AssumedRole': return { ...assumed(identity, partition, arn), ...known };
    case 'Role': return { ...named(arn), actor_type: 'role', ...known };
    case 'FederatedUser': return { ...named(str(identity, 'sessionContext', 'sessionIssuer', 'arn') ?? arn), actor_type: 'federated', ...(arn !== undefined && { actor_session: arn }), ...known };
    case 'SAMLUser': case 'WebIdentityUser': case 'IdentityCenterUser': case 'Directory':
      return { ...named(str(identity, 'userName') ?? str(identity, 'onBehalfOf', 'userId') ?? arn ?? str(identity, 'principalId')), actor_type: 'federated', ...known };
    case 'AWSService': return { ...named(str(identity, 'invokedBy') ?? str(identity, 'principalId')), actor_type: 'service' };
    case 'AWSAccount': return { ...named(arn ?? root ?? str(identity, 'principalId')), actor_type: isOwn(event, account) ? 'unknown' : 'external_account', ...session(identity), ...known };
    default: return { ...named(arn ?? str(identity, 'userName') ?? str(identity, 'invokedBy') ?? str(identity, 'principalId')), actor_type: type === '' && str(identity, 'invokedBy') !== undefined ? 'service' : 'unknown', ...known };
  }
}

/** An unsigned request to S3 shows as an AWSAccount named ANONYMOUS_PRINCIPAL, or `anonymous`. */
const isAnonymous = (identity: Raw): boolean =>
  [str(identity, 'accountId'), str(identity, 'principalId')].some((id) => /^anonymous(_principal)?$/i.test(id ?? '')) || str(identity, 'type') === 'Anonymous';

/** The role's ARN: from the session's issuer, else built from the assumed-role ARN (whose path is lost there). */
function assumed(identity: Raw, partition: string, arn: string | undefined): Actor {
  const issuer = str(identity, 'sessionContext', 'sessionIssuer', 'arn');
  const m = arn === undefined ? null : /^arn:([a-z0-9-]+):sts::(\d{12}):assumed-role\/([^/]+)/.exec(arn);
  const built = m ? `arn:${m[1] ?? partition}:iam::${m[2] ?? ''}:role/${m[3] ?? ''}` : undefined;
  const isUser = str(identity, 'sessionContext', 'sessionIssuer', 'type') === 'IAMUser';
  return { ...named(issuer ?? built ?? arn ?? str(identity, 'principalId')), actor_type: isUser ? 'user' : 'role', ...(arn === undefined ? session(identity) : { actor_session: arn }) };
}

function userArn(identity: Raw, partition: string): string | undefined {
  const name = str(identity, 'userName'), account = str(identity, 'accountId');
  // AWS hides the name of a failed sign-in: it may be a password typed into the wrong field.
  return name === undefined || account === undefined || name === 'HIDDEN_DUE_TO_SECURITY_REASONS' ? undefined : `arn:${partition}:iam::${account}:user/${name}`;
}

const isOwn = (event: Raw, account: string | undefined): boolean => account !== undefined && account === str(event, 'recipientAccountId');
const named = (actor: string | undefined): { readonly actor?: string } => (actor === undefined ? {} : { actor });
const session = (identity: Raw): { readonly actor_session?: string } => {
  const principal = str(identity, 'principalId');
  return principal === undefined ? {} : { actor_session: principal };
};
