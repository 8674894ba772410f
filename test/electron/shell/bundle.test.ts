import { execFile } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { createPackage, extractAll, listPackage } from '@electron/asar';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import config from '#electron/shell/builder.config.ts';
import { fuses, programOf } from '#electron/shell/fuses.ts';
import { FakeContents } from './fake-electron.ts';
import { createFakeElectron } from './fake-electron.ts';
import { openPage, ROOT } from './shell-fixture.ts';

const run = promisify(execFile);
const node = (args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}) => run(process.execPath, [...args], { maxBuffer: 64_000_000, ...options });
let dir = '';
/** A program folder as it is installed: the build, what ships with it, and packages. */
const app = (): string => join(dir, 'app');

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'winnow-bundle-'));
  mkdirSync(app());
  for (const name of ['node_modules', 'resources']) symlinkSync(join(ROOT, name), join(app(), name));
  cpSync(join(ROOT, 'package.json'), join(app(), 'package.json'));
  await node([join(ROOT, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js'), 'build', '--outDir', join(app(), 'dist')], { cwd: ROOT });
}, 240_000);
afterAll(() => { rmSync(dir, { recursive: true, force: true }); });

/** What the bundle says when it runs in plain Node with a fake of Electron. */
async function runBundle(root: string, workspace: string): Promise<unknown> {
  const { stdout } = await node([join(import.meta.dirname, 'run-bundle.mjs'), join(root, 'dist', 'main', 'main.js'), root], { env: { ...process.env, WINNOW_CONFIG: join(dir, 'config'), BUNDLE_WORKSPACE: workspace } });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}
const works = (file: string) => ({ file, trusted: true, rows: [[42]], page: 200, html: true, entries: [join('dist', 'main', 'desk-process.js'), join('dist', 'main', 'query-process.js')] });

describe('the build of the desktop', () => {
  it('has an entry for every process and thread, by the name that it is started by', () => {
    const entries = readdirSync(join(ROOT, 'electron', 'workers')).map((name) => name.replace(/\.ts$/, '.js'));
    expect(readdirSync(join(app(), 'dist', 'main')).filter((name) => name.endsWith('.js')).toSorted()).toEqual([...entries, 'main.js'].toSorted());
    expect(existsSync(join(app(), 'dist', 'renderer', 'index.html'))).toBe(true);
  });

  it('imports nothing that isn\'t installed with it', () => {
    const main = join(app(), 'dist', 'main');
    const texts = [...readdirSync(main), ...readdirSync(join(main, 'chunks')).map((name) => join('chunks', name))].filter((name) => name.endsWith('.js')).map((name) => readFileSync(join(main, name), 'utf8'));
    const asked = new Set(texts.flatMap((text) => [...text.matchAll(/^import (?:[^"']*from )?"([^".][^"]*)";/gm)].map((m) => (m[1] ?? '').split('/').slice(0, m[1]?.startsWith('@') ? 2 : 1).join('/'))));
    const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { dependencies: Record<string, string> };
    expect([...asked].filter((name) => name !== 'electron' && !name.startsWith('node:') && !builtinModules.includes(name) && !Object.hasOwn(manifest.dependencies, name))).toEqual([]);
  });

  it('has a preload that is CommonJS, one file, and requires nothing but Electron', async () => {
    expect(readdirSync(join(app(), 'dist', 'preload'))).toEqual(['preload.cjs']);
    const code = readFileSync(join(app(), 'dist', 'preload', 'preload.cjs'), 'utf8');
    const page = await openPage(createFakeElectron(), new FakeContents(), new Map(), code);
    expect([...new Set(page.required)]).toEqual(['electron']);
    expect(code).not.toMatch(/^\s*(import|export)\s/m);
    expect(Object.keys(page.winnow).toSorted()).toEqual(['onCommand', 'onEngine', 'onGo', 'openDialog', 'openFile', 'removeSecret', 'secretInfo', 'setCommands', 'setSecret', 'trust', 'upload']);
  });

  it('has a page without inline script, and with a policy that lets nothing else in', () => {
    const page = readFileSync(join(app(), 'dist', 'renderer', 'index.html'), 'utf8');
    expect(page.match(/<script(?![^>]*\bsrc=)[^>]*>/g)).toBeNull();
    expect(page).toContain('http-equiv="Content-Security-Policy"');
    expect(page).not.toMatch(/(src|href)="(https?:)?\/\//);
  });

  it('runs: main process, engine and its threads, SQL in a process of its own, the page over its protocol, and a clean end', async () => {
    const file = join(dir, 'a.winnow');
    expect(await runBundle(app(), file)).toEqual(works(file));
    expect(existsSync(`${file}-wal`)).toBe(false);
  });
});

describe('the package of the desktop', () => {
  /** Enough of an unpacked Electron for electron-builder: its program is a fuse wire, all fuses as they come. */
  async function fakeDist(): Promise<string> {
    const dist = join(dir, 'electron'), wire = Buffer.concat([Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'), Buffer.from([1, 9]), Buffer.from('101100010')]);
    for (const folder of ['locales', 'resources', 'empty']) mkdirSync(join(dist, folder), { recursive: true });
    for (const name of ['chrome-sandbox', 'chrome_crashpad_handler', 'LICENSE', 'LICENSES.chromium.html', join('locales', 'en-US.pak'), join('empty', 'package.json')]) writeFileSync(join(dist, name), '{}');
    writeFileSync(join(dist, 'version'), '45.4.1');
    writeFileSync(join(dist, 'electron'), Buffer.concat([Buffer.alloc(4096), wire, Buffer.alloc(4096)]));
    chmodSync(join(dist, 'electron'), 0o755);
    await createPackage(join(dist, 'empty'), join(dist, 'resources', 'default_app.asar'));
    return dist;
  }

  it.skipIf(process.platform !== 'linux')('has the fuses set, whole in an archive, with the driver\'s binaries beside it, and runs from what is in it', async () => {
    const out = join(dir, 'out');
    // The real configuration; only the build lies elsewhere, as the one in dist/ is the developer's own.
    const own = [config.files].flat().filter((each) => typeof each !== 'string' || !each.startsWith('dist/'));
    const changes = { electronDist: await fakeDist(), compression: 'store', directories: { ...config.directories, output: out }, files: [...own, { from: join(app(), 'dist'), to: 'dist' }] };
    writeFileSync(join(dir, 'builder.mjs'), `import config from ${JSON.stringify(pathToFileURL(join(ROOT, 'electron', 'shell', 'builder.config.ts')).href)};\nexport default { ...config, ...${JSON.stringify(changes)} };\n`);
    await node([join(ROOT, 'node_modules', 'electron-builder', 'cli.js'), '--config', join(dir, 'builder.mjs'), '--publish', 'never', '--linux', '--dir'], { cwd: ROOT });
    const program = join(out, 'linux-unpacked', 'winnow'), archive = join(out, 'linux-unpacked', 'resources', 'app.asar');
    const set = await getCurrentFuseWire(program);
    const named = Object.entries(FuseV1Options).flatMap(([name, index]) => (typeof index === 'number' ? [[name, set[index]] as const] : []));
    expect(Object.fromEntries(named)).toEqual({
      RunAsNode: FuseState.DISABLE, EnableCookieEncryption: FuseState.ENABLE, EnableNodeOptionsEnvironmentVariable: FuseState.DISABLE, EnableNodeCliInspectArguments: FuseState.DISABLE, EnableEmbeddedAsarIntegrityValidation: FuseState.ENABLE,
      OnlyLoadAppFromAsar: FuseState.ENABLE, LoadBrowserProcessSpecificV8Snapshot: FuseState.DISABLE, GrantFileProtocolExtraPrivileges: FuseState.DISABLE, WasmTrapHandlers: FuseState.ENABLE,
    });
    const inside = listPackage(archive, { isPack: false });
    expect(inside.filter((path) => /^\/node_modules\/(node-(linux|darwin|win|bin)|electron|vite|react|vitest)(-|\/|$)/.test(path))).toEqual([]);
    expect(inside.filter((path) => path.endsWith('.ts'))).toEqual([]);
    const unpacked = join(dir, 'unpacked');
    extractAll(archive, unpacked);
    const file = join(dir, 'b.winnow');
    expect(await runBundle(unpacked, file)).toEqual(works(file));
  }, 240_000);

  it('names every fuse, and where the program of each system lies', () => {
    expect(fuses.strictlyRequireAllFuses).toBe(true);
    const packed = { appOutDir: '/out', packager: { appInfo: { productFilename: 'Winnow' }, executableName: 'winnow' } };
    expect(['linux', 'darwin', 'win32'].map((electronPlatformName) => programOf({ ...packed, electronPlatformName }))).toEqual([join('/out', 'winnow'), join('/out', 'Winnow.app'), join('/out', 'Winnow.exe')]);
  });

  it('is made for three systems, opens .winnow files, updates nothing by itself, and runs no install script', () => {
    expect(config).toMatchObject({
      asar: true, npmRebuild: false, publish: null, linux: { target: ['AppImage', 'deb'] }, mac: { target: ['dmg'], hardenedRuntime: true }, win: { target: ['nsis'] }, fileAssociations: [{ ext: 'winnow' }], afterPack: expect.any(Function),
    });
    const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { main: string; dependencies: Record<string, string> };
    expect([manifest.main, Object.keys(manifest.dependencies).filter((name) => /updat|crash|sentry|analytics/.test(name))]).toEqual(['dist/main/main.js', []]);
  });
});
