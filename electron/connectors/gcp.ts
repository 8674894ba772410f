import { str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { Connection, Connector, ConnectorSetting, Session, Settings } from './connector.ts';
import { aboveTasks, containerAt, denyTasks, hierarchyOf, type Container } from './gcp/above.ts';
import { gcpApi, type GcpApi } from './gcp/api.ts';
import { assetsTask, type Place } from './gcp/assets.ts';
import { contents, deny, gcpNeeds, gcpPolicy } from './gcp/calls.ts';
import { gcpTokens } from './gcp/credentials.ts';
import { groupTask } from './gcp/groups.ts';
import { gcpPreflight } from './gcp/preflight.ts';
import { ConnectFailure } from './pace/failure.ts';
import { withOwnVariables } from './pace/own-variables.ts';
import { loopback } from './pace/stand-in.ts';
import { runUnits, type UnitTask } from './units/run-units.ts';

const settings: readonly ConnectorSetting[] = [
  { name: 'project', label: 'Projects', help: 'these projects, ids separated by commas', value: 'IDS', env: 'GOOGLE_CLOUD_PROJECT' },
  { name: 'folder', label: 'Folders', help: 'everything in these folders, numbers separated by commas', value: 'NUMBERS' },
  { name: 'organization', label: 'Organization', help: 'everything in this organization, by its number', value: 'NUMBER' },
  { name: 'key-file', label: 'Key file', isCredential: true, help: 'credentials in a file (default: GOOGLE_APPLICATION_CREDENTIALS, else those of gcloud)', value: 'FILE' },
  { name: 'credential', label: 'Credentials', isCredential: true, help: '"metadata" on a machine of Google Cloud: those of its service account', value: 'KIND' },
  { name: 'impersonate', label: 'Impersonate', help: 'act as this service account', value: 'EMAIL' },
  { name: 'quota-project', label: 'Quota project', help: 'the project whose quota the calls count on', value: 'ID' },
  { name: 'token', label: 'Token', help: 'a token that somebody got for you (gcloud auth print-access-token)', value: 'TOKEN', secret: true, env: 'GOOGLE_OAUTH_ACCESS_TOKEN' },
  { name: 'endpoint', label: 'Stand-in', help: 'a stand-in for Google Cloud on this machine, for tests', value: 'URL' },
];

/** Google Cloud: Cloud Asset Inventory over REST, Resource Manager and Organization Policy for what is above, IAM for deny policies. */
export const gcp: Connector = {
  name: 'gcp', title: 'Google Cloud',
  brings: 'Resources, IAM policies, organization policies and deny policies of projects, folders or an organization, with what the hierarchy above them grants and forbids, and who is in the groups that are named',
  credentials: 'the application default credentials (gcloud auth application-default login), a key file, an impersonated service account, a token',
  egress: 'cloudasset, cloudresourcemanager, orgpolicy, iam, cloudidentity and oauth2 of googleapis.com',
  settings, needs: gcpNeeds, policy: () => ok(gcpPolicy()), connect,
};

async function connect(given: Session): Promise<Result<Connection, ConnectFailure>> {
  const session = withOwnVariables(given, settings);
  const places = placesIn(session.settings);
  if (!places.ok) return err(new ConnectFailure('rejected', places.error));
  const standIn = session.settings['endpoint'], base = standIn === undefined ? '' : loopback(standIn);
  if (base === undefined) return err(new ConnectFailure('rejected', 'a stand-in for Google Cloud has to be on this machine: http://127.0.0.1:PORT'));
  const host = (name: string): string => (base === '' ? `https://${name}` : `${base}/${name}`);
  try {
    const tokens = await gcpTokens(session, host), api = gcpApi(session, host, tokens);
    const starts = await Promise.all(places.value.map((place) => startOf(api, place)));
    return ok({
      identity: { target: starts.map((s) => s.place).join(', '), principal: tokens.principal },
      preflight: () => gcpPreflight(api, starts), pull: () => runUnits(session, starts.flatMap((start) => tasksOf(api, start))),
    });
  } catch (error) {
    if (error instanceof ConnectFailure) return err(error);
    throw error;
  }
}

/** What was named, the widest first; ids only, as they become parts of addresses. */
function placesIn(settings: Settings): Result<readonly Place[]> {
  const named = (['organization', 'folder', 'project'] as const).flatMap((kind) => (settings[kind] ?? '').split(',').map((id) => id.trim().replace(new RegExp(`^${kind}s/`), '')).filter((id) => id !== '').map((id) => ({ kind, id })));
  // GOOGLE_CLOUD_PROJECT says where one works, not what one wants besides an organization.
  const wide = named.filter((n) => n.kind !== 'project'), chosen = wide.length > 0 ? wide : named;
  const wrong = chosen.find(({ kind, id }) => !(kind === 'project' ? /^([a-z0-9.-]+:)?[a-z0-9-]{1,63}$/ : /^\d+$/).test(id));
  if (wrong) return err(`${wrong.kind} "${wrong.id.slice(0, 80)}" is no ${wrong.kind === 'project' ? 'id of a project' : 'number'}`);
  return chosen.length === 0 ? err('name what to pull: --project ID, --folder NUMBER or --organization NUMBER') : ok([...new Set(chosen.map(({ kind, id }) => `${kind}s/${id}`))].sort());
}

/** The place as Resource Manager knows it; who may not ask there is told its assets all the same. */
async function startOf(api: GcpApi, place: Place): Promise<Container> {
  try { return await containerAt(api, place); } catch (error) {
    if (error instanceof ConnectFailure && (error.kind === 'denied' || error.kind === 'absent')) return { place, data: {}, number: undefined, parent: undefined };
    throw error;
  }
}

function tasksOf(api: GcpApi, start: Container): readonly UnitTask[] {
  const isProject = start.place.startsWith('projects/'), hierarchy = hierarchyOf(api, start), own = isProject ? [start.place.slice('projects/'.length), ...(start.number === undefined ? [] : [start.number])] : [];
  return [
    ...contents.filter((c) => c.isOrganizations !== true || start.place.startsWith('organizations/')).map((content) => assetsTask(api, start.place, content, own)),
    ...aboveTasks(api, start, hierarchy), groupTask(api, start, hierarchy), ...(isProject ? [] : [innerDenyTask(api, start.place)]),
  ];
}

/** Deny policies hang on folders and projects inside as well. */
const innerDenyTask = (api: GcpApi, place: Place): UnitTask => ({
  unit: { call: deny.id, scope: { account: place } },
  async find() {
    const assets = await api.all('cloudasset', `v1/${place}/assets?contentType=RESOURCE&assetTypes=cloudresourcemanager.googleapis.com%2FProject&assetTypes=cloudresourcemanager.googleapis.com%2FFolder&pageSize=1000`, 'assets');
    const inside = assets.flatMap((a): readonly Place[] => { const id = str(a, 'resource', 'data', 'projectId'), name = /\/\/cloudresourcemanager\.googleapis\.com\/((?:projects|folders)\/[^/]+)$/.exec(str(a, 'name') ?? '')?.[1]; return id !== undefined ? [`projects/${id}`] : name === undefined ? [] : [name]; });
    return denyTasks(api, [...new Set(inside)].filter((p) => p !== place).sort(), place);
  },
});
