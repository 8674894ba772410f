import { useState } from 'react';
import { formatCount, plural } from '../../ui/format.ts';
import { EmptyState, ErrorState, LoadingState } from '../../ui/states.tsx';
import { fieldText, previewColumns } from './preview-columns.ts';
import { QuarantineList } from './quarantine-list.tsx';
import type { FilePreview, WaitingFile } from './waiting.ts';

/** What a file would become: records as they are mapped, and what can't be read. Nothing is stored by looking. */
export function PreviewPane({ file }: { readonly file: WaitingFile }) {
  const { preview } = file;
  return (
    <section className="preview" aria-label={`Preview of ${file.name}`}>
      {preview === undefined ? file.state === 'failed' ? <ErrorState title="The file can't be looked at" message={file.why ?? ''} good="Nothing of it is imported. Leave it out, or drop it again." /> : <LoadingState what={file.name} rows={6} />
        : preview.format === null ? <EmptyState icon="hollow" title="No format reads this file">{sentence(preview.why ?? 'its content fits none that is known')} It is left out of the import. A field map in the policy can teach its columns.</EmptyState>
          : <Known key={file.key} preview={preview} />}
    </section>
  );
}

/** The engine's reason as a sentence. */
const sentence = (why: string): string => `${why.charAt(0).toUpperCase()}${why.slice(1)}${/[.!?]$/.test(why) ? '' : '.'}`;

function Known({ preview }: { readonly preview: FilePreview }) {
  const { sample, quarantined, records, complete } = preview;
  const [open, setOpen] = useState<number | null>(null);
  const columns = previewColumns(sample);
  const record = open === null ? undefined : sample[open];
  return (
    <>
      <h3 className="head">{sample.length === 0 ? 'No record could be mapped' : `The first ${plural(sample.length, 'record')} as mapped`}{!complete && `, of the first ${formatCount(records)} read`}</h3>
      {sample.length > 0 && <div className="sheet"><table>
        <thead><tr><th scope="col"><span className="vh">Record</span></th>{columns.map((column) => <th key={column} scope="col" className="mono">{column}</th>)}</tr></thead>
        <tbody>{sample.map((row, i) => (
          <tr key={i} className={i === open ? 'cur' : undefined}><th scope="row"><button type="button" className="call" aria-expanded={i === open} aria-label={`Record ${i + 1} in full`} onClick={() => setOpen(i === open ? null : i)}>{i + 1}</button></th>
            {columns.map((column) => <td key={column} title={fieldText(row[column])}>{fieldText(row[column])}</td>)}</tr>
        ))}</tbody>
      </table></div>}
      {record !== undefined && <pre className="code" tabIndex={0} aria-label={`Record ${(open ?? 0) + 1}`}>{JSON.stringify(record, null, 2)}</pre>}
      {quarantined.length > 0 && <><h3 className="head">{plural(quarantined.length, 'record')} can't be read and would be quarantined; the rest is imported</h3><QuarantineList items={quarantined} /></>}
    </>
  );
}
