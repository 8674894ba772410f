import type { OutputOf } from '../../state/calls.ts';

export type Connector = OutputOf<'connectors.list'>[number];
export type Pull = OutputOf<'connectors.pull'>['pull'];
export type Preflight = OutputOf<'connectors.preflight'>;

/** What was typed about each product, credentials too: as long as this window, and nowhere else. */
export const typed = new Map<string, Readonly<Record<string, string>>>();
