/** Are two answers of `ofType` the same list? A type that has no resource answers with a fresh empty list each time. */
export const isSameList = (a: readonly unknown[], b: readonly unknown[]): boolean => a === b || (a.length === 0 && b.length === 0);
