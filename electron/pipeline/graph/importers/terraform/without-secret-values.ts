import { at, isObject, list, scalarText, str, type JsonObject } from '#shared/lib/json.ts';
import { isSecretName, isSecretOf, isSettings, snake } from './secret-names.ts';

const maxDepth = 80;
/** What is cleaned: the type of the resource that it is of ('' around resources), and whether it is configuration, of which only references count. */
interface Place { readonly type: string; readonly depth: number }

/**
 * A record of Terraform, or what lies around one, without values that are secret: states and plans hold them in plain text. Secret are what the provider or
 * the user marked as sensitive ("State Snapshot Format", `sensitive_attributes`; "JSON Output Format", `sensitive_values`, `after_sensitive`), what its name says
 * is, values of environment variables and settings, scripts, outputs and variables, and whatever looks like a credential. Names stay; a value by name becomes
 * null, one that is marked goes with its key, as what is not known must not read as not set.
 */
export function withoutSecretValues(record: unknown): unknown {
  return isObject(record) ? document(record) : clean(record, { type: '', depth: 0 });
}

/** A resource record, or a state or plan as a whole. */
function document(record: JsonObject): JsonObject {
  const used = providerVariables(record);
  return fromEntries(record, (key, value) => {
    if (key === 'variables' && isVariables(value)) return mapValues(value, (v, name) => (used.has(name) ? v : { value: null }));
    // Messages of checks quote values.
    if (key === 'check_results' || key === 'checks') return null;
    return key === 'configuration' ? configuration(value, 0) : undefined;
  });
}

const isVariables = (value: unknown): value is JsonObject => isObject(value) && Object.values(value).every((v) => isObject(v) && 'value' in v);

/** The variables that tell where a provider works; a plan is placed by them. */
function providerVariables(plan: JsonObject): ReadonlySet<string> {
  const providers = Object.values(at(plan, 'configuration', 'provider_config') ?? {});
  const named = providers.flatMap((p) => placeKeys.flatMap((key) => list(p, 'expressions', key, 'references')));
  return new Set(named.flatMap((r) => (typeof r === 'string' && r.startsWith('var.') ? [r.slice('var.'.length)] : [])));
}
const placeKeys = ['subscription_id', 'project', 'region', 'zone', 'location'];

/** Constants stand in the planned values too, where their type tells what they are; here only those of a provider's place count. */
function configuration(value: unknown, depth: number, isPlace = false): unknown {
  if (depth > maxDepth) return null;
  if (Array.isArray(value)) return value.map((item) => configuration(item, depth + 1));
  if (!isObject(value)) return value;
  return mapValues(value, (inner, key) => {
    if ((key === 'constant_value' && !isPlace) || key === 'default') return null;
    return configuration(inner, depth + 1, placeKeys.includes(key));
  });
}

/** Members of a record, each cleaned; `own` may clean one its own way. */
function fromEntries(record: JsonObject, own: (key: string, value: unknown) => unknown): JsonObject {
  const type = typeOf(record);
  const marked = type === undefined ? record : unmarked(record);
  return Object.fromEntries(Object.entries(marked).flatMap(([key, value]): [string, unknown][] => {
    const found = own(key, value);
    return [[key, found !== undefined ? found : type === undefined ? member(key, value, { type: '', depth: 1 }) : resourceMember(key, value, type)]];
  }));
}

/** Type of what is a resource: of a state file, of `show -json`, or a change. */
const typeOf = (record: JsonObject): string | undefined => (typeof record['type'] === 'string' && record['type'] !== '' && (Array.isArray(record['instances']) || isObject(record['values']) || isObject(record['change'])) ? record['type'] : undefined);

function resourceMember(key: string, value: unknown, type: string): unknown {
  if (key === 'values') return attributes(value, type);
  if (key === 'change' && isObject(value)) return mapValues(value, (v, k) => (k === 'before' || k === 'after' ? attributes(v, type) : v));
  if (key === 'instances' && Array.isArray(value)) return value.map((instance) => (isObject(instance) ? mapValues(instance, (v, k) => (k === 'attributes' ? attributes(v, type) : k === 'attributes_flat' ? attributes(withoutFlat(v), type) : k === 'private' ? null : v)) : instance));
  return key === 'deposed' ? null : value;
}

