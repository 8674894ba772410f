import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ingestReportSchema, ran, rows } from './workspace.ts';
import { inTempFolder } from './winnow.ts';

const dump = { apiVersion: 'v1', kind: 'List', items: [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web', namespace: 'shop' }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
] };
const pods = (workspace: string): readonly unknown[] => rows(workspace, "SELECT urn FROM nodes WHERE urn LIKE '%/pod/%' ORDER BY urn").map((r) => r['urn']);

test('the same dump of two clusters is told apart by the name that it is given, and each counts once', () => inTempFolder(async (dir) => {
  const file = join(dir, 'all.json'), workspace = join(dir, 'w.db');
  writeFileSync(file, JSON.stringify(dump));
  const ingest = async (...options: readonly string[]): Promise<number | undefined> => ingestReportSchema.parse(JSON.parse((await ran(0, ['ingest', file, '--workspace', workspace, '--json', ...options])).stdout)).files[0]?.new;
  expect([await ingest('--cluster', 'prod'), await ingest('--cluster', 'test'), await ingest('--cluster', 'prod'), await ingest()]).toEqual([2, 2, 0, 2]);
  expect(pods(workspace)).toEqual(['k8s:cluster/shop/pod/web', 'k8s:prod/shop/pod/web', 'k8s:test/shop/pod/web']);
}));

test('a name with a space is no name', () => inTempFolder(async (dir) => {
  writeFileSync(join(dir, 'all.json'), JSON.stringify(dump));
  const { stderr } = await ran(2, ['ingest', join(dir, 'all.json'), '--workspace', join(dir, 'w.db'), '--cluster', 'my cluster']);
  expect(stderr).toContain('a name without spaces');
}));
