import { type ReactNode, useEffect, useState } from 'react';
import type { AskedAnew, OfferedModels } from '#shared/model/agent.ts';
import { call } from '../../state/bridge.ts';
import { href, navigate } from '../../state/router.ts';
import { useStore } from '../../state/store.ts';
import { write } from '../../state/writes.ts';
import { Button } from '../../ui/button.tsx';
import { DecisionChip, PriorityMark } from '../../ui/decision-chip.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { plural } from '../../ui/format.ts';
import { ReviewerField } from './reviewer-field.tsx';

interface Choice { readonly endpoint: string; readonly model: string }
type Came = { readonly state: 'asking' } | { readonly state: 'done'; readonly asked: readonly AskedAnew[]; readonly model: string | null; readonly cancelled: boolean } | { readonly state: 'failed'; readonly why: string };

/** Asks a model of one's choice about incidents anew, and lays what it makes of each beside what stood before. */
export function AskDialog({ ids }: { readonly ids: readonly string[] }) {
  const closeDialog = useStore((s) => s.closeDialog);
  const reviewer = useStore((s) => s.preferences.reviewer);
  const { offered, why, onRetry } = useOffered();
  const [choice, setChoice] = useState<Choice | null>(null);
  const [came, setCame] = useState<Came | null>(null);
  const chosen = choice ?? firstOf(offered);
  const isAsking = came?.state === 'asking', what = ids.length === 1 ? ids[0] ?? '' : plural(ids.length, 'incident');
  const submit = async (): Promise<void> => {
    if (chosen === null || chosen.model.trim() === '' || isAsking) return;
    setCame({ state: 'asking' });
    const result = await write('triage.run', { incidents: [...ids], engine: 'agent', endpoint: chosen.endpoint, model: chosen.model.trim(), by: reviewer }, { label: `Ask ${chosen.model} about ${what}` });
    setCame(result.ok ? { state: 'done', asked: result.value.asked, model: result.value.model, cancelled: result.value.cancelled } : { state: 'failed', why: result.error.message });
  };
  return (
    <Dialog title={`Ask a model about ${what}`} look="wide" onClose={closeDialog} onSubmit={() => { void submit(); }}
      footer={<><ReviewerField /><span className="grow" />{isAsking && <span role="status">Asking; the job bar tells how far it is</span>}{isAsking && <Button look="ghost" onClick={() => { void call('jobs.cancel', {}); }}>Stop</Button>}<Button look="ghost" onClick={closeDialog}>{came === null ? 'Cancel' : 'Close'}</Button><Button look="primary" keys="mod+enter" disabled={chosen === null || chosen.model.trim() === '' || isAsking} onClick={() => { void submit(); }}>{came?.state === 'done' ? 'Ask again' : 'Ask'}</Button></>}>
      {why === null ? <ModelChoice offered={offered} chosen={chosen} onChoose={setChoice} /> : <p className="bad" role="alert">The endpoints can’t be listed: {why} <Button small look="ghost" onClick={onRetry}>Try again</Button></p>}
      <p className="sub">Its decision is checked like any other and recorded with your name. What a person decided stays in force.</p>
      {came === null && <ul className="cites" aria-label="What is asked about">{ids.map((id) => <li key={id} className="pick mono">{id}</li>)}</ul>}
      {came?.state === 'failed' && <p className="field"><span className="bad" role="alert">{came.why}</span></p>}
      {came?.state === 'done' && <Outcome asked={came.asked} total={ids.length} cancelled={came.cancelled} onLeave={closeDialog} />}
    </Dialog>
  );
}

const firstOf = (offered: readonly OfferedModels[] | null): Choice | null => {
  const [first] = offered ?? [];
  return first === undefined ? null : { endpoint: first.endpoint.id, model: first.endpoint.model || (first.models[0]?.name ?? '') };
};

/** What the endpoints say that they have; null while they are asked, and where that failed, with the reason. */
function useOffered(): { readonly offered: readonly OfferedModels[] | null; readonly why: string | null; readonly onRetry: () => void } {
  const [offered, setOffered] = useState<readonly OfferedModels[] | null>(null);
  const [why, setWhy] = useState<string | null>(null);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let isGone = false;
    setWhy(null);
    void call('models.available', {}).then((result) => {
      if (isGone) return;
      setOffered(result.ok ? result.value : null);
      setWhy(result.ok ? null : result.error.message);
    });
    return () => { isGone = true; };
  }, [tries]);
  return { offered, why, onRetry: () => setTries(tries + 1) };
}

