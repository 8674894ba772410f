import { isObject, str } from '#shared/lib/json.ts';
import { ConnectFailure, readRetryAfter, socketFault, type Fault } from '../pace/failure.ts';

/** Error codes of AWS (each service's "Common errors"; retry codes as in the SDK's standard mode). */
const throttling = /^(Throttl|.*Throttl(ed|ing)|TooManyRequests|RequestLimitExceeded|SlowDown|BandwidthLimitExceeded|ProvisionedThroughputExceeded|PriorRequestNotComplete|TransactionInProgress|LimitExceeded$)/;
const expired = /^(ExpiredToken|RequestExpired|TokenRefreshRequired|ExpiredTokenException)/;
const unaccepted = /^(InvalidClientTokenId|UnrecognizedClient|AuthFailure|SignatureDoesNotMatch|InvalidAccessKeyId|IncompleteSignature|MissingAuthenticationToken|InvalidSignatureException)/;
const denied = /^(AccessDenied|Unauthorized|Authorization|Forbidden|AllAccessDisabled|AccessForbidden|NotAuthorized|InvalidAccess$)/;
const absent = /(NotFound|NotInUse|^NoSuch|NotExist|SubscriptionRequired|OptInRequired|InvalidAction|UnsupportedOperation|NotSupported)/;

/** What an error of the SDK means. `isHome`: in the region where the credentials have worked. Undefined for what is no error of AWS. */
export function readAwsFault(error: unknown, at: { readonly service: string; readonly operation: string; readonly isHome: boolean }): Fault | undefined {
  if (error instanceof ConnectFailure || !(error instanceof Error)) return undefined;
  const what = `${at.service} ${at.operation}`, name = error.name;
  if (/CredentialsProviderError|TokenProviderError/.test(name)) return credentialFault(error);
  if (name === 'TimeoutError') return { retry: true, kind: 'timeout', says: `${what} did not answer in time` };
  const status = Number(str(Reflect.get(error, '$metadata'), 'httpStatusCode') ?? 0);
  const after = readRetryAfter(str(headersOf(error), 'retry-after'), Date.now());
  const later = after === undefined ? {} : { after_ms: after };
  if (throttling.test(name) || status === 429) return { retry: true, kind: 'throttled', says: `${what} asks for fewer requests (${name})`, ...later };
  if (expired.test(name)) return { retry: false, kind: 'expired', says: `the credentials are no longer valid (${name})` };
  // Regions that are not switched on for an account know none of its credentials.
  if (unaccepted.test(name)) return at.isHome ? { retry: false, kind: 'expired', says: `AWS does not accept the credentials (${name})` } : { retry: false, kind: 'rejected', says: `the region does not accept the credentials (${name}); it may not be switched on for the account` };
  if (name === 'RequestTimeTooSkewed') return { retry: true, kind: 'bad_answer', says: "this machine's clock differs too much from AWS's" };
  if (denied.test(name)) return { retry: false, kind: 'denied', says: deniedWords(error.message) };
  if (status >= 500) return { retry: status !== 501, kind: status === 503 ? 'throttled' : 'unreachable', says: `${what} answered ${status} (${name})`, ...later };
  if (absent.test(name) || status === 404) return { retry: false, kind: 'absent', says: `${what}: ${name}` };
  if (status === 403) return { retry: false, kind: 'denied', says: deniedWords(error.message) };
  if (status >= 400) return { retry: false, kind: 'rejected', says: `${what}: ${name}` };
  return socketFault(error) ?? (status >= 200 || /deserializ|parse|Unexpected (end|token)|JSON/i.test(error.message) ? { retry: true, kind: 'bad_answer', says: `${what} answered with something that can't be read` } : undefined);
}

/** Why, as far as AWS says: an explicit deny and where it stands. Names nothing else of the message, which may be long. */
function deniedWords(message: string): string {
  const explicit = /with an explicit deny in an? ([a-z -]+? policy|[a-z -]+?boundary)/i.exec(message)?.[1];
  if (explicit !== undefined) return `explicitly denied by a ${explicit}`;
  return /because no ([a-z -]+) policy allows/i.exec(message)?.[1] === undefined ? 'not allowed' : `no ${/because no ([a-z -]+) policy allows/i.exec(message)?.[1] ?? ''} policy allows it`;
}

/** The SDK found no credentials, or those of a profile have run out. */
export function credentialFault(error: Error): Fault {
  if (/expired|sso login|refresh/i.test(error.message)) return { retry: false, kind: 'expired', says: 'the session of the profile has expired: run "aws sso login" (or sign in again as you do) and repeat the command' };
  return { retry: false, kind: 'no_credentials', says: `no credentials were found (${firstSentence(error.message)})` };
}

/** Error texts of credential providers name files and profiles, never values; still only the start is repeated. */
const firstSentence = (text: string): string => text.replace(/\s+/g, ' ').split(/[.:] /)[0]?.slice(0, 160) ?? '';

function headersOf(error: Error): unknown {
  const response: unknown = Reflect.get(error, '$response');
  return isObject(response) ? response['headers'] : undefined;
}
