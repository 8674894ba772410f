import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Collects this thread's garbage now. V8 does so when a heap has grown by a share; after a phase that needed hundreds of megabytes and before one that
 * starts more threads, what nobody uses any more would count twice. Takes about a tenth of a second.
 */
export function letGo(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  if (typeof collect === 'function') collect();
}
