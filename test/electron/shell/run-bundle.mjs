// Runs the bundled desktop in plain Node: `import 'electron'` gives the fake of the tests. Says as one line of JSON what came of it.
import { registerHooks } from 'node:module';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';

const [main, rootDir] = process.argv.slice(2);
const { createFakeElectron } = await import('./fake-electron.ts');
const electron = createFakeElectron();
electron.app.getAppPath = () => rootDir;
globalThis.fakeElectron = electron.module;
const names = Object.keys(electron.module);
const source = `const e = globalThis.fakeElectron; ${names.map((name) => `export const ${name} = e.${name};`).join(' ')} export default e;`;
registerHooks({ resolve: (name, context, next) => (name === 'electron' ? { url: `data:text/javascript,${encodeURIComponent(source)}`, shortCircuit: true } : next(name, context)) });
process.argv.splice(1, 2, '.');
process.argv.push(`--workspace=${process.env.BUNDLE_WORKSPACE}`);
await import(main);

const until = async (test) => { for (let i = 0; i < 1200 && !test(); i++) await new Promise((resolve) => { setTimeout(resolve, 50); }); if (!test()) throw new Error('it took too long'); };
await until(() => electron.recorded.recentDocuments.length > 0);
const { webContents } = electron.recorded.windows[0];
const port = await new Promise((resolve) => {
  webContents.page = { receive: (channel, _, ports) => { if (channel === 'winnow:port') resolve(ports[0]); } };
  electron.ipcMain.emit('winnow:port-wanted', { sender: webContents, senderFrame: webContents.mainFrame });
});
const client = createORPCClient(new RPCLink({ port }));
port.start();
const info = await client.workspace.info({});
const rows = (await client.sql.run({ sql: 'SELECT 6 * 7 AS answer' })).rows;
const page = await electron.session.handled.get('winnow')({ url: 'winnow://app/queue', method: 'GET' });
port.close();
electron.app.quit();
await until(() => electron.recorded.quits > 0);
process.stdout.write(`${JSON.stringify({ file: info.file, trusted: info.trusted, rows, page: page.status, html: (await page.text()).includes('<div id="root">'), entries: electron.recorded.utilities.map(({ entry }) => entry.slice(rootDir.length + 1)) })}\n`);
process.exit(0);
