import type { ReactNode } from 'react';
import type { AttackPathsView, GraphNode } from '#shared/rpc/graph-schemas.ts';
import { useRead } from '../../state/reads.ts';
import { useStore } from '../../state/store.ts';
import { DecisionChip } from '../../ui/decision-chip.tsx';
import { Button } from '../../ui/button.tsx';
import { formatTime, plural } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { RichText } from '../../ui/rich-text.tsx';
import { ErrorState, LoadingState } from '../../ui/states.tsx';

interface InspectorProps { readonly urn: string | null; readonly view: AttackPathsView; readonly incidentHref: (id: string) => string; readonly onOpen: (href: string) => void; readonly onPick: (urn: string) => void; readonly onExpand: (urn: string) => void; readonly onClose: () => void }
const FEW = 4;

/** What is known of one node: what one fix closes, its edges, who gets in and why, its incidents, what falls with it. */
export function Inspector({ urn, view, incidentHref, onOpen, onPick, onExpand, onClose }: InspectorProps) {
  const { value, problem } = useRead('graph.node', urn === null ? null : { urn }, { keep: true });
  const zone = useStore((s) => s.preferences.zone);
  if (urn === null) return <aside className="in" aria-label="Node"><p className="fine">Choose a node to see what is known of it.</p></aside>;
  if (problem?.kind === 'failed') return <aside className="in" aria-label="Node"><ErrorState title="The node can't be read" message={problem.message} good="The paths are not affected." /></aside>;
  if (!value) return <aside className="in" aria-label="Node"><LoadingState what="the node" rows={8} /></aside>;
  const { node, incoming, outgoing, excerpt, incidents, blast } = value;
  return (
    <aside className="in" aria-label={`Node ${node.name}`}>
      <header><p className="dim sm2">{value.title}{value.account_name === null ? node.account === null ? '' : `, ${node.account}` : `, ${value.account_name}`}</p><h2 className="mono" title={node.urn}>{node.name}</h2><Button look="ghost" icon="x" label="Close the node" className="close" onClick={onClose} /></header>
      <FixOnce node={value} view={view} />
      <EdgeList title="Comes in" side={incoming} onPick={onPick} more={incoming.total > FEW && <li className="mo"><button type="button" onClick={() => onExpand(node.urn)}>{incoming.total - FEW} more <Kbd keys="+" /></button></li>} />
      <EdgeList title="Goes out" side={outgoing} onPick={onPick} more={outgoing.total > FEW && <li className="mo"><button type="button" onClick={() => onExpand(node.urn)}>{outgoing.total - FEW} more <Kbd keys="+" /></button></li>} />
      {excerpt && <section><h3>{excerpt.title}</h3><pre className="mono" tabIndex={0}>{excerpt.text}</pre><p className="dim sm2">{value.source}, {excerpt.pointer}{value.observed === null ? '' : `, observed ${formatTime(value.observed, zone)}`}</p></section>}
      {incidents.length > 0 && <section><h3>Incidents here<span className="dim">{incidents.length}</span></h3><ul className="inc">{incidents.map(({ id, decision }) => (
        <li key={id}>{decision === null ? <span className="dim sm2">not decided</span> : <DecisionChip decision={decision} />}<a className="mono sm2 link" href={incidentHref(id)} onClick={(event) => { event.preventDefault(); onOpen(incidentHref(id)); }}>{id}</a></li>))}</ul></section>}
      {blast && <section><h3>Blast radius<span className="dim">{blast.level}</span></h3><p className="sm2 sub">{plural(blast.reached, 'node falls', 'nodes fall')} with it, score {blast.score}. {plural(value.reached_by, 'node', 'nodes')} could get to it.</p>
        {[...blast.reasons, ...blast.missing.map((m) => `not known: ${m}`)].map((text) => <p key={text} className="dim sm2"><RichText text={text} zone={zone} /></p>)}
        {value.upstream + value.downstream > 0 && <p className="dim sm2">Data flow, no compromise: depends on {value.upstream}, {value.downstream} depend on it.</p>}</section>}
    </aside>
  );
}

function EdgeList({ title, side, more, onPick }: { readonly title: string; readonly side: GraphNode['incoming']; readonly more: ReactNode; readonly onPick: (urn: string) => void }) {
  return (
    <section><h3>{title}<span className="dim">{side.total.toLocaleString('en-US')}</span></h3>
      <ul className="eg">{side.shown.slice(0, FEW).map((edge) => <li key={`${edge.kind} ${edge.urn}`} title={edge.reason}><span className={`k${edge.provenance === 'inferred' ? ' inf' : ''}`}>{edge.kind}</span><button type="button" className="mono clip" onClick={() => onPick(edge.urn)}>{edge.name}</button></li>)}
        {side.total === 0 && <li className="mo">nothing</li>}{more}</ul>
    </section>
  );
}

/** Where this node, or a step into it, is on most paths: what one change closes, one bar for each path. */
function FixOnce({ node: { node: { urn } }, view }: { readonly node: GraphNode; readonly view: AttackPathsView }) {
  const { choke_node: choke, choke_points: points, paths } = view;
  const step = points.find((p) => p.to === urn) ?? points.find((p) => p.from === urn);
  const found = choke?.urn === urn ? choke : step;
  if (!found || paths.length === 0) return null;
  const closed = new Set(found.closes), count = paths.filter((p) => closed.has(p.id)).length;
  const copy = (): void => { navigator.clipboard.writeText(`${found.fix.replaceAll('`', '')} This closes ${count} of ${paths.length} open paths:\n${paths.filter((p) => closed.has(p.id)).map((p) => `- ${p.title} (${p.nodes.at(-1)?.urn ?? ''})`).join('\n')}\n`).catch((error: unknown) => useStore.getState().setTrouble(`Copy: ${error instanceof Error ? error.message : String(error)}`)); };
  return (
    <section className="fix"><h3>Fix once</h3><p><RichText text={found.fix} zone={null} /> This closes <b>{count} of {paths.length}</b> open paths.</p>
      <div className="cl" role="img" aria-label={`Closes paths ${paths.flatMap((p, i) => (closed.has(p.id) ? [i + 1] : [])).join(', ')}`}>{paths.map((p, i) => <u key={p.id} className={closed.has(p.id) ? undefined : 'o'} title={`${i + 1}. ${p.title}`} />)}</div>
      <div className="fa"><Button small icon="copy" onClick={copy}>Copy change</Button>{found.touches_iam && <span className="dim sm"><Icon name="hand" size="s" />IAM, needs approval</span>}</div></section>
  );
}
