import { describe, expect, it } from 'vitest';
import { cloudIssue } from '#electron/pipeline/normalize/aws-issue.ts';
import { guarddutyMeaning, isGuarddutyType, typeFromAsff } from '#electron/pipeline/normalize/guardduty-type.ts';
import { controlIssue } from '#electron/pipeline/normalize/securityhub-controls.ts';

const checks: Readonly<Record<string, string>> = {
  public_access: 's3_bucket_public_access s3_bucket_policy_public_write_access s3_account_level_public_access_blocks rds_instance_no_public_access kms_key_not_publicly_accessible cloudtrail_logs_s3_bucket_is_not_publicly_accessible awslambda_function_url_public eks_cluster_not_publicly_accessible',
  public_snapshot: 'rds_snapshots_public_access ec2_ebs_public_snapshot ec2_ami_public',
  encryption_disabled: 's3_bucket_default_encryption rds_instance_storage_encrypted ec2_ebs_volume_encryption backup_vaults_encrypted',
  encryption_in_transit_disabled: 's3_bucket_secure_transport_policy elb_ssl_listeners rds_instance_transport_encrypted',
  open_port: 'restricted-ssh vpc-sg-restricted-common-ports vpc-sg-open-only-to-authorized-ports ec2_securitygroup_allow_ingress_from_internet_to_any_port ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_22 ec2_instance_port_mysql_exposed_to_internet network_ssh_internet_access_restricted',
  network_misconfiguration: 'internet-gateway-authorized-vpc-only no-unrestricted-route-to-igw storage_default_network_access_rule_is_denied aks_network_policy_enabled dns_dnssec_disabled ec2_securitygroup_not_used ec2_securitygroup_default_restrict_traffic ec2_networkacl_allow_ingress_any_port apigateway_restapi_waf_acl_attached',
  logging_disabled: 'defender_ensure_defender_for_app_services_is_on appinsights_ensure_is_configured network_watcher_enabled exchange_mailbox_audit_bypass_disabled cloudtrail_multi_region_enabled vpc_flow_logs_enabled guardduty_is_enabled securityhub_enabled accessanalyzer_enabled config_recorder_all_regions_enabled s3_bucket_server_access_logging_enabled cloudwatch_log_metric_filter_root_usage',
  overprivileged_identity: 'admincenter_users_admins_reduced_license_footprint iam_subscription_roles_owner_custom_not_created gke_cluster_no_default_service_account rbac_minimize_pod_creation_access iam_role_administratoraccess_policy iam_inline_policy_no_administrative_privileges iam_policy_no_full_access_to_cloudtrail iam_inline_policy_no_full_access_to_kms',
  privilege_escalation: 'iam_policy_allows_privilege_escalation', external_trust: 'iam_role_permissive_trust_relationship iam_role_cross_service_confused_deputy_prevention iam_role_cross_account_readonlyaccess_policy',
  cross_account_access: 'sharepoint_external_sharing_restricted entra_policy_guest_users_access_restrictions s3-bucket-policy-grantee-check s3_bucket_cross_account_access dynamodb_table_cross_account_access', mfa_disabled: 'iam_root_mfa_enabled iam_user_mfa_enabled_console_access',
  weak_password_policy: 'iam_password_policy_minimum_length_14 iam_password_policy_reuse_24', root_account_use: 'iam_no_root_access_key iam_avoid_root_usage',
  stale_credential: 'iam_rotate_access_key_90_days iam_user_accesskey_unused secretsmanager_automatic_rotation_enabled', secret_exposed: 'codebuild-project-envvar-awscred-check awslambda_function_no_secrets_in_variables ec2_instance_secrets_user_data cloudformation_stack_outputs_find_secrets',
  instance_metadata_v1: 'ec2_instance_imdsv2_enabled', public_ip: 'ec2_instance_public_ip ec2_launch_template_no_public_ip', versioning_disabled: 's3_bucket_object_versioning s3_bucket_no_mfa_delete rds_instance_deletion_protection',
  backup_disabled: 's3-bucket-replication-enabled rds_instance_backup_enabled dynamodb_tables_pitr_enabled', end_of_life: 'awslambda_function_using_supported_runtimes eks_cluster_uses_a_supported_version', misconfiguration: 'kms-cmk-not-scheduled-for-deletion repository_public_has_securitymd_file repository_secret_scanning_enabled artifacts_container_analysis_enabled repository_default_branch_protection_enabled aks_cluster_rbac_enabled scheduler_profiling iam-no-inline-policy-check required-tags ec2-managedinstance-association-compliance-status-check kms_cmk_rotation_enabled s3_bucket_acl_prohibited',
  workload_misconfiguration: 'ecs-task-definition-user-for-host-mode-check',
  privileged_container: 'core_minimize_allowPrivilegeEscalation_containers ecs-containers-nonprivileged core_minimize_privileged_containers ecs_task_definitions_no_privileged_containers',
};

