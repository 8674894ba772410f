import { describe, expect, it } from 'vitest';
import { fieldMapProblems, formatsFromMappings, valueAt } from '#electron/pipeline/normalize/field-map.ts';
import { policySchema } from '#shared/model/policy.ts';
import { bytes, collect, errorsOf } from './read-text.ts';

const read = async (text: string, mapping: unknown) => {
  const formats = formatsFromMappings(policySchema.parse({ mappings: { own: mapping } }).mappings);
  const items = await collect([bytes(text)], formats);
  return { errors: errorsOf(items), findings: items.flatMap((item) => ('normalized' in item ? item.normalized.findings : [])) };
};
const fields = {
  entity: 'asset.ids[0]', issue_type: { path: 'rule', map: { R1: 'public_access' } }, title: 'name', severity_reported: { path: 'sev', map: { '1': 'high' } },
  kind_note: { value: 'x' }, source_id: 'id', discovered: 'seen', 'vulnerability.cve': 'cve', 'observables.src_ip': 'from.ip', 'entity_type': { value: 'bucket' },
};
const record = { id: 7, asset: { ids: ['arn:aws:s3:::shop-data'] }, rule: 'R1', name: 'Open bucket', sev: 1, seen: 1_740_794_400, cve: 'CVE-2024-1001', from: { ip: '203.0.113.9' } };

