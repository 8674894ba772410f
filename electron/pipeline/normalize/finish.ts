import { hash } from 'node:crypto';
import { eventSchema, type Event, type EventDraft } from '#shared/model/event.ts';
import { findingSchema, observablesSchema, vulnerabilitySchema, type Finding, type FindingDraft } from '#shared/model/finding.ts';
import { isFinding } from '#shared/model/is-finding.ts';
import { isObject } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import { formatTime, parseTime, type Micros } from '#shared/lib/time.ts';

/**
 * Completes a finding: `finding_id` (hash of source and the source's own id, with what tells those of one id apart, else of the canonical draft, RFC 8785) and the times.
 * @param importedUs stands in for the time of a finding that has none (SARIF and others carry none), unless its format requires one.
 * @returns an error that names the field when the finding does not fit the model.
 */
export function finishFinding(draft: FindingDraft, importedUs: Micros): Result<Finding> {
  const { discovered, updated, time_required: timeRequired, apart, ...rest } = draft;
  const read = parseTime(discovered);
  if (read === undefined && timeRequired) return err(`no readable time: ${describe(discovered)}`);
  if (draft.entity.trim() === '') return err('entity is empty');
  if (draft.issue_type === '') return err('issue_type is empty');
  const discoveredUs = read ?? importedUs;
  const discoveredAt = formatTime(discoveredUs);
  const original = typeof discovered === 'string' || typeof discovered === 'number' ? String(discovered) : '';
  const own = draft.source_id === '' ? ownText(rest, read) : draft.source_id;
  const times: Times = {
    discovered_at: discoveredAt, discovered_us: discoveredUs, updated_us: Math.max(parseTime(updated) ?? discoveredUs, discoveredUs),
    discovered_original: original !== '' && original !== discoveredAt ? original : undefined, untimed: read === undefined ? true : undefined,
  };
  const finding = inOrder(`F-${digest(`${draft.source}\0${own}${apart === undefined ? '' : `\0${apart}`}`)}`, rest, times);
  return isFinding(finding) ? ok(finding) : check<Finding>(findingSchema.safeParse(finding));
}

/** What stands for the id of a finding without one. What happened again at another time is another detection; what was looked at again is the same weakness. */
const ownText = (rest: Omit<FindingDraft, 'discovered'>, us: Micros | undefined): string => canonicalText(rest.kind === 'detection' && us !== undefined ? { ...rest, at_us: us } : rest);

interface Times { readonly discovered_at: string; readonly discovered_us: Micros; readonly updated_us: Micros; readonly discovered_original: string | undefined; readonly untimed: true | undefined }

/** The fields of the model in the order of its schema, which is the order of the stored JSON; others are left out. */
function inOrder(id: string, d: Omit<FindingDraft, 'discovered' | 'updated' | 'time_required' | 'apart'>, times: Times): Record<string, unknown> {
  const f: Record<string, unknown> = {
    finding_id: id, source: d.source, source_id: d.source_id, kind: d.kind, entity: d.entity, entity_type: d.entity_type, aliases: d.aliases, issue_type: d.issue_type, issue_mapped: d.issue_mapped,
  };
  if (d.issue_guessed) f['issue_guessed'] = true;
  f['check_id'] = d.check_id;
  f['title'] = d.title;
  if (d.description !== undefined) f['description'] = d.description;
  f['severity_reported'] = d.severity_reported;
  f['status'] = d.status;
  if (d.environment !== undefined) f['environment'] = d.environment;
  f['evidence'] = d.evidence;
  if (d.account !== undefined) f['account'] = d.account;
  if (d.region !== undefined) f['region'] = d.region;
  f['discovered_at'] = times.discovered_at;
  f['discovered_us'] = times.discovered_us;
  f['updated_us'] = times.updated_us;
  if (times.discovered_original !== undefined) f['discovered_original'] = times.discovered_original;
  if (times.untimed) f['untimed'] = true;
  f['attack'] = d.attack;
  if (d.vulnerability !== undefined) f['vulnerability'] = known(d.vulnerability, vulnerabilityKeys);
  if (d.observables !== undefined) f['observables'] = known(d.observables, observableKeys);
  f['compliance'] = d.compliance;
  if (d.tags !== undefined) f['tags'] = d.tags;
  return f;
}

const vulnerabilityKeys = Object.keys(vulnerabilitySchema.unwrap().shape), observableKeys = Object.keys(observablesSchema.unwrap().shape);

function known(value: unknown, keys: readonly string[]): unknown {
  if (!isObject(value)) return value;
  const kept: Record<string, unknown> = {};
  for (const key of keys) if (value[key] !== undefined) kept[key] = value[key];
  return kept;
}

/**
 * Completes an event: `event_id` is a hash of the canonical raw record (RFC 8785), so two records that differ in anything are two events
 * even when the tool gave them one id; `nth` tells events of one record apart.
 * @returns an error when the time can't be read or the event does not fit the model.
 */
export function finishEvent(draft: EventDraft, record: unknown, nth = 0): Result<Event> {
  const { time, record: own, ...rest } = draft;
  const us = parseTime(time);
  if (us === undefined) return err(`no readable time: ${describe(time)}`);
  const text = `${draft.source}\0${canonicalText(own ?? record)}${nth === 0 ? '' : `\0${nth}`}`;
  return check<Event>(eventSchema.safeParse({ ...rest, event_id: `E-${digest(text)}`, time: formatTime(us), time_us: us }));
}

const digest = (text: string): string => hash('sha256', text, 'hex').slice(0, 20);

/**
 * RFC 8785 text of any JSON value, as the package `canonicalize` writes it (a test compares the two; this is three times as fast, and every
 * event passes here). What the RFC refuses is written too, so that any record has an id: lone surrogates escaped, numbers beyond a
 * double as text.
 */
export function canonicalText(value: unknown): string {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value === 0 ? 0 : value) : `"${value}"`;
  if (typeof value !== 'object' || value === null) return value === undefined ? 'null' : JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  let text = '';
  for (const key of Object.keys(value).sort()) {
    const inner: unknown = Reflect.get(value, key);
    if (inner !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonicalText(inner)}`;
  }
  return `{${text}}`;
}

type Parsed<T> = { readonly success: true; readonly data: T } | { readonly success: false; readonly error: { readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] } };
function check<T>(parsed: Parsed<T>): Result<T> {
  if (parsed.success) return ok(parsed.data);
  const [issue] = parsed.error.issues;
  return err(`${issue?.path.map(String).join('.') ?? 'record'}: ${issue?.message ?? 'does not fit the model'}`);
}

const describe = (value: unknown): string => (value === undefined ? 'none given' : JSON.stringify(value).slice(0, 80));
