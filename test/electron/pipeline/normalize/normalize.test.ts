import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalText, finishEvent, finishFinding } from '#electron/pipeline/normalize/finish.ts';
import { normalizeFile } from '#electron/pipeline/normalize/normalize.ts';
import { brokenJson, buildSample, recognize } from '#electron/pipeline/normalize/sample.ts';
import type { EventDraft } from '#shared/model/event.ts';
import type { FindingDraft } from '#shared/model/finding.ts';
import { err } from '#shared/lib/result.ts';
import { bytes, collect, createEcho, errorsOf } from './read-text.ts';

const finding: FindingDraft = {
  source: 'tool', source_id: 'a', kind: 'posture', entity: 'arn:aws:s3:::shop-data', entity_type: 'bucket', aliases: [], issue_type: 'public_access', issue_mapped: true, check_id: 'c',
  title: 't', severity_reported: 'high', status: 'open', evidence: [], discovered: '2025-01-02T03:04:05Z', attack: [], compliance: [],
};
const event: EventDraft = { source: 'log', time: 1_740_794_400, category: 'api', action: 'Do', outcome: 'success', actor_type: 'user', targets: [] };
const value = <T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string }): T => { if (!result.ok) throw new Error(result.error); return result.value; };

describe('finishing', () => {
  it('makes the id of a finding from source and own id, else from all of it', () => {
    const id = (draft: Partial<FindingDraft>): string => value(finishFinding({ ...finding, ...draft }, 1)).finding_id;
    expect(id({})).toMatch(/^F-[0-9a-f]{20}$/);
    expect(id({ title: 'other' })).toBe(id({}));
    expect(id({ source: 'tool2' })).not.toBe(id({}));
    expect(id({ source_id: '', title: 'x' })).not.toBe(id({ source_id: '', title: 'y' }));
    expect(id({ source_id: '', evidence: ['\ud800'] })).toMatch(/^F-/);
  });

  it('keeps the original text of a time only where it differs, and stands in the time of import', () => {
    expect(value(finishFinding(finding, 1)).discovered_original).toBeUndefined();
    expect(value(finishFinding({ ...finding, discovered: '2025-01-02 03:04:05' }, 1))).toMatchObject({ discovered_at: '2025-01-02T03:04:05Z', discovered_original: '2025-01-02 03:04:05' });
    expect(value(finishFinding({ ...finding, discovered: undefined }, 1_000_000))).toMatchObject({ discovered_us: 1_000_000, updated_us: 1_000_000 });
    expect(finishFinding({ ...finding, discovered: 'soon', time_required: true }, 1)).toEqual(err('no readable time: "soon"'));
  });

  it('refuses what does not fit the model, naming the field', () => {
    expect(finishFinding({ ...finding, entity: ' ' }, 1)).toEqual(err('entity is empty'));
    const odd = finishFinding({ ...finding, aliases: JSON.parse('[1]') }, 1);
    expect(odd.ok ? '' : odd.error).toMatch(/^aliases\.0:/);
    expect(finishEvent({ ...event, time: 'never' }, {})).toEqual(err('no readable time: "never"'));
  });

  it('makes the id of an event from its record, whatever the order of keys', () => {
    const id = (record: unknown, nth = 0): string => value(finishEvent(event, record, nth)).event_id;
    expect(id({ a: 1, b: 2 })).toBe(id({ b: 2, a: 1 }));
    expect(id({ eventID: 'x', a: 1 })).not.toBe(id({ eventID: 'x', a: 2 }));
    expect(id({ a: 1 }, 1)).not.toBe(id({ a: 1 }));
  });

  it('writes canonical text as RFC 8785 says', () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 4 }), (json) => {
      expect(canonicalText(json)).toBe(canonicalize(json));
    }), { numRuns: 500 });
    expect(canonicalText([-0, 1e21, 1e-7, '\ud800', JSON.parse('1e999')])).toBe('[0,1e+21,1e-7,"\\ud800","Infinity"]');
  });
});