describe('field maps of the policy', () => {
  it('read JSON by paths, values and value maps', async () => {
    const { findings, errors } = await read(JSON.stringify({ out: { rows: [record] } }), { source: 'own-tool', kind: 'posture', when: ['asset.ids', 'rule'], records: 'out.rows', fields });
    expect(errors).toEqual([]);
    expect(findings).toMatchObject([{
      source: 'own-tool', source_id: '7', entity: 'arn:aws:s3:::shop-data', entity_type: 'bucket', issue_type: 'public_access', issue_mapped: true, severity_reported: 'high',
      discovered_at: '2025-03-01T02:00:00Z', vulnerability: { cve: 'CVE-2024-1001' }, observables: { src_ip: '203.0.113.9' },
    }]);
  });

  it('read CSV by header, and name the field that is missing in a row', async () => {
    const map = { source: 'sheet', kind: 'posture', when: ['Host.Name', 'Check'], fields: { entity: 'Host.Name', issue_type: 'Check', title: 'Check', severity_reported: 'Risk' } };
    const { findings, errors } = await read('Host.Name;Check;Risk\nweb1;odd_thing;High\n;odd_thing;High\n', map);
    expect(findings).toMatchObject([{ entity: 'web1', issue_type: 'odd_thing', issue_mapped: false, severity_reported: 'high' }]);
    expect(errors).toEqual([{ position: 'line 3', error: 'entity: nothing at Host.Name' }]);
  });

  it('refuse to read without the fields that every finding needs', async () => {
    const { errors } = await read('{"a":1}', { source: 's', kind: 'posture', when: ['a'], fields: { entity: 'a' } });
    expect(errors[0]?.error).toBe('the mapping own has no field issue_type, title, severity_reported');
  });

  it('are not used for records without the keys of `when`', async () => {
    expect((await read('{"b":1}', { source: 's', kind: 'posture', when: ['a'], fields })).errors[0]?.error).toBe('the content is of no known format');
  });

  it('pass over records that `where` does not name, and quarantine those of its records that lack something', async () => {
    const eve = { source: 'ids', kind: 'detection', when: ['event_type'], where: { event_type: 'alert', 'alert.action': ['allowed', 'blocked'] }, fields: { entity: 'dest_ip', entity_type: { value: 'ip' }, issue_type: 'alert.category', title: 'alert.signature', severity_reported: { path: 'alert.severity', map: { 1: 'high' } }, discovered: 'timestamp' } };
    const alert = { event_type: 'alert', timestamp: '2026-11-01T08:00:00Z', dest_ip: '10.0.0.7', alert: { action: 'blocked', category: 'Web attack', signature: 'Path traversal', severity: 1 } };
    const lines = [{ event_type: 'dns', dest_ip: '10.0.0.2' }, alert, { ...alert, alert: { ...alert.alert, action: 'logged' } }, { ...alert, dest_ip: undefined }, { event_type: 'flow' }];
    const { findings, errors } = await read(lines.map((line) => JSON.stringify(line)).join('\n'), eve);
    expect(findings).toMatchObject([{ entity: '10.0.0.7', severity_reported: 'high', title: 'Path traversal' }]);
    expect(errors).toEqual([{ position: 'line 4', error: 'entity: nothing at dest_ip' }]);
  });

  it('tell detections of another time apart where they have no id, and a weakness by what it is', async () => {
    const map = (kind: string) => ({ source: 's', kind, when: ['at'], fields: { entity: 'host', issue_type: { value: 'malware' }, title: { value: 'Eicar' }, severity_reported: { value: 'high' }, discovered: 'at' } });
    const lines = ['2026-11-01T08:00:00Z', '2026-11-01T09:00:00Z', '2026-11-01T08:00:00Z'].map((at) => JSON.stringify({ host: 'web1', at })).join('\n');
    const ids = async (kind: string) => new Set((await read(lines, map(kind))).findings.map((f) => f.finding_id)).size;
    expect([await ids('detection'), await ids('posture')]).toEqual([2, 1]);
  });

  it('take the first path that has a value, and look through lists', async () => {
    const map = { source: 's', kind: 'detection', when: ['evidence'], fields: { ...fields, kind_note: 'x', entity: { path: ['evidence[].user.upn', 'evidence[].ip', 'tenant'] }, aliases: 'evidence[].names', issue_type: { value: 'brute_force' }, title: { path: ['title', 'name'], value: 'untitled' }, severity_reported: 'sev' } };
    const of = async (record: object) => (await read(JSON.stringify(record), map)).findings;
    expect(await of({ tenant: 't', title: '', name: 'Spray', sev: 'high', evidence: [{ ip: '198.51.100.7' }, { user: { upn: 'ana@example.com' }, names: ['ana', 'a.b'] }, { names: 'S-1' }] })).toMatchObject([{ entity: 'ana@example.com', aliases: ['ana', 'a.b', 'S-1'], title: 'Spray' }]);
    expect(await of({ tenant: 't', sev: 'high', evidence: [{ ip: '198.51.100.7' }] })).toMatchObject([{ entity: '198.51.100.7', title: 'untitled' }]);
    expect(await of({ tenant: 't', sev: 'high', evidence: [] })).toMatchObject([{ entity: 't' }]);
  });

  it('read lines of JSON as such behind a broken first one, and a table with JSON in its cells as a table', async () => {
    const map = { source: 's', kind: 'posture', when: ['host', 'check'], fields: { entity: 'host', issue_type: 'check', title: 'check', severity_reported: { value: 'low' } } };
    const line = (n: number): string => JSON.stringify({ host: `web${n}`, check: 'odd,thing' });
    const cut = await read(`ck":"odd\tthing","n":1}\n${line(1)}\n${line(2)}\n`, map);
    expect(cut.findings.map((f) => f.entity)).toEqual(['web1', 'web2']);
    expect(cut.errors.map((e) => e.position)).toEqual(['line 1, byte 0']);
    const table = await read('host,check,detail\nweb1,odd,"{""a"":1}"\nweb2,odd,"{""a"":2}"\n', map);
    expect([table.findings.map((f) => f.entity), table.errors]).toEqual([['web1', 'web2'], []]);
  });

  it('name what of them can not work', () => {
    const problems = (own: object) => fieldMapProblems({ source: 's', kind: 'posture', when: ['a'], fields: { entity: 'a', issue_type: 'a', title: 'a', severity_reported: 'a', ...own } }).map((p) => `${p.path.join('.')}: ${p.why}`);
    expect(problems({})).toEqual([]);
    expect(problems({ 'observables.src_ip': 'ip', cve: 'c', entity_type: { path: 't', map: { server: 'vm' } }, status: { value: 'done', map: { done: 'resolved' } } })).toEqual([]);
    expect(problems({ severity: 'sev', entity_type: { value: 'machine' }, status: { path: 's', map: { fixed: 'closed' } }, region: {} })).toEqual([
      'fields.severity: a field "severity" that findings don\'t have', expect.stringMatching(/^fields\.entity_type: entity_type "machine", which is not one of bucket, vm/), 'fields.status: status "closed", which is not one of open, resolved, suppressed, passed', 'fields.region: neither a path nor a value for region',
    ]);
    expect(fieldMapProblems({ source: 's', kind: 'posture', when: ['a'], fields: { title: 'a' } })).toEqual([{ path: ['fields'], why: 'no field entity, issue_type, severity_reported' }]);
  });

  it('step through objects and lists', () => {
    expect(valueAt({ a: { b: [{ c: 5 }] } }, 'a.b[0].c')).toBe(5);
    expect(valueAt({ a: { b: [{ d: 1 }, { c: 5 }, { c: 6 }] } }, 'a.b[].c')).toBe(5);
    expect(valueAt({ 'a.b': 1 }, 'a.b')).toBe(1);
    expect(valueAt({ a: 1 }, '')).toBeUndefined();
  });
});
