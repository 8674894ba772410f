import type { OutputOf } from '../../state/calls.ts';

export type Connector = OutputOf<'connectors.list'>[number];
export type Pull = OutputOf<'connectors.pull'>['pull'];
export type Preflight = OutputOf<'connectors.preflight'>;

/** What was typed about each product, credentials too: as long as this window, and nowhere else. */
export const typed = new Map<string, Readonly<Record<string, string>>>();

/** Where a gap is, in few words. */
export function placesOf(gap: Pull['gaps'][number]): string {
  const { regions, things } = gap;
  const where = regions.length === 0 ? '' : regions.length > 3 ? `in ${regions.length} regions` : `in ${regions.join(', ')}`;
  return [things > 0 ? `for ${things} of them` : '', where].filter((part) => part !== '').join(' ');
}
