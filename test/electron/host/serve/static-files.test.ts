import { createServer, get, type ServerResponse } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sendFile } from '#electron/host/serve/static-files.ts';

const dir = mkdtempSync(join(tmpdir(), 'winnow-static-'));
afterAll(() => { rmSync(dir, { recursive: true, force: true }); });

/** Serves one file to one request and says how the sending ended. */
async function serve(file: string, visit: (port: number) => void): Promise<'sent' | 'failed'> {
  const ended = Promise.withResolvers<'sent' | 'failed'>();
  const server = createServer((request, response: ServerResponse) => { void sendFile(request, response, { file, type: 'text/plain', cache: 'no-store' }).then(() => { ended.resolve('sent'); }, () => { response.destroy(); ended.resolve('failed'); }); });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port');
  visit(address.port);
  const how = await ended.promise;
  await new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); });
  return how;
}

describe('sending a file of the page', () => {
  it('is over, without an error, when the page leaves in the middle of it', async () => {
    const file = join(dir, 'large.js');
    writeFileSync(file, Buffer.alloc(32 * 1024 * 1024, 'x'));
    expect(await serve(file, (port) => { const request = get({ port, host: '127.0.0.1' }, (response) => { response.once('data', () => { request.destroy(); }); }); request.on('error', () => undefined); })).toBe('sent');
  });
  it('fails when the file can not be read', async () => {
    expect(await serve(join(dir, 'gone.js'), (port) => { get({ port, host: '127.0.0.1' }).on('error', () => undefined); })).toBe('failed');
  });
});
