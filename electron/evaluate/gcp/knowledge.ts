import { z } from 'zod';
import { err, ok, type Result } from '#shared/lib/result.ts';

const rolesSchema = z.record(z.string(), z.object({ allow: z.array(z.string()).readonly(), except: z.array(z.string()).readonly().optional() }));
const primitivesSchema = z.array(z.object({
  id: z.string(), permissions: z.array(z.string()).min(1).readonly(), on: z.enum(['service_account', 'project', 'folder', 'organization']), act_as: z.boolean(),
  /** Who is gained: the account or container asked about, what runs on machines, every account of the project, the build and deployment accounts of the project, the holder's own role. */
  target: z.enum(['itself', 'running_account', 'each_account', 'project', 'folder', 'organization', 'cloud_build', 'google_apis', 'own_role']),
}));

export interface GcpRole { readonly allow: readonly string[]; readonly except?: readonly string[] | undefined }
export type GcpPrimitive = z.infer<typeof primitivesSchema>[number];
/** What the evaluation of Google Cloud knows beyond the snapshot. */
export interface GcpKnowledge {
  /** Permissions of predefined roles, as patterns with `*`. */
  readonly roles: ReadonlyMap<string, GcpRole>;
  readonly primitives: readonly GcpPrimitive[];
}

/** Checks the shipped data: `resources/policies/gcp/roles.json` and `resources/attack/gcp-privesc-primitives.json`, as parsed JSON. */
export function readGcpKnowledge(data: { readonly roles: unknown; readonly primitives: unknown }): Result<GcpKnowledge> {
  const roles = rolesSchema.safeParse(data.roles), primitives = primitivesSchema.safeParse(data.primitives);
  if (!roles.success) return err(`roles of Google Cloud: ${roles.error.message}`);
  if (!primitives.success) return err(`escalation primitives of Google Cloud: ${primitives.error.message}`);
  return ok({ roles: new Map(Object.entries(roles.data)), primitives: primitives.data });
}

export const noGcpKnowledge: GcpKnowledge = { roles: new Map(), primitives: [] };
