import { type KeyboardEvent, useEffect, useRef } from 'react';
import type { AttackPathsView, ToxicCombinationView } from '#shared/rpc/graph-schemas.ts';
import { formatCount, formatDuration, plural } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';

interface ListProps {
  readonly view: AttackPathsView; readonly combinations: readonly ToxicCombinationView[]; readonly chosen: string | null; readonly wall: string | null;
  readonly onChoose: (id: string) => void; readonly onBlocked: (incident: string) => void; readonly onEntity: (urn: string) => void;
}

/** The ranked paths, what is dangerous together, and the ways that a control closes. */
export function PathList({ view, combinations, chosen, wall, onChoose, onBlocked, onEntity }: ListProps) {
  const list = useRef<HTMLOListElement>(null), { paths, blocked } = view;
  useEffect(() => { list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' }); }, [chosen]);
  const onKey = (event: KeyboardEvent): void => {
    const now = paths.findIndex((p) => p.id === chosen);
    const to = event.key === 'ArrowDown' ? now + 1 : event.key === 'ArrowUp' ? now - 1 : event.key === 'Home' ? 0 : event.key === 'End' ? paths.length - 1 : -1;
    const next = paths[to];
    if (next) { event.preventDefault(); onChoose(next.id); }
  };
  return (
    <aside className="pl" aria-label="Paths">
      <h2>Open paths<span className="dim">{view.total > paths.length ? `${paths.length} of ${formatCount(view.total)}` : paths.length}, by rank</span></h2>
      {paths.length === 0 && <p className="fine">{view.why ?? 'There is none.'}</p>}
      <ol role="listbox" aria-label="Open paths, by rank" tabIndex={paths.length === 0 ? -1 : 0} ref={list} onKeyDown={onKey} {...(chosen !== null && { 'aria-activedescendant': `path-${chosen}` })}>
        {paths.map((path, i) => (
          <li key={path.id} id={`path-${path.id}`} role="option" aria-selected={path.id === chosen} aria-posinset={i + 1} aria-setsize={paths.length} onClick={() => onChoose(path.id)}>
            <span className="rk">{i + 1}</span><div className="grow"><p className="clip" title={path.title}>{path.title}</p><p className="clip dim sm">{path.nodes.at(-1)?.name}, {plural(path.hops.length + (path.hops.some((h) => h.via) ? 1 : 0), 'hop')}</p></div>
            <span className="sc" title={`Rank ${path.rank.toFixed(1)}, cost ${path.cost}, confidence ${path.confidence}, freshness ${path.freshness}`}><b>{Math.round(path.rank)}</b><i style={{ '--v': `${Math.min(100, path.rank)}%` }} /></span>
          </li>
        ))}
      </ol>
      {combinations.length > 0 && <>
        <h2>Dangerous together<span className="dim">{combinations.length}</span></h2>
        <ul>{combinations.map((c) => <li key={`${c.id} ${c.entity}`}><button type="button" className="row" title={`${c.id}: ${c.factors.map((f) => `${f.name}: ${f.answer}, ${f.evidence[0]?.text ?? ''}`).join('\n')}`} onClick={() => onEntity(c.entity)}>
          <span className="rk tid">{c.id}</span><span className="grow"><span className="clip mono">{c.name}</span><span className="clip dim sm">{c.title}</span></span><Proof isSure={!c.needs_human_review} word={c.needs_human_review ? 'a factor is not known' : 'every factor is known'} /></button></li>)}</ul>
      </>}
      {blocked.length > 0 && <>
        <h2>Blocked<span className="dim">{blocked.length}, control cited</span></h2>
        <ul>{blocked.map((way) => <li key={way.incident} aria-current={way.incident === wall || undefined}><button type="button" className="row" title={way.text} onClick={() => onBlocked(way.incident)}>
          <span className="rk"><Icon name="wall" size="m" /></span><span className="grow"><span className="clip mono">{way.node.name}</span><span className="clip dim sm">{way.control}</span></span><Proof isSure={way.provenance === 'observed'} word={way.provenance === 'observed' ? 'verified' : 'inferred'} /></button></li>)}</ul>
      </>}
      <p className="fine">Searched {formatCount(view.edges_total)} edges in {formatDuration(view.ms)}, {view.truncated ? `cut short by the limit of ${view.caps.join(', ')}: there may be more` : 'nothing truncated'}.</p>
    </aside>
  );
}

/** A tick where a record proves it, hollow where something is open. */
export function Proof({ isSure, word }: { readonly isSure: boolean; readonly word: string }) {
  return <span className={`st ${isSure ? 'ok' : 'un'}`} title={word}><Icon name={isSure ? 'check' : 'hollow'} size="m" /><span className="vh">{word}</span></span>;
}
