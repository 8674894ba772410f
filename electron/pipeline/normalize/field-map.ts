import { at, isObject, list } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import { entityTypes, findingStatuses, type EntityType, type FindingDraft, type FindingStatus, type Observables, type Vulnerability } from '#shared/model/finding.ts';
import { issueTypes } from '#shared/model/issue-types.ts';
import type { FieldMap, Policy } from '#shared/model/policy.ts';
import { readTags } from './read-tags.ts';
import { severityOfLabel } from './severity-label.ts';
import type { Format } from './formats/format.ts';

const isEntityType = (text: string): text is EntityType => entityTypes.some((type) => type === text);
const isStatus = (text: string): text is FindingStatus => findingStatuses.some((status) => status === text);
const required = ['entity', 'issue_type', 'title', 'severity_reported'] as const;
type Rule = FieldMap['fields'][string];

/**
 * A format for each field map of the policy: any JSON, NDJSON or CSV whose records have the keys of `when`. Targets are fields of the
 * finding, also `vulnerability.cve`, `observables.src_ip`; `entity`, `issue_type`, `title`, `severity_reported` must be mapped.
 */
export function formatsFromMappings(mappings: Policy['mappings']): readonly Format[] {
  return Object.entries(mappings).map(([name, map]) => formatFromMapping(name, map));
}

function formatFromMapping(name: string, map: FieldMap): Format {
  const unmapped = unmappedIn(map);
  const knows = (record: unknown): boolean => map.when.every((key) => valueAt(record, key) !== undefined);
  return {
    name, kind: 'findings', source: map.source, description: `field map of the policy for ${map.source}`,
    containers: map.records === undefined
      ? [{ kind: 'json' }, { kind: 'csv', delimiters: [',', ';', '\t', '|'] }]
      : [{ kind: 'json-path', paths: [map.records] }],
    // What a person set up for this very file is surer than any built-in guess.
    detect: (sample) => {
      const rows = map.records === undefined ? sample.records : recordsAt(sample.document, map.records);
      return rows.some(knows) || (map.records === undefined && sample.header.length > 0 && map.when.every((key) => sample.header.includes(key))) ? 99 : 0;
    },
    parse(record) {
      if (unmapped.length > 0) return err(`the mapping ${name} has no field ${unmapped.join(', ')}`);
      if (!isWanted(record, map)) return ok({});
      const draft = toDraft(record, map);
      return draft.ok ? ok({ findings: [draft.value] }) : draft;
    },
  };
}

/** Whether `where` lets a record pass; of a list, one value is enough. */
const isWanted = (record: unknown, { where }: FieldMap): boolean => Object.entries(where ?? {}).every(([path, wanted]) => valuesAt(record, path).flatMap((value) => list(value)).some((value) => list(wanted).includes(toText(value))));

const vulnerabilityTexts = ['cve', 'package', 'installed_version', 'fixed_version', 'affected_range'] as const, vulnerabilityNumbers = ['cvss', 'epss'] as const;
const observableTexts = ['user', 'src_ip', 'dst_ip', 'host', 'process', 'file_hash', 'domain', 'access_key', 'user_agent', 'api', 'country', 'protocol'] as const;
const vulnerabilityNames = [...vulnerabilityTexts, ...vulnerabilityNumbers, 'kev'];
/** What a map may fill. */
const targets: ReadonlySet<string> = new Set([
  ...required, 'source_id', 'entity_type', 'status', 'check_id', 'description', 'environment', 'account', 'region', 'discovered', 'discovered_at', 'updated', 'updated_at', 'aliases', 'evidence', 'attack', 'compliance', 'tags',
  ...vulnerabilityNames, ...vulnerabilityNames.map((name) => `vulnerability.${name}`), ...observableTexts.map((name) => `observables.${name}`), 'observables.port',
]);
const words: Readonly<Record<string, (text: string) => boolean>> = { entity_type: isEntityType, status: isStatus };

const unmappedIn = ({ fields }: FieldMap): readonly string[] => required.filter((field) => !Object.hasOwn(fields, field));

/** What of a field map can't work, with the place within it. */
export function fieldMapProblems(map: FieldMap): readonly { readonly path: readonly string[]; readonly why: string }[] {
  const missing = unmappedIn(map);
  return [
    ...(missing.length === 0 ? [] : [{ path: ['fields'], why: `no field ${missing.join(', ')}` }]),
    ...Object.entries(map.fields).flatMap(([name, rule]) => {
      const path = ['fields', name], isWord = words[name];
      if (!targets.has(name)) return [{ path, why: `a field "${name}" that findings don't have` }];
      if (typeof rule === 'string') return [];
      if (rule.path === undefined && rule.value === undefined) return [{ path, why: `neither a path nor a value for ${name}` }];
      const wrong = isWord && [...Object.values(rule.map ?? {}), ...(rule.value === undefined || Object.hasOwn(rule.map ?? {}, rule.value) ? [] : [rule.value])].find((word) => !isWord(word));
      return wrong === undefined ? [] : [{ path, why: `${name} "${wrong}", which is not one of ${(name === 'status' ? findingStatuses : entityTypes).join(', ')}` }];
    }),
  ];
}

/** Some of the records that stand at a path. */
const recordsAt = (document: unknown, path: string): readonly unknown[] => valuesAt(document, path).flatMap((value) => list(value)).slice(0, 20);

