import { type Trace, routeSchema, triageSchema, validationSchema } from '#shared/model/decision.ts';
import type { IncidentDetail } from '#shared/rpc/schemas.ts';
import type { RecordedRun } from './trace-steps.ts';

/** The run in force of an incident; undefined while nothing is decided. */
export function currentRun({ incident, trace, triage, validation, route }: IncidentDetail): RecordedRun | undefined {
  return trace === null || triage === null || validation === null || route === null ? undefined : { incident, trace, triage, validation, route };
}

/** An earlier run of an incident, from `incident.decision`; undefined when its parts are not what this version knows. */
export function recordedRun({ incident }: IncidentDetail, found: { readonly trace: Trace; readonly triage: unknown; readonly validation: unknown; readonly route: unknown }): RecordedRun | undefined {
  const triage = triageSchema.safeParse(found.triage), validation = validationSchema.safeParse(found.validation), route = routeSchema.safeParse(found.route);
  return triage.success && validation.success && route.success ? { incident, trace: found.trace, triage: triage.data, validation: validation.data, route: route.data } : undefined;
}

export interface RunName { readonly decision_id: string; /** 1 for the first. */ readonly number: number; readonly label: string; readonly current: boolean }

/** The runs of an incident in the order in which they were made. */
export function runNames({ decisions }: IncidentDetail): readonly RunName[] {
  return decisions.toSorted((a, b) => a.at.localeCompare(b.at)).map(({ decision_id, engine, current, decision }, i) => ({ decision_id, number: i + 1, label: `Run ${i + 1}, ${engine === 'human' ? 'a person' : engine}, ${decision}`, current }));
}

/** The run made before this one; null for the first. */
export function runBefore(runs: readonly RunName[], decisionId: string): RunName | null {
  return runs[runs.findIndex((run) => run.decision_id === decisionId) - 1] ?? null;
}
