import { commands } from './all.ts';
import { commonOptions } from './arguments.ts';
import type { Command } from './command.ts';

/** Help for all commands, or for one. */
export function helpText(name?: string): string {
  const command = name === undefined ? undefined : commands.find((c) => c.name === name) ?? commands.find((c) => c.name.startsWith(`${name} `));
  return command ? one(command) : all();
}

function all(): string {
  const here = commands.filter((c) => !c.summary.endsWith('(not in this version)'));
  const width = Math.max(...here.map((c) => `${c.name} ${c.arguments}`.trimEnd().length));
  const later = commands.filter((c) => !here.includes(c)).map((c) => c.name);
  return [
    'winnow: many security findings in, few incidents out, each with one decision and the evidence for it.', '', 'npm run -s winnow -- COMMAND [options]', '',
    ...here.map((c) => `  ${`${c.name} ${c.arguments}`.trimEnd().padEnd(width)}  ${c.summary}`), '',
    'Every command takes', ...commonOptions.map(line), '',
    `Not in this version: ${later.join(', ')}.`, 'Exit codes: 0 done, 1 quarantined, not recognized or differing records, 2 usage, 3 the workspace can\'t be opened, 130 stopped by Ctrl-C (what is done is kept).', '',
  ].join('\n');
}

function one(command: Command): string {
  return [`npm run -s winnow -- ${command.name} ${command.arguments}`.trimEnd(), '', `  ${command.summary}`, '', ...[...command.options, ...commonOptions].map(line), ''].join('\n');
}

const line = (o: { readonly name: string; readonly value?: string; readonly help: string }): string => `  ${`--${o.name}${o.value === undefined ? '' : ` ${o.value}`}`.padEnd(22)}  ${o.help}`;
