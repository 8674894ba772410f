/** A cache that keeps what was asked for lately: `get` gives undefined for what is not kept. */
export interface RecentCache<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
}

/**
 * Keeps at least the last entries that were asked for or set, up to a weight of `most`, and at most twice as many: when so many have come in, those
 * that nobody asked for since the last time go. Cheaper than a strict order of use, and nothing that is in steady use is ever dropped.
 * @param weigh what an entry weighs; 1 by default. An entry that is heavier than `most` is kept until the next one comes.
 */
export function recentCache<V>(most: number, weigh: (value: V) => number = () => 1): RecentCache<V> {
  let recent = new Map<string, V>(), before = new Map<string, V>(), weight = 0;
  function set(key: string, value: V): void {
    if (weight >= most) { before = recent; recent = new Map(); weight = 0; }
    if (!recent.has(key)) weight += weigh(value);
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
