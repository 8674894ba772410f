import { EXIT, text, type Command, type CommandContext } from './command.ts';
import { forward, look } from './data-commands.ts';
import type { GroupedIncidents, IncidentDetail, MissingReport } from '../handlers/incidents.ts';
import { listIncidents, writeIncidents } from './list-incidents.ts';
import type { Replayed, ReplayReport } from '../handlers/replay.ts';
import { readAnswer, type Reviewed } from '../handlers/review.ts';
import type { TriageReport } from '../handlers/triage.ts';
import { printCounts, printGroups, printIncident, printMissing, printMostMissing, printQueue, printTrace } from './print-incidents.ts';
import { printable } from './text-table.ts';
import { expiry, listed, oneOf, someOf, time, wholeNumber } from './option-values.ts';
import { groupNames } from '#electron/store/tables/queue-groups.ts';
import { decisions, priorities, reasonCodes } from '#shared/model/words.ts';
import { incidentStatuses } from '#shared/model/incident.ts';

const ENGINES = ['auto', 'rules', 'agent'] as const;

const given = (context: CommandContext, ...names: readonly string[]): Record<string, unknown> => Object.fromEntries(names.flatMap((name) => (context.values[name] === undefined ? [] : [[name.replaceAll('-', '_'), context.values[name]]])));
const whole = (value: string | undefined): number | undefined => (value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined);

export const triage: Command = {
  name: 'triage', arguments: '', positionals: [0, 0], summary: 'correlate what is new, enrich, decide, validate, route; one row an incident',
  options: [
    { name: 'engine', value: 'auto|rules|agent', help: 'who proposes: a model (agent), the built-in rules, or a model where one is configured and answers, from the policy\'s severity on (auto, the default)', takes: oneOf(ENGINES) }, { name: 'model', value: 'M', help: 'which model or endpoint the agent asks ("winnow models")' }, { name: 'incident', value: 'ID', help: 'only this one, whether or not its inputs changed' },
    { name: 'as-of', value: 'TIME', help: 'measure age against this time (default: the newest time in the data)', takes: time }, { name: 'concurrency', value: 'N', help: 'incidents at once (default: for the agent the policy\'s max_concurrent, for the rules one a core)', takes: wholeNumber(1, 64) },
  ],
  run: (context) => context.withEngine(false, async (engine) => {
    const concurrency = text(context.values['concurrency']);
    const result = await engine.request('triage', { ...given(context, 'engine', 'incident', 'as-of', 'model'), ...(concurrency !== undefined && { concurrency: whole(concurrency) }) });
    if (!result.ok) return context.fail(result.error);
    const report = result.value as TriageReport;
    if (report.run.degraded !== null) context.say(`winnow: the rules decide, as no model answers: ${printable(report.run.degraded)}`);
    if (context.json) {
      const written = await writeIncidents(engine, {}, undefined, { run: report.run }, (part) => { context.write(part); });
      if (!written.ok) context.say(`winnow: ${written.error}`);
      return written.ok && !report.run.cancelled ? EXIT.done : EXIT.problem;
    }
    const list = await listIncidents(engine), missing = await engine.request('incidents.missing', {});
    if (!list.ok) return context.fail(list.error);
    context.print(report, () => `${printQueue(list.value)}\n\n${printCounts(report.counts)}${missing.ok ? printMostMissing(missing.value as MissingReport) : ''}\n${report.run.decided} decided, ${report.run.unchanged} unchanged${report.run.checked > 0 ? ` (${report.run.checked} checked again)` : ''}, as of ${report.run.as_of}${report.run.model === null ? '' : `, by ${printable(report.run.model)} and the rules`}${report.run.cancelled ? '; stopped before the end, run it again to go on' : ''}`);
    return report.run.cancelled ? EXIT.problem : EXIT.done;
  }),
};

