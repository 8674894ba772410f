import { existsSync, rmSync } from 'node:fs';
import { DEMO_FILE, fillDemo } from '../demo.ts';
import { EXIT, type Command } from './command.ts';
import type { IncidentDetail, ListedIncident } from '../handlers/incidents.ts';
import { listIncidents } from './list-incidents.ts';
import type { IngestReport } from '../handlers/ingest.ts';
import type { TriageReport } from '../handlers/triage.ts';
import { printCounts, printIncident, printQueue } from './print-incidents.ts';

export const demo: Command = {
  name: 'demo', arguments: '', positionals: [0, 0], options: [], summary: `build ${DEMO_FILE} from the bundled examples, triage it and print the result`,
  async run(context) {
    const file = typeof context.values['workspace'] === 'string' ? context.values['workspace'] : DEMO_FILE;
    if (file !== DEMO_FILE && existsSync(file)) return context.usage(`${file} is there already; the demo makes a new workspace`);
    for (const suffix of ['', '-wal', '-shm', '-lock']) if (file === DEMO_FILE) rmSync(`${file}${suffix}`, { force: true });
    context.say('Reading the bundled examples: a small company with two AWS accounts, 90 days of logs, five tools …');
    return context.withEngine(true, async (engine) => {
      const filled = await fillDemo(engine, context.rootDir);
      if (!filled.ok) return context.fail(filled.error);
      const { ingested, report } = filled.value;
      if (ingested.cancelled || report.run.cancelled) return context.fail('the demo was not finished; the same command makes it anew');
      const list = await listIncidents(engine);
      if (!list.ok) return context.fail(list.error);
      const { incidents } = list.value;
      const star = incidents.find((i) => i.incident.entity.endsWith(':backup-dev-legacy')) ?? incidents[0];
      const shown = star === undefined ? undefined : await engine.request('show', { id: star.incident.id });
      const detail = shown?.ok ? (shown.value as IncidentDetail) : undefined;
      context.print({ incidents, counts: report.counts, run: report.run, ingest: ingested, example: detail ?? null }, () => printDemo(ingested, { incidents, counts: report.counts }, detail, file));
      return EXIT.done;
    }, { file, quiet: true });
  },
};

function printDemo(ingested: IngestReport, report: { readonly incidents: readonly ListedIncident[]; readonly counts: TriageReport['counts'] }, detail: IncidentDetail | undefined, file: string): string {
  const n = (key: string) => ingested.counts[key] ?? 0;
  return [
    `Read ${n('files')} files: ${n('findings')} findings, ${n('events')} log events, ${n('resources')} resources.`, '', printQueue(report), '', printCounts(report.counts), '',
    ...(detail ? ['One decision in full: the bucket that wakes people at 3 AM', '─'.repeat(72), printIncident(detail), ''] : []),
    'How to go on', `  npm run -s winnow -- show INC-…  --workspace ${file}     any other incident`, `  npm run -s winnow -- trace ${detail?.incident.id ?? 'INC-…'} --workspace ${file}     every tool call behind a decision`,
    `  npm run -s winnow -- replay --workspace ${file}         decide all of it again from the recording`, '  npm run -s winnow -- ingest YOUR-EXPORTS                your own files, into winnow.db; then "triage"',
    '  npm start                                               the same in the workbench; "npm run -s winnow -- help" lists the command line',
  ].join('\n');
}
