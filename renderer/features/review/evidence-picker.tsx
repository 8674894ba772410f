import { markOf } from '#shared/model/evidence-mark.ts';
import type { ClaimView } from '#shared/model/decision.ts';
import { ClaimMark, ClaimValueText } from '../../ui/evidence.tsx';

/** Which recorded evidence the override rests on. */
export function EvidencePicker({ claims, cites, onChange }: { readonly claims: readonly ClaimView[]; readonly cites: readonly string[]; readonly onChange: (cites: readonly string[]) => void }) {
  const cited = claims.filter((claim) => claim.call_id !== undefined);
  if (cited.length === 0) return <p className="sub">No evidence is recorded for this incident.</p>;
  return (
    <fieldset className="field"><legend>Evidence that it rests on</legend>
      <div className="cites">{cited.map((claim) => {
        // The citation that the engine keeps: the recorded call and the claim in it.
        const cite = `${claim.call_id ?? ''} ${claim.claim}`;
        return (
          <label key={cite} className="pick" title={claim.reason}><input type="checkbox" checked={cites.includes(cite)} onChange={(event) => onChange(event.target.checked ? [...cites, cite] : cites.filter((other) => other !== cite))} />
            <ClaimMark mark={markOf(claim.value, claim.provenance, claim.stale)} /><span className="mono clip grow">{claim.claim}</span><ClaimValueText value={claim.value} provenance={claim.provenance} /><span className="call">{claim.call_id}</span></label>
        );
      })}</div></fieldset>
  );
}
