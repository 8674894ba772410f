import { connectors } from '#electron/connectors/all.ts';
import { gapPlaces, type Preflight, type PullReport } from '#shared/model/pull.ts';
import { egressClasses } from '#shared/model/agent.ts';
import { EXIT, text, type Command, type CommandContext, type CommandOption } from './command.ts';
import { printable, terminalWidth, textTable, wrap } from './text-table.ts';

const names = connectors.map((c) => c.name).join('|');

/** What the products let one say, each option once; secrets are no options, as others on the machine could read them. */
const settings: readonly CommandOption[] = [...Map.groupBy(connectors.flatMap((c) => c.settings.filter((s) => s.secret !== true).map((s) => ({ ...s, product: c.name }))), ({ name }) => name).entries()]
  .map(([name, all]) => ({ name, value: all[0]?.value ?? 'X', help: [...Map.groupBy(all, ({ help }) => help)].map(([help, of]) => `${of.map((s) => s.product).join(', ')}: ${help}`).join('; ') }));

export const connect: Command = {
  name: 'connect', arguments: names, positionals: [1, 1],
  summary: 'pull a snapshot of a cloud or cluster, read-only, with the credentials that its own tools would use',
  options: [
    { name: 'print-policy', help: 'print the least privilege that a pull needs, to be applied by whoever owns the product, and end' },
    { name: 'preflight', help: 'try every permission, say which evidence will be unknown, store nothing' },
    { name: 'resume', help: 'go on with the cut pull; an error when there is none (without it, a cut pull of the last day goes on by itself)' }, { name: 'fresh', help: 'begin anew, whatever was cut' },
    { name: 'allow', value: 'CLASS', help: 'how far pulls of this workspace may go from now on: loopback (this machine; the default), site (also the own network) or internet' }, ...settings,
  ],
  async run(context) {
    const { values } = context, [product = ''] = context.positionals;
    const connector = connectors.find((c) => c.name === product);
    if (!connector) return context.usage(`there is no connector "${product}"; there are ${connectors.map((c) => c.name).join(', ')}`);
    const foreign = settings.find(({ name }) => values[name] !== undefined && !connector.settings.some((s) => s.name === name));
    if (foreign) return context.usage(`${connector.title} has no --${foreign.name}`);
    const given = Object.fromEntries(connector.settings.flatMap(({ name }) => { const value = text(values[name]); return value === undefined ? [] : [[name, value] as const]; }));
    if (values['print-policy'] === true) {
      const policy = connector.policy(given);
      if (!policy.ok) return context.usage(policy.error.says);
      context.print({ product, policy: policy.value }, () => policy.value);
      return EXIT.done;
    }
    const allow = egressClasses.find((c) => c === values['allow']);
    if (values['allow'] !== undefined && allow === undefined) return context.usage(`--allow takes ${egressClasses.join(', ')}`);
    if (values['resume'] === true && values['fresh'] === true) return context.usage('--resume and --fresh exclude each other');
    return context.withEngine(true, async (engine) => {
      if (allow !== undefined) { const saved = await engine.request('connect.allow', { allow, by: 'cli' }); if (!saved.ok) return context.fail(saved.error); }
      const isTry = values['preflight'] === true;
      const done = await engine.request(isTry ? 'connect.preflight' : 'connect.pull', { product, settings: given, resume: values['resume'] === true ? 'must' : values['fresh'] === true ? 'never' : 'auto' });
      if (!done.ok) return context.fail(`${connector.title}: ${done.error}${/may go no further/.test(done.error) ? ' (--allow internet)' : ''}`);
      return isTry ? printPreflight(context, done.value as Preflight) : printPull(context, done.value as PullReport);
    });
  },
};

function printPreflight(context: CommandContext, found: Preflight): number {
  const denied = found.rows.filter((row) => row.state === 'denied'), unknown = found.rows.filter((row) => row.state === 'unknown'), width = terminalWidth();
  context.print(found, () => [
    `${found.product} ${printable(found.target)} as ${printable(found.principal)}`, '',
    textTable([{ head: 'permission' }, { head: 'is' }, { head: 'says', prose: true }], found.rows.filter((row) => row.state !== 'allowed').map((row) => [row.permission, row.state, printable(row.says)]), width), '',
    `${found.rows.length - denied.length - unknown.length} permissions are allowed, ${denied.length} denied, ${unknown.length} show while pulling. Nothing was stored.`,
  ].join('\n'));
  return denied.length === 0 ? EXIT.done : EXIT.problem;
}

function printPull(context: CommandContext, pull: PullReport): number {
  const { units, resources, gaps } = pull, width = Math.min(terminalWidth(), 140);
  const words = gaps.map((gap) => wrap(printable(`${[gap.state, gap.call, gapPlaces(gap, pull.target)].filter((part) => part !== '').join(' ')}: ${gap.evidence} ${gap.evidence === '' ? '' : 'stays unknown '}(${gap.says})`), width, '  '));
  context.print(pull, () => [
    `${pull.product} ${printable(pull.target)} as ${printable(pull.principal)}: ${pull.state === 'done' ? 'pulled' : `stopped (${printable(pull.why ?? 'cut')})`}`,
    `  ${units.done} of ${units.planned} calls done, ${units.denied} denied, ${units.failed} failed, ${units.absent} with nothing to ask; ${pull.requests} requests, ${pull.retries} repeated`,
    `  ${pull.records} records: ${resources.new} resources new, ${resources.changed} changed, ${resources.unchanged} unchanged, ${resources.closed} gone${pull.quarantined > 0 ? `; ${pull.quarantined} records could not be read` : ''}`,
    ...(words.length > 0 ? ['', 'Not read:', ...words] : []),
    ...(pull.state === 'done' ? [] : ['', 'What came is kept. The same command goes on from there; credentials are asked for anew.']),
  ].join('\n'));
  return pull.state === 'done' && gaps.length === 0 && pull.quarantined === 0 ? EXIT.done : EXIT.problem;
}
