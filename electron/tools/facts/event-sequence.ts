import type { StoredResource } from '#shared/model/resource.ts';
import { formatTime } from '#shared/lib/time.ts';
import { actorNames } from './actor-names.ts';
import { isPasswordFactor, isSensitiveCall, isWholeSignIn, passedFirstFactor } from './logged-calls.ts';
import type { LoggedEvent, Subject, ToolContext } from '../tool.ts';

/** Failures that make a guess a burst. */
const BURST = 5;
const PAGE = 2000;
/** Pages of events that are read for one detection: an attacker must not be able to push a success out of sight by failing often. */
const MOST_PAGES = 50;

export interface Sequence {
  readonly confirmed: boolean;
  /** False when logs of this kind could never show it (malware on a host, a scan of ports). */
  readonly answerable: boolean;
  readonly why: string;
  /** There is a success, and whether it is the attacker's can't be told. */
  readonly open?: true;
  readonly failures: number;
  readonly first_success: string | null;
  readonly follow_up: readonly { readonly time: string; readonly action: string; readonly actor: string | null; readonly src_ip: string | null }[];
  readonly last_us: number | null;
}

const HOST_ONLY = new Set(['malware', 'recon', 'execution', 'lateral_movement']);

/**
 * Looks for the chain that a detection hints at in the API and sign-in logs: guesses then a success from the same place, or a use of the
 * reported credentials from the reported address followed by a sensitive call.
 */
export function findSequence(subject: Subject, context: ToolContext, fromUs: number, toUs: number, gathered = gatherEvents(subject, context, fromUs, toUs, undefined)): Sequence {
  const { events, complete, byKey } = gathered;
  const suspects = new Set(subject.src_ips);
  const logins = events.filter((e) => e.action === 'ConsoleLogin' || e.category === 'authentication');
  const failures = logins.filter((e) => e.outcome === 'failure');
  const failedFrom = new Set([...failures.map((e) => e.src_ip), ...suspects].filter((ip) => ip !== null));
  const success = logins.find((e) => isWholeSignIn(e) && failedFrom.has(e.src_ip ?? '') && failures.filter((f) => f.source === e.source && f.time_us < e.time_us).length >= BURST);
  const fromSuspect = events.filter((e) => e.outcome === 'success' && e.src_ip !== null && (suspects.has(e.src_ip) || (success !== undefined && e.src_ip === success.src_ip)));
  const followUp = fromSuspect.filter((e) => isSensitiveCall(e) && (success === undefined || e.time_us >= success.time_us));
  const base = {
    failures: failures.length, first_success: success?.time ?? null, last_us: events.at(-1)?.time_us ?? null,
    follow_up: followUp.slice(0, 20).map((e) => ({ time: e.time, action: e.action, actor: e.actor, src_ip: e.src_ip })),
  };
  if (success) return { ...base, confirmed: true, answerable: true, why: `${failures.length} failed logins, then a success from ${success.src_ip} at ${formatTime(success.time_us)}${followed(followUp)}` };
  const [first] = followUp;
  if (suspects.size > 0 && first && subject.family !== 'recon') return { ...base, confirmed: true, answerable: true, why: `the reported address ${first.src_ip} used the credentials successfully${followed(followUp)}` };
  if (HOST_ONLY.has(subject.family) || !['user', 'role', 'access_key', 'account', 'bucket', 'group', 'service_account'].includes(subject.entity_type)) {
    return { ...base, confirmed: false, answerable: false, why: 'API and sign-in logs cannot show what happens on a host or in its network' };
  }
  if (!complete) return { ...base, confirmed: false, answerable: false, why: `there are more events than are read (${PAGE * MOST_PAGES}), so a success may be among the rest` };
  return { ...base, confirmed: false, answerable: true, ...unconfirmed(subject, failures, logins, fromSuspect, byKey) };
}

