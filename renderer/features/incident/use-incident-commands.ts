import { decisions } from '#shared/model/decision.ts';
import type { IncidentDetail } from '#shared/rpc/schemas.ts';
import { incidentHref, queueHref } from '../../state/addresses.ts';
import { useCommands } from '../../state/commands.ts';
import { approve, approveAction, whyNotApproved } from '../../state/review.ts';
import { navigate, useRoute } from '../../state/router.ts';
import { useStore } from '../../state/store.ts';
import { nextToApprove } from './action-state.ts';
import type { Position } from './use-position.ts';

export const tabNames = ['story', 'path', 'evidence', 'trace', 'history'] as const;
export type TabName = (typeof tabNames)[number];
export interface IncidentActions { readonly blocked: string | undefined; readonly approve: () => void; readonly override: () => void; readonly split: () => void; readonly merge: () => void; readonly previous: () => void; readonly next: () => void }

/** The keys of the incident, and what its buttons do. */
export function useIncidentCommands(detail: IncidentDetail, position: Position, openTab: (tab: TabName) => void, openRaw: () => void): IncidentActions {
  const { query } = useRoute();
  const { openDialog } = useStore.getState();
  const { id } = detail.incident;
  const group = 'Incident';
  const decision = detail.triage?.decision ?? null;
  const blocked = whyNotApproved(detail.incident.status, decision);
  const tab = query.get('tab');
  const go = (to: string | null, step: number): void => { if (to !== null) navigate(incidentHref(to, query, { tab, n: position.index === null ? '1' : String(position.index + step) })); };
  const actions: IncidentActions = {
    blocked, approve: () => { if (blocked === undefined) void approve(id); },
    override: () => openDialog({ kind: 'override', id, decision: null }), split: () => openDialog({ kind: 'split', id }), merge: () => openDialog({ kind: 'merge', id }),
    previous: () => go(position.previous, -1), next: () => go(position.next, 1),
  };
  const nextAction = nextToApprove(detail, Date.now());
  const undecided = decision === null ? { blocked: 'Not decided yet' } : {};
  useCommands([
    { id: 'i-approve', title: `Approve ${id}`, group, keys: 'a', ...(blocked !== undefined && { blocked }), run: actions.approve },
    ...decisions.map((name, i) => ({ id: `i-override-${name}`, title: `Override: ${name}`, group, keys: String(i + 1), ...undecided, run: () => openDialog({ kind: 'override', id, decision: name }) })),
    { id: 'i-approve-action', title: nextAction === undefined ? 'Approve an action once' : `Approve once: ${nextAction.action}`, group, keys: 'shift+a', ...(nextAction === undefined && { blocked: 'No action waits for an approval of its own' }), run: () => { if (nextAction) void approveAction(id, nextAction); } },
    { id: 'i-split', title: 'Split: take findings out', group, keys: 's', ...(detail.findings.length < 2 && { blocked: 'It has one finding' }), run: actions.split },
    { id: 'i-merge', title: 'Merge other incidents into this one', group, keys: 'm', run: actions.merge },
    { id: 'i-previous', title: 'Previous incident of the queue', group, keys: '[', ...(position.previous === null && { blocked: 'It is the first' }), run: actions.previous },
    { id: 'i-next', title: 'Next incident of the queue', group, keys: ']', ...(position.next === null && { blocked: 'It is the last' }), run: actions.next },
    { id: 'i-story', title: 'Story', group, keys: 'o', run: () => openTab('story') }, { id: 'i-path', title: 'Attack path', group, keys: 'c', run: () => openTab('path') },
    { id: 'i-evidence', title: 'Evidence', group, keys: 'e', run: () => openTab('evidence') }, { id: 'i-trace', title: 'Trace', group, keys: 't', run: () => openTab('trace') }, { id: 'i-history', title: 'History', group, keys: 'h', run: () => openTab('history') },
    { id: 'i-raw', title: 'Raw record', group, keys: 'r', run: openRaw },
    { id: 'i-back', title: 'Back to the queue', group, keys: 'escape', run: () => navigate(queueHref(query, id)) },
  ]);
  return actions;
}