export const incidents: Command = {
  name: 'incidents', arguments: '', positionals: [0, 0], summary: 'the queue, in work order',
  options: [{ name: 'decision', value: 'D', help: 'only this decision', takes: oneOf(decisions) }, { name: 'status', value: 'S', help: 'only this status (closed ones are shown only so)', takes: oneOf(incidentStatuses) }, { name: 'limit', value: 'N', help: 'at most so many', takes: wholeNumber(1, 1_000_000_000) }, { name: 'by', value: 'WHAT', help: `count those that are alike instead, by ${listed(groupNames, 'and')} or several of them (issue,owner)`, takes: someOf(groupNames) }, { name: 'missing', help: 'instead: what those lack that wait for a person, and what would supply it' }],
  run: (context) => {
    const limit = whole(text(context.values['limit'])), by = text(context.values['by']), filter = given(context, 'decision', 'status');
    const beside = ['decision', 'status', 'limit', 'by'].find((name) => context.values[name] !== undefined);
    if (context.values['missing'] === true && beside !== undefined) return Promise.resolve(context.usage(`--missing counts over all that wait: it goes without --${beside}`));
    if (context.values['missing'] === true) return look(context, 'incidents.missing', {}, (value) => printMissing(value as MissingReport));
    if (by !== undefined) return look(context, 'incidents.groups', { ...filter, by: by.split(','), ...(limit !== undefined && { limit }) }, (value) => printGroups(value as GroupedIncidents));
    return context.look(async (engine) => {
      if (context.json) {
        const written = await writeIncidents(engine, filter, limit, {}, (part) => { context.write(part); });
        if (!written.ok) context.say(`winnow: ${written.error}`);
        return written.ok ? EXIT.done : EXIT.problem;
      }
      const list = await listIncidents(engine, filter, limit);
      if (!list.ok) return context.fail(list.error);
      context.print(list.value, () => `${printQueue(list.value)}\n\n${printCounts(list.value.counts)}`);
      return EXIT.done;
    });
  },
};

export const show: Command = { name: 'show', arguments: 'ID', positionals: [1, 1], options: [], summary: 'one incident: decision, evidence, checks, what is missing, what to do', run: (context) => look(context, 'show', { id: context.positionals[0] }, (value) => printIncident(value as IncidentDetail)) };
export const trace: Command = {
  name: 'trace', arguments: 'ID', positionals: [1, 1], options: [], summary: 'the recorded run behind its decision: every call, claim and gate row',
  run: (context) => context.look(async (engine) => {
    const result = await engine.request('show', { id: context.positionals[0] });
    if (!result.ok) return context.fail(result.error);
    const detail = result.value as IncidentDetail;
    context.print({ incident: detail.incident.id, trace: detail.trace, checked: detail.checked, gate: detail.validation?.gate ?? null }, () => printTrace(detail));
    return EXIT.done;
  }),
};

const reviewed = (context: CommandContext, method: string, input: unknown) => forward(context, method, input, (value) => { const r = value as Reviewed; return `${r.incident}: ${printable(r.message)}`; });
const required = (context: CommandContext, ...names: readonly string[]): string | undefined => names.find((name) => context.values[name] === undefined);
const BY = { name: 'by', value: 'NAME', help: 'who says so' } as const;
const NOTE = { name: 'note', value: 'TEXT', help: 'in words' } as const;
const EXPIRES = { name: 'expires', value: 'DATE', help: 'until when it holds (a date: through that day)', takes: expiry } as const;

export const override: Command = {
  name: 'override', arguments: 'ID', positionals: [1, 1], summary: 'replace the decision by your own, with a reason',
  options: [{ name: 'decision', value: 'D', help: 'resolve_now, ticket, defer or needs_human_review', takes: oneOf(decisions) }, { name: 'priority', value: 'P', help: 'P1 to P4', takes: oneOf(priorities) }, { name: 'reason', value: 'CODE', help: 'evidence_wrong, evidence_missing, business_context, accepted_risk, duplicate, false_positive, true_positive, policy or other', takes: oneOf(reasonCodes) }, NOTE, BY, EXPIRES],
  async run(context) {
    const missing = required(context, 'decision', 'priority', 'reason', 'note', 'by');
    return missing === undefined ? reviewed(context, 'override', { id: context.positionals[0], ...given(context, 'decision', 'priority', 'reason', 'note', 'by', 'expires') }) : context.usage(`--${missing} is missing`);
  },
};
export const approve: Command = { name: 'approve', arguments: 'ID', positionals: [1, 1], options: [BY, NOTE], summary: 'let the decision stand and what waits for it go out', run: (context) => reviewed(context, 'approve', { id: context.positionals[0], ...given(context, 'by', 'note') }) };
export const reject: Command = { name: 'reject', arguments: 'ID', positionals: [1, 1], options: [BY, NOTE], summary: 'turn the decision down; nothing of it goes out', run: (context) => reviewed(context, 'reject', { id: context.positionals[0], ...given(context, 'by', 'note') }) };
export const answer: Command = {
  name: 'answer', arguments: 'ID', positionals: [1, 1], summary: 'supply a missing claim; recorded as evidence with its author, and expiring',
  options: [{ name: 'claim', value: 'C', help: 'which claim' }, { name: 'value', value: 'V', help: 'true, false, a level, a count or a name' }, BY, NOTE, EXPIRES],
  async run(context) {
    const missing = required(context, 'claim', 'value', 'by');
    if (missing !== undefined) return context.usage(`--${missing} is missing`);
    const value = readAnswer(text(context.values['claim']) ?? '', text(context.values['value']) ?? '');
    if (!value.ok) return context.usage(value.error);
    return thenTriage(context, 'answer', { id: context.positionals[0], ...given(context, 'claim', 'value', 'by', 'note', 'expires') });
  },
};
export const split: Command = {
  name: 'split', arguments: 'ID', positionals: [1, 10_000], summary: 'take findings out of an incident; remembered for later runs', options: [{ name: 'finding', value: 'F', many: true, help: 'a finding that leaves (more may follow)' }, BY],
  async run(context) {
    const named = context.values['finding'];
    const findings = [...(Array.isArray(named) ? named : []), ...context.positionals.slice(1)].filter((id) => id.trim() !== '');
    return findings.length === 0 ? context.usage('--finding is missing') : thenTriage(context, 'split', { id: context.positionals[0], findings, ...given(context, 'by') });
  },
};
export const merge: Command = { name: 'merge', arguments: 'ID ID…', positionals: [2, 1000], options: [BY], summary: 'make several incidents one; remembered for later runs', run: (context) => thenTriage(context, 'merge', { ids: context.positionals, ...given(context, 'by') }) };

