import type { Engine } from '../engine-client.ts';
import type { Progress } from '../engine-protocol.ts';

/** Exit codes: what a script can rely on. */
export const EXIT = { done: 0, problem: 1, usage: 2, unopened: 3 } as const;

export type OptionValue = string | boolean | readonly string[];
export interface CommandContext {
  /** The workspace file. */
  readonly file: string;
  readonly rootDir: string;
  readonly json: boolean;
  readonly values: Readonly<Record<string, OptionValue | undefined>>;
  readonly positionals: readonly string[];
  /** One document or text on stdout. */
  print(value: unknown, text: () => string): void;
  /** Raw text on stdout, for documents that are written as they come. */
  write(text: string): void;
  /** A message on stderr. */
  say(text: string): void;
  /** Opens the workspace (or another file), runs, closes; exit 3 when it can't be opened. `quiet`: what an agent does is not told step by step. */
  withEngine(create: boolean, work: (engine: Engine) => Promise<number>, other?: { readonly file: string; readonly quiet: boolean }): Promise<number>;
  /** The same for what changes nothing: it also works where nothing can be written, and beside another Winnow. */
  look(work: (engine: Engine) => Promise<number>): Promise<number>;
  /** Ends with exit 2, 3 or 1 and the reason on stderr; with `--json` also as `{"error": why}` on stdout. */
  usage(why: string): number;
  unopened(why: string): number;
  fail(why: string): number;
  readonly onProgress: (progress: Progress) => void;
}

export interface CommandOption { readonly name: string; readonly value?: string; readonly many?: boolean; readonly help: string; readonly takes?: { readonly is: (value: string) => boolean; readonly words: string } }
/** One command of the command line: a plain object. */
export interface Command {
  readonly name: string;
  /** Words of the positional arguments, for the help text. */
  readonly arguments: string;
  readonly summary: string;
  readonly options: readonly CommandOption[];
  /** Fewest and most positional arguments. */
  readonly positionals: readonly [number, number];
  run(context: CommandContext): Promise<number>;
}

export const text = (value: OptionValue | undefined): string | undefined => (typeof value === 'string' ? value : undefined);
