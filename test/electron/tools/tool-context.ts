import { policySchema, type Policy } from '#shared/model/policy.ts';
import type { BlastRadius, IdentityAccess, Reachability, StorageAccess, Verdict } from '#shared/model/verdict.ts';
import { MICROS_PER_DAY, formatTime } from '#shared/lib/time.ts';
import type { LoggedEvent, Subject, ToolContext } from '#electron/tools/tool.ts';
import { graphOf } from '../../graph-of.ts';

export const AS_OF = Date.UTC(2026, 4, 1) * 1000;
export const daysAgo = (n: number): number => AS_OF - n * MICROS_PER_DAY;
export const BUCKET = 'arn:aws:s3:::billing-exports';
export const ACCOUNT = '111122223333';

/** What a tool is asked about, with what a test doesn't care about filled in. */
export function subjectOf(rest: Partial<Subject> = {}): Subject {
  return {
    entity: BUCKET, entity_type: 'bucket', account: ACCOUNT, issue_type: 'public_access', kind: 'posture', plan: 'public_access', family: 'storage_exposure', exposure_applies: true, first_us: daysAgo(2), last_us: daysAgo(1),
    src_ips: [], users: [], hosts: [], access_keys: [], processes: [], user_agents: [], file_hashes: [], ports: [], vulnerabilities: [], reported_by: ['prowler'], titles: ['Bucket is public'], ...rest,
  };
}
export const policyOf = (policy: Record<string, unknown> = {}): Policy => policySchema.parse(policy);

export const verdict = (answer: Verdict['answer'], rest: Partial<Verdict> = {}): Verdict => ({ answer, assumed: [], missing: [], reasons: [], ...rest });
export const storage = (answer: Verdict['answer'], rest: Partial<StorageAccess> = {}): StorageAccess => ({ public: verdict(answer), policy_public: answer, acl_public: 'no', public_actual: { list: answer, read: answer, write: 'no', acl: 'no' }, restricted_to: { vpce: [], vpc: [], cidrs: [], orgs: [], accounts: [] }, misleading: [], ...rest });
export const reach = (answer: Verdict['answer'], rest: Partial<Reachability> = {}): Reachability => ({ reachable: verdict(answer), open: [{ protocol: 'tcp', from: 22, to: 22 }], addresses: ['203.0.113.7'], failed: [], rule_opens: 'yes', ...rest });
export const identityAccess = (rest: Partial<IdentityAccess> = {}): IdentityAccess => ({ external: verdict('no'), external_principals: [], tier: 'none', escalations: [], mitigated: verdict('no'), missing: [], ...rest });
export const blast = (level: BlastRadius['level'], rest: Partial<BlastRadius> = {}): BlastRadius => ({ level, score: 1, reached: [], reasons: [], missing: [], truncated: false, ...rest });

/** A row of the event table: what tools see of it, and what it is found by. */
export interface LogRow extends LoggedEvent { readonly access_key: string | null; readonly src_public: number }
/** One logged event. */
export function eventOf(id: string, time_us: number, rest: Partial<LogRow> = {}): LogRow {
  return { event_id: id, source: 'cloudtrail', account: ACCOUNT, region: null, time: formatTime(time_us), time_us, category: 'authentication', action: 'ConsoleLogin', outcome: 'failure', error_code: null, actor: 'arn:aws:iam::111122223333:user/alice', access_key: null, src_ip: '203.0.113.42', src_public: 1, ...rest };
}

type Access = ReturnType<ToolContext['events']['access']>[number];
export const accessOf = (rest: Partial<Access> = {}): Access => ({ source: 'cloudtrail', account: ACCOUNT, region: '', log: '', reads: 1, actor_type: 'user', actor_account: ACCOUNT, src_public: 0, through_vpce: 0, outcome: 'success', events: 1, first_us: daysAgo(89.5), last_us: daysAgo(0.1), ...rest });
export const logDays = (category: string, rest: Partial<ReturnType<ToolContext['events']['coverage']>[number]> = {}) => ({ source: 'cloudtrail', account: ACCOUNT, region: '', log: '', category, days: 90, events: 900, first_us: daysAgo(90), last_us: daysAgo(0.01), longest_gap_days: 0, ...rest });

interface Parts { readonly graph?: ToolContext['graph']; readonly raw?: ToolContext['graph']; readonly policy?: Policy; readonly log?: readonly LogRow[]; readonly access?: readonly Access[]; readonly coverage?: ReturnType<ToolContext['events']['coverage']>; readonly evaluate?: Partial<ToolContext['evaluate']>; readonly kev?: readonly string[]; readonly runStartedUs?: number; readonly versions?: ReturnType<ToolContext['resourceVersions']> }

/** A small workspace in memory, with the semantics of the event table: between two times, oldest first, at most `limit`. */
export function contextOf(parts: Parts = {}): ToolContext {
  const log = (parts.log ?? []).toSorted((a, b) => a.time_us - b.time_us || (a.event_id < b.event_id ? -1 : 1));
  const between = (test: (e: LogRow) => boolean, from: number, to: number, limit: number) => log.filter((e) => test(e) && e.time_us >= from && e.time_us <= to).slice(0, limit);
  const graph = parts.graph ?? graphOf([]);
  return {
    graph, rawGraph: () => parts.raw ?? graph,
    events: {
      access: () => parts.access ?? [], changesOf: (_, from, to, limit) => between((e) => e.category !== 'data_access', from, to, log.length).toReversed().slice(0, limit),
      byActor: (actor, from, to, limit) => between((e) => e.actor === actor, from, to, limit), bySourceIp: (ip, from, to, limit) => between((e) => e.src_ip === ip && e.src_public === 1, from, to, limit),
      byAccessKey: (key, from, to, limit) => between((e) => e.access_key === key, from, to, limit), coverage: () => parts.coverage ?? [],
    },
    findings: { byEntity: () => [] }, resourceVersions: () => parts.versions ?? [], policy: parts.policy ?? policyOf(), asOfUs: AS_OF, runStartedUs: parts.runStartedUs ?? AS_OF, knownExploited: new Set(parts.kev ?? []),
    evaluate: { outside: () => undefined, exposure: parts.evaluate?.ingress ?? (() => reach('unknown')), bucketAccess: () => storage('unknown'), ingress: () => reach('unknown'), identity: () => identityAccess(), blastRadius: () => blast('low'), ...parts.evaluate },
  };
}
