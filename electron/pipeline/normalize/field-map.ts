import { at, isObject, list } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import { entityTypes, type EntityType, type FindingDraft, type FindingStatus, type Observables, type Vulnerability } from '#shared/model/finding.ts';
import { issueTypes } from '#shared/model/issue-types.ts';
import type { FieldMap, Policy } from '#shared/model/policy.ts';
import { readTags } from './read-tags.ts';
import { severityOfLabel } from './severity-label.ts';
import type { Format } from './formats/format.ts';

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
  const unmapped = required.filter((field) => !Object.hasOwn(map.fields, field));
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
      const draft = toDraft(record, map);
      return draft.ok ? ok({ findings: [draft.value] }) : draft;
    },
  };
}

const recordsAt = (document: unknown, path: string): readonly unknown[] => {
  const steps = path.split('.').flatMap((part) => (part.endsWith('[]') ? [part.slice(0, -2), '[]'] : [part])).filter((step) => step !== '');
  let values: readonly unknown[] = [document];
  for (const step of steps) values = step === '[]' ? values.flatMap((value) => list(value)) : values.map((value) => at(value, step));
  return values.flatMap((value) => list(value)).slice(0, 20);
};

/** The value at `a.b[0].c`; a key that itself contains dots or brackets (a CSV header) is tried whole first. */
export function valueAt(record: unknown, path: string): unknown {
  if (isObject(record) && Object.hasOwn(record, path)) return record[path];
  const steps = [...path.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map((m) => (m[1] === undefined ? m[0] : Number(m[1])));
  return steps.length === 0 ? undefined : at(record, ...steps);
}

function read(record: unknown, rule: Rule | undefined): unknown {
  if (rule === undefined) return undefined;
  if (typeof rule === 'string') return valueAt(record, rule);
  const found = rule.path === undefined ? rule.value : (valueAt(record, rule.path) ?? rule.value);
  const key = typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean' ? String(found) : undefined;
  return key !== undefined && rule.map && Object.hasOwn(rule.map, key) ? rule.map[key] : found;
}

const toText = (value: unknown): string | undefined => {
  const text = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value).trim() : '';
  return text === '' ? undefined : text;
};
const pathOf = (rule: Rule | undefined): string => (typeof rule === 'string' ? rule : (rule?.path ?? rule?.value ?? ''));
const toTexts = (value: unknown): readonly string[] => list(value).flatMap((item) => toText(item) ?? []);
const isEntityType = (text: string): text is EntityType => entityTypes.some((type) => type === text);
const isStatus = (text: string): text is FindingStatus => ['open', 'resolved', 'suppressed', 'passed'].includes(text);

function toDraft(record: unknown, map: FieldMap): Result<FindingDraft> {
  const of = (field: string): string | undefined => toText(read(record, map.fields[field]));
  for (const field of required) if (of(field) === undefined) return err(`${field}: nothing at ${pathOf(map.fields[field])}`);
  const issue = of('issue_type') ?? '', type = of('entity_type') ?? 'other', status = of('status') ?? 'open';
  if (!isEntityType(type)) return err(`entity_type: ${type} is not one of ${entityTypes.join(', ')}`);
  if (!isStatus(status)) return err(`status: ${status} is not one of open, resolved, suppressed, passed (map the tool's words)`);
  const optional = (field: 'description' | 'environment' | 'account' | 'region'): Partial<Record<typeof field, string>> => {
    const text = of(field);
    return text === undefined ? {} : { [field]: text };
  };
  const vulnerability = vulnerabilityOf(of), observables = observablesOf(of), tags = readTags(read(record, map.fields['tags']));
  return ok({
    source: map.source, source_id: of('source_id') ?? '', kind: map.kind, entity: of('entity') ?? '', entity_type: type, aliases: toTexts(read(record, map.fields['aliases'])),
    issue_type: issue, issue_mapped: Object.hasOwn(issueTypes, issue), check_id: of('check_id') ?? issue, title: of('title') ?? '',
    severity_reported: severityOfLabel(of('severity_reported')), status, evidence: toTexts(read(record, map.fields['evidence'])),
    ...optional('description'), ...optional('environment'), ...optional('account'), ...optional('region'),
    discovered: read(record, map.fields['discovered'] ?? map.fields['discovered_at']), updated: read(record, map.fields['updated'] ?? map.fields['updated_at']),
    attack: toTexts(read(record, map.fields['attack'])), compliance: toTexts(read(record, map.fields['compliance'])),
    ...(vulnerability && { vulnerability }), ...(observables && { observables }), ...(tags && { tags }),
  });
}

type Lookup = (field: string) => string | undefined;

function vulnerabilityOf(of: Lookup): Vulnerability | undefined {
  const get = (name: string): string | undefined => of(`vulnerability.${name}`) ?? of(name);
  const entries: Record<string, string | number | boolean> = {};
  for (const name of ['cve', 'package', 'installed_version', 'fixed_version', 'affected_range']) {
    const text = get(name);
    if (text !== undefined) entries[name] = text;
  }
  for (const name of ['cvss', 'epss']) {
    const n = Number(get(name) ?? Number.NaN);
    if (!Number.isNaN(n)) entries[name] = n;
  }
  const kev = get('kev');
  if (kev !== undefined) entries['kev'] = /^(true|yes|1|y)$/i.test(kev);
  return Object.keys(entries).length === 0 ? undefined : entries;
}

function observablesOf(of: Lookup): Observables | undefined {
  const names = ['user', 'src_ip', 'dst_ip', 'host', 'process', 'file_hash', 'domain', 'access_key', 'user_agent', 'api', 'country', 'protocol'];
  const entries = names.flatMap((name): readonly (readonly [string, string | number])[] => { const text = of(`observables.${name}`); return text === undefined ? [] : [[name, text]]; });
  const port = Number(of('observables.port') ?? Number.NaN);
  const all = Number.isInteger(port) ? [...entries, ['port', port] as const] : entries;
  return all.length === 0 ? undefined : Object.fromEntries(all);
}
