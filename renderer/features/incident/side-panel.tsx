import type { IncidentDetail } from '#shared/rpc/schemas.ts';
import { byWeight } from '../../state/finding-order.ts';
import { plural, sentence } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import { SeverityMark } from '../../ui/severity.tsx';
import { sourceName } from '../../ui/source-name.ts';
import { Actions } from './actions.tsx';

/** What to do, and what it was put together from. */
export function SidePanel({ detail, onRaw }: { readonly detail: IncidentDetail; readonly onRaw: (findingId: string) => void }) {
  return <div className="right"><Actions detail={detail} /><Findings detail={detail} onRaw={onRaw} /><Impact detail={detail} /></div>;
}

const SHOWN = 40;

function Findings({ detail: { incident, findings: all }, onRaw }: { readonly detail: IncidentDetail; readonly onRaw: (findingId: string) => void }) {
  const findings = byWeight(all, incident.primary_finding);
  const why = new Map(incident.supporting_findings.map((finding) => [finding.finding_id, finding.why_joined]));
  const sources = new Set(findings.map((finding) => finding.source)).size;
  return (
    <section><h2>Supporting findings<span className="dim">{findings.length} from {plural(sources, 'source')}</span></h2>
      <ul className="fnds">
        {findings.slice(0, SHOWN).map((finding) => (
          <li key={finding.finding_id}><button type="button" className="fnd" title={`${finding.title}\nOpen the raw record`} onClick={() => onRaw(finding.finding_id)}><SeverityMark severity={finding.severity_reported} /><span className="grow">
            <span className="clip ft"><b>{sourceName(finding.source)}</b> <span className="sub">{finding.title}</span></span>
            <span className="why"><Icon name="merge" size="s" /><span className="clip">{why.get(finding.finding_id) ?? ''}</span><span className="mono clip">{finding.check_id}</span></span></span></button></li>
        ))}
      </ul>
      {findings.length > SHOWN && <p className="fine">{findings.length - SHOWN} more in the SQL screen: <span className="mono">findings</span>.</p>}</section>
  );
}

function Impact({ detail: { triage, claims, incident } }: { readonly detail: IncidentDetail }) {
  const blast = claims.find((claim) => claim.claim === 'blast_radius');
  const amplifiers = Object.entries(incident.amplifiers);
  return (
    <section className="br"><h2>Impact<span className="dim">{blast === undefined ? '' : `blast radius ${String(blast.value)}`}</span></h2>
      {triage && <p className="sub imp">{sentence(triage.impact)}</p>}
      <dl className="kv">
        {incident.environment !== undefined && <div><dt>Environment</dt><dd>{incident.environment}</dd></div>}
        {amplifiers.length > 0 && <div><dt>Made worse by</dt><dd className="clip" title={amplifiers.map(([name, n]) => `${name}: ${n}`).join('\n')}>{amplifiers.map(([name]) => name.replaceAll('_', ' ')).join(', ')}</dd></div>}
        {incident.attack.length > 0 && <div><dt>ATT&amp;CK</dt><dd className="mono">{incident.attack.join(', ')}</dd></div>}
        <div><dt>Joined with confidence</dt><dd>{incident.confidence.toFixed(2)}</dd></div>
      </dl></section>
  );
}
