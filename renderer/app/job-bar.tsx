import { useEffect, useState } from 'react';
import type { Job } from '#shared/rpc/schemas.ts';
import { call } from '../state/bridge.ts';
import { trustWorkspace } from '../state/desktop.ts';
import { refreshReads, useRead } from '../state/reads.ts';
import { useStore } from '../state/store.ts';
import { dropPending, sendAgain, undoLast } from '../state/writes.ts';
import { Button } from '../ui/button.tsx';
import { formatCount } from '../ui/format.ts';
import { Icon } from '../ui/icons.tsx';
import { Kbd } from '../ui/kbd.tsx';
import { jobWords } from './job-words.ts';

/** What runs, what waits, what can be taken back, and whether the record is whole. */
export function JobBar() {
  const openDialog = useStore((s) => s.openDialog);
  return (
    <footer className="jobs" aria-label="Jobs">
      <EngineNotice /><Untrusted /><Jobs />
      <span className="grow" />
      <Trouble /><PendingWrites /><Held /><Audit />
      <button type="button" className="job" onClick={() => openDialog({ kind: 'shortcuts' })}><Kbd keys="?" /> Shortcuts</button>
    </footer>
  );
}

const notices = { connecting: 'Connecting to the engine', lost: 'The engine is gone. Reconnecting; the workspace file is safe', restarting: 'The engine is starting again' } as const;

function EngineNotice() {
  const state = useStore((s) => s.engine.state);
  const why = useStore((s) => s.engine.why);
  if (state === 'ready' || state === 'no_session') return null;
  return <><div className={`job${state === 'lost' ? ' trouble' : ''}`} role="status" title={why ?? undefined}><Icon name={state === 'lost' ? 'warn' : 'replay'} size="m" />{state === 'connecting' && why !== null ? why : notices[state]}</div><span className="v" /></>;
}

/** A workspace from elsewhere is paused until someone who knows where it comes from says so; the question itself is asked by the system. */
function Untrusted() {
  const { value: info } = useRead('workspace.info', {});
  const [problem, setProblem] = useState<string | null>(null);
  if (info === undefined || info.trusted) return null;
  const ask = async (): Promise<void> => { const answer = await trustWorkspace(); setProblem(answer.ok ? null : answer.error); refreshReads((name) => name === 'workspace.info'); };
  return <><div className="job trouble" role="status" title={problem ?? 'It was not made by this installation. Trust it if you know where it comes from.'}><Icon name="hand" size="m" />Paused: this workspace comes from elsewhere<Button small onClick={() => { void ask(); }}>Trust it</Button></div><span className="v" /></>;
}

function Jobs() {
  const jobs = useStore((s) => s.jobs);
  if (jobs.length === 0) return <span className="job">No jobs running</span>;
  return jobs.map((job, i) => <span key={job.job} className="jobs-one">{i > 0 && <span className="v hide-s" />}<JobLine job={job} isFirst={i === 0} /></span>);
}

function JobLine({ job, isFirst }: { readonly job: Job; readonly isFirst: boolean }) {
  const share = job.total > 0 ? Math.min(1, job.done / job.total) : 0;
  return (
    <div className={`job${isFirst ? '' : ' hide-s'}`}>
      <b>{job.job.charAt(0).toUpperCase() + job.job.slice(1)}</b>{job.detail !== undefined && <span className="hide-s clip job-detail" title={job.detail}>{job.detail}</span>}
      <i role="progressbar" aria-label={job.job} aria-valuemin={0} aria-valuemax={job.total} aria-valuenow={job.done} style={{ '--p': `${Math.round(share * 100)}%` }} />
      <span>{jobWords(job)}</span>
      <Button look="ghost" small onClick={() => { void call('jobs.cancel', {}); }}>Cancel</Button>
    </div>
  );
}

