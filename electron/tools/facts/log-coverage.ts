import { MICROS_PER_DAY, MICROS_PER_SECOND, formatTime } from '#shared/lib/time.ts';
import type { LogDays } from '../tool.ts';

const HOUR = 3600 * MICROS_PER_SECOND;
/** Logs that end this much before now are at their end: CloudTrail delivers within minutes. */
const DELIVERED = HOUR;
/** What a break-in led to shows within hours (intruders move on within one or two): logs that go on this long after a detection tell whether it did. */
const SETTLED = 4 * HOUR;
/** No event of a whole account for longer than this, around a detection, is a hole in the logs. */
const SILENCE = MICROS_PER_DAY;

/** Which time the logs tell of; what they leave out so that they prove nothing (`gap`), and how far they go where that is not the whole window (`extent`): in words, undefined when nothing. */
export interface WindowCoverage { readonly first_us: number; readonly last_us: number; readonly gap: string | undefined; readonly extent: string | undefined }

/**
 * Do logs cover a detection and what came after it? They must begin before it, go on for hours after it (or, where it is younger, to now and for an hour at least),
 * and not be silent for long in between.
 * @param logs of the account; several categories add up.
 * @param toUs end of the time that is looked at
 */
export function coverWindow(logs: readonly LogDays[], detection: { readonly first_us: number; readonly last_us: number }, toUs: number, nowUs: number): WindowCoverage {
  const first_us = Math.min(...logs.map((l) => l.first_us)), last_us = Math.max(...logs.map((l) => l.last_us));
  const untilUs = Math.min(toUs, detection.last_us + SETTLED, Math.max(nowUs - DELIVERED, detection.last_us + HOUR));
  const gap = gapOf(logs, detection, { first_us, last_us }, { untilUs, toUs: Math.min(toUs, Math.max(last_us, untilUs)) });
  return { first_us, last_us, gap, extent: gap === undefined && last_us < toUs ? `in the ${lasting(last_us - detection.last_us)} of logs that follow` : undefined };
}

function gapOf(logs: readonly LogDays[], detection: { readonly first_us: number; readonly last_us: number }, logged: { readonly first_us: number; readonly last_us: number }, { untilUs, toUs }: { readonly untilUs: number; readonly toUs: number }): string | undefined {
  if (logs.length === 0) return 'no logs of its account are imported';
  if (logged.first_us > detection.first_us) return `the logs begin at ${formatTime(logged.first_us)}, after the detection began (${formatTime(detection.first_us)})`;
  if (logged.last_us < detection.last_us) return `the logs end at ${formatTime(logged.last_us)}, before the detection did (${formatTime(detection.last_us)})`;
  if (logged.last_us < untilUs) return `the logs end at ${formatTime(logged.last_us)}, ${lasting(logged.last_us - detection.last_us)} after the detection`;
  const silence = longestSilence(logs, detection.first_us, toUs);
  return silence === undefined ? undefined : `the logs have no event at all from ${formatTime(silence.from_us)} to ${formatTime(silence.to_us)}`;
}

/** The longest time without any event that touches a window, where it is a hole. Days are told by their first and last event. */
function longestSilence(logs: readonly LogDays[], fromUs: number, untilUs: number): { readonly from_us: number; readonly to_us: number } | undefined {
  const spans = logs.flatMap((l) => l.spans ?? []).toSorted((a, b) => a[0] - b[0]);
  let longest: { readonly from_us: number; readonly to_us: number } | undefined, end: number | undefined;
  for (const [from, to] of spans) {
    if (end !== undefined && from - end > Math.max(SILENCE, longest === undefined ? 0 : longest.to_us - longest.from_us) && end < untilUs && from > fromUs) longest = { from_us: end, to_us: from };
    end = Math.max(end ?? to, to);
  }
  return longest;
}

function lasting(us: number): string {
  const minutes = Math.floor(us / (60 * MICROS_PER_SECOND));
  if (minutes < 1) return 'right';
  return minutes < 120 ? `${minutes} ${minutes === 1 ? 'minute' : 'minutes'}` : `${Math.floor(minutes / 60)} hours`;
}

/** Less likely than this, a silence did not come about by itself. */
const UNLIKELY = 0.001;

/**
 * Is the longest run of days without any event more than such an account's quiet? It is told by how often its other days have events: where nearly all have, two
 * days without are a hole; where one in ten has, weeks are none.
 */
export function isHole({ spans, days, first_us, last_us, longest_gap_days: gap }: LogDays): boolean {
  if (spans === undefined) return false;
  const others = Math.floor(last_us / MICROS_PER_DAY) - Math.floor(first_us / MICROS_PER_DAY) + 1 - gap;
  // One day more, so that even an account that was never quiet has some chance of it.
  return gap > 0 && (1 - days / (others + 1)) ** gap < UNLIKELY;
}

/** What logs cover between two times: the same where their days are not told. */
export function within(logs: LogDays, fromUs: number, toUs: number): LogDays {
  const inside = logs.spans?.filter(([first, last]) => last >= fromUs && first <= toUs);
  const [begin] = inside ?? [], end = inside?.at(-1);
  if (inside === undefined || begin === undefined || end === undefined) return logs;
  const days = inside.map(([first]) => Math.floor(first / MICROS_PER_DAY));
  return { ...logs, spans: inside, days: inside.length, first_us: begin[0], last_us: end[1], longest_gap_days: Math.max(0, ...days.map((day, i) => day - (days[i - 1] ?? day - 1) - 1)) };
}

/** Several logs as one: a day is covered when any of them has an event on it. They must be of one kind, as one then stands in for the other. */
export function mergeLogs(logs: readonly LogDays[]): LogDays | undefined {
  const [first, ...others] = logs;
  if (first === undefined || others.length === 0) return first;
  const byDay = new Map<number, readonly [number, number]>();
  for (const [from, to] of logs.flatMap((l) => l.spans ?? [])) {
    const day = Math.floor(from / MICROS_PER_DAY), known = byDay.get(day);
    byDay.set(day, known ? [Math.min(known[0], from), Math.max(known[1], to)] : [from, to]);
  }
  const days = [...byDay.keys()].toSorted((a, b) => a - b);
  const told = days.length > 0 && logs.every((l) => l.spans !== undefined);
  return {
    ...first, events: logs.reduce((n, l) => n + l.events, 0), first_us: Math.min(...logs.map((l) => l.first_us)), last_us: Math.max(...logs.map((l) => l.last_us)),
    days: told ? days.length : Math.max(...logs.map((l) => l.days)),
    longest_gap_days: told ? Math.max(0, ...days.map((day, i) => day - (days[i - 1] ?? day - 1) - 1)) : Math.max(...logs.map((l) => l.longest_gap_days)),
    ...(told && { spans: days.flatMap((day) => { const span = byDay.get(day); return span === undefined ? [] : [span]; }) }),
  };
}
