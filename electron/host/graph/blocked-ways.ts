import { z } from 'zod';
import type { BlockedWay } from '#shared/rpc/graph-schemas.ts';
import { provenances } from '#shared/model/resource.ts';
import type { App } from '../create-app.ts';
import type { NodeViews } from './node-view.ts';

/** More than a canvas can show. */
const MOST = 60;
const reason = z.object({ rule: z.string(), text: z.string() });
/** The parts of a recorded network_analyzer call that name the control. */
const outputSchema = z.object({
  claims: z.object({ mitigation_confirmed: z.object({ provenance: z.enum(provenances), reason: z.string() }) }),
  facts: z.object({
    storage: z.object({ blocking_control: z.object({ kind: z.string(), pointer: z.string(), text: z.string() }).optional() }).optional(),
    reachability: z.object({ reachable: z.object({ blocked_by: z.string().optional(), reasons: z.array(reason) }) }).optional(),
  }).optional(),
});

/** Words for the codes of design 5-graph §2, and the rule whose reason says how it blocks. */
const codes: Readonly<Record<string, { readonly words: string; readonly rule: string }>> = {
  NO_PUBLIC_IP: { words: 'No public address', rule: 'public_address' }, NO_IGW: { words: 'No internet gateway', rule: 'internet_gateway' }, NO_ROUTE_TO_IGW: { words: 'No route to the internet', rule: 'route' },
  VPC_BPA: { words: 'VPC Block Public Access', rule: 'vpc_block_public_access' }, NACL_IN: { words: 'Network ACL, inbound', rule: 'network_acl_inbound' }, NACL_OUT: { words: 'Network ACL, outbound', rule: 'network_acl_outbound' },
  SG_IN: { words: 'Security group', rule: 'security_group' }, STATE: { words: 'Not running', rule: 'state' },
};
const storageWords: Readonly<Record<string, string>> = {
  bucket_policy: 'Bucket policy', public_access_block: 'Block Public Access', account_public_access_block: 'Block Public Access, account', object_ownership: 'Object ownership', resource_control_policy: 'Resource control policy', no_grant: 'No grant',
};

/** Ways that a control closes, each with the recorded call that a decision cites for it. */
export function blockedWays(app: App, views: NodeViews): readonly BlockedWay[] {
  return app.tables.decisions.mitigated().slice(0, MOST).flatMap(({ incident, entity, decision_id: decision, call_id, pointer }): BlockedWay[] => {
    const output = outputSchema.safeParse(app.tables.decisions.callOutput(decision, call_id));
    if (!output.success) return [];
    const { provenance, reason: why } = output.data.claims.mitigation_confirmed, { storage, reachability } = output.data.facts ?? {};
    const control = storage?.blocking_control, blocked = reachability?.reachable.blocked_by, code = blocked === undefined ? undefined : codes[blocked];
    const statement = /\/Statement\/(\d+)/.exec(control?.pointer ?? '')?.[1];
    const text = control?.text ?? reachability?.reachable.reasons.findLast((r) => r.rule === code?.rule)?.text ?? why;
    return [{
      incident, node: views.node(entity), request: storage ? 'anonymous GET' : 'connection', code: control?.kind ?? blocked ?? '', provenance, call_id, pointer, text,
      control: control ? `${storageWords[control.kind] ?? control.kind}${statement === undefined ? '' : `, statement ${Number(statement) + 1}`}` : code?.words ?? blocked ?? 'Control',
    }];
  });
}
