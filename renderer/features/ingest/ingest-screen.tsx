import { useRef, useState } from 'react';
import { useCommands } from '../../state/commands.ts';
import { useRead } from '../../state/reads.ts';
import { Button } from '../../ui/button.tsx';
import { formatCount, plural } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import { ScreenHead } from '../../ui/screen-head.tsx';
import { ImportsList } from './imports-list.tsx';
import { OutcomeCard } from './outcome.tsx';
import { PreviewPane } from './preview-pane.tsx';
import { useWindowDrop } from './use-window-drop.ts';
import { WaitingList } from './waiting-list.tsx';
import { addFiles, importReady, useWaiting } from './waiting.ts';
import './ingest.css';

/** Files in: what they are, what they would become, and what came in before. */
export function IngestScreen() {
  const files = useWaiting((s) => s.files);
  const { value: info } = useRead('workspace.info', {});
  const input = useRef<HTMLInputElement>(null);
  const [chosen, setChosen] = useState<number | null>(null);
  const [folders, setFolders] = useState<readonly string[]>([]);
  const isOver = useWindowDrop((dropped, names) => { addFiles(dropped); setFolders(names); });
  const current = files.find((file) => file.key === chosen) ?? files[0];
  const ready = files.filter((file) => file.state === 'ready').length;
  const isBusy = files.some((file) => file.state === 'importing');
  const choose = (): void => input.current?.click();
  const group = 'Ingest';
  useCommands([
    { id: 'ingest-add', title: 'Choose files', group, keys: 'o', run: choose },
    { id: 'ingest-import', title: `Import ${plural(ready, 'file')}`, group, keys: 'mod+enter', ...((ready === 0 || isBusy) && { blocked: ready === 0 ? 'No file is ready' : 'An import is running' }), run: () => { void importReady(); } },
  ]);
  const counts = info?.counts ?? {};
  return (
    <div className="s-ingest">
      <ScreenHead title="Ingest" actions={<>
        <Button small icon="plus" keys="o" onClick={choose}>Choose files</Button>
        {files.some((file) => file.state !== 'unknown' && file.state !== 'failed') && <Button small look="primary" icon="tray" keys="mod+enter" disabled={ready === 0 || isBusy} onClick={() => { void importReady(); }}>{isBusy ? 'Importing' : `Import ${plural(ready, 'file')}`}</Button>}
      </>}><b>{formatCount(counts['findings'] ?? 0)}</b> findings, <b>{formatCount(counts['events'] ?? 0)}</b> events, <b>{formatCount(counts['resources'] ?? 0)}</b> resources in this workspace</ScreenHead>
      <input ref={input} type="file" multiple hidden aria-label="Files to import" onChange={(event) => { addFiles([...(event.target.files ?? [])]); setFolders([]); event.target.value = ''; }} />
      <div className="page">
        <OutcomeCard />
        {folders.length > 0 && <p className="sub folders" role="status">A window can't read folders ({folders.join(', ')}). Choose the files in it, or run <span className="mono">npm run -s winnow -- ingest FOLDER</span>.</p>}
        {files.length === 0 ? <DropZone isOver={isOver} onChoose={choose} /> : <div className="bring"><WaitingList current={current?.key ?? null} onPick={setChosen} />{current && <PreviewPane file={current} />}</div>}
        <h2 className="sec-h">Earlier imports</h2>
        <ImportsList />
      </div>
      {isOver && <div className="over" aria-hidden="true"><Icon name="tray" /><p>Drop to look at them. Nothing is imported yet.</p></div>}
    </div>
  );
}

function DropZone({ isOver, onChoose }: { readonly isOver: boolean; readonly onChoose: () => void }) {
  return (
    <button type="button" className={`drop${isOver ? ' on' : ''}`} onClick={onChoose}>
      <Icon name="tray" /><b>Drop files anywhere in this window, or press to choose</b>
      <span>Findings of scanners, cloud inventory, identity exports, logs and policies: JSON, JSON lines, CSV, SARIF, gzip. The format is found by content. They stay on this machine.</span>
    </button>
  );
}
