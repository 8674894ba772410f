import { isClaimName, type ClaimName, type ToolClaim } from '#shared/model/claims.ts';
import { claim } from './facts/claim.ts';
import type { Tool } from './tool.ts';

/** What a person supplied with `winnow answer`: recorded as evidence with its author, and expiring. The newest answer to a claim counts. */
export const humanAnswer: Tool = {
  name: 'human_answer',
  description: 'Claims that a person supplied, with author and note.',
  claims: [],
  needs: 'winnow answer',
  cost: 1,
  run(subject, extra, context) {
    const claims: Partial<Record<ClaimName, ToolClaim>> = {};
    for (const answer of extra.answers ?? []) {
      if (isClaimName(answer.claim)) claims[answer.claim] = claim(answer.value, `${answer.author} answered${answer.note === '' ? '' : `: ${answer.note}`}`);
    }
    // Public access is confirmed or refuted by whether it works (design, table of claims): one answer is both.
    if (subject.issue_type === 'public_access' && claims.exposure_confirmed) claims.issue_confirmed ??= claims.exposure_confirmed;
    // Whether a named owner still exists is the policy's to say.
    const named = claims.owner_identified?.value;
    const owner = context.policy.owners.find((o) => typeof named === 'string' && [o.id, ...o.aliases].some((name) => name.toLowerCase() === named.toLowerCase()));
    if (owner && claims.owner_active === undefined) claims.owner_active = claim(owner.active, `owner ${owner.id} is ${owner.active ? 'active' : 'marked inactive'} in the policy`);
    return { entity: subject.entity, claims, facts: { answers: extra.answers ?? [] }, coverage: { sources: ['people'] } };
  },
};
