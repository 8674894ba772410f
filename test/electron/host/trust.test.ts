import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configDir, installationTrust, openTrust } from '#electron/host/trust.ts';
import { openDesk } from './desk-fixture.ts';

let dir = '';
beforeEach(() => { dir = mkdtempSync(join(tmpdir(), 'winnow-trust-')); });
afterEach(() => { rmSync(dir, { recursive: true, force: true }); });
const made = (name: string): string => { const file = join(dir, name); writeFileSync(file, ''); return file; };

describe('the list of trusted workspaces', () => {
  it('knows a workspace by its id and its place, whatever way the place is written', () => {
    const list = join(dir, 'config', 'list.json'), file = made('a.winnow');
    symlinkSync(file, join(dir, 'link'));
    expect(openTrust(list).add({ id: 'A', file }, 'made')).toEqual({ ok: true, value: undefined });
    expect(openTrust(list).has({ id: 'A', file: join(dir, 'link') })).toBe(true);
    expect(openTrust(list).has({ id: 'B', file })).toBe(false);
    expect(openTrust(list).has({ id: 'A', file: made('copy.winnow') })).toBe(false);
    expect(openTrust(list).has({ id: '', file })).toBe(false);
  });

  it('follows a rename, and forgets what another workspace took the place of', () => {
    const trust = openTrust(join(dir, 'list.json')), from = made('a.tmp'), to = join(dir, 'a.db');
    trust.add({ id: 'A', file: from }, 'made');
    renameSync(from, to);
    trust.rename(from, to);
    expect([trust.has({ id: 'A', file: to }), trust.has({ id: 'A', file: from })]).toEqual([true, false]);
    trust.add({ id: 'B', file: to }, 'trusted');
    expect([trust.has({ id: 'B', file: to }), trust.has({ id: 'A', file: to })]).toEqual([true, false]);
  });

  it.each([['nothing', ''], ['half of it', '{"workspaces":[{"id":"A"'], ['another shape', '{"workspaces":{"A":true}}'], ['null', 'null']])('trusts nothing when it holds %s, and can be written again', (_, text) => {
    const list = join(dir, 'list.json'), file = made('a.db');
    writeFileSync(list, text);
    expect(openTrust(list).has({ id: 'A', file })).toBe(false);
    openTrust(list).add({ id: 'A', file }, 'trusted');
    expect(openTrust(list).has({ id: 'A', file })).toBe(true);
  });

  it('is for this user alone, and says so when it can\'t be written', () => {
    const list = join(dir, 'list.json'), file = made('a.db');
    openTrust(list).add({ id: 'A', file }, 'made');
    expect(statSync(list).mode & 0o777).toBe(0o600);
    mkdirSync(join(dir, 'taken'));
    expect(openTrust(join(dir, 'taken')).add({ id: 'A', file }, 'made')).toEqual({ ok: false, error: expect.stringContaining('can\'t be written') });
  });

  it('lies where the system keeps such files', () => {
    expect(configDir('linux', {}, '/home/a')).toBe(join('/home/a', '.config', 'winnow'));
    expect(configDir('linux', { XDG_CONFIG_HOME: '/c' }, '/home/a')).toBe(join('/c', 'winnow'));
    expect(configDir('darwin', {}, '/Users/a')).toBe(join('/Users/a', 'Library', 'Application Support', 'winnow'));
    expect(configDir('win32', { APPDATA: '/r' }, '/u')).toBe(join('/r', 'winnow'));
    expect(configDir('win32', { APPDATA: '/r', WINNOW_CONFIG: '/x' }, '/u')).toBe('/x');
  });
});

describe('a desk over a workspace that is not trusted', () => {
  it('reads, refuses whatever would change it, and lets go once it is trusted', async () => {
    let isTrusted = false;
    const open = await openDesk(undefined, { isTrusted: () => isTrusted });
    try {
      expect(await open.call('workspace.info', {})).toMatchObject({ trusted: false });
      expect((await open.call('queue.list', {})).total).toBe(0);
      expect(await open.refused('triage.run', {})).toContain('not trusted');
      expect(await open.refused('settings.set', { key: 'name', value: 'mine' })).toContain('not trusted');
      expect(await open.call('jobs.cancel', {})).toEqual({ ok: true });
      expect(await open.call('settings.get', {})).toEqual({});
      isTrusted = true;
      expect(await open.call('settings.set', { key: 'name', value: 'mine' })).toEqual({ ok: true });
      expect(await open.call('workspace.info', {})).toMatchObject({ trusted: true, name: 'mine' });
    } finally { await open.close(); }
  });

  it('is told from one that this installation made, by command line or screen', async () => {
    const open = await openDesk();
    try {
      const { id } = await open.call('workspace.info', {});
      expect(installationTrust().has({ id, file: open.file })).toBe(true);
      expect(readFileSync(open.file).includes('trusted-workspaces')).toBe(false);
    } finally { await open.close(); }
  });
});
