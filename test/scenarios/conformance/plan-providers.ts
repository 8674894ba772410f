import type { Question } from '#electron/evaluate/platform.ts';
import type { Estate, Expected } from './suite.ts';
import { planOf, type Block } from './terraform-forms.ts';

/** Plans with several blocks of one provider: each resource lies where its own provider works ("JSON Output Format", `provider_config_key`). */
type Json = Readonly<Record<string, unknown>>;
type Asked = readonly [ask: Question, expected: Expected];
const estate = (name: string, plan: Json, ...asked: readonly Asked[]): Estate => ({ name, files: { 'plan.json': plan }, rows: asked.map(([ask, expected]) => ({ ask, expected })) });
const constant = (value: string): Json => ({ constant_value: value }), variable = (name: string): Json => ({ references: [`var.${name}`] });

const main = '11111111-1111-1111-1111-111111111111', lab = '22222222-2222-2222-2222-222222222222', unnamed = '00000000-0000-0000-0000-000000000000', robot = 'aaaaaaaa-0000-0000-0000-000000000001';
const azurerm = (settings: Readonly<Record<string, Json>>): Json => Object.fromEntries(Object.entries(settings).map(([key, expressions]) => [key, { name: 'azurerm', ...(key.includes('.') && { alias: key.slice(key.indexOf('.') + 1) }), expressions }]));
const both = azurerm({ azurerm: { subscription_id: constant(main) }, 'azurerm.lab': { subscription_id: constant(lab) } });
const account = (name: string, provider?: string): Block => ({ type: 'azurerm_storage_account', name, values: { name, resource_group_name: 'shop', location: 'westeurope' }, ...(provider !== undefined && { provider }) });
const vault = (name: string, isOpen: boolean, provider?: string): Block => ({ type: 'azurerm_key_vault', name, values: { name: 'keys', resource_group_name: 'shop', location: 'westeurope', public_network_access_enabled: isOpen, network_acls: [], access_policy: [] }, ...(provider !== undefined && { provider }) });
const grant = (name: string, subscription: string, principal_id: string): Block => ({ type: 'azurerm_role_assignment', name, values: { name, scope: `/subscriptions/${subscription}`, role_definition_name: 'Owner', principal_id, principal_type: 'ServicePrincipal' } });
/** Each subscription has a role that is recorded, so that what is not among them counts. */
const owner = grant('owner', main, robot), others = [lab, unnamed].map((subscription, i) => grant(`other-${i}`, subscription, 'eeeeeeee-0000-0000-0000-000000000001'));
const deletes = (object: string): Question => ({ question: 'effective_permission', subject: robot, action: 'Microsoft.Storage/storageAccounts/delete', object });
const idIn = (subscription: string, path: string): string => `/subscriptions/${subscription}/resourceGroups/shop/providers/${path}`, store = (subscription: string, name: string): string => idIn(subscription, `Microsoft.Storage/storageAccounts/${name}`);
const calls = (subscription: string): Question => ({ question: 'ingress', subject: idIn(subscription, 'Microsoft.KeyVault/vaults/keys'), port: 443, protocol: 'tcp' });
const vars = { variables: { lab: { value: lab } } };

export const azureProviders: readonly Estate[] = [
  estate('two subscriptions', planOf([account('first'), account('other', 'azurerm.lab'), owner, ...others], both, []), [deletes(store(main, 'first')), 'yes'], [deletes(store(lab, 'other')), 'no']),
  estate('two subscriptions, one of them a variable', { ...planOf([account('first'), account('other', 'azurerm.lab'), owner, ...others], azurerm({ azurerm: { subscription_id: constant(main) }, 'azurerm.lab': { subscription_id: variable('lab') } }), []), ...vars }, [deletes(store(lab, 'other')), 'no']),
  estate('of which one is not told', planOf([account('other', 'azurerm.lab'), owner, ...others], azurerm({ azurerm: { subscription_id: constant(main) }, 'azurerm.lab': {} }), []), [deletes(store(unnamed, 'other')), 'unknown']),
  estate('a provider that leads nowhere', planOf([account('other', 'inner:azurerm'), owner, ...others], both, []), [deletes(store(unnamed, 'other')), 'unknown']),
  estate('one that leads nowhere where there is but one', planOf([account('other', 'inner:azurerm'), owner, ...others], azurerm({ azurerm: { subscription_id: constant(main) } }), []), [deletes(store(main, 'other')), 'yes']),
  estate('two vaults of one name', planOf([vault('a', true, 'azurerm'), vault('b', false, 'azurerm.lab')], both, []), [calls(main), 'yes'], [calls(lab), 'no']),
];

const google = (settings: Readonly<Record<string, Json>>): Json => Object.fromEntries(Object.entries(settings).map(([key, expressions]) => [key, { name: 'google', ...(key.includes('.') && { alias: key.slice(key.indexOf('.') + 1) }), expressions }]));
const topic = (name: string, provider?: string): Block => ({ type: 'google_pubsub_topic', name, values: { name }, ...(provider !== undefined && { provider }) });
const publisher: Block = { type: 'google_project_iam_member', name: 'p', values: { project: 'acme-main', role: 'roles/pubsub.editor', member: 'user:ann@acme.test' } };
const elsewhere: Block = { type: 'google_project_iam_member', name: 'q', values: { project: 'acme-lab', role: 'roles/pubsub.editor', member: 'user:bob@acme.test' } };
const publishes = (project: string, name: string): Question => ({ question: 'effective_permission', subject: 'user:ann@acme.test', action: 'pubsub.topics.publish', object: `//pubsub.googleapis.com/projects/${project}/topics/${name}` });
const projects = google({ google: { project: constant('acme-main') }, 'google.lab': { project: constant('acme-lab') } });

export const googleProviders: readonly Estate[] = [
  estate('two projects', planOf([topic('a'), topic('b', 'google.lab'), publisher, elsewhere], projects, []), [publishes('acme-main', 'a'), 'yes'], [publishes('acme-lab', 'b'), 'no']),
  estate('two projects, one of them a variable', { ...planOf([topic('a'), topic('b', 'google.lab'), publisher, elsewhere], google({ google: { project: constant('acme-main') }, 'google.lab': { project: variable('lab') } }), []), variables: { lab: { value: 'acme-lab' } } }, [publishes('acme-lab', 'b'), 'no']),
];
