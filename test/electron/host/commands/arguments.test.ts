import { expect, it } from 'vitest';
import { commands } from '#electron/host/commands/all.ts';
import { readArguments } from '#electron/host/commands/arguments.ts';

function read(name: string, ...argv: readonly string[]): unknown {
  const command = commands.find((c) => c.name === name);
  if (!command) throw new Error(name);
  const result = readArguments(argv, command);
  return result.ok ? result.value : result.error;
}

it.each([
  [['--limit', '5', '--limit', '6'], '--limit stands there twice'], [['--workspace', 'a.db', '--json', '--workspace=b.db'], '--workspace stands there twice'],
])('takes an option twice, of which one would be passed over, for a mistake: %j', (argv, error) => {
  expect(read('incidents', ...argv)).toBe(error);
});

it('takes an option of many values several times, and a switch', () => {
  expect(read('split', 'INC-1', '--finding', 'a', '--finding', 'b', '--json', '--json')).toMatchObject({ values: { finding: ['a', 'b'], json: true }, positionals: ['INC-1'] });
});
