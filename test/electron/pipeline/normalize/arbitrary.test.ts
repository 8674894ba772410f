import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formats } from '#electron/pipeline/normalize/formats/all.ts';
import { finishEvent, finishFinding } from '#electron/pipeline/normalize/finish.ts';
import { buildSample } from '#electron/pipeline/normalize/sample.ts';
import { bytes, collect, createEcho, inChunks } from './read-text.ts';

// Names that the formats look for, so that arbitrary values reach the code behind them.
const names = ['Id', 'id', 'Type', 'type', 'Resources', 'resources', 'Severity', 'class_uid', 'finding_info', 'title', 'uid', 'Title', 'VulnerabilityID', 'ID', 'RuleID', 'Name', 'ruleId', 'message', 'text',
  'locations', 'physicalLocation', 'artifactLocation', 'uri', 'eventSource', 'eventName', 'eventTime', 'eventVersion', 'userIdentity', 'requestParameters', 'responseElements', 'bucketName', 'instanceId',
  'vulnerabilities', 'affected_packages', 'cve', 'compliance', 'metadata', 'Finding', 'CVSS', 'Status', 'rule', 'index', 'suppressions', '__proto__', 'constructor', 'detail', 'Region', 'AwsAccountId'];
const leaf = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.double(), fc.boolean(), fc.constant(null), fc.constantFrom('2004', 2002, 's3.amazonaws.com', 'ec2.amazonaws.com', 'arn:aws:s3:::b', '2025-01-02T03:04:05Z', 'AssumedRole', 'GetObject'));
const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof({ maxDepth: 5 }, leaf, fc.array(tie('json'), { maxLength: 4 }), fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), tie('json'), { maxKeys: 8 })),
}));

describe.each(formats.map((format) => [format.name, format] as const))('%s', (_, format) => {
  it('answers any JSON with findings, events or an error, never with an exception', () => {
    const froms = format.containers.flatMap((c) => (c.kind === 'json-path' ? [...c.paths] : c.kind === 'xml' ? [...c.records] : ['']));
    fc.assert(fc.property(json, fc.array(json, { maxLength: 3 }), fc.constantFrom(...froms), (record, parents, from) => {
      const value: unknown = JSON.parse(JSON.stringify(record));
      const result = format.parse(value, { parents, from, path: 'x', index: 0 });
      expect(result.ok ? 'no error' : result.error).not.toBe('');
      if (!result.ok) return;
      for (const draft of result.value.findings ?? []) expect(typeof finishFinding(draft, 1).ok).toBe('boolean');
      for (const draft of result.value.events ?? []) expect(typeof finishEvent(draft, value).ok).toBe('boolean');
    }), { numRuns: 400 });
  });

  it('looks at any sample without an exception', () => {
    fc.assert(fc.property(json, (value) => {
      const score = format.detect(buildSample(bytes(JSON.stringify(value)), 'x'));
      expect(score).toBeGreaterThanOrEqual(0);
      expect(score).toBeLessThanOrEqual(100);
    }), { numRuns: 200 });
  });
});

describe('the reader', () => {
  it('comes to an end on any bytes, in any chunks', async () => {
    const piece = fc.oneof(fc.constantFrom('{', '}', '[', ']', '"', ',', ':', '\n', '\\', '{"a":1}', '[{"a":1},', '"F":[', 'null', ' '), fc.string());
    const data = fc.oneof(fc.uint8Array({ maxLength: 300 }).map((a) => Buffer.from(a)), fc.array(piece, { maxLength: 60 }).map((parts) => bytes(parts.join(''))));
    await fc.assert(fc.asyncProperty(data, fc.integer({ min: 1, max: 50 }), async (input, size) => {
      for (const containers of [[{ kind: 'json' as const }], [{ kind: 'json-path' as const, paths: ['F', 'a[].F', '[].F'] }], [{ kind: 'csv' as const, delimiters: [','] }]]) {
        const items = await collect(inChunks(input, size), [createEcho(containers).reader]);
        items.forEach((item, i) => { expect(item.index).toBe(i); });
      }
    }), { numRuns: 500 });
  });

  it('gives back whatever was written, one document a line, in any chunks', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.dictionary(fc.string(), json), { maxLength: 6 }), fc.integer({ min: 1, max: 40 }), fc.constantFrom(0, 2), async (values, size, indent) => {
      const { reader, seen } = createEcho();
      const text = values.map((value) => JSON.stringify(value, null, indent)).join('\n');
      await collect(inChunks(bytes(text), size), [reader]);
      expect(seen.map((s) => JSON.stringify(s.record))).toEqual(values.map((value) => JSON.stringify(JSON.parse(JSON.stringify(value)))));
    }), { numRuns: 300 });
  });
});
