import { ReactFlowProvider, useReactFlow } from '@xyflow/react';
import { type ReactNode, useMemo, useState } from 'react';
import type { AttackPathsView, BlockedWay, ToxicCombinationView } from '#shared/rpc/graph-schemas.ts';
import { callHref, incidentHref } from '../../state/addresses.ts';
import { navigate, patchQuery, useRoute } from '../../state/router.ts';
import { Button, Segments } from '../../ui/button.tsx';
import { formatCount } from '../../ui/format.ts';
import { EmptyState, LoadingState } from '../../ui/states.tsx';
import { Canvas, Legend } from './canvas.tsx';
import { Inspector } from './inspector.tsx';
import { PathList } from './path-list.tsx';
import { PathTable } from './path-table.tsx';
import { MOST_NODES, pictureOf, type Picture } from './picture.ts';
import { useExpansions } from './use-expansions.ts';
import { type LayoutState, useLayout } from './use-layout.ts';
import { usePathCommands } from './use-path-commands.ts';
import { useSize } from './use-size.ts';
import './attack-path.css';

interface ViewProps { readonly view: AttackPathsView; readonly combinations: readonly ToxicCombinationView[]; /** The head's own controls. */ readonly title: ReactNode; readonly empty: ReactNode; readonly isEmbedded?: boolean }

/** Ranked paths, their canvas or its table twin, and the inspector. Path, node and form of view stand in the address. */
export function AttackPathView(props: ViewProps) { return <ReactFlowProvider><Panes {...props} /></ReactFlowProvider>; }

function Panes({ view, combinations, title, empty, isEmbedded = false }: ViewProps) {
  const { query } = useRoute(), expansions = useExpansions();
  const [box, setBox] = useState<HTMLDivElement | null>(null), size = useSize(box);
  const path = view.paths.find((p) => p.id === query.get('path')) ?? view.paths[0], chosen = path?.id ?? null;
  const asked = query.get('node'), active = asked ?? view.choke_node?.urn ?? path?.nodes.at(-1)?.urn ?? null;
  const way = view.blocked.find((b) => b.incident === query.get('wall')) ?? view.blocked[0];
  const wantsTable = query.get('view') === 'table';
  const picture = useMemo(() => pictureOf(view, path, expansions.list), [view, path, expansions.list]);
  const input = useMemo(() => (size.width === 0 || wantsTable ? undefined : { width: size.width, rows: picture.rows, edges: picture.edges.map(({ id, from, to }) => ({ id, from, to })), nodes: picture.nodes.map((n) => ({ id: n.id, lane: n.lane, isEntryPoint: n.node.kind === 'internet' })) }), [picture, size.width, wantsTable]);
  const laid = useLayout(input), isTable = wantsTable || laid.state === 'failed', layout = laid.state === 'failed' ? undefined : laid.layout;
  const choose = (id: string): void => patchQuery({ path: id, node: null }, { replace: true });
  const pick = (id: string): void => { const urn = id.startsWith('more:') ? null : id; if (urn !== null || asked !== id) patchQuery({ node: id }, { replace: true }); };
  const hrefOfCall = (blocked: BlockedWay): string => callHref(blocked.incident, new URLSearchParams(), blocked.call_id, blocked.pointer);
  usePathCommands({ view, chosen, active, isTable, picture, layout, expansions, choose, pick });
  const node = active === null ? null : picture.nodes.find((n) => n.id === active)?.stack?.of ?? active;
  const count = view.choke_node ? `${view.paths.filter((p) => view.choke_node?.closes.includes(p.id)).length} of ${view.paths.length}` : null;
  return (
    <div className="panes">
      <PathList view={view} combinations={combinations} chosen={chosen} wall={way?.incident ?? null} onChoose={choose} onBlocked={(incident) => patchQuery({ wall: incident }, { replace: true })} onEntity={pick} />
      <section className="cv" aria-label="Attack path canvas">
        <Head title={title} view={view} picture={picture} isTable={isTable} />
        {view.paths.length === 0 && view.blocked.length === 0 ? empty : isTable ? <PathTable view={view} chosen={chosen} why={wantsTable || laid.state !== 'failed' ? null : laid.why} onChoose={choose} onPick={pick} active={active} /> : (
          <div className="vp" ref={setBox}>
            <Drawing laid={laid} picture={picture}>{(drawn) => <Canvas isEmbedded={isEmbedded} picture={picture} layout={drawn} {...size} active={active} chokeCount={count} blocked={way} callHref={hrefOfCall} onOpen={navigate} onPick={pick} onExpand={expansions.expand} label={`Attack paths, ${picture.nodes.length} nodes. Arrow keys follow the edges, plus expands, v shows the table.`} />}</Drawing>
            <Legend />
            <p className="vh" role="status">{path ? `Path ${view.paths.indexOf(path) + 1}: ${path.title}. ${path.hops.map((h) => `${path.nodes.find((n) => n.urn === h.from)?.name ?? ''} ${h.verb} ${path.nodes.find((n) => n.urn === h.to)?.name ?? ''}`).join(', then ')}.` : ''}</p>
          </div>
        )}
      </section>
      <div className={asked === null ? 'ins' : 'ins open'}><Inspector urn={node} view={view} incidentHref={(id) => incidentHref(id, new URLSearchParams())} onOpen={navigate} onPick={pick} onExpand={expansions.expand} onClose={() => patchQuery({ node: null }, { replace: true })} /></div>
    </div>
  );
}

