import { ReactFlow, ViewportPortal, useReactFlow } from '@xyflow/react';
import { useEffect, useMemo, useRef } from 'react';
import { lanes } from '#shared/model/graph-meaning.ts';
import type { BlockedWay } from '#shared/rpc/graph-schemas.ts';
import { BAND_GAP, BAND_HEIGHT, BlockedBand } from './blocked-band.tsx';
import { CanvasEdge, type CanvasEdgeType, Marks } from './canvas-edge.tsx';
import { CanvasNode, type CanvasNodeType } from './canvas-node.tsx';
import type { Layout, Placed } from './layout.ts';
import type { DrawnNode, Picture } from './picture.ts';
import { describeNode } from './walk.ts';
import '@xyflow/react/dist/base.css';

const nodeTypes = { stop: CanvasNode }, edgeTypes = { way: CanvasEdge };
const laneWords = { entry: 'Entry', network: 'Network', compute: 'Compute', identity: 'Identity', data: 'Data' } as const;
const MARGIN = 24, LEGEND = 44;

interface CanvasProps {
  readonly picture: Picture; readonly layout: Layout; readonly width: number; readonly height: number; readonly active: string | null;
  /** `6 of 8` at the choke point. */
  readonly chokeCount: string | null;
  readonly blocked: BlockedWay | undefined; readonly callHref: (way: BlockedWay) => string; readonly onOpen: (href: string) => void;
  readonly onPick: (id: string) => void; readonly onExpand: (urn: string) => void;
  /** What the walk announces. */
  readonly label: string;
  /** Part of a page that scrolls: the wheel belongs to the page then. */
  readonly isEmbedded: boolean;
}

/** The picture in its lanes. Nodes are buttons with one tab stop; lines and lanes are silent, as each node says what leads to and from it. */
export function Canvas({ picture, layout, width, height, active, chokeCount, blocked, callHref, onOpen, onPick, onExpand, label, isEmbedded }: CanvasProps) {
  const total = layout.height + (blocked ? BAND_GAP + BAND_HEIGHT : 0) + LEGEND;
  useView(layout, active, width, height);
  const stop = active !== null && layout.nodes[active] ? active : picture.nodes[0]?.id;
  const nodes = useMemo(() => picture.nodes.flatMap((drawn) => {
    const placed = layout.nodes[drawn.id];
    return placed ? [nodeOf(drawn, placed, { drawn, selected: drawn.id === active, tabStop: drawn.id === stop, label: describeNode(picture, drawn.id), choke: drawn.isChoke && chokeCount !== null ? `Choke point, ${chokeCount}` : null, onPick, onExpand })] : [];
  }), [picture, layout, active, stop, chokeCount, onPick, onExpand]);
  const edges = useMemo(() => picture.edges.flatMap((drawn): CanvasEdgeType[] => {
    const routed = layout.edges[drawn.id];
    return routed && layout.nodes[drawn.from] && layout.nodes[drawn.to] ? [{ id: drawn.id, source: drawn.from, target: drawn.to, type: 'way', data: { drawn, routed }, zIndex: drawn.onPath ? 1 : 0, focusable: false }] : [];
  }), [picture, layout]);
  // At the first zoom the window must fit into what can be reached, else it is centred.
  const deep = Math.max(total, height / Math.min(1, width / layout.width));
  const extent = useMemo((): [[number, number], [number, number]] => [[-MARGIN, 0], [layout.width + MARGIN, deep]], [layout.width, deep]);
  return (
    <div className="flow" role="group" aria-label={label}>
      <Marks />
      <ReactFlow<CanvasNodeType, CanvasEdgeType> nodes={nodes} edges={edges} nodeTypes={nodeTypes} edgeTypes={edgeTypes} nodesDraggable={false} nodesConnectable={false} nodesFocusable={false} edgesFocusable={false} elementsSelectable={false}
        panOnScroll={!isEmbedded} preventScrolling={!isEmbedded} zoomOnScroll={false} zoomOnDoubleClick={false} minZoom={0.25} maxZoom={2} {...(!isEmbedded && { translateExtent: extent })} deleteKeyCode={null} selectionKeyCode={null} multiSelectionKeyCode={null} panActivationKeyCode={null} zoomActivationKeyCode={['Meta', 'Control']} disableKeyboardA11y proOptions={{ hideAttribution: true }}>
        <ViewportPortal>
          <div className="under" aria-hidden="true">{layout.lanes.map((lane, i) => <div key={lane.x} className="lane" style={{ left: lane.x, width: lane.width, height: deep }}><span>{laneWords[lanes[i] ?? 'data']}</span></div>)}</div>
          {blocked && <BlockedBand way={blocked} layout={layout} callHref={callHref(blocked)} onOpen={onOpen} onPick={onPick} />}
        </ViewportPortal>
      </ReactFlow>
    </div>
  );
}

function nodeOf(drawn: DrawnNode, { x, y, width, height }: Placed, data: CanvasNodeType['data']): CanvasNodeType {
  return { id: drawn.id, type: 'stop', position: { x, y }, width, height, data, draggable: false, focusable: false };
}

/** The first look is at the whole width; after that the camera only follows the active node when it leaves the window. */
function useView(layout: Layout, active: string | null, width: number, height: number): void {
  const flow = useReactFlow(), fitted = useRef('');
  const fit = Math.min(1, width / layout.width), key = `${layout.width} ${width}`;
  useEffect(() => {
    if (fitted.current === key || width === 0) return;
    fitted.current = key;
    void flow.setViewport({ x: Math.max(0, (width - layout.width * fit) / 2), y: 0, zoom: fit });
  }, [key, fit, flow, layout.width, width]);
  useEffect(() => {
    const placed = active === null ? undefined : layout.nodes[active];
    if (!placed || width === 0 || height === 0) return;
    const { x, y, zoom } = flow.getViewport(), left = placed.x * zoom + x, top = placed.y * zoom + y;
    if (left >= 0 && left + placed.width * zoom <= width && top >= 0 && top + placed.height * zoom <= height) return;
    void flow.setCenter(placed.x + placed.width / 2, placed.y + placed.height / 2, { zoom, duration: matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 220 });
  }, [active, layout, flow, width, height]);
}

/** Puts the focus on a node of the canvas. */
export function focusNode(id: string): void { document.querySelector<HTMLElement>(`.flow [data-node="${CSS.escape(id)}"]`)?.focus({ preventScroll: true }); }

/** What the lines mean. */
export function Legend() {
  return (
    <ul className="lg" aria-hidden="true">
      <li><svg width="26" height="8"><path className="on" d="M1 4H25" /></svg>selected path</li><li><svg width="26" height="8"><path className="open" d="M1 4H25" /></svg>observed</li>
      <li><svg width="26" height="8"><path className="open inf" d="M1 4H25" /></svg>inferred or conditional</li><li><svg width="12" height="12"><rect className="wall" x=".5" y=".5" width="11" height="11" rx="2" fill="url(#hatch)" /></svg>blocking control</li>
    </ul>
  );
}
