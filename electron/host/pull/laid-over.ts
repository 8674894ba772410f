import { mergePart } from '#electron/pipeline/graph/merge-parts.ts';
import { isObject } from '#shared/lib/json.ts';
import type { Resource } from '#shared/model/resource.ts';

/**
 * What is known of a resource after a pull has told of it. A record that tells it whole stays above the parts of a pull, as everywhere.
 * @param isWhole the pull is over: what it didn't tell is not known.
 */
export function laidOver(before: Resource | undefined, staged: Resource, isWhole: boolean): Resource {
  if (before === undefined || staged.part === undefined) return staged;
  if (before.part === undefined) return before.source === staged.source ? staged : mergePart(before, staged);
  if (isWhole) return staged;
  const config = isObject(before.config) && isObject(staged.config) ? { ...before.config, ...staged.config } : staged.config ?? before.config;
  return { ...staged, config, part: [...new Set([...before.part.split('+'), ...staged.part.split('+')])].sort().join('+') };
}
