import { z } from 'zod';
import { err, ok, type Result } from '#shared/lib/result.ts';

const strings = z.array(z.string()).readonly();
const rolesSchema = z.record(z.string(), z.object({ name: z.string(), actions: strings, notActions: strings, dataActions: strings, notDataActions: strings }));
/** What a role gives: control-plane actions less notActions, data actions less notDataActions. */
export interface AzureRole { readonly name: string; readonly actions: readonly string[]; readonly notActions: readonly string[]; readonly dataActions: readonly string[]; readonly notDataActions: readonly string[] }
const edgesSchema = z.array(z.object({
  id: z.string(), kind: z.enum(['CAN_ADMIN', 'CAN_EXEC', 'CAN_READ', 'CAN_WRITE', 'CAN_ASSUME', 'PRIVESC']), on: z.string(), actions: strings, dataActions: strings, cost: z.number(),
  /** An action that is also needed, on anything. */
  elsewhere: z.string().optional(),
}));
/** An edge to a resource of a type for whoever may do all of its actions there; ids as BloodHound has them where it has one. */
export type AzureEdge = z.infer<typeof edgesSchema>[number];
/** What the evaluation of Azure knows beyond the snapshot: built-in roles by their GUID and by name, and which actions make which edge. */
export interface AzureKnowledge { readonly roles: ReadonlyMap<string, AzureRole>; readonly edges: readonly AzureEdge[] }

/** Checks the shipped data: `resources/policies/azure/roles.json` and `resources/attack/azure-edges.json`, as parsed JSON. */
export function readAzureKnowledge(data: { readonly roles: unknown; readonly edges: unknown }): Result<AzureKnowledge> {
  const roles = rolesSchema.safeParse(data.roles);
  if (!roles.success) return err(`built-in roles of Azure: ${roles.error.message}`);
  const edges = edgesSchema.safeParse(data.edges);
  if (!edges.success) return err(`edges of Azure: ${edges.error.message}`);
  return ok({ edges: edges.data, roles: new Map(Object.entries(roles.data).flatMap(([guid, role]) => [[guid.toLowerCase(), role] as const, [role.name.toLowerCase(), role] as const])) });
}

export const noAzureKnowledge: AzureKnowledge = { roles: new Map(), edges: [] };
