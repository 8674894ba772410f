import { MICROS_PER_DAY } from '#shared/lib/time.ts';
import type { CorrelationRule, JoinKey, Subject } from './rule.ts';

/** Detections further apart than this are another burst. */
const GAP = MICROS_PER_DAY;

/** Repeated detections of one kind on one entity, without a pause of more than a day, are one incident; so are those that share an attacker's address or key. */
export const burst: CorrelationRule = {
  name: 'burst',
  keys(subjects) {
    const keys = new Map<Subject, JoinKey[]>();
    const groups = new Map<string, Subject[]>();
    const put = (key: string, s: Subject) => { const g = groups.get(key); if (g) g.push(s); else groups.set(key, [s]); };
    for (const s of subjects) {
      if (!s.detection) continue;
      put(`kind|${s.place}|${s.family.startsWith('own:') ? s.finding.check_id : s.family}`, s);
      const o = s.finding.observables;
      // What a host did itself has its own address as source: nobody attacks from there.
      if (o?.src_ip !== undefined && o.src_ip !== s.finding.entity) put(`actor|${s.place}|${o.src_ip}`, s);
      if (o?.access_key !== undefined) put(`actor|${s.place}|${o.access_key}`, s);
    }
    for (const [group, members] of groups) {
      const why = group.startsWith('kind|') ? 'same entity, same kind of detection within a day' : 'same entity and same attacker within a day';
      for (const [i, run] of splitByPause(members).entries()) {
        for (const s of run) keys.set(s, [...(keys.get(s) ?? []), { key: `burst|${group}|${i}`, why, weight: group.startsWith('kind|') ? 0.93 : 0.9 }]);
      }
    }
    return keys;
  },
};

/** Cuts detections, by time, wherever the pause from the last one's end to the next one's start is longer than the gap. */
export function splitByPause(members: readonly Subject[]): readonly (readonly Subject[])[] {
  const sorted = members.toSorted((a, b) => a.finding.discovered_us - b.finding.discovered_us || (a.finding.finding_id < b.finding.finding_id ? -1 : 1));
  const runs: Subject[][] = [];
  let lastEnd = Number.NEGATIVE_INFINITY;
  for (const s of sorted) {
    const last = runs.at(-1);
    const end = Math.max(s.finding.updated_us, s.finding.discovered_us);
    if (last && s.finding.discovered_us - lastEnd <= GAP) { last.push(s); lastEnd = Math.max(lastEnd, end); } else { runs.push([s]); lastEnd = end; }
  }
  return runs;
}
