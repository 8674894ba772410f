/** Flag of an edge that was taken away. */
export const GONE = 1;

/** Texts that recur, kept once; 0 stands for none. */
export function interner() {
  const numbers = new Map<string, number>();
  const texts: (string | undefined)[] = [undefined];
  return {
    of(text: string | undefined): number {
      if (text === undefined) return 0;
      const known = numbers.get(text);
      if (known !== undefined) return known;
      numbers.set(text, texts.length);
      return texts.push(text) - 1;
    },
    text: (number: number): string | undefined => texts[number],
  };
}

/** Columns of nodes. */
export function nodeArrays(size: number) { return { kind: new Uint8Array(size), known: new Uint8Array(size), type: new Uint32Array(size), account: new Uint32Array(size) }; }
/** The same with twice the room. */
export function growNodes(old: ReturnType<typeof nodeArrays>): ReturnType<typeof nodeArrays> {
  const grown = nodeArrays(old.kind.length * 2);
  grown.kind.set(old.kind); grown.known.set(old.known); grown.type.set(old.type); grown.account.set(old.account);
  return grown;
}

/** Columns of edges. */
export function edgeArrays(size: number) {
  return { source: new Uint32Array(size), target: new Uint32Array(size), kind: new Uint8Array(size), cost: new Uint8Array(size), flags: new Uint8Array(size), reason: new Uint32Array(size), condition: new Uint32Array(size) };
}
/** The same with twice the room. */
export function growEdges(old: ReturnType<typeof edgeArrays>): ReturnType<typeof edgeArrays> {
  const grown = edgeArrays(old.kind.length * 2);
  grown.source.set(old.source); grown.target.set(old.target); grown.kind.set(old.kind); grown.cost.set(old.cost); grown.flags.set(old.flags); grown.reason.set(old.reason); grown.condition.set(old.condition);
  return grown;
}

/** Edge numbers grouped by one of their ends, in the order in which they were added; those gone are left out. @returns where each node's group starts, and the numbers. */
export function sortByEnd(end: Uint32Array, flags: Uint8Array, count: number, nodeCount: number): [Uint32Array<ArrayBuffer>, Uint32Array<ArrayBuffer>] {
  const start = new Uint32Array(nodeCount + 1);
  const isThere = (id: number): boolean => ((flags[id] ?? GONE) & GONE) === 0;
  for (let id = 0; id < count; id++) if (isThere(id)) { const at = (end[id] ?? 0) + 1; start[at] = (start[at] ?? 0) + 1; }
  for (let i = 0; i < nodeCount; i++) start[i + 1] = (start[i + 1] ?? 0) + (start[i] ?? 0);
  const sorted = new Uint32Array(start[nodeCount] ?? 0), next = start.slice(0, nodeCount);
  for (let id = 0; id < count; id++) {
    if (!isThere(id)) continue;
    const at = end[id] ?? 0, place = next[at] ?? 0;
    sorted[place] = id;
    next[at] = place + 1;
  }
  return [start, sorted];
}
