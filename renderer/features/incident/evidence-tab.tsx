import { markOf } from '#shared/model/evidence-mark.ts';
import type { IncidentDetail } from '#shared/rpc/schemas.ts';
import { callHref } from '../../state/addresses.ts';
import { navigate, useRoute } from '../../state/router.ts';
import { useStore } from '../../state/store.ts';
import { DecisionChip } from '../../ui/decision-chip.tsx';
import { CallChip, ClaimMark, ClaimValueText } from '../../ui/evidence.tsx';
import { RichText } from '../../ui/rich-text.tsx';

/** Every claim with the place that shows it, the checks of the validator, and the gate's rows. */
export function EvidenceTab({ detail }: { readonly detail: IncidentDetail }) {
  return <div className="ev-tab"><Claims detail={detail} /><Checks detail={detail} /><GateRows detail={detail} /></div>;
}

function Claims({ detail: { claims, incident } }: { readonly detail: IncidentDetail }) {
  const { query } = useRoute();
  const zone = useStore((s) => s.preferences.zone);
  return (
    <section><h2>Claims<span className="dim">{claims.length}</span></h2>
      <table><thead><tr><th scope="col"><span className="vh">State</span></th><th scope="col">Claim</th><th scope="col">Value</th><th scope="col">What shows it</th><th scope="col">Source</th><th scope="col">Call</th></tr></thead>
        <tbody>{claims.map((claim) => (
          <tr key={claim.claim}>
            <td><ClaimMark mark={markOf(claim.value, claim.provenance, claim.stale)} /></td><td className="mono">{claim.claim}{claim.required && <span className="tag">required</span>}</td><td className="v"><ClaimValueText value={claim.value} provenance={claim.provenance} />{claim.stale && <span className="dim"> stale</span>}</td>
            <td className="sub"><RichText text={claim.reason} zone={zone} />{claim.pointer !== undefined && <span className="mono dim ptr">{claim.pointer}</span>}</td><td className="dim">{claim.source}</td><td>{claim.call_id !== undefined && <CallChip id={claim.call_id} href={callHref(incident.id, query, claim.call_id, claim.pointer)} onOpen={navigate} />}</td>
          </tr>
        ))}</tbody></table></section>
  );
}

const marks = { pass: 'verified', fail: 'conflict', unknown: 'unknown', not_applicable: 'inferred' } as const;

function Checks({ detail: { validation } }: { readonly detail: IncidentDetail }) {
  const zone = useStore((s) => s.preferences.zone);
  if (validation === null) return null;
  return (
    <section><h2>Checks<span className="dim">{validation.passed ? 'all that apply pass' : 'not all pass'}</span></h2>
      <ul className="checks">{validation.checks.map((check) => <li key={check.check}>{check.result === 'not_applicable' ? <span className="st un">–</span> : <ClaimMark mark={marks[check.result]} />}<span className="mono">{check.check}</span><b>{check.result.replace('_', ' ')}</b><span className="sub"><RichText text={check.why} zone={zone} /></span></li>)}</ul></section>
  );
}

function GateRows({ detail: { validation } }: { readonly detail: IncidentDetail }) {
  if (validation === null) return null;
  const { gate } = validation;
  return (
    <section><h2>Gate<span className="dim">first match wins: {gate.rule}, {gate.why}</span></h2>
      <ul className="checks">{gate.rows.map((row) => <li key={`${row.rule} ${row.condition}`}><span className="st un">{row.rule}</span><span className="g-cond">{row.condition}</span><b>{row.value}</b></li>)}</ul>
      <p className="row1"><DecisionChip decision={gate.outcome} />{gate.proposed !== gate.outcome && <span className="dim">The engine proposed <span className="mono">{gate.proposed}</span>.</span>}</p></section>
  );
}
