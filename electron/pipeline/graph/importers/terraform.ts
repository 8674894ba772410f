import { at, isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { Edge, Resource } from '#shared/model/resource.ts';
import type { Normalized, RecordContext, Sample } from '../../ports.ts';
import { awsAliases } from './aws/aliases.ts';
import { configEdges } from './aws/config-edges.ts';
import { tagsOf } from './aws/config-item.ts';
import { kindOfType } from './aws/resource-types.ts';
import type { Importer } from './importer.ts';
import { azureRecords } from './terraform/azurerm.ts';
import { googleRecords } from './terraform/google.ts';
import { networkShapes } from './terraform/network-shapes.ts';
import { newDefaults } from './terraform/new-defaults.ts';
import { otherShapes } from './terraform/other-shapes.ts';
import { partShapes, unplacedOf } from './terraform/part-shapes.ts';
import { plannedAccount } from './terraform/planned-account.ts';
import { providerSetting } from './terraform/plan-providers.ts';
import { isFollowed, plansFor, resolver } from './terraform/plan-references.ts';
import { accountOf, arnRef, awsTypes, idOf, regionOf, urnOf, type TfResource } from './terraform/read-resource.ts';
import { impliedParts, kindOfTerraform } from './terraform/other-clouds.ts';
import { marksOf, type Marks } from './terraform/untold.ts';
import { withoutSecretValues } from './terraform/without-secret-values.ts';

/** `values.root_module` and its modules as deep as configurations nest them. */
const modulePaths = Array.from({ length: 8 }, (_, depth) => `values.root_module${'.child_modules[]'.repeat(depth)}.resources`);

/** Terraform: state files (version 4), `terraform show -json` of a state or a plan. OpenTofu writes the same. */
export const terraform: Importer = {
  name: 'terraform', kind: 'resources',
  description: 'Terraform and OpenTofu: state files (v4), terraform show -json of states and plans',
  // A plan of which only the outcome was kept is one record.
  containers: [{ kind: 'json-path', paths: ['resources', 'resource_changes', ...modulePaths], emptyOk: true }, { kind: 'json' }],
  detect, redact: withoutSecretValues, parse,
};

function detect({ document }: Sample): number {
  if (!isObject(document)) return 0;
  if ('terraform_version' in document && ('resources' in document || 'values' in document || 'planned_values' in document || 'resource_changes' in document || 'lineage' in document)) return 95;
  return str(document, 'format_version') !== undefined && ('planned_values' in document || 'resource_changes' in document || isObject(at(document, 'values', 'root_module'))) ? 90 : 0;
}

interface Instance { readonly address: string; readonly type: string; readonly mode: string; readonly values: JsonObject; readonly marks: Marks; readonly isNew: boolean; readonly isGone: boolean }

function parse(record: unknown, context: RecordContext): Result<Normalized> {
  if (!isObject(record)) return err('not a JSON object');
  const isWhole = isObject(record['planned_values']), plan = isWhole ? record : context.parents[0];
  const instances = isWhole ? ok(plannedInstances(at(record, 'planned_values', 'root_module'), 0)) : instancesOf(record);
  if (!instances.ok) return instances;
  const resources: Resource[] = [], edges: Edge[] = [];
  for (const instance of instances.value) {
    // Data sources are what somebody else manages; deleted ones are on their way out.
    if (instance.mode !== 'managed' || instance.isGone) continue;
    const region = regionOf(instance.values) ?? providerSetting(plan, /^aws$/, 'region', instance.address);
    const home: TfResource['home'] = { account: context.home?.account ?? context.home?.providers?.[str(record, 'provider') ?? ''] ?? plannedAccount(plan), region: context.home?.region };
    const read: TfResource = { ...instance, region, home, account: accountOf(instance.values) ?? (instance.isNew ? home.account : undefined), ownId: idOf(instance), resolve: resolver(plan, instance.address), isFollowed: isFollowed(plan, instance.address), resolveFrom: (address) => resolver(plan, address), plan, manages: managed(plan, instance) };
    const other = googleRecords(read) ?? azureRecords(read);
    if (other) { resources.push(...other.resources ?? []); edges.push(...other.edges ?? []); continue; }
    for (const resource of resourcesOf(read)) { resources.push(resource); edges.push(...configEdges(resource)); }
  }
  return ok({ resources, edges });
}

const managed = (plan: unknown, { type, address }: Instance): TfResource['manages'] => (type !== 'aws_vpc' ? { table: false, acl: false } : {
  table: plansFor(plan, 'aws_default_route_table', 'default_route_table_id', address) || plansFor(plan, 'aws_main_route_table_association', 'vpc_id', address), acl: plansFor(plan, 'aws_default_network_acl', 'default_network_acl_id', address),
});

/** The instances that a record holds: of a state file several of one resource, else one. */
function instancesOf(record: JsonObject): Result<readonly Instance[]> {
  const type = str(record, 'type'), name = str(record, 'name');
  if (type === undefined || name === undefined) return err('type or name is missing');
  const mode = str(record, 'mode') ?? 'managed', base = `${str(record, 'module') === undefined ? '' : `${str(record, 'module') ?? ''}.`}${mode === 'data' ? 'data.' : ''}${type}.${name}`;
  const valuesOf = (value: unknown): JsonObject => (isObject(value) ? value : {});
  if (Array.isArray(record['instances'])) {
    return ok(list(record, 'instances').map((instance): Instance => {
      const key = at(instance, 'index_key');
      return { address: `${base}${key === undefined || key === null ? '' : `[${JSON.stringify(key)}]`}`, type, mode, values: valuesOf(at(instance, 'attributes') ?? at(instance, 'attributes_flat')), marks: marksOf(instance), isNew: false, isGone: false };
    }));
  }
  const address = str(record, 'address') ?? base;
  const change = record['change'];
  if (!isObject(change)) return ok([{ address, type, mode, values: valuesOf(record['values']), marks: marksOf(record), isNew: false, isGone: false }]);
  const actions = list(change, 'actions');
  // Unknown until applied: the key stays missing, as nothing recorded it.
  const unknown = at(change, 'after_unknown'), after = valuesOf(change['after']);
  const values = Object.fromEntries(Object.entries(after).filter(([key]) => at(unknown, key) !== true));
  return ok([{ address, type, mode, values, marks: marksOf(change, unknown, change['after_sensitive']), isNew: actions.includes('create'), isGone: actions.length === 1 && actions[0] === 'delete' }]);
}

/** The resources of a module and those below it, by what a plan says they will be. */
function plannedInstances(module: unknown, depth: number): readonly Instance[] {
  const own = list(module, 'resources').flatMap((resource): readonly Instance[] => {
    const address = str(resource, 'address'), type = str(resource, 'type'), values = at(resource, 'values');
    return address === undefined || type === undefined || !isObject(values) ? [] : [{ address, type, mode: str(resource, 'mode') ?? 'managed', values, marks: marksOf(resource), isNew: str(values, 'id') === undefined, isGone: false }];
  });
  return depth > modulePaths.length ? own : [...own, ...list(module, 'child_modules').flatMap((child) => plannedInstances(child, depth + 1))];
}

function resourcesOf(r: TfResource): readonly Resource[] {
  const parts = partShapes.get(r.type)?.(r);
  const implied = impliedParts(r).map((p) => complete(r, p.urn, p.type, p.config, 'implied'));
  // Whose part it is may go through what a plan leaves out.
  const unplaced = unplacedOf(r, (parts?.length ?? 0) > 0).map(({ type, config }, i) => complete(r, parts || i > 0 ? `${urnOf(r)}${i === 0 ? '' : `/${i}`}` : `${urnOf(r)}/place`, type, config, parts ? undefined : r.type));
  if (parts && parts.length + unplaced.length > 0) return [...parts.map((part) => complete(r, part.urn, part.type, part.config, r.type)), ...unplaced, ...implied];
  const type = awsTypes.get(r.type);
  const shape = networkShapes.get(r.type) ?? otherShapes.get(r.type);
  const config = shape ? shape(r) : type === undefined ? r.values : pascalKeys({ ...rolesOf(r), ...r.values });
  const supposed = [...list(config, 'supposed'), ...newDefaults(r) ?? []];
  return [complete(r, urnOf(r), type ?? r.type, supposed.length === 0 ? config : { ...config, supposed }, undefined), ...unplaced, ...implied];
}

function complete(r: TfResource, urn: string, type: string, config: JsonObject, part: string | undefined): Resource {
  const name = part === undefined ? str(r.values, 'tags', 'Name') ?? str(r.values, 'name') ?? str(r.values, 'bucket') ?? str(r.values, 'identifier') ?? str(r.values, 'function_name') : undefined;
  const aws = type.startsWith('AWS::') ? awsAliases({ urn, type, id: r.ownId, name, config }) : [];
  const aliases = part === undefined ? [...new Set([...aws, r.address, `terraform:${r.address}`, ...(r.ownId.includes('/') || type.startsWith('AWS::EC2::') ? [r.ownId] : [])])].filter((a) => a !== urn).sort() : [];
  return {
    urn, type, kind: type.startsWith('AWS::') ? kindOfType(type) : kindOfTerraform(type), aliases, tags: part === undefined ? { ...tagsOf(r.values['tags_all']), ...tagsOf(r.values['tags']) } : {}, deleted: false, config, source: 'terraform', provenance: part === 'implied' ? 'inferred' : 'observed',
    ...(name !== undefined && { name }), ...(r.account !== undefined && { account: r.account }), ...(r.region !== undefined && { region: r.region }), ...(part !== undefined && { part }),
  };
}

/** The roles that a planned workload refers to. */
const rolesOf = (r: TfResource): JsonObject => Object.fromEntries(['role', 'role_arn', 'service_role', 'task_role_arn', 'execution_role_arn'].flatMap((key) => { const arn = key in r.values ? undefined : arnRef(r, key); return arn === undefined ? [] : [[key, arn] as const]; }));

/** `kms_key_id` → `KmsKeyId`, for types without a shape of their own. */
const pascalKeys = (values: JsonObject): JsonObject => Object.fromEntries(Object.entries(values).map(([key, value]) => [key.split('_').map((w) => w.slice(0, 1).toUpperCase() + w.slice(1)).join(''), value]));
