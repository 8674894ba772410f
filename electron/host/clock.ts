// The wall clock is read once; from there on the monotonic one counts, so that times never run backwards within a thread, however the wall clock is set.
const origin = Date.now() * 1000 - Math.round(performance.now() * 1000);

/** Microseconds UTC that never run backwards within a thread. */
export const now = (): number => origin + Math.round(performance.now() * 1000);
