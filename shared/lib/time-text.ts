const time = String.raw`(?<h>\d{1,2}):(?<mi>\d{2})(?::(?<s>\d{2})(?:[.,](?<frac>\d+))?)?(?:\s*(?<half>[ap])\.?m\.?)?`;
const zone = String.raw`\(?(?<zone>(?:utc|gmt)?[+-]\d{1,2}(?::?\d{2})?|z|[a-z]{2,4})\)?`;
// What Go, JavaScript and Java add after an offset: its name, in parentheses, in brackets or bare, and Go's monotonic clock.
const rest = String.raw`(?:\s+[a-z]{3,4}|\s+\([^)]*\)|\[[\w/+-]+\])?(?:\s+m=[+-][\d.]+)?`;
const clock = String.raw`${time}(?:\s*${zone}${rest})?`;
const weekday = String.raw`(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?`;
const month = String.raw`(?<month>[a-z]{3,9})\.?`;

/** The ways that tools write a time, the common ones first. */
const shapes = [
  // ISO 8601 and RFC 3339, extended; a blank for the T; Go's Time.String().
  String.raw`(?<y>\d{4})-(?<mo>\d{2})-(?<d>\d{2})(?:(?:T|\s+)${clock})?`,
  // A date with a zone (xs:date).
  String.raw`(?<y>\d{4})-(?<mo>\d{2})-(?<d>\d{2})\s*(?<zone>z|utc|gmt|[+-]\d{2}:\d{2})`,
  // ISO 8601, basic: 20240131T101530Z.
  String.raw`(?<y>\d{4})(?<mo>\d{2})(?<d>\d{2})T(?<h>\d{2})(?<mi>\d{2})(?<s>\d{2})(?:[.,](?<frac>\d+))?(?<zone>z|[+-]\d{2}:?\d{2})?`,
  // 2024/01/31 10:15:30.
  String.raw`(?<y>\d{4})/(?<mo>\d{1,2})/(?<d>\d{1,2})(?:[\sT-]\s*${clock})?`,
  // RFC 2822 and 1123: Wed, 31 Jan 2024 10:15:30 GMT; 31-Jan-2024 10:15.
  String.raw`${weekday}(?<d>\d{1,2})[\s-]${month},?[\s-](?<y>\d{4})(?:,?\s+${clock})?`,
  // Common log format: 31/Jan/2024:10:15:30 +0000.
  String.raw`\[?(?<d>\d{1,2})/${month}/(?<y>\d{4}):${clock}\]?`,
  // Jan 31, 2024 @ 10:15:30.123; January 31, 2024; JavaScript's Date.toString().
  String.raw`${weekday}${month}\s+(?<d>\d{1,2})(?:st|nd|rd|th)?,?\s+(?<y>\d{4})(?:(?:,|\s+@|\s+at)?\s+${clock})?`,
  // C's ctime and Unix date: Wed Jan 31 10:15:30 2024; Wed Jan 31 10:15:30 UTC 2024.
  String.raw`${weekday}${month}\s+(?<d>\d{1,2})\s+${time}(?:\s+${zone})?\s+(?<y>\d{4})`,
  // 31.01.2024 10:15, as spreadsheets of much of Europe write it: always day first.
  String.raw`(?<d>\d{1,2})\.(?<mo>\d{1,2})\.(?<y>\d{4})(?:,?\s+${clock})?`,
  // 1/31/2024 10:15:30 AM: month first, as the exports of Microsoft's and Qualys' consoles have it.
  String.raw`(?<first>\d{1,2})/(?<second>\d{1,2})/(?<y>\d{4})(?:,?\s+${clock})?`,
].map((shape) => new RegExp(`^${shape}$`, 'i'));

const months = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december'];
/** Hours ahead of UTC of the zone names that are unambiguous by standard: RFC 2822, section 4.3. */
const zones: Readonly<Record<string, number>> = { z: 0, ut: 0, utc: 0, gmt: 0, est: -5, edt: -4, cst: -6, cdt: -5, mst: -7, mdt: -6, pst: -8, pdt: -7 };

/**
 * Reads a written date or time; without a zone it counts as UTC, and a date alone is its first moment. Slashed dates are read month first,
 * day first only where the month would be above 12.
 * @returns microseconds UTC (digits beyond are cut off, a leap second is the next second); undefined when it isn't a time, has a zone name
 *   that stands for several zones, or is year 1, which Go and .NET write for "none".
 */
export function readTimeText(text: string): number | undefined {
  if (text.length > 100) return undefined;
  for (const shape of shapes) {
    const parts = shape.exec(text)?.groups;
    if (parts) return toMicros(parts);
  }
  return undefined;
}

function toMicros(parts: Readonly<Record<string, string | undefined>>): number | undefined {
  const { y, mo = '', month: name, d = '', first, second } = parts;
  const day = first === undefined ? startOfDay(Number(y), name === undefined ? Number(mo) : monthNamed(name), Number(d)) : startOfSlashedDay(Number(y), Number(first), Number(second));
  const seconds = secondsOfDay(parts);
  const offset = offsetSeconds(parts['zone']);
  if (day === undefined || seconds === undefined || offset === undefined) return undefined;
  return (day + seconds - offset) * 1_000_000 + Number((parts['frac'] ?? '').padEnd(6, '0').slice(0, 6));
}

/** Seconds since 1970 of a date that exists. */
function startOfDay(year: number, month: number, day: number): number | undefined {
  if (year <= 1) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() / 1000 : undefined;
}

function startOfSlashedDay(year: number, first: number, second: number): number | undefined {
  return first > 12 ? startOfDay(year, second, first) : startOfDay(year, first, second);
}

function monthNamed(name: string): number {
  const lower = name.toLowerCase();
  return lower === 'sept' ? 9 : months.findIndex((each) => each === lower || each.slice(0, 3) === lower) + 1;
}

function secondsOfDay({ h = '0', mi = '0', s = '0', half }: Readonly<Record<string, string | undefined>>): number | undefined {
  const minute = Number(mi), second = Number(s);
  let hour = Number(h);
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return undefined;
    hour = (hour % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
  }
  const isEndOfDay = hour === 24 && minute === 0 && second === 0;
  if ((hour > 23 && !isEndOfDay) || minute > 59 || second > 60) return undefined;
  return (hour * 60 + minute) * 60 + second;
}

function offsetSeconds(zoneText = 'z'): number | undefined {
  const named = zones[zoneText.toLowerCase()];
  if (named !== undefined) return named * 3600;
  const m = /([+-])(\d{1,2}):?(\d{2})?$/.exec(zoneText);
  const hours = Number(m?.[2]), minutes = Number(m?.[3] ?? '0');
  if (!m || hours > 23 || minutes > 59) return undefined;
  return (hours * 60 + minutes) * (m[1] === '-' ? -60 : 60);
}