function ModelChoice({ offered, chosen, onChoose }: { readonly offered: readonly OfferedModels[] | null; readonly chosen: Choice | null; readonly onChoose: (choice: Choice) => void }) {
  if (offered === null) return <p className="dim" role="status">Asking the endpoints which models they have</p>;
  const at = offered.find((o) => o.endpoint.id === chosen?.endpoint);
  const choose = (endpoint: string): void => { const to = offered.find((o) => o.endpoint.id === endpoint); if (to) onChoose({ endpoint, model: to.endpoint.model || (to.models[0]?.name ?? '') }); };
  return (
    <>
      <div className="two">
        <label className="field"><span className="head">Endpoint</span><select className="input" value={chosen?.endpoint ?? ''} onChange={(event) => choose(event.target.value)}>{offered.map(({ endpoint, configured }) => <option key={endpoint.id} value={endpoint.id}>{endpoint.id}, {endpoint.provider}{configured ? '' : ' (not configured)'}</option>)}</select></label>
        <label className="field"><span className="head">Model</span><input className="input" data-autofocus="" list="models-offered" value={chosen?.model ?? ''} placeholder="A model's name" onChange={(event) => { if (chosen) onChoose({ ...chosen, model: event.target.value }); }} /></label>
      </div>
      <datalist id="models-offered">{at?.models.map(({ name }) => <option key={name} value={name} />)}</datalist>
      {at && <p className={at.problem === null ? 'sub' : 'bad'} role={at.problem === null ? undefined : 'alert'}>{at.problem ?? (at.models.length === 0 ? 'It lists no models.' : `It has ${at.models.slice(0, 8).map((m) => m.name).join(', ')}${at.models.length > 8 ? ` and ${at.models.length - 8} more` : ''}.`)}</p>}
    </>
  );
}

/** Rows that are drawn before one asks for more. */
const PAGE = 100;
function Outcome({ asked, total, cancelled, onLeave }: { readonly asked: readonly AskedAnew[]; readonly total: number; readonly cancelled: boolean; readonly onLeave: () => void }) {
  const differing = asked.filter(isOther).length;
  const [shown, setShown] = useState(PAGE);
  return (
    <section aria-label="What came of it"><p role="status"><b>{differing === 0 ? 'Every decision came out the same' : `${plural(differing, 'decision')} of ${asked.length} differ`}</b>{cancelled || asked.length < total ? `; ${asked.length} of ${total} were asked` : ''}.</p>
      <div className="cites tall"><table className="asked"><thead><tr><th scope="col">Incident</th><th scope="col">Before</th><th scope="col">Now</th><th scope="col"><span className="vh">Compare</span></th></tr></thead>
        <tbody>{asked.slice(0, shown).map((one) => <tr key={one.incident} className={isOther(one) ? 'ne' : undefined}><th scope="row" className="mono">{one.incident}</th><td><Side side={one.before} /></td><td><Side side={one.after} /></td>
          <td>{one.before && one.after && <Button small look="ghost" title={`${plural(one.differences.length, 'field')} differ`} onClick={() => { onLeave(); navigate(href('/replay', { id: one.incident, left: one.before?.decision_id ?? null, right: one.after?.decision_id ?? null })); }}>Compare</Button>}</td></tr>)}</tbody></table>{asked.length > shown && <Button small look="ghost" onClick={() => setShown(shown + PAGE)}>Show {Math.min(PAGE, asked.length - shown)} more of {asked.length}</Button>}</div></section>
  );
}

const isOther = ({ before, after }: AskedAnew): boolean => before?.decision !== after?.decision || before?.priority !== after?.priority;
function Side({ side }: { readonly side: AskedAnew['before'] }): ReactNode {
  if (side === null) return <span className="dim">not decided</span>;
  return <span className="side-of"><DecisionChip decision={side.decision} /><PriorityMark priority={side.priority} /><span className="dim clip">{side.model ?? side.engine}</span></span>;
}
