import { useState } from 'react';
import type { OutputOf } from '../../state/calls.ts';
import { refreshReads, useRead } from '../../state/reads.ts';
import { plural } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import { ErrorState, LoadingState } from '../../ui/states.tsx';

export type Schema = OutputOf<'sql.schema'>;

/** Tables and views with their columns; a press writes the name into the statement. */
export function SchemaTree({ onInsert }: { readonly onInsert: (text: string) => void }) {
  const { value, problem } = useRead('sql.schema', {});
  const [find, setFind] = useState('');
  if (value === undefined) return problem?.kind === 'failed' ? <ErrorState title="The schema can't be read" message={problem.message} good="Statements can still be run." onRetry={() => refreshReads((name) => name === 'sql.schema')} /> : <LoadingState what="the schema" rows={14} />;
  const wanted = find.trim().toLowerCase();
  const shown = value.filter((t) => wanted === '' || t.table.toLowerCase().includes(wanted) || t.columns.some((c) => c.name.toLowerCase().includes(wanted)));
  return (
    <>
      <div className="find"><input className="input" type="search" value={find} placeholder="Find a table or column" aria-label="Find a table or column" onChange={(event) => setFind(event.target.value)} /></div>
      <div className="tree">
        {shown.length === 0 && <p className="dim none">Nothing is called that.</p>}
        {shown.map(({ table, columns }) => (
          <details key={table} open={wanted !== '' && !table.toLowerCase().includes(wanted) ? true : undefined}>
            <summary><Icon name="right" size="s" /><span className="mono clip grow" title={table}>{table}</span><span className="dim tabnum" title={plural(columns.length, 'column')}>{columns.length}<span className="vh"> columns</span></span></summary>
            <ul>
              <li><button type="button" className="col" onClick={() => onInsert(`SELECT * FROM ${table} LIMIT 100;`)}><Icon name="plus" size="s" /><span>Write a SELECT</span></button></li>
              {columns.map((column) => <li key={column.name}><button type="button" className="col" title={`Insert ${column.name}`} onClick={() => onInsert(column.name)}><span className="mono clip grow">{column.name}</span><span className="dim type">{column.type.toLowerCase()}</span></button></li>)}
            </ul>
          </details>
        ))}
      </div>
    </>
  );
}
