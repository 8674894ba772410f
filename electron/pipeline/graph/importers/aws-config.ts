import { isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { Normalized, Sample } from '../../ports.ts';
import { parseConfigItem, type ItemParts } from './aws/config-item.ts';
import { cutListOf } from './aws/cut-list.ts';
import { parseStringified } from './aws/policy-text.ts';
import type { Importer } from './importer.ts';

/** An envelope in an envelope (SQS, SNS, EventBridge, rule event, item) is as deep as AWS nests them. */
const maxDepth = 8;
const lists = ['configurationItems', 'ConfigurationItems', 'baseConfigurationItems', 'BaseConfigurationItems', 'Results'] as const;

/**
 * AWS Config: snapshot and history files, get-resource-config-history, batch-get-resource-config, select-resource-config, an aggregator's
 * get-aggregate-resource-config and batch-get-aggregate-resource-config, single items, and items inside rule events, EventBridge events and SNS or SQS messages.
 */
export const awsConfig: Importer = {
  name: 'aws-config', kind: 'resources',
  description: 'AWS Config: snapshots, history, advanced queries, item notifications and rule events',
  containers: [{ kind: 'json-path', paths: lists }, { kind: 'json' }],
  detect,
  parse: (record, { parents, from }) => {
    const items = findItems(record, 0);
    if (!items.ok) return items;
    const parts: ItemParts[] = [];
    for (const item of items.value) {
      const parsed = parseConfigItem(item, 'aws-config');
      if (!parsed.ok) return parsed;
      parts.push(parsed.value);
    }
    // A history's next page has older items of the same resource; a query's, other resources.
    const cut = from === 'Results' ? parts.flatMap(({ resource }) => cutListOf(parents, resource.type, { account: resource.account }, 'aws-config')) : [];
    return ok<Normalized>({ resources: [...parts.map((p) => p.resource), ...cut], edges: parts.flatMap((p) => p.edges) });
  },
};

function detect({ document, records }: Sample): number {
  if (isObject(document)) {
    if (['configurationItems', 'ConfigurationItems', 'baseConfigurationItems', 'BaseConfigurationItems'].some((name) => list(document, name).some(isItem))) return 95;
    // The first item may be cut before its type (it stands behind the configuration), or there may be none.
    if (Array.isArray(document['configurationItems']) && ('configSnapshotId' in document || 'fileVersion' in document)) return 90;
    if (list(document, 'configurationItems').some((item) => isObject(item) && 'configuration' in item && 'relationships' in item)) return 70;
    if (list(document, 'Results').some((result) => typeof result === 'string' && isItem(parseStringified(result)))) return 90;
    if (str(document, 'source') === 'aws.config' && isObject(document['detail']) && 'configurationItem' in document['detail']) return 90;
  }
  const first = records[0];
  if (isItem(first)) return 85;
  const found = findItems(first, 0);
  if (found.ok) return found.value.some(isItem) ? 80 : 0;
  // Ours, though it holds no item: the importer says why instead of nobody knowing the file.
  return found.error.startsWith('oversized') || (isObject(first) && 'invokingEvent' in first) ? 60 : 0;
}

/** An item names its type as CloudFormation does, and has its id or state beside it. */
const isItem = (value: unknown): value is JsonObject => {
  const item = isObject(value) ? inCamelCase(value) : undefined;
  return /^[A-Za-z0-9]+::[A-Za-z0-9]+::/.test(str(item, 'resourceType') ?? '') && item !== undefined && ('configuration' in item || 'configurationItemStatus' in item || 'supplementaryConfiguration' in item);
};

/** SDKs of .NET and the AWS Tools for PowerShell write an item's keys (and those of its relationships) in PascalCase; what it records is text, as the API gives it. */
function inCamelCase(item: JsonObject): JsonObject {
  if (typeof item['ResourceType'] !== 'string' || 'resourceType' in item) return item;
  const camel = (object: JsonObject): JsonObject => Object.fromEntries(Object.entries(object).map(([key, value]) => [key.charAt(0).toLowerCase() + key.slice(1), value]));
  const own = camel(item);
  return { ...own, ...(Array.isArray(own['relationships']) && { relationships: list(own, 'relationships').map((r) => (isObject(r) ? camel(r) : r)) }), ...('configurationItemStatus' in own && { configurationItemStatus: statusOf(own['configurationItemStatus']) }) };
}

/** .NET prints an enumeration as text, PowerShell as an object that holds it. */
const statusOf = (status: unknown): unknown => (isObject(status) ? status['Value'] : status);

/** The configuration items in a record, whatever they are wrapped in; an error says what came instead. */
function findItems(value: unknown, depth: number): Result<readonly JsonObject[]> {
  const parsed = parseStringified(value);
  if (!isObject(parsed)) return err('not a JSON object');
  const record = inCamelCase(parsed);
  if (depth > maxDepth) return err('envelopes are nested too deep');
  if (typeof record['resourceType'] === 'string' && !isObject(record['configurationItem'])) return ok([record]);
  const inside = innerRecords(record);
  if (inside.length > 0) return collect(inside, depth);
  const summary = record['configurationItemSummary'];
  if (isObject(summary)) {
    const at = [str(record, 's3DeliverySummary', 's3BucketLocation')].filter((x) => x !== undefined).map((x) => `; AWS Config put it at ${x}`).join('');
    return err(`oversized notification: it has no configuration of ${str(summary, 'resourceType') ?? 'a resource'} ${str(summary, 'resourceId') ?? ''}${at}`);
  }
  const message = str(record, 'messageType');
  return err(message === undefined ? 'resourceType is missing' : `${message} carries no configuration item`);
}

function innerRecords(record: JsonObject): readonly unknown[] {
  const wrapped = [record['configurationItem'], record['ConfigurationItem'], record['invokingEvent'], record['detail'], record['Sns'], record['body'], record['Message']];
  const one = wrapped.map(parseStringified).find(isObject);
  if (one !== undefined) return [one];
  return [...lists, 'Records'].flatMap((key) => (Array.isArray(record[key]) ? list(record, key) : []));
}

function collect(records: readonly unknown[], depth: number): Result<readonly JsonObject[]> {
  const items: JsonObject[] = [];
  for (const record of records) {
    const found = findItems(record, depth + 1);
    if (!found.ok) return found;
    items.push(...found.value);
  }
  return ok(items);
}
