import { z } from 'zod';
import type { Slice } from '#electron/pipeline/graph/slice.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { App } from '../create-app.ts';
import { graphQueries } from '../graph/graph-queries.ts';

export const graphInput = z.object({ entity: z.string(), depth: z.number().int().min(1).max(6).default(2) });

/** The local slice of the graph around an entity. */
export function showGraph(app: App, input: z.infer<typeof graphInput>): Result<{ entity: string; graph_version: number; slice: Slice }> {
  const queries = graphQueries(app), { view } = queries;
  const named = view.resource(input.entity) ? [] : app.tables.nodes.byName(input.entity);
  if (named.length > 1) return err(`${input.entity} names ${named.length} resources; say which: ${named.slice(0, 5).join(', ')}`);
  const resource = view.resource(named[0] ?? input.entity);
  if (!resource) return err(`${input.entity} is not in the graph`);
  return ok({ entity: resource.urn, graph_version: queries.version, slice: queries.slice(resource.urn, input.depth) });
}
