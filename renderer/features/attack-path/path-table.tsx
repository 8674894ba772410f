import { useEffect, useRef } from 'react';
import type { AttackPathsView } from '#shared/rpc/graph-schemas.ts';
import { Icon } from '../../ui/icons.tsx';

interface TableProps { readonly view: AttackPathsView; readonly chosen: string | null; readonly why: string | null; readonly onChoose: (id: string) => void; readonly onPick: (urn: string) => void; readonly active: string | null }

/** The same as the canvas in rows: every path with its steps, what each costs and why it is possible, then the ways that are closed. */
export function PathTable({ view, chosen, why, onChoose, onPick, active }: TableProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => { box.current?.querySelector('[aria-current=true]')?.scrollIntoView({ block: 'nearest' }); }, [chosen]);
  return (
    <div className="tt" tabIndex={0} role="region" aria-label="Attack paths as a table" ref={box}>
      {why !== null && <p className="warned" role="status"><Icon name="warn" size="m" />The canvas is not drawn: {why}. The table has all of it.</p>}
      <table>
        <caption className="vh">Attack paths by rank, one row a step</caption>
        <thead><tr><th scope="col" className="num">#</th><th scope="col">From</th><th scope="col">Step</th><th scope="col">To</th><th scope="col" className="num">Cost</th><th scope="col">ATT&amp;CK</th><th scope="col">Why it is possible</th></tr></thead>
        {view.paths.map((path, i) => {
          const names = new Map(path.nodes.map((n) => [n.urn, n.name]));
          return (
            <tbody key={path.id} aria-current={path.id === chosen || undefined}>
              <tr className="ph"><th scope="rowgroup" colSpan={7}><button type="button" onClick={() => onChoose(path.id)}><span className="num rk">{i + 1}</span><b>{path.title}</b><span className="dim">{path.nodes.at(-1)?.name}, {path.what}. Rank {path.rank.toFixed(1)}, cost {path.cost}{path.confidence < 1 ? `, confidence ${path.confidence}` : ''}{path.freshness < 1 ? `, freshness ${path.freshness}` : ''}</span></button></th></tr>
              {path.hops.map((hop, j) => (
                <tr key={`${hop.from} ${hop.to}`} data-active={hop.to === active || undefined}><td className="num dim">{j + 1}</td><td><Name urn={hop.from} name={names.get(hop.from)} onPick={onPick} /></td><td className={hop.provenance === 'inferred' || hop.condition !== null ? 'inf' : undefined}>{hop.verb}{hop.via ? <> through <Name urn={hop.via.urn} name={hop.via.name} onPick={onPick} /></> : null}</td>
                  <td><Name urn={hop.to} name={names.get(hop.to)} onPick={onPick} /></td><td className="num">{hop.cost}</td><td className="mono">{hop.techniques.join(' ')}</td><td className="why" title={hop.condition ?? undefined}>{hop.reason}{hop.condition === null ? '' : ' (under a condition)'}</td></tr>
              ))}
            </tbody>
          );
        })}
        {view.blocked.length > 0 && <tbody><tr className="ph"><th scope="rowgroup" colSpan={7}>Blocked</th></tr>{view.blocked.map((way) => <tr key={way.incident}><td /><td>Internet</td><td>{way.request}</td><td><Name urn={way.node.urn} name={way.node.name} onPick={onPick} /></td><td className="num">–</td><td className="mono">{way.call_id}</td><td className="why" title={way.text}>{way.control}: {way.text}</td></tr>)}</tbody>}
      </table>
    </div>
  );
}

function Name({ urn, name, onPick }: { readonly urn: string; readonly name: string | undefined; readonly onPick: (urn: string) => void }) {
  return <button type="button" className="mono clip" title={urn} onClick={() => onPick(urn)}>{name ?? urn}</button>;
}
