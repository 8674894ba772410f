import { at, isObject, list, str, type JsonObject } from '#shared/lib/json.ts';

/** What a report says about all its results. */
export interface KubescapeReport {
  readonly resources: ReadonlyMap<string, unknown>;
  readonly controls: ReadonlyMap<string, unknown>;
  readonly cluster: string | undefined;
  readonly time: unknown;
  /** The frameworks that a control belongs to. */
  frameworks(control: string): readonly string[];
}

const reports = new WeakMap<object, KubescapeReport>();
const nothing: KubescapeReport = { resources: new Map(), controls: new Map(), cluster: undefined, time: undefined, frameworks: () => [] };

/** The report around a result, read once for all of them. */
export function kubescapeReport(document: unknown): KubescapeReport {
  if (!isObject(document)) return nothing;
  const known = reports.get(document);
  if (known !== undefined) return known;
  const report = readReport(document);
  reports.set(document, report);
  return report;
}

function readReport(document: JsonObject): KubescapeReport {
  const controls = at(document, 'summaryDetails', 'controls'), time = str(document, 'generationTime');
  const frameworks = list(document, 'summaryDetails', 'frameworks').flatMap((framework) => { const name = str(framework, 'name'), own = at(framework, 'controls'); return name === undefined || !isObject(own) ? [] : [{ name, own }]; });
  return {
    resources: new Map(list(document, 'resources').flatMap((resource) => { const id = str(resource, 'resourceID'); return id === undefined ? [] : [[id, resource] as const]; })),
    controls: new Map(isObject(controls) ? Object.entries(controls) : []),
    cluster: str(document, 'clusterName') ?? str(document, 'metadata', 'targetMetadata', 'clusterContextMetadata', 'contextName'),
    // Go writes no time as the year 1.
    time: time?.startsWith('0001-') === true ? undefined : time,
    frameworks: (control) => frameworks.flatMap(({ name, own }) => (Object.hasOwn(own, control) ? [name] : [])),
  };
}

/** Reports carry the whole objects that were looked at, with environments and data: of these only what names them is kept. */
export function withoutValues(record: unknown): unknown {
  if (!isObject(record)) return record;
  const slim: Record<string, unknown> = { ...record };
  if (Array.isArray(record['resources'])) slim['resources'] = record['resources'].map(slimResource);
  if (isObject(record['rawResource'])) slim['rawResource'] = slimResource(record['rawResource']);
  return slim;
}

const slimResource = (resource: unknown): unknown => (isObject(resource) && isObject(resource['object']) ? { ...resource, object: slimObject(resource['object']) } : resource);

function slimObject(object: JsonObject): JsonObject {
  const metadata = at(object, 'metadata'), kept: Record<string, unknown> = {};
  for (const key of ['apiVersion', 'apiGroup', 'kind', 'name', 'namespace', 'sourcePath']) if (typeof object[key] === 'string') kept[key] = object[key];
  if (isObject(metadata)) kept['metadata'] = Object.fromEntries(['name', 'namespace', 'uid'].flatMap((key) => (typeof metadata[key] === 'string' ? [[key, metadata[key]]] : [])));
  return kept;
}
