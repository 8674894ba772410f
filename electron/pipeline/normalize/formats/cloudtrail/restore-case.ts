import { isObject } from '#shared/lib/json.ts';

/** Keys of CloudTrail records that this format reads, in their own spelling. */
const keys = [
  'eventVersion', 'userIdentity', 'eventTime', 'eventSource', 'eventName', 'awsRegion', 'sourceIPAddress', 'userAgent', 'errorCode', 'errorMessage', 'requestParameters', 'responseElements',
  'additionalEventData', 'requestID', 'eventID', 'readOnly', 'resources', 'eventType', 'managementEvent', 'recipientAccountId', 'vpcEndpointId', 'eventCategory', 'serviceEventDetails',
  'principalId', 'accountId', 'accessKeyId', 'userName', 'invokedBy', 'sessionContext', 'sessionIssuer', 'attributes', 'mfaAuthenticated', 'onBehalfOf', 'userId', 'ARN', 'MFAUsed', 'ConsoleLogin',
  'bucketName', 'roleName', 'policyArn', 'groupName', 'instanceProfileName', 'instanceId', 'instancesSet', 'groupId', 'vpcId', 'subnetId', 'volumeId', 'snapshotId', 'imageId', 'networkInterfaceId',
  'functionName', 'keyId', 'dBInstanceIdentifier', 'dBClusterIdentifier', 'dBSnapshotIdentifier', 'dBClusterSnapshotIdentifier', 'tableName', 'secretId', 'trailName', 'repositoryName', 'logGroupName', 'queueUrl',
];
const bySmall = new Map(keys.map((key) => [key.toLowerCase(), key]));

/** A record as Athena and other query engines give it, all keys in lower case (CloudTrail Lake: those within structures), in CloudTrail's own spelling again. */
export function restoreCase(record: Readonly<Record<string, unknown>>, depth = 0): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [bySmall.get(key) ?? key, restoreValue(key, value, depth)]));
}

function restoreValue(key: string, value: unknown, depth: number): unknown {
  // The name of an ARN inside `userIdentity` is lower case in CloudTrail too; only `resources` writes ARN.
  if (depth > 6) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => (isObject(item) ? restoreCase(item, depth + 1) : item));
  if (isObject(value)) {
    const restored = restoreCase(value, depth + 1);
    return ['useridentity', 'sessionissuer'].includes(key.toLowerCase()) ? { ...restored, ...(Object.hasOwn(restored, 'ARN') && { arn: restored['ARN'] }) } : restored;
  }
  if (depth > 0 || typeof value !== 'string' || !value.startsWith('{')) return value;
  // Athena's table has request and response as JSON text.
  try { return restoreValue(key, JSON.parse(value), depth + 1); } catch { return value; }
}
