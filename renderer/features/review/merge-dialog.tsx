import { useDeferredValue, useState } from 'react';
import type { QueueRow } from '#shared/rpc/schemas.ts';
import { useRead } from '../../state/reads.ts';
import { merge } from '../../state/review.ts';
import { useStore } from '../../state/store.ts';
import { Button } from '../../ui/button.tsx';
import { DecisionChip } from '../../ui/decision-chip.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { shortName } from '../../ui/entity-name.ts';
import { plural } from '../../ui/format.ts';
import { ReviewerField } from './reviewer-field.tsx';

/** Joins other incidents into this one, which keeps its number. */
export function MergeDialog({ id }: { readonly id: string }) {
  const closeDialog = useStore((s) => s.closeDialog);
  const { value: own } = useRead('incident.get', { id });
  const [text, setText] = useState('');
  const asked = useDeferredValue(text.trim());
  const { value: found } = useRead('queue.list', asked === '' && own === undefined ? null : { filter: { text: asked === '' ? (own?.incident.entity_name ?? own?.incident.entity ?? '') : asked }, limit: 30 }, { keep: true });
  const [chosen, setChosen] = useState<readonly QueueRow[]>([]);
  const [failure, setFailure] = useState<string | null>(null);
  const rows = [...chosen, ...(found?.rows ?? []).filter((row) => row.id !== id && !chosen.some((other) => other.id === row.id))];
  const submit = async (): Promise<void> => {
    if (chosen.length === 0) return;
    const result = await merge([id, ...chosen.map((row) => row.id)]);
    if (result.ok || result.error.kind !== 'failed') closeDialog(); else setFailure(result.error.message);
  };
  return (
    <Dialog title={`Merge into ${id}`} look="wide" onClose={closeDialog} onSubmit={() => { void submit(); }}
      footer={<><ReviewerField /><span className="grow" />{chosen.length === 0 ? 'Select what joins' : `${plural(chosen.length, 'incident')} with ${plural(chosen.reduce((sum, row) => sum + row.findings, 0), 'finding')} join`}<Button look="ghost" onClick={closeDialog}>Cancel</Button><Button look="primary" keys="mod+enter" disabled={chosen.length === 0} onClick={() => { void submit(); }}>Merge</Button></>}>
      <input className="input" data-autofocus="" value={text} placeholder="Incident, entity, issue or owner" aria-label="Find incidents" onChange={(event) => setText(event.target.value)} />
      <div className="cites tall">
        {rows.length === 0 && <p className="dim">{asked === '' ? 'No other incident names this entity. Type to look for others.' : 'No other incident has these words.'}</p>}
        {rows.map((row) => (
          <label key={row.id} className="pick"><input type="checkbox" checked={chosen.some((other) => other.id === row.id)} onChange={(event) => setChosen(event.target.checked ? [...chosen, row] : chosen.filter((other) => other.id !== row.id))} />
            <span className="mono dim">{row.id}</span>{row.decision !== null && <DecisionChip decision={row.decision} />}<span className="clip grow" title={row.title}>{row.title}</span><span className="mono clip ent-n" title={row.entity}>{shortName(row.entity_name)}</span></label>
        ))}
      </div>
      {failure !== null && <p className="field"><span className="bad" role="alert">{failure}</span></p>}
    </Dialog>
  );
}
