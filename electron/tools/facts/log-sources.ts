import type { StoredResource } from '#shared/model/resource.ts';
import { projectIn } from '#shared/model/gcp.ts';
import { assertNever } from '#shared/lib/assert-never.ts';
import type { LogDays, LoggedEvent, Subject } from '../tool.ts';

/** Whose logs tell of an entity. */
export type LogPlatform = 'aws' | 'azure' | 'entra' | 'gcp' | 'k8s' | 'github' | 'okta' | 'google_workspace';

/** A log that must be whole before its silence says anything. */
export interface NeededLog {
  /** In words, `the Okta system log`. */
  readonly name: string;
  /** What to import. */
  readonly supply: string;
  /** Whose it is, where that is known. */
  readonly account: string | undefined;
  readonly holds: (log: LogDays) => boolean;
  /** What is said where nothing of it is imported. */
  readonly none: string;
  /** It is kept by region. */
  readonly regional?: boolean;
  /** Why it could not tell, however whole it is. */
  readonly never?: string;
}

const guid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const byEntity: readonly (readonly [RegExp, LogPlatform])[] = [
  [/^arn:|^account \d{12}$|^\d{12}$|^A[KS]IA[A-Z0-9]{12,}$/, 'aws'], [/^\/subscriptions\//i, 'azure'], [/^\/\/[\w.-]+\.googleapis\.com\/|\.gserviceaccount\.com$|^(user|serviceAccount|group):/, 'gcp'],
  [/^k8s:|^system:(serviceaccount|node|anonymous)/, 'k8s'], [/^00u[0-9a-zA-Z]{17}$/, 'okta'],
];
const byType: readonly (readonly [RegExp, LogPlatform])[] = [[/^AWS::/, 'aws'], [/^Microsoft\.Graph\//, 'entra'], [/^Microsoft\./, 'azure'], [/\.googleapis\.com\//, 'gcp'], [/^K8s::/, 'k8s']];
/** Tools that report on identities of one platform only. */
const byReporter: readonly (readonly [RegExp, LogPlatform])[] = [[/okta/i, 'okta'], [/^(entra|azure-ad|aad|identity-protection)/i, 'entra'], [/^github/i, 'github'], [/workspace|gsuite/i, 'google_workspace'], [/^(guardduty|cloudtrail|access-analyzer)$/, 'aws']];

/** The platform of an entity, by what the graph or its id says, else by who reports it; undefined where a bare name may be anyone's. */
export function platformOf({ entity, account, reported_by: reporters }: Pick<Subject, 'entity' | 'account' | 'reported_by'>, resource: StoredResource | undefined): LogPlatform | undefined {
  const typed = resource === undefined ? undefined : byType.find(([type]) => type.test(resource.type))?.[1];
  if (typed !== undefined) return typed;
  const named = byEntity.find(([id]) => id.test(entity))?.[1] ?? reporterOf(reporters);
  if (named !== undefined) return named;
  // Object ids of Entra are GUIDs; account ids of AWS have twelve digits.
  if (guid.test(entity)) return 'entra';
  return account !== undefined && /^\d{12}$/.test(account) && !entity.includes('@') ? 'aws' : undefined;
}

/** What all that report it report on; undefined where they differ or report on several. */
function reporterOf(reporters: readonly string[]): LogPlatform | undefined {
  const told = new Set(reporters.map((r) => byReporter.find(([name]) => name.test(r))?.[1])), [only] = told;
  return told.size === 1 ? only : undefined;
}

const sourcePlatforms: Readonly<Record<string, LogPlatform>> = {
  cloudtrail: 'aws', 'azure-activity': 'azure', 'entra-signin': 'entra', 'entra-audit': 'entra', 'gcp-audit': 'gcp', okta: 'okta', 'k8s-audit': 'k8s', 'github-audit': 'github', 'google-workspace': 'google_workspace',
};

type Seen = ((log: LogDays) => boolean) | undefined;

/** The log of one source and account; where the account is not known, or the log doesn't tell its own, those in which the entity was seen. */
function oneLog(source: string, name: string, supply: string, account: string | undefined, seen: Seen, is: (log: LogDays) => boolean = () => true): NeededLog {
  const ofAccount = (log: LogDays): boolean => (account === undefined ? seen?.(log) ?? true : log.account === account || (log.account === '' && seen?.(log) === true));
  return { name, supply, account, none: `nothing of ${name} is imported`, holds: (log) => log.source === source && is(log) && ofAccount(log) };
}

/** Those of the accounts in whose logs it was seen. */
const seenIn = (own: readonly LoggedEvent[]): Seen => (own.length === 0 ? undefined : (log) => own.some((e) => e.source === log.source && (e.account ?? '') === log.account));

/** Where people sign in. */
const signsIn: ReadonlySet<LogPlatform> = new Set(['entra', 'okta', 'google_workspace']);

interface Asked { readonly subject: Subject; readonly account: string | undefined; readonly resource: StoredResource | undefined; /** Its own events, whatever log they stand in. */ readonly own: readonly LoggedEvent[] }

/**
 * The logs that would have recorded a sign-in or a use of an identity, or an access to a bucket's objects, after a detection. Empty where it is not told whose logs those are.
 * Sources: AWS CloudTrail, "Global service events"; Microsoft Entra, "Sign-in logs" (interactive and non-interactive are two logs: guesses by clients without a browser stand in the second);
 * Google Cloud, "Cloud Audit Logs overview" (admin activity is always on, data access by service); Okta, "System Log"; Kubernetes, "Auditing"; GitHub, "Audit log events".
 */
export function neededForSequence(asked: Asked): readonly NeededLog[] {
  const platform = platformOf(asked.subject, asked.resource), seen = new Set(asked.own.flatMap((e) => sourcePlatforms[e.source] ?? []));
  if (platform === undefined) return [...seen].flatMap((p) => logsOf(p, { ...asked, account: undefined }));
  if (!signsIn.has(platform)) return logsOf(platform, asked);
  // One person signs in to several products under one name: where the guesses were reported or seen, a success would be as well.
  const others = [reporterOf(asked.subject.reported_by), ...asked.own.filter((e) => e.category === 'authentication').map((e) => sourcePlatforms[e.source])].filter((p) => p !== undefined && signsIn.has(p));
  return [...new Set([platform, ...others])].flatMap((p) => (p === undefined ? [] : logsOf(p, p === platform ? asked : { ...asked, resource: undefined, account: undefined })));
}

function logsOf(platform: LogPlatform, { subject, account, resource, own }: Asked): readonly NeededLog[] {
  const isBucket = subject.entity_type === 'bucket', isGuess = subject.issue_type === 'brute_force' || subject.issue_type === 'credential_access';
  const seen = seenIn(own.filter((e) => sourcePlatforms[e.source] === platform || (platform === 'google_workspace' && e.source === 'gcp-audit')));
  switch (platform) {
    case 'aws': return [awsLog(account, isBucket, seen)];
    case 'azure': return [azureLog(/^\/subscriptions\/([^/]+)/i.exec(subject.entity)?.[1]?.toLowerCase() ?? resource?.account ?? account, isBucket, seen)];
    case 'entra': return entraLogs(subject, isGuess, resource?.account, seen);
    case 'okta': return [oneLog('okta', 'the Okta system log', 'the Okta System Log', undefined, seen)];
    case 'google_workspace': return workspaceLogs(isGuess, seen);
    case 'gcp': return gcpLogs(subject, projectOf(subject, resource, account), isGuess, seen);
    case 'k8s': return [oneLog('k8s-audit', 'the audit log of its cluster', 'the Kubernetes audit log of the cluster', /^k8s:([^/]+)/.exec(subject.entity)?.[1] ?? resource?.account ?? account, seen)];
    case 'github': return [{ ...oneLog('github-audit', 'the audit log of its GitHub organization', 'the audit log of the GitHub organization', account, seen), ...(isGuess && { never: 'GitHub’s organization audit log records no sign-ins' }) }];
  }
}

function awsLog(account: string | undefined, isData: boolean, seen: Seen): NeededLog {
  // What is done to a bucket's objects stands in data events, which trails leave out unless told otherwise.
  const log = oneLog('cloudtrail', 'CloudTrail of its account', 'CloudTrail or sign-in logs of that time and the day after it', account, seen, isData ? isS3Data : (l) => l.category !== 'data_access');
  return { ...log, regional: true, none: isData ? 'no data events of its account are imported' : 'no logs of its account are imported' };
}

function azureLog(subscription: string | undefined, isBucket: boolean, seen: Seen): NeededLog {
  if (!isBucket) return oneLog('azure-activity', 'the Azure Activity Log of its subscription', 'the Azure Activity Log of its subscription', subscription, seen);
  return { ...oneLog('azure-storage', 'the log of its data', 'resource logs of the storage account (StorageBlobLogs)', subscription, seen), never: 'Azure’s Activity Log records no access to data, and resource logs of storage accounts are not read' };
}

function workspaceLogs(isGuess: boolean, seen: Seen): readonly NeededLog[] {
  const activities = (application: string): NeededLog => oneLog('google-workspace', `Google Workspace’s ${application} log`, `${application} activities of the Google Workspace Reports API`, undefined, seen, (log) => log.log === application);
  // Shared with Google Cloud, the same sign-ins stand in the data access log of the organization.
  const signIns = activities('login'), login: NeededLog = { ...signIns, holds: (log) => signIns.holds(log) || (log.source === 'gcp-audit' && log.log === 'data_access/login.googleapis.com' && (seen?.(log) ?? true)) };
  return isGuess ? [login] : [login, activities('admin')];
}

/** Data events of S3: those of other services are switched on apart from them. */
export const isS3Data = (log: LogDays): boolean => log.source === 'cloudtrail' && log.category === 'data_access' && (log.log === '' || /^s3(express|-outposts)?\./.test(log.log));

function entraLogs(subject: Subject, isGuess: boolean, tenant: string | undefined, seen: Seen): readonly NeededLog[] {
  const signIns = (kind: string, name: string): NeededLog => oneLog('entra-signin', `Entra’s log of ${name}`, 'Entra’s sign-in logs, of interactive and non-interactive sign-ins', tenant, seen, (log) => log.log === kind);
  // Managed identities are service principals with a log of their own; which one it is, nothing here tells.
  const own = subject.entity_type === 'service_account' ? [signIns('service_principal', 'sign-ins of service principals'), signIns('managed_identity', 'sign-ins of managed identities')] : [signIns('interactive', 'interactive sign-ins'), signIns('non_interactive', 'non-interactive sign-ins')];
  const anyOf = (source: string, name: string): NeededLog => oneLog(source, name, name, undefined, undefined);
  return isGuess ? own : [...own, anyOf('entra-audit', 'Entra’s audit log'), anyOf('azure-activity', 'the Azure Activity Log of the subscriptions that it may use')];
}

const projectOf = (subject: Subject, resource: StoredResource | undefined, account: string | undefined): string | undefined =>
  projectIn(subject.entity) ?? /@([a-z0-9-]+)\.iam\.gserviceaccount\.com$/.exec(subject.entity)?.[1] ?? resource?.account ?? account;

function gcpLogs(subject: Subject, project: string | undefined, isGuess: boolean, seen: Seen): readonly NeededLog[] {
  if (subject.entity_type === 'bucket') return [{
    ...oneLog('gcp-audit', 'the data access log of Cloud Storage', 'data access audit logs of Cloud Storage (DATA_READ, DATA_WRITE)', project, seen, (log) => log.log === 'data_access/storage.googleapis.com'),
    never: 'Google Cloud’s audit logs leave out what strangers do with public objects',
  }];
  // People sign in to Google, not to a project.
  if (isGuess && subject.entity_type === 'user') return workspaceLogs(true, undefined);
  return [oneLog('gcp-audit', 'the admin activity log of its project', 'admin activity audit logs of the project', project, seen, (log) => log.log === 'activity')];
}

/** The log that tells of changes of a thing. Where it is not known whose it is, CloudTrail's of its account. */
export function changeLogs(subject: Subject, resource: StoredResource | undefined): NeededLog {
  const account = subject.account ?? resource?.account, platform = platformOf(subject, resource);
  switch (platform) {
    case 'azure': return azureLog(/^\/subscriptions\/([^/]+)/i.exec(subject.entity)?.[1]?.toLowerCase() ?? account, false, undefined);
    case 'entra': return oneLog('entra-audit', 'Entra’s audit log', 'Entra’s audit log', resource?.account, undefined);
    case 'gcp': return oneLog('gcp-audit', 'the admin activity log of its project', 'admin activity audit logs of the project', projectOf(subject, resource, account), undefined, (log) => log.log === 'activity');
    case 'okta': return oneLog('okta', 'the Okta system log', 'the Okta System Log', undefined, undefined);
    case 'google_workspace': return oneLog('google-workspace', 'Google Workspace’s admin log', 'admin activities of the Google Workspace Reports API', undefined, undefined, (log) => log.log === 'admin');
    case 'k8s': return oneLog('k8s-audit', 'the audit log of its cluster', 'the Kubernetes audit log of the cluster', /^k8s:([^/]+)/.exec(subject.entity)?.[1] ?? account, undefined);
    case 'github': return oneLog('github-audit', 'the audit log of its GitHub organization', 'the audit log of the GitHub organization', account, undefined);
    case 'aws': case undefined: return oneLog('cloudtrail', 'CloudTrail', 'CloudTrail management events', account ?? '', undefined, (log) => log.category !== 'data_access');
    default: return assertNever(platform);
  }
}

/** Where an AWS partition's global services log (AWS CloudTrail user guide, "Global service events"; AWS in China, "IAM"). */
export function globalRegion(entity: string): string {
  return entity.startsWith('arn:aws-cn:') ? 'cn-north-1' : entity.startsWith('arn:aws-us-gov:') ? 'us-gov-west-1' : 'us-east-1';
}
