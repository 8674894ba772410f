import { parseArgs } from 'node:util';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { Command, OptionValue } from './command.ts';

const COMMON = [{ name: 'workspace', value: 'FILE', help: 'the workspace file (default ./winnow.db)' }, { name: 'json', help: 'one JSON document on stdout, nothing else there' }] as const;
export const commonOptions = COMMON;

export interface Arguments { readonly values: Readonly<Record<string, OptionValue | undefined>>; readonly positionals: readonly string[] }

/** Reads a command's options; an unknown option, a missing value or a wrong number of arguments is an error in words. */
export function readArguments(argv: readonly string[], command: Command): Result<Arguments> {
  try {
    const options = Object.fromEntries([...COMMON, ...command.options].map((o) => [o.name, 'value' in o && o.value !== undefined ? { type: 'string' as const, multiple: 'many' in o && o.many === true } : { type: 'boolean' as const }]));
    const { values, positionals, tokens } = parseArgs({ args: [...argv], options, allowPositionals: true, strict: true, tokens: true });
    const given = tokens.flatMap((token) => (token.kind === 'option' ? [token.name] : []));
    const twice = given.find((name, i) => options[name]?.type === 'string' && !options[name].multiple && given.indexOf(name) !== i);
    if (twice !== undefined) return err(`--${twice} stands there twice`);
    for (const { name, takes } of command.options) {
      const value = values[name];
      if (takes && typeof value === 'string' && !takes.is(value)) return err(`--${name} takes ${takes.words}, not "${value}"`);
    }
    const [least, most] = command.positionals;
    // An option that takes many also takes what follows it: `split ID --finding F1 F2`.
    if (positionals.length < least) return err(`${command.arguments} is missing`);
    if (positionals.length > most) return err(`"${positionals[most] ?? ''}" is too much`);
    const known: Record<string, OptionValue | undefined> = {};
    for (const [name, value] of Object.entries(values)) known[name] = typeof value === 'string' || typeof value === 'boolean' ? value : value?.filter((v) => typeof v === 'string');
    return ok({ values: known, positionals });
  } catch (error) {
    return err(error instanceof Error ? error.message.split('. To specify')[0] ?? error.message : String(error));
  }
}