/** A correction changes what is decided: the affected incidents are decided again at once. */
async function thenTriage(context: CommandContext, method: string, input: unknown): Promise<number> {
  return context.withEngine(false, async (engine) => {
    const result = await engine.request(method, input);
    if (!result.ok) return context.fail(result.error);
    const again = await engine.request('triage', {});
    const r = result.value as Reviewed;
    if (!again.ok) return context.fail(`${r.incident}: ${r.message}. This is recorded, but what follows from it could not be decided: ${again.error}. "winnow triage" does so`);
    const report = again.value as TriageReport;
    const detail = await engine.request('show', { id: r.incident });
    const now = detail.ok ? (detail.value as IncidentDetail) : undefined;
    context.print({ ...r, triage: now?.triage ?? null, decided: report.run.decided, cancelled: report.run.cancelled }, () => `${r.incident}: ${printable(r.message)}\n${report.run.cancelled ? 'It is recorded. Stopped before everything was decided again; "winnow triage" goes on.' : `Now: ${now?.triage ? `${now.triage.decision} ${now.triage.priority}` : 'no decision'} (${report.run.decided} decided again)`}`);
    return report.run.cancelled ? EXIT.problem : EXIT.done;
  });
}

export const replay: Command = {
  name: 'replay', arguments: '[ID]', positionals: [0, 1], summary: 'make recorded decisions again from the recording: no graph, no network, no model',
  options: [{ name: 'engine', value: 'auto|rules|agent', help: 'only what this engine decided (default auto: all)', takes: oneOf(ENGINES) }],
  run: (context) => context.look(async (engine) => {
    const result = await engine.request('replay', { ...(context.positionals[0] !== undefined && { id: context.positionals[0] }), ...given(context, 'engine') });
    if (!result.ok) return context.fail(result.error);
    const report = result.value as ReplayReport;
    context.print(report, () => printReplay(report));
    return report.counts.different === 0 && !report.cancelled ? EXIT.done : EXIT.problem;
  }),
};

function printReplay(report: ReplayReport): string {
  const { counts } = report;
  const differing = report.replayed.filter((r) => !r.identical);
  const lines = differing.slice(0, 20).flatMap((r: Replayed) => [`${r.incident} (${r.decision_id}) differs${r.error === undefined ? ':' : `: ${r.error}`}`, ...r.differences.slice(0, 5).map((d) => `  ${d.path}: recorded ${printable(JSON.stringify(d.recorded))}, replayed ${printable(JSON.stringify(d.replayed))}`)]);
  return [...lines, `${counts.identical} of ${counts.decisions - counts.by_people} recorded decisions are identical${counts.by_people > 0 ? `; ${counts.by_people} ${counts.by_people === 1 ? 'was' : 'were'} made by people` : ''}.${report.cancelled ? ' Stopped before all were replayed.' : ''}`].join('\n');
}