function Drawing({ laid, picture, children }: { readonly laid: LayoutState; readonly picture: Picture; readonly children: (layout: Exclude<LayoutState, { state: 'failed' }>['layout'] & {}) => ReactNode }) {
  const layout = laid.state === 'failed' ? undefined : laid.layout;
  if (layout === undefined) return <LoadingState what="the canvas" rows={8} />;
  // Nodes that the layout doesn't know yet appear with the next one.
  return <>{children(layout)}{picture.isCapped && <p className="cap" role="status">{picture.nodes.length >= MOST_NODES ? `${MOST_NODES} nodes are drawn, which is the most: collapse something to see more` : 'More paths than are drawn: choose one in the list, or see all in the table'}</p>}</>;
}

function Head({ title, view, picture, isTable }: { readonly title: ReactNode; readonly view: AttackPathsView; readonly picture: Picture; readonly isTable: boolean }) {
  const flow = useReactFlow(), duration = matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 220;
  return (
    <header className="ch">{title}<span className="dim sm2 hide-s clip">{formatCount(picture.nodes.length)} of {formatCount(view.nodes_total)} nodes drawn</span><span className="grow" />
      <Segments label="Form" options={[{ value: 'canvas', label: 'Canvas' }, { value: 'table', label: 'Table', keys: 'v' }]} value={isTable ? 'table' : 'canvas'} onChange={(value) => patchQuery({ view: value === 'table' ? value : null }, { replace: true })} />
      <Button look="ghost" icon="minus" label="Zoom out" disabled={isTable} onClick={() => void flow.zoomOut({ duration })} /><Button look="ghost" icon="plus" label="Zoom in" disabled={isTable} onClick={() => void flow.zoomIn({ duration })} /><Button look="ghost" icon="fit" label="Fit" disabled={isTable} onClick={() => void flow.fitView({ duration, padding: 0.06, maxZoom: 1 })} />
    </header>
  );
}

/** Nothing to draw: what that means and what would change it. */
export function NoPaths({ why }: { readonly why: string | null }) {
  return <EmptyState icon="path" title="No attack path">{why ?? 'No path leads to what is worth protecting'}. Paths lead from outside to the crown jewels that the policy names and to administrators; import an inventory, and name crown jewels in the policy, to see more.</EmptyState>;
}
