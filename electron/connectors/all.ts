import type { Connector } from './connector.ts';

/** Every product that can be pulled from, in the order of the screen. */
export const connectors: readonly Connector[] = [];
