import type { RecommendedAction } from '#shared/model/decision.ts';
import type { IncidentDetail } from '#shared/rpc/schemas.ts';
import { useStore } from '../../state/store.ts';
import { PriorityMark } from '../../ui/decision-chip.tsx';
import { formatClock, plural } from '../../ui/format.ts';
import { Icon, type IconName } from '../../ui/icons.tsx';
import { SeverityMark } from '../../ui/severity.tsx';
import { sourceName } from '../../ui/source-name.ts';

/** What to do, and what it was put together from. */
export function SidePanel({ detail, onRaw }: { readonly detail: IncidentDetail; readonly onRaw: (findingId: string) => void }) {
  return <div className="right"><Actions detail={detail} /><Findings detail={detail} onRaw={onRaw} /><Impact detail={detail} /></div>;
}

const actionNames: Readonly<Record<string, string>> = { page_on_call: 'Page the on-call', auto_create_ticket: 'Create a ticket', notify: 'Send a message', queue: 'Keep in the queue', require_human_approval: 'Ask for approval' };
const levels: Readonly<Record<string, { readonly icon: IconName; readonly words: string; readonly title: string }>> = {
  L1: { icon: 'list', words: 'Suggested', title: 'L1: a suggestion, done by a person' }, L2: { icon: 'hand', words: 'With approval', title: 'L2: only after a person has approved it' }, L3: { icon: 'check', words: 'By itself', title: 'L3: may go out by itself' },
};

function Actions({ detail: { outbox, triage } }: { readonly detail: IncidentDetail }) {
  const waiting = outbox.filter((item) => item.status === 'waiting_for_approval').length;
  const actions = triage?.recommended_actions ?? [];
  return (
    <section><h2>Recommended actions<span className="dim">{waiting === 0 ? (actions.length === 0 ? 'none' : '') : waiting === 1 ? '1 waits for you' : `${waiting} wait for you`}</span></h2>
      <ul className="acts">
        {outbox.filter((item) => !actions.some((action) => outboxFor(action, outbox) === item)).map((item, i) => <OutboxLine key={`${item.action} ${i}`} item={item} priority={triage?.priority ?? null} />)}
        {actions.map((action, i) => {
          const level = levels[action.autonomy_level], item = outboxFor(action, outbox);
          return <li key={`${action.action} ${i}`}><PriorityMark priority={action.priority} /><div className="grow"><p className="clip" title={action.action}>{action.action}</p><p className="clip dim sm" title={`${action.target}\n${action.why}`}>{action.why}</p></div>{item ? <OutboxState item={item} /> : level && <span className="as" title={level.title}><Icon name={level.icon} size="m" />{level.words}</span>}</li>;
        })}
      </ul>
      {waiting > 0 && <p className="fine">Approving lets what waits go out, after a hold of 10 s in which it can be undone.</p>}</section>
  );
}

/** What of the outbox carries an action out: the page, the ticket, or the approval that it waits for. */
function outboxFor(action: RecommendedAction, outbox: IncidentDetail['outbox']): IncidentDetail['outbox'][number] | undefined {
  const wanted = /^page\b/i.test(action.action) ? 'page_on_call' : /\bticket\b/i.test(action.action) ? 'auto_create_ticket' : action.autonomy_level === 'L2' ? 'require_human_approval' : undefined;
  return outbox.find((item) => item.action === wanted);
}

function OutboxLine({ item, priority }: { readonly item: IncidentDetail['outbox'][number]; readonly priority: string | null }) {
  const zone = useStore((s) => s.preferences.zone);
  return <li><PriorityMark priority={priority} /><div className="grow"><p className="clip">{actionNames[item.action] ?? item.action.replaceAll('_', ' ')}</p><p className="clip dim sm">by the routing rules, {formatClock(item.created, zone)}</p></div><OutboxState item={item} /></li>;
}

function OutboxState({ item }: { readonly item: IncidentDetail['outbox'][number] }) {
  const zone = useStore((s) => s.preferences.zone);
  const isHeld = item.held_until !== null && Date.parse(item.held_until) > Date.now();
  const look: { readonly icon: IconName; readonly words: string } = item.status === 'sent' ? { icon: 'check', words: 'Sent' } : item.status === 'waiting_for_approval' ? { icon: 'hand', words: 'Waits for approval' }
    : isHeld ? { icon: 'hour', words: `Held until ${formatClock(item.held_until ?? '', zone)}` } : item.status === 'withdrawn' ? { icon: 'x', words: 'Withdrawn' } : { icon: 'egress', words: item.status === 'outbox' || item.status === 'approved' ? 'In the outbox' : item.status.replaceAll('_', ' ') };
  return <span className="as"><Icon name={look.icon} size="m" />{look.words}</span>;
}

const SHOWN = 40;

function Findings({ detail: { incident, findings }, onRaw }: { readonly detail: IncidentDetail; readonly onRaw: (findingId: string) => void }) {
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
      {triage && <p className="sub imp">{triage.impact.charAt(0).toUpperCase()}{triage.impact.slice(1)}.</p>}
      <dl className="kv">
        {incident.environment !== undefined && <div><dt>Environment</dt><dd>{incident.environment}</dd></div>}
        {amplifiers.length > 0 && <div><dt>Made worse by</dt><dd className="clip" title={amplifiers.map(([name, n]) => `${name}: ${n}`).join('\n')}>{amplifiers.map(([name]) => name.replaceAll('_', ' ')).join(', ')}</dd></div>}
        {incident.attack.length > 0 && <div><dt>ATT&amp;CK</dt><dd className="mono">{incident.attack.join(', ')}</dd></div>}
        <div><dt>Joined with confidence</dt><dd>{incident.confidence.toFixed(2)}</dd></div>
      </dl></section>
  );
}
