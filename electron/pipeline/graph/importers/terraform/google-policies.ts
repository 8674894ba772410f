import { at, isObject, list, scalarText, str, type JsonObject } from '#shared/lib/json.ts';
import { bucketName, containerName, gcpTypes, projectName, unplacedAcl } from '#shared/model/gcp.ts';
import type { Resource } from '#shared/model/resource.ts';
import type { Normalized } from '../../../ports.ts';
import { orgPolicyNodes } from '../gcp/policy-nodes.ts';
import { containerId, projectOf } from './google-names.ts';
import { plain } from './google-shapes.ts';
import { resolveOne } from './plan-references.ts';
import type { TfResource } from './read-resource.ts';
import { isUntold, untoldOf } from './untold.ts';

const source = 'terraform';
type Reads = (r: TfResource) => Normalized;
const ofOwn = (r: TfResource, type: string, kind: Resource['kind'], config: JsonObject): Resource => ({ urn: `terraform:${r.address}`, type, kind, name: r.address, aliases: [r.address], tags: {}, deleted: false, config, source, provenance: 'observed' });

const canned: Readonly<Record<string, readonly (readonly [entity: string, role: string])[]>> = { publicRead: [['allUsers', 'READER']], publicReadWrite: [['allUsers', 'WRITER']], authenticatedRead: [['allAuthenticatedUsers', 'READER']] };

/** Entries of the ACL of a bucket, or of the default one of its objects; those of one object make what lies in the bucket public as well. */
const accessList: Reads = (r) => {
  const found = resolveOne(r.resolve, 'bucket'), bucket = str(r.values, 'bucket') ?? str(found?.values, 'name');
  const isDefault = /^google_storage_(default_)?object_/.test(r.type), entry = (entity: string, role: string): JsonObject => ({ entity, role }), anyone: readonly JsonObject[] = [{ untold: ['entity', 'role'] }];
  const listed = list(r.values, 'role_entity').flatMap((text) => { const [role = '', entity = ''] = scalarText(text).split(/:(.*)/); return typeof text === 'string' ? [entry(entity, role)] : []; });
  const named = (key: string): readonly JsonObject[] => (isUntold(r, key) ? anyone : (canned[str(r.values, key) ?? ''] ?? []).map(([entity, role]) => entry(entity, role)));
  const single = str(r.values, 'entity'), isOpen = ['entity', 'role'].some((key) => isUntold(r, key));
  const own = [...listed, ...(isUntold(r, 'role_entity') ? anyone : []), ...named('predefined_acl'), ...(single === undefined && !isOpen ? [] : [{ ...entry(single ?? '', str(r.values, 'role') ?? ''), ...untoldOf(r, { entity: 'entity', role: 'role' }) }])];
  const config = isDefault ? { defaultObjectAcl: own } : { acl: own, ...((str(r.values, 'default_acl') !== undefined || isUntold(r, 'default_acl')) && { defaultObjectAcl: named('default_acl') }) };
  return { resources: [bucket === undefined ? ofOwn(r, unplacedAcl, 'policy', config) : { urn: bucketName(bucket), type: gcpTypes.bucket, kind: 'bucket', aliases: [], tags: {}, deleted: false, config, source, provenance: 'observed', part: r.type }], edges: [] };
};

/** `projects/p`, `folders/1` or `organizations/1`, in whatever attribute names it; undefined where a plan doesn't tell. */
function placeOf(r: TfResource): string | undefined {
  const kinds: Readonly<Record<string, string>> = { parent: '', name: '', folder: 'folders/', org_id: 'organizations/', project: 'projects/' };
  for (const [key, kind] of Object.entries(kinds)) {
    const value = str(r.values, key), found = value === undefined ? resolveOne(r.resolve, key) : undefined, planned = found && /^google_(project|folder|organization)$/.test(found.type) ? containerId(found) : undefined;
    const path = key === 'name' ? /^(projects|folders|organizations)\/[^/]+/.exec(value ?? '')?.[0] : value === undefined || kind === '' ? value : `${kind}${value.replace(kind, '')}`;
    if (path !== undefined) return path;
    if (planned !== undefined) return planned.includes('/') ? planned : `${found?.type === 'google_organization' ? 'organizations' : 'projects'}/${planned}`;
    if (isUntold(r, key)) return undefined;
  }
  return `projects/${projectOf(r, r)}`;
}

