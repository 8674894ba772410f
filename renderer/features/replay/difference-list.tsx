import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { formatCount } from '../../ui/format.ts';
import { type Difference, valueText } from './replay-report.ts';

const PAGE = 100;

/** Where two records differ: the path, and what stands there on either side. */
export function DifferenceList({ differences, left, right }: { readonly differences: readonly Difference[]; readonly left: string; readonly right: string }) {
  const [shown, setShown] = useState(PAGE);
  if (differences.length === 0) return <p className="dim none">Nothing differs.</p>;
  return (
    <>
      <table className="dl"><thead><tr><th scope="col">Path</th><th scope="col">{left}</th><th scope="col">{right}</th></tr></thead>
        <tbody>{differences.slice(0, shown).map((difference) => <tr key={difference.path}><th scope="row" className="mono">{difference.path}</th><td className="mono">{valueText(difference.recorded)}</td><td className="mono">{valueText(difference.replayed)}</td></tr>)}</tbody></table>
      {differences.length > shown && <Button small onClick={() => setShown(shown + PAGE)}>{`+${formatCount(differences.length - shown)} hidden`}</Button>}
    </>
  );
}
