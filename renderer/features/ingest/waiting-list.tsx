import { Button } from '../../ui/button.tsx';
import { formatBytes, formatCount, plural } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import { type WaitingFile, useWaiting } from './waiting.ts';

const words = { sending: 'being handed over', reading: 'being looked at', ready: 'ready', unknown: 'no known format', failed: 'failed', importing: 'being imported' } as const;

/** The files that wait, each with what it was recognized as. */
export function WaitingList({ current, onPick }: { readonly current: number | null; readonly onPick: (key: number) => void }) {
  const files = useWaiting((s) => s.files);
  const drop = useWaiting((s) => s.drop);
  return (
    <ul className="waiting" aria-label="Files to import">
      {files.map((file) => (
        <li key={file.key} className={file.key === current ? 'cur' : undefined}>
          <button type="button" className="pickf" aria-pressed={file.key === current} onClick={() => onPick(file.key)}>
            <StateIcon file={file} /><span className="mono clip f-name" title={file.name}>{file.name}</span><span className="dim num">{formatBytes(file.bytes)}</span>
            <span className="clip">{file.preview?.format == null ? <span className={file.state === 'failed' ? 'bad' : 'sub'}>{words[file.state]}</span> : <><b>{file.preview.format}</b><span className="dim"> {file.preview.kind}</span></>}</span>
            <span className="num sub">{file.preview?.format != null && `${file.preview.complete ? '' : '≥ '}${plural(file.preview.records, 'record')}`}</span>
            <span className="num">{(file.preview?.quarantined.length ?? 0) > 0 && `${formatCount(file.preview?.quarantined.length ?? 0)} quarantined`}</span>
          </button>
          <Button small look="ghost" icon="x" label={`Leave ${file.name} out`} disabled={file.state === 'importing'} onClick={() => drop(file.key)} />
        </li>
      ))}
    </ul>
  );
}

function StateIcon({ file }: { readonly file: WaitingFile }) {
  const icon = file.state === 'ready' ? 'check' : file.state === 'unknown' ? 'hollow' : file.state === 'failed' ? 'warn' : 'hour';
  return <span className={`st${file.state === 'failed' ? ' bad' : ''}`}><Icon name={icon} size="m" /><span className="vh">{words[file.state]}</span></span>;
}
