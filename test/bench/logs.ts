import { attackerIp, bucketArn, bucketName, DAY, hex, iso, NOW, REGION, roleArn, roleName, seenAt, siblingOf, userArn, userName, type JsonObject, type Story } from './company.ts';

/** CloudTrail records of one story: object access to its bucket over 90 days, or the sign-ins around a login detection. */
export function recordsOf(s: Story, seed: number): readonly JsonObject[] {
  if (s.name === 'login') return logins(s);
  if (!['public_bucket', 'blocked_bucket', 'unlogged_bucket'].includes(s.name)) return [];
  return [89, 60, 30, 1].map((days, i) => access(s, i, NOW - days * DAY, siblingOf(s, 'role', seed)));
}

interface Call { readonly time: number; readonly source: string; readonly name: string; readonly identity: JsonObject; readonly ip: string; readonly readOnly: boolean; readonly data?: boolean; readonly more?: JsonObject }

const record = (s: Story, i: number, c: Call): JsonObject => ({
  eventVersion: '1.11', userIdentity: c.identity, eventTime: `${iso(c.time).slice(0, 19)}Z`, eventSource: `${c.source}.amazonaws.com`, eventName: c.name, awsRegion: REGION, sourceIPAddress: c.ip, userAgent: 'aws-cli/2.31.18 os/linux', requestParameters: null, responseElements: null,
  requestID: hex(s.n, 100 + i, 32), eventID: hex(s.n, 200 + i, 32), readOnly: c.readOnly, eventType: c.source === 'signin' ? 'AwsConsoleSignIn' : 'AwsApiCall', managementEvent: c.data !== true, recipientAccountId: s.account, eventCategory: c.data === true ? 'Data' : 'Management', ...c.more,
});

function access(s: Story, i: number, time: number, role: Story): JsonObject {
  const anonymous = s.name === 'public_bucket' && i === 3 && s.round % 2 === 0;
  const identity: JsonObject = anonymous ? { type: 'AWSAccount', principalId: '', accountId: 'ANONYMOUS_PRINCIPAL' } : {
    type: 'AssumedRole', principalId: `AROA${role.id.toUpperCase()}:app`, arn: `arn:aws:sts::${s.account}:assumed-role/${roleName(role)}/app`, accountId: s.account, sessionContext: { sessionIssuer: { type: 'Role', principalId: `AROA${role.id.toUpperCase()}`, arn: roleArn(role), accountId: s.account, userName: roleName(role) }, attributes: { creationDate: iso(time - 600_000), mfaAuthenticated: 'false' } },
  };
  return record(s, i, {
    time, source: 's3', name: 'GetObject', identity, ip: anonymous ? attackerIp(s) : '10.0.4.11', readOnly: true, data: true,
    more: { requestParameters: { bucketName: bucketName(s), key: `part-${i}` }, resources: [{ type: 'AWS::S3::Object', ARN: `${bucketArn(s)}/part-${i}` }, { accountId: s.account, type: 'AWS::S3::Bucket', ARN: bucketArn(s) }], ...(!anonymous && { vpcEndpointId: 'vpce-0a1b2c3d4e5f60718' }) },
  });
}

/** Guesses; in every other round one of them succeeds and a key is made. */
function logins(s: Story): readonly JsonObject[] {
  const base = seenAt(s) - 3_600_000;
  const identity = (arn: boolean): JsonObject => ({ type: 'IAMUser', principalId: `AIDA${s.id.slice(0, 16).toUpperCase()}`, ...(arn && { arn: userArn(s) }), accountId: s.account, userName: userName(s) });
  const login = (i: number, success: boolean): JsonObject => record(s, i, { time: base + i * 20_000, source: 'signin', name: 'ConsoleLogin', identity: identity(success), ip: attackerIp(s), readOnly: false, more: { responseElements: { ConsoleLogin: success ? 'Success' : 'Failure' }, additionalEventData: { MobileVersion: 'No', MFAUsed: 'No' }, ...(!success && { errorMessage: 'Failed authentication' }) } });
  const guesses = [0, 1, 2, 3, 4, 5].map((i) => login(i, false));
  if (s.round % 2 === 1) return guesses.slice(0, 2);
  return [...guesses, login(6, true), record(s, 7, { time: base + 300_000, source: 'iam', name: 'CreateAccessKey', identity: identity(true), ip: attackerIp(s), readOnly: false, more: { requestParameters: { userName: userName(s) } } })];
}
