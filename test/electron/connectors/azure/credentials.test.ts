import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { azureCloud } from '#electron/connectors/azure/clouds.ts';
import { azureTokens, claimsOf, type AzureTokens } from '#electron/connectors/azure/credentials.ts';
import { restServer, type Reply, type RestServer } from '../servers/rest-server.ts';
import { testSession, type SessionOptions } from '../servers/session.ts';

let folder = '';
const open: RestServer[] = [];
beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'winnow-az-')); });
afterEach(async () => { vi.unstubAllEnvs(); for (const server of open.splice(0)) await server.close(); await rm(folder, { recursive: true }); });

function tokens(options: SessionOptions): AzureTokens {
  const cloud = azureCloud('public');
  const made = cloud.ok ? azureTokens(testSession(options), cloud.value) : undefined;
  if (!made?.ok) throw new Error('no tokens');
  return made.value;
}
/** A stand-in for the Azure CLI that prints or complains. */
async function cli(script: string): Promise<void> {
  await writeFile(join(folder, 'az'), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, 'az'), 0o755);
  vi.stubEnv('PATH', `${folder}:${process.env['PATH'] ?? ''}`);
}

describe('the Azure CLI', () => {
  test('gives its token', async () => {
    await cli(`echo "$@" > ${folder}/asked; echo '{"accessToken":"cli-token","expires_on":4102444800,"expiresOn":"2100-01-01 00:00:00.000000","tenant":"t","tokenType":"Bearer"}'`);
    expect(await tokens({}).tokenFor('arm')).toBe('cli-token');
  });
  test('that is not signed in says what to do, and is no way in', async () => {
    await cli('echo "ERROR: Please run \'az login\' to setup account." >&2; exit 1');
    await expect(tokens({}).tokenFor('arm')).rejects.toMatchObject({ kind: 'no_credentials', says: expect.stringContaining('az login') });
  });
  test('whose sign-in is too old has expired credentials', async () => {
    await cli('echo "ERROR: AADSTS700082: The refresh token has expired due to inactivity." >&2; exit 1');
    await expect(tokens({}).tokenFor('arm')).rejects.toMatchObject({ kind: 'expired' });
  });
  test('without a token for the directory only the directory is denied', async () => {
    await cli('echo "ERROR: AADSTS65001: no consent" >&2; exit 1');
    await expect(tokens({}).tokenFor('graph')).rejects.toMatchObject({ kind: 'denied', says: expect.stringContaining('Microsoft Graph') });
  });
});

describe('a managed identity', () => {
  const serve = async (reply: Reply): Promise<RestServer> => { const server = await restServer(() => reply); open.push(server); vi.stubEnv('IDENTITY_ENDPOINT', `${server.url}/msi/token`); vi.stubEnv('IDENTITY_HEADER', 'header-secret'); return server; };
  test('is asked by the SDK, once for an audience', async () => {
    const server = await serve({ json: { access_token: 'identity-token', expires_on: '4102444800', resource: 'https://management.azure.com', token_type: 'Bearer' } });
    const made = tokens({ settings: { credential: 'managed-identity' }, env: { IDENTITY_ENDPOINT: server.url } });
    expect([await made.tokenFor('arm'), await made.tokenFor('arm')]).toEqual(['identity-token', 'identity-token']);
    expect(server.heard).toHaveLength(1);
    expect(server.heard[0]?.query.get('resource')).toBe('https://management.azure.com');
  });
  test('that is not there is no way in, and its header is not told', async () => {
    const server = await serve({ status: 400, json: { error: 'invalid_request', error_description: 'no identity assigned' } });
    // The SDK keeps tokens of an identity for the whole process: another one has none yet.
    const asked = tokens({ settings: { credential: 'managed-identity' }, env: { IDENTITY_ENDPOINT: server.url, AZURE_CLIENT_ID: '00000000-0000-0000-0000-00000000000a' } }).tokenFor('arm');
    await expect(asked).rejects.toMatchObject({ kind: 'no_credentials', says: expect.not.stringContaining('header-secret') });
  });
});

test('the kind is told by what is there: a token, a service principal, else the CLI', () => {
  const kinds = [tokens({ settings: { token: 't' } }), tokens({ env: { AZURE_CLIENT_ID: 'a', AZURE_CLIENT_SECRET: 'b' } }), tokens({})].map((t) => t.kind);
  expect(kinds).toEqual(['token', 'environment', 'cli']);
});

test.each(['', 'a', 'a.b.c', 'a.bnVsbA.c', 'a.WzFd.c'])('a token that says nothing (%s) has no claims', (token) => { expect(Object.keys(claimsOf(token)).filter((k) => k !== '0')).toEqual([]); });
