const LIMIT = 10_000, LONGEST = 500;

/**
 * A pure function of a text, that remembers its answers: a file names the same few checks, types and titles a hundred thousand times. When it knows
 * too many it forgets all, and long texts are not remembered, so that no file can fill the memory. Answers are shared: callers must not change them.
 */
export function remembered<T>(compute: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const answer = compute(text);
    if (text.length > LONGEST) return answer;
    if (known.size >= LIMIT) known.clear();
    known.set(text, answer);
    return answer;
  };
}
