import { describe, expect, it } from 'vitest';
import { formatsFromMappings, valueAt } from '#electron/pipeline/normalize/field-map.ts';
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

  it('step through objects and lists', () => {
    expect(valueAt({ a: { b: [{ c: 5 }] } }, 'a.b[0].c')).toBe(5);
    expect(valueAt({ 'a.b': 1 }, 'a.b')).toBe(1);
    expect(valueAt({ a: 1 }, '')).toBeUndefined();
  });
});
