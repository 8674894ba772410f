import type { FindingKind } from '#shared/model/finding.ts';
import type { IssueTypeName } from '#shared/model/issue-types.ts';
import { cloudIssue, type IssueFields } from '../../aws-issue.ts';
import { classifyIssue } from '../../classify-issue.ts';

/** What a threat's category begins with: its tactic, or what it found (Event Threat Detection and Container Threat Detection rules). */
const tactics: readonly (readonly [RegExp, IssueTypeName])[] = [
  [/^brute force/i, 'brute_force'], [/^(initial access|account has leaked|leaked)/i, 'suspicious_login'], [/^credential access/i, 'credential_access'], [/^persistence/i, 'persistence'], [/^(defense evasion|evasion)/i, 'defense_evasion'], [/^privilege escalation/i, 'privilege_escalation'],
  [/^(discovery|reconnaissance)/i, 'reconnaissance'], [/^lateral movement/i, 'lateral_movement'], [/^exfiltration/i, 'data_exfiltration'], [/^command and control/i, 'command_and_control'], [/^(execution|added binary|added library|reverse shell|malicious script|unexpected child shell)/i, 'execution'], [/^impact/i, 'impact'], [/^malware/i, 'malware'],
];

/** Categories of Security Health Analytics whose words say too little, or something else, by themselves. */
const categories: readonly (readonly [RegExp, IssueTypeName])[] = [
  [/^OPEN_(?!.*GROUP)\w+$/, 'open_port'], [/^PUBLIC_(SQL_INSTANCE|DATASET|BUCKET_ACL|LOG_BUCKET)$|^KMS_PUBLIC_KEY$|^(CLUSTER_)?MASTER_AUTHORIZED_NETWORKS_DISABLED$/, 'public_access'], [/^PUBLIC_COMPUTE_IMAGE$/, 'public_snapshot'], [/^(NON_ORG_IAM_MEMBER|REDIS_ROLE_USED_ON_ORG)$/, 'external_trust'],
  [/^(ADMIN_SERVICE_ACCOUNT|PRIMITIVE_ROLES_USED|OVER_PRIVILEGED_\w+|FULL_API_ACCESS|OVER_PRIVILEGED_SCOPES|\w*_ROLE_SEPARATION|DEFAULT_SERVICE_ACCOUNT_USED|SERVICE_ACCOUNT_ROLE_SEPARATION|LEGACY_AUTHORIZATION_ENABLED)$/, 'overprivileged_identity'],
  [/^(DATASET|TABLE|BUCKET|DISK|SQL|NODEPOOL\w*|PUBSUB|DATAPROC)_(CMEK|CSEK)_DISABLED$/, 'encryption_disabled'], [/^(SSL_NOT_ENFORCED|WEAK_SSL_POLICY)$/, 'encryption_in_transit_disabled'], [/^(SERVICE_ACCOUNT_KEY_NOT_ROTATED|USER_MANAGED_SERVICE_ACCOUNT_KEY|API_KEY_NOT_ROTATED)$/, 'stale_credential'],
  [/^MFA_NOT_ENFORCED$/, 'mfa_disabled'], [/^SQL_(NO|WEAK)_ROOT_PASSWORD$/, 'weak_password_policy'], [/^(OBJECT_VERSIONING_DISABLED|LOCKED_RETENTION_POLICY_NOT_SET)$/, 'versioning_disabled'], [/^AUTO_BACKUP_DISABLED$/, 'backup_disabled'], [/^(BUCKET_POLICY_ONLY_DISABLED|WEB_UI_ENABLED|IP_FORWARDING_ENABLED|IP_ALIAS_DISABLED|COMPUTE_(SECURE_BOOT|PROJECT_WIDE_SSH\w*|SERIAL_PORTS?\w*)_\w+)$/, 'misconfiguration'],
];

const named = (map: readonly (readonly [RegExp, IssueTypeName])[], category: string): IssueTypeName | undefined => map.find(([pattern]) => pattern.test(category))?.[1];

/** The issue of a finding by its category; Google's fixed explanation of the category helps where that says nothing. */
export function sccIssue(category: string, text: string | undefined, kind: FindingKind): IssueFields {
  if (kind === 'detection') {
    const mining = classifyIssue(category), found = mining === 'cryptomining' ? mining : named(tactics, category) ?? mining;
    return found === undefined ? { issue_type: category, issue_mapped: false } : { issue_type: found, issue_mapped: true };
  }
  const known = named(categories, category);
  return known === undefined ? cloudIssue(category, { ids: [category], rule: [text] }) : { issue_type: known, issue_mapped: true };
}
