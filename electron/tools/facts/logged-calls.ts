import type { LoggedEvent } from '../tool.ts';

/** Calls that keep access, widen it, or hide (ATT&CK T1098, T1136, T1562.008, T1078.004, T1537, T1485), by CloudTrail's names. */
const AWS = new Set([
  'CreateAccessKey', 'CreateUser', 'CreateLoginProfile', 'UpdateLoginProfile', 'AttachUserPolicy', 'AttachRolePolicy', 'AttachGroupPolicy', 'PutUserPolicy', 'PutRolePolicy', 'PutGroupPolicy',
  'AddUserToGroup', 'CreatePolicyVersion', 'SetDefaultPolicyVersion', 'UpdateAssumeRolePolicy', 'CreateRole', 'DeactivateMFADevice', 'DeleteVirtualMFADevice', 'StopLogging', 'DeleteTrail', 'UpdateTrail',
  'PutEventSelectors', 'DeleteDetector', 'DeleteFlowLogs', 'DisableKey', 'ScheduleKeyDeletion', 'GetSecretValue', 'GetPasswordData', 'ModifySnapshotAttribute', 'ModifyDBSnapshotAttribute', 'ModifyImageAttribute',
  'PutBucketPolicy', 'PutBucketAcl', 'DeleteBucketPublicAccessBlock', 'DeletePublicAccessBlock', 'DeleteBucket', 'DeleteObject', 'DeleteObjects', 'RunInstances', 'SendCommand', 'StartSession', 'CreateFunction20150331',
  'UpdateFunctionCode20150331v2', 'GetFederationToken', 'AuthorizeSecurityGroupIngress', 'CreateKeyPair', 'ImportKeyPair',
]);
const words = (text: string): RegExp => new RegExp(`^(${text})$`, 'i');
/**
 * The same in the words of other products. Sources: Okta, "Event types"; Microsoft Entra, "Audit activity reference"; Azure, "Resource provider operations"; Google Cloud, IAM and service audit logging
 * pages (method names); Kubernetes RBAC, "Privilege escalation prevention"; GitHub, "Audit log events for your organization"; Google Workspace, "Reports API: event names".
 */
