/** A queue over small integer keys: first in, first out within a key, so that equal graphs give equal answers. */
export function bucketQueue<T>() {
  const buckets: { items: T[]; head: number }[] = [];
  let lowest = 0;
  return {
    push(key: number, value: T): void {
      (buckets[key] ??= { items: [], head: 0 }).items.push(value);
      if (key < lowest) lowest = key;
    },
    pop(): T | undefined {
      for (; lowest < buckets.length; lowest++) {
        const bucket = buckets[lowest];
        if (bucket && bucket.head < bucket.items.length) return bucket.items[bucket.head++];
        if (bucket) buckets[lowest] = { items: [], head: 0 };
      }
      return undefined;
    },
  };
}
