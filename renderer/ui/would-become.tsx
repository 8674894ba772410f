import type { ClaimValue } from '#shared/model/claims.ts';
import type { DecisionName, Priority } from '#shared/model/decision.ts';
import { DecisionChip, PriorityMark } from './decision-chip.tsx';

export interface Flip { readonly decision: DecisionName; readonly priority: Priority; readonly claim: string; readonly value: ClaimValue }

/** What the gate would say with one claim changed; flips with the same outcome and value share a line. */
export function WouldBecome({ flips }: { readonly flips: readonly Flip[] }) {
  const lines = new Map<string, { readonly flip: Flip; readonly claims: string[] }>();
  for (const flip of flips) {
    const key = `${flip.decision} ${flip.priority} ${String(flip.value)}`;
    const line = lines.get(key);
    if (line) line.claims.push(flip.claim); else lines.set(key, { flip, claims: [flip.claim] });
  }
  if (lines.size === 0) return <p className="none">No single claim would change it.</p>;
  return (
    <ul className="flip">
      {[...lines.values()].map(({ flip, claims }) => {
        // The engine says `any` for "whichever of the required ones".
        const words = claims.includes('any') ? 'any claim' : claims.length > 2 ? `any of ${claims.length} claims` : undefined;
        return <li key={`${flip.decision}${String(flip.value)}${claims[0] ?? ''}`}><DecisionChip decision={flip.decision} />{flip.decision !== 'needs_human_review' && <PriorityMark priority={flip.priority} />}
          <span className="sub clip" title={claims.join(', ')}>if {words ?? <span className="mono">{claims.join(' or ')}</span>} were {String(flip.value)}</span></li>;
      })}
    </ul>
  );
}
