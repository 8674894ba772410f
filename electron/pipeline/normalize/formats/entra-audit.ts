import { azurePaths, azureScore, readAzureRecord } from './azure-logs/read-record.ts';
import type { Format } from './format.ts';

/** Audit log of Microsoft Entra ID (Graph, diagnostic settings, Event Hub, Log Analytics). Records of Azure's other logs in the same file (an Event Hub carries several) become events of theirs. Source: Microsoft Graph, “directoryAudit resource type”. */
export const entraAudit: Format = {
  name: 'entra-audit', kind: 'events', source: 'entra-audit', description: 'Audit log of Microsoft Entra ID (Graph, diagnostic settings, Event Hub, Log Analytics)',
  containers: [{ kind: 'json' }, { kind: 'json-path', paths: azurePaths, alone: true }, { kind: 'csv', delimiters: [',', ';', '\t'] }],
  detect: (sample) => azureScore(sample, 'entra-audit'),
  parse: readAzureRecord,
};
