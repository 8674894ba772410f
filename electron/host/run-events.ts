import type { LoggedEvent } from '#electron/tools/tool.ts';
import { recentCache } from '#shared/lib/recent-cache.ts';
import { shareTexts } from '#shared/lib/share-texts.ts';

/** The events of one address or identity between two times (microseconds UTC, both included), by time and id, at most `limit` of them. */
export type EventSeries = (key: string, fromUs: number, toUs: number, limit: number) => readonly LoggedEvent[];

/** Events that a series may have to be kept whole, and those that are kept of all together: some 3 MB. */
const MOST_OF_ONE = 5000, MOST_KEPT = 8000, MOST_TEXTS = 4000;

/**
 * What `read` gives, with fewer reads: whoever is asked about a second time (a scanner meets hundreds of hosts) is read whole once, unless that is too much.
 * For the length of one run, in which the log stays as it is.
 */
export function rememberSeries(read: EventSeries): EventSeries {
  const asked = recentCache<true>(MOST_KEPT);
  const whole = recentCache<readonly LoggedEvent[] | 'too many'>(MOST_KEPT, (events) => (events === 'too many' ? 1 : events.length + 1));
  const share = shareTexts(MOST_TEXTS), maybe = (text: string | null): string | null => (text === null ? null : share(text));
  const lean = (e: LoggedEvent): LoggedEvent => ({ ...e, source: share(e.source), account: maybe(e.account), region: maybe(e.region), category: share(e.category), action: share(e.action), outcome: share(e.outcome), error_code: maybe(e.error_code), actor: maybe(e.actor), src_ip: maybe(e.src_ip) });
  return (key, fromUs, toUs, limit) => {
    let events = whole.get(key);
    if (events === undefined) {
      if (asked.get(key) === undefined) { asked.set(key, true); return read(key, fromUs, toUs, limit); }
      const all = read(key, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, MOST_OF_ONE + 1);
      events = all.length > MOST_OF_ONE ? 'too many' : all.map(lean);
      whole.set(key, events);
    }
    if (events === 'too many') return read(key, fromUs, toUs, limit);
    const start = firstAt(events, fromUs);
    return events.slice(start, Math.min(start + limit, firstAt(events, toUs + 1)));
  };
}

/** The place of the first event at or after a time. */
function firstAt(events: readonly LoggedEvent[], timeUs: number): number {
  let low = 0, high = events.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((events[middle]?.time_us ?? 0) < timeUs) low = middle + 1; else high = middle;
  }
  return low;
}
