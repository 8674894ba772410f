/** How many failures in a row open a circuit, and how long it stays open, in microseconds; doubled with each failed try, up to ten minutes. */
const FAILURES = 2, OPEN_US = 30_000_000, LONGEST_US = 600_000_000;

/** One endpoint's circuit: after failures in a row it is not asked for a while, then once to see. */
export interface Circuit {
  /** Undefined when it may be asked, else why not. */
  blocked(): string | undefined;
  succeeded(): void;
  failed(): void;
}

export function circuit(now: () => number): Circuit {
  let failures = 0, openUntil = 0, pause = OPEN_US;
  return {
    blocked: () => (now() < openUntil ? `it failed ${failures} times in a row; next try in ${Math.ceil((openUntil - now()) / 1_000_000)} s` : undefined),
    succeeded() { failures = 0; openUntil = 0; pause = OPEN_US; },
    failed() {
      failures += 1;
      if (failures < FAILURES) return;
      openUntil = now() + pause;
      pause = Math.min(LONGEST_US, pause * 2);
    },
  };
}
