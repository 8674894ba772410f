import { describe, expect, it } from 'vitest';
import { readYaml } from '#electron/pipeline/normalize/read/yaml-records.ts';

async function valuesOf(text: string): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  for await (const pieces of readYaml((async function* () { yield await Promise.resolve(Buffer.from(text)); })(), [])) {
    for (const piece of pieces) found.push('value' in piece ? piece.value : piece);
  }
  return found;
}

describe('YAML as Kubernetes reads it', () => {
  it('takes single letters, times and colons as text', async () => {
    expect(await valuesOf('name: y\nlabels: {n: N, of: n}\nat: 2026-11-21T03:07:00Z\nports: 10:30\nmode: 0644')).toEqual([{ name: 'y', labels: { n: 'N', of: 'n' }, at: '2026-11-21T03:07:00Z', ports: '10:30', mode: 420 }]);
  });
  it('takes yes and on as true, no and off as false', async () => {
    expect(await valuesOf('privileged: yes\nhostNetwork: on\nreadOnly: No\nhostPID: off\nplain: true')).toEqual([{ privileged: true, hostNetwork: true, readOnly: false, hostPID: false, plain: true }]);
  });
});
