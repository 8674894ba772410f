import { connectors } from '#electron/connectors/all.ts';
import type { Settings } from '#electron/connectors/connector.ts';
import { importers } from '#electron/pipeline/graph/importers/all.ts';
import { formats } from '#electron/pipeline/normalize/formats/all.ts';
import { formatTime } from '#shared/lib/time.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { Preflight, PullReport } from '#shared/model/pull.ts';
import type { App } from '../create-app.ts';
import { procedure, type InputOf, type OutputOf } from '../procedure.ts';
import { reportPull } from '../pull/pull-report.ts';
import { preflight, runPull, type PullInput } from '../pull/run-pull.ts';
import { readConnectSettings, saveConnectSettings, withStored } from '../pull/settings.ts';
import type { Hooks } from '../serve-requests.ts';
import { decideAgain } from './imports.ts';

type ConnectorView = OutputOf<'connectors.list'>[number];

/** A product: what it brings, and which formats carry its exports (a name, or the start of one before a hyphen). What can be pulled from stands in the connectors' room. */
interface Product { readonly id: string; readonly name: string; readonly brings: string; readonly formats: readonly string[]; readonly later?: { readonly credentials: string; readonly asks: string; readonly egress: string } }

const products: readonly Product[] = [
  { id: 'aws', name: 'AWS', brings: 'inventory, identities, network paths, changes and access, findings of its own services', formats: ['aws', 'cloudtrail', 'guardduty', 'asff'] },
  { id: 'azure', name: 'Microsoft Azure', brings: 'resources, role assignments, network, activity', formats: ['azure', 'entra', 'defender', 'azurehound'] },
  { id: 'gcp', name: 'Google Cloud', brings: 'assets, IAM policies, network, audit logs', formats: ['gcp', 'google', 'scc'] },
  { id: 'k8s', name: 'Kubernetes', brings: 'workloads, RBAC, network policies, images', formats: ['k8s', 'kubernetes', 'kube'] },
  { id: 'wiz', name: 'Wiz', brings: 'issues and vulnerabilities', formats: ['wiz'], later: { credentials: 'a service account with read:issues', asks: 'issues and vulnerability findings, page by page', egress: 'requests to the API of your Wiz tenant; no finding and no decision leaves' } },
  { id: 'prowler', name: 'Prowler', brings: 'findings of cloud checks', formats: ['prowler'] },
  { id: 'trivy', name: 'Trivy', brings: 'vulnerabilities of images, file systems and repositories', formats: ['trivy'] },
];

const belongs = (format: string, names: readonly string[]): boolean => names.some((name) => format === name || format.startsWith(`${name}-`));

/** Each product with the exports of it that can be imported, how many records of each came and when the last did, and what a live pull takes and brought. Formats of no product come last. */
export function listConnectors(app: App): Result<OutputOf<'connectors.list'>> {
  const pulled = app.tables.pulls.byFile();
  const byFormat = Map.groupBy(app.tables.rawFiles.all().filter((row) => row.state !== 'rolled_back' && !pulled.has(row.raw_id)), (row) => row.format);
  const imports = [...importers, ...formats].map(({ name, kind, description }) => {
    const files = byFormat.get(name) ?? [], [newest] = files;
    return { format: name, kind, description, last: newest === undefined ? null : { at: formatTime(newest.imported_us), records: files.reduce((sum, file) => sum + file.records, 0) } };
  });
  const known = products.map(({ formats: names, later, ...product }): ConnectorView => ({ ...product, live: liveOf(app, product.id, later), imports: imports.filter(({ format }) => belongs(format, names)) }));
  const others = imports.filter(({ format }) => !products.some((product) => belongs(format, product.formats)));
  return ok([...known, ...(others.length === 0 ? [] : [{ id: 'others', name: 'Any other tool', brings: 'what it exports in a common format, or through a field map in the policy', live: liveOf(app, 'others', undefined), imports: others }])]);
}

function liveOf(app: App, id: string, later: Product['later']): ConnectorView['live'] {
  const connector = connectors.find((c) => c.name === id);
  const base = { allow: readConnectSettings(app).allow, settings: [], permissions: 0, pull: null };
  if (!connector) return { ...base, state: later === undefined ? 'none' : 'not_in_version', ...(later ?? { credentials: '', asks: '', egress: '' }) };
  const last = app.tables.pulls.last(id);
  return {
    ...base, state: 'ready', credentials: connector.credentials, asks: connector.brings, egress: connector.egress, permissions: new Set(connector.needs.filter((call) => call.isEntry !== true).flatMap((call) => call.permissions)).size,
    settings: connector.settings.map(({ name, label, help, secret }) => ({ name, label, help, secret: secret === true })), pull: last === undefined ? null : reportPull(app, last),
  };
}

/** The connector of a name and settings that it knows; empty ones count as not set. The words never repeat a value. */
export function chosen(id: string, settings: Settings): Result<{ readonly connector: (typeof connectors)[number]; readonly settings: Settings }> {
  const connector = connectors.find((c) => c.name === id);
  if (!connector) return err(`there is no connector ${id}; there are ${connectors.map((c) => c.name).join(', ')}`);
  const given = Object.entries(settings).map(([name, value]) => [name, value.trim()] as const).filter(([, value]) => value !== '');
  const unknown = given.find(([name]) => !connector.settings.some((s) => s.name === name));
  return unknown ? err(`${connector.title} has no setting ${unknown[0]}`) : ok({ connector, settings: Object.fromEntries(given) });
}

/** With the credentials that the desktop keeps for this workspace. */
const complete = (app: App, { connector, settings }: { readonly connector: (typeof connectors)[number]; readonly settings: Settings }): Settings =>
  withStored(app, connector, settings);

export function getConnectorPolicy(_: App, input: InputOf<'connectors.policy'>): Result<OutputOf<'connectors.policy'>> {
  const found = chosen(input.id, input.settings);
  if (!found.ok) return found;
  const policy = found.value.connector.policy(found.value.settings);
  return policy.ok ? ok({ text: policy.value }) : err(policy.error.says);
}

export async function preflightConnector(app: App, input: InputOf<'connectors.preflight'>, hooks: Hooks): Promise<Result<Preflight>> {
  const found = chosen(input.id, input.settings);
  return found.ok ? preflight(app, input.id, complete(app, found.value), hooks) : found;
}

export async function pullConnector(app: App, input: PullInput, hooks: Hooks): Promise<Result<PullReport>> {
  const found = chosen(input.product, input.settings);
  return found.ok ? runPull(app, { ...input, settings: complete(app, found.value) }, hooks) : found;
}

/** The procedures about live pulls that write, or that send something. */
export const connectorProcedures = [
  procedure('connectors.allow', (app, input) => { saveConnectSettings(app, { allow: input.allow }, input.by); return ok({ ok: true }); }),
  procedure('connectors.preflight', preflightConnector),
  procedure('connectors.pull', async (app, input, hooks) => {
    const pull = await pullConnector(app, { product: input.id, settings: input.settings, resume: input.resume, by: input.by }, hooks);
    if (!pull.ok) return pull;
    if (hooks.isCancelled()) return ok({ pull: pull.value, decided: 0 });
    const decided = await decideAgain(app, hooks);
    return decided.ok ? ok({ pull: pull.value, decided: decided.value }) : decided;
  }),
] as const;
