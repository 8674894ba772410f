import { decide, prepare, type DecideContext } from '#electron/pipeline/decide.ts';
import type { Looked, ToDecide } from '#electron/pipeline/run.ts';
import { tools } from '#electron/tools/all.ts';
import type { GraphView } from '#shared/model/resource.ts';
import { callTools } from './call-tools.ts';
import type { App } from './create-app.ts';
import { decisionId } from './decision-id.ts';
import type { DecisionToSave } from './decision-rows.ts';
import { holdsByTape, settle } from './look-again.ts';
import { currentAnswers } from './run-store.ts';

/** What a run is, for every thread that decides for it. */
export interface DecideRun { readonly run: DecideContext['run']; readonly started_us: number }
/** Decides some incidents, in their order, and says of each what came of it. */
export type Decider = (items: readonly ToDecide[]) => Promise<readonly Looked<DecisionToSave>[]>;

/** Decides with the tools over one connection; what is read is what was committed when the run began. */
export function decider(app: App, graph: GraphView, { run, started_us }: DecideRun): Decider {
  const { policy } = app.tables.policies.current();
  const answered = app.tables.reviews.answeredKeys();
  const clock = { startedUs: app.now, durationUs: (started: number) => Math.max(0, app.now() - started) };
  const context: DecideContext = { run, policy, tools, call: callTools(app, graph, policy, run.as_of_us, started_us), clock, signal: new AbortController().signal };
  return async (items) => {
    const looked: Looked<DecisionToSave>[] = [];
    for (const item of items) {
      const { key } = item;
      const incident = app.tables.incidents.byKey(key);
      if (!incident) throw new Error(`incident ${key} was correlated and is not in the store`);
      const subject = prepare(incident, app.tables.findings.told(incident.supporting_findings.map((f) => f.finding_id)));
      const answers = answered.has(incident.key) ? currentAnswers(app, incident.key) : [];
      const held = item.latest?.engine === 'agent' ? await holdsByTape(app, { incident, subject, answers }, item, context) : undefined;
      if (held) looked.push(held);
      else if (item.waits) looked.push({ is: 'left', key });
      else looked.push(settle(app, await decide({ incident, subject, answers, decision_id: decisionId(app.now()) }, context), item));
    }
    return looked;
  };
}
