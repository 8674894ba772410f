import { aws } from './aws.ts';
import { azure } from './azure.ts';
import type { Connector } from './connector.ts';
import { gcp } from './gcp.ts';
import { k8s } from './k8s.ts';

/** Every product that can be pulled from, in the order of the screen. */
export const connectors: readonly Connector[] = [aws, azure, gcp, k8s];
