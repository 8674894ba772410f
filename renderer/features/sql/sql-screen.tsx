import { autocompletion, completionKeymap } from '@codemirror/autocomplete';
import { SQLite, sql } from '@codemirror/lang-sql';
import type { Extension } from '@codemirror/state';
import { keymap } from '@codemirror/view';
import { useMemo, useRef, useState } from 'react';
import { useCommands } from '../../state/commands.ts';
import { useRead } from '../../state/reads.ts';
import { useStore } from '../../state/store.ts';
import { Button } from '../../ui/button.tsx';
import { CodeEditor, type EditorHandle } from '../../ui/code-editor.tsx';
import { sqlMarks } from '../../ui/code-theme.ts';
import { formatClock, formatCount, formatDuration, plural } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import { Menu } from '../../ui/menu.tsx';
import { saveFile } from '../../ui/save-file.ts';
import { ScreenHead } from '../../ui/screen-head.tsx';
import { EmptyState, ErrorState, LoadingState } from '../../ui/states.tsx';
import { toCsv, toJson } from './export-rows.ts';
import { ResultGrid } from './result-grid.tsx';
import { runQuery, stopQuery } from './run-query.ts';
import { type Schema, SchemaTree } from './schema-tree.tsx';
import { type Answer, useSession } from './session.ts';
import './sql.css';

const limits = [1000, 10_000, 100_000] as const;

/** The workspace as tables: one read-only statement at a time. */
export function SqlScreen() {
  const { value: schema } = useRead('sql.schema', {});
  const stored = useSession((s) => s.text);
  const text = stored === null || stored === '' ? firstQuery(schema) : stored;
  const setText = useSession((s) => s.setText);
  const outcome = useSession((s) => s.outcome);
  const [limit, setLimit] = useState<number>(limits[0]);
  const editor = useRef<EditorHandle>(null);
  const language = useLanguage(schema);
  const run = (): void => { void runQuery(editor.current?.selected() || text, limit); };
  const group = 'SQL';
  const answer = outcome.kind === 'answer' ? outcome.answer : undefined;
  const blocked = answer === undefined ? { blocked: 'No result yet' } : {};
  useCommands([
    { id: 'sql-run', title: 'Run the statement', group, keys: 'mod+enter', anywhere: true, run },
    { id: 'sql-edit', title: 'To the editor', group, keys: '/', run: () => editor.current?.focus() },
    { id: 'sql-csv', title: 'Export the result as CSV', group, ...blocked, run: () => { if (answer) exportCsv(answer); } },
    { id: 'sql-json', title: 'Export the result as JSON', group, ...blocked, run: () => { if (answer) exportJson(answer); } },
  ]);
  return (
    <div className="s-sql">
      <aside aria-label="Schema"><h2 className="head">Schema</h2><SchemaTree onInsert={(name) => editor.current?.insert(name)} /></aside>
      <section className="work" aria-label="SQL">
        <ScreenHead title="SQL" actions={<>
          <HistoryMenu onPick={(chosen) => { setText(chosen); editor.current?.focus(); }} />
          <Menu className="btn ghost sm" align="right" label={`Up to ${formatCount(limit)} rows`} trigger={<>{formatCount(limit)} rows<Icon name="down" size="s" /></>} items={limits.map((n) => ({ id: String(n), label: `Up to ${formatCount(n)} rows`, checked: n === limit }))} onPick={(id) => setLimit(Number(id))} />
          {outcome.kind === 'running' ? <Button small icon="x" onClick={stopQuery}>Stop waiting</Button> : <Button small look="primary" keys="mod+enter" disabled={text.trim() === ''} onClick={run}>Run</Button>}
        </>}>Read-only: one statement, 10 s, nothing is changed</ScreenHead>
        <div className="pen"><CodeEditor ref={editor} label="SQL statement. Control or Command Enter runs it" value={text} onChange={setText} language={language} /></div>
        <Result />
      </section>
    </div>
  );
}

