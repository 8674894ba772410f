import { entityTypes, findingKinds, findingStatuses, severities, type Finding, type Observables, type Vulnerability } from './finding.ts';

type Fields = Readonly<Record<string, unknown>>;
const kinds = new Set<unknown>(findingKinds), states = new Set<unknown>(findingStatuses), grades = new Set<unknown>(severities), entities = new Set<unknown>(entityTypes);
const vexStates = new Set<unknown>([undefined, 'not_affected', 'affected', 'fixed', 'under_investigation']);

export const isText = (value: unknown): boolean => typeof value === 'string';
export const maybeText = (value: unknown): boolean => value === undefined || typeof value === 'string';
const maybeNumber = (value: unknown): boolean => value === undefined || Number.isFinite(value);
export const maybeFlag = (value: unknown): boolean => value === undefined || typeof value === 'boolean';
export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * `findingSchema` as plain tests, a fraction of its time: every imported record passes here. It may refuse what the schema takes (the caller
 * then asks the schema, which also words the error), never the other way round. Of the keys that the schema doesn't know it says nothing.
 */
export function isFinding(f: Fields): f is Finding & Fields {
  return isText(f['finding_id']) && isText(f['source']) && isText(f['source_id']) && kinds.has(f['kind']) && isText(f['entity']) && entities.has(f['entity_type'])
    && isTexts(f['aliases']) && isText(f['issue_type']) && typeof f['issue_mapped'] === 'boolean' && maybeFlag(f['issue_guessed']) && isText(f['check_id']) && isText(f['title']) && maybeText(f['description'])
    && grades.has(f['severity_reported']) && states.has(f['status']) && maybeText(f['environment']) && isTexts(f['evidence']) && maybeText(f['account']) && maybeText(f['region'])
    && isText(f['discovered_at']) && Number.isSafeInteger(f['discovered_us']) && Number.isSafeInteger(f['updated_us']) && maybeText(f['discovered_original']) && maybeFlag(f['untimed'])
    && isTexts(f['attack']) && isVulnerability(f['vulnerability']) && isObservables(f['observables']) && isTexts(f['compliance']) && isTags(f['tags']);
}

export function isTexts(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  for (const item of value) if (typeof item !== 'string') return false;
  return true;
}

/** `vulnerabilitySchema` as plain tests; a finding need not have one. */
export function isVulnerability(v: unknown): v is Vulnerability | undefined {
  if (v === undefined) return true;
  return isFields(v) && maybeText(v['cve']) && maybeNumber(v['cvss']) && maybeNumber(v['epss']) && maybeFlag(v['kev']) && maybeText(v['package']) && maybeText(v['installed_version'])
    && maybeText(v['fixed_version']) && maybeText(v['affected_range']) && vexStates.has(v['vex']);
}

/** `observablesSchema` as plain tests; a finding need not have any. */
export function isObservables(o: unknown): o is Observables | undefined {
  if (o === undefined) return true;
  return isFields(o) && maybeText(o['user']) && maybeText(o['src_ip']) && maybeText(o['dst_ip']) && maybeText(o['host']) && maybeText(o['process']) && maybeText(o['file_hash'])
    && maybeText(o['domain']) && maybeText(o['access_key']) && maybeText(o['user_agent']) && maybeText(o['api']) && maybeText(o['country'])
    && (o['port'] === undefined || Number.isSafeInteger(o['port'])) && maybeText(o['protocol']);
}

function isTags(tags: unknown): boolean {
  if (tags === undefined) return true;
  if (!isFields(tags) || Object.hasOwn(tags, '__proto__')) return false;
  for (const key of Object.keys(tags)) if (typeof tags[key] !== 'string') return false;
  return true;
}
