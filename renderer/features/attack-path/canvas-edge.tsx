import type { Edge, EdgeProps } from '@xyflow/react';
import type { Routed } from './layout.ts';
import type { DrawnEdge } from './picture.ts';

export type CanvasEdgeData = { readonly drawn: DrawnEdge; readonly routed: Routed };
export type CanvasEdgeType = Edge<CanvasEdgeData, 'way'>;

/** One edge as the layout routed it: thick on the chosen path, dashed when inferred or conditional. */
export function CanvasEdge({ data }: EdgeProps<CanvasEdgeType>) {
  if (!data) return null;
  const { drawn: { onPath, isInferred, label }, routed: { d, x, y, anchor, hasRoom } } = data;
  return (
    <>
      <path className={`${onPath ? 'on' : 'open'}${isInferred ? ' inf' : ''}`} d={d} markerEnd={`url(#${onPath ? 'arrow-on' : 'arrow'})`} />
      {label !== '' && hasRoom && <text className={onPath ? 'on' : undefined} x={x} y={y} textAnchor={anchor}>{label}</text>}
    </>
  );
}

/** Arrow heads and the hatching of a wall; once a canvas. */
export function Marks() {
  return (
    <svg className="marks" aria-hidden="true" width="0" height="0"><defs>
      <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" markerUnits="userSpaceOnUse" orient="auto"><path className="ma" d="M0 .6 7.4 4 0 7.4z" /></marker>
      <marker id="arrow-on" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path className="mb" d="M0 .6 7.4 4 0 7.4z" /></marker>
      <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" className="h0" /><rect width="2.6" height="6" className="h1" /></pattern>
    </defs></svg>
  );
}
