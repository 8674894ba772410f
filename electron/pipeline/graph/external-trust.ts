import { externalAccess } from '#electron/evaluate/aws/external-access.ts';
import { canAssume } from '#electron/evaluate/aws/role-trust.ts';
import type { Edge, GraphView } from '#shared/model/resource.ts';

/**
 * CAN_ASSUME edges to the roles that principals outside may assume, from their ids as the trust policies write them (`*` for everyone).
 * Where it isn't known who is inside there is no edge. An ExternalId or MFA demand costs 4 more, another condition 2 (design 5-graph §5).
 * @param accounts account ids that are ours, besides each role's own.
 */
export function externalTrustEdges(graph: GraphView, accounts: ReadonlySet<string>): readonly Edge[] {
  return graph.ofType('AWS::IAM::Role').flatMap((role) => {
    const { verdict, principals } = externalAccess(graph, role, accounts);
    if (verdict.answer !== 'yes') return [];
    const assumers = canAssume(graph, role.urn).assumers.filter((a) => principals.includes(a.id));
    return assumers.map((a): Edge => {
      const added = a.answer === 'yes' ? 0 : a.demands.external_id || a.demands.mfa ? 4 : 2;
      return {
        source: a.id, kind: 'CAN_ASSUME', target: role.urn, derived: true, provenance: role.provenance, cost: 1 + added, reason: 'the trust policy lets a principal outside in',
        ...(a.answer !== 'yes' && { condition: JSON.stringify(a.conditions) }),
      };
    });
  });
}
