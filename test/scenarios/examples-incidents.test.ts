import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluateBucketAccess } from '#electron/evaluate/aws/storage-access.ts';
import { correlate } from '#electron/pipeline/correlate/correlate.ts';
import { importers } from '#electron/pipeline/graph/importers/all.ts';
import { formats } from '#electron/pipeline/normalize/formats/all.ts';
import { normalizeFile } from '#electron/pipeline/normalize/normalize.ts';
import type { Event } from '#shared/model/event.ts';
import type { Finding } from '#shared/model/finding.ts';
import type { Edge, GraphView, Resource } from '#shared/model/resource.ts';
import { stories } from '../fixtures/examples/stories.ts';
import { buildExamples, examplesDir } from '../fixtures/make-examples.ts';
import { graphOf } from '../graph-of.ts';

const findings: Finding[] = [];
const events: Event[] = [];
const resources = new Map<string, Resource>();
const edges: Edge[] = [];
const readBy = new Map<string, string | undefined>();
const errors: string[] = [];
let graph: GraphView;

async function read(path: string): Promise<void> {
  for await (const batch of normalizeFile([readFileSync(join(examplesDir, path))], [...formats, ...importers], { path, importedUs: 0 })) {
    readBy.set(path, batch.reader?.name);
    for (const item of batch.items) {
      if ('error' in item) { errors.push(`${path} ${item.position}: ${item.error}`); continue; }
      findings.push(...item.normalized.findings);
      events.push(...item.normalized.events);
      edges.push(...item.normalized.edges);
      for (const r of item.normalized.resources) if (r.source === 'aws-config' || !resources.has(r.urn)) resources.set(r.urn, r);
    }
  }
}

beforeAll(async () => {
  for (const path of buildExamples().keys()) if (path !== 'README.md') await read(path);
  graph = graphOf([...resources.values()], edges);
});

describe('the example data through the pipeline', () => {
  it('is read by the reader of each tool, with nothing quarantined', () => {
    expect(errors).toEqual([]);
    const expected: readonly (readonly [string, string])[] = [
      ['aws-config/', 'aws-config'], ['iam/', 'aws-iam-authz'], ['cloudtrail/', 'cloudtrail'], ['findings/securityhub.json', 'asff'], ['findings/prowler.ocsf.json', 'prowler-ocsf'],
      ['findings/wiz-issues.json', 'wiz-issues'], ['findings/guardduty.json', 'guardduty'], ['findings/trivy/', 'trivy'],
    ];
    for (const [path, reader] of readBy) expect([path, reader]).toEqual([path, expected.find(([prefix]) => path.startsWith(prefix))?.[1]]);
    expect(events.length).toBeGreaterThan(3000);
  });

  it('leaves no open finding without a word of the taxonomy', () => {
    expect(findings.filter((f) => f.status === 'open' && !f.issue_mapped).map((f) => f.check_id)).toEqual([]);
  });

  it('comes down to one incident for each story (two for the image) and no other', () => {
    const { incidents } = correlate({
      findings: findings.filter((f) => f.status === 'open'), links: [], assignments: new Map(), known: [], isTaken: () => false, label: { year: 2026, last: 0 }, environmentOf: () => undefined,
      resolve: (entity, account) => { const found = graph.resource(entity, account); return found ? { entity: found.urn, by: 'id' } : { entity, by: 'none' }; },
    });
    const twice = stories.filter((s) => s.name === 'orders-api:4.12.1');
    expect(incidents.map((i) => `${i.incident.primary_issue} ${i.incident.entity}`).toSorted()).toEqual([...stories, ...twice].map((s) => `${s.issue} ${s.entity}`).toSorted());
    const backups = incidents.find((i) => i.incident.entity === 'arn:aws:s3:::nw-prod-db-backups');
    expect(new Set(backups?.findings.map((f) => f.source))).toEqual(new Set(['securityhub', 'prowler', 'wiz', 'guardduty']));
    expect(new Set(backups?.findings.map((f) => f.issue_type))).toEqual(new Set(['public_access', 'sensitive_data_exposure', 'encryption_disabled', 'logging_disabled']));
  });

  it('opens exactly the two public buckets, and names what closes the others', () => {
    const access = (name: string) => evaluateBucketAccess(graph, `arn:aws:s3:::${name}`);
    const answers = graph.ofType('AWS::S3::Bucket').map((b) => [b.name, access(b.name ?? '').public.answer] as const);
    expect(answers.filter(([, answer]) => answer === 'yes').map(([name]) => name)).toEqual(['nw-prod-db-backups', 'nw-public-website']);
    expect(answers.filter(([, answer]) => answer === 'unknown').map(([name]) => name)).toEqual(['nw-ml-datasets']);
    expect(access('backup-dev-legacy')).toMatchObject({ misleading: ['acl'], blocking_control: { kind: 'bucket_policy' }, restricted_to: { vpce: ['vpce-0f3c9a1e77b24d510'] } });
    expect(access('nw-hr-exports').blocking_control?.kind).toBe('public_access_block');
    expect(access('nw-prod-db-backups').public_actual).toEqual({ list: 'yes', read: 'yes', write: 'no', acl: 'no' });
  });

  it('logs the attacks under the actors and addresses of the stories', () => {
    const logins = events.filter((e) => e.action === 'ConsoleLogin' && e.src_ip === '203.0.113.42');
    expect([logins.filter((e) => e.outcome === 'failure').length, logins.filter((e) => e.outcome === 'success').length]).toEqual([47, 1]);
    expect(new Set(logins.map((e) => e.actor))).toEqual(new Set(['arn:aws:iam::111122223333:user/alice']));
    const legacy = events.filter((e) => e.targets.includes('arn:aws:s3:::backup-dev-legacy'));
    expect(new Set(legacy.map((e) => `${e.actor} ${e.vpc_endpoint}`))).toEqual(new Set(['arn:aws:iam::444455556666:role/dev-backup-job vpce-0f3c9a1e77b24d510']));
    expect(events.filter((e) => e.actor_type === 'anonymous' && e.targets.includes('arn:aws:s3:::nw-prod-db-backups')).length).toBe(3);
  });
});
