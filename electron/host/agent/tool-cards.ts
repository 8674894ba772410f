import type { LoopContext } from '#electron/agent/loop-context.ts';
import { tools } from '#electron/tools/all.ts';

/** Tools as prompts tell of them. */
export const toolCards = (): LoopContext['tools'] => tools.map(({ name, description, claims, cost }) => ({ name, description, claims, cost }));
