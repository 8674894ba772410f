import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, type Command } from './command.ts';
import type { IncidentDetail, ListedIncident } from '../handlers/incidents.ts';
import { listIncidents } from './list-incidents.ts';
import type { IngestReport } from '../handlers/ingest.ts';
import type { TriageReport } from '../handlers/triage.ts';
import { printCounts, printIncident, printQueue } from './print-incidents.ts';

/** The demo's own workspace: made anew each time, so that the demo never touches a real one. */
const DEMO_FILE = 'winnow-demo.db';

export const demo: Command = {
  name: 'demo', arguments: '', positionals: [0, 0], options: [], summary: `build ${DEMO_FILE} from the bundled examples, triage it and print the result`,
  async run(context) {
    const file = typeof context.values['workspace'] === 'string' ? context.values['workspace'] : DEMO_FILE;
    if (file !== DEMO_FILE && existsSync(file)) return context.usage(`${file} is there already; the demo makes a new workspace`);
    for (const suffix of ['', '-wal', '-shm', '-lock']) if (file === DEMO_FILE) rmSync(`${file}${suffix}`, { force: true });
    context.say('Reading the bundled examples: a small company with two AWS accounts, 90 days of logs, five tools …');
    return context.withEngine(true, async (engine) => {
      const ingested = await engine.request('ingest', { paths: ['aws-config', 'iam', 'cloudtrail', 'findings', 'policy.yaml'].map((d) => join(context.rootDir, 'resources', 'examples', d)) });
      if (!ingested.ok) return context.fail(ingested.error);
      const triaged = await engine.request('triage', {});
      if (!triaged.ok) return context.fail(triaged.error);
      const report = triaged.value as TriageReport;
      const list = await listIncidents(engine);
      if (!list.ok) return context.fail(list.error);
      const { incidents } = list.value;
      const star = incidents.find((i) => i.incident.entity.endsWith(':backup-dev-legacy')) ?? incidents[0];
      const shown = star === undefined ? undefined : await engine.request('show', { id: star.incident.id });
      const detail = shown?.ok ? (shown.value as IncidentDetail) : undefined;
      context.print({ incidents, counts: report.counts, run: report.run, ingest: ingested.value, example: detail ?? null }, () => printDemo(ingested.value as IngestReport, { incidents, counts: report.counts }, detail, file));
      return EXIT.done;
    }, file);
  },
};

function printDemo(ingested: IngestReport, report: { readonly incidents: readonly ListedIncident[]; readonly counts: TriageReport['counts'] }, detail: IncidentDetail | undefined, file: string): string {
  const n = (key: string) => ingested.counts[key] ?? 0;
  return [
    `Read ${n('files')} files: ${n('findings')} findings, ${n('events')} log events, ${n('resources')} resources.`, '', printQueue(report), '', printCounts(report.counts), '',
    ...(detail ? ['One decision in full: the bucket that wakes people at 3 AM', '─'.repeat(72), printIncident(detail), ''] : []),
    'How to go on', `  npm run -s winnow -- show INC-…  --workspace ${file}     any other incident`, `  npm run -s winnow -- trace ${detail?.incident.id ?? 'INC-…'} --workspace ${file}     every tool call behind a decision`,
    `  npm run -s winnow -- replay --workspace ${file}         decide all of it again from the recording`, '  npm run -s winnow -- ingest YOUR-EXPORTS                your own files, into winnow.db; then "triage"',
    '  The workbench (desktop and browser) is not in this version yet; everything is on the command line ("npm run -s winnow -- help").',
  ].join('\n');
}

export const start: Command = {
  name: 'start', arguments: '', positionals: [0, 0], options: [], summary: 'open the workbench (not in this version)',
  run: (context) => Promise.resolve(context.usage('the workbench is not in this version yet; "winnow help" lists what the command line does, "npm run demo" shows it')),
};
