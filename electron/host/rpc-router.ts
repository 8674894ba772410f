import { eventIterator, ORPCError, os, type AnyRouter } from '@orpc/server';
import { RPCHandler as PortHandler } from '@orpc/server/message-port';
import { z } from 'zod';
import type { Result } from '#shared/lib/result.ts';
import { contract, type Procedure, type WinnowClient } from '#shared/rpc/contract.ts';
import { engineEventSchema, type EngineEvent } from '#shared/rpc/schemas.ts';
import { UNANSWERED } from './engine-protocol.ts';
import type { EventHub } from './event-hub.ts';

/** What the router needs of the desk: one call by the contract's dotted name; the answer's shape is checked here. */
export interface RouterDesk { call(name: string, input: unknown): Promise<Result<unknown>> }

/** The typed client of the router: the contract, and the events. */
export type RouterClient = WinnowClient & { readonly events: { readonly stream: (input?: Record<never, never>, options?: { readonly signal?: AbortSignal }) => Promise<AsyncIterableIterator<EngineEvent>> } };

/**
 * The contract as an oRPC router, for every transport alike: HTTP, WebSocket and message ports. What the engine refuses arrives as the error
 * `REFUSED` (422) with its words; input or output that breaks the contract as `BAD_REQUEST` or `INTERNAL_SERVER_ERROR`.
 * A request whose thread died under it is `UNANSWERED` (503): it may have been done.
 * `events.stream` is an iterator of the engine's events that ends with the connection.
 */
export function createRouter(desk: RouterDesk, hub: EventHub): AnyRouter {
  const groups: Readonly<Record<string, Readonly<Record<string, Procedure>>>> = contract;
  const bound = Object.entries(groups).map(([group, procedures]) => [group, Object.fromEntries(Object.entries(procedures).map(([name, procedure]) => [name, bind(desk, `${group}.${name}`, procedure)]))] as const);
  const stream = os.input(z.object({}).default({})).output(eventIterator(engineEventSchema)).handler(({ signal }) => hub.listen(signal));
  return { ...Object.fromEntries(bound), events: { stream } };
}

function bind(desk: RouterDesk, name: string, procedure: Procedure) {
  return os.input(procedure.input).output(procedure.output).handler(async ({ input }) => {
    const result = await desk.call(name, input);
    if (!result.ok) throw result.error.endsWith(UNANSWERED) ? new ORPCError('UNANSWERED', { status: 503, message: result.error }) : new ORPCError('REFUSED', { status: 422, message: result.error });
    return result.value;
  });
}

/** Serves a router on a message port: Electron's between window and engine, or Node's. The port must be started by who owns it. */
export function servePort(router: AnyRouter, port: Parameters<PortHandler<Record<never, never>>['upgrade']>[0]): void {
  new PortHandler(router).upgrade(port, { context: {} });
}
