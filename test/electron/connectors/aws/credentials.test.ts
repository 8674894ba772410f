import { describe, expect, it } from 'vitest';
import { keepCredentials, type AwsCredentials } from '#electron/connectors/aws/credentials.ts';

const minute = 60_000;
function kept(lives: number): { readonly keep: ReturnType<typeof keepCredentials>; readonly asked: () => number; readonly tick: (ms: number) => void; readonly fail: (how: boolean) => void } {
  let now = 0, asked = 0, fails = false;
  const source = async (): Promise<AwsCredentials> => { asked += 1; await Promise.resolve(); if (fails) throw new Error('no'); return { accessKeyId: `key-${asked}`, secretAccessKey: 's', expiration: new Date(now + lives) }; };
  return { keep: keepCredentials({ now: () => now * 1000 }, source), asked: () => asked, tick: (ms) => { now += ms; }, fail: (how) => { fails = how; } };
}

describe('credentials that are kept', () => {
  it('are got once for all who ask at the same time, and again shortly before they end', async () => {
    const { keep, asked, tick } = kept(60 * minute);
    await Promise.all([keep.ready(), keep.ready(), keep.ready()]);
    expect([asked(), (await keep.current()).accessKeyId]).toEqual([1, 'key-1']);
    tick(54 * minute);
    await keep.ready();
    expect(asked()).toBe(1);
    tick(2 * minute);
    await Promise.all([keep.ready(), keep.ready()]);
    expect([asked(), (await keep.current()).accessKeyId]).toEqual([2, 'key-2']);
  });

  it('stay what they were for requests under way when new ones can’t be had, and are asked for again', async () => {
    const { keep, asked, tick, fail } = kept(60 * minute);
    await expect(keep.current()).rejects.toThrow('no credentials');
    await keep.ready();
    tick(58 * minute);
    fail(true);
    await expect(keep.ready()).rejects.toThrow('no');
    expect([(await keep.current()).accessKeyId, asked()]).toEqual(['key-1', 2]);
    fail(false);
    await keep.ready();
    expect((await keep.current()).accessKeyId).toBe('key-3');
  });
});
