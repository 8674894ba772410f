import { azurePaths, azureScore, readAzureRecord } from './azure-logs/read-record.ts';
import type { Format } from './format.ts';

/** Sign-ins of Microsoft Entra ID (Graph, diagnostic settings, Event Hub, Log Analytics). Records of Azure's other logs in the same file (an Event Hub carries several) become events of theirs. Source: Microsoft Graph, “signIn resource type”; Azure Monitor, “SigninLogs”. */
export const entraSignIn: Format = {
  name: 'entra-signin', kind: 'events', source: 'entra-signin', description: 'Sign-ins of Microsoft Entra ID (Graph, diagnostic settings, Event Hub, Log Analytics)',
  containers: [{ kind: 'json' }, { kind: 'json-path', paths: azurePaths, alone: true }, { kind: 'csv', delimiters: [',', ';', '\t'] }],
  detect: (sample) => azureScore(sample, 'entra-signin'),
  parse: readAzureRecord,
};