/** The values at `a.b[0].c`, and one for each element of a list at `a[].b`; a key that itself contains dots or brackets (a CSV header) is tried whole first. */
function valuesAt(record: unknown, path: string): readonly unknown[] {
  if (isObject(record) && Object.hasOwn(record, path)) return [record[path]];
  let values: readonly unknown[] = [record], steps = 0;
  for (const [step, index] of path.matchAll(/\[(\d*)\]|[^.[\]]+/g)) {
    steps += 1;
    values = (index === '' ? values.flatMap((value) => list(value)) : values.map((value) => at(value, index === undefined ? step : Number(index)))).filter((value) => value !== undefined);
  }
  return steps === 0 ? [] : values;
}

/** The first value at a path. */
export const valueAt = (record: unknown, path: string): unknown => valuesAt(record, path)[0];

/** What a rule says of a record: the values at the first of its paths that has any, else its own, in the model's words. */
function readAll(record: unknown, rule: Rule | undefined): readonly unknown[] {
  if (rule === undefined) return [];
  if (typeof rule === 'string') return valuesAt(record, rule);
  const found = list(rule.path).map((path) => valuesAt(record, String(path))).find((values) => values.some((value) => value !== '' && value !== null)) ?? list(rule.value);
  return found.map((value) => {
    const key = toText(value);
    return key !== undefined && rule.map && Object.hasOwn(rule.map, key) ? rule.map[key] : value;
  });
}
const read = (record: unknown, rule: Rule | undefined): unknown => readAll(record, rule)[0];

const toText = (value: unknown): string | undefined => {
  const text = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value).trim() : '';
  return text === '' ? undefined : text;
};
const pathOf = (rule: Rule | undefined): string => (typeof rule === 'string' ? rule : rule?.path === undefined ? rule?.value ?? '' : list(rule.path).join(' or '));
const toTexts = (values: readonly unknown[]): readonly string[] => values.flatMap((value) => list(value)).flatMap((item) => toText(item) ?? []);

function toDraft(record: unknown, map: FieldMap): Result<FindingDraft> {
  const of = (field: string): string | undefined => toText(read(record, map.fields[field]));
  for (const field of required) if (of(field) === undefined) return err(`${field}: nothing at ${pathOf(map.fields[field])}`);
  const issue = of('issue_type') ?? '', type = of('entity_type') ?? 'other', status = of('status') ?? 'open';
  if (!isEntityType(type)) return err(`entity_type: ${type} is not one of ${entityTypes.join(', ')}`);
  if (!isStatus(status)) return err(`status: ${status} is not one of ${findingStatuses.join(', ')} (map the tool's words)`);
  const optional = (field: 'description' | 'environment' | 'account' | 'region'): Partial<Record<typeof field, string>> => {
    const text = of(field);
    return text === undefined ? {} : { [field]: text };
  };
  const vulnerability = vulnerabilityOf(of), observables = observablesOf(of), tags = readTags(read(record, map.fields['tags']));
  return ok({
    source: map.source, source_id: of('source_id') ?? '', kind: map.kind, entity: of('entity') ?? '', entity_type: type, aliases: toTexts(readAll(record, map.fields['aliases'])),
    issue_type: issue, issue_mapped: Object.hasOwn(issueTypes, issue), check_id: of('check_id') ?? issue, title: of('title') ?? '',
    severity_reported: severityOfLabel(of('severity_reported')), status, evidence: toTexts(readAll(record, map.fields['evidence'])),
    ...optional('description'), ...optional('environment'), ...optional('account'), ...optional('region'),
    discovered: read(record, map.fields['discovered'] ?? map.fields['discovered_at']), updated: read(record, map.fields['updated'] ?? map.fields['updated_at']),
    attack: toTexts(readAll(record, map.fields['attack'])), compliance: toTexts(readAll(record, map.fields['compliance'])),
    ...(vulnerability && { vulnerability }), ...(observables && { observables }), ...(tags && { tags }),
  });
}

type Lookup = (field: string) => string | undefined;

function vulnerabilityOf(of: Lookup): Vulnerability | undefined {
  const get = (name: string): string | undefined => of(`vulnerability.${name}`) ?? of(name);
  const entries: Record<string, string | number | boolean> = {};
  for (const name of vulnerabilityTexts) {
    const text = get(name);
    if (text !== undefined) entries[name] = text;
  }
  for (const name of vulnerabilityNumbers) {
    const n = Number(get(name) ?? Number.NaN);
    if (!Number.isNaN(n)) entries[name] = n;
  }
  const kev = get('kev');
  if (kev !== undefined) entries['kev'] = /^(true|yes|1|y)$/i.test(kev);
  return Object.keys(entries).length === 0 ? undefined : entries;
}

function observablesOf(of: Lookup): Observables | undefined {
  const entries = observableTexts.flatMap((name): readonly (readonly [string, string | number])[] => { const text = of(`observables.${name}`); return text === undefined ? [] : [[name, text]]; });
  const port = Number(of('observables.port') ?? Number.NaN);
  const all = Number.isInteger(port) ? [...entries, ['port', port] as const] : entries;
  return all.length === 0 ? undefined : Object.fromEntries(all);
}
