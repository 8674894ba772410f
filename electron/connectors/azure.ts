import { str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import { azureApi, type AzureApi } from './azure/api.ts';
import { azureNeeds, subscriptionsCall } from './azure/calls.ts';
import { azureCloud } from './azure/clouds.ts';
import { azureTokens, claimsOf, credentialKinds, type AzureTokens } from './azure/credentials.ts';
import { directoryTasks } from './azure/directory.ts';
import { grantedIn, type Granted } from './azure/granted.ts';
import { azurePolicy } from './azure/policy.ts';
import { azurePreflight } from './azure/preflight.ts';
import { subscriptionTasks } from './azure/subscription.ts';
import type { Connection, Connector, ConnectorSetting, Identity, PullEvent, Session, Settings } from './connector.ts';
import { ConnectFailure, isOnlyThisCall } from './pace/failure.ts';
import { withOwnVariables } from './pace/own-variables.ts';
import { runUnits, type UnitTask } from './units/run-units.ts';

const settings: readonly ConnectorSetting[] = [
  { name: 'subscription', label: 'Subscriptions', help: 'only these subscriptions, ids separated by commas (default: all that can be seen)', value: 'IDS' },
  { name: 'tenant', label: 'Tenant', help: 'the directory to sign in to', value: 'ID' },
  { name: 'credential', label: 'Credentials', help: `which credentials to use: ${credentialKinds.join(', ')}`, value: 'KIND' },
  { name: 'cloud', label: 'Cloud', help: 'public, usgov or china (default: public)', value: 'NAME' },
  { name: 'token', label: 'Token', help: 'a token for Azure Resource Manager that somebody got for you', value: 'TOKEN', secret: true, env: 'AZURE_ACCESS_TOKEN' },
  { name: 'graph-token', label: 'Token for the directory', help: 'a token for Microsoft Graph', value: 'TOKEN', secret: true, env: 'AZURE_GRAPH_TOKEN' },
  { name: 'endpoint', label: 'Stand-in', help: 'a stand-in for Azure on this machine, for tests', value: 'URL' },
];

/** Azure: Resource Graph for resources and role assignments, Azure Resource Manager for what it lacks, Microsoft Graph for the directory. */
export const azure: Connector = {
  name: 'azure', title: 'Azure',
  brings: 'Resources, networks, role and deny assignments of subscriptions, public access of blob containers, firewalls of databases; users, groups and applications of the directory where the credentials allow it',
  credentials: 'the Azure CLI’s (az login), or a service principal in AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, a device code, a managed identity, a token',
  egress: 'management.azure.com, graph.microsoft.com and login.microsoftonline.com, or those of the national cloud',
  settings, needs: azureNeeds, policy: (settings) => ok(azurePolicy(wanted(settings))), connect,
};

const wanted = (settings: Settings): readonly string[] => [...new Set((settings['subscription'] ?? '').split(',').map((s) => s.trim().toLowerCase()).filter((s) => s !== ''))].sort();

async function connect(given: Session): Promise<Result<Connection, ConnectFailure>> {
  const session = withOwnVariables(given, settings);
  const cloud = azureCloud(session.settings['cloud'] ?? 'public', session.settings['endpoint']);
  if (!cloud.ok) return err(new ConnectFailure('rejected', cloud.error));
  const tokens = azureTokens(session, cloud.value);
  if (!tokens.ok) return tokens;
  try {
    const api = azureApi(session, cloud.value, tokens.value);
    const claims = claimsOf(await tokens.value.tokenFor('arm'));
    const seen = await subscriptionsOf(api), named = wanted(session.settings);
    const chosen = seen.filter((s) => named.length === 0 ? s.state !== 'disabled' && s.state !== 'deleted' : named.includes(s.id));
    const unseen = named.filter((n) => !seen.some((s) => s.id === n));
    if (unseen.length > 0) return err(new ConnectFailure('absent', `the credentials see no subscription ${unseen.join(', ')}; they see: ${seen.map((s) => s.id).slice(0, 10).join(', ') || 'none'}`));
    const tenant = session.settings['tenant'] ?? str(claims, 'tid') ?? chosen[0]?.tenant;
    const identity: Identity = { target: `${tenant ?? 'a tenant'}${named.length === 0 ? '' : ` (${named.join(', ')})`}`, principal: whoIs(claims, tokens.value) };
    return ok({ identity, preflight: () => azurePreflight(api, tokens.value, chosen.map((s) => s.id)), pull: () => pull(session, api, chosen.map((s) => s.id), tenant) });
  } catch (error) {
    if (error instanceof ConnectFailure) return err(error);
    throw error;
  }
}

/** A user's name, or an application by its id: what the token says of its bearer. */
const whoIs = (claims: Readonly<Record<string, unknown>>, tokens: AzureTokens): string =>
  str(claims, 'upn') ?? str(claims, 'unique_name') ?? str(claims, 'preferred_username') ?? (str(claims, 'appid') === undefined ? `whoever the token is of (${tokens.kind})` : `application ${str(claims, 'appid') ?? ''}`);

interface Subscription { readonly id: string; readonly state: string; readonly tenant: string | undefined }
async function subscriptionsOf(api: AzureApi): Promise<readonly Subscription[]> {
  const rows = await api.all('arm', '/subscriptions?api-version=2022-12-01');
  const found = rows.flatMap((row): readonly Subscription[] => { const id = str(row, 'subscriptionId')?.toLowerCase(); return id === undefined ? [] : [{ id, state: (str(row, 'state') ?? '').toLowerCase(), tenant: str(row, 'tenantId')?.toLowerCase() }]; });
  return found.sort((a, b) => a.id.localeCompare(b.id));
}

async function* pull(session: Session, api: AzureApi, subscriptions: readonly string[], tenant: string | undefined): AsyncGenerator<PullEvent> {
  const tasks: readonly UnitTask[] = [
    ...subscriptions.map((id): UnitTask => ({ unit: { call: subscriptionsCall.id, scope: { account: id } }, find: async () => subscriptionTasks(api, id, await grantedOrUnknown(api, id)) })),
    ...(tenant === undefined ? [] : directoryTasks(api, tenant)),
  ];
  yield* runUnits(session, tasks);
}

async function grantedOrUnknown(api: AzureApi, id: string): Promise<Granted | undefined> {
  try { return await grantedIn(api, id); } catch (error) {
    if (isOnlyThisCall(error)) return undefined;
    throw error;
  }
}
