/** The words of a decision, in the order that lists show them. */
export const decisions = ['resolve_now', 'ticket', 'defer', 'needs_human_review'] as const;
export const priorities = ['P1', 'P2', 'P3', 'P4'] as const;
/** Why a person overrides a decision. */
export const reasonCodes = ['evidence_wrong', 'evidence_missing', 'business_context', 'accepted_risk', 'duplicate', 'false_positive', 'true_positive', 'policy', 'other'] as const;
