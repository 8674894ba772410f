export type Zone = 'utc' | 'local';
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (n: number): string => String(n).padStart(2, '0');

interface Parts { readonly year: number; readonly month: number; readonly day: number; readonly hour: number; readonly minute: number; readonly second: number }

/** The parts of a time in a zone; undefined when the text is no time. */
function partsOf(iso: string, zone: Zone): Parts | undefined {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return undefined;
  return zone === 'utc'
    ? { year: date.getUTCFullYear(), month: date.getUTCMonth(), day: date.getUTCDate(), hour: date.getUTCHours(), minute: date.getUTCMinutes(), second: date.getUTCSeconds() }
    : { year: date.getFullYear(), month: date.getMonth(), day: date.getDate(), hour: date.getHours(), minute: date.getMinutes(), second: date.getSeconds() };
}

/** `21 Nov 2026, 03:07`; the text itself when it is no time. */
export function formatTime(iso: string, zone: Zone): string {
  const p = partsOf(iso, zone);
  return p ? `${p.day} ${months[p.month] ?? ''} ${p.year}, ${two(p.hour)}:${two(p.minute)}` : iso;
}

/** `21 Nov`, with the year when it is not the year of `asOf`. */
export function formatDay(iso: string, zone: Zone, asOf?: string): string {
  const p = partsOf(iso, zone), now = asOf === undefined ? undefined : partsOf(asOf, zone);
  if (!p) return iso;
  return `${p.day} ${months[p.month] ?? ''}${now && now.year === p.year ? '' : ` ${p.year}`}`;
}

/** `03:02:11`. */
export function formatClock(iso: string, zone: Zone): string {
  const p = partsOf(iso, zone);
  return p ? `${two(p.hour)}:${two(p.minute)}:${two(p.second)}` : '';
}

/** How long ago in one unit: `41m`, `7h`, `12d`, `3y`. The age is that of the data, not of the window: both times are given. */
export function formatAge(iso: string, asOf: string): string {
  const seconds = Math.max(0, (Date.parse(asOf) - Date.parse(iso)) / 1000);
  if (Number.isNaN(seconds)) return '';
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`;
  return seconds < 730 * 86_400 ? `${Math.floor(seconds / 86_400)}d` : `${Math.floor(seconds / (365 * 86_400))}y`;
}

/** `1,240`. */
export const formatCount = (n: number): string => n.toLocaleString('en-US', { maximumFractionDigits: 0 });

/** `0 B`, `1.5 kB`, `12 MB`: powers of 1000. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  return `${step === 0 || value >= 10 ? Math.round(value) : value.toFixed(1)} ${units[step] ?? ''}`;
}

/** `142 ms`, `2.9 s`, `4 min 10 s` from milliseconds. */
export function formatDuration(ms: number): string {
  if (ms < 1) return `${ms.toFixed(ms < 0.1 ? 2 : 1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  const seconds = Math.round(ms / 1000);
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** `1 finding`, `2 findings`; the plural is the singular and an s unless given. */
export const plural = (n: number, one: string, many = `${one}s`): string => `${formatCount(n)} ${n === 1 ? one : many}`;

/** A clause, as reasons come, that stands alone: with a capital and one full stop. */
export const sentence = (clause: string): string => `${clause.charAt(0).toUpperCase()}${clause.slice(1).replace(/\.$/, '')}.`;
