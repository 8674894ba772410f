import type { Check } from './check.ts';
import { evidenceSufficient } from './evidence-sufficient.ts';
import { exceptions } from './exceptions.ts';
import { ownerExists } from './owner-exists.ts';
import { production } from './production.ts';
import { reachable } from './reachable.ts';

/** The deterministic checks, in the order in which they are shown. */
export const checks: readonly Check[] = [reachable, production, ownerExists, exceptions, evidenceSufficient];
