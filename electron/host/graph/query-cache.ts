/** The urns that an answer was made from; `all` when it may hang on anything. */
export type Touched = ReadonlySet<string> | 'all';
/** Answers of graph queries, remembered by (query, arguments) until a change touches what they were made from. */
export interface QueryCache {
  get<T>(key: string, make: () => { readonly value: T; readonly touched: Touched }): T;
  /** Forgets what hangs on something that has changed; the rest holds for the new version too. */
  drop(changed: Touched): void;
  readonly size: number;
}

/** Past so many the oldest goes. */
const MOST = 500;

export function queryCache(): QueryCache {
  const answers = new Map<string, { readonly value: unknown; readonly touched: Touched }>();
  return {
    get size() { return answers.size; },
    get<T>(key: string, make: () => { readonly value: T; readonly touched: Touched }): T {
      const known = answers.get(key);
      // A key names one query with one kind of answer.
      if (known) return known.value as T;
      const made = make();
      if (answers.size >= MOST) for (const oldest of answers.keys()) { answers.delete(oldest); break; }
      answers.set(key, made);
      return made.value;
    },
    drop(changed) {
      if (changed !== 'all' && changed.size === 0) return;
      for (const [key, { touched }] of answers) if (changed === 'all' || touched === 'all' || !changed.isDisjointFrom(touched)) answers.delete(key);
    },
  };
}
