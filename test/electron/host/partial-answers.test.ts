import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp, type App } from '#electron/host/create-app.ts';
import { findFiles } from '#electron/host/find-files.ts';
import { ingestFiles, type FileReport } from '#electron/host/ingest.ts';
import { rawGraph } from '#electron/host/raw-graph.ts';
import { graphView } from '#electron/store/graph-view.ts';
import { saveResource } from '#electron/host/save-resource.ts';
import type { Resource } from '#shared/model/resource.ts';

const dump = 'test/fixtures/importers/aws-cli/dump', A = '111122223333';
let app: App, dir: string, reports: readonly FileReport[];
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'winnow-parts-'));
  const made = createApp({ file: join(dir, 'w.db'), create: true, resourcesDir: 'resources', workerUrl: (name) => new URL(`../../../electron/workers/${name}.ts`, import.meta.url), now: () => 1_800_000_000_000_000 });
  if (!made.ok) throw new Error(made.error);
  app = made.value;
  reports = await ingestFiles(app, findFiles([dump]), { format: undefined, onProgress: () => undefined, isCancelled: () => false });
});
afterAll(() => { app.close(); rmSync(dir, { recursive: true, force: true }); });
const graph = () => graphView(app.workspace.db, 1);

describe('a dump of AWS answers in the workspace', () => {
  it('is imported without a file that nothing knows', () => expect(reports.filter((r) => r.error !== undefined || r.quarantined > 0)).toEqual([]));

  it('puts the answers about one bucket together', () => expect(graph().resource('acme-reports')?.config).toMatchObject({ Grants: [{}], Policy: { Statement: [{ Sid: 'Everyone' }] }, PublicAccessBlockConfiguration: { RestrictPublicBuckets: false } }));

  it('knows the account of answers that don’t name it, by the dump’s caller identity', () => expect(graph().resource('acme-reports')?.account).toBe(A));

  it('reads the same again from the raw records', () => {
    const stored = graph().resource('acme-reports');
    expect(rawGraph(graph(), app.tables).resource('acme-reports')?.config).toEqual(stored?.config);
  });

  it('states the edges of the whole', () => expect(graph().edgesFrom(`arn:aws:ec2:eu-west-1:${A}:instance/i-0aa0000000000001`, 'MEMBER_OF')).toHaveLength(1));

  it('lets a part add to what AWS Config tells whole, and never overwrite it', () => {
    const whole: Resource = { urn: 'arn:aws:s3:::mixed', type: 'AWS::S3::Bucket', kind: 'bucket', aliases: [], tags: {}, deleted: false, config: { Name: 'mixed', Policy: null }, source: 'aws-config', provenance: 'observed', captured_us: 1_700_000_000_000_000 };
    const part: Resource = { ...whole, source: 'aws-cli', part: 'get-bucket-policy', config: { Policy: { Statement: [] }, Grants: [] } };
    const { captured_us: _, ...undated } = part;
    const row = (resource: Resource) => ({ record: 0, urn: resource.urn, resource: JSON.stringify(resource), hash: `hash of ${JSON.stringify(resource)}` });
    app.tables.transaction(() => { saveResource(app, row(whole), 1, 1); saveResource(app, row(undated), 2, 2); });
    expect(graph().resource(whole.urn)).toMatchObject({ source: 'aws-config', config: { Name: 'mixed', Policy: null, Grants: [] } });
  });

  it.each([['before', true], ['after', false]])('gives what is told of a role by its name alone, %s its path is known, to the role', (_, early) => {
    const arn = (path: string) => `arn:aws:iam::${A}:role/${path}worker-${early}`;
    const role = { type: 'AWS::IAM::Role', kind: 'identity', aliases: [], tags: {}, deleted: false, source: 'aws-cli', provenance: 'observed', name: `worker-${early}` } as const;
    const part: Resource = { ...role, urn: arn(''), part: 'get-role-policy', config: { RolePolicyList: [{ PolicyName: 'p' }] } }, path: Resource = { ...role, urn: arn('svc/'), part: 'get-role', config: { Path: '/svc/' } };
    const row = (resource: Resource, record: number) => ({ record, urn: resource.urn, resource: JSON.stringify(resource), hash: `hash of ${JSON.stringify(resource)}` });
    app.tables.transaction(() => { for (const [i, one] of (early ? [part, path] : [path, part]).entries()) saveResource(app, row(one, i), 1, i); });
    expect(graph().resource(arn('svc/'))?.config).toEqual({ Path: '/svc/', RolePolicyList: [{ PolicyName: 'p' }] });
    expect(graph().ofType('AWS::IAM::Role').filter((r) => r.name === role.name)).toHaveLength(1);
  });
});
