import { z } from 'zod';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { App } from '../create-app.ts';
import { graphQueries, type PathsAnswer } from '../graph/graph-queries.ts';
import type { ToxicCombination } from '#electron/pipeline/graph/toxic-combinations.ts';

export const pathsInput = z.object({ to: z.string().min(1).optional() });
export interface PathsReport extends Omit<PathsAnswer, 'entries'> { readonly entry_points: PathsAnswer['entries']['points']; readonly toxic_combinations: readonly ToxicCombination[] }

/** Attack paths to the crown jewels of the policy and to every administrator, or to one entity, and the toxic combinations. @returns an error when the entity is not in the graph. */
export function findPaths(app: App, input: z.infer<typeof pathsInput>): Result<PathsReport> {
  const queries = graphQueries(app);
  const goal = input.to === undefined ? undefined : queries.view.resource(input.to);
  if (input.to !== undefined && !goal) return err(`${input.to} is not in the graph`);
  const { entries, ...found } = queries.paths(goal?.urn);
  return ok({ ...found, entry_points: entries.points, toxic_combinations: queries.toxic().filter((t) => goal === undefined || t.entity === goal.urn) });
}
