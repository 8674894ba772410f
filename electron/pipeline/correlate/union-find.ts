/** Disjoint sets over 0…n-1; the representative is always the smallest member, so that results don't depend on order. */
export function unionFind(size: number) {
  const parent = Int32Array.from({ length: size }, (_, i) => i);
  function find(i: number): number {
    let root = i;
    while ((parent[root] ?? root) !== root) root = parent[root] ?? root;
    for (let at = i; at !== root;) { const next = parent[at] ?? root; parent[at] = root; at = next; }
    return root;
  }
  return {
    find,
    union(a: number, b: number): void {
      const ra = find(a), rb = find(b);
      if (ra !== rb) parent[Math.max(ra, rb)] = Math.min(ra, rb);
    },
  };
}
