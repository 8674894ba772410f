import { isObject, list, str, type JsonObject } from '#shared/lib/json.ts';

/** An alert of Defender for Endpoint's own API (`/api/alerts`), older than Graph's: it is of one machine. */
export const isEndpointAlert = (item: unknown): item is JsonObject => isObject(item) && ['id', 'title', 'alertCreationTime', 'machineId'].every((key) => str(item, key) !== undefined);

/** The same alert in Graph's words. Source: Microsoft Defender for Endpoint API, "Alert resource type". */
export function asGraphAlert(alert: JsonObject): JsonObject {
  const user = isObject(alert['relatedUser']) ? [{ entityType: 'User', accountName: str(alert['relatedUser'], 'userName'), domainName: str(alert['relatedUser'], 'domainName') }] : [];
  return {
    ...alert, serviceSource: 'microsoftDefenderForEndpoint', tenantId: alert['aadTenantId'], createdDateTime: alert['alertCreationTime'], lastUpdateDateTime: alert['lastUpdateTime'], firstActivityDateTime: alert['firstEventTime'], lastActivityDateTime: alert['lastEventTime'], threatDisplayName: alert['threatName'],
    evidence: [{ '@odata.type': '#microsoft.graph.security.deviceEvidence', deviceDnsName: alert['computerDnsName'], mdeDeviceId: alert['machineId'] }, ...[...list(alert, 'evidence'), ...user].filter(isObject).flatMap(evidenceOf)],
  };
}

function evidenceOf(raw: JsonObject): readonly JsonObject[] {
  const type = (name: string): string => `#microsoft.graph.security.${name}Evidence`;
  switch (str(raw, 'entityType')?.toLowerCase() ?? '') {
    case 'user': return [{ '@odata.type': type('user'), userAccount: { accountName: raw['accountName'], domainName: raw['domainName'], userPrincipalName: raw['userPrincipalName'], userSid: raw['userSid'], azureAdUserId: raw['aadUserId'] } }];
    case 'process': return [{ '@odata.type': type('process'), processCommandLine: raw['processCommandLine'], processId: raw['processId'], imageFile: raw }];
    case 'file': return [{ '@odata.type': type('file'), fileDetails: raw }];
    case 'ip': return [{ '@odata.type': type('ip'), ipAddress: raw['ipAddress'] }];
    case 'url': return [{ '@odata.type': type('url'), url: raw['url'] }];
    default: return [];
  }
}