/** What the logs show where they don't show the whole sequence: too few failures before a success leave it open whether somebody guessed, and a use without effect whether it was a theft. */
function unconfirmed({ issue_type, family }: Subject, failures: readonly LoggedEvent[], logins: readonly LoggedEvent[], fromSuspect: readonly LoggedEvent[], byKey: ReadonlySet<string>): Pick<Sequence, 'why' | 'open'> {
  const isGuessing = issue_type === 'brute_force' || issue_type === 'credential_access';
  const failed = new Set(failures.map((e) => e.src_ip)), success = logins.find((e) => isWholeSignIn(e) && (failed.has(e.src_ip) && failures.some((f) => f.src_ip === e.src_ip && f.time_us < e.time_us) || (isGuessing && fromSuspect.includes(e))));
  if (success) {
    const before = failures.filter((f) => f.time_us < success.time_us).length;
    const why = `${success.src_ip} signed in at ${formatTime(success.time_us)} after ${before === 0 ? 'no failure that the logs show' : `${before} failed ${before === 1 ? 'login' : 'logins'}`}`;
    return family === 'recon' ? { why } : { why: `${why}: whether it was guessed is not told`, open: true };
  }
  // Where the password is logged as a factor of its own, a policy is also asked before it.
  const half = logins.find((e) => passedFirstFactor(e, logins.some((l) => isPasswordFactor(l.error_code))) && (failed.has(e.src_ip) || fromSuspect.includes(e)) && (isGuessing || failures.some((f) => f.src_ip === e.src_ip && f.time_us < e.time_us && !passedFirstFactor(f))));
  if (half && family !== 'recon') return { why: `the password that ${half.src_ip} gave at ${formatTime(half.time_us)} was accepted, and the sign-in stopped at another check (${half.error_code ?? half.action}): whether it was guessed is not told`, open: true };
  // Whether stolen credentials worked is half of what was reported.
  const stolen = issue_type === 'credential_exfiltration' ? fromSuspect.filter((e) => byKey.has(e.event_id)) : [];
  if (stolen.length > 0) return { why: `the reported address ${stolen[0]?.src_ip} used the reported key successfully (${actionsOf(stolen)}), and made no sensitive call: whether it is its owner’s is not told`, open: true };
  if (fromSuspect.length > 0) return { why: `the reported address ${fromSuspect[0]?.src_ip} used the credentials successfully (${actionsOf(fromSuspect)}), and made no sensitive call` };
  return { why: failures.length > 0 ? `${failures.length} failed ${failures.length === 1 ? 'login' : 'logins'} and no success after them` : 'no successful use from the reported address, and no sensitive call after it' };
}

const actionsOf = (events: readonly LoggedEvent[]): string => [...new Set(events.map((e) => e.action))].slice(0, 4).join(', ');
const followed = (events: readonly LoggedEvent[]): string => (events.length === 0 ? '' : `, followed by ${actionsOf(events)}`);

export interface Gathered { readonly events: readonly LoggedEvent[]; /** Those by its names and keys, not only from the reported addresses. */ readonly own: readonly LoggedEvent[]; readonly complete: boolean; readonly byKey: ReadonlySet<string> }

/** The events of a detection's identity, keys and addresses, by time. `resource`: what the graph knows the identity as. */
export function gatherEvents(subject: Subject, { events }: ToolContext, fromUs: number, toUs: number, resource: StoredResource | undefined): Gathered {
  const found: LoggedEvent[] = [], cluster = /^k8s:([^/]+)/.exec(subject.entity)?.[1];
  let complete = true;
  const take = (page: (from: number) => readonly LoggedEvent[]) => {
    let from = fromUs;
    for (let pages = 0; pages < MOST_PAGES; pages++) {
      const read = page(from);
      // Service accounts of one name are in every cluster.
      for (const e of read) if (cluster === undefined || e.source !== 'k8s-audit' || e.account === cluster) found.push(e);
      const last = read.at(-1)?.time_us;
      if (read.length < PAGE || last === undefined) return;
      // The next page starts at the last time again, as several events may share it; a page of one time only steps over it.
      from = last > from ? last : last + 1;
    }
    complete = false;
  };
  for (const actor of actorNames(subject.entity, resource, subject.users)) take((from) => events.byActor(actor, from, toUs, PAGE));
  const others = found.length;
  for (const key of subject.access_keys) take((from) => events.byAccessKey(key, from, toUs, PAGE));
  const byKey = new Set(found.slice(others).map((e) => e.event_id));
  const own = [...found];
  for (const ip of subject.src_ips) take((from) => events.bySourceIp(ip, from, toUs, PAGE));
  // One and the same event, found in several ways, stands beside itself.
  const sorted = found.toSorted((a, b) => a.time_us - b.time_us || (a.event_id < b.event_id ? -1 : a.event_id > b.event_id ? 1 : 0));
  return { events: sorted.filter((e, i) => e.event_id !== sorted[i - 1]?.event_id), own, complete, byKey };
}
