import { EXIT, text, type Command, type CommandContext } from './command.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from '../engine-client.ts';
import type { FileReport } from '../ingest.ts';
import type { IngestReport } from '../handlers/ingest.ts';
import { printable, terminalWidth, textTable } from './text-table.ts';
import { readProblem } from '../find-files.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import { stringify } from 'yaml';
import { issueTypes } from '#shared/model/issue-types.ts';

const MOST_QUARANTINED = 10;

export const ingest: Command = {
  name: 'ingest', arguments: 'PATH… or -', positionals: [1, 10_000],
  summary: 'read findings, alerts, logs, inventory and policy; the format is told from the content',
  options: [{ name: 'format', value: 'F', help: 'read as this format instead ("winnow formats")' }, { name: 'cluster', value: 'NAME', help: 'the cluster that Kubernetes objects are of; without it those of two clusters fall together' }],
  async run(context) {
    const cluster = text(context.values['cluster']);
    if (cluster !== undefined && !/^\S+$/.test(cluster)) return context.usage(`--cluster takes a name without spaces, not "${cluster}"`);
    const spooled = context.positionals.includes('-') ? await spoolStdin() : ok(undefined);
    if (!spooled.ok) return context.fail(spooled.error);
    const spool = spooled.value;
    try {
      const paths = context.positionals.map((p) => (p === '-' && spool ? spool.file : p));
      return await context.withEngine(true, async (engine) => {
        const result = await engine.request('ingest', { paths, ...(text(context.values['format']) !== undefined && { format: text(context.values['format']) }), ...(cluster !== undefined && { cluster }) });
        if (!result.ok) return context.fail(result.error);
        const report = result.value as IngestReport;
        const named = { ...report, files: report.files.map((f) => (spool && f.path === spool.file ? { ...f, path: '-' } : f)) };
        context.print(named, () => printIngest(named));
        return report.counts['not_recognized'] === 0 && report.counts['quarantined'] === 0 && !report.cancelled ? EXIT.done : EXIT.problem;
      });
    } finally { await spool?.remove(); }
  },
};

/** Standard input goes through a file, as large documents are read twice and the bytes are kept. */
async function spoolStdin(): Promise<Result<{ file: string; remove: () => Promise<void> }>> {
  let dir: string | undefined;
  const remove = async (): Promise<void> => { if (dir !== undefined) await rm(dir, { recursive: true, force: true }); };
  try {
    dir = await mkdtemp(join(tmpdir(), 'winnow-'));
    const file = join(dir, 'stdin');
    await pipeline(process.stdin, createWriteStream(file));
    return ok({ file, remove });
  } catch (error) {
    await remove();
    return err(`standard input could not be kept in ${tmpdir()} (the folder that TMPDIR names) to be read: ${readProblem(error)}`);
  }
}

function printIngest(report: IngestReport): string {
  const rows = report.files.map((f) => [f.path, f.format ?? 'not recognized', String(f.records), String(f.new), String(f.duplicate), String(f.quarantined.length)]);
  const table = textTable([{ head: 'file', shrink: true }, { head: 'format' }, { head: 'records', align: 'right' }, { head: 'new', align: 'right' }, { head: 'duplicate', align: 'right' }, { head: 'quarantined', align: 'right' }], rows, terminalWidth());
  const problems = report.files.flatMap((f) => [
    ...(f.error === undefined ? [] : [`${printable(f.path)}: ${printable(f.error)}`]), ...(f.note === undefined ? [] : [`${printable(f.path)}: ${printable(f.note)}`]),
    ...f.quarantined.slice(0, MOST_QUARANTINED).map((q) => `${printable(f.path)}: ${q.position}: ${printable(q.why)}`),
    ...(f.quarantined.length > MOST_QUARANTINED ? [`${printable(f.path)}: and ${f.quarantined.length - MOST_QUARANTINED} more (--json lists all)`] : []),
  ]);
  const n = (key: string) => report.counts[key] ?? 0;
  const unmapped = report.unmapped_issues.length > 0 ? [`${report.unmapped_issues.length === 1 ? '1 issue type has no word in the taxonomy and keeps' : `${report.unmapped_issues.length} issue types have no word in the taxonomy and keep`} the tool's own: ${report.unmapped_issues.slice(0, 5).map((u) => `${printable(u.issue_type)} (${u.n})`).join(', ')}${report.unmapped_issues.length > 5 ? ', …' : ''} ("winnow formats --issues" lists the words)`] : [];
  return [table, ...(problems.length > 0 ? ['', ...problems] : []), '', `In the workspace: ${n('findings')} findings, ${n('events')} events, ${n('resources')} resources.`, ...unmapped, ...(report.cancelled ? ['Stopped before the end. Run the same command again to go on.'] : [])].join('\n');
}

