import { isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { Normalized, RecordContext, Sample } from '../../ports.ts';
import { armResource } from './azure/arm-resource.ts';
import type { Importer } from './importer.ts';

/** ARM templates, as a resource group exports them or as people write them. What they describe is planned: `inferred`. */
export const azureTemplate: Importer = {
  name: 'azure-template', kind: 'resources',
  description: 'Azure Resource Manager templates and exports of resource groups',
  containers: [{ kind: 'json-path', paths: ['resources'] }],
  detect, parse: (record, context) => (isTemplate(record) ? templateResource(record, context) : err('no resource of a template: type or apiVersion is missing')),
};

const isTemplate = (value: unknown): value is JsonObject => isObject(value) && /^Microsoft\.\w+\/\w+/i.test(str(value, 'type') ?? '') && str(value, 'apiVersion') !== undefined;

function detect({ document }: Sample): number {
  if (!isObject(document)) return 0;
  const isSchema = (str(document, '$schema') ?? '').toLowerCase().includes('deploymenttemplate');
  return list(document, 'resources').some(isTemplate) ? (isSchema ? 92 : 75) : isSchema && Array.isArray(document['resources']) ? 80 : 0;
}

/** A template names its resources without a subscription: the parts that are plain text make an id below a subscription that isn't known. */
function templateResource(record: JsonObject, context: RecordContext): Result<Normalized> {
  const type = str(record, 'type') ?? '', written = plainName(str(record, 'name') ?? '', context.parents[0]);
  if (written === undefined) return err(`the name of the ${type} is an expression that is not resolved here: ${(str(record, 'name') ?? '').slice(0, 200)}`);
  const [provider = '', ...kinds] = type.split('/'), parts = written.split('/');
  if (parts.length !== kinds.length) return err(`the name ${written.slice(0, 200)} does not fit the type ${type}`);
  const id = `/subscriptions/template/resourceGroups/template/providers/${provider}/${kinds.map((kind, i) => `${kind}/${parts[i] ?? ''}`).join('/')}`;
  const parsed = armResource({ ...resolveIds(record), id }, 'azure-template');
  return parsed.ok ? ok({ ...parsed.value, resources: (parsed.value.resources ?? []).map((r) => ({ ...r, provenance: 'inferred' as const })) }) : parsed;
}

/** `[parameters('x')]` with a default value, `[concat(…)]` of such, and plain text. */
function plainName(name: string, template: unknown): string | undefined {
  if (!name.startsWith('[')) return name;
  const parameter = (key: string): string | undefined => str(template, 'parameters', key, 'defaultValue') ?? str(template, 'variables', key);
  const parts = [...name.matchAll(/(parameters|variables)\('([^']+)'\)|'([^']*)'/g)].map((m) => (m[2] === undefined ? m[3] : parameter(m[2])));
  return parts.length === 0 || parts.some((p) => p === undefined || p.startsWith('[')) ? undefined : parts.join('');
}

/** `[resourceId('Microsoft.Network/virtualNetworks/subnets', 'v', 's')]` as an id below the same unknown subscription. */
function resolveIds(value: JsonObject): JsonObject {
  const walk = (item: unknown, depth: number): unknown => {
    if (depth > 30) return item;
    if (Array.isArray(item)) return item.map((i) => walk(i, depth + 1));
    if (isObject(item)) return Object.fromEntries(Object.entries(item).map(([k, v]) => [k, walk(v, depth + 1)]));
    const call = typeof item === 'string' ? /^\[resourceId\('(Microsoft\.[^']+)'((?:,\s*'[^']+')+)\)\]$/.exec(item) : null;
    if (!call) return item;
    const [provider = '', ...kinds] = (call[1] ?? '').split('/'), names = [...(call[2] ?? '').matchAll(/'([^']+)'/g)].map((m) => m[1] ?? '');
    return names.length === kinds.length ? `/subscriptions/template/resourceGroups/template/providers/${provider}/${kinds.map((kind, i) => `${kind}/${names[i]}`).join('/')}` : item;
  };
  const walked = walk(value, 0);
  return isObject(walked) ? walked : value;
}
