import type { AskedAnew } from '#shared/model/agent.ts';
import { EXIT, text, type Command } from './command.ts';
import type { TriageReport } from '../handlers/triage.ts';
import { printable, terminalWidth, textTable } from './text-table.ts';

/** Asks a model about incidents that are decided already, and lays what it makes of them beside what stood before. */
export const reask: Command = {
  name: 'reask', arguments: 'ID…', positionals: [1, 10_000], summary: 'ask a model about incidents anew, and compare with what was decided before (a replay asks none)',
  options: [
    { name: 'model', value: 'M', help: 'which model or endpoint is asked ("winnow models"; default: the first that is configured)' }, { name: 'endpoint', value: 'ID', help: 'which endpoint is asked for that model' },
    { name: 'concurrency', value: 'N', help: 'incidents at once (default: the policy\'s max_concurrent)' }, { name: 'by', value: 'NAME', help: 'who asks; stands in the audit' },
  ],
  run: (context) => context.withEngine(false, async (engine) => {
    const { values } = context, concurrency = text(values['concurrency']), model = text(values['model']), endpoint = text(values['endpoint']), by = text(values['by']);
    if (concurrency !== undefined && !/^\d+$/.test(concurrency)) return context.usage(`--concurrency takes a number, not "${concurrency}"`);
    const result = await engine.request('triage', { engine: 'agent', incidents: context.positionals, ...(model !== undefined && { model }), ...(endpoint !== undefined && { endpoint }), ...(by !== undefined && { by }), ...(concurrency !== undefined && { concurrency: Number(concurrency) }) });
    if (!result.ok) return context.fail(result.error);
    const { run } = result.value as TriageReport;
    context.print({ model: run.model, cancelled: run.cancelled, asked: run.asked }, () => `${printAsked(run.asked)}\n\nRE-ASKED: ${run.asked.length} of ${context.positionals.length}, of ${printable(run.model ?? 'no model')}. "winnow trace ID" shows what was said.`);
    return run.cancelled ? EXIT.problem : EXIT.done;
  }),
};

function printAsked(asked: readonly AskedAnew[]): string {
  const side = (one: AskedAnew['before']): string => (one === null ? 'not decided' : `${one.decision} ${one.priority} ${one.confidence.toFixed(2)}, ${printable(one.model ?? one.engine)}`);
  const differs = (one: AskedAnew): string => (one.before !== null && one.after !== null && one.before.decision === one.after.decision && one.before.priority === one.after.priority ? 'same decision' : 'DIFFERS');
  return textTable([{ head: 'incident' }, { head: 'before' }, { head: 'now' }, { head: '' }, { head: 'fields', align: 'right' }], asked.map((one) => [one.incident, side(one.before), side(one.after), differs(one), String(one.differences.length)]), Math.min(terminalWidth(), 160));
}