export const policyImport: Command = {
  name: 'policy import', arguments: 'FILE', positionals: [1, 1], options: [],
  summary: 'owners, accounts, accepted risks, known-good patterns, routing rules, thresholds, field maps (YAML or JSON)',
  run: (context) => context.withEngine(true, async (engine) => {
    const result = await engine.request('policy.import', { path: context.positionals[0] });
    if (!result.ok) return context.fail(result.error);
    const report = result.value as FileReport;
    const { quarantined_records, ...rest } = report;
    context.print({ ...rest, quarantined: quarantined_records }, () => (report.quarantined > 0
      ? [`${printable(report.path)} was not imported; the policy in force stays:`, ...quarantined_records.map((q) => `  ${q.position}: ${printable(q.why)}`)].join('\n')
      : report.new > 0 ? `${printable(report.path)} is in force now.` : `${printable(report.path)} is the policy in force already.`));
    return report.quarantined > 0 ? EXIT.problem : EXIT.done;
  }),
};

export const policyShow: Command = {
  name: 'policy show', arguments: '', positionals: [0, 0], options: [], summary: 'the policy in force',
  run: (context) => look(context, 'policy.show', {}, (value) => {
    const { version, policy, source } = value as { version: number; policy: unknown; source: string };
    return `# version ${version}, from ${printable(source)}\n${stringify(policy)}`;
  }),
};

export const formats: Command = {
  name: 'formats', arguments: '', positionals: [0, 0], options: [{ name: 'issues', help: 'the issue types instead, into which what tools report is put' }], summary: 'what is read',
  async run(context) {
    if (context.values['issues'] === true) {
      const issues = Object.entries(issueTypes).map(([name, { title, family, plan }]) => ({ name, title, family, plan }));
      context.print(issues, () => textTable([{ head: 'issue type' }, { head: 'meaning', prose: true }, { head: 'cause' }, { head: 'decided as' }], issues.map((i) => [i.name, i.title, i.family, i.plan]), terminalWidth()));
      return EXIT.done;
    }
    const [{ formats: all }, { importers }] = await Promise.all([import('#electron/pipeline/normalize/formats/all.ts'), import('#electron/pipeline/graph/importers/all.ts')]);
    const list = [...all, ...importers].map((f) => ({ name: f.name, kind: f.kind, description: f.description }));
    context.print(list, () => textTable([{ head: 'format' }, { head: 'kind' }, { head: 'description', prose: true }], list.map((f) => [f.name, f.kind, f.description]), terminalWidth()));
    return EXIT.done;
  },
};

/** Sends one request and prints its value. */
export const forward = (context: CommandContext, method: string, input: unknown, print: (value: unknown) => string): Promise<number> => context.withEngine(false, ask(context, method, input, print));
/** The same for a request that changes nothing. */
export const look = (context: CommandContext, method: string, input: unknown, print: (value: unknown) => string): Promise<number> => context.look(ask(context, method, input, print));

function ask(context: CommandContext, method: string, input: unknown, print: (value: unknown) => string) {
  return async (engine: Engine): Promise<number> => {
    const result = await engine.request(method, input);
    if (!result.ok) return context.fail(result.error);
    context.print(result.value, () => print(result.value));
    return EXIT.done;
  };
}