/** What the result box holds. */
function Result() {
  const outcome = useSession((s) => s.outcome);
  if (outcome.kind === 'running') return <LoadingState what="the rows" rows={10} />;
  if (outcome.kind === 'failed') return <ErrorState title="The statement did not run" message={outcome.why} good="Nothing was changed: statements only read. The text above is as it was." />;
  if (outcome.kind === 'none') return <EmptyState icon="db" title="No result yet">Names in the tree at the left write themselves into the statement. A selected part of the text runs alone.</EmptyState>;
  const { answer } = outcome;
  return (
    <>
      <div className="bar" role="status">
        <b>{plural(answer.rows.length, 'row')}</b><span className="dim">{formatDuration(answer.ms)}</span>
        {answer.truncated && <span className="cut"><Icon name="warn" size="m" />Cut off after {formatCount(answer.rows.length)} rows: there are more</span>}
        <span className="grow" />
        <Button small icon="egress" disabled={answer.columns.length === 0} title="Text that starts like a formula gets an apostrophe, so that no spreadsheet runs it" onClick={() => exportCsv(answer)}>CSV</Button>
        <Button small icon="egress" disabled={answer.columns.length === 0} onClick={() => exportJson(answer)}>JSON</Button>
      </div>
      {answer.rows.length === 0 ? <EmptyState icon="hollow" title="No row fits">{answer.columns.length > 0 && <>Columns: <span className="mono">{answer.columns.join(', ')}</span></>}</EmptyState> : <ResultGrid key={answer.sql} answer={answer} />}
    </>
  );
}

function HistoryMenu({ onPick }: { readonly onPick: (sql: string) => void }) {
  const history = useSession((s) => s.history);
  const forget = useSession((s) => s.forget);
  const zone = useStore((s) => s.preferences.zone);
  const items = [
    ...history.map((ran, i) => ({ id: String(i), label: ran.sql.replaceAll(/\s+/g, ' ').slice(0, 80), hint: `${ran.why === null ? plural(ran.rows ?? 0, 'row') : 'failed'}, ${formatClock(ran.at, zone)}`, group: 'In this session' })),
    ...(history.length > 0 ? [{ id: 'forget', label: 'Forget them', icon: 'x' as const, group: 'All' }] : []),
  ];
  return <Menu className="btn ghost sm" align="right" label="History" empty="Nothing was run in this session" trigger={<><Icon name="clock" size="m" />History{history.length > 0 && <span className="dim tabnum">{history.length}</span>}<Icon name="down" size="s" /></>} items={items} onPick={(id) => { if (id === 'forget') forget(); else { const ran = history[Number(id)]; if (ran) onPick(ran.sql); } }} />;
}

function useLanguage(schema: Schema | undefined): Extension {
  return useMemo(() => [
    sql({ dialect: SQLite, upperCaseKeywords: true, schema: Object.fromEntries((schema ?? []).map(({ table, columns }) => [table, columns.map((c) => ({ label: c.name, detail: c.type.toLowerCase() }))])) }),
    autocompletion({ icons: false }), keymap.of([...completionKeymap]), sqlMarks,
  ], [schema]);
}

/** A statement to start from that fits this workspace: its incidents, or else its first table. */
export function firstQuery(schema: Schema | undefined): string {
  const table = schema?.find((t) => t.table === 'v_incidents') ?? schema?.find((t) => t.table === 'incidents') ?? schema?.[0];
  return table === undefined ? '' : `SELECT *\nFROM ${table.table}\nLIMIT 100;`;
}

const fileName = (ending: string): string => `winnow-${new Date().toISOString().slice(0, 19).replaceAll(/[:T]/g, '-')}.${ending}`;
const exportCsv = (answer: Answer): void => saveFile(fileName('csv'), 'text/csv;charset=utf-8', toCsv(answer));
const exportJson = (answer: Answer): void => saveFile(fileName('json'), 'application/json', toJson(answer));
