import { burst } from './burst.ts';
import { reachablePort } from './reachable-port.ts';
import type { CorrelationRule } from './rule.ts';
import { sameCause } from './same-cause.ts';
import { sameVulnerability } from './same-vulnerability.ts';

/** The rules by which findings become one incident. Amplifiers join afterwards (correlate.ts). */
export const rules: readonly CorrelationRule[] = [sameCause, sameVulnerability, burst, reachablePort];
