import type { Layout } from './layout.ts';
import type { Picture } from './picture.ts';

export type Step = 'left' | 'right' | 'up' | 'down';

/**
 * Where an arrow key goes from a node: right and left follow an edge (of the chosen path first, else the nearest), up and down go to the next node of the lane.
 * @returns the node's id, or undefined when nothing lies that way.
 */
export function stepFrom(picture: Picture, layout: Layout, id: string, step: Step): string | undefined {
  const here = layout.nodes[id];
  if (!here) return undefined;
  const far = (other: string): number => { const there = layout.nodes[other]; return there ? Math.abs(there.y - here.y) + Math.abs(there.x - here.x) / 100 : Infinity; };
  if (step === 'left' || step === 'right') {
    const ends = picture.edges.flatMap((e) => (step === 'right' ? (e.from === id ? [{ other: e.to, onPath: e.onPath }] : []) : e.to === id ? [{ other: e.from, onPath: e.onPath }] : []));
    return ends.filter((e) => layout.nodes[e.other]).toSorted((a, b) => Number(b.onPath) - Number(a.onPath) || far(a.other) - far(b.other))[0]?.other;
  }
  const lane = picture.nodes.find((n) => n.id === id)?.lane, sign = step === 'down' ? 1 : -1;
  return picture.nodes.filter((n) => n.lane === lane && n.id !== id && (layout.nodes[n.id]?.y ?? 0) * sign > here.y * sign).toSorted((a, b) => far(a.id) - far(b.id))[0]?.id;
}

/** What a node is, for who doesn't see the canvas: what it is called, what is known of it, and which steps lead to and from it. */
export function describeNode(picture: Picture, id: string): string {
  const found = picture.nodes.find((n) => n.id === id);
  if (!found) return '';
  if (found.stack) return `${found.hidden} more neighbours of ${found.node.name}, ${found.stack.shown} of ${found.stack.total} are shown`;
  const name = (other: string): string => picture.nodes.find((n) => n.id === other)?.node.name ?? other;
  const into = picture.edges.filter((e) => e.to === id && e.label !== '').map((e) => `${name(e.from)} ${e.label}`), out = picture.edges.filter((e) => e.from === id && e.label !== '').map((e) => `${e.label} ${name(e.to)}`);
  const { node } = found;
  return [
    `${node.name}, ${node.note}`, `${node.lane} lane`, ...(node.severity ? [`reported ${node.severity}`] : []), ...(found.isChoke ? ['choke point'] : []), ...(found.onPath ? ['on the chosen path'] : []),
    ...(into.length > 0 ? [`reached because ${into.slice(0, 4).join('; ')}`] : []), ...(out.length > 0 ? [`leads on: ${out.slice(0, 4).join('; ')}`] : []), ...(found.hidden > 0 ? [`${found.hidden} neighbours not shown`] : []),
  ].join('. ');
}
