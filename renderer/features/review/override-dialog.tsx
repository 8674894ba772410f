import { useState } from 'react';
import { type DecisionName, decisions, priorities, type Priority } from '#shared/model/decision.ts';
import type { IncidentDetail } from '#shared/rpc/schemas.ts';
import { useRead } from '../../state/reads.ts';
import { override } from '../../state/review.ts';
import { useStore } from '../../state/store.ts';
import { Button } from '../../ui/button.tsx';
import { DecisionChip, PriorityMark } from '../../ui/decision-chip.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorState, LoadingState } from '../../ui/states.tsx';
import { type Draft, dayAfter, problemsOf, reasonCodes, toOverride } from './override-draft.ts';
import { EvidencePicker } from './evidence-picker.tsx';
import { ReviewerField } from './reviewer-field.tsx';

/** Replaces the engine's decision by a person's: with a reason, a note and the evidence for it. */
export function OverrideDialog({ id, decision }: { readonly id: string; readonly decision: DecisionName | null }) {
  const closeDialog = useStore((s) => s.closeDialog);
  const { value, problem } = useRead('incident.get', { id });
  if (value === undefined) return <Dialog title={`Override ${id}`} onClose={closeDialog}>{problem ? <ErrorState title="This incident can't be read" message={problem.message} good="Its decision stands as it is." /> : <LoadingState what={id} rows={5} />}</Dialog>;
  return <OverrideForm detail={value} decision={decision} onClose={closeDialog} />;
}

const defaultPriority: Readonly<Record<DecisionName, Priority>> = { resolve_now: 'P1', ticket: 'P3', defer: 'P4', needs_human_review: 'P3' };

function OverrideForm({ detail, decision, onClose }: { readonly detail: IncidentDetail; readonly decision: DecisionName | null; readonly onClose: () => void }) {
  const { incident, triage, claims } = detail;
  const first = decision ?? decisions.find((name) => name !== triage?.decision) ?? 'ticket';
  const [draft, setDraft] = useState<Draft>({ decision: first, priority: defaultPriority[first], reason: '', note: '', cites: [], expires: first === 'defer' ? dayAfter(90) : '' });
  const [tried, setTried] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const change = (patch: Partial<Draft>): void => setDraft((was) => ({ ...was, ...patch }));
  const problems = problemsOf(draft, new Date());
  const submit = async (): Promise<void> => {
    setTried(true);
    if (Object.keys(problems).length > 0) return;
    const result = await override(toOverride(incident.id, draft));
    if (result.ok || result.error.kind !== 'failed') onClose(); else setFailure(result.error.message);
  };
  const decide = (name: DecisionName): void => change({ decision: name, priority: defaultPriority[name], expires: name === 'defer' ? dayAfter(90) : '' });
  const pickByKey = (key: string): boolean => { const name = /^[1-4]$/.test(key) ? decisions[Number(key) - 1] : undefined; if (name) decide(name); return name !== undefined; };
  const show = (field: keyof typeof problems) => tried && problems[field] !== undefined && <span className="bad" role="alert">{problems[field]}</span>;
  return (
    <Dialog title={`Override ${incident.id}`} onClose={onClose} onPlainKey={pickByKey} onSubmit={() => { void submit(); }}
      footer={<><ReviewerField /><span className="grow" /><Button onClick={onClose} look="ghost">Keep {triage?.decision ?? 'it'}</Button><Button look="primary" keys="mod+enter" onClick={() => { void submit(); }}>Override</Button></>}>
      <p className="sub">{triage && <><DecisionChip decision={triage.decision} /> <PriorityMark priority={triage.priority} /> </>}{incident.title}</p>
      <fieldset className="field"><legend>Decision</legend>
        <div className="picks">{decisions.map((name, i) => (
          <label key={name} className="pick"><input type="radio" name="decision" checked={draft.decision === name} data-autofocus={draft.decision === name ? '' : undefined} onChange={() => decide(name)} /><DecisionChip decision={name} /><kbd aria-hidden="true">{i + 1}</kbd></label>
        ))}</div></fieldset>
      <div className="two">
        <fieldset className="field"><legend>Priority</legend><div className="picks">{priorities.map((name) => <label key={name} className="pick"><input type="radio" name="priority" checked={draft.priority === name} onChange={() => change({ priority: name })} /><PriorityMark priority={name} /></label>)}</div></fieldset>
        <label className="field"><span className="head">Reason</span>
          <select className="input" value={draft.reason} aria-invalid={tried && problems.reason !== undefined} onChange={(event) => change({ reason: event.target.value })}><option value="">Choose one</option>{reasonCodes.map(({ code, words }) => <option key={code} value={code}>{words}</option>)}</select>{show('reason')}</label>
      </div>
      <label className="field"><span className="head">Note</span><textarea className="input" value={draft.note} maxLength={4000} aria-invalid={tried && problems.note !== undefined} placeholder="What you know that the evidence does not show" onChange={(event) => change({ note: event.target.value })} />{show('note')}</label>
      <EvidencePicker claims={claims} cites={draft.cites} onChange={(cites) => change({ cites })} />{show('cites')}
      {draft.decision === 'defer' && <label className="field"><span className="head">Look again on</span><input className="input" type="date" value={draft.expires} min={dayAfter(1)} onChange={(event) => change({ expires: event.target.value })} />{show('expires')}</label>}
      {failure !== null && <p className="field"><span className="bad" role="alert">{failure}</span></p>}
    </Dialog>
  );
}
