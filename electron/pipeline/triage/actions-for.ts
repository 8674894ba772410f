import type { ClaimStates } from '#shared/model/claims.ts';
import { truth } from '#shared/model/claim-states.ts';
import type { DecisionName, MissingEvidence, Priority, RecommendedAction } from '#shared/model/decision.ts';
import type { Incident } from '#shared/model/incident.ts';

/** What to do about an issue, in an analyst's words. */
const FIXES: Readonly<Record<string, string>> = {
  public_access: 'Close public access: drop the grants to everyone', sensitive_data_exposure: 'Close public access and check what was read', public_snapshot: 'Stop sharing it publicly',
  cross_account_access: 'Remove the access of outside accounts that nobody needs', open_port: 'Close the port to the internet, or limit it to known addresses', public_ip: 'Take the public address away or put it behind a load balancer',
  overprivileged_identity: 'Cut the permissions down to what is used', privilege_escalation: 'Remove the permissions that allow escalation', external_trust: 'Limit the trust policy to known principals, with an ExternalId',
  vulnerable_package: 'Update to the fixed version', encryption_disabled: 'Encrypt it at rest', encryption_in_transit_disabled: 'Require TLS', logging_disabled: 'Turn logging on', versioning_disabled: 'Turn versioning or deletion protection on',
  backup_disabled: 'Turn backups on', mfa_disabled: 'Require multi-factor authentication', stale_credential: 'Rotate or delete the credential', instance_metadata_v1: 'Require IMDSv2', secret_exposed: 'Revoke the secret and remove it',
  weak_password_policy: 'Tighten the password policy', root_account_use: 'Lock the root account away', public_website: 'Keep it public on purpose, with an accepted risk',
  brute_force: 'Block the source and require multi-factor authentication', suspicious_login: 'Confirm the login with the user', credential_exfiltration: 'Revoke the credentials and their sessions', credential_access: 'Revoke the credentials and look for their use',
  persistence: 'Remove what was planted and revoke the sessions', malware: 'Isolate the host and take an image', cryptomining: 'Isolate the host and look for its way in', command_and_control: 'Isolate the host', data_exfiltration: 'Stop the flow and establish what left',
  port_scan: 'Block the source where it is not known', attack_sequence: 'Contain the identities and hosts of the sequence',
  execution: 'Look at what was run, and isolate the host if nobody meant it', lateral_movement: 'Isolate the host, and look for where it came from and where it went', defense_evasion: 'Turn back on what was switched off, and find out who did it',
  reconnaissance: 'Find out who asked, and block the source where it is not known', impact: 'Isolate what is affected and restore it', denial_of_service: 'Limit or block the source', anomalous_behavior: 'Confirm it with whoever is said to have done it', policy_violation: 'Settle with the owner whether it is allowed',
};
/** Where another platform has another switch. */
const PLATFORM_FIXES: Readonly<Record<string, readonly (readonly [entity: RegExp, fix: string])[]>> = {
  public_access: [
    [/^arn:[\w-]+:s3:::/, 'Close public access: turn Block Public Access on and drop the grants to everyone'], [/^arn:[\w-]+:lambda:/, 'Close public access: require IAM authorization at its URL and drop the grants to everyone from its policy'],
    [/^arn:[\w-]+:(rds|redshift|dms):/, 'Close public access: turn "publicly accessible" off, and let only known addresses through its security groups'],
    [/^\/\/storage\.googleapis\.com\//, 'Close public access: enforce public access prevention and drop allUsers and allAuthenticatedUsers'], [/^\/subscriptions\/.*\/storageaccounts\//i, 'Close public access: set allowBlobPublicAccess to false and the containers to private'],
    [/^k8s:/, 'Take it off the internet: make the Service internal, or limit its source ranges'],
  ],
};
const fixOf = ({ primary_issue, entity, kind }: Incident): string => PLATFORM_FIXES[primary_issue]?.find(([of]) => of.test(entity))?.[1] ?? FIXES[primary_issue] ?? (kind === 'detection' ? 'Find out what happened' : 'Fix the configuration');
/** Fixes that change who may do what, or what the network lets through. */
const IAM_ISSUES = new Set(['overprivileged_identity', 'privilege_escalation', 'external_trust', 'cross_account_access', 'brute_force', 'suspicious_login', 'credential_exfiltration', 'credential_access', 'persistence', 'attack_sequence']);

/** Recommended actions: none of them runs by itself (L1 suggests, L2 waits for one approval). */
export function recommendActions(decision: DecisionName, priority: Priority, incident: Incident, claims: ClaimStates, owner: string | undefined, missing: readonly MissingEvidence[]): readonly RecommendedAction[] {
  // Where the primary issue is refuted, what stands beside it is to be fixed.
  const instead = claims.issue_confirmed?.instead ?? [], [main] = instead;
  const fix = main === undefined ? fixOf(incident) : FIXES[main] ?? 'Fix the configuration';
  const target = incident.entity;
  const fixAction = (at: Priority, why: string): RecommendedAction => ({ action: fix, target, priority: at, autonomy_level: IAM_ISSUES.has(main ?? incident.primary_issue) ? 'L1' : 'L2', why });
  const amplifiers = (main === undefined ? Object.keys(incident.amplifiers).toSorted() : instead).flatMap((issue): RecommendedAction[] => (FIXES[issue] === undefined || issue === main ? [] : [{ action: FIXES[issue], target, priority: decision === 'defer' ? 'P4' : 'P3', autonomy_level: 'L2', why: `also reported: ${issue}` }]));
  const isAttack = truth(claims.sequence_confirmed) === 'true' || incident.kind === 'detection';
  const isAssumable = incident.primary_issue === 'overprivileged_identity' && truth(claims.exposure_confirmed) === 'true';
  const trust: readonly RecommendedAction[] = isAssumable ? [{ action: FIXES['external_trust'] ?? '', target, priority, autonomy_level: 'L1', why: 'closes the way in from outside' }] : [];
  switch (decision) {
    case 'resolve_now': return [{ action: `Page the on-call${owner === undefined ? '' : ` of ${owner}`}`, target, priority: 'P1', autonomy_level: 'L1', why: isAttack ? 'the logs confirm the sequence' : 'the exposure is confirmed' }, fixAction('P1', isAttack ? 'the first answer to it' : 'removes the issue'), ...trust, ...amplifiers];
    case 'ticket': return [{ action: `Open a ticket for ${owner ?? 'the owner'}`, target, priority, autonomy_level: 'L2', why: 'the issue is confirmed and has an owner' }, fixAction(priority, isAttack ? 'the first answer to it' : 'removes the issue'), ...trust, ...amplifiers];
    case 'defer': return cleanUp(incident, claims, owner, fixAction, amplifiers);
    case 'needs_human_review': return [...supplyActions(missing, target, priority), fixAction(priority, 'if it is confirmed')];
  }
}

/** What to import for what is open: claims that one source would supply are one step. */
function supplyActions(missing: readonly MissingEvidence[], target: string, priority: Priority): readonly RecommendedAction[] {
  const bySource = Map.groupBy(missing, (m) => m.supply);
  return [...bySource].slice(0, 3).map(([supply, open]): RecommendedAction => ({
    action: `Supply ${open.map((m) => m.claim).join(', ')} with ${supply}`, target, priority, autonomy_level: 'L1', why: [...new Set(open.map((m) => m.why))].slice(0, 2).join('; '),
  }));
}

/** A deferred incident may still recommend a P4 clean-up ticket when it has an owner who exists: what misled the scanners should go. */
function cleanUp(incident: Incident, claims: ClaimStates, owner: string | undefined, fixAction: (p: Priority, why: string) => RecommendedAction, amplifiers: readonly RecommendedAction[]): readonly RecommendedAction[] {
  if (owner === undefined || truth(claims.owner_identified) !== 'true' || truth(claims.owner_active) !== 'true') return [];
  if (truth(claims.accepted_risk) === 'true' || truth(claims.known_good) === 'true') return [];
  const blocked = truth(claims.mitigation_confirmed) === 'true';
  // Of a refuted issue nothing stands, or it would not be deferred.
  if (!blocked && (amplifiers.length === 0 || truth(claims.issue_confirmed) === 'false')) return [];
  const ticket: RecommendedAction = { action: `Open a clean-up ticket for ${owner}`, target: incident.entity, priority: 'P4', autonomy_level: 'L2', why: blocked ? 'a control blocks it today; remove what it has to block' : 'smaller faults on the same entity remain' };
  return [ticket, ...(blocked ? [fixAction('P4', 'so that one control less has to hold')] : []), ...amplifiers];
}
