import type { AskedAnew } from '#shared/model/agent.ts';
import type { App } from '../create-app.ts';
import { compareDecisions } from '../handlers/replay.ts';

type Keyed = readonly (readonly [id: string, key: string])[];

/** Incidents that are looked up or compared in one go; then whoever else asks the engine has a turn. */
const TOGETHER = 50;
async function inTurns<T, R>(items: readonly T[], each: (item: T) => readonly R[]): Promise<readonly R[]> {
  const made: R[] = [];
  for (const [i, item] of items.entries()) {
    if (i > 0 && i % TOGETHER === 0) await new Promise<void>((resolve) => { setImmediate(resolve); });
    made.push(...each(item));
  }
  return made;
}

/** The machine's last decision of each incident, by key: what a person decided stands beside it and is not compared. */
export async function lastDecisions(app: { readonly tables: { readonly decisions: Pick<App['tables']['decisions'], 'history'> } }, selection: Keyed): Promise<ReadonlyMap<string, string>> {
  return new Map(await inTurns(selection, ([, key]) => { const last = app.tables.decisions.history(key).findLast((d) => d.engine !== 'human'); return last ? [[key, last.decision_id] as const] : []; }));
}

/** What asking a selection anew came to: of each incident the decision before and the one that was made now, and where the two differ. */
export async function askedAnew(app: App, selection: Keyed, before: ReadonlyMap<string, string>): Promise<readonly AskedAnew[]> {
  const after = await lastDecisions(app, selection);
  return inTurns(selection, ([incident, key]): readonly AskedAnew[] => {
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
