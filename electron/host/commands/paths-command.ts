import type { PathsReport } from '../handlers/paths.ts';
import { text, type Command } from './command.ts';
import { look } from './data-commands.ts';
import { printPaths } from './print-paths.ts';

export const paths: Command = {
  name: 'paths', arguments: '', positionals: [0, 0], options: [{ name: 'to', value: 'ENTITY', help: 'only to this entity (urn, short id or name)' }],
  summary: 'attack paths from outside to the crown jewels and administrators, and where one change cuts most',
  run(context) {
    const to = text(context.values['to']);
    return look(context, 'paths', to === undefined ? {} : { to }, (value) => printPaths(value as PathsReport));
  },
};
