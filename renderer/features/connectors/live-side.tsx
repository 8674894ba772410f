import { gapPlaces } from '#shared/model/pull.ts';
import { useStore } from '../../state/store.ts';
import { Button } from '../../ui/button.tsx';
import { formatCount, formatTime, plural } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import type { Connector, Pull } from './connector-view.ts';

/** Whether a product can be asked itself, what came last, and the way to ask. */
export function LiveSide({ one, onConnect }: { readonly one: Connector; readonly onConnect: () => void }) {
  const { live } = one;
  if (live.state === 'none') return <div className="live"><h3 className="head">Live pull</h3><p className="dim">None: its exports are all it has.</p></div>;
  const isReady = live.state === 'ready';
  return (
    <div className="live"><h3 className="head">Live pull<span className="tag">{stateOf(one)}</span><span className="grow" />{isReady && <Button small icon="plug" onClick={onConnect}>{live.pull?.state === 'cut' ? 'Go on' : `Connect`}<span className="vh"> {one.name}</span></Button>}</h3>
      {live.pull !== null && <LastPull pull={live.pull} />}
      <dl className="kv"><div><dt>Uses</dt><dd>{live.credentials}</dd></div>{!isReady && <div><dt>Asks</dt><dd>{live.asks}</dd></div>}<div><dt>Sends</dt><dd>{live.egress}</dd></div>{isReady && <div><dt>Needs</dt><dd>{plural(live.permissions, 'permission')}, all read-only</dd></div>}</dl></div>
  );
}

function stateOf({ live }: Connector): string {
  if (live.state !== 'ready') return 'not in this version';
  return live.pull === null ? 'never pulled' : live.pull.state === 'running' ? 'left off' : live.pull.state === 'cut' ? 'cut' : live.pull.gaps.length > 0 ? 'pulled, with gaps' : 'pulled';
}

/** The newest pull in two lines and what it could not read. */
function LastPull({ pull }: { readonly pull: Pull }) {
  const zone = useStore((s) => s.preferences.zone);
  const { new: fresh, changed, unchanged, closed } = pull.resources;
  const shown = pull.gaps.slice(0, 2);
  return (
    <div className="last">
      <p className="tabnum"><Icon name={pull.state === 'done' ? 'check' : 'hour'} size="s" /><b>{pull.target}</b><span className="sub">{formatTime(pull.finished ?? pull.started, zone)}</span></p>
      <p className="sub tabnum">{plural(fresh + changed + unchanged, 'resource')}: {formatCount(fresh)} new, {formatCount(changed)} changed, {formatCount(closed)} gone</p>
      {pull.why !== null && <p className="bad">{pull.why === 'cancelled' ? 'Stopped by hand; what came is kept.' : `Cut: ${pull.why}`}</p>}
      {shown.map((gap) => <p key={`${gap.call} ${gap.state}`} className="gap"><b className="mono">{gap.call}</b> {[gap.state, gapPlaces(gap, pull.target)].filter((part) => part !== '').join(' ')}: {gap.evidence} stays unknown</p>)}
      {pull.gaps.length > shown.length && <p className="dim">and {plural(pull.gaps.length - shown.length, 'more call')}</p>}
    </div>
  );
}
