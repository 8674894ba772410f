import type { IssueTypeName } from '#shared/model/issue-types.ts';
import { cloudIssue, type IssueFields } from '../../aws-issue.ts';

/** Words of ScoutSuite's rule names that mean something else in other tools, or nothing. */
const words: readonly (readonly [RegExp, IssueTypeName])[] = [
  [/-world-|open-to-the-world|allow-any-ip|static-website-public/i, 'public_access'], [/assume-role-(no-mfa|lacks-external-id)/i, 'external_trust'], [/NotActions|admin-policy|primitive-role|legacy-abac|all-privileges/i, 'overprivileged_identity'],
  [/user-data-secrets|potential-secret/i, 'secret_exposed'], [/transparency-logging/i, 'misconfiguration'], [/private-cluster-disabled|with-peering|full-peering/i, 'network_misconfiguration'], [/no-minor-upgrade/i, 'patch_missing'], [/recorder-not-configured/i, 'logging_disabled'],
];

export function scoutIssue(rule: string, title: string): IssueFields {
  const own = words.find(([pattern]) => pattern.test(rule))?.[1];
  return own === undefined ? cloudIssue(rule, { ids: [rule], rule: [title] }) : { issue_type: own, issue_mapped: true };
}
