import { existsSync } from 'node:fs';
import { err, ok } from '#shared/lib/result.ts';
import { DEMO_FILE, makeDemo } from '../demo.ts';
import { runDesktop, findDesktop } from '../desktop-program.ts';
import { openBrowser } from '../serve/open-browser.ts';
import { EXIT, text, type Command, type CommandContext } from './command.ts';
import { portOption, serveWorkspace } from './serve-command.ts';

export const start: Command = {
  name: 'start', arguments: '', positionals: [0, 0], summary: 'open the workbench: the desktop where its program is installed, else the browser; the demo where there is no winnow.db',
  options: [portOption, { name: 'no-open', help: 'don\'t open the browser, only print the link' }, { name: 'browser', help: 'the browser, even where the desktop is installed' }],
  async run(context) {
    const file = await chooseWorkspace(context);
    if (file === undefined) return EXIT.problem;
    const desktop = context.values['browser'] === true ? undefined : findDesktop(context.rootDir);
    if (desktop?.ok) return runDesktop(desktop.value, file, context);
    if (desktop) context.say(desktop.error);
    return serveWorkspace(context, file, (link) => { if (context.values['no-open'] !== true) openBrowser(link); });
  },
};

/** The workspace that was named, else ./winnow.db, else, on a first run, the demo, made if it isn't there. Undefined when it could not be made. */
async function chooseWorkspace(context: CommandContext): Promise<string | undefined> {
  if (text(context.values['workspace']) !== undefined || existsSync(context.file)) return context.file;
  if (existsSync(DEMO_FILE)) { context.say(`There is no ${context.file} here yet: this is the demo, ${DEMO_FILE}.`); return DEMO_FILE; }
  context.say(`There is no ${context.file} here yet: making the demo, ${DEMO_FILE}, from the bundled examples …`);
  let failure = 'the demo could not be made';
  const made = await makeDemo(DEMO_FILE, context.rootDir, async (making, work) => {
    const code = await context.withEngine(true, async (engine) => {
      const worked = await work(engine);
      if (!worked.ok) failure = worked.error;
      return worked.ok ? EXIT.done : EXIT.problem;
    }, { file: making, quiet: true });
    return code === EXIT.done ? ok(undefined) : err(failure);
  });
  if (!made.ok) context.fail(made.error);
  return made.ok ? DEMO_FILE : undefined;
}