describe('normalizeFile', () => {
  const lines = bytes(Array.from({ length: 2500 }, (_, n) => `{"n":${n}}`).join('\n'));

  it('yields batches with running numbers and progress', async () => {
    const { reader } = createEcho();
    const sizes: number[] = [], progress: number[] = [];
    for await (const batch of normalizeFile([lines], [reader], { path: '-', importedUs: 1, batchSize: 1000, onProgress: (p) => progress.push(p.records) })) {
      sizes.push(batch.items.length);
      expect(batch.items[0]).toMatchObject({ raw_text: `{"n":${batch.items[0]?.index}}` });
      expect(batch.bytes).toBe(lines.length);
    }
    expect(sizes).toEqual([1000, 1000, 500]);
    expect(progress).toEqual([1000, 2000, 2500]);
  });

  it('stops between batches when cancelled', async () => {
    const stop = new AbortController();
    const run = async (): Promise<void> => {
      for await (const batch of normalizeFile([lines], [createEcho().reader], { path: '-', importedUs: 1, batchSize: 100, signal: stop.signal })) if (batch.records >= 200) stop.abort(new Error('enough'));
    };
    await expect(run()).rejects.toThrow('enough');
  });

  it('quarantines the record of a reader that throws, and keeps the exact text of good ones', async () => {
    const { reader } = createEcho();
    const careless = { ...reader, parse: (record: unknown, context: Parameters<typeof reader.parse>[1]) => { if (context.index === 1) throw new Error('oops'); return reader.parse(record, context); } };
    const items = await collect([bytes('{ "a" : 1 }\n{"a":2}\n{"a":3}')], [careless]);
    expect(errorsOf(items)).toEqual([{ position: 'line 2', error: 'the reader echo failed: oops' }]);
    expect(items[0]).toMatchObject({ raw_text: '{ "a" : 1 }' });
  });

  it('uses the format that is asked for, and says which there are', async () => {
    const { reader } = createEcho();
    const run = async (format: string) => { for await (const batch of normalizeFile([lines], [reader], { path: '-', importedUs: 1, format })) return batch.items[0]; return undefined; };
    expect(await run('echo')).toMatchObject({ index: 0 });
    expect(await run('eco')).toMatchObject({ error: 'no format is called eco: there are echo' });
  });
});

describe('samples', () => {
  it('show what could be read of a document that is cut', () => {
    const sample = buildSample(bytes('{"a":{"b":[1,{"c":"x\\"y"},{"d":tr'), 'x');
    expect(sample.document).toEqual({ a: { b: [1, { c: 'x"y' }, {}] } });
    expect(sample.records).toEqual([sample.document]);
    expect(buildSample(bytes('[{"n":1},{"n":2},{"n":'), 'x')).toMatchObject({ document: [{ n: 1 }, { n: 2 }, {}], records: [{ n: 1 }, { n: 2 }] });
  });
  it.each([
    ['{"a":1}', undefined], ['just text', undefined], ['a;b\n1;2', undefined], ['{"a":[1,2]}\n{"b":3}', undefined],
    ['{"a":1,\n "b":}', 'at line 2, byte 13: malformed JSON'], ['{"a":[{"b":1},', 'at line 1, byte 0: the file ends inside this record (truncated)'], ['{a:1}', 'at line 1, byte 1: malformed JSON'],
    [`[{"a":"${'x'.repeat(300_000)}`, undefined],
  ])('tell where JSON breaks: %#', (text, where) => {
    expect(brokenJson(buildSample(bytes(text), 'x'))).toBe(where);
  });
  it('show the header of a table, and none for JSON or prose', () => {
    expect(buildSample(bytes('\ufeff"a;1";b;c\n1;2;3'), 'x')).toMatchObject({ header: ['a;1', 'b', 'c'], delimiter: ';', document: undefined });
    expect(buildSample(bytes('{"a":1,"b":2}\n{"a":2,"b":2}'), 'x')).toMatchObject({ header: [], delimiter: undefined, records: [{ a: 1 }, { a: 2 }] });
    expect(buildSample(bytes('just text'), 'x').delimiter).toBeUndefined();
  });
  it('give the file to the surest reader, the first listed on equal terms', () => {
    const [a, b, c] = [5, 9, 9].map((score, i) => ({ ...createEcho().reader, name: `r${i}`, detect: () => score }));
    if (!a || !b || !c) throw new Error('three readers');
    expect(recognize(buildSample(bytes('{}'), 'x'), [a, b, c])).toMatchObject({ reader: { name: 'r1' }, score: 9 });
    expect(recognize(buildSample(bytes('{}'), 'x'), [])).toBeUndefined();
  });
});
