import { describe, expect, it } from 'vitest';
import { closesAccess, isSensitiveCall, isWholeSignIn, passedFirstFactor } from '#electron/tools/facts/logged-calls.ts';

const call = (source: string, action: string, rest: { readonly category?: string; readonly outcome?: string; readonly error_code?: string | null } = {}) => ({ source, action, category: 'iam', outcome: 'failure', error_code: null, ...rest });

describe('what an operation means', () => {
  it.each([
    ['cloudtrail', 'CreateAccessKey'], ['okta', 'user.mfa.factor.deactivate'], ['okta', 'user.account.privilege.grant'], ['entra-audit', 'Add member to role.'], ['entra-audit', 'Update application – Certificates and secrets management '], ['entra-audit', 'Consent to application'],
    ['azure-activity', 'MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/WRITE'], ['azure-activity', 'Microsoft.Storage/storageAccounts/listKeys/action'], ['gcp-audit', 'google.iam.admin.v1.CreateServiceAccountKey'], ['gcp-audit', 'SetIamPolicy'], ['gcp-audit', 'storage.setIamPermissions'], ['gcp-audit', 'v1.compute.firewalls.patch'],
    ['k8s-audit', 'create clusterrolebindings'], ['k8s-audit', 'create pods/exec'], ['github-audit', 'protected_branch.destroy'], ['github-audit', 'org.add_member'], ['google-workspace', 'ASSIGN_ROLE'],
  ])('%s %s is sensitive', (source, action) => { expect(isSensitiveCall(call(source, action))).toBe(true); });
  it.each([
    ['cloudtrail', 'DescribeInstances'], ['okta', 'user.session.start'], ['entra-audit', 'Update user'], ['azure-activity', 'Microsoft.Compute/virtualMachines/start/action'], ['gcp-audit', 'v1.compute.instances.list'], ['k8s-audit', 'get pods'], ['k8s-audit', 'create events'], ['github-audit', 'issue_comment.update'], ['google-workspace', 'login_success'],
    // A name of one product means nothing in another.
    ['okta', 'CreateAccessKey'], ['cloudtrail', 'org.add_member'], ['siem', 'ASSIGN_ROLE'],
  ])('%s %s is not', (source, action) => { expect(isSensitiveCall(call(source, action))).toBe(false); });
  it('data that is read or written is, in any product', () => { expect(['cloudtrail', 'gcp-audit', 'k8s-audit'].map((s) => isSensitiveCall(call(s, 'x', { category: 'data_access' })))).toEqual([true, true, true]); });
  it('closes an access, or may', () => {
    expect([call('cloudtrail', 'PutBucketPolicy'), call('azure-activity', 'MICROSOFT.NETWORK/NETWORKSECURITYGROUPS/SECURITYRULES/DELETE'), call('gcp-audit', 'storage.setIamPermissions'), call('gcp-audit', 'google.cloud.run.v1.Services.SetIamPolicy')].map(closesAccess)).toEqual([true, true, true, true]);
    expect([call('cloudtrail', 'CreateTags'), call('azure-activity', 'Microsoft.Resources/tags/write'), call('gcp-audit', 'storage.objects.get'), call('okta', 'PutBucketPolicy')].map(closesAccess)).toEqual([false, false, false, false]);
  });
});

describe('how far a sign-in came', () => {
  const success = { outcome: 'success' };
  it.each([['okta', 'user.session.start', true], ['okta', 'user.authentication.sso', true], ['okta', 'user.authentication.auth_via_mfa', false], ['google-workspace', 'login_success', true], ['google-workspace', 'login_challenge', false], ['gcp-audit', 'google.login.LoginService.loginSuccess', true], ['gcp-audit', 'google.apps.login.v1.SamlLoginSucceeded', true], ['gcp-audit', 'google.login.LoginService.loginVerification', false], ['entra-signin', 'Sign-in activity', true], ['cloudtrail', 'ConsoleLogin', true]])('%s %s to its end: %s', (source, action, is) => {
    expect([isWholeSignIn(call(source, action, success)), isWholeSignIn(call(source, action))]).toEqual([is, false]);
  });
  it.each<[string, string, string | null, boolean]>([
    ['entra-signin', 'Sign-in activity', '50126', false], ['entra-signin', 'Sign-in activity', '50053', false], ['entra-signin', 'Sign-in activity', '50074', true], ['entra-signin', 'Sign-in activity', '53003', true], ['okta', 'user.session.start', 'INVALID_CREDENTIALS', false],
    ['okta', 'user.authentication.auth_via_mfa', 'PASSWORD_AS_FACTOR INVALID_CREDENTIALS', false], ['okta', 'user.authentication.auth_via_mfa', 'OKTA_VERIFY_PUSH FAILURE', true], ['google-workspace', 'login_failure', 'login_failure_invalid_password', false], ['google-workspace', 'login_challenge', 'Challenge Failed.', true], ['cloudtrail', 'ConsoleLogin', null, false],
  ])('%s %s with %s: past the password %s', (source, action, error_code, is) => { expect(passedFirstFactor(call(source, action, { error_code }))).toBe(is); });
  it('a policy of Okta that wants more comes after the password, but where that is a factor', () => {
    const asked = call('okta', 'policy.evaluate_sign_on', { outcome: 'unknown', error_code: 'CHALLENGE' });
    expect([passedFirstFactor(asked), passedFirstFactor(asked, true)]).toEqual([true, false]);
    expect(passedFirstFactor(call('okta', 'user.authentication.auth_via_mfa', { outcome: 'success', error_code: 'PASSWORD_AS_FACTOR' }))).toBe(true);
  });
});
