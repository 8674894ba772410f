/** Integer microseconds since 1970-01-01T00:00:00Z. */
export type Micros = number;

export const MICROS_PER_SECOND = 1_000_000;
export const MICROS_PER_DAY = 86_400 * MICROS_PER_SECOND;

const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/i;

/**
 * Reads a time as tools write it: ISO 8601 (with `T` or a blank, any fraction, `Z`, an offset, or none = UTC), or a Unix epoch number
 * or digit string in seconds, milliseconds, microseconds or nanoseconds (told apart by size).
 * @returns microseconds UTC, or undefined when the value is not a time.
 */
export function parseTime(value: unknown): Micros | undefined {
  if (typeof value === 'number') return epochToMicros(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (/^\d{9,19}(\.\d+)?$/.test(text)) return epochToMicros(Number(text));
  const m = ISO.exec(text);
  if (m) return isoToMicros(m);
  if (!/[A-Za-z]{3}|\//.test(text)) return undefined;
  const ms = Date.parse(/(Z|UTC|GMT|[+-]\d{2}:?\d{2})$/i.test(text) ? text : `${text} UTC`);
  return Number.isNaN(ms) ? undefined : ms * 1000;
}

function isoToMicros(m: RegExpExecArray): Micros | undefined {
  const [, y, mo, d, h = '0', mi = '0', s = '0', frac = '', zone = 'Z'] = m;
  const month = Number(mo), day = Number(d), hour = Number(h), minute = Number(mi), second = Number(s);
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || minute > 59 || second > 60) return undefined;
  let ms = Date.UTC(Number(y), month - 1, day, hour, minute, second);
  if (new Date(Date.UTC(Number(y), month - 1, day)).getUTCDate() !== day) return undefined;
  if (/^[+-]/.test(zone)) {
    const digits = zone.replace(':', '');
    const offset = Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3, 5));
    ms -= (digits.startsWith('-') ? -offset : offset) * 60_000;
  }
  return ms * 1000 + Number(frac.padEnd(6, '0').slice(0, 6));
}

function epochToMicros(n: number): Micros | undefined {
  if (!Number.isFinite(n) || n <= 0) return undefined;
  if (n < 1e11) return Math.round(n * 1e6);
  if (n < 1e14) return Math.round(n * 1e3);
  if (n < 1e17) return Math.round(n);
  return n < 1e20 ? Math.round(n / 1e3) : undefined;
}

/** ISO 8601 in UTC with as many fractional digits as needed (none, 3 or 6). */
export function formatTime(us: Micros): string {
  const base = new Date(Math.floor(us / 1000)).toISOString();
  const rest = ((us % 1000) + 1000) % 1000;
  if (rest !== 0) return `${base.slice(0, -1)}${String(rest).padStart(3, '0')}Z`;
  return base.endsWith('.000Z') ? `${base.slice(0, -5)}Z` : base;
}