describe('cloudIssue', () => {
  it.each(Object.entries(checks).flatMap(([issue, ids]) => ids.split(' ').map((id) => [id, issue] as const)))('reads %s as %s', (id, issue) => {
    expect(cloudIssue(id, { ids: [id] })).toEqual({ issue_type: issue, issue_mapped: true });
  });

  it.each([
    ['A security group rule should not allow unrestricted egress to any IP address.', 'network_misconfiguration'], ['An ingress security group rule allows traffic from /0.', 'open_port'], ['An inbound network security rule allows traffic from /0.', 'open_port'],
    ['Microsoft Defender for Key Vault should be enabled', 'logging_disabled'], ['Virtual networks should be protected by Azure Firewall', 'network_misconfiguration'], ['Storage account should use a private link connection', 'network_misconfiguration'], ['Management ports should be closed on your virtual machines', 'open_port'],
    ['An outbound firewall rule allows traffic to /0.', 'network_misconfiguration'], ['GitHub repository has vulnerability alerts disabled.', 'misconfiguration'], ['Image Vulnerability Analysis using Artifact Registry is enabled', 'misconfiguration'],
    ['IAM policies should not be granted directly to users.', 'misconfiguration'], ['Storage accounts should be configured to only accept transfers over secure connections', 'encryption_in_transit_disabled'],
    ['S3 buckets should require requests to use SSL', 'encryption_in_transit_disabled'], ['Security groups should not allow ingress from 0.0.0.0/0 to port 22', 'open_port'],
    ['VPC default security groups should not allow inbound or outbound traffic', 'network_misconfiguration'], ['RDS snapshots should be private', 'public_snapshot'], ['AWS KMS key rotation should be enabled', 'misconfiguration'],
    ['Ensure the S3 bucket used to store CloudTrail logs is not publicly accessible', 'public_access'], ['S3 bucket policies should restrict access to other AWS accounts', 'cross_account_access'],
    ['Unusual activity by a principal from previously unseen country', 'anomalous_behavior'], ['Lambda function with cleartext cloud keys', 'secret_exposed'],
    ['VM/serverless with high/critical severity network vulnerabilities with a known exploit', 'vulnerable_package'], ['IAM role with admin privileges can be assumed by third-party account', 'external_trust'],
    ['IAM role can be assumed by a 3rd party account', 'external_trust'], ['Container running as root', 'workload_misconfiguration'], ['Runs as root user', 'workload_misconfiguration'], ['Ensure no root account access key exists', 'root_account_use'],
    ['Ensure no hard coded AWS access key and secret key exists in provider', 'secret_exposed'], ['Application Load Balancer should be configured to drop invalid http headers', 'network_misconfiguration'], ['EC2 instances should be tagged', 'misconfiguration'],
    ['ALB Listening on HTTP', 'encryption_in_transit_disabled'], ['Storage accounts should restrict network access', 'network_misconfiguration'],
  ])('reads "%s" as %s', (title, issue) => expect(cloudIssue('x', { ids: [], rule: [title] }).issue_type).toBe(issue));

  it('keeps the own id where no word fits', () => expect(cloudIssue('drs_job_exist', { ids: ['drs_job_exist'] })).toEqual({ issue_type: 'drs_job_exist', issue_mapped: false }));
});

describe('controlIssue', () => {
  it.each([['S3.1', 'public_access'], ['S3.8', 'public_access'], ['EC2.19', 'open_port'], ['IAM.1', 'overprivileged_identity'], ['iam.6', 'mfa_disabled'], ['EC2.172', 'network_misconfiguration'], ['EC2.8', 'instance_metadata_v1'], ['X.1', undefined], ['toString', undefined]])('%s is %s', (id, issue) => expect(controlIssue(id)).toBe(issue));
});

