import { azurePaths, azureScore, readAzureRecord } from './azure-logs/read-record.ts';
import type { Format } from './format.ts';

/** Azure Activity Log (REST API, az monitor activity-log, diagnostic settings, Event Hub, Log Analytics). Records of Azure's other logs in the same file (an Event Hub carries several) become events of theirs. Source: Azure Monitor, “Azure Activity Log event schema”. */
export const azureActivity: Format = {
  name: 'azure-activity', kind: 'events', source: 'azure-activity', description: 'Azure Activity Log (REST API, az monitor activity-log, diagnostic settings, Event Hub, Log Analytics)',
  containers: [{ kind: 'json' }, { kind: 'json-path', paths: azurePaths, alone: true }, { kind: 'csv', delimiters: [',', ';', '\t'] }],
  detect: (sample) => azureScore(sample, 'azure-activity'),
  parse: readAzureRecord,
};
