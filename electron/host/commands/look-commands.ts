import { EXIT, text, type Command } from './command.ts';
import { look } from './data-commands.ts';
import { queryInput } from '../handlers/query.ts';
import { queryApart } from '../query-apart.ts';
import type { showGraph } from '../handlers/graph.ts';
import { printGraph } from './print-graph.ts';
import { printable, terminalWidth, textTable } from './text-table.ts';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

export const query: Command = {
  name: 'query', arguments: '"SELECT …"', positionals: [1, 1], summary: 'read-only SQL over the workspace (10 s, 1,000 rows unless told); what tools were called with is in recorded_calls', options: [{ name: 'limit', value: 'N', help: 'most rows' }],
  async run(context) {
    const limit = text(context.values['limit']);
    const asked = queryInput.safeParse({ sql: context.positionals[0], ...(limit !== undefined && { limit: /^\d+$/.test(limit) ? Number(limit) : 0 }) });
    if (!asked.success) return context.usage(asked.error.issues.some((i) => i.path[0] === 'limit') ? `--limit takes a number from 1 to 100000, not "${limit ?? ''}"` : 'the statement is empty');
    const answer = await queryApart(context.file, asked.data, { resourcesDir: join(context.rootDir, 'resources'), processUrl: pathToFileURL(join(context.rootDir, 'electron', 'workers', 'query-process.ts')) });
    if (answer.type === 'unopened') return context.unopened(answer.why);
    if (answer.type === 'failed') return context.fail(answer.why);
    if (answer.says !== undefined) context.say(`winnow: ${answer.says}`);
    const { columns, rows, truncated } = answer.result;
    context.print({ columns, rows: rows.map((row) => Object.fromEntries(columns.map((c, i) => [c, row[i]]))), truncated }, () => `${textTable(columns.map((head) => ({ head, shrink: true, max: 60 })), rows.map((row) => row.map((cell) => (typeof cell === 'string' ? cell : typeof cell === 'number' ? String(cell) : ''))), terminalWidth())}${rows.length === 0 ? '\n(no rows)' : ''}${truncated ? `\n… more than ${rows.length} rows; --limit N shows more` : ''}`);
    return EXIT.done;
  },
};

export const auditVerify: Command = {
  name: 'audit verify', arguments: '', positionals: [0, 0], options: [], summary: 'check the hash chain, what agents signed, and that the contents are as they were taken; exit 1 names what is not',
  async run(context) {
    const result = await (await import('../handlers/audit.ts')).verifyAudit(context.file, join(context.rootDir, 'resources'), (says) => { context.say(`winnow: ${says}`); });
    if (!result.ok) return context.unopened(result.error);
    const verdict = result.value;
    context.print(verdict, () => (verdict.changed.length > 0 ? [`The audit log itself is unbroken (${verdict.rows} rows), but what it tells of was changed:`, ...verdict.changed.map((why) => `  ${printable(why)}`)].join('\n') : verdict.valid ? `The audit log is unbroken: ${verdict.rows} rows, head ${verdict.head.slice(0, 16)}${verdict.signed > 0 ? `; ${verdict.signed} decisions and rows of agents carry a good signature` : ''}. Findings, resources, imported files, policies and answers are as they were taken.` : `The audit log is broken at row ${verdict.first_bad_seq}: ${printable(verdict.why)} (${verdict.rows} rows before it are good).`));
    return verdict.valid ? EXIT.done : EXIT.problem;
  },
};

export const graph: Command = {
  name: 'graph', arguments: 'ENTITY', positionals: [1, 1], options: [{ name: 'depth', value: 'N', help: 'hops, 1 to 6 (default 2)' }], summary: 'what is around an entity: network, identity, data, blast radius',
  async run(context) {
    const depth = text(context.values['depth']);
    if (depth !== undefined && !/^[1-6]$/.test(depth)) return context.usage(`--depth takes 1 to 6, not "${depth}"`);
    return look(context, 'graph', { entity: context.positionals[0], ...(depth !== undefined && { depth: Number(depth) }) }, (value) => { const found = value as Extract<ReturnType<typeof showGraph>, { ok: true }>['value']; return printGraph(found); });
  },
};

const later = (name: string, args: string, summary: string): Command => ({
  name, arguments: args, positionals: [0, 100], summary: `${summary} (not in this version)`, options: ['cases', 'labels', 'format', 'out', 'to', 'port', 'model'].map((o) => ({ name: o, value: 'X', help: '' })),
  run: (context) => Promise.resolve(context.usage(`"${name}" is not in this version yet`)),
});
/** Commands of the product that later issues bring: they say so. */
export const notYet: readonly Command[] = [
  later('report', 'ID', 'a report to hand over'), later('bundle', 'ID', 'a signed decision bundle'), later('eval', '', 'the six figures'),
];
