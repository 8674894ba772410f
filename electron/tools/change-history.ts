import type { ToolClaim } from '#shared/model/claims.ts';
import { MICROS_PER_DAY, formatTime } from '#shared/lib/time.ts';
import { claim, unknown } from './facts/claim.ts';
import type { Extra, LoggedEvent, Subject, Tool, ToolContext } from './tool.ts';

const MOST_CHANGES = 50;
/**
 * Calls that can close an access: policies, access blocks, ACLs, network rules and routes, trust (names of CloudTrail events). Tagging, opening
 * a port or taking an access block away is none of them, so none of those explains an access away.
 */
const CLOSING_CALLS = new Set([
  'PutBucketPolicy', 'DeleteBucketPolicy', 'PutBucketAcl', 'PutObjectAcl', 'PutBucketPublicAccessBlock', 'PutPublicAccessBlock', 'PutAccountPublicAccessBlock', 'PutBucketOwnershipControls', 'PutAccessPointPolicy', 'DeleteAccessPointPolicy', 'DeleteAccessPoint',
  'RevokeSecurityGroupIngress', 'ModifySecurityGroupRules', 'ModifyNetworkInterfaceAttribute', 'ModifyInstanceAttribute', 'CreateNetworkAclEntry', 'ReplaceNetworkAclEntry', 'DeleteNetworkAclEntry', 'ReplaceNetworkAclAssociation', 'DeleteRoute', 'ReplaceRoute',
  'ReplaceRouteTableAssociation', 'DisassociateRouteTable', 'DisassociateAddress', 'DetachInternetGateway', 'StopInstances', 'ModifyDBInstance', 'ModifyDBCluster', 'SetSecurityGroups', 'ModifyListener', 'DeleteListener', 'UpdateAssumeRolePolicy', 'DeleteRolePolicy', 'DetachRolePolicy', 'PutRolePermissionsBoundary',
  'ModifySnapshotAttribute', 'ModifyImageAttribute', 'ModifyDBSnapshotAttribute', 'PutKeyPolicy', 'PutResourcePolicy', 'DeleteResourcePolicy', 'SetQueueAttributes', 'SetTopicAttributes', 'RemovePermission', 'RemovePermission20150331v2', 'SetRepositoryPolicy', 'DeleteRepositoryPolicy', 'DeleteFunctionUrlConfig', 'UpdateFunctionUrlConfig',
]);

/** What changed on an entity, by whom; and whether a control came after the access that contradicts it. */
export const changeHistory: Tool = {
  name: 'change_history',
  description: 'Changes of an entity in the look-back, by whom; whether a blocking control is newer than an access that it should have refused.',
  claims: ['control_newer_than_access'],
  needs: 'CloudTrail management events, or AWS Config history',
  cost: 5,
  lasting: () => null,
  run(subject, extra, context) {
    const from = Math.min(context.asOfUs - context.policy.thresholds.change_lookback_days * MICROS_PER_DAY, extra.last_access_us ?? context.asOfUs);
    const resource = context.graph.resource(subject.entity, subject.account);
    const changes = context.events.changesOf(resource?.urn ?? subject.entity, from, context.asOfUs, MOST_CHANGES).filter((e) => e.outcome === 'success');
    const versions = resource ? context.resourceVersions(resource.urn).map((v) => ({ captured_at: formatTime(v.captured_us), hash: v.hash.slice(0, 12) })) : [];
    return {
      entity: subject.entity,
      claims: extra.last_access_us === undefined ? {} : { control_newer_than_access: newerClaim(subject, extra, changes, context) },
      facts: { changes: changes.map((e) => ({ time: e.time, action: e.action, actor: e.actor, src_ip: e.src_ip })), versions: versions.slice(-10) },
      coverage: { from: formatTime(from), to: formatTime(context.asOfUs), sources: ['cloudtrail', 'inventory'] },
    };
  },
};

function newerClaim(subject: Subject, extra: Extra, changes: readonly LoggedEvent[], context: ToolContext): ToolClaim {
  const last = extra.last_access_us ?? 0;
  const control = changes.find((e) => CLOSING_CALLS.has(e.action));
  if (control && control.time_us > last) return claim(true, `${control.action} by ${control.actor ?? 'someone'} on ${control.time}, after the last such access (${formatTime(last)})`, { observed_us: control.time_us });
  const logs = context.events.coverage().filter((c) => c.account === (subject.account ?? '') && c.category !== 'data_access');
  const covered = logs.length > 0 && Math.min(...logs.map((c) => c.first_us)) <= last && Math.max(...logs.map((c) => c.last_us)) >= last;
  if (covered) return claim(false, `no change of it is logged after the access of ${formatTime(last)}`, { observed_us: Math.max(...logs.map((c) => c.last_us)) });
  return unknown('the management events do not cover the time since that access', [{ what: 'management events', entity: subject.entity, supply: `CloudTrail management events since ${formatTime(last)}` }]);
}