/** An organization policy; one of which a plan doesn't tell the place, or the constraint, may be that of any. */
const organizationPolicy: Reads = (r) => {
  const place = placeOf(r), isNew = r.type === 'google_org_policy_policy';
  const [spec] = list(r.values, 'spec'), [flag] = list(r.values, 'boolean_policy');
  const rules = list(spec, 'rules').map((rule, i) => ({ enforce: /^true$/i.test(str(rule, 'enforce') ?? ''), ...untoldOf(r, { enforce: 'enforce', condition: 'enforce' }, `spec.0.rules.${i}`), ...(list(rule, 'condition').length > 0 && { condition: list(rule, 'condition')[0] }) }));
  const policy = isNew ? { name: str(r.values, 'name'), spec: { rules, ...untoldOf(r, { rules: 'rules', reset: 'rules' }, 'spec.0'), ...(at(spec, 'reset') === true && { reset: true }) } }
    : { constraint: str(r.values, 'constraint'), ...untoldOf(r, { 'boolean_policy.0.enforced': 'booleanPolicy' }), ...(flag !== undefined && { booleanPolicy: { enforced: at(flag, 'enforced') === true } }) };
  const constraint = isNew ? str(r.values, 'name') : str(r.values, 'constraint');
  if (place === undefined || constraint === undefined) return { resources: [ofOwn(r, gcpTypes.orgPolicy, 'policy', { ...policy, isUnplaced: true })], edges: [] };
  return { resources: orgPolicyNodes({ name: place.startsWith('projects/') ? projectName(place.slice('projects/'.length)) : containerName(place), type: gcpTypes.project, ancestors: [] }, [policy], source), edges: [] };
};

const matchWords = Object.fromEntries(['src', 'dest'].flatMap((side) => ['ip_ranges', 'address_groups', 'fqdns', 'region_codes', 'threat_intelligences', 'secure_tags'].map((key) => [`${side}_${key}`, side])));
/** Rules of a firewall policy. Which networks it is attached to stands elsewhere and is not read: they may apply to any. */
const firewallPolicy: Reads = (r) => {
  const isOne = r.type.endsWith('_rule'), rules = isOne ? [r.values] : list(r.values, 'rule').filter(isObject);
  const data = rules.map((rule, i) => {
    const path = isOne ? [] : ['rule', String(i)], match = list(rule, 'match')[0], key = ['layer4_configs', 'layer4_config'].find((k) => list(match, k).length > 0) ?? 'layer4_configs';
    const layers = list(match, key).map((c, j) => ({ ...plain(c), ...untoldOf(r, { ip_protocol: 'ipProtocol', ports: 'ports' }, [...path, 'match', '0', key, String(j)]) }));
    return { ...plain(rule), ...untoldOf(r, { direction: 'direction', action: 'action', disabled: 'disabled', match: 'match' }, path), match: { ...plain(match), ...untoldOf(r, { ...matchWords, [key]: 'layer4Configs' }, [...path, 'match', '0']), layer4Configs: layers } };
  });
  return { resources: [ofOwn(r, gcpTypes.firewallPolicy, 'sg', { isUnplaced: true, rules: data, ...(!isOne && untoldOf(r, { rule: 'rules' })) })], edges: [] };
};

/** A deny policy; one whose parent a plan doesn't tell may be attached anywhere. */
const denyPolicy: Reads = (r) => {
  const planned = resolveOne(r.resolve, 'parent'), container = planned && /^google_(project|folder|organization)$/.test(planned.type) ? containerId(planned) : undefined;
  const parent = str(r.values, 'parent') ?? (container && encodeURIComponent(`cloudresourcemanager.googleapis.com/${container.includes('/') ? container : `${planned?.type === 'google_organization' ? 'organizations' : 'projects'}/${container}`}`));
  const rules = list(r.values, 'rules').map((rule, i) => {
    const deny = list(rule, 'deny_rule')[0], condition = list(deny, 'denial_condition')[0], words = { denied_permissions: 'deniedPermissions', exception_permissions: 'exceptionPermissions', denied_principals: 'deniedPrincipals', exception_principals: 'exceptionPrincipals', denial_condition: 'denialCondition' };
    return { denyRule: { ...plain(deny), ...untoldOf(r, words, `rules.${i}.deny_rule.0`), denialCondition: condition } };
  });
  const name = `policies/${parent ?? ''}/denypolicies/${str(r.values, 'name') ?? r.address}`, config = { name, rules, ...untoldOf(r, { rules: 'rules' }) };
  return { resources: [parent === undefined ? ofOwn(r, gcpTypes.denyPolicy, 'policy', { ...config, isUnplaced: true }) : { urn: `//iam.googleapis.com/${name}`, type: gcpTypes.denyPolicy, kind: 'policy', name: str(r.values, 'name') ?? r.address, aliases: [r.address], tags: {}, deleted: false, config, source, provenance: 'observed' }], edges: [] };
};

const readers: readonly (readonly [types: RegExp, read: Reads])[] = [
  [/organization_policy$|^google_org_policy_policy$/, organizationPolicy], [/^google_storage_(bucket_acl|bucket_access_control|default_object_acl|default_object_access_control|object_acl|object_access_control)$/, accessList],
  [/^google_compute_(region_)?(network_)?firewall_policy_(rule|with_rules)$/, firewallPolicy], [/^google_iam_deny_policy$/, denyPolicy],
];
/** ACLs, organization policies, firewall policies and deny policies as records of Cloud Asset Inventory; undefined for other types. */
export const googlePolicy = (r: TfResource): Normalized | undefined => readers.find(([types]) => types.test(r.type))?.[1](r);
