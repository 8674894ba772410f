import { useCallback, useMemo, useState } from 'react';
import type { GraphSlice } from '#shared/rpc/graph-schemas.ts';
import { useReads } from '../../state/reads.ts';
import { type Expansion, PAGE } from './picture.ts';

/** Nodes that are opened, each with the number of pages shown. */
type Pages = ReadonlyMap<string, number>;

export interface Expansions {
  readonly list: readonly Expansion[];
  /** Opens a node, or shows its next page. */
  readonly expand: (urn: string) => void;
  /** Takes the last page of a node away again. */
  readonly collapse: (urn: string) => void;
  readonly clear: () => void;
}

/** Opens nodes one hop further, in pages of 25, read page by page. */
export function useExpansions(): Expansions {
  const [pages, setPages] = useState<Pages>(new Map());
  const inputs = useMemo(() => [...pages].flatMap(([urn, count]) => Array.from({ length: count }, (_, page) => ({ urn, offset: page * PAGE, limit: PAGE }))), [pages]);
  const reads = useReads('graph.expand', inputs);
  const list = useMemo(() => [...pages.keys()].flatMap((urn): Expansion[] => {
    const slices = inputs.flatMap((input, i) => (input.urn === urn ? reads[i]?.value ?? [] : []));
    const slice = mergePages(slices);
    return slice ? [{ urn, slice }] : [];
  }), [pages, inputs, reads]);
  const expand = useCallback((urn: string) => setPages((now) => new Map(now).set(urn, (now.get(urn) ?? 0) + 1)), []);
  const collapse = useCallback((urn: string) => setPages((now) => {
    const next = new Map(now), count = (now.get(urn) ?? 0) - 1;
    if (count > 0) next.set(urn, count); else next.delete(urn);
    return next;
  }), []);
  const clear = useCallback(() => setPages(new Map()), []);
  return { list, expand, collapse, clear };
}

/** Several pages of one node as one; what is hidden is what the last one hides. */
export function mergePages(slices: readonly GraphSlice[]): GraphSlice | undefined {
  const last = slices.at(-1);
  if (!last) return undefined;
  const nodes = new Map(slices.flatMap((s) => s.nodes).map((n) => [n.urn, n]));
  return { ...last, nodes: [...nodes.values()], edges: slices.flatMap((s) => s.edges) };
}
