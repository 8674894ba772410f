/** The words of a decision, in the order that lists show them. */
export const decisions = ['resolve_now', 'ticket', 'defer', 'needs_human_review'] as const;
export const priorities = ['P1', 'P2', 'P3', 'P4'] as const;
