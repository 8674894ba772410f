import type { ActionView, IncidentDetail } from '#shared/rpc/schemas.ts';
import { approveAction } from '../../state/review.ts';
import { useStore } from '../../state/store.ts';
import { Button } from '../../ui/button.tsx';
import { PriorityMark } from '../../ui/decision-chip.tsx';
import { formatClock } from '../../ui/format.ts';
import { Icon, type IconName } from '../../ui/icons.tsx';
import { approvalAt, outboxFor } from './action-state.ts';
import { useClock } from './use-clock.ts';

const actionNames: Readonly<Record<string, string>> = { page_on_call: 'Page the on-call', auto_create_ticket: 'Create a ticket', notify: 'Send a message', queue: 'Keep in the queue', require_human_approval: 'Ask for approval' };
const levels: Readonly<Record<'L1' | 'L3', { readonly icon: IconName; readonly words: string; readonly title: string }>> = {
  L1: { icon: 'list', words: 'Suggested', title: 'L1: a suggestion, done by a person' }, L3: { icon: 'check', words: 'By itself', title: 'L3: may go out by itself' },
};

/** What to do: what the routing has put into the outbox, and each recommended action with its approval. */
export function Actions({ detail: { incident, outbox, triage, actions } }: { readonly detail: IncidentDetail }) {
  const waiting = outbox.filter((item) => item.status === 'waiting_for_approval').length;
  const isOver = incident.status === 'rejected' || incident.status === 'closed';
  const own = outbox.filter((item) => !actions.some((action) => outboxFor(action, outbox) === item));
  return (
    <section><h2>Recommended actions<span className="dim">{waiting === 0 ? (actions.length === 0 ? 'none' : '') : waiting === 1 ? '1 waits for you' : `${waiting} wait for you`}</span></h2>
      <ul className="acts">
        {own.map((item, i) => <OutboxLine key={`${item.action} ${i}`} item={item} priority={triage?.priority ?? null} />)}
        {actions.map((action, i) => {
          const item = outboxFor(action, outbox);
          return <li key={`${action.action} ${i}`}><PriorityMark priority={action.priority} /><div className="grow"><p title={`${action.action}\n${action.target}`}>{action.action}</p><p className="dim sm" title={`${action.target}\n${action.why}`}>{action.why}</p></div>{item ? <OutboxState item={item} /> : <ActionState id={incident.id} action={action} isOver={isOver} />}</li>;
        })}
      </ul>
      {waiting > 0 && <p className="fine">Approving lets what waits go out, after a hold of 10 s in which it can be undone.</p>}
      {actions.some((action) => action.approval !== null) && <p className="fine">An approval is good once and for 15 minutes, for exactly this action on this evidence under this policy. Nothing is carried out in this version.</p>}</section>
  );
}

/** What may become of one action: done by a person, by itself, or once a person has approved it. */
function ActionState({ id, action, isOver }: { readonly id: string; readonly action: ActionView; readonly isOver: boolean }) {
  const zone = useStore((s) => s.preferences.zone);
  const now = useClock(action.approval === null ? null : Date.parse(action.approval.until));
  if (action.autonomy_level !== 'L2') { const level = levels[action.autonomy_level]; return <span className="as lv" title={level.title}><Icon name={level.icon} size="m" />{level.words}</span>; }
  const state = approvalAt(action.approval, now);
  const button = isOver ? null : <Button small title={`Approve once: ${action.action}, on ${action.target}. Good for 15 minutes`} onClick={() => { void approveAction(id, action); }}>Approve once</Button>;
  if (action.approval === null || state === 'none') return button;
  const who = `by ${action.approval.author}, ${formatClock(action.approval.at, zone)}`;
  if (state === 'used') return <span className="as" title={who}><Icon name="check" size="m" />Used</span>;
  if (state === 'ended') return <span className="as" title={`Approved ${who}, ended ${formatClock(action.approval.until, zone)}`}>{button}</span>;
  return <span className="as" title={who}><Icon name={state === 'held' ? 'hour' : 'check'} size="m" />{state === 'held' ? `Held ${Math.ceil((Date.parse(action.approval.from) - now) / 1000)} s` : `Approved to ${formatClock(action.approval.until, zone).slice(0, 5)}`}</span>;
}

function OutboxLine({ item, priority }: { readonly item: IncidentDetail['outbox'][number]; readonly priority: string | null }) {
  const zone = useStore((s) => s.preferences.zone);
  return <li><PriorityMark priority={priority} /><div className="grow"><p>{actionNames[item.action] ?? item.action.replaceAll('_', ' ')}</p><p className="dim sm">by the routing rules, {formatClock(item.created, zone)}</p></div><OutboxState item={item} /></li>;
}

function OutboxState({ item }: { readonly item: IncidentDetail['outbox'][number] }) {
  const zone = useStore((s) => s.preferences.zone);
  const held = item.held_until === null ? null : Date.parse(item.held_until);
  const isHeld = useClock(held) < (held ?? 0);
  const look: { readonly icon: IconName; readonly words: string } = item.status === 'sent' ? { icon: 'check', words: 'Sent' } : item.status === 'waiting_for_approval' ? { icon: 'hand', words: 'Waits for approval' }
    : item.status === 'withdrawn' ? { icon: 'x', words: 'Withdrawn' } : isHeld ? { icon: 'hour', words: `Held until ${formatClock(item.held_until ?? '', zone)}` } : { icon: 'egress', words: item.status === 'outbox' || item.status === 'approved' ? 'In the outbox' : item.status.replaceAll('_', ' ') };
  return <span className="as"><Icon name={look.icon} size="m" />{look.words}</span>;
}