const OTHERS: Readonly<Record<string, RegExp>> = {
  okta: words(String.raw`user\.mfa\.factor\.(activate|deactivate|reset_all|unsuspend)|user\.account\.(reset_password|update_password|privilege\.grant|update_profile)|group\.privilege\.grant|system\.api_token\.(create|update|enable)|policy\.(lifecycle|rule)\.(update|deactivate|delete|create|add)|zone\.(update|delete|deactivate|remove)|user\.lifecycle\.(create|activate|reactivate)|system\.idp\.lifecycle\.(create|update|activate)|iam\.(role|resourceset)\.\S+|user\.session\.impersonation\.(grant|initiate)|app\.oauth2\.client\.lifecycle\.create|application\.(lifecycle\.(create|update)|user_membership\.add|policy\.\S+)|system\.log_stream\.lifecycle\.(deactivate|delete)|device\.enrollment\.create`),
  'entra-audit': words(String.raw`add (eligible |scoped )?member to role( in pim\S*.*)?|add app role assignment.*|add delegated permission grant|consent to application|add service principal credentials|update application - certificates and secrets management|add owner to (application|service principal|group)|(user|admin) (registered|deleted|changed|updated) .*security info.*|reset (user )?password.*|change (user )?password.*|disable strong authentication|(add|update|delete) conditional access policy|add user|invite external user|set (federation settings on domain|domain authentication)|add (unverified |verified )?domain.*|add member to group|add application|add service principal|add policy`),
  'azure-activity': words(String.raw`microsoft\.authorization/(roleassignments|roledefinitions|policyassignments|policyexemptions|locks|elevateaccess|roleeligibilityschedulerequests|roleassignmentschedulerequests)/(write|delete|action)|microsoft\.storage/storageaccounts/(listkeys|regeneratekey|listaccountsas|listservicesas)/action|microsoft\.compute/virtualmachines/(runcommand/action|extensions/write|write)|microsoft\.compute/(disks|snapshots)/(begingetaccess/action|write)|microsoft\.automation/automationaccounts/\S+/(write|action)|microsoft\.keyvault/vaults/(write|accesspolicies/write)|microsoft\.insights/(diagnosticsettings|activitylogalerts)/delete|microsoft\.network/networksecuritygroups/(securityrules/)?(write|delete)|microsoft\.containerservice/managedclusters/(listclusteradmincredential|listclusterusercredential|runcommand)/action|microsoft\.managedidentity/userassignedidentities/\S*(write|action)|microsoft\.web/sites/(publishxml/action|host/listkeys/action|config/list/action)|microsoft\.operationalinsights/workspaces/delete`),
  'gcp-audit': words(String.raw`(\S*\.)?(setiampolicy|setiampermissions|createserviceaccountkey|uploadserviceaccountkey|createserviceaccount|generateaccesstoken|generateidtoken|signblob|signjwt|createrole|updaterole|accesssecretversion|deletesink|updatesink|deletelogbucket|createworkloadidentitypoolprovider)|v1\.compute\.(firewalls\.(insert|patch|update|delete)|instances\.(insert|setmetadata|setserviceaccount)|projects\.setcommoninstancemetadata|(disks|images|snapshots)\.(insert|setiampolicy))|(beta|v1)\.compute\.\S+\.setiampolicy|cloudsql\.(instances\.export|users\.(create|update))|storage\.buckets\.(delete|update)`),
  'k8s-audit': words(String.raw`(create|update|patch|bind|escalate) (cluster)?role(binding)?s|create (pods/exec|pods/attach|pods/portforward|serviceaccounts/token|pods|daemonsets|cronjobs|jobs|deployments|certificatesigningrequests)|get pods/exec|(get|list|watch|create|update|patch) secrets|(create|update|patch) certificatesigningrequests/approval|(create|update|patch|delete) (mutating|validating)webhookconfigurations|(patch|update) pods/ephemeralcontainers`),
  'github-audit': words(String.raw`(org|business)\.(add_member|invite_member|update_member|disable_two_factor_requirement|disable_saml|update_default_repository_permission|add_outside_collaborator|remove_member)|repo\.(access|add_member|create|destroy|transfer|download_zip|actions_enabled)|(protected_branch|repository_ruleset|ip_allow_list)\.(destroy|disable|update|policy_override)\S*|(hook|public_key|deploy_key|integration_installation|oauth_authorization|oauth_application|personal_access_token)\.(create|add|access_granted|request_created)|(repository_)?secret_scanning\S*\.disable|git\.(clone|push)|role\.(create|update)|team\.(add_member|add_repository)|environment\.(update_protection_rule|remove_protection_rule)`),
  'google-workspace': words(String.raw`(assign|create|update)_role|grant_(admin|delegated_admin)_privileges?|create_user|change_password|turn_off_2_step_verification|2sv_disable|unenroll_user_from_(strong_auth|titanium)|authorize(_api_client_access)?|add_to_trusted_oauth2_apps|create_data_transfer_request|change_(user_access|document_visibility|document_access_scope)|email_forwarding_out_of_domain|(password|recovery_email|recovery_phone)_edit|add_application|toggle_\S+|change_two_step_verification_\S+`),
};

/** As the sets have it: without the dash and the full stop that Entra writes in some versions. */
const plain = (action: string): string => action.replaceAll('–', '-').replace(/\.$/, '').trim();

/** An operation that keeps access, widens it, takes data or hides. */
export function isSensitiveCall({ source, category, action }: Pick<LoggedEvent, 'source' | 'category' | 'action'>): boolean {
  if (source === 'cloudtrail') return AWS.has(action) || (category === 'data_access' && action !== 'HeadObject');
  return category === 'data_access' || OTHERS[source]?.test(plain(action)) === true;
}

/**
 * Codes with which Entra ends a sign-in after the password was accepted: another factor, the device, a policy or a consent is missing, or the password has expired
 * (Microsoft, "Microsoft Entra authentication and authorization error codes").
 */
const ENTRA_AFTER_PASSWORD = new Set(['50005', '50055', '50072', '50074', '50076', '50079', '50097', '50105', '50125', '50129', '50131', '50140', '50144', '50155', '50158', '50199', '500121', '53000', '53001', '53002', '53003', '53004', '530031', '530032', '530034', '65001', '65004', '399218']);

/**
 * The password was right and something else stopped the sign-in: no success, but not a wrong guess either.
 * @param isFactor the password is logged as a factor of its own (Okta's Identity Engine: `debugContext.debugData.factor`); the policy is then asked before it as well
 */
export function passedFirstFactor({ source, action, error_code: code, outcome }: Pick<LoggedEvent, 'source' | 'action' | 'error_code' | 'outcome'>, isFactor = false): boolean {
  if (source === 'okta') return action === 'user.authentication.auth_via_mfa' ? outcome === 'success' || !isPasswordFactor(code) : action === 'policy.evaluate_sign_on' && outcome !== 'success' && !isFactor;
  if (outcome === 'success') return false;
  return source === 'entra-signin' ? ENTRA_AFTER_PASSWORD.has(code ?? '') : action === 'login_challenge' || /LoginService\.loginChallenge$/i.test(action);
}