const namesIt: ReadonlySet<string> = new Set(['id', 'name', 'arn', 'namespace', 'type', 'display_name', 'email', 'object_id', 'principal_id', 'client_id', 'application_id', 'account_id', 'parent_id', 'location', 'region', 'tags', 'labels']);
/** Old states have dotted names (`environment.0.variables.KEY`). */
const withoutFlat = (value: unknown): unknown => (isObject(value) ? mapValues(value, (v, name) => (name.split('.').some((step) => isSecretName(step) || isSettings(step)) ? null : v)) : value);
/** Of other providers nothing but what names a resource is read. */
const isRead = (type: string): boolean => /^(aws|google|azurerm)_/.test(type);
const attributes = (value: unknown, type: string): unknown => (isRead(type) || !isObject(value) ? clean(value, { type, depth: 2 }) : Object.fromEntries(Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
  if (key === 'metadata') return [[key, list(value, 'metadata').map((m) => ({ name: str(m, 'name'), namespace: str(m, 'namespace'), uid: str(m, 'uid') }))]];
  return (namesIt.has(key) && !/^(random|tls)_/.test(type)) || typeof inner === 'boolean' ? [[key, clean(inner, { type, depth: 3 })]] : [];
})));

/** A resource without the values that a mark points to. */
function unmarked(record: JsonObject): JsonObject {
  const change = record['change'];
  return {
    ...record,
    ...('sensitive_values' in record && { values: withoutMarked(record['values'], record['sensitive_values']) }),
    ...(isObject(change) && { change: { ...change, ...('before' in change && { before: withoutMarked(change['before'], change['before_sensitive']) }), ...('after' in change && { after: withoutMarked(change['after'], change['after_sensitive']) }) } }),
    ...(Array.isArray(record['instances']) && { instances: record['instances'].map((instance: unknown) => (isObject(instance) ? { ...instance, attributes: list(instance, 'sensitive_attributes').reduce<unknown>((kept, path) => withoutPath(kept, Array.isArray(path) ? path : list(path, 'path')), instance['attributes']) } : instance)) }),
  };
}

/** `sensitive_values` mirror the values: true where one is sensitive. */
function withoutMarked(value: unknown, mark: unknown, name = ''): unknown {
  if (mark === true) return harmless(value, name);
  if (Array.isArray(value)) return Array.isArray(mark) ? value.map((item: unknown, i) => orNull(withoutMarked(item, mark[i]))) : value;
  if (!isObject(value) || !isObject(mark)) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, inner]): [string, unknown][] => { const kept = withoutMarked(inner, mark[key], key); return kept === undefined ? [] : [[key, kept]]; }));
}

/** A path of `sensitive_attributes`: steps by attribute or by the key of a list or map. */
function withoutPath(value: unknown, path: readonly unknown[], of = ''): unknown {
  const [step, ...rest] = path, key = at(step, 'value');
  if (path.length === 0) return harmless(value, of);
  const name = scalarText(isObject(key) ? key['value'] : key);
  if (Array.isArray(value)) return value.map((item: unknown, i) => (String(i) === name ? orNull(withoutPath(item, rest)) : item));
  if (!isObject(value) || !(name in value)) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([k, inner]): [string, unknown][] => { const kept = k === name ? withoutPath(inner, rest, k) : inner; return kept === undefined ? [] : [[k, kept]]; }));
}
const orNull = (value: unknown): unknown => (value === undefined ? null : value);

