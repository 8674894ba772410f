/** Resources of a Terraform configuration as its tools write them: a state file, `terraform show -json` of a state and of a plan. */
type Json = Readonly<Record<string, unknown>>;
/** A resource: its attributes once applied, and those that refer to another's (which a plan doesn't know), by path: `subnet`, `nic.0.subnet`. */
export interface Block { readonly type: string; readonly name: string; readonly values: Json; readonly refs?: Readonly<Record<string, readonly [to: string, key: string]>>; /** The key of its provider's block; the default one where left out. */ readonly provider?: string; /** Blocks, by path, that the configuration writes as `dynamic` ones, so that it doesn't show them, over what is known only after apply. */ readonly dynamic?: readonly string[]; /** What a user marked as sensitive, by path. */ readonly sensitive?: readonly string[] }

/** A state file, version 4. */
export const stateOf = (blocks: readonly Block[]): Json => ({
  version: 4, terraform_version: '1.9.5', serial: 3, lineage: 'b6a1', outputs: {},
  resources: blocks.map(({ type, name, values, sensitive = [] }) => ({ mode: 'managed', type, name, provider: 'provider["registry.terraform.io/hashicorp/x"]', instances: [{ schema_version: 0, attributes: values, sensitive_attributes: sensitive.map((path) => path.split('.').map((step) => (/^\d+$/.test(step) ? { type: 'index', value: { value: Number(step), type: 'number' } } : { type: 'get_attr', value: step }))) }] })),
});

/** `terraform show -json` of a state whose resources stand in nested modules. */
export const shownOf = (blocks: readonly Block[]): Json => {
  const resources = blocks.map(({ type, name, values }) => ({ address: `module.a[0].module.b.${type}.${name}`, mode: 'managed', type, name, schema_version: 0, values }));
  return { format_version: '1.0', terraform_version: '1.9.5', values: { root_module: { child_modules: [{ address: 'module.a[0]', child_modules: [{ address: 'module.a[0].module.b', resources }] }] } } };
};

/** `true` at these paths, in objects and lists as deep as they go. */
function marksAt(paths: readonly string[]): unknown {
  if (paths.includes('')) return true;
  const groups = Map.groupBy(paths, (path) => path.split('.')[0] ?? ''), inner = (key: string): unknown => marksAt((groups.get(key) ?? []).map((path) => path.split('.').slice(1).join('.')));
  const keys = [...groups.keys()], isList = keys.length > 0 && keys.every((key) => /^\d+$/.test(key));
  return isList ? Array.from({ length: Math.max(...keys.map(Number)) + 1 }, (_, i) => (groups.has(String(i)) ? inner(String(i)) : {})) : Object.fromEntries(keys.map((key) => [key, inner(key)]));
}

/** A value without what lies at these paths: `nic.0.subnet`. */
function without(value: unknown, paths: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item, i) => without(item, paths.flatMap((p) => (p.startsWith(`${i}.`) ? [p.slice(`${i}.`.length)] : []))));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !paths.includes(key)).map(([key, inner]) => [key, without(inner, paths.flatMap((p) => (p.startsWith(`${key}.`) ? [p.slice(key.length + 1)] : [])))]));
}

/** Expressions as nested as the attributes that they give. */
function expressionsOf(known: Json, refs: NonNullable<Block['refs']>): Json {
  const found: Record<string, unknown> = Object.fromEntries(Object.entries(known).map(([key, value]) => [key, { constant_value: value }]));
  for (const [path, [to, key]] of Object.entries(refs)) {
    const steps = path.split('.'), last = steps.pop() ?? '';
    let place: unknown = found;
    for (const [i, step] of steps.entries()) {
      const inside = place as Record<string, unknown>, next = inside[step];
      if (typeof next !== 'object' || next === null || 'constant_value' in next) inside[step] = /^\d+$/.test(steps[i + 1] ?? '') ? [] : {};
      place = inside[step];
    }
    (place as Record<string, unknown>)[last] = { references: [`${to}.${key}`, to] };
  }
  return found;
}

/** `terraform show -json` of a plan that makes it all: `unknown` attributes and what refers to others are not known yet. */
export function planOf(blocks: readonly Block[], providers: Json, unknown: readonly string[]): Json {
  const all = blocks.map(({ type, name, values, refs = {}, provider, dynamic = [], sensitive = [] }) => ({ type, name, refs, provider, dynamic, sensitive, address: `${type}.${name}`, mode: 'managed', known: without(values, [...unknown, ...Object.keys(refs), ...dynamic]) as Json, later: [...unknown, ...Object.keys(refs), ...dynamic] }));
  const head = ({ type, name, address, mode }: (typeof all)[number]): Json => ({ address, mode, type, name });
  return {
    format_version: '1.2', terraform_version: '1.9.5', planned_values: { root_module: { resources: all.map((r) => ({ ...head(r), values: r.known, sensitive_values: marksAt(r.sensitive) })) } },
    resource_changes: all.map((r) => ({ ...head(r), change: { actions: ['create'], before: null, after: r.known, after_unknown: marksAt(r.later), after_sensitive: marksAt(r.sensitive) } })),
    configuration: { provider_config: providers, root_module: { resources: all.map((r) => ({ ...head(r), ...(r.provider !== undefined && { provider_config_key: r.provider }), expressions: without(expressionsOf(r.known, r.refs), r.dynamic.flatMap((path) => [path, path.split('.')[0] ?? ''])) })) } },
  };
}
