import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import { afterEach, describe, expect, it } from 'vitest';
import type { RouterClient } from '#electron/host/rpc-router.ts';
import { openPage, openShell, type OpenShell } from './shell-fixture.ts';

let shell: OpenShell | undefined;
afterEach(async () => { await shell?.close(); shell = undefined; });

describe('a first run of the desktop', () => {
  it('opens the demo, made by this installation, and answers over a port from the preload', async () => {
    shell = await openShell();
    const window = await shell.window();
    const page = await openPage(shell.electron, window.webContents), said: unknown[] = [];
    page.winnow['onEngine']!((why: unknown) => { said.push(why); });
    const port = await page.port();
    const client: RouterClient = createORPCClient(new RPCLink({ port }));
    port.start();
    expect(said).toEqual(['Making the demo from the bundled examples']);
    const info = await client.workspace.info({});
    expect(info).toMatchObject({ is_demo: true, trusted: true, egress_bytes: 0 });
    expect((await client.queue.list({})).rows.map((row) => row.entity)).toContain('arn:aws:s3:::backup-dev-legacy');
    expect((await client.sql.run({ sql: 'SELECT count(*) AS n FROM incidents' })).rows[0]).toEqual([36]);
    expect(existsSync(join(shell.config, 'desktop', 'winnow-demo.db'))).toBe(true);
    shell.electron.app.quit();
    await expect.poll(() => shell?.electron.recorded.quits, { timeout: 20_000 }).toBeGreaterThan(0);
    // The log is folded into the one file.
    expect(existsSync(join(shell.config, 'desktop', 'winnow-demo.db-wal'))).toBe(false);
    expect(shell.electron.recorded.boxes).toEqual([]);
    port.close();
  });
});
