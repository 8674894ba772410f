import { winnow } from '../winnow.ts';

/** Runs a command that must succeed; what it printed. */
export async function runs(...args: readonly string[]): Promise<string> {
  const ran = await winnow(args);
  if (ran.code !== 0) throw new Error(`winnow ${args.join(' ')}: exit code ${ran.code}\n${ran.stderr}${ran.stdout.slice(0, 3000)}`);
  return ran.stdout;
}
