import type { Answer, Missing, Reason } from '#shared/model/verdict.ts';

/** Codes of the reachability table (design 5-graph §2) in its order, then those of what it says in prose: egress, other VPCs, endpoints of services. */
export const ingressCodes = ['NO_PUBLIC_IP', 'NO_IGW', 'NO_ROUTE_TO_IGW', 'VPC_BPA', 'NACL_IN', 'NACL_OUT', 'SG_IN', 'SG_OUT', 'STATE', 'NOT_ATTACHED', 'NO_ROUTE', 'PEERING', 'TRANSIT_GATEWAY', 'NAT', 'VPCE_POLICY', 'RESOURCE_POLICY', 'NOT_PUBLIC', 'AUTHORIZATION'] as const;
export type IngressCode = (typeof ingressCodes)[number];

/** One row of the table: does its condition hold? `no` means that `code` blocks. */
export interface Row {
  readonly code: IngressCode;
  readonly answer: Answer;
  readonly reasons: readonly Reason[];
  readonly missing: readonly Missing[];
  /** Controls taken as not applied; they matter only if everything holds. */
  readonly assumed: readonly string[];
}

const ruleNames: Readonly<Record<IngressCode, string>> = {
  NO_PUBLIC_IP: 'public_address', NO_IGW: 'internet_gateway', NO_ROUTE_TO_IGW: 'route', VPC_BPA: 'vpc_block_public_access', NACL_IN: 'network_acl_inbound',
  NACL_OUT: 'network_acl_outbound', SG_IN: 'security_group', SG_OUT: 'security_group_egress', STATE: 'state', NOT_ATTACHED: 'attachment', NO_ROUTE: 'route', PEERING: 'vpc_peering',
  TRANSIT_GATEWAY: 'transit_gateway', NAT: 'nat_gateway', VPCE_POLICY: 'vpc_endpoint_policy', RESOURCE_POLICY: 'resource_policy', NOT_PUBLIC: 'public_endpoint', AUTHORIZATION: 'authorization',
};

/** What the reasons of the rows with these codes are called. */
export const rulesOf = (codes: readonly string[]): ReadonlySet<string> => new Set(ingressCodes.filter((code) => codes.includes(code)).map((code) => ruleNames[code]));

/** A row that the record at `source` decides; `pointer` leads into its config. */
export function row(code: IngressCode, answer: Answer, source: string, pointer: string, text: string, more: Partial<Pick<Row, 'missing' | 'assumed'>> = {}): Row {
  return { code, answer, reasons: [{ rule: ruleNames[code], source, pointer, text }], missing: more.missing ?? [], assumed: more.assumed ?? [] };
}

/** A row that can't be decided because of an input that the snapshot doesn't have. */
export function missingRow(code: IngressCode, source: string, missing: Missing, text = `${missing.what} is not in the snapshot`): Row {
  return row(code, 'unknown', source, '', text, { missing: [missing] });
}
