import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createApp, type App } from '#electron/host/create-app.ts';
import { runPull } from '#electron/host/pull/run-pull.ts';
import type { PullReport } from '#shared/model/pull.ts';
import { kubeconfigFor, kubeServer } from '../../connectors/servers/kube-server.ts';
import type { RestServer } from '../../connectors/servers/rest-server.ts';
import { rows } from '../../../scenarios/workspace.ts';

const TOKEN = 'kube-token', ROOT = join(import.meta.dirname, '..', '..', '..', '..');
const objects: Record<string, readonly object[]> = { serviceaccounts: [{ metadata: { name: 'default', namespace: 'shop', uid: 'uid-sa' } }] };
let dir = '', app: App, server: RestServer, nowUs = 1_800_000_000_000_000;
const pods = (...names: readonly string[]): void => { objects['pods'] = names.map((name) => ({ metadata: { name, namespace: 'shop', uid: `uid-${name}` }, spec: { containers: [] } })); };
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'winnow-lost-'));
  server = await kubeServer({ objects, users: new Map([[TOKEN, 'auditor']]), pageSize: 2 });
  writeFileSync(join(dir, 'config'), kubeconfigFor(server.url, { token: TOKEN }));
  const workerUrl = (name: string): URL => pathToFileURL(name === 'parse' ? join(import.meta.dirname, 'torn-parser.ts') : join(ROOT, 'electron', 'workers', `${name}.ts`));
  const made = createApp({ file: join(dir, 'w.db'), create: true, resourcesDir: join(ROOT, 'resources'), workerUrl, now: () => (nowUs += 1_000_000) });
  if (!made.ok) throw new Error(made.error);
  app = made.value;
});
afterEach(async () => { Reflect.deleteProperty(process.env, 'TORN_PIECE'); app.close(); await server.close(); rmSync(dir, { recursive: true, force: true }); });

async function pull(): Promise<PullReport> {
  const done = await runPull(app, { product: 'k8s', settings: { kubeconfig: join(dir, 'config'), cluster: 'shop-prod' }, resume: 'auto', by: 'test' }, { onProgress: () => undefined, isCancelled: () => false });
  if (!done.ok) throw new Error(done.error);
  return done.value;
}
const open = (): readonly string[] => rows(join(dir, 'w.db'), "SELECT name FROM nodes WHERE type = 'K8s::Pod' AND closed_us IS NULL ORDER BY name").map((row) => String(row['name']));
const unit = (): unknown => rows(join(dir, 'w.db'), "SELECT state, says FROM pull_units WHERE call = 'list pods' ORDER BY pull_id DESC LIMIT 1")[0];

describe('a piece of a pull that is lost', () => {
  it.each([['the first of two', 'pods-first'], ['the last of two', `pods-${Buffer.from('at-2').toString('base64url').slice(-12)}`], ['both', '/pods-']])('%s: nothing of its list is taken as gone, whatever else came, and the list is a gap', async (_which, torn) => {
    pods('a', 'b', 'c', 'd');
    expect((await pull()).gaps).toEqual([]);
    expect(open()).toEqual(['a', 'b', 'c', 'd']);
    pods('a', 'b', 'c');
    process.env['TORN_PIECE'] = torn;
    const report = await pull();
    expect(report.gaps).toMatchObject([{ call: 'list pods', state: 'failed', says: 'what came could not be read: torn in the test' }]);
    expect([report.resources.closed, report.units.failed, unit()]).toEqual([0, 1, { state: 'failed', says: 'what came could not be read: torn in the test' }]);
    expect(open()).toEqual(['a', 'b', 'c', 'd']);
    process.env['TORN_PIECE'] = '';
    expect([(await pull()).resources.closed, open()]).toEqual([1, ['a', 'b', 'c']]);
  }, 60_000);

  it('takes no other piece with it: what came before and after is kept', async () => {
    pods('a', 'b', 'c', 'd', 'e', 'f');
    process.env['TORN_PIECE'] = 'pods-first';
    expect((await pull()).state).toBe('done');
    expect(open()).toEqual(['c', 'd', 'e', 'f']);
  }, 60_000);
});
