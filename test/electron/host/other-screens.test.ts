import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectors } from '#electron/connectors/all.ts';
import { importers } from '#electron/pipeline/graph/importers/all.ts';
import { formats } from '#electron/pipeline/normalize/formats/all.ts';
import { openDesk, spoolExamples, type OpenDesk } from './desk-fixture.ts';

let open: OpenDesk;
beforeAll(async () => {
  open = await openDesk();
  await open.call('ingest.commit', { uploads: [...spoolExamples(open.spoolDir)] });
}, 120_000);
afterAll(async () => { await open.close(); });
const bucket = 'arn:aws:s3:::backup-dev-legacy';

describe('the workspace', () => {
  it('says what is in it, and that its audit log is unbroken', async () => {
    const info = await open.call('workspace.info', {});
    expect(info).toMatchObject({ name: 'w', is_demo: false, engine: 'rules', egress_bytes: 0, audit: { valid: null } });
    expect(info.counts['resources']).toBeGreaterThan(50);
    expect(await open.call('workspace.verifyAudit', {})).toEqual({ valid: true, rows: info.audit.rows, why: null });
  });
  it('keeps settings', async () => {
    await open.call('settings.set', { key: 'name', value: 'Northwind' });
    expect(await open.call('settings.get', {})).toEqual({ name: 'Northwind' });
    expect((await open.call('workspace.info', {})).name).toBe('Northwind');
  });
  it('tells its tables and runs statements over them', async () => {
    expect((await open.call('sql.schema', {})).find((t) => t.table === 'incidents')?.columns[0]).toEqual({ name: 'key', type: 'TEXT' });
    expect((await open.call('sql.run', { sql: 'SELECT id FROM incidents', limit: 2 }))).toMatchObject({ columns: ['id'], truncated: true });
  });
});

describe('the connectors', () => {
  it('lists each product once, each export once, and when each was last imported', async () => {
    const products = await open.call('connectors.list', {});
    const read = [...formats, ...importers].map(({ name }) => name).toSorted();
    expect(products.flatMap((one) => one.imports.map((item) => item.format)).toSorted()).toEqual(read);
    const of = (id: string) => products.find((one) => one.id === id);
    expect(of('aws')?.imports.find((item) => item.format === 'guardduty')?.last).toMatchObject({ records: 19 });
    // All files of a format, not the last one alone.
    expect(of('aws')?.imports.find((item) => item.format === 'cloudtrail')?.last).toMatchObject({ records: 3872 });
    expect(of('wiz')?.imports.find((item) => item.format === 'wiz-csv')?.last).toBeNull();
    expect(of('others')?.imports.map((item) => item.format)).toContain('sarif');
  });

  it('claims no connection that is not there', async () => {
    const products = await open.call('connectors.list', {});
    expect(products.filter(({ live }) => live.state === 'ready').map(({ id }) => id)).toEqual(connectors.map(({ name }) => name));
    for (const { live } of products) expect([live.pull, live.allow]).toEqual([null, 'loopback']);
  });
});

describe('replay', () => {
  it('makes every decision again, and compares two', async () => {
    const all = await open.call('replay.run', {});
    expect(all.counts).toMatchObject({ different: 0, by_people: 0 });
    expect(all.counts.identical).toBeGreaterThan(30);
    const [a, b] = all.replayed;
    expect((await open.call('replay.diff', { left: a?.decision_id ?? '', right: a?.decision_id ?? '' })).differences).toEqual([]);
    expect((await open.call('replay.diff', { left: a?.decision_id ?? '', right: b?.decision_id ?? '' })).differences.length).toBeGreaterThan(0);
  });
});

