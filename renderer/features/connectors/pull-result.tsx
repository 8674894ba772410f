import { gapPlaces } from '#shared/model/pull.ts';
import { useStore } from '../../state/store.ts';
import { formatCount, plural } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import type { Pull } from './connector-view.ts';

/** How far it is; the job bar says the same from every screen. */
export function PullProgress({ job }: { readonly job: 'preflight' | 'pull' }) {
  const running = useStore((s) => s.jobs.find((known) => known.job === job));
  const known = running !== undefined && running.total > 0 ? { value: running.done, max: running.total } : {};
  return (
    <section className="progress"><div className="line"><h3>{job === 'pull' ? 'Pulling' : 'Trying permissions'}</h3><span className="tabnum sub">{running === undefined ? 'connecting' : `${formatCount(running.done)}${running.total > 0 ? ` of ${formatCount(running.total)}` : ''} ${running.unit}`}</span></div>
      <progress {...known} aria-label={job === 'pull' ? 'Pull' : 'Preflight'} />
      {/* Before anything is counted it may say where to sign in. */}
      <p className={running !== undefined && running.total > 0 ? 'dim clip' : undefined} title={running?.detail}>{running?.detail ?? 'Finding credentials and asking who we are.'}</p></section>
  );
}

/** What came of a pull, and what stays unknown. */
export function PullResult({ pull, decided }: { readonly pull: Pull; readonly decided: number }) {
  const { resources, units } = pull;
  return (
    <section><h3>{pull.state === 'done' ? 'Pulled' : pull.why === 'cancelled' ? 'Stopped' : 'Cut'}</h3>
      <p className="sub"><b className="mono">{pull.target}</b> as <span className="mono">{pull.principal}</span></p>
      {pull.state !== 'done' && pull.why !== 'cancelled' && <p className="bad" role="alert">{pull.why}</p>}
      {pull.state !== 'done' && <p>What came is kept. “Go on” asks only for the rest.</p>}
      <dl className="figures"><div><dt>New</dt><dd>{formatCount(resources.new)}</dd></div><div><dt>Changed</dt><dd>{formatCount(resources.changed)}</dd></div><div><dt>Unchanged</dt><dd>{formatCount(resources.unchanged)}</dd></div><div><dt>Gone</dt><dd>{formatCount(resources.closed)}</dd></div><div><dt>Decided again</dt><dd>{formatCount(decided)}</dd></div></dl>
      <p className="sub tabnum">{formatCount(units.done)} of {plural(units.planned, 'call')} done, {formatCount(units.absent)} with nothing to ask, {plural(pull.requests, 'request')}, {formatCount(pull.retries)} repeated{pull.quarantined > 0 ? `; ${plural(pull.quarantined, 'record')} could not be read` : ''}.</p>
      {pull.gaps.length === 0 ? pull.state === 'done' && <p><span className="okv"><Icon name="check" size="s" /></span>Nothing was denied.</p>
        : <><h4 className="head">Not read</h4><ul className="gaps">{pull.gaps.map((gap) => <li key={`${gap.call} ${gap.state}`}><span><b className="mono">{gap.call}</b> <span className="no">{gap.state}</span> {gapPlaces(gap, pull.target)}</span><span className="sub">{gap.evidence} stays unknown ({gap.says}){gap.permissions.length > 0 && <> <span className="mono dim">{gap.permissions.join(', ')}</span></>}</span></li>)}</ul></>}
    </section>
  );
}
