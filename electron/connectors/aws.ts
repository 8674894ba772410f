import { list, str } from '#shared/lib/json.ts';
import { err, ok } from '#shared/lib/result.ts';
import { awsLists } from './aws/calls.ts';
import { isLoopback, openClients, type AwsClients } from './aws/clients.ts';
import { openCredentials } from './aws/credentials.ts';
import { ecsCalls, ecsTasks } from './aws/ecs.ts';
import { organizationCalls, organizationTasks } from './aws/organization.ts';
import { preflightAws } from './aws/preflight.ts';
import { makeCall } from './aws/read-calls.ts';
import type { AwsCall } from './aws/spec.ts';
import { tasksOfList, type AwsPlace } from './aws/tasks.ts';
import type { Connection, Connector, PullEvent, Session } from './connector.ts';
import { ConnectFailure } from './pace/failure.ts';
import { runUnits, type UnitTask } from './units/run-units.ts';

const basics: readonly AwsCall[] = [makeCall('sts', 'GetCallerIdentity', undefined, 'whose account it is'), makeCall('ec2', 'DescribeRegions', undefined, 'in which regions there is anything')];
const calls: readonly AwsCall[] = [...basics, ...awsLists.flatMap((call) => [call, ...call.about]), ...ecsCalls, ...organizationCalls];

/** One AWS account, through its SDK: what decides exposure, identity and data access. Control plane only. */
export const aws: Connector = {
  name: 'aws', title: 'AWS', brings: 'network, hosts, identities and their policies, stores of data and who may read them, of one account in all its regions',
  credentials: 'what the AWS CLI would use: environment, profile, SSO session, container or instance role',
  egress: 'signed requests to AWS endpoints of the regions that are pulled; no finding and no decision leaves',
  settings: [
    { name: 'profile', label: 'Profile', value: 'NAME', help: 'a profile of ~/.aws, with its SSO session or role' },
    { name: 'regions', label: 'Regions', value: 'R,R', help: 'only these, separated by commas (default: all that are switched on)' },
    { name: 'role-arn', label: 'Role to assume', value: 'ARN', help: 'assume this role first' },
    { name: 'external-id', label: 'External ID', value: 'ID', help: 'the external id that the role asks for' },
    { name: 'mfa-serial', label: 'MFA device', value: 'ARN', help: 'the MFA device that the role asks for' },
    { name: 'mfa-code', label: 'MFA code', value: 'CODE', help: 'its current code' },
    { name: 'region', label: 'Home region', value: 'R', help: 'where AWS is asked first (default: of the profile, else us-east-1)' },
    { name: 'endpoint', label: 'Emulator', value: 'URL', help: 'an emulator on this machine instead of AWS' },
    { name: 'access-key-id', label: 'Access key ID', value: 'ID', help: 'instead of a profile', secret: true, env: 'AWS_ACCESS_KEY_ID' },
    { name: 'secret-access-key', label: 'Secret access key', value: 'KEY', help: 'goes with the access key ID', secret: true, env: 'AWS_SECRET_ACCESS_KEY' },
    { name: 'session-token', label: 'Session token', value: 'TOKEN', help: 'of temporary credentials', secret: true, env: 'AWS_SESSION_TOKEN' },
  ],
  needs: calls.map(({ id, permissions, evidence }) => ({ id, permissions, evidence })),
  policy: () => `${JSON.stringify({ Version: '2012-10-17', Statement: [{ Sid: 'WinnowReadOnly', Effect: 'Allow', Action: [...new Set(calls.flatMap((call) => call.permissions))].sort(), Resource: '*' }] }, null, 2)}\n`,
  async connect(session) {
    try { return ok(await open(session)); } catch (error) {
      if (error instanceof ConnectFailure) return err(error);
      throw error;
    }
  },
};

async function open(session: Session): Promise<Connection> {
  const { settings } = session;
  const endpoint = settings['endpoint'] ?? session.env['AWS_ENDPOINT_URL'];
  if (endpoint !== undefined && !(URL.canParse(endpoint) && isLoopback(new URL(endpoint).hostname))) throw new ConnectFailure('refused_egress', 'an endpoint other than AWS is only taken on this machine (http://127.0.0.1:…)');
  await session.admit(endpoint ?? 'https://sts.amazonaws.com/');
  await keepFromMetadata(session);
  const home = settings['region'] ?? session.env['AWS_REGION'] ?? session.env['AWS_DEFAULT_REGION'] ?? (endpoint === undefined ? await profileRegion(settings['profile']) : undefined) ?? 'us-east-1';
  const clients = openClients(session, await openCredentials(session, endpoint, home), endpoint, home);
  try {
    const who = await clients.call('sts', 'GetCallerIdentity', home, {});
    const account = str(who, 'Account'), principal = str(who, 'Arn');
    if (account === undefined || principal === undefined) throw new ConnectFailure('bad_answer', 'AWS did not say whose credentials these are');
    const global: AwsPlace = { clients, account, region: home, isGlobal: true };
    return {
      identity: { target: account, principal },
      async *preflight() { yield* preflightAws({ ...global, region: wanted(settings['regions'])?.[0] ?? home, isGlobal: false }, global); },
      pull: () => pull(session, clients, account, home),
      close: () => { clients.close(); },
    };
  } catch (error) { clients.close(); throw error; }
}

/** The SDK asks the instance that it runs on for credentials when it finds no others. That is the network, too: it has to be allowed. */
async function keepFromMetadata(session: Session): Promise<void> {
  // The pull has a thread, and with it an environment, of its own.
  try { await session.admit('http://169.254.169.254/'); } catch { process.env['AWS_EC2_METADATA_DISABLED'] = 'true'; }
}

async function profileRegion(profile: string | undefined): Promise<string | undefined> {
  const { STSClient } = await import('@aws-sdk/client-sts');
  const client = new STSClient(profile === undefined ? {} : { profile });
  // It throws where neither the profile nor the default one has a region.
  try { return await client.config.region(); } catch { return undefined; } finally { client.destroy(); }
}

const wanted = (regions: string | undefined): readonly string[] | undefined => {
  const named = (regions ?? '').split(/[\s,]+/).filter((region) => region !== '');
  return named.length === 0 || named.includes('all') ? undefined : named;
};

async function* pull(session: Session, clients: AwsClients, account: string, home: string): AsyncGenerator<PullEvent> {
  const global: AwsPlace = { clients, account, region: home, isGlobal: true };
  const chosen = wanted(session.settings['regions']);
  let regions = chosen ?? [home];
  if (chosen === undefined) {
    try { regions = list(await clients.call('ec2', 'DescribeRegions', home, {}), 'Regions').flatMap((region) => str(region, 'RegionName') ?? []).toSorted(); } catch (error) {
      if (!(error instanceof ConnectFailure) || error.kind !== 'denied') throw error;
      yield { type: 'gap', unit: { call: 'ec2 describe-regions', scope: { account } }, state: 'denied', says: `only ${home} is pulled, as the regions may not be listed; name others with --regions` };
    }
  }
  const inRegion = (region: string): readonly UnitTask[] => {
    const place = { ...global, region, isGlobal: false };
    return [...awsLists.filter((call) => call.where === 'regional').map((call) => tasksOfList(call, place)), ...ecsTasks(place)];
  };
  yield* runUnits(session, [...awsLists.filter((call) => call.where === 'global').map((call) => tasksOfList(call, global)), ...organizationTasks(global), ...regions.flatMap(inRegion)]);
}
