import { EXIT, text, type Command } from './command.ts';
import type { ModelsReport } from '../handlers/models.ts';
import { printable, terminalWidth, textTable, wrap } from './text-table.ts';

export const models: Command = {
  name: 'models', arguments: '', positionals: [0, 0], summary: 'which models can be asked and what they can do; where prompts may go',
  options: [
    { name: 'model', value: 'M', help: 'look at this model (default: the configured ones, else what Ollama on this machine has)' }, { name: 'add', value: 'ID', help: 'keep an endpoint in the workspace under this id, with --url and --model' },
    { name: 'url', value: 'URL', help: 'its address (default http://127.0.0.1:11434)' }, { name: 'provider', value: 'P', help: 'ollama or openai, any compatible endpoint (default: openai when the address ends in /v1)' },
    { name: 'remove', value: 'ID', help: 'take an endpoint out' }, { name: 'allow', value: 'CLASS', help: 'how far a prompt may go: loopback (this machine; the default), site (also the own network) or internet' },
  ],
  run: (context) => context.withEngine(false, async (engine) => {
    const { values } = context, add = text(values['add']), allow = text(values['allow']), remove = text(values['remove']), model = text(values['model']), url = text(values['url']) ?? 'http://127.0.0.1:11434';
    if (add !== undefined && model === undefined) return context.usage('--add needs --model');
    if (add !== undefined || allow !== undefined || remove !== undefined) {
      const provider = text(values['provider']) ?? (/\/v\d+\/?$/.test(url) ? 'openai' : 'ollama');
      const changed = await engine.request('models.configure', { ...(allow !== undefined && { allow }), ...(remove !== undefined && { remove }), ...(add !== undefined && { add: { id: add, provider, url, model } }) });
      if (!changed.ok) return context.fail(changed.error);
    }
    const listed = await engine.request('models.list', { ...(model !== undefined && { model: add ?? model }) });
    if (!listed.ok) return context.fail(listed.error);
    const report = listed.value as ModelsReport;
    context.print(report, () => printModels(report));
    return report.endpoints.some((e) => e.problem === null) ? EXIT.done : EXIT.problem;
  }),
};

function printModels(report: ModelsReport): string {
  const width = Math.min(terminalWidth(), 140);
  const parts = report.endpoints.map(({ endpoint, configured, models: found, facts, problem }) => [
    `${configured ? endpoint.id : 'not configured'}: ${endpoint.provider} at ${printable(endpoint.url)}${endpoint.model === '' ? '' : `, ${printable(endpoint.model)}`}`,
    ...(problem === null ? [] : [wrap(printable(problem), width, '  ')]),
    ...(facts === null ? [] : [`  context ${facts.num_ctx}${facts.context_length === null ? '' : ` of ${facts.context_length}`} tokens   schema ${yes(facts.schema)}   tools ${yes(facts.tools)}   thinking ${yes(facts.thinking)}   turns as ${facts.mode}${facts.digest === null ? '' : `   digest ${facts.digest.slice(0, 12)}`}`, ...facts.notes.map((note) => wrap(printable(note), width, '  '))]),
    ...(found.length === 0 ? [] : [textTable([{ head: '  model' }, { head: 'size', align: 'right' }], found.slice(0, 30).map((m) => [`  ${printable(m.name)}`, m.size === null ? '' : `${(m.size / 1e9).toFixed(1)} GB`]), width)]),
    ...(configured ? [] : ['  Use one with "winnow triage --engine agent --model M", or keep it with "winnow models --add ID --model M".']),
  ].join('\n'));
  return [...parts, `Prompts may go as far as: ${report.allow}${report.allow === 'loopback' ? ' (this machine)' : ''}.`].join('\n\n');
}
const yes = (is: boolean): string => (is ? 'yes' : 'no');
