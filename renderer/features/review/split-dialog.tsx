import { useState } from 'react';
import { byWeight } from '../../state/finding-order.ts';
import { useRead } from '../../state/reads.ts';
import { split } from '../../state/review.ts';
import { useStore } from '../../state/store.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { plural } from '../../ui/format.ts';
import { SeverityMark } from '../../ui/severity.tsx';
import { sourceName } from '../../ui/source-name.ts';
import { ReviewerField } from './reviewer-field.tsx';

/** Takes findings out of an incident. What is taken out stays together, and later runs remember it. */
export function SplitDialog({ id }: { readonly id: string }) {
  const closeDialog = useStore((s) => s.closeDialog);
  const { value } = useRead('incident.get', { id });
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [failure, setFailure] = useState<string | null>(null);
  const findings = value === undefined ? [] : byWeight(value.findings, value.incident.primary_finding);
  const why = new Map(value?.incident.supporting_findings.map((f) => [f.finding_id, f.why_joined]));
  const blocked = chosen.length === 0 ? 'Select what leaves' : chosen.length === findings.length ? 'One finding has to stay' : undefined;
  const submit = async (): Promise<void> => {
    if (blocked !== undefined) return;
    const result = await split(id, chosen);
    if (result.ok || result.error.kind !== 'failed') closeDialog(); else setFailure(result.error.message);
  };
  return (
    <Dialog title={`Split ${id}`} look="wide" onClose={closeDialog} onSubmit={() => { void submit(); }}
      footer={<><ReviewerField /><span className="grow" />{blocked ?? `${plural(chosen.length, 'finding')} leave, ${findings.length - chosen.length} stay`}<Button look="ghost" onClick={closeDialog}>Cancel</Button><Button look="primary" keys="mod+enter" disabled={blocked !== undefined} onClick={() => { void submit(); }}>Split</Button></>}>
      <p className="sub">Select the findings that are another problem. They become an incident of their own with the next triage, which runs at once.</p>
      <div className="cites">{findings.map((finding) => (
        <label key={finding.finding_id} className="pick"><input type="checkbox" checked={chosen.includes(finding.finding_id)} onChange={(event) => setChosen(event.target.checked ? [...chosen, finding.finding_id] : chosen.filter((other) => other !== finding.finding_id))} />
          <SeverityMark severity={finding.severity_reported} /><b className="src">{sourceName(finding.source)}</b><span className="clip grow" title={finding.title}>{finding.title}</span><span className="dim clip why" title={why.get(finding.finding_id)}>{why.get(finding.finding_id)}</span></label>
      ))}</div>
      {failure !== null && <p className="field"><span className="bad" role="alert">{failure}</span></p>}
    </Dialog>
  );
}
