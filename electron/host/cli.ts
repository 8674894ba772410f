import { join } from 'node:path';
import { commands } from './commands/all.ts';
import { readArguments } from './commands/arguments.ts';
import { EXIT, type CommandContext } from './commands/command.ts';
import { helpText } from './commands/help.ts';
import { printable, printableJson, printableLines } from './commands/text-table.ts';
import { startEngine, type Engine } from './engine-client.ts';
import { readProblem } from './find-files.ts';
import { progressLine } from './progress-line.ts';

/** What shells add to the signal that ended a process: 130 after Ctrl-C. */
const SIGNALLED = 128;
const ROOT = join(import.meta.dirname, '..', '..');

/**
 * Runs one command. With `--json` stdout carries exactly one JSON document; progress and messages go to stderr.
 * @returns the exit code: 0 done, 1 something was quarantined, not recognized or differs, 2 usage, 3 the workspace can't be opened, 130 stopped by Ctrl-C.
 */
export async function main(given: readonly string[]): Promise<number> {
  const argv = commandFirst(given);
  // Whoever reads our output may have seen enough (`winnow incidents | head`).
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.done);
    process.stderr.write(`winnow: the result could not be written: ${readProblem(error)}\n`);
    process.exit(EXIT.problem);
  });
  // Nobody reads our messages any more; the work goes on.
  process.stderr.on('error', () => undefined);
  const [first, second] = argv;
  if (first === undefined || first === 'help' || first === '--help' || first === '-h') {
    process.stdout.write(helpText(first === 'help' ? second : undefined));
    return first === undefined ? EXIT.usage : EXIT.done;
  }
  const command = commands.find((c) => c.name === `${first} ${second ?? ''}`) ?? commands.find((c) => c.name === first);
  const json = argv.includes('--json');
  if (!command) return usage(`there is no command "${first}"`, json);
  const rest = argv.slice(command.name.split(' ').length);
  if (rest.includes('--help') || rest.includes('-h')) { process.stdout.write(helpText(command.name)); return EXIT.done; }
  const read = readArguments(rest, command);
  return read.ok ? command.run(createContext(command.name, read.value)) : usage(read.error, json, command.name);
}

/** `winnow --workspace FILE triage` is `winnow triage --workspace FILE`: what every command takes may stand before its name. */
function commandFirst(argv: readonly string[]): readonly string[] {
  let at = 0;
  while (argv[at] === '--json' || argv[at] === '--workspace' || argv[at]?.startsWith('--workspace=') === true) at += argv[at] === '--workspace' ? 2 : 1;
  return at >= argv.length ? argv : [...argv.slice(at), ...argv.slice(0, at)];
}

function usage(why: string, json: boolean, command?: string): number {
  printError(why, json);
  process.stderr.write(`winnow: ${printableLines(why)}\n${command === undefined ? '"winnow help" lists the commands.' : `"winnow help ${command}" says how it is used.`}\n`);
  return EXIT.usage;
}

/** With `--json` there is always one document to parse. */
function printError(why: string, json: boolean): void {
  if (json) process.stdout.write(`${printableJson(JSON.stringify({ error: why }))}\n`);
}

function createContext(name: string, read: { readonly values: CommandContext['values']; readonly positionals: CommandContext['positionals'] }): CommandContext {
  const line = progressLine(process.stderr);
  const json = read.values['json'] === true;
  const file = typeof read.values['workspace'] === 'string' ? read.values['workspace'] : 'winnow.db';
  const say = (text: string): void => { line.clear(); process.stderr.write(`${printableLines(text)}\n`); };
  const end = (code: number) => (why: string): number => { say(`winnow: ${why}`); printError(why, json); return code; };
  const unopened = end(EXIT.unopened), failed = end(EXIT.problem);
  const run = async (which: { readonly file: string; readonly create: boolean; readonly looks?: boolean }, work: (engine: Engine) => Promise<number>, isQuiet: boolean): Promise<number> => {
    const engine = await startEngine({ ...which, rootDir: ROOT, onProgress: (progress) => { if (progress.said === undefined) line.show(progress); else say(printable(progress.said)); }, onStep: (step) => { if (step.kind !== 'writing' && !isQuiet) say(`${step.incident}  ${step.kind}  ${printable(step.text)}`); } });
    if (!engine.ok) return unopened(engine.error);
    if (engine.value.workspace.says !== undefined) say(`winnow: ${engine.value.workspace.says}`);
    return untilStopped(engine.value, () => work(engine.value), say, () => { line.clear(); });
  };
  return {
    file, rootDir: ROOT, json, ...read, say, onProgress: (progress) => { line.show(progress); },
    write(text) { process.stdout.write(printableJson(text)); },
    print(value, text) {
      line.clear();
      const body = json ? printableJson(JSON.stringify(value)) : printableLines(text());
      process.stdout.write(body.endsWith('\n') ? body : `${body}\n`);
    },
    withEngine: (create, work, other) => run({ file: other?.file ?? file, create }, work, other?.quiet === true),
    look: (work) => run({ file, create: false, looks: true }, work, false),
    usage: (why) => usage(why, json, name), unopened, fail: (why) => failed(/^there is no incident \S+$/.test(why) ? `${why}; "winnow incidents" lists them` : why),
  };
}

/** Runs until it is done or, after Ctrl-C, at its next stop; a second Ctrl-C ends it at once. Closes the engine. @returns the exit code */
async function untilStopped(engine: Engine, work: () => Promise<number>, say: (text: string) => void, clear: () => void): Promise<number> {
  let stoppedBy = 0;
  const interrupt = (_: NodeJS.Signals, signal: number): void => {
    if (stoppedBy > 0) process.exit(SIGNALLED + signal);
    stoppedBy = signal;
    say('winnow: stopping after this batch; what is done is kept, the same command goes on from there (Ctrl-C again stops at once)');
    engine.cancel();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  try {
    const code = await work();
    return stoppedBy > 0 && code !== EXIT.done ? SIGNALLED + stoppedBy : code;
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
    clear();
    await engine.close();
  }
}
