import type { Validation } from '#shared/model/decision.ts';
import type { Priority } from '#shared/model/decision.ts';
import { DecisionChip, PriorityMark, decisionLooks } from '../../ui/decision-chip.tsx';
import { gateLines } from './trace-steps.ts';

/** The six gates in order, what was found at each, and the one that decided. */
export function GatesTable({ validation, priority }: { readonly validation: Validation; readonly priority: Priority }) {
  const { outcome, proposed } = validation.gate;
  return (
    <div className="gt"><h2>Gates<span className="dim">first match wins{proposed !== outcome && `; proposed was ${proposed}`}</span></h2>
      <table><thead className="vh"><tr><th scope="col">Gate</th><th scope="col">State</th><th scope="col">Found</th><th scope="col">Outcome</th></tr></thead>
        <tbody>{gateLines(validation).map((line) => (
          <tr key={line.rule} className={line.isHit ? `hit ${decisionLooks[outcome].look}` : line.isReached ? undefined : 'nr'}>
            <td className="gn"><span>{line.rule}</span></td><td className="gs clip">{line.state}</td><td className="sub">{line.found}</td>
            <td>{line.isHit ? <><DecisionChip decision={outcome} /> <PriorityMark priority={priority} /></> : <span className="dim">{line.isReached ? 'no match' : '–'}</span>}</td>
          </tr>
        ))}</tbody></table></div>
  );
}