describe('the graph', () => {
  it('expands in pages that together are all neighbours', async () => {
    const whole = await open.call('graph.expand', { urn: 'arn:aws:iam::111122223333:root', limit: 100 }).catch(() => undefined);
    const start = whole === undefined ? bucket : 'arn:aws:iam::111122223333:root';
    const all = await open.call('graph.expand', { urn: start, limit: 100 });
    const one = await open.call('graph.expand', { urn: start, limit: 1 });
    expect(one.hidden).toBe(all.nodes.length - 2);
    expect(one.nodes.map((n) => n.urn)).toEqual(all.nodes.slice(0, 2).map((n) => n.urn));
    expect(await open.refused('graph.expand', { urn: 'arn:aws:s3:::nowhere' })).toContain('not in the graph');
  });
  it('shows a node, and what is around it', async () => {
    expect(await open.call('graph.node', { urn: bucket })).toMatchObject({
      node: { name: 'backup-dev-legacy', kind: 'bucket', lane: 'data', account: '444455556666' }, title: 'S3 bucket', incidents: [{ decision: 'defer' }], excerpt: { title: 'What its policy says', pointer: '/Policy/Statement/0' },
    });
    const around = await open.call('graph.around', { urn: bucket, depth: 2 });
    const urns = new Set(around.nodes.map((n) => n.urn));
    expect(around.edges.every((e) => urns.has(e.source) && urns.has(e.target))).toBe(true);
    expect(around.nodes[0]).toMatchObject({ urn: bucket, production: false });
  });
  it('ranks attack paths whose hops hang together', async () => {
    const { paths } = await open.call('graph.paths', {});
    expect(paths.length).toBeGreaterThan(0);
    for (const path of paths) expect(path.hops.slice(1).map((h) => h.from)).toEqual(path.hops.slice(0, -1).map((h) => h.to));
    expect(new Set(paths.map((p) => p.id)).size).toBe(paths.length);
  });
  it('starts paths at a taken-over session, and draws the door that lets the internet in', async () => {
    const { paths, choke_points: chokes, blocked } = await open.call('graph.paths', {});
    expect(paths.map((p) => p.title)).toEqual(expect.arrayContaining(['Internet, anonymous read', 'Phished user → alice', 'Internet → mq-broker-01']));
    expect(paths.find((p) => p.title === 'Internet → mq-broker-01')?.hops[0]).toMatchObject({ techniques: ['T1190'], via: { kind: 'sg', note: '0.0.0.0/0:61616' } });
    const ids = new Set(paths.map((p) => p.id));
    expect(chokes.flatMap((c) => c.closes).every((id) => ids.has(id))).toBe(true);
    expect(blocked).toEqual(expect.arrayContaining([expect.objectContaining({ control: 'Bucket policy, statement 1', call_id: expect.stringMatching(/^c\d+$/), node: expect.objectContaining({ name: 'backup-dev-legacy' }) })]));
  });
  it('gives one path by its id, and only those that an incident is about', async () => {
    const { paths } = await open.call('graph.paths', {}), [first] = paths;
    expect((await open.call('graph.path', { id: first?.id ?? '' })).path).toEqual(first);
    expect(await open.refused('graph.path', { id: 'none' })).toContain('no attack path none');
    const incidents = (await open.call('queue.list', {})).rows.filter((r) => r.entity_name === 'mq-broker-01');
    const own = await open.call('graph.paths', { incident: incidents[0]?.id ?? '' });
    expect(own.paths.length).toBeGreaterThan(0);
    expect(own.paths.every((p) => p.nodes.some((n) => n.name === 'mq-broker-01'))).toBe(true);
    expect(await open.refused('graph.paths', { incident: 'INC-1' })).toContain('no incident INC-1');
  });
  it('counts what a page of neighbours hides, by direction', async () => {
    const both = await open.call('graph.expand', { urn: bucket, direction: 'both', limit: 1 }), out = await open.call('graph.expand', { urn: bucket, direction: 'out' });
    expect([both.hidden, both.total]).toEqual([both.total - 1, both.total]);
    expect(out.edges.every((e) => e.source === bucket)).toBe(true);
  });
  it('joins what is dangerous together, each factor with evidence', async () => {
    const { combinations } = await open.call('graph.combinations', {});
    expect(combinations).toEqual(expect.arrayContaining([expect.objectContaining({ id: 'T3', name: 'nw-prod-db-backups', severity: 'critical' }), expect.objectContaining({ id: 'T5', severity: 'critical', name: 'vendor-reporting' })]));
    for (const c of combinations) {
      expect(c.factors.every((f) => f.evidence.length > 0 && f.answer !== 'no')).toBe(true);
      expect(c.severity).toBe(c.factors.every((f) => f.answer === 'yes') ? 'critical' : 'high');
    }
  });
});

