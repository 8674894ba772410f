import { str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import { awsLists } from './aws/calls.ts';
import { accountsOf, listAccounts, readWanted, targetOf, type Account, type Wanted } from './aws/accounts.ts';
import { openClients, type AwsClients } from './aws/clients.ts';
import { findCredentials, type Credentials } from './aws/credentials.ts';
import { ecsCalls, ecsTasks } from './aws/ecs.ts';
import { organizationCalls, organizationTasks } from './aws/organization.ts';
import { preflightAws } from './aws/preflight.ts';
import { makeCall } from './aws/read-calls.ts';
import type { AwsCall } from './aws/spec.ts';
import { tasksOfList, type AwsPlace } from './aws/tasks.ts';
import { regionsOf } from './aws/regions.ts';
import { assumeRole } from './aws/roles.ts';
import type { Connection, Connector, ConnectorCall, PullEvent, Session, Settings } from './connector.ts';
import { ConnectFailure, isOnlyThisCall } from './pace/failure.ts';
import { isLoopback } from './pace/stand-in.ts';
import { runUnits, type UnitTask } from './units/run-units.ts';

const basics: readonly AwsCall[] = [makeCall('sts', 'GetCallerIdentity', undefined, 'whose account it is'), makeCall('ec2', 'DescribeRegions', undefined, 'in which regions there is anything'), listAccounts];
const calls: readonly AwsCall[] = [...basics, ...awsLists.flatMap((call) => [call, ...call.about]), ...ecsCalls, ...organizationCalls];
/** The role of each account, which is assumed and not read; only where several accounts are asked for. */
const enterCall: ConnectorCall = { id: 'sts assume-role', permissions: ['sts:AssumeRole'], evidence: 'everything in the account', isEntry: true };

/** What the credentials need; with a role in each account they need to assume that as well, and the role needs the same reads. @throws ConnectFailure `rejected` */
function policyFor(settings: Settings): string {
  const { roleName: role } = readWanted(settings);
  const enter = role === '' ? [] : [{ Sid: 'WinnowEnterAccounts', Effect: 'Allow', Action: enterCall.permissions, Resource: `arn:*:iam::*:role/${role}` }];
  return `${JSON.stringify({ Version: '2012-10-17', Statement: [{ Sid: 'WinnowReadOnly', Effect: 'Allow', Action: [...new Set(calls.flatMap((call) => call.permissions))].sort(), Resource: '*' }, ...enter] }, null, 2)}\n`;
}

/** AWS accounts, through its SDK: what decides exposure, identity and data access. Control plane only. */
export const aws: Connector = {
  name: 'aws', title: 'AWS', brings: 'network, hosts, identities and their policies, stores of data and who may read them, of accounts in all their regions',
  credentials: 'what the AWS CLI would use: environment, profile, SSO session, container or instance role',
  egress: 'signed requests to AWS endpoints of the regions that are pulled; no finding and no decision leaves',
  settings: [
    { name: 'profile', label: 'Profile', value: 'NAME', isCredential: true, help: 'a profile of ~/.aws, with its SSO session or role' },
    { name: 'regions', label: 'Regions', value: 'R,R', help: 'only these, separated by commas (default: all that are switched on)' },
    { name: 'role-arn', label: 'Role to assume', value: 'ARN', help: 'assume this role first' },
    { name: 'accounts', label: 'Accounts', value: 'all|ID,ID', help: 'all, or ids, by a role in each (default: own)' },
    { name: 'role-name', label: 'Role in each account', value: 'NAME', help: 'its name; the own account needs none' },
    { name: 'external-id', label: 'External ID', value: 'ID', help: 'the external id that the first role asks for' },
    { name: 'mfa-serial', label: 'MFA device', value: 'ARN', help: 'the MFA device that the role asks for' },
    { name: 'mfa-code', label: 'MFA code', value: 'CODE', help: 'its current code' },
    { name: 'region', label: 'Home region', value: 'R', help: 'where AWS is asked first (default: of the profile, else us-east-1)' },
    { name: 'endpoint', label: 'Emulator', value: 'URL', help: 'an emulator on this machine instead of AWS' },
    { name: 'access-key-id', label: 'Access key ID', value: 'ID', help: 'instead of a profile', secret: true, env: 'AWS_ACCESS_KEY_ID' },
    { name: 'secret-access-key', label: 'Secret access key', value: 'KEY', help: 'goes with the access key ID', secret: true, env: 'AWS_SECRET_ACCESS_KEY' },
    { name: 'session-token', label: 'Session token', value: 'TOKEN', help: 'of temporary credentials', secret: true, env: 'AWS_SESSION_TOKEN' },
  ],
  needs: [...calls.map(({ id, permissions, evidence }) => ({ id, permissions, evidence })), enterCall],
  policy(settings) { try { return ok(policyFor(settings)); } catch (error) { return failed(error); } },
  async connect(session) { try { return ok(await open(session)); } catch (error) { return failed(error); } },
};

function failed(error: unknown): Result<never, ConnectFailure> {
  if (error instanceof ConnectFailure) return err(error);
  throw error;
}

async function open(session: Session): Promise<Connection> {
  const { settings } = session;
  const endpoint = settings['endpoint'] ?? session.env['AWS_ENDPOINT_URL'];
  if (endpoint !== undefined && !(URL.canParse(endpoint) && isLoopback(new URL(endpoint).hostname))) throw new ConnectFailure('refused_egress', 'an endpoint other than AWS is only taken on this machine (http://127.0.0.1:…)');
  const wanted = readWanted(settings);
  await session.admit(endpoint ?? 'https://sts.amazonaws.com/');
  await keepFromMetadata(session);
  const home = settings['region'] ?? session.env['AWS_REGION'] ?? session.env['AWS_DEFAULT_REGION'] ?? (endpoint === undefined ? await profileRegion(settings['profile']) : undefined) ?? 'us-east-1';
  const first = openClients(session, await findCredentials(session, endpoint, home), endpoint, home), opened: AwsClients[] = [first];
  const close = (): void => { for (const clients of opened) clients.close(); };
  try {
    const clients = settings['role-arn'] === undefined ? first : openClients(session, await firstRole(session, first, home, settings['role-arn']), endpoint, home);
    if (clients !== first) opened.push(clients);
    const who = await clients.call('sts', 'GetCallerIdentity', home, {});
    const own = str(who, 'Account'), principal = str(who, 'Arn');
    if (own === undefined || principal === undefined) throw new ConnectFailure('bad_answer', 'AWS did not say whose credentials these are');
    const accounts = await accountsOf({ session, clients, own, home, endpoint }, wanted);
    return {
      identity: { target: targetOf(own, wanted), principal },
      preflight: () => preflightAws(accounts, home, wanted.regions),
      pull: () => pullAccounts(session, accounts, home, wanted),
      close,
    };
  } catch (error) { close(); throw error; }
}

/** The role that is assumed before anything is asked: without it there are no credentials. */
async function firstRole(session: Session, clients: AwsClients, home: string, arn: string): Promise<Credentials> {
  const { settings } = session, serial = settings['mfa-serial'];
  const role = assumeRole(session, clients, home, { arn, externalId: settings['external-id'], ...(serial !== undefined && { mfa: { serial, code: settings['mfa-code'] } }) });
  try { await role.ready(); } catch (error) { throw error instanceof ConnectFailure && error.kind === 'denied' ? new ConnectFailure('no_credentials', error.says) : error; }
  return role;
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

/** One account after the other, each with its own gaps; one that can't be entered is a gap itself. */
async function* pullAccounts(session: Session, accounts: readonly Account[], home: string, wanted: Wanted): AsyncGenerator<PullEvent> {
  let before = 0;
  for (const account of accounts) {
    let units = 0;
    try {
      const clients = await account.open();
      for await (const event of pullAccount(session, { clients, account: account.id, region: home, isGlobal: true }, wanted, account.isOwn || wanted.accounts !== 'all')) {
        if (event.type === 'planned') { units = event.units; yield { type: 'planned', units: before + units }; } else yield event;
      }
    } catch (error) {
      if (!isOnlyThisCall(error)) throw error;
      units += 1;
      yield { type: 'gap', unit: { call: enterCall.id, scope: { account: account.id } }, state: error.kind === 'denied' ? 'denied' : 'failed', says: error.says };
    } finally { account.close(); }
    before += units;
  }
}

/** @param global asks about the account as a whole. @param asksOrganization whether what the organization forbids is asked here: of all accounts of one organization one can tell it. */
async function* pullAccount(session: Session, global: AwsPlace, wanted: Wanted, asksOrganization: boolean): AsyncGenerator<PullEvent> {
  let regions: readonly string[];
  try { regions = await regionsOf(global, wanted.regions); } catch (error) {
    if (!isOnlyThisCall(error)) throw error;
    regions = [global.region];
    yield { type: 'gap', unit: { call: 'ec2 describe-regions', scope: { account: global.account } }, state: error.kind === 'denied' ? 'denied' : 'failed', says: `only ${global.region} is pulled, as the regions can't be listed (${error.says}); name others with --regions` };
  }
  const inRegion = (region: string): readonly UnitTask[] => {
    const place = { ...global, region, isGlobal: false };
    return [...awsLists.filter((call) => call.where === 'regional').map((call) => tasksOfList(call, place)), ...ecsTasks(place)];
  };
  yield* runUnits(session, [...awsLists.filter((call) => call.where === 'global').map((call) => tasksOfList(call, global)), ...(asksOrganization ? organizationTasks(global) : []), ...regions.flatMap(inRegion)]);
}
