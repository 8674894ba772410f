import { extname } from 'node:path';
import { electronParentPort } from '#electron/host/parent-port.ts';
import { serveDesk } from '#electron/host/serve-desk.ts';

/** Process entry: the desktop's process for one workspace, started by `electron/shell`. The other entries lie beside it, here as in the bundle. */
const port = electronParentPort();
if (!port) throw new Error('desk-process is the entry of a utility process');
const here = import.meta.url;
serveDesk(port, (name) => new URL(`./${name}${extname(new URL(here).pathname)}`, here));
