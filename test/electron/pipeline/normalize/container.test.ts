import { gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { tellContainer } from '#electron/pipeline/normalize/container.ts';
import { readSample, unknownFormat } from '#electron/pipeline/normalize/sample.ts';

const told = async (data: Buffer): Promise<string> => unknownFormat(await readSample([data], 'x', () => undefined));
const tar = (): Buffer => { const header = Buffer.alloc(512); header.write('a.json'); header.write('ustar', 257); return header; };

it.each([
  ['a zip archive', Buffer.from('504b0304140000000800', 'hex')], ['a zip archive', Buffer.concat([Buffer.from('504b0506', 'hex'), Buffer.alloc(18)])],
  ['gzip data once more', gzipSync(gzipSync('[{"a":1}]'))], ['compressed by bzip2', Buffer.from('425a6839314159265359aabb', 'hex')], ['compressed by xz', Buffer.from('fd377a585a000004', 'hex')],
  ['a 7z archive', Buffer.from('377abcaf271c0004', 'hex')], ['compressed by zstd', zstdCompressSync(Buffer.from('[{"a":1}]'))], ['a tar archive', tar()], ['a tar archive', gzipSync(tar())],
  ['a SQLite database', Buffer.from('SQLite format 3\0\u0010\0')], ['a PDF document', Buffer.from('%PDF-1.7\n')], ['a Parquet file', Buffer.from('PAR1\u0015')],
  ['XML of a kind that is not read (its outermost element is testsuites)', Buffer.from('<?xml version="1.0"?>\n<testsuites/>')], ['XML of a kind that is not read', Buffer.from('<a><b/></a>')], ['XML without an element', Buffer.from('<?xml version="1.0"?>')],
  ['an HTML page', Buffer.from('\uFEFF<!doctype html><p>')], ['an HTML page', Buffer.from('<html><script>x = {"a": 1}</script>')],
])('tells %s from what has no format, and what to do with it', async (is, data) => {
  expect(await told(data)).toContain(`the content is ${is}`);
});

it.each(['PK of a team', '<3', '[1]', 'a,b\n1,2', '', 'BZh', '{"a": "PAR1"}'])('takes %j for none of them', (text) => {
  expect(tellContainer(text)).toBeUndefined();
});
