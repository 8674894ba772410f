import type { OutputOf } from '../../state/calls.ts';
import { formatCount, formatDuration } from '../../ui/format.ts';

export type Figures = OutputOf<'figures.get'>;
export type Measure = Figures['measures'][number];

const titles: Readonly<Record<string, string>> = { false_positive_rate: 'False positive rate', false_negative_rate: 'False negative rate', time_to_decision: 'Time to decision', evidence_completeness: 'Evidence completeness', override_rate: 'Override rate', time_saved: 'Time saved' };

/** A measure's heading; one that is not known keeps its stored name in words. */
export const measureTitle = (name: string): string => titles[name] ?? `${name.charAt(0).toUpperCase()}${name.slice(1).replaceAll('_', ' ')}`;

/** A measure's figure and its unit apart; `–` when there is no value. Seconds from a minute on are told in minutes. */
export function measureValue({ value, unit }: Measure): { readonly figure: string; readonly unit: string } {
  if (value === null) return { figure: '–', unit: '' };
  if (unit === 's' && value >= 60) { const [figure = '', ...rest] = (value >= 3600 ? `${Math.round(value / 360) / 10} h` : formatDuration(value * 1000)).split(' '); return { figure, unit: rest.join(' ') }; }
  return { figure: value.toLocaleString('en-US', { maximumFractionDigits: 1 }), unit };
}

/** What stands below a figure: its words, and its n where they don't name it. */
export function measureCaption({ value, n, why }: Measure): string {
  return value === null || new RegExp(`\\b${n}\\b`).test(why.replaceAll(',', '')) ? why : `${why}, n ${formatCount(n)}`;
}

const order = ['resolve_now', 'ticket', 'defer', 'needs_human_review'] as const;
export interface MatrixRow { readonly proposed: string; readonly cells: readonly number[]; readonly sum: number }

/** Proposed × final as a square table in the order of the decisions; other outcomes (`rejected`) get a column of their own. */
export function matrixOf(pairs: Figures['matrix']): { readonly finals: readonly string[]; readonly rows: readonly MatrixRow[]; readonly sums: readonly number[]; readonly total: number; readonly stood: number; readonly raised: number } {
  const others = [...new Set(pairs.flatMap(({ final }) => (order.some((name) => name === final) ? [] : [final])))].toSorted();
  const finals: readonly string[] = [...order, ...others];
  const count = (proposed: string, final: string): number => pairs.filter((pair) => pair.proposed === proposed && pair.final === final).reduce((sum, pair) => sum + pair.n, 0);
  const rows = order.map((proposed) => { const cells = finals.map((final) => count(proposed, final)); return { proposed, cells, sum: cells.reduce((a, b) => a + b, 0) }; });
  const sums = finals.map((_, i) => rows.reduce((sum, row) => sum + (row.cells[i] ?? 0), 0));
  return { finals, rows, sums, total: sums.reduce((a, b) => a + b, 0), stood: rows.reduce((sum, row, i) => sum + (row.cells[i] ?? 0), 0), raised: count('defer', 'resolve_now') };
}

/** Wilson's interval of a share at 95 %, both ends 0 to 1; the whole range without observations. */
export function wilson(hits: number, n: number): { readonly low: number; readonly high: number } {
  if (n === 0) return { low: 0, high: 1 };
  const z = 1.96, p = hits / n, d = 1 + z ** 2 / n, centre = p + z ** 2 / (2 * n), half = z * Math.sqrt((p * (1 - p) + z ** 2 / (4 * n)) / n);
  return { low: Math.max(0, (centre - half) / d), high: Math.min(1, (centre + half) / d) };
}

/** Mean distance between confidence (the middle of its step) and the share upheld, weighted by n; null without reviews. */
export function calibrationGap(steps: Figures['reliability']): number | null {
  const n = steps.reduce((sum, step) => sum + step.n, 0);
  return n === 0 ? null : steps.reduce((sum, step) => sum + Math.abs((step.from + step.to) / 2 - step.upheld / step.n) * step.n, 0) / n;
}

const DAY_MS = 86_400_000;
/** The ISO week (`2026-W47`) that a day lies in. */
function weekOf(day: Date): string {
  // ISO 8601: a week belongs to the year of its Thursday.
  const thursday = new Date(day.getTime() + (3 - (day.getUTCDay() + 6) % 7) * DAY_MS), year = thursday.getUTCFullYear();
  return `${year}-W${String(1 + Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / DAY_MS / 7)).padStart(2, '0')}`;
}

/** The last `count` weeks up to the newest one with findings, those without any included, and how many findings lie before them. */
export function lastWeeks(weeks: Figures['weeks'], count: number): { readonly weeks: Figures['weeks']; readonly before: number } {
  const [, year, number] = /^(\d{4})-W(\d{2})$/.exec(weeks.at(-1)?.week ?? '') ?? [];
  if (year === undefined || number === undefined) return { weeks, before: 0 };
  // January 4th always lies in the first week.
  const newest = Date.UTC(Number(year), 0, 4) + (Number(number) - 1) * 7 * DAY_MS;
  const shown = Array.from({ length: count }, (_, i) => weekOf(new Date(newest - (count - 1 - i) * 7 * DAY_MS)));
  const known = new Map(weeks.map(({ week, findings }) => [week, findings]));
  return { weeks: shown.map((week) => ({ week, findings: known.get(week) ?? 0 })), before: weeks.filter(({ week }) => !shown.includes(week)).reduce((sum, { findings }) => sum + findings, 0) };
}

/** A round top for an axis from 0: 1, 2 or 5 times a power of ten, never below `max` or 1. */
export function axisTop(max: number): number {
  if (max <= 1) return 1;
  const power = 10 ** Math.floor(Math.log10(max));
  return ([1, 2, 5, 10].find((factor) => factor * power >= max) ?? 10) * power;
}

/** How often a technique was seen, as a step of ink. */
export const seenStep = (n: number): 'c1' | 'c2' | 'c3' => (n >= 5 ? 'c3' : n >= 2 ? 'c2' : 'c1');
