import { at, isObject, list, str } from '#shared/lib/json.ts';
import { err } from '#shared/lib/result.ts';
import type { RecordContext, Sample } from '../../ports.ts';
import { azureLogOf, readAzureRecord } from './azure-logs/read-record.ts';
import type { Format } from './format.ts';
import { auditEvent, isAuditEvent } from './k8s-audit/record.ts';

const lists = ['items', 'logEvents', 'events', 'records'];

/**
 * The audit log of a Kubernetes API server: files and webhooks (`Event`, `EventList`), CloudWatch Logs of EKS, diagnostic settings of AKS. The cluster is the one of `--cluster`, else of the log
 * group or resource. Source: Kubernetes documentation, "Auditing".
 */
export const k8sAudit: Format = {
  name: 'k8s-audit', kind: 'events', source: 'k8s-audit', description: 'Kubernetes audit log (audit.k8s.io Event and EventList; EKS in CloudWatch Logs, AKS diagnostic settings)',
  containers: [{ kind: 'json' }, { kind: 'json-path', paths: lists }],
  detect({ document, records }: Sample) {
    const rows: readonly unknown[] = [...records, ...lists.flatMap((name) => list(document, name).slice(0, 5))];
    return rows.some((row) => carried(row) !== undefined || azureLogOf(row) === 'k8s-audit') ? 93 : 0;
  },
  parse(record, context) {
    const event = carried(record);
    if (event !== undefined) return auditEvent(event, clusterOf(record, context));
    return azureLogOf(record) === undefined ? err('not an audit event: kind Event of audit.k8s.io is missing') : readAzureRecord(record);
  },
};

/** The event itself, or as the text of a message. */
function carried(record: unknown): ReturnType<typeof inText> {
  if (isAuditEvent(record)) return record;
  for (const name of ['message', '@message', 'log', 'textPayload']) {
    const found = inText(at(record, name));
    if (found !== undefined) return found;
  }
  return undefined;
}

function inText(value: unknown): (Readonly<Record<string, unknown>>) | undefined {
  if (isAuditEvent(value)) return value;
  if (typeof value !== 'string' || !value.includes('audit.k8s.io')) return undefined;
  // Text that only looks like an event is none.
  try { const inner: unknown = JSON.parse(value); return isAuditEvent(inner) ? inner : undefined; } catch { return undefined; }
}

function clusterOf(record: unknown, { cluster, parents }: RecordContext): string | undefined {
  if (cluster !== undefined) return cluster;
  const groups = [record, ...parents].filter(isObject).flatMap((r) => [str(r, 'logGroup'), str(r, 'logGroupName'), str(r, '@log')]);
  return groups.map((group) => /\/aws\/eks\/([^/]+)\/cluster/.exec(group ?? '')?.[1]).find((name) => name !== undefined);
}
