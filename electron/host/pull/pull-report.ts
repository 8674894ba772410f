import { connectors } from '#electron/connectors/all.ts';
import type { PullRow, PullUnitRow } from '#electron/store/tables/pulls.ts';
import { formatTime } from '#shared/lib/time.ts';
import type { PullGap, PullReport } from '#shared/model/pull.ts';
import type { App } from '../create-app.ts';
import { gapsOf } from './settle-pull.ts';

/** What a pull asked, what came, and what could not be read, with the evidence that stays unknown for it. */
export function reportPull(app: App, pull: PullRow): PullReport {
  const units = app.tables.pulls.units(pull.pull_id);
  const count = (state: PullUnitRow['state']): number => units.filter((unit) => unit.state === state).length;
  const { pull_id, product, target, principal, why, requests, retries } = pull;
  return {
    pull_id, product, target, principal, state: pull.state === 'done' ? 'done' : pull.state === 'running' ? 'running' : 'cut', why,
    started: formatTime(pull.started_us), finished: pull.finished_us === null ? null : formatTime(pull.finished_us),
    units: { planned: Math.max(pull.planned, units.length), done: count('done'), denied: count('denied'), absent: count('absent'), failed: count('failed') },
    records: units.reduce((sum, unit) => sum + unit.records, 0), quarantined: app.tables.pulls.quarantined(pull_id),
    resources: { new: pull.new, changed: pull.changed, unchanged: pull.unchanged, closed: pull.closed }, requests, retries, gaps: groupGaps(product, units),
  };
}

/** Gaps of one call and kind together, with where they are and how many things they concern. What is absent is no gap. */
function groupGaps(product: string, units: readonly PullUnitRow[]): readonly PullGap[] {
  const needs = connectors.find((c) => c.name === product)?.needs ?? [];
  const all = units.flatMap((unit) => [
    ...(unit.state === 'denied' || unit.state === 'failed' ? [{ unit, state: unit.state, says: unit.says, things: 0 }] : []),
    ...Object.entries(Object.groupBy(gapsOf(unit).filter((gap) => gap.state !== 'absent'), (gap) => gap.state)).flatMap(([state, gaps]) => (gaps?.[0] && state !== 'absent' ? [{ unit, state: gaps[0].state === 'denied' ? 'denied' as const : 'failed' as const, says: gaps[0].says, things: gaps.length }] : [])),
  ]);
  return [...Map.groupBy(all, ({ unit, state }) => `${unit.call} ${state}`).values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const need = needs.find(({ id }) => id === first.unit.call);
    return [{
      call: first.unit.call, state: first.state, says: first.says, permissions: [...(need?.permissions ?? [])], evidence: need?.evidence ?? '', accounts: [...new Set(group.map(({ unit }) => unit.account))].filter((a) => a !== '').sort(),
      regions: [...new Set(group.map(({ unit }) => unit.region))].filter((r) => r !== '').sort(), things: group.reduce((sum, { things }) => sum + things, 0),
    }];
  });
}