/** Of a value that is marked: switches, addresses and protocols stay, as none is a secret and a rule without them would be another rule. Undefined for the rest. */
function harmless(value: unknown, name: string): unknown {
  if (typeof value === 'boolean' || value === null || (typeof value === 'number' && /(^|_)(port|priority|rule_no)$/.test(name))) return value;
  if (typeof value === 'string') return value === '' || address.test(value) || /^(-1|all|any|tcp|udp|icmp|icmpv6|\*|ingress|egress|inbound|outbound|allow|deny)$/i.test(value) ? value : undefined;
  if (Array.isArray(value)) { const kept = value.map((v) => harmless(v, name)); return kept.length > 0 && kept.every((v) => v === undefined) ? undefined : kept.map(orNull); }
  if (!isObject(value)) return undefined;
  const kept = Object.entries(value).flatMap(([key, inner]): [string, unknown][] => { const found = harmless(inner, key); return found === undefined ? [] : [[key, found]]; });
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
const address = /^(\d{1,3}(\.\d{1,3}){3}|[0-9a-f]{0,4}(:[0-9a-f]{0,4}){2,7})(\/\d{1,3})?$/i;

function clean(value: unknown, place: Place): unknown {
  if (place.depth > maxDepth) return null;
  if (typeof value === 'string') return plainText(value);
  if (Array.isArray(value)) return value.map((item) => clean(item, { ...place, depth: place.depth + 1 }));
  if (!isObject(value)) return value;
  return place.type !== '' || typeOf(value) === undefined ? mapValues(value, (inner, key) => member(key, inner, { ...place, depth: place.depth + 1 })) : document(value);
}

function member(key: string, value: unknown, place: Place): unknown {
  // Google's metadata of machines: scripts and keys, and some switches.
  if (/^google_compute_(region_)?instance/.test(place.type) && key === 'metadata' && isObject(value)) return mapValues(value, (v, name) => (name === 'created-by' || /^(true|false|yes|no|y|n|[01])$/i.test(scalarText(v)) ? v : null));
  if (['outputs', 'output_changes'].includes(key)) return isObject(value) ? mapValues(value, () => ({})) : null;
  if (isSecretOf(place.type, key)) return blank(value, place.depth);
  if (isSettings(key) && typeof value === 'object') return settings(value, place.depth);
  if (isSecretName(key)) return typeof value === 'string' && isSecretsId.test(value) ? value : blank(value, place.depth);
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return clean(value, place);
  return /polic/.test(key) ? value : nested(value, place);
}

const isSecretsId = /^(projects\/[^/]+\/secrets\/[^/]+$|arn:|\/subscriptions\/)/;

/** JSON in a string, such as the containers of a task. */
function nested(text: string, place: Place): string | null {
  try {
    const value: unknown = JSON.parse(text);
    return JSON.stringify(clean(value, place));
  } catch { return plainText(text); }
}

/** Without any text but that which names something. */
function blank(value: unknown, depth: number): unknown {
  if (depth > maxDepth || typeof value === 'string' || typeof value === 'number') return null;
  if (Array.isArray(value)) return value.map((item) => blank(item, depth + 1));
  return isObject(value) ? mapValues(value, (inner, key) => (isNaming(key) ? inner : blank(inner, depth + 1))) : value;
}
const isNaming = (key: string): boolean => /(^|_)(name|id|arn|type|host|version|key_vault_id|value_from)$/.test(snake(key));

/** Settings: `[{ name, value }]`, or a map of names to values; blocks around them (`environment { variables = … }`) likewise. */
function settings(value: unknown, depth: number): unknown {
  if (depth > maxDepth) return null;
  if (Array.isArray(value)) return value.map((item) => (isObject(item) && ('name' in item || 'key' in item) ? mapValues(item, (inner, key) => (key === 'key' || isNaming(key) ? inner : /^value_?(source|from)$/i.test(key) ? clean(inner, { type: '', depth: depth + 1 }) : blank(inner, depth + 1))) : settings(item, depth + 1)));
  return isObject(value) ? mapValues(value, (inner) => (isObject(inner) || Array.isArray(inner) ? settings(inner, depth + 1) : null)) : null;
}

/** Credentials within other text: key blocks, connection strings, the password of a URL. */
const plainText = (text: string): string | null => (/-----BEGIN [A-Z ]*PRIVATE KEY-----|(^|[;\s?&"'])(AccountKey|SharedAccessKey|SharedAccessSignature|Password|Pwd|sig)=[^\s;&]/i.test(text) ? null : text.replace(/(\w+:\/\/[^\s:/@]*):[^\s@/]+@/g, '$1:***@'));

const mapValues = (object: JsonObject, to: (value: unknown, key: string) => unknown): JsonObject => Object.fromEntries(Object.entries(object).map(([key, value]) => [key, to(value, key)]));