describe('guarddutyMeaning', () => {
  it.each([
    ['UnauthorizedAccess:EC2/SSHBruteForce', 'brute_force'], ['UnauthorizedAccess:IAMUser/ConsoleLoginSuccess.B', 'suspicious_login'], ['UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.InsideAWS', 'credential_exfiltration'],
    ['UnauthorizedAccess:IAMUser/TorIPCaller', 'suspicious_login'], ['UnauthorizedAccess:EC2/TorClient', 'command_and_control'], ['UnauthorizedAccess:EC2/MaliciousIPCaller.Custom', 'command_and_control'],
    ['Recon:EC2/Portscan', 'port_scan'], ['Recon:IAMUser/UserPermissions', 'reconnaissance'], ['Discovery:S3/MaliciousIPCaller', 'reconnaissance'], ['Discovery:RDS/MaliciousIPCaller', 'reconnaissance'], ['CredentialAccess:RDS/TorIPCaller.SuccessfulLogin', 'suspicious_login'], ['CryptoCurrency:EC2/BitcoinTool.B!DNS', 'cryptomining'], ['Impact:EC2/BitcoinDomainRequest.Reputation', 'cryptomining'],
    ['Impact:EC2/PortSweep', 'port_scan'], ['Impact:EC2/WinRMBruteForce', 'brute_force'], ['Impact:S3/AnomalousBehavior.Delete', 'impact'], ['Impact:EC2/MaliciousDomainRequest.Reputation', 'command_and_control'],
    ['Backdoor:EC2/C&CActivity.B', 'command_and_control'], ['Backdoor:EC2/DenialOfService.Dns', 'denial_of_service'], ['Backdoor:EC2/Spambot', 'malware'], ['Trojan:EC2/DNSDataExfiltration', 'data_exfiltration'], ['Trojan:EC2/DGADomainRequest.B', 'command_and_control'],
    ['Trojan:EC2/PhishingDomainRequest!DNS', 'malware'], ['Stealth:IAMUser/CloudTrailLoggingDisabled', 'defense_evasion'], ['DefenseEvasion:EC2/UnusualDNSResolver', 'defense_evasion'], ['Persistence:IAMUser/AnomalousBehavior', 'persistence'],
    ['PrivilegeEscalation:Runtime/ContainerMountsHostDirectory', 'privilege_escalation'], ['CredentialAccess:IAMUser/AnomalousBehavior', 'credential_access'], ['CredentialAccess:RDS/AnomalousBehavior.SuccessfulLogin', 'suspicious_login'], ['CredentialAccess:RDS/AnomalousBehavior.FailedLogin', 'brute_force'],
    ['InitialAccess:IAMUser/AnomalousBehavior', 'suspicious_login'], ['Exfiltration:S3/AnomalousBehavior', 'data_exfiltration'], ['Execution:EC2/MaliciousFile', 'malware'], ['Execution:Kubernetes/ExecInKubeSystemPod', 'execution'], ['Execution:Runtime/ReverseShell', 'execution'],
    ['Object:S3/MaliciousFile', 'malware'], ['Policy:IAMUser/RootCredentialUsage', 'root_account_use'], ['Policy:S3/BucketPublicAccessGranted', 'public_access'], ['Policy:S3/AccountBlockPublicAccessDisabled', 'public_access'], ['Policy:Kubernetes/AdminAccessToDefaultServiceAccount', 'overprivileged_identity'],
    ['PenTest:IAMUser/KaliLinux', 'anomalous_behavior'], ['Behavior:EC2/NetworkPortUnusual', 'anomalous_behavior'], ['ResourceConsumption:IAMUser/ComputeResources', 'impact'], ['AttackSequence:EKS/CompromisedCluster', 'attack_sequence'],
  ])('%s is %s', (type, issue) => {
    expect(isGuarddutyType(type)).toBe(true);
    expect(guarddutyMeaning(type).issue).toBe(issue);
  });

  it('knows the form that the type has in ASFF', () => {
    expect(typeFromAsff('TTPs/Command and Control/Backdoor:EC2-C&CActivity.B!DNS')).toBe('Backdoor:EC2/C&CActivity.B!DNS');
    expect(typeFromAsff('TTPs/AttackSequence:IAM/CompromisedCredentials')).toBe('AttackSequence:IAM/CompromisedCredentials');
    expect(typeFromAsff('SensitiveData:S3Object/Multiple')).toBe('SensitiveData:S3Object/Multiple');
    expect(typeFromAsff('Software and Configuration Checks/Vulnerabilities/CVE')).toBeUndefined();
    expect(isGuarddutyType('Policy: x')).toBe(false);
  });
});
