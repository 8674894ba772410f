import type { IncidentDetail } from '#shared/rpc/schemas.ts';
import { queueHref } from '../../state/addresses.ts';
import { navigate, useRoute } from '../../state/router.ts';
import { useStore } from '../../state/store.ts';
import { Button } from '../../ui/button.tsx';
import { EntityIcon } from '../../ui/entity-icon.tsx';
import { formatClock, formatCount, formatDay, formatTime } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import { SeverityMark } from '../../ui/severity.tsx';
import type { IncidentActions } from './use-incident-commands.ts';
import type { Position } from './use-position.ts';

/** Which incident this is, where it stands in the queue, and what can be done with it. */
export function IncidentHeader({ detail, position, actions }: { readonly detail: IncidentDetail; readonly position: Position; readonly actions: IncidentActions }) {
  const { query } = useRoute();
  const zone = useStore((s) => s.preferences.zone);
  const { incident, triage, account_name } = detail;
  const back = queueHref(query, incident.id);
  const facts: readonly (readonly [string, string | undefined, boolean, (string | undefined)?])[] = [
    ['Account', account_name ?? incident.account, false, incident.account], ['Region', incident.region, true], ['Owner', triage?.owner ?? 'no owner', false],
    ['First seen', `${formatDay(incident.first_seen, zone, incident.last_seen)}, ${formatClock(incident.first_seen, zone).slice(0, 5)}`, true, formatTime(incident.first_seen, zone)],
  ];
  return (
    <header className="ih">
      <div className="crumb"><a href={back} onClick={(event) => { event.preventDefault(); navigate(back); }}>Queue</a><Icon name="right" size="s" /><span className="mono">{incident.id}</span><span className="grow" />
        {position.index !== null && <span className="dim">{formatCount(position.index)} of {formatCount(position.total)}</span>}
        <Button look="ghost" small icon="left" keys="[" title="Previous incident" disabled={position.previous === null} onClick={actions.previous}><span className="vh">Previous</span></Button>
        <Button look="ghost" small keys="]" title="Next incident" iconAfter="right" disabled={position.next === null} onClick={actions.next}><span className="vh">Next</span></Button></div>
      <div className="tl"><h1 className="clip" title={incident.title}>{incident.title}</h1><span className="grow" />
        <Button look="ghost" keys="s" disabled={detail.findings.length < 2} onClick={actions.split}>Split</Button><Button look="ghost" keys="m" onClick={actions.merge}>Merge</Button>
        <Button disabled={triage === null} onClick={actions.override}>Override</Button><Button look="primary" keys="a" disabled={actions.blocked !== undefined} title={actions.blocked ?? 'Let the decision stand'} onClick={actions.approve}>{incident.status === 'approved' ? 'Approved' : 'Approve'}</Button></div>
      <dl className="meta">
        <div><dt><SeverityMark severity={incident.severity_reported} /></dt><dd>reported</dd></div>
        <div className="m-ent"><dt title={incident.entity_type}><EntityIcon type={incident.entity_type} /><span className="vh">{incident.entity_type}</span></dt><dd className="mono ink clip" title={incident.entity}>{incident.entity}</dd></div>
        {facts.map(([term, fact, isRare, title]) => fact !== undefined && <div key={term} className={isRare ? 'hide-s' : undefined}><dt>{term}</dt><dd title={title}>{term === 'Owner' && triage?.owner_provenance === 'inferred' ? <span className="inf">{fact}</span> : fact}</dd></div>)}
      </dl>
    </header>
  );
}
