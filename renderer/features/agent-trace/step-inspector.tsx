import type { Call } from '#shared/model/claims.ts';
import type { ClaimView } from '#shared/model/decision.ts';
import { Button } from '../../ui/button.tsx';
import { formatBytes, formatDuration } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import { RecordedJson } from './recorded-json.tsx';
import type { Step } from './trace-steps.ts';
import { TurnParts } from './turn-parts.tsx';

interface InspectorProps {
  readonly step: Step; readonly decisionId: string; readonly position: number; readonly total: number; readonly claims: readonly ClaimView[]; readonly at: string | null; readonly copied: boolean;
  readonly onStep: (offset: number) => void; readonly onCopy: () => void;
}

/** One step in full: what was asked, what came back, and which lines the decision rests on. */
export function StepInspector({ step, decisionId, position, total, claims, at, copied, onStep, onCopy }: InspectorProps) {
  const { call } = step;
  const own = call === undefined ? [] : claims.filter((claim) => claim.call_id === call.call_id);
  return (
    <section className="dt" aria-label={`Step ${position} of ${total}: ${step.name}`}>
      <header className="dh">{(call ?? step.turn) && <span className="call">{step.id}</span>}<h2 className={call ? 'mono clip' : 'clip'}>{step.name}</h2>{step.duration_us !== null && <span className="dim">{formatDuration(step.duration_us / 1000)}</span>}<span className="grow" />
        <span className="stp"><Button look="ghost" small icon="left" label="Previous step" onClick={() => onStep(-1)} /><span className="dim tabnum">{position} of {total}</span><Button look="ghost" small icon="right" label="Next step" onClick={() => onStep(1)} /></span>
        <Button small icon="copy" keys="y" onClick={onCopy}>{copied ? 'Copied' : 'Copy'}</Button></header>
      {call ? <CallParts call={call} claims={own} at={at} /> : step.turn ? <TurnParts turn={step.turn} decisionId={decisionId} /> : <><p className="say">{step.detail}</p><h3>Recorded<span className="dim">{sizeOf(step.record)}</span></h3><RecordedJson value={step.record} claims={[]} at={null} label={`What is recorded of ${step.name}`} /></>}
      <p className="und"><Icon name="warn" size="m" />Names, tags and descriptions are written by whoever controls the resource: never evidence alone.</p>
    </section>
  );
}

/** More arguments than these are folded, so that what came back is in sight. */
const FEW = 6;

function CallParts({ call, claims, at }: { readonly call: Call; readonly claims: readonly ClaimView[]; readonly at: string | null }) {
  const { output } = call;
  const said = Object.entries(output?.claims ?? {}), missing = said.flatMap(([, claim]) => claim.missing ?? []);
  const provenance = [...new Set(said.map(([, claim]) => claim.provenance))].join(', ');
  const coverage = output?.coverage;
  const covers = [coverage?.sources.join(', '), coverage?.days !== undefined && `${coverage.days} days`, coverage?.note].filter(Boolean).join('; ');
  return (
    <>
      <dl className="fx">
        <div><dt>Answers</dt><dd className="mono" title={said.map(([name]) => name).join(', ')}>{said.map(([name]) => name).join(', ') || 'nothing'}</dd></div>
        <div><dt>Provenance</dt><dd>{provenance || 'none'}</dd></div>
        <div><dt>Coverage</dt><dd title={covers}>{covers || 'not told'}</dd></div>
        <div><dt>Missing</dt><dd title={missing.map((item) => item.what).join(', ')}>{missing.map((item) => item.what).join(', ') || 'nothing'}</dd></div>
      </dl>
      <details key={call.call_id} className="args" open={Object.keys(call.arguments).length <= FEW}><summary>Arguments<span className="dim">{sizeOf(call.arguments)}</span></summary><RecordedJson value={call.arguments} claims={[]} at={null} label={`Arguments of ${call.call_id}`} /></details>
      <h3>Result<span className="dim">{call.status === 'error' ? 'failed' : `${sizeOf(output)}, ${claims.length} cited`}</span></h3>
      {output === undefined ? <p className="bad" role="alert"><Icon name="warn" size="m" />The call failed: <span className="mono">{call.error ?? 'no reason recorded'}</span>. What it would have shown counts as unknown.</p> : <RecordedJson value={output} claims={claims} at={at} label={`Result of ${call.call_id}`} />}
    </>
  );
}

function sizeOf(value: unknown): string { return formatBytes(new TextEncoder().encode(JSON.stringify(value) ?? '').length); }
