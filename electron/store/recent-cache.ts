/** A cache that keeps what was asked for lately: `get` gives undefined for what is not kept. */
export interface RecentCache<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
}

/**
 * Keeps at least the last `most` entries that were asked for or set, and at most twice as many: when so many have come in, those that nobody
 * asked for since the last time go. Cheaper than a strict order of use, and nothing that is in steady use is ever dropped.
 */
export function recentCache<V>(most: number): RecentCache<V> {
  let recent = new Map<string, V>(), before = new Map<string, V>();
  function set(key: string, value: V): void {
    if (recent.size >= most) { before = recent; recent = new Map(); }
    recent.set(key, value);
  }
  return {
    get(key) {
      const found = recent.get(key);
      if (found !== undefined) return found;
      const older = before.get(key);
      if (older !== undefined) set(key, older);
      return older;
    },
    set,
  };
}