/** The last review while what it set free is held: undo is real for so long, and stays possible afterwards from the journal. */
function Held() {
  const last = useStore((s) => s.undo.at(-1));
  const many = useStore((s) => s.undo.length);
  const openDialog = useStore((s) => s.openDialog);
  const now = useSeconds(last?.until);
  if (last === undefined) return null;
  const left = Math.ceil((last.until - now) / 1000);
  return <><div className="job" role="status">{last.label}{left > 0 && <>, held for <b>{left} s</b></>}<Button small icon="undo" keys="mod+z" onClick={() => { void undoLast(); }}>Undo</Button>{many > 1 && <Button small look="ghost" className="hide-s" title="All reviews of this window that can be undone" onClick={() => openDialog({ kind: 'journal' })}>{formatCount(many)} in the journal</Button>}</div><span className="v" /></>;
}

/** The time in ms, every second until `until` has passed. */
function useSeconds(until: number | undefined): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    setNow(Date.now());
    if (until === undefined) return;
    const timer = setInterval(() => { setNow(Date.now()); if (Date.now() > until) clearInterval(timer); }, 250);
    return () => clearInterval(timer);
  }, [until]);
  return now;
}

function Trouble() {
  const trouble = useStore((s) => s.trouble);
  const setTrouble = useStore((s) => s.setTrouble);
  if (trouble === null) return null;
  return <><div className="job trouble" role="alert"><Icon name="warn" size="m" /><span className="clip job-trouble" title={trouble}>{trouble}</span><Button small look="ghost" icon="x" label="Close" onClick={() => setTrouble(null)} /></div><span className="v" /></>;
}

function PendingWrites() {
  const pending = useStore((s) => s.pending);
  const [first] = pending;
  if (first === undefined) return null;
  const words = first.state === 'waiting' ? 'waits for the engine' : first.state === 'checking' ? 'had no answer; it will be looked up' : 'had no answer: did it happen?';
  return (
    <><div className="job" role="status"><Icon name="hour" size="m" /><span>{first.label} {words}{pending.length > 1 && `, ${pending.length - 1} more`}</span>
      {first.state === 'unsure' && <Button small onClick={() => { void sendAgain(first); }}>Do it again</Button>}
      {first.state !== 'checking' && <Button small look="ghost" onClick={() => dropPending(first.key)}>{first.state === 'unsure' ? 'It did' : 'Drop'}</Button>}</div><span className="v" /></>
  );
}

const WALKED_ROWS = 5000, REST_MS = 2000;

function Audit() {
  const { value: info } = useRead('workspace.info', {});
  const [checked, setChecked] = useState<{ readonly valid: boolean; readonly rows: number; readonly why: string | null } | null>(null);
  const length = info?.audit.rows ?? 0;
  // A short chain is walked by itself whenever it has grown and rested; a long one when somebody asks.
  useEffect(() => {
    if (length === 0 || length > WALKED_ROWS) return;
    const timer = setTimeout(() => { void call('workspace.verifyAudit', {}).then((result) => { if (result.ok) setChecked(result.value); }); }, REST_MS);
    return () => clearTimeout(timer);
  }, [length]);
  if (info === undefined) return null;
  const rows = checked?.rows ?? info.audit.rows, valid = checked?.rows === info.audit.rows ? checked.valid : info.audit.valid;
  const verify = async (): Promise<void> => { const result = await call('workspace.verifyAudit', {}); if (result.ok) { setChecked(result.value); refreshReads((name) => name === 'workspace.info'); } };
  return (
    <><button type="button" className={`job hide-s${valid === false ? ' trouble' : ''}`} title={checked?.why ?? 'Check the hash chain of everything that was decided and reviewed'} onClick={() => { void verify(); }}>
      {valid === true && <span className="st ok"><Icon name="check" size="m" /></span>}{valid === false && <Icon name="warn" size="m" />}
      {valid === true ? 'Audit verified' : valid === false ? 'Audit broken' : 'Audit not checked'}, {formatCount(rows)} rows</button><span className="v hide-s" /></>
  );
}
