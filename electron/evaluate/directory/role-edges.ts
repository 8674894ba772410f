import type { Edge, GraphView, StoredResource } from '#shared/model/resource.ts';
import { applicationRoles, passwordRoles, templateOf, tenantRoles } from './tier.ts';

const maxTargets = 2000;

/** What a directory role gives: the tenant, every application, or users' passwords (Microsoft Entra built-in roles; BloodHound's AZ edges). */
export function roleEdges(graph: GraphView, role: StoredResource): readonly Edge[] {
  const template = templateOf(role);
  const edge = (kind: Edge['kind'], target: StoredResource, reason: string, cost: number, condition?: string): Edge => ({ source: role.urn, kind, target: target.urn, derived: true, provenance: role.provenance, reason, cost, ...(condition !== undefined && { condition }) });
  if (tenantRoles.has(template)) return graph.ofType('AZ::Tenant').filter((t) => role.account === undefined || t.account === undefined || t.account === role.account).map((t) => edge('CAN_ADMIN', t, template.startsWith('62e9') ? 'AZGlobalAdmin' : 'AZPrivilegedRoleAdmin', 1));
  if (applicationRoles.has(template)) return ['AZ::App', 'AZ::ServicePrincipal'].flatMap((type) => graph.ofType(type, { account: role.account })).slice(0, maxTargets).map((t) => edge('PRIVESC', t, template.startsWith('9b89') ? 'AZAppAdmin' : 'AZCloudAppAdmin', 1));
  return passwordRoles.has(template) ? graph.ofType('AZ::User', { account: role.account }).slice(0, maxTargets).map((t) => edge('PRIVESC', t, 'AZResetPassword', 2, JSON.stringify({ target: 'holds no role itself' }))) : [];
}
