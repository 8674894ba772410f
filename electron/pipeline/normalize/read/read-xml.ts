import type { XmlContainer } from '../../ports.ts';
import type { Piece } from './json-pieces.ts';
import { decodeBytes, type ByteChunks } from './bytes.ts';
import { readLookups } from './xml-lookups.ts';
import { createXmlReader } from './xml-records.ts';
import { xmlDecoder } from './xml-text.ts';

/**
 * Reads XML in the encoding that it declares.
 * @param head the file's beginning. @param root its outermost element: of several kinds of document that a reader knows only what it says of that one counts.
 */
export async function* readXml(chunks: AsyncIterable<Uint8Array>, head: Uint8Array, containers: readonly XmlContainer[], root: string | undefined, reopen: () => ByteChunks, problem: () => string | undefined): AsyncGenerator<readonly Piece[]> {
  const told = xmlDecoder(head), own = containers.filter((c) => c.records.some((path) => path.split('/')[0] === root)), used = own.length > 0 ? own : containers;
  if ('unknown' in told) { yield [{ kind: 'bad', at: -1, line: 1, reason: `the document declares the encoding ${told.unknown}, which is not known` }]; return; }
  const lookups = used.flatMap((c) => c.lookups ?? []), { decoder } = told;
  const given = lookups.length === 0 ? undefined : await readLookups(decodeBytes(reopen(), () => undefined), head, lookups);
  const reader = createXmlReader({ records: used.flatMap((c) => c.records), around: used.flatMap((c) => c.around ?? []), repeats: used.flatMap((c) => c.repeats ?? []), ...(given && { given: given.values }) });
  let line = 1;
  const take = (): Piece[] => { const pieces = reader.take(); line = pieces.at(-1)?.line ?? line; return pieces; };
  if (given?.problem !== undefined) yield [{ kind: 'bad', at: -1, line: 1, reason: given.problem }];
  for await (const chunk of chunks) {
    for (let i = 0; i < chunk.length; i += BITE) {
      reader.feed(decoder.decode(chunk.subarray(i, i + BITE), { stream: true }));
      yield take();
    }
  }
  reader.feed(decoder.decode());
  reader.finish(problem());
  const rest = take(), reason = problem();
  if (reason !== undefined && !rest.some((p) => p.kind === 'bad' && p.reason.includes(reason))) rest.push({ kind: 'bad', at: -1, line, reason: `${reason}: records behind this one may be missing` });
  yield rest;
}
const BITE = 64 * 1024;
