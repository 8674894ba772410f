import type { StoredResource } from '#shared/model/resource.ts';
import { evaluateAccess } from '../aws-policy.ts';
import { ownPolicy } from '../own-policy.ts';
import { missingRow, row, type Row } from './row.ts';

/**
 * May a service call the function? Only its policy lets one (Lambda guide, "Granting permissions to AWS services").
 * @param service the principal's name (`apigateway.amazonaws.com`).
 * @param isQualified is an alias or version called, which has a policy of its own?
 * @param source the ARN of what calls, where it is known.
 */
export function invokeRow(fn: StoredResource, service: string, isQualified: boolean, source?: string): Row {
  const own = ownPolicy(fn), supply = `aws lambda get-policy${isQualified ? ' with its qualifier' : ''}`;
  if (isQualified) return missingRow('RESOURCE_POLICY', fn.urn, { what: 'the policy of the alias or version that is called', entity: fn.urn, supply });
  if (own.state === 'unknown') return missingRow('RESOURCE_POLICY', fn.urn, { what: 'its resource policy', entity: fn.urn, supply });
  if (own.state === 'none') return row('RESOURCE_POLICY', 'no', fn.urn, own.pointer, `the function has no policy that lets ${service} call it`);
  const { outcome, reasons } = evaluateAccess({
    principal: { kind: 'service', name: service }, action: 'lambda:InvokeFunction', resource: fn.urn, ...(fn.account !== undefined && { resourceAccount: fn.account }),
    context: { values: { ...(source !== undefined && { 'aws:SourceArn': source }), ...(fn.account !== undefined && { 'aws:SourceAccount': fn.account }) }, unknown: ['*'] },
  }, { resource: own.inputs });
  if (outcome === 'allowed') return row('RESOURCE_POLICY', 'yes', reasons[0]?.source ?? fn.urn, reasons[0]?.pointer ?? own.pointer, `its policy lets ${service} call it`);
  if (outcome === 'unknown') return missingRow('RESOURCE_POLICY', fn.urn, { what: `whether its policy lets ${service} call it from there`, entity: fn.urn, supply });
  return row('RESOURCE_POLICY', 'no', fn.urn, own.pointer, `its policy does not let ${service} call it`);
}
