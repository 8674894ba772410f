import type { ClaimName, ToolClaim } from '#shared/model/claims.ts';
import type { StoredResource } from '#shared/model/resource.ts';
import type { OutsideAccess } from '#shared/model/verdict.ts';
import { claim, notApplicable, observedUs, unknown } from './claim.ts';

/**
 * cross_account_access: the issue is there when another account gets in. One outside the known accounts may be a partner or a thief: whether that is an exposure
 * nobody but a person can tell. What refuses anonymous callers is no mitigation here.
 */
export function outsideClaims(outside: OutsideAccess | undefined, resource: StoredResource | undefined): Partial<Record<ClaimName, ToolClaim>> {
  const at = { observed_us: observedUs(resource) };
  const mitigation_confirmed = notApplicable('what refuses anonymous callers is no control against accounts that are let in');
  if (!outside || (outside.answer === 'unknown' && outside.names.length === 0)) {
    const open = unknown('whom it lets in from other accounts is not known', outside?.missing ?? [{ what: 'evaluation of access from other accounts', entity: resource?.urn ?? '', supply: 'a person who reads its policy, or "winnow answer"' }]);
    return { exposure_confirmed: open, issue_confirmed: open, mitigation_confirmed };
  }
  const names = `${outside.names.slice(0, 3).join(', ')}${outside.names.length > 3 ? ` and ${outside.names.length - 3} more` : ''}`;
  const said = outside.reasons.slice(0, 3).map((r) => r.text).join('; ');
  if (outside.answer !== 'no') {
    const missing = outside.missing.length > 0 ? outside.missing : [{ what: `whether ${names} may have access`, entity: resource?.urn ?? '', supply: 'the account among `accounts` of the policy if it is yours, an accepted risk, or "winnow answer"' }];
    return { exposure_confirmed: unknown(`no anonymous request gets in; whether ${names}, whom the policy lets in, may is for a person to say`, missing), issue_confirmed: outside.answer === 'yes' ? claim(true, said, at) : unknown(said, missing), mitigation_confirmed };
  }
  const exposure_confirmed = claim(false, said === '' ? 'its policy lets no other account in' : 'nobody outside the known accounts is let in', at);
  if (outside.ours === 'unknown') { const open = unknown(said, outside.missing); return { exposure_confirmed, issue_confirmed: open, mitigation_confirmed }; }
  return { exposure_confirmed, issue_confirmed: claim(outside.ours === 'yes', said || 'its policy lets no other account in', at), mitigation_confirmed };
}
