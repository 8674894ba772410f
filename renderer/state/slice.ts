/** How a slice changes itself: a patch, or a function of what is there. */
export type SetSlice<S> = (patch: Partial<S> | ((state: S) => Partial<S>)) => void;
/** One feature's part of the store. It sees only itself; `store.ts` puts the slices together. */
export type Slice<S> = (set: SetSlice<S>, get: () => S) => S;
