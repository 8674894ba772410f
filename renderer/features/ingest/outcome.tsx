import { useState } from 'react';
import { navigate } from '../../state/router.ts';
import { Button } from '../../ui/button.tsx';
import { formatCount, plural } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import { QuarantineList } from './quarantine-list.tsx';
import { type CommittedFile, sumsOf, useWaiting } from './waiting.ts';

/** What the last import brought, or why there was none. */
export function OutcomeCard() {
  const outcome = useWaiting((s) => s.outcome);
  const trouble = useWaiting((s) => s.trouble);
  const setOutcome = useWaiting((s) => s.setOutcome);
  if (trouble !== null) return <div className="outcome bad-box" role="alert"><Icon name="warn" size="m" /><p className="grow">The import did not end well: {trouble}</p><Button small look="ghost" icon="x" label="Close" onClick={() => setOutcome(null)} /></div>;
  if (outcome === null) return null;
  const { fresh, duplicate, quarantined, failed } = sumsOf(outcome.files);
  return (
    <div className="outcome" role="status">
      <div className="o-head"><span className="st ok"><Icon name="check" size="m" /></span>
        <p className="grow"><b>{formatCount(fresh)}</b> new, <b>{formatCount(duplicate)}</b> duplicate, <b>{formatCount(quarantined)}</b> quarantined in {plural(outcome.files.length, 'file')}{failed > 0 && `, ${plural(failed, 'file')} not imported`}. <b>{formatCount(outcome.decided)}</b> {outcome.decided === 1 ? 'incident' : 'incidents'} decided.</p>
        <Button small look="primary" icon="queue" onClick={() => navigate('/queue')}>To the queue</Button><Button small look="ghost" icon="x" label="Close" onClick={() => setOutcome(null)} /></div>
      <ul>{outcome.files.map((file, i) => <FileLine key={i} file={file} />)}</ul>
    </div>
  );
}

function FileLine({ file }: { readonly file: CommittedFile }) {
  const [open, setOpen] = useState(false);
  return (
    <li><div className="o-line"><span className="mono clip f-name" title={file.name}>{file.name}</span><span className="dim">{file.format ?? 'no format'}</span><span className="grow" />
      {file.error === undefined ? <span className="sub tabnum">{formatCount(file.new)} new, {formatCount(file.duplicate)} duplicate</span> : <span className="bad">{file.error}</span>}
      {file.quarantined.length > 0 && <Button small look="ghost" expanded={open} onClick={() => setOpen(!open)}>{formatCount(file.quarantined.length)} quarantined</Button>}</div>
    {open && <QuarantineList items={file.quarantined} />}</li>
  );
}
