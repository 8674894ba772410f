import { describe, expect, it } from 'vitest';
import { fieldText, previewColumns } from '../../../../renderer/features/ingest/preview-columns.ts';
import { stateOf, sumsOf } from '../../../../renderer/features/ingest/waiting.ts';

describe('a preview', () => {
  it('shows the fields that tell most, and only those that a record has', () => {
    expect(previewColumns([{ finding_id: 'f1', title: 'Open bucket', entity: 'arn:aws:s3:::b', aliases: [], description: '' }, { finding_id: 'f2', severity_reported: 'high' }])).toEqual(['severity_reported', 'title', 'entity']);
  });
  it('shows plain fields of records of another kind', () => {
    expect(previewColumns([{ owners: [], version: 3, note: 'x' }])).toEqual(['version', 'note']);
  });
  it('writes a field on one line', () => {
    expect([undefined, null, 'a', 2, false, ['x']].map(fieldText)).toEqual(['', '', 'a', '2', 'false', '["x"]']);
  });
  it('lets only a file with a format in', () => {
    expect([stateOf({ format: 'asff' }), stateOf({ format: null })]).toEqual(['ready', 'unknown']);
  });
});

it('sums what an import brought', () => {
  const file = { name: 'a.json', format: 'asff', records: 9, new: 5, duplicate: 2, quarantined: [{ position: 'record 3', why: 'x' }] };
  expect(sumsOf([file, { ...file, new: 0, quarantined: [], error: 'unreadable' }])).toEqual({ fresh: 5, duplicate: 4, quarantined: 1, failed: 1 });
});
