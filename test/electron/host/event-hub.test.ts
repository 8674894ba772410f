import { describe, expect, it } from 'vitest';
import { createEventHub } from '#electron/host/event-hub.ts';
import type { EngineEvent } from '#shared/rpc/schemas.ts';

const job = (name: string, done: number): EngineEvent => ({ type: 'job', job: { job: name, done, total: 10, unit: 'files', rate: 1, finished: done === 10 } });

describe('the event hub', () => {
  it('tells each listener the engine\'s last state first, then everything from then on', async () => {
    const hub = createEventHub();
    hub.publish({ type: 'engine', state: 'lost', why: 'killed' });
    const one = hub.listen(), two = hub.listen();
    expect((await one.next()).value).toEqual({ type: 'engine', state: 'lost', why: 'killed' });
    await two.next();
    hub.publish(job('ingest', 1));
    expect([(await one.next()).value, (await two.next()).value]).toEqual([job('ingest', 1), job('ingest', 1)]);
  });

  it('gives a slow listener the newest of each job, and all that changed at once', async () => {
    const hub = createEventHub(), listener = hub.listen();
    await listener.next();
    for (let i = 1; i <= 10; i++) { hub.publish(job('ingest', i)); hub.publish(job('triage', i)); }
    hub.publish({ type: 'changed', what: ['queue'] });
    hub.publish({ type: 'changed', what: ['graph', 'queue'] });
    expect([(await listener.next()).value, (await listener.next()).value, (await listener.next()).value]).toEqual([job('ingest', 10), job('triage', 10), { type: 'changed', what: ['queue', 'graph'] }]);
  });

  it('lets a waiting listener go with its signal, and all of them when it closes', async () => {
    const hub = createEventHub(), abort = new AbortController();
    const one = hub.listen(abort.signal), two = hub.listen();
    await one.next();
    await two.next();
    const [last, end] = [one.next(), two.next()];
    abort.abort();
    expect((await last).done).toBe(true);
    expect(hub.listeners()).toBe(1);
    hub.close();
    expect((await end).done).toBe(true);
    expect(hub.listeners()).toBe(0);
  });
});
