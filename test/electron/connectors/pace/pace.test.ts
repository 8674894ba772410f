import { describe, expect, it } from 'vitest';
import { ConnectFailure, readRetryAfter, socketFault, type Fault } from '#electron/connectors/pace/failure.ts';
import { createPace } from '#electron/connectors/pace/pace.ts';

const throttled = (after_ms?: number): Fault => ({ retry: true, kind: 'throttled', says: 'slow down', ...(after_ms !== undefined && { after_ms }) });
const never = (): undefined => undefined;

/** A pace whose waits are noted instead of waited for. */
function quick(options: { attempts?: number; concurrency?: number; deadline_ms?: number; signal?: AbortSignal } = {}) {
  const waits: number[] = [];
  return { waits, pace: createPace({ signal: new AbortController().signal, random: () => 1, sleep: (ms) => { waits.push(ms); return Promise.resolve(); }, ...options }) };
}
const failing = (times: number, error: unknown = new Error('no')) => { let n = 0; return () => (n++ < times ? Promise.reject(error instanceof Error ? error : new Error(String(error))) : Promise.resolve('done')); };

describe('pace', () => {
  it('backs off exponentially and goes on when the server recovers', async () => {
    const { pace, waits } = quick();
    expect(await pace.run(failing(4), () => throttled())).toBe('done');
    expect(waits).toEqual([250, 500, 1000, 2000]);
    expect(pace.counts()).toEqual({ requests: 5, retries: 4 });
  });

  it('waits as long as the server asks for, and no longer than its cap', async () => {
    const { pace, waits } = quick();
    await pace.run(failing(1), () => throttled(7000));
    await pace.run(failing(1), () => throttled(3_600_000));
    expect(waits).toEqual([7250, 30_250]);
  });

  it('gives up after so many tries and says what was wrong', async () => {
    const { pace } = quick({ attempts: 3 });
    await expect(pace.run(failing(9), () => throttled())).rejects.toMatchObject({ kind: 'throttled', says: 'slow down (3 tries)' });
    expect(pace.counts().requests).toBe(3);
  });

  it('tries nothing again that is refused', async () => {
    const { pace } = quick();
    await expect(pace.run(failing(9), () => ({ retry: false, kind: 'denied', says: 'not allowed' }))).rejects.toMatchObject({ kind: 'denied' });
    expect(pace.counts().requests).toBe(1);
  });

  it('passes on what nobody knows, as it would be a bug to hide it', async () => {
    await expect(quick().pace.run(failing(1, new TypeError('x is undefined')), never)).rejects.toThrow(TypeError);
  });

  it('ends a call that never answers, also one that is deaf to its signal', async () => {
    const { pace } = quick({ deadline_ms: 5, attempts: 2 });
    await expect(pace.run(() => new Promise(() => undefined), never)).rejects.toMatchObject({ kind: 'timeout' });
    expect(pace.counts().requests).toBe(2);
  });

  it('lets only so many requests run at once', async () => {
    const { pace } = quick({ concurrency: 3 });
    let now = 0, most = 0;
    await Promise.all(Array.from({ length: 20 }, () => pace.run(async () => { most = Math.max(most, ++now); await new Promise((resolve) => { setImmediate(resolve); }); now -= 1; }, never)));
    expect(most).toBe(3);
  });

  it('asks for less at once after throttling', async () => {
    const { pace } = quick({ concurrency: 8 });
    for (let i = 0; i < 3; i++) await pace.run(failing(1), () => throttled());
    let now = 0, most = 0;
    await Promise.all(Array.from({ length: 8 }, () => pace.run(async () => { most = Math.max(most, ++now); await new Promise((resolve) => { setImmediate(resolve); }); now -= 1; }, never)));
    expect(most).toBe(1);
  });

  it('stops at once when it is cancelled, also during a wait', async () => {
    const control = new AbortController();
    const pace = createPace({ signal: control.signal, shortest_wait_ms: 60_000, longest_wait_ms: 60_000 });
    const running = pace.run(failing(9), () => { setImmediate(() => { control.abort(); }); return throttled(); });
    await expect(running).rejects.toMatchObject({ kind: 'cancelled' });
    await expect(pace.run(() => Promise.resolve(1), never)).rejects.toBeInstanceOf(ConnectFailure);
  });
});

describe('what an error means', () => {
  it.each([['12', 12_000], ['0.5', 500], ['Thu, 01 Jan 1970 00:00:10 GMT', 9000], ['soon', undefined], [undefined, undefined]])('reads Retry-After %s as %s ms', (value, ms) => {
    expect(readRetryAfter(value, 1000)).toBe(ms);
  });

  it.each([
    ['ECONNRESET', 'cut', true], ['EPIPE', 'cut', true], ['ECONNREFUSED', 'unreachable', true], ['ETIMEDOUT', 'timeout', true], ['ENOTFOUND', 'unreachable', false],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'rejected', false], ['CERT_HAS_EXPIRED', 'rejected', false],
  ])('takes %s for %s', (code, kind, retry) => {
    expect(socketFault(new Error('outer', { cause: Object.assign(new Error('inner'), { code }) }))).toMatchObject({ kind, retry });
  });

  it('knows no error of the product itself', () => {
    expect(socketFault(new TypeError('x is undefined'))).toBeUndefined();
  });
});
