import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CommandContext } from '#electron/host/commands/command.ts';
import { findDesktop, runDesktop } from '#electron/host/desktop-program.ts';
import { isOlder } from '#electron/host/serve/build-renderer.ts';
import { openerOf } from '#electron/host/serve/open-browser.ts';

const ENTRY = join(import.meta.dirname, '../../../../electron/host/winnow.ts');
let dir = '';
beforeAll(() => { dir = mkdtempSync(join(tmpdir(), 'winnow-start-')); });
afterAll(() => { rmSync(dir, { recursive: true, force: true }); });

interface Running { readonly child: ChildProcess; readonly out: () => string; readonly err: () => string; readonly ended: Promise<number | null> }
function winnow(args: readonly string[]): Running {
  let out = '', err = '';
  const child = spawn(process.execPath, [ENTRY, ...args], { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.setEncoding('utf8').on('data', (text: string) => { out += text; });
  child.stderr.setEncoding('utf8').on('data', (text: string) => { err += text; });
  return { child, out: () => out, err: () => err, ended: new Promise((resolve) => { child.on('exit', resolve); }) };
}
const linkIn = (text: string): URL | undefined => { const found = /http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}/.exec(text); return found ? new URL(found[0]) : undefined; };

async function ask(link: URL, path: string): Promise<unknown> {
  const answer = await fetch(new URL('/session', link), { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token: link.searchParams.get('token') }) });
  const { session } = await answer.json() as { session: string };
  return (await fetch(new URL(`/rpc/${path}`, link), { method: 'POST', headers: { 'content-type': 'application/json', 'x-winnow-session': session }, body: '{"json":{}}' })).json();
}

describe('start, on a first run', () => {
  it('makes the demo, prints a link that works, and on Ctrl-C leaves one whole file', async () => {
    const run = winnow(['start', '--no-open', '--browser']);
    await expect.poll(() => linkIn(run.out()), { timeout: 110_000 }).toBeDefined();
    const link = linkIn(run.out())!;
    expect(await ask(link, 'queue/list')).toMatchObject({ json: { rows: expect.arrayContaining([expect.objectContaining({ entity: 'arn:aws:s3:::backup-dev-legacy' })]) } });
    expect(run.err()).toContain('making the demo');
    expect(run.err()).not.toContain(link.searchParams.get('token')!);
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(0);
    // The log is folded into the file, so that this one can be copied.
    expect(readdirSync(dir).filter((name) => name.endsWith('-wal') || name.includes('.tmp'))).toEqual([]);
    expect(existsSync(join(dir, 'winnow.db'))).toBe(false);
  });

  it('serves a workspace of its own beside it, refuses one that is in use with exit 3, and wrong ports with exit 2', async () => {
    const run = winnow(['serve', '--workspace', 'w.db', '--json']);
    await expect.poll(() => linkIn(run.out()), { timeout: 110_000 }).toBeDefined();
    expect(JSON.parse(run.out())).toMatchObject({ url: linkIn(run.out())!.href, workspace: join(dir, 'w.db'), port: Number(linkIn(run.out())!.port) });
    const second = winnow(['serve', '--workspace', 'w.db']);
    expect(await second.ended).toBe(3);
    expect(await winnow(['serve', '--workspace', 'x.db', '--port', '70000']).ended).toBe(2);
    const third = winnow(['serve', '--workspace', 'x.db', '--port', linkIn(run.out())!.port]);
    expect([await third.ended, third.err()]).toEqual([1, expect.stringContaining('is taken')]);
    run.child.kill('SIGTERM');
    expect(await run.ended).toBe(0);
  });
});

describe('what start finds', () => {
  it('tells a desktop whose program is missing from one that is there', () => {
    const root = join(dir, 'root'), electron = join(root, 'node_modules', 'electron');
    mkdirSync(join(electron, 'dist'), { recursive: true });
    expect(findDesktop(root)).toEqual({ ok: false, error: expect.stringContaining('npx install-electron') });
    writeFileSync(join(electron, 'path.txt'), 'electron');
    expect(findDesktop(root)).toEqual({ ok: false, error: expect.stringContaining('npx install-electron') });
    writeFileSync(join(electron, 'dist', 'electron'), '');
    expect(findDesktop(root)).toEqual({ ok: true, value: { program: join(electron, 'dist', 'electron'), rootDir: root } });
  });

  it.skipIf(process.platform === 'win32')('starts a desktop that is there on the workspace, as Electron and nothing else, and says how to go on without it when it fails', async () => {
    const root = join(dir, 'whole'), electron = join(root, 'node_modules', 'electron'), program = join(electron, 'dist', 'electron');
    for (const each of [join(electron, 'dist'), join(root, 'dist', 'main')]) mkdirSync(each, { recursive: true });
    writeFileSync(join(electron, 'path.txt'), 'electron');
    writeFileSync(join(root, 'dist', 'main', 'main.js'), '');
    writeFileSync(program, `#!/bin/sh\nprintf '%s\\n' "$@" "as node: $ELECTRON_RUN_AS_NODE" > '${join(dir, 'started')}'\nexit 7\n`, { mode: 0o755 });
    const found = findDesktop(root), said: string[] = [];
    const context: Pick<CommandContext, 'say' | 'fail'> = { say: (text) => { said.push(text); }, fail: () => 1 };
    vi.stubEnv('ELECTRON_RUN_AS_NODE', '1');
    const code = found.ok ? await runDesktop(found.value, join(dir, 'a.winnow'), context) : undefined;
    vi.unstubAllEnvs();
    expect([code, readFileSync(join(dir, 'started'), 'utf8').split('\n')]).toEqual([7, [root, `--workspace=${join(dir, 'a.winnow')}`, 'as node: ', '']]);
    expect(said).toEqual(['The desktop ended with code 7. "npm start -- --browser" shows the same in the browser.']);
  });

  it('builds the page when it is missing or a source is newer', () => {
    const source = join(dir, 'source', 'deep'), built = join(dir, 'built.html');
    mkdirSync(source, { recursive: true });
    writeFileSync(join(source, 'a.tsx'), '');
    expect(isOlder(built, [join(dir, 'source')])).toBe(true);
    writeFileSync(built, '');
    utimesSync(built, new Date(), new Date(Date.now() + 60_000));
    expect(isOlder(built, [join(dir, 'source'), join(dir, 'no-such-folder')])).toBe(false);
    utimesSync(join(source, 'a.tsx'), new Date(), new Date(Date.now() + 120_000));
    expect(isOlder(built, [join(dir, 'source')])).toBe(true);
  });

  it('opens a browser only where there is a screen', () => {
    expect([openerOf('linux', {}), openerOf('linux', { DISPLAY: ':0' }), openerOf('linux', { WAYLAND_DISPLAY: 'w' }), openerOf('darwin', {}), openerOf('darwin', { CI: 'true' }), openerOf('win32', {})])
      .toEqual([undefined, ['xdg-open'], ['xdg-open'], ['open'], undefined, ['cmd', '/c', 'start', '']]);
  });
});
