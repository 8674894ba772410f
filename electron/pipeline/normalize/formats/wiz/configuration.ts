import { at, isObject, str } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { FindingDraft, FindingStatus } from '#shared/model/finding.ts';
import { portInText } from '../../port-in-text.ts';
import { readTags } from '../../read-tags.ts';
import { severityOfLabel } from '../../severity-label.ts';
import { snapshotResource, wizEntity } from './entity.ts';
import { wizCategories, wizLine, wizMeaning, wizStatus, wizTime } from './meaning.ts';

/** A node of `configurationFindings`. */
export const isConfiguration = (record: unknown): boolean => isObject(at(record, 'rule')) && isObject(at(record, 'resource')) && str(record, 'result') !== undefined && !isObject(at(record, 'issue'));

/** What a rule says of a resource: `PASS`, `FAIL`, or that it could not be assessed. */
export function configurationDraft(node: unknown): Result<FindingDraft> {
  const rule = at(node, 'rule'), resource = at(node, 'resource'), name = str(rule, 'name')?.trim();
  const check = str(rule, 'shortId') ?? str(rule, 'id') ?? name;
  if (check === undefined) return err('rule: neither shortId, id nor name');
  const snapshot = configurationResource(node, resource);
  const entity = wizEntity(snapshot) ?? wizEntity({ ...snapshot, ids: [str(resource, 'id')] });
  if (entity === undefined) return err('resource: no providerId, name or id');
  const { mitre, compliance } = wizCategories(at(node, 'securitySubCategories') === undefined ? rule : node);
  const meaning = wizMeaning(check, name, false, mitre), port = meaning.issue_type === 'open_port' ? portInText(name) : undefined;
  const description = str(rule, 'description'), tags = readTags(at(resource, 'tags'));
  return ok({
    source: 'wiz', source_id: str(node, 'id') ?? '', ...meaning, ...entity, check_id: check, title: str(node, 'name') ?? name ?? check,
    ...(description !== undefined && { description }),
    severity_reported: severityOfLabel(str(node, 'severity') ?? str(rule, 'severity')), status: statusOf(node),
    evidence: [
      ...wizLine('result', str(node, 'result')), ...wizLine('current value', str(node, 'evidence', 'currentValue')), ...wizLine('expected value', str(node, 'evidence', 'expectedValue')), ...wizLine('at', str(node, 'evidence', 'configurationPath')),
      ...wizLine('subscription', str(resource, 'subscription', 'name')), ...wizLine('remediation', str(node, 'remediation')),
    ],
    ...(snapshot.account !== undefined && { account: snapshot.account }), ...(snapshot.region !== undefined && { region: snapshot.region }),
    discovered: wizTime(at(node, 'firstSeenAt') ?? at(node, 'analyzedAt')), updated: wizTime(at(node, 'updatedAt') ?? at(node, 'analyzedAt')), compliance,
    ...(port !== undefined && { observables: { port } }), ...(tags && { tags }),
  });
}

const statusOf = (node: unknown): FindingStatus => (str(node, 'result')?.toUpperCase() === 'PASS' ? 'passed' : wizStatus(str(node, 'status')));

/** The resource's ids best first; what lies in a cluster bears the platform of the cloud below it, and its path in the cluster tells it. */
function configurationResource(node: unknown, resource: unknown): ReturnType<typeof snapshotResource> {
  const target = str(node, 'targetExternalId'), isInCluster = target?.startsWith('k8s/') === true;
  return {
    ...snapshotResource(resource), ids: isInCluster ? [target, str(resource, 'providerId')] : [str(resource, 'providerId'), target, str(node, 'targetObjectProviderUniqueId')],
    platform: isInCluster ? 'Kubernetes' : str(resource, 'subscription', 'cloudProvider') ?? str(resource, 'cloudPlatform'),
    account: str(resource, 'subscription', 'externalId') ?? str(resource, 'subscriptionExternalId'),
  };
}
