import type { ReactNode } from 'react';
import { markOf } from '#shared/model/evidence-mark.ts';
import type { ClaimView } from '#shared/model/decision.ts';
import { CallChip, ClaimMark, ClaimValueText } from './evidence.tsx';

interface ClaimsProps {
  readonly claims: readonly ClaimView[]; /** With the tool that said it. */ readonly wide?: boolean;
  readonly callHref: (callId: string, pointer: string | undefined) => string; readonly onOpen: (href: string) => void; readonly action?: (claim: ClaimView) => ReactNode;
}

/** Claims, one row each: status, name, value, source, recorded call. */
export function ClaimsList({ claims, wide = false, callHref, onOpen, action }: ClaimsProps) {
  return (
    <ul className={`claims${wide ? ' wide' : ''}`}>
      {claims.map((claim) => {
        const mark = markOf(claim.value, claim.provenance, claim.stale);
        return (
          <li key={claim.claim} className={mark === 'unknown' ? 'miss' : undefined} title={claim.reason}>
            <ClaimMark mark={mark} /><span className="mono clip">{claim.claim}</span><span className="val clip"><ClaimValueText value={claim.value} provenance={claim.provenance} />{claim.stale && <span className="dim"> stale</span>}</span>
            {wide && <span className="dim clip src">{claim.source ?? ''}</span>}
            {claim.call_id === undefined ? <span className="dim">{action?.(claim)}</span> : <CallChip id={claim.call_id} href={callHref(claim.call_id, claim.pointer)} onOpen={onOpen} />}
          </li>
        );
      })}
    </ul>
  );
}

/** How many of the claims are verified. */
export const verifiedCount = (claims: readonly ClaimView[]): number => claims.filter((claim) => markOf(claim.value, claim.provenance, claim.stale) === 'verified').length;
/** Open claims: no value, two values, or one that is too old. */
export const isOpenClaim = (claim: ClaimView): boolean => claim.value === 'unknown' || claim.value === 'conflict' || claim.stale;
