import { useState } from 'react';
import { claimDefinitions, isClaimName } from '#shared/model/claims.ts';
import { useRead } from '../../state/reads.ts';
import { answer } from '../../state/review.ts';
import { useStore } from '../../state/store.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { sentence } from '../../ui/format.ts';
import { dayAfter } from './override-draft.ts';
import { ReviewerField } from './reviewer-field.tsx';

const levels = ['low', 'medium', 'high'] as const;

/** Supplies a missing claim. It counts as evidence with its author, and ends on a day. */
export function AnswerDialog({ id, claim }: { readonly id: string; readonly claim: string }) {
  const closeDialog = useStore((s) => s.closeDialog);
  const { value: detail } = useRead('incident.get', { id });
  const [value, setValue] = useState('');
  const [note, setNote] = useState('');
  const [expires, setExpires] = useState(dayAfter(90));
  const [failure, setFailure] = useState<string | null>(null);
  const missing = detail?.triage?.missing_evidence.find((item) => item.claim === claim);
  const type = isClaimName(claim) ? claimDefinitions[claim].type : 'boolean';
  const choices = claim === 'owner_identified' ? null : type === 'boolean' ? (['true', 'false'] as const) : type === 'level' ? levels : null;
  const submit = async (): Promise<void> => {
    if (value.trim() === '') { setFailure('Give the value.'); return; }
    const result = await answer({ id, claim, value: value.trim(), note: note.trim(), ...(expires !== '' && { expires }) });
    if (result.ok || result.error.kind !== 'failed') closeDialog(); else setFailure(result.error.message);
  };
  return (
    <Dialog title={`Answer ${claim}`} onClose={closeDialog} onSubmit={() => { void submit(); }} footer={<><ReviewerField /><span className="grow" /><Button look="ghost" onClick={closeDialog}>Cancel</Button><Button look="primary" keys="mod+enter" onClick={() => { void submit(); }}>Answer</Button></>}>
      {missing && <p className="sub">{sentence(missing.why)} Data would answer it too: {missing.supply}.</p>}
      {choices === null
        ? <label className="field"><span className="head">{type === 'count' ? 'How many' : 'Who or what'}</span><input className="input" data-autofocus="" value={value} inputMode={type === 'count' ? 'numeric' : 'text'} onChange={(event) => setValue(event.target.value)} /></label>
        : <fieldset className="field"><legend>What is true</legend><div className="picks">{choices.map((choice, i) => <label key={choice} className="pick"><input type="radio" name="value" data-autofocus={i === 0 ? '' : undefined} checked={value === choice} onChange={() => setValue(choice)} /><b>{choice}</b></label>)}</div></fieldset>}
      <label className="field"><span className="head">How you know</span><textarea className="input" value={note} onChange={(event) => setNote(event.target.value)} /></label>
      <label className="field"><span className="head">Good until</span><input className="input" type="date" value={expires} min={dayAfter(1)} onChange={(event) => setExpires(event.target.value)} /></label>
      <p className="dim">The answer is recorded as evidence in your name, and the incident is decided again with it.</p>
      {failure !== null && <p className="field"><span className="bad" role="alert">{failure}</span></p>}
    </Dialog>
  );
}
