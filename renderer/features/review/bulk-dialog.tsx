import { useEffect, useState } from 'react';
import type { ClaimView } from '#shared/model/decision.ts';
import type { QueueRow } from '#shared/rpc/schemas.ts';
import { call } from '../../state/bridge.ts';
import { approve } from '../../state/review.ts';
import { useStore } from '../../state/store.ts';
import { Button } from '../../ui/button.tsx';
import { DecisionChip, PriorityMark } from '../../ui/decision-chip.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { shortName } from '../../ui/entity-name.ts';
import { plural } from '../../ui/format.ts';
import { whyLeftOut } from './bulk-selection.ts';
import { ReviewerField } from './reviewer-field.tsx';

/** Approves a selection: shows exactly what, and what is left out and why, before anything happens. */
export function BulkDialog() {
  const closeDialog = useStore((s) => s.closeDialog);
  const setMarking = useStore((s) => s.setMarking);
  const [rows] = useState(() => [...useStore.getState().marked.values()]);
  const claims = useClaims(rows);
  const [done, setDone] = useState<number | null>(null);
  const judged = rows.map((row) => ({ row, why: whyLeftOut(row, claims?.get(row.id)) }));
  const going = claims === null ? [] : judged.filter(({ why }) => why === undefined).map(({ row }) => row);
  const out = claims === null ? [] : judged.filter(({ why }) => why !== undefined);
  const submit = async (): Promise<void> => {
    if (going.length === 0 || done !== null) return;
    // One after another: each is a review of its own in the record, and a failure stops the rest.
    for (const [i, row] of going.entries()) { setDone(i); const result = await approve(row.id); if (!result.ok) { closeDialog(); return; } }
    setMarking(false);
    closeDialog();
  };
  return (
    <Dialog title={`Approve ${plural(rows.length, 'selected incident')}`} look="wide" onClose={closeDialog} onSubmit={() => { void submit(); }}
      footer={<><ReviewerField /><span className="grow" />{claims === null ? 'Reading their claims' : done === null ? '' : `${done} of ${going.length}`}<Button look="ghost" onClick={closeDialog}>Cancel</Button><Button look="primary" keys="mod+enter" disabled={going.length === 0 || done !== null} onClick={() => { void submit(); }}>Approve {going.length}</Button></>}>
      {claims !== null && <BulkList title={`Will be approved: ${going.length}`} items={going.map((row) => ({ row, why: undefined }))} />}
      {out.length > 0 && <BulkList title={`Left out: ${out.length}`} items={out} />}
    </Dialog>
  );
}

function BulkList({ title, items }: { readonly title: string; readonly items: readonly { readonly row: QueueRow; readonly why: string | undefined }[] }) {
  return (
    <section><h3 className="head">{title}</h3>
      <ul className="cites tall">{items.map(({ row, why }) => <li key={row.id} className="pick"><span className="mono dim">{row.id}</span>{row.decision !== null && <DecisionChip decision={row.decision} />}<PriorityMark priority={row.priority} /><span className="clip grow" title={row.title}>{row.title}</span><span className="mono clip ent-n" title={row.entity}>{shortName(row.entity_name)}</span>{why !== undefined && <span className="sub out">{why}</span>}</li>)}</ul></section>
  );
}

/** The recorded claims of each row, a few at a time; null until all are there. */
function useClaims(rows: readonly QueueRow[]): ReadonlyMap<string, readonly ClaimView[] | undefined> | null {
  const [claims, setClaims] = useState<ReadonlyMap<string, readonly ClaimView[] | undefined> | null>(null);
  useEffect(() => {
    let isGone = false;
    const read = async (): Promise<void> => {
      const found = new Map<string, readonly ClaimView[] | undefined>();
      for (let i = 0; i < rows.length && !isGone; i += 8) {
        const some = rows.slice(i, i + 8);
        const answers = await Promise.all(some.map((row) => call('incident.get', { id: row.id })));
        some.forEach((row, at) => { const got = answers[at]; found.set(row.id, got?.ok === true ? got.value.claims : undefined); });
      }
      if (!isGone) setClaims(found);
    };
    void read();
    return () => { isGone = true; };
  }, [rows]);
  return claims;
}