/** Okta's name of the password among the factors; it writes factors in both cases. */
export const isPasswordFactor = (code: string | null): boolean => code?.toUpperCase().startsWith('PASSWORD') === true;

/** A sign-in that came to its end, and not one factor of it. */
export function isWholeSignIn({ source, action, outcome }: Pick<LoggedEvent, 'source' | 'action' | 'outcome'>): boolean {
  if (outcome !== 'success') return false;
  if (source === 'okta') return /^user\.(session\.start|authentication\.(sso|auth_via_(radius|iwa|social|inbound_\w+|inbound_SAML|richclient|x509\w*)))$/i.test(action);
  if (source === 'gcp-audit') return /login(success|succeeded)$/i.test(action);
  return source !== 'google-workspace' || action === 'login_success';
}

/**
 * Calls that can close an access: policies, access blocks, ACLs, network rules and routes, trust (names of CloudTrail events). Tagging, opening
 * a port or taking an access block away is none of them, so none of those explains an access away.
 */
const CLOSING = new Set([
  'PutBucketPolicy', 'DeleteBucketPolicy', 'PutBucketAcl', 'PutObjectAcl', 'PutBucketPublicAccessBlock', 'PutPublicAccessBlock', 'PutAccountPublicAccessBlock', 'PutBucketOwnershipControls', 'PutAccessPointPolicy', 'DeleteAccessPointPolicy', 'DeleteAccessPoint',
  'RevokeSecurityGroupIngress', 'ModifySecurityGroupRules', 'ModifyNetworkInterfaceAttribute', 'ModifyInstanceAttribute', 'CreateNetworkAclEntry', 'ReplaceNetworkAclEntry', 'DeleteNetworkAclEntry', 'ReplaceNetworkAclAssociation', 'DeleteRoute', 'ReplaceRoute',
  'ReplaceRouteTableAssociation', 'DisassociateRouteTable', 'DisassociateAddress', 'DetachInternetGateway', 'StopInstances', 'ModifyDBInstance', 'ModifyDBCluster', 'SetSecurityGroups', 'ModifyListener', 'DeleteListener', 'UpdateAssumeRolePolicy', 'DeleteRolePolicy', 'DetachRolePolicy', 'PutRolePermissionsBoundary',
  'ModifySnapshotAttribute', 'ModifyImageAttribute', 'ModifyDBSnapshotAttribute', 'PutKeyPolicy', 'PutResourcePolicy', 'DeleteResourcePolicy', 'SetQueueAttributes', 'SetTopicAttributes', 'RemovePermission', 'RemovePermission20150331v2', 'SetRepositoryPolicy', 'DeleteRepositoryPolicy', 'DeleteFunctionUrlConfig', 'UpdateFunctionUrlConfig',
]);
const CLOSING_OTHERS: Readonly<Record<string, RegExp>> = {
  'azure-activity': words(String.raw`microsoft\.storage/storageaccounts/(write|blobservices/containers/write|regeneratekey/action)|microsoft\.network/(networksecuritygroups/(securityrules/)?(write|delete)|networkinterfaces/write|publicipaddresses/(write|delete)|loadbalancers/write|routetables/\S*(write|delete))|microsoft\.compute/virtualmachines/(deallocate/action|poweroff/action|delete)|microsoft\.(sql|dbforpostgresql|dbformysql)/\S*servers/(write|firewallrules/(write|delete))|microsoft\.keyvault/vaults/(write|accesspolicies/write)|microsoft\.web/sites/(write|config/write|stop/action)|microsoft\.authorization/roleassignments/delete`),
  'gcp-audit': words(String.raw`(\S*\.)?(setiampolicy|setiampermissions)|storage\.buckets\.(update|patch)|(v1|beta|alpha)\.compute\.(firewalls\.(patch|update|delete|insert)|instances\.(stop|delete|deleteaccessconfig|settags|updatenetworkinterface)|forwardingrules\.delete|routes\.delete)|cloudsql\.instances\.(update|patch)`),
};

/** A change that can close an access. */
export const closesAccess = ({ source, action }: Pick<LoggedEvent, 'source' | 'action'>): boolean => (source === 'cloudtrail' ? CLOSING.has(action) : CLOSING_OTHERS[source]?.test(action) === true);
