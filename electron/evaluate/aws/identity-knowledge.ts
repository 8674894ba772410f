import { z } from 'zod';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { AzureKnowledge } from '../azure/knowledge.ts';
import type { GcpKnowledge } from '../gcp/knowledge.ts';

const prerequisites = z.union([z.array(z.string()), z.object({ admin: z.array(z.string()).optional(), lateral: z.array(z.string()).optional() })]);
const primitiveSchema = z.object({
  id: z.string(), name: z.string(), category: z.enum(['self-escalation', 'principal-access', 'new-passrole', 'existing-passrole']),
  required: z.array(z.string()).min(1), prerequisites: prerequisites.nullish(),
});
const catalogSchema = z.array(primitiveSchema);
const managedSchema = z.record(z.string(), z.looseObject({ Statement: z.unknown() }));

/** One way to gain privileges: actions that must all be allowed, and what must exist. */
export interface Primitive {
  readonly id: string;
  readonly category: z.infer<typeof primitiveSchema>['category'];
  readonly required: readonly string[];
  /** What must exist, in the catalog's words. */
  readonly needs: readonly string[];
}
/** What the identity evaluation knows beyond the snapshot. */
export interface IdentityKnowledge {
  readonly primitives: readonly Primitive[];
  /** Documents of AWS managed policies by ARN (partition `aws`). */
  readonly managedPolicies: ReadonlyMap<string, unknown>;
  /** What is known of the other clouds; without it their roles are unknown. */
  readonly gcp?: GcpKnowledge;
  readonly azure?: AzureKnowledge;
}

/**
 * Checks the shipped data: `resources/attack/aws-privesc-primitives.json`, `resources/attack/aws-privesc-additions.json` and
 * `resources/policies/aws-managed/policies.json`, as parsed JSON.
 */
export function readIdentityKnowledge(data: { readonly primitives: unknown; readonly additions: unknown; readonly managedPolicies: unknown }): Result<IdentityKnowledge> {
  const primitives = catalogSchema.safeParse(data.primitives), additions = catalogSchema.safeParse(data.additions), managed = managedSchema.safeParse(data.managedPolicies);
  if (!primitives.success) return err(`privilege-escalation primitives: ${primitives.error.message}`);
  if (!additions.success) return err(`additional primitives: ${additions.error.message}`);
  if (!managed.success) return err(`AWS managed policies: ${managed.error.message}`);
  return ok({
    primitives: [...primitives.data, ...additions.data].map(({ id, category, required, prerequisites: p }) => ({
      id, category, required, needs: p === undefined || p === null ? [] : Array.isArray(p) ? p : [...p.lateral ?? [], ...p.admin ?? []],
    })),
    managedPolicies: new Map(Object.entries(managed.data)),
  });
}
