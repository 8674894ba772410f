import type { EntityType } from './finding.ts';

/**
 * The taxonomy that tools' dialects map into. `family` is the cause by which findings on one entity join into one incident; `plan` picks
 * the evidence plan and the meaning of the claims (design 3-decisions). `amplifies` families: such a finding strengthens an incident of
 * that family on the same entity instead of standing alone.
 */
export interface IssueType {
  readonly family: string;
  readonly plan: 'public_access' | 'open_port' | 'overprivileged_identity' | 'vulnerable_package' | 'detection' | 'configuration';
  readonly amplifies?: readonly string[];
  readonly title: string;
}

const storage = ['storage_exposure'];
export const issueTypes = {
  public_access: { family: 'storage_exposure', plan: 'public_access', title: 'Publicly accessible' },
  sensitive_data_exposure: { family: 'storage_exposure', plan: 'public_access', title: 'Sensitive data exposed' },
  public_snapshot: { family: 'storage_exposure', plan: 'public_access', title: 'Snapshot or image shared publicly' },
  cross_account_access: { family: 'storage_exposure', plan: 'public_access', title: 'Access from outside the account' },
  encryption_disabled: { family: 'encryption', plan: 'configuration', amplifies: storage, title: 'Not encrypted at rest' },
  encryption_in_transit_disabled: { family: 'transport', plan: 'configuration', amplifies: storage, title: 'Unencrypted transport accepted' },
  logging_disabled: { family: 'logging', plan: 'configuration', amplifies: storage, title: 'Logging or audit trail disabled' },
  versioning_disabled: { family: 'resilience', plan: 'configuration', amplifies: storage, title: 'Versioning or deletion protection disabled' },
  backup_disabled: { family: 'resilience', plan: 'configuration', title: 'No or short backups' },
  open_port: { family: 'network_exposure', plan: 'open_port', title: 'Port open to the internet' },
  public_ip: { family: 'network_exposure', plan: 'open_port', title: 'Public address' },
  network_misconfiguration: { family: 'network_config', plan: 'configuration', title: 'Network control missing or too wide' },
  overprivileged_identity: { family: 'privilege', plan: 'overprivileged_identity', title: 'Too many privileges' },
  privilege_escalation: { family: 'privilege', plan: 'overprivileged_identity', title: 'Privilege escalation route' },
  external_trust: { family: 'privilege', plan: 'overprivileged_identity', title: 'Trust to outside principals' },
  mfa_disabled: { family: 'authentication', plan: 'configuration', title: 'No multi-factor authentication' },
  weak_password_policy: { family: 'authentication', plan: 'configuration', title: 'Weak password policy' },
  root_account_use: { family: 'root', plan: 'configuration', title: 'Root account in use or with keys' },
  stale_credential: { family: 'credential_hygiene', plan: 'configuration', title: 'Old or unused credential' },
  secret_exposed: { family: 'secret', plan: 'configuration', title: 'Secret in code, image or configuration' },
  instance_metadata_v1: { family: 'metadata', plan: 'configuration', title: 'Instance metadata service v1 allowed' },
  vulnerable_package: { family: 'vulnerability', plan: 'vulnerable_package', title: 'Vulnerable package' },
  end_of_life: { family: 'lifecycle', plan: 'configuration', title: 'Unsupported version' },
  patch_missing: { family: 'lifecycle', plan: 'configuration', title: 'Patches missing' },
  code_weakness: { family: 'code', plan: 'configuration', title: 'Weakness in code' },
  license_violation: { family: 'license', plan: 'configuration', title: 'Licence violation' },
  privileged_container: { family: 'workload', plan: 'configuration', title: 'Container with host privileges' },
  workload_misconfiguration: { family: 'workload', plan: 'configuration', title: 'Workload configuration too loose' },
  misconfiguration: { family: 'configuration', plan: 'configuration', title: 'Misconfiguration' },
  brute_force: { family: 'access_attack', plan: 'detection', title: 'Brute force' },
  suspicious_login: { family: 'access_attack', plan: 'detection', title: 'Unusual login' },
  credential_access: { family: 'credential_attack', plan: 'detection', title: 'Credential theft' },
  credential_exfiltration: { family: 'credential_attack', plan: 'detection', title: 'Credentials used from elsewhere' },
  anomalous_behavior: { family: 'anomaly', plan: 'detection', title: 'Unusual behaviour' },
  reconnaissance: { family: 'recon', plan: 'detection', title: 'Reconnaissance' },
  port_scan: { family: 'recon', plan: 'detection', title: 'Port scan' },
  malware: { family: 'malware', plan: 'detection', title: 'Malware' },
  cryptomining: { family: 'malware', plan: 'detection', title: 'Cryptocurrency mining' },
  command_and_control: { family: 'malware', plan: 'detection', title: 'Command and control' },
  data_exfiltration: { family: 'exfiltration', plan: 'detection', title: 'Data exfiltration' },
  persistence: { family: 'persistence', plan: 'detection', title: 'Persistence' },
  defense_evasion: { family: 'evasion', plan: 'detection', title: 'Defence evasion' },
  lateral_movement: { family: 'lateral_movement', plan: 'detection', title: 'Lateral movement' },
  execution: { family: 'execution', plan: 'detection', title: 'Suspicious execution' },
  impact: { family: 'impact', plan: 'detection', title: 'Destruction or disruption' },
  denial_of_service: { family: 'impact', plan: 'detection', title: 'Denial of service' },
  policy_violation: { family: 'policy', plan: 'detection', title: 'Policy violation' },
  attack_sequence: { family: 'attack_sequence', plan: 'detection', title: 'Attack sequence' },
} as const satisfies Record<string, IssueType>;

export type IssueTypeName = keyof typeof issueTypes;

/** The entry of an issue type; an unmapped one gets a family of its own and the plan that its finding kind suggests. */
export function describeIssue(issueType: string, kind: string): IssueType {
  if (Object.hasOwn(issueTypes, issueType)) return issueTypes[issueType as IssueTypeName];
  const plan = kind === 'detection' ? 'detection' : kind === 'vulnerability' ? 'vulnerable_package' : 'configuration';
  return { family: `own:${issueType}`, plan, title: issueType };
}

/** Entity types on which `public_access` is answered by the storage evaluation. */
export const storageEntities: readonly EntityType[] = ['bucket'];
