import { describe, expect, it } from 'vitest';
import { scripted, scriptedPort } from '#electron/agent/providers/scripted.ts';
import { collect } from '#electron/agent/collect.ts';
import { endpoint, never, request } from '../ask.ts';

describe('the scripted provider', () => {
  it('is the one that endpoints name, and says that it is no model', async () => {
    expect(scripted.name).toBe('scripted');
    const probed = await scriptedPort(endpoint('scripted', 'scripted:'), () => '').probe({ signal: never() });
    expect(probed).toMatchObject({ ok: true, value: { notes: ['a script, not a model'], digest: null } });
  });
  it('answers from the request alone', async () => {
    const port = scriptedPort(endpoint('scripted', 'scripted:'), (asked) => `${asked.messages.length} messages`);
    expect(await collect(port.chat(request(), { signal: never() }))).toMatchObject({ ok: true, value: { text: '2 messages', stop: 'stop' } });
  });
});
