import { join } from 'node:path';
import { app } from 'electron';
import { startShell } from './start-shell.ts';

// The entry of the desktop program. Bundled: its other entries lie beside it, preload and page in the folders next to its own.
const here = import.meta.dirname;
void startShell({ rootDir: app.getAppPath(), preload: join(here, '..', 'preload', 'preload.cjs'), rendererDir: join(here, '..', 'renderer'), entry: (name) => join(here, `${name}.js`) });
