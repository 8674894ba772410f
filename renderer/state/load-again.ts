const PAUSE_MS = 500, ATTEMPTS = 40;

/** Loads a part of the page, and again while the engine that serves it is away; throws when it stays away. */
export async function loadAgain<T>(load: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try { return await load(); } catch (error) { if (attempt >= ATTEMPTS) throw error; }
    await new Promise((resolve) => { setTimeout(resolve, PAUSE_MS); });
  }
}
