import { z } from 'zod';
import type { RouterDesk } from './rpc-router.ts';
import type { Paged } from './desk-protocol.ts';

const pageSchema = z.object({ rows: z.array(z.object({ id: z.string(), title: z.string(), entity_name: z.string(), paged: z.boolean(), status: z.string() })) });
const MOST = 500;

/**
 * Tells which incidents have begun to page since the last look. The first look tells nothing: what paged before the workspace was opened is no news.
 * Looks that overlap are put together.
 */
export function watchPages(desk: RouterDesk, tell: (incidents: readonly Paged[]) => void): { look(): Promise<void> } {
  let known: ReadonlySet<string> | undefined;
  let running: Promise<void> | undefined, isAskedAgain = false;
  const once = async (): Promise<void> => {
    const listed = await desk.call('queue.list', { filter: { decision: ['resolve_now'], status: ['open', 'reopened'] }, limit: MOST });
    // A look that fails (the engine is just starting again) is made up for by the next one.
    if (!listed.ok) return;
    const paged = pageSchema.parse(listed.value).rows.filter((row) => row.paged);
    const before = known;
    known = new Set([...(before ?? []), ...paged.map(({ id }) => id)]);
    const fresh = before === undefined ? [] : paged.filter(({ id }) => !before.has(id));
    if (fresh.length > 0) tell(fresh.map(({ id, title, entity_name }) => ({ id, title, entity: entity_name })));
  };
  const repeat = async (): Promise<void> => { do { isAskedAgain = false; await once(); } while (isAskedAgain); running = undefined; };
  return {
    look() {
      if (running) { isAskedAgain = true; return running; }
      running = repeat();
      return running;
    },
  };
}
