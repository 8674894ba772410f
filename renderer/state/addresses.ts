import { viewOf } from './queue-view.ts';
import { type QueryPatch, href, patched } from './router.ts';

/** An incident, in the queue's view that it is reached from; `patch` names a tab, a call, a pointer. */
export const incidentHref = (id: string, query: URLSearchParams, patch: QueryPatch = {}): string => href(`/incident/${encodeURIComponent(id)}`, patched(viewOf(query), patch));
/** A recorded call of an incident, at the cited place. */
export const callHref = (id: string, query: URLSearchParams, callId: string, pointer: string | undefined): string => incidentHref(id, query, { tab: 'trace', call: callId, at: pointer ?? null });
/** The queue with an incident selected. */
export const queueHref = (query: URLSearchParams, open: string | null): string => href('/queue', patched(viewOf(query), { open }));