describe('the policy', () => {
  it('names problems with their line, and flips nothing when nothing changes', async () => {
    const { text } = await open.call('policy.get', {});
    expect(text).toContain('owners:');
    expect(await open.call('policy.preview', { text })).toMatchObject({ problems: [], flips: [], checked: expect.any(Number) });
    expect((await open.call('policy.preview', { text: 'owners: []\nnope: 1\n' })).problems).toEqual([{ position: 'line 2, column 1', why: expect.stringContaining('nope') }]);
    expect((await open.call('policy.save', { text: 'owners: 7\n', by: 'me' })).problems.length).toBe(1);
  });
  it('says before what saving then does', async () => {
    const { text, version } = await open.call('policy.get', {});
    const changed = `${text.replace(/^owners:[\s\S]*?(?=^\S)/m, 'owners: []\n')}`;
    const preview = await open.call('policy.preview', { text: changed });
    expect(preview.flips.some((f) => f.from === 'ticket' && f.to === 'needs_human_review')).toBe(true);
    const before = new Map((await open.call('queue.list', {})).rows.map((r) => [r.id, r]));
    const saved = await open.call('policy.save', { text: changed, by: 'me' });
    expect(saved).toMatchObject({ version: version + 1, problems: [] });
    const flipped = (await open.call('queue.list', {})).rows.filter((r) => r.decision !== before.get(r.id)?.decision || r.priority !== before.get(r.id)?.priority).map((r) => `${r.id} ${r.decision} ${r.priority}`);
    expect(preview.flips.map((f) => `${f.id} ${f.to} ${f.to_priority}`).toSorted()).toEqual(flipped.toSorted());
    expect((await open.call('policy.get', {})).text).toBe(changed);
  });
});

describe('the figures', () => {
  it('are null with a reason as long as nobody reviewed, and count what was reviewed then', async () => {
    const empty = await open.call('figures.get', {});
    expect(empty.measures.map((m) => [m.name, m.value === null])).toEqual([['false_positive_rate', true], ['false_negative_rate', true], ['time_to_decision', true], ['override_rate', true], ['evidence_completeness', false], ['time_saved', true]]);
    expect(empty.sources.reduce((n, s) => n + s.findings, 0)).toBe(empty.reduction.findings);
    const lacking = (await open.call('queue.list', {})).rows.filter((r) => r.decision === 'needs_human_review').length;
    expect(empty.missing.length).toBeGreaterThan(0);
    expect(empty.missing.map((m) => m.incidents)).toEqual(empty.missing.map((m) => m.incidents).toSorted((a, b) => b - a));
    for (const { supply, claims, incidents, alone } of empty.missing) expect({ supply, isCounted: supply !== '' && claims.length > 0 && alone <= incidents && incidents <= lacking }).toEqual({ supply, isCounted: true });
    const rows = (await open.call('queue.list', {})).rows;
    const [defer, raised] = rows.filter((r) => r.decision === 'defer');
    await open.call('review.approve', { id: defer?.id ?? '', by: 'me' });
    await open.call('review.override', { id: raised?.id ?? '', decision: 'resolve_now', priority: 'P1', reason: 'evidence_wrong', note: 'n', by: 'me' });
    const { measures, matrix } = await open.call('figures.get', {});
    expect(measures.find((m) => m.name === 'false_negative_rate')).toMatchObject({ value: 50, n: 2 });
    expect(measures.find((m) => m.name === 'override_rate')).toMatchObject({ value: 50, n: 2 });
    expect(matrix).toEqual(expect.arrayContaining([{ proposed: 'defer', final: 'defer', n: 1 }, { proposed: 'defer', final: 'resolve_now', n: 1 }]));
  });
});
