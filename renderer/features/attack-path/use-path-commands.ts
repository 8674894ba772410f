import { useCommands } from '../../state/commands.ts';
import { patchQuery } from '../../state/router.ts';
import type { AttackPathsView } from '#shared/rpc/graph-schemas.ts';
import { focusNode } from './canvas.tsx';
import type { Layout } from './layout.ts';
import { MOST_NODES, type Picture } from './picture.ts';
import type { Expansions } from './use-expansions.ts';
import { type Step, stepFrom } from './walk.ts';

interface Given {
  readonly view: AttackPathsView; readonly chosen: string | null; readonly active: string | null; readonly isTable: boolean; readonly picture: Picture | undefined; readonly layout: Layout | undefined; readonly expansions: Expansions;
  readonly choose: (id: string) => void; readonly pick: (id: string) => void;
}

/** Two frames on: by then the canvas or the table is there. */
const afterDrawing = (then: () => void): void => { requestAnimationFrame(() => { requestAnimationFrame(then); }); };

/** The keys of the screen: next path, table, expand and collapse, arrows along the edges. */
export function usePathCommands({ view, chosen, active, isTable, picture, layout, expansions, choose, pick }: Given): void {
  const group = 'Attack path', { paths } = view;
  const turn = (by: number): void => { const now = paths.findIndex((p) => p.id === chosen), next = paths[(now + by + paths.length) % paths.length]; if (next) choose(next.id); };
  const step = (way: Step): void => {
    if (!picture || !layout) return;
    const from = active !== null && layout.nodes[active] ? active : picture.nodes[0]?.id, to = from === undefined ? undefined : stepFrom(picture, layout, from, way);
    if (to === undefined) return;
    pick(to);
    requestAnimationFrame(() => focusNode(to));
  };
  const node = picture?.nodes.find((n) => n.id === active), urn = node?.stack?.of ?? active;
  const isFull = (picture?.nodes.length ?? 0) >= MOST_NODES, isOpen = expansions.list.some((e) => e.urn === urn);
  const noCanvas = isTable ? { blocked: 'The table has no canvas: press v' } : {};
  const canExpand = isTable || !node ? { blocked: 'Choose a node on the canvas' } : isFull ? { blocked: `${MOST_NODES} nodes are drawn: collapse something first` } : node.hidden === 0 && !node.stack ? { blocked: 'All of its neighbours are drawn' } : {};
  useCommands([
    { id: 'p-next', title: 'Next path', group, keys: 'p', ...(paths.length < 2 && { blocked: 'There is no other path' }), run: () => turn(1) },
    { id: 'p-previous', title: 'Previous path', group, keys: 'shift+p', ...(paths.length < 2 && { blocked: 'There is no other path' }), run: () => turn(-1) },
    { id: 'p-table', title: isTable ? 'Show the canvas' : 'Show the table', group, keys: 'v', run: () => { patchQuery({ view: isTable ? null : 'table' }, { replace: true }); afterDrawing(() => { if (!isTable) document.querySelector<HTMLElement>('.s-paths .tt')?.focus(); else if (active !== null) focusNode(active); }); } },
    { id: 'p-expand', title: 'Expand the node by 25', group, keys: '+', also: '=', ...canExpand, run: () => { if (urn !== null && urn !== undefined) expansions.expand(urn); } },
    { id: 'p-collapse', title: 'Collapse the node', group, keys: '-', ...(!isOpen && { blocked: 'Nothing is expanded here' }), run: () => { if (urn !== null && urn !== undefined) expansions.collapse(urn); } },
    ...(['right', 'left', 'down', 'up'] as const).map((way) => ({ id: `p-${way}`, title: way === 'right' ? 'Follow an edge onwards' : way === 'left' ? 'Follow an edge back' : `Next node ${way}`, group, keys: way, keyOnly: true, ...noCanvas, run: () => step(way) })),
  ]);
}
