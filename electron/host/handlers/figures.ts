import type { Reviewed } from '#electron/store/tables/figures.ts';
import { ok, type Result } from '#shared/lib/result.ts';
import type { App } from '../create-app.ts';
import type { OutputOf } from '../procedure.ts';
import { queueCounts } from './queue.ts';

type Measure = OutputOf<'figures.get'>['measures'][number];
const NO_REVIEWS = 'no decision has been reviewed yet';
const isAlarm = (decision: string): boolean => decision === 'resolve_now' || decision === 'ticket';

/** The six measures, what stood as proposed, and what the findings came down to. What can't be measured is null, with the reason. */
export function getFigures(app: App): Result<OutputOf<'figures.get'>> {
  const { figures } = app.tables;
  const reviewed = figures.reviewed(), counts = queueCounts(app);
  const pairs = Map.groupBy(reviewed, (r) => `${r.proposed} ${r.final}`);
  return ok({
    measures: [...reviewMeasures(reviewed), completeness(figures.marks()), timeSaved(app, counts)],
    matrix: [...pairs.values()].map((all) => ({ proposed: all[0]?.proposed ?? '', final: all[0]?.final ?? '', n: all.length })),
    reduction: { findings: counts['findings'] ?? 0, incidents: counts['incidents'] ?? 0, needing_a_human: counts['needing_a_human'] ?? 0 },
    reliability: reliability(reviewed), calibration: calibration(reviewed), attack: figures.attack(), sources: figures.sources(), weeks: figures.weeks(), missing: app.tables.queue.openEvidence(),
  });
}

function share(name: string, of: readonly Reviewed[], hit: (r: Reviewed) => boolean, none: string, said: string): Measure {
  const n = of.length, hits = of.filter(hit).length;
  return { name, unit: '%', n, value: n === 0 ? null : Math.round((hits / n) * 1000) / 10, why: n === 0 ? none : `${hits} of ${n} ${said}` };
}

function reviewMeasures(reviewed: readonly Reviewed[]): readonly Measure[] {
  const alarms = reviewed.filter((r) => isAlarm(r.proposed)), deferred = reviewed.filter((r) => r.proposed === 'defer');
  const seconds = reviewed.map((r) => r.seconds).filter((s) => s >= 0).toSorted((a, b) => a - b);
  const at = (q: number): number => Math.round(seconds[Math.min(seconds.length - 1, Math.floor(q * seconds.length))] ?? 0);
  return [
    share('false_positive_rate', alarms, (r) => r.final === 'defer' || r.final === 'rejected', alarms.length === reviewed.length ? NO_REVIEWS : 'no reviewed decision proposed a page or a ticket', 'proposed pages and tickets were deferred or rejected by people'),
    share('false_negative_rate', deferred, (r) => isAlarm(r.final), reviewed.length === 0 ? NO_REVIEWS : 'no reviewed decision proposed to defer', 'proposed deferrals were raised by people'),
    { name: 'time_to_decision', unit: 's', n: seconds.length, value: seconds.length === 0 ? null : at(0.5), why: seconds.length === 0 ? NO_REVIEWS : `median from proposal to review; p95 ${at(0.95)} s` },
    share('override_rate', reviewed, (r) => r.action === 'override', NO_REVIEWS, 'reviews replaced the decision'),
  ];
}

function completeness(marks: readonly { readonly mark: string; readonly n: number }[]): Measure {
  const n = marks.reduce((sum, m) => sum + m.n, 0), verified = marks.find((m) => m.mark === 'verified')?.n ?? 0;
  return { name: 'evidence_completeness', unit: '%', n, value: n === 0 ? null : Math.round((verified / n) * 1000) / 10, why: n === 0 ? 'nothing is decided yet' : `${verified} of ${n} claims that decisions rest on are verified` };
}

/** How long one takes by hand is not in the data: without somebody's word for it nothing is claimed. */
function timeSaved(app: App, counts: Readonly<Record<string, number>>): Measure {
  const minutes = Number(app.tables.runs.setting('minutes_by_hand') ?? Number.NaN);
  const n = (counts['incidents'] ?? 0) - (counts['needing_a_human'] ?? 0) - (counts['undecided'] ?? 0);
  const known = Number.isFinite(minutes) && minutes > 0;
  return { name: 'time_saved', unit: 'h', n, value: known ? Math.round((n * minutes) / 6) / 10 : null, why: known ? `${n} incidents that need no person, at ${minutes} min by hand` : 'how long one incident takes by hand is not in the data' };
}

/** Confidence in steps of a tenth against how often people let the decision stand. */
function reliability(reviewed: readonly Reviewed[]): OutputOf<'figures.get'>['reliability'] {
  const steps = Map.groupBy(reviewed, (r) => Math.min(9, Math.floor(r.confidence * 10 + 1e-9)));
  return [...steps].toSorted(([a], [b]) => a - b).map(([step, all]) => ({ from: step / 10, to: (step + 1) / 10, n: all.length, upheld: all.filter((r) => r.action === 'approve').length }));
}

/**
 * How well confidence told what people upheld: the Brier score (mean squared distance; Brier 1950) and the expected calibration error (over steps of a
 * tenth, the distance between mean confidence and the share upheld, weighted by n; Naeini et al. 2015). Null without reviews.
 */
export function calibration(reviewed: readonly Pick<Reviewed, 'confidence' | 'action'>[]): OutputOf<'figures.get'>['calibration'] {
  const n = reviewed.length;
  if (n === 0) return { n, brier: null, ece: null };
  const upheld = (r: Pick<Reviewed, 'action'>): number => (r.action === 'approve' ? 1 : 0), sum = (of: readonly number[]): number => of.reduce((a, b) => a + b, 0);
  const steps = Map.groupBy(reviewed, (r) => Math.min(9, Math.floor(r.confidence * 10 + 1e-9)));
  const ece = sum([...steps.values()].map((all) => Math.abs(sum(all.map((r) => r.confidence)) - sum(all.map(upheld))) / n));
  const round = (value: number): number => Math.round(value * 10_000) / 10_000;
  return { n, brier: round(sum(reviewed.map((r) => (r.confidence - upheld(r)) ** 2)) / n), ece: round(ece) };
}
