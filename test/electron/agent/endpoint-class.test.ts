import { describe, expect, it } from 'vitest';
import { addressClass, placeOf } from '#electron/agent/endpoint-class.ts';

const noLookUp = (name: string): Promise<readonly string[]> => { throw new Error(`looked up ${name}`); };

describe('where an endpoint is', () => {
  it.each([
    ['127.0.0.1', 'loopback'], ['127.8.8.8', 'loopback'], ['::1', 'loopback'], ['::ffff:127.0.0.1', 'loopback'], ['10.0.0.5', 'site'], ['172.16.9.1', 'site'], ['172.32.0.1', 'internet'], ['192.168.1.20', 'site'], ['169.254.169.254', 'site'], ['100.64.0.1', 'site'],
    ['fd00::1', 'site'], ['fe80::1', 'site'], ['::ffff:10.0.0.1', 'site'], ['8.8.8.8', 'internet'], ['2606:4700::1111', 'internet'], ['::ffff:8.8.8.8', 'internet'], ['0.0.0.0', 'internet'], ['nonsense', 'internet'],
  ] as const)('%s is %s', (address, egress) => { expect(addressClass(address)).toBe(egress); });

  it.each(['http://127.0.0.1:11434', 'http://localhost:11434', 'http://[::1]:11434', 'https://127.0.0.2/v1'])('takes %s for this machine without a look-up', async (url) => {
    expect(await placeOf(url, 'loopback', noLookUp)).toMatchObject({ ok: true, value: { egress: 'loopback' } });
  });
  it.each([['http://gpu.corp:8000', /look.* up would already leave/], ['http://10.0.0.5:8000', /class "site".*"loopback" at most/], ['https://1.1.1.1', /class "internet"/], ['ftp://127.0.0.1', /no http/], ['nothing', /no http/]] as const)('with loopback only, refuses %s without a look-up', async (url, why) => {
    expect(await placeOf(url, 'loopback', noLookUp)).toEqual({ ok: false, error: expect.stringMatching(why) });
  });
  it('reads an address as a browser does, however it is written', async () => { expect(await placeOf('http://2130706433:1/x', 'loopback', noLookUp)).toMatchObject({ ok: true, value: { egress: 'loopback', addresses: ['127.0.0.1'] } }); });
  it('takes a name for the widest of its addresses', async () => {
    expect(await placeOf('http://gpu.corp', 'site', () => Promise.resolve(['10.0.0.5', '8.8.8.8']))).toMatchObject({ ok: false, error: expect.stringContaining('class "internet"') });
    expect(await placeOf('http://gpu.corp', 'site', () => Promise.resolve(['10.0.0.5']))).toEqual({ ok: true, value: { egress: 'site', addresses: ['10.0.0.5'] } });
  });
  it('connects only to the addresses that it saw: a name that changes its mind gets nowhere else', async () => {
    const { pinnedFetch } = await import('#electron/agent/pinned-fetch.ts');
    const { loopback, json } = await import('./servers/loopback.ts');
    const server = await loopback((_, response) => { json(response, 200, { here: true }); });
    const fetch = pinnedFetch(['127.0.0.1'], { connect_ms: 1000, first_ms: 1000, idle_ms: 1000 }, new AbortController().signal);
    expect(await (await fetch(`http://elsewhere.invalid:${new URL(server.url).port}/`)).json()).toEqual({ here: true });
  });
  it('finds no place for a name without an address', async () => { expect((await placeOf('http://gone.corp', 'internet', () => Promise.reject(new Error('ENOTFOUND')))).ok).toBe(false); });
});
