import type { AskedAnew } from '#shared/model/agent.ts';
import type { App } from '../create-app.ts';
import { compareDecisions } from '../handlers/replay.ts';

type Keyed = readonly (readonly [id: string, key: string])[];

/** The machine's last decision of each incident, by key: what a person decided stands beside it and is not compared. */
export function lastDecisions(app: { readonly tables: { readonly decisions: Pick<App['tables']['decisions'], 'history'> } }, selection: Keyed): ReadonlyMap<string, string> {
  return new Map(selection.flatMap(([, key]) => { const last = app.tables.decisions.history(key).findLast((d) => d.engine !== 'human'); return last ? [[key, last.decision_id] as const] : []; }));
}

/** What asking a selection anew came to: of each incident the decision before and the one that was made now, and where the two differ. */
export function askedAnew(app: App, selection: Keyed, before: ReadonlyMap<string, string>): readonly AskedAnew[] {
  const after = lastDecisions(app, selection);
  return selection.flatMap(([incident, key]) => {
    const now = after.get(key), was = before.get(key);
    if (now === undefined || now === was) return [];
    const compared = was === undefined ? undefined : compareDecisions(app, { left: was, right: now });
    return [{ incident, before: sideOf(app, was), after: sideOf(app, now), differences: compared?.ok ? compared.value.differences.map((d) => d.path).filter((path) => !TIMES.test(path)).slice(0, 200) : [] }];
  });
}

/** Differs between any two runs and says nothing. */
const TIMES = /^\/triage\/(started_at|duration_ms)$/;

function sideOf(app: App, id: string | undefined): AskedAnew['before'] {
  const found = id === undefined ? undefined : app.tables.decisions.brief(id);
  if (id === undefined || found === undefined) return null;
  const { decision, priority, confidence, engine } = found.triage;
  return { decision_id: id, decision, priority, confidence, engine: engine.kind, model: engine.model };
}
