import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const usual = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium', 'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe'];

/** The machine's own Chromium or Chrome: `WINNOW_CHROMIUM`, else on the PATH, else where installers put it. Undefined when there is none. */
export function findChromium(): string | undefined {
  const named = process.env['WINNOW_CHROMIUM'];
  if (named !== undefined) return existsSync(named) ? named : undefined;
  const onPath = (process.env['PATH'] ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  return [...onPath, ...usual].find((file) => existsSync(file));
}
