import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createApp, type App } from '#electron/host/create-app.ts';
import { ingestFiles } from '#electron/host/ingest.ts';
import { refreshGraph } from '#electron/host/refresh-graph.ts';
import { formatTime } from '#shared/lib/time.ts';

let app: App, dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'winnow-gone-'));
  const made = createApp({ file: join(dir, 'w.db'), create: true, resourcesDir: 'resources', now: () => 1_800_000_000_000_000, workerUrl: (name) => new URL(`../../../electron/workers/${name}.ts`, import.meta.url) });
  if (!made.ok) throw new Error(made.error);
  app = made.value;
});
afterEach(() => { app.close(); rmSync(dir, { recursive: true, force: true }); });

const urn = (name: string): string => `arn:aws:s3:::${name}`;
/** AWS Config's snapshot of some buckets. */
function snapshot(day: number, buckets: readonly string[]): string {
  const path = join(dir, `111122223333_Config_eu-central-1_ConfigSnapshot_202611${day}T030000Z_s.json`);
  writeFileSync(path, JSON.stringify({ fileVersion: '1.0', configSnapshotId: `s-${day}`, configurationItems: buckets.map((name) => ({
    configurationItemVersion: '1.3', configurationItemCaptureTime: `2026-11-${day}T03:00:00.000Z`, configurationItemStatus: 'OK', awsAccountId: '111122223333', awsRegion: 'eu-central-1',
    resourceType: 'AWS::S3::Bucket', resourceId: name, resourceName: name, ARN: urn(name), relationships: [], configuration: { name }, supplementaryConfiguration: {}, tags: {},
  })) }));
  return path;
}
const ingest = (...paths: readonly string[]) => ingestFiles(app, paths.map((path) => ({ path })), { format: undefined, isCancelled: () => false, onProgress: () => undefined });
const open = (): readonly string[] => app.tables.nodes.openUrns().filter((u) => u.startsWith('arn:'));

it('what the last of several snapshots no longer shows is closed when all are read', async () => {
  await ingest(snapshot(10, ['kept', 'gone', 'back']), snapshot(11, ['kept']), snapshot(12, ['kept', 'back']));
  expect(open()).toEqual([urn('back'), urn('kept')]);
  const graph = refreshGraph(app), since = graph.goneUs?.(urn('gone'));
  expect(since !== undefined && formatTime(since)).toBe('2026-11-11T03:00:00Z');
  expect([graph.goneUs?.('gone', '111122223333'), graph.goneUs?.('gone', '444455556666'), graph.goneUs?.('gone')]).toEqual([since, undefined, undefined]);
  expect([graph.goneUs?.(urn('kept')), graph.goneUs?.(urn('back')), graph.goneUs?.(urn('never'))]).toEqual([undefined, undefined, undefined]);
  expect(app.tables.nodes.isGoneAwaited()).toBe(false);
});

it.each([[[10, 11, 12]], [[12, 11, 10]], [[11, 10, 12]]])('is gone since the first snapshot without it, read as %j', async (days) => {
  const shown: Readonly<Record<number, readonly string[]>> = { 10: ['kept', 'gone'], 11: ['kept'], 12: ['kept'] };
  const paths = days.map((day) => snapshot(day, shown[day] ?? []));
  await ingest(...paths);
  const since = refreshGraph(app).goneUs?.(urn('gone'));
  expect(since !== undefined && formatTime(since)).toBe('2026-11-11T03:00:00Z');
});

it('an import that was cut before it looked has it closed by whoever asks next', async () => {
  await ingest(snapshot(10, ['kept', 'gone']), snapshot(11, ['kept']));
  refreshGraph(app);
  app.workspace.db.prepare('UPDATE nodes SET closed_us = NULL WHERE urn = ?').run(urn('gone'));
  refreshGraph(app);
  expect(open()).toContain(urn('gone'));
  app.tables.transaction(() => { app.tables.nodes.awaitGone(); });
  const graph = refreshGraph(app);
  expect(graph.resource(urn('gone'))).toBeUndefined();
  expect(open()).toEqual([urn('kept')]);
});
