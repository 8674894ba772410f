import { readTimeText } from './time-text.ts';

/** Integer microseconds since 1970-01-01T00:00:00Z, always a safe integer. */
export type Micros = number;

export const MICROS_PER_SECOND = 1_000_000;
export const MICROS_PER_DAY = 86_400 * MICROS_PER_SECOND;

/**
 * Reads a time as tools write it: ISO 8601 and the other written forms of `time-text.ts` (no zone = UTC), .NET's `/Date(…)/`, or a Unix
 * epoch as a number or digits (`1.66370354E9`, too) in seconds, milliseconds, microseconds or nanoseconds, told apart by size. An epoch before 1973 (a counter, a
 * "none") or of another size (a Windows FILETIME, .NET ticks) is not a time.
 * @returns microseconds UTC, or undefined when the value is not a time. What a safe integer can't hold (`9999-12-31`) becomes the last
 *   time that it can, in the year 2255, so that order and "never ends" survive.
 */
export function parseTime(value: unknown): Micros | undefined {
  if (typeof value === 'number') return epochToMicros(value);
  if (typeof value !== 'string') return undefined;
  const iso = readIso(value);
  if (iso !== undefined) return iso;
  const text = value.trim();
  // Digit by digit, since a number can't hold nanoseconds.
  if (/^\d{19}$/.test(text)) return epochToMicros(Number(text.slice(0, -3)));
  if (/^\d{9,18}(\.\d+)?$/.test(text) || /^\d\.\d{8,}E\+?\d{1,2}$/i.test(text)) return epochToMicros(Number(text));
  const dotNet = /^\/Date\((\d+)(?:[+-]\d{4})?\)\/$/.exec(text)?.[1];
  if (dotNet !== undefined) return epochToMicros(Number(dotNet));
  const us = readTimeText(text);
  return us === undefined ? undefined : safe(us);
}

const safe = (us: number): Micros => Math.min(Math.max(us, Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER);

/** Until when something holds that expires at a written time: a date is good through its day. Undefined when it is no time. */
export function expiryIn(text: string): Micros | undefined {
  const at = parseTime(text);
  return at !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(text.trim()) ? at + MICROS_PER_DAY - 1 : at;
}

const digits = (text: string, from: number, count: number): number => {
  let n = 0;
  for (let i = from; i < from + count; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    n = n * 10 + digit;
  }
  return n;
};

/** `2024-01-31T10:15:30.123Z`, as nearly all times are written, without a regular expression; undefined for all that needs a closer look. */
function readIso(text: string): Micros | undefined {
  const { length } = text;
  if (length < 20 || length > 27 || text[4] !== '-' || text[7] !== '-' || text[10] !== 'T' || text[13] !== ':' || text[16] !== ':' || text[length - 1] !== 'Z') return undefined;
  const fraction = length === 20 ? 0 : text[19] === '.' && length > 21 ? digits(text, 20, length - 21) * 10 ** (27 - length) : Number.NaN;
  const year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2), hour = digits(text, 11, 2), minute = digits(text, 14, 2), second = digits(text, 17, 2);
  const isPlain = year >= 1970 && year < 2200 && month >= 1 && month <= 12 && day >= 1 && day <= 28 && hour <= 23 && minute <= 59 && second <= 59 && fraction >= 0;
  return isPlain ? (Date.UTC(year, month - 1, day, hour, minute, second) / 1000) * MICROS_PER_SECOND + fraction : undefined;
}

function epochToMicros(n: number): Micros | undefined {
  if (!(n >= 1e8)) return undefined;
  if (n < 1e11) return safe(Math.round(n * 1e6));
  if (n < 1e14) return safe(Math.round(n * 1e3));
  if (n <= Number.MAX_SAFE_INTEGER) return Math.round(n);
  return n >= 1e18 && n / 1e3 <= Number.MAX_SAFE_INTEGER ? Math.floor(n / 1e3) : undefined;
}

/** ISO 8601 in UTC with as many fractional digits as needed (none, 3 or 6). */
export function formatTime(us: Micros): string {
  const day = Math.floor(us / MICROS_PER_DAY), rest = us - day * MICROS_PER_DAY;
  const seconds = Math.floor(rest / MICROS_PER_SECOND), fraction = Math.floor(rest - seconds * MICROS_PER_SECOND);
  const clock = `${dateText(day)}${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  if (fraction === 0) return `${clock}Z`;
  return `${clock}.${fraction % 1000 === 0 ? String(fraction / 1000).padStart(3, '0') : String(fraction).padStart(6, '0')}Z`;
}

const two = (n: number): string => (n < 10 ? `0${n}` : String(n));
const dates = new Map<number, string>();
/** `2024-01-31T` of a day since 1970; the times of one file mostly share few days. */
function dateText(day: number): string {
  let text = dates.get(day);
  if (text === undefined) {
    text = new Date(day * 86_400_000).toISOString().slice(0, -13);
    if (dates.size >= 4096) dates.clear();
    dates.set(day, text);
  }
  return text;
}
