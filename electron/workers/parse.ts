import { createHash, hash } from 'node:crypto';
import { open as openFile, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { formats } from '#electron/pipeline/normalize/formats/all.ts';
import { formatsFromMappings } from '#electron/pipeline/normalize/field-map.ts';
import { normalizeFile } from '#electron/pipeline/normalize/normalize.ts';
import { tellContainer } from '#electron/pipeline/normalize/container.ts';
import { readSample, recognize, unknownFormat } from '#electron/pipeline/normalize/sample.ts';
import { importers } from '#electron/pipeline/graph/importers/all.ts';
import type { RecordReader } from '#electron/pipeline/ports.ts';
import { policySchema } from '#shared/model/policy.ts';
import { nextPage } from '#shared/lib/next-page.ts';
import { parseTime } from '#shared/lib/time.ts';
import { createPacker } from '#electron/store/packed-rows.ts';
import { createCompressor } from '#electron/host/compress-chunks.ts';
import { createBatch } from '#electron/host/flatten-batch.ts';
import type { FromParser, ParserAnswer, ToParser } from '#electron/host/parse-protocol.ts';

/** Thread entry: turns files into batches of rows, one file at a time; at most a few batches wait for the engine. */
const compress = createCompressor();
/** More than the engine commits together (ingest.ts), so that parsing goes on meanwhile. */
const IN_FLIGHT = 24;
/** Records that are normalized before they become rows: few, as whatever lives long is moved by the garbage collector. */
const AT_ONCE = 50;
const CHUNK = 1024 * 1024;
const port = parentPort;
if (!port) throw new Error('parse.ts is a thread entry');

type Job = ToParser & { type: 'parse' };
/** The bytes that a hash was made of. `facts`: what the file system said before them; they differ after every write, unless it keeps the size within one tick of its clock. */
interface Seen { readonly sha256: string; readonly bytes: number; readonly facts: string }
type Decision = ToParser & { type: 'go' | 'skip' };
const send = (message: FromParser): void => { port.postMessage(message); };
let credit = IN_FLIGHT;
/** The findings of a batch; one for all files, so that its memory goes round. */
const findings = createPacker();
const wakes: (() => void)[] = [];
/** Files that were looked at and wait to be read or passed over, in their order; and the end of those before them. */
const answers: ((message: Decision) => void)[] = [];
let last: Promise<void> = Promise.resolve();

port.on('message', (message: ToParser) => {
  switch (message.type) {
    case 'parse': last = parseFile(message, last); break;
    case 'ack': credit += 1; wakes.shift()?.(); break;
    case 'reuse': findings.reuse(message.memory); break;
    case 'go': case 'skip': answers.shift()?.(message); break;
  }
});

async function takeCredit(): Promise<void> {
  while (credit <= 0) await new Promise<void>((resolve) => { wakes.push(resolve); });
  credit -= 1;
}

/** Looks at a file at once, and reads it when those before it are over. */
async function parseFile(job: Job, before: Promise<void>): Promise<void> {
  let file: FileHandle | undefined;
  try {
    file = await openFile(job.path);
    const open = file, readers: readonly RecordReader[] = [...formatsFromMappings(policySchema.parse({ mappings: job.mappings }).mappings), ...formats, ...importers];
    const { reader, seen, answer } = await look(job, open, readers);
    const decided = new Promise<Decision>((resolve) => { answers.push(resolve); });
    send(answer);
    const go = await decided;
    await before;
    if (go.type === 'go' && reader) await readFile(job, open, seen, readers, reader, go.skipRecords).catch((error: unknown) => { send({ type: 'failed', why: explain(error) }); });
  } catch (error) {
    send({ type: 'unreadable', why: explain(error) });
    await before;
  } finally { await file?.close().catch(() => { /* it was only read: the files behind it go on */ }); }
}

async function look(job: Job, file: FileHandle, readers: readonly RecordReader[]): Promise<{ readonly answer: ParserAnswer; readonly reader: RecordReader | undefined; readonly seen: Seen }> {
  const seen = await see(file, Number.POSITIVE_INFINITY), { sha256, bytes } = seen;
  const { reader, why } = await choose(() => readReusing(file, bytes), job, readers);
  return { answer: { type: 'hashed', sha256, bytes, format: reader?.name, kind: reader?.kind, why }, reader, seen };
}

async function see(file: FileHandle, most: number): Promise<Seen> {
  const facts = await factsOf(file), sum = createHash('sha256');
  let bytes = 0;
  for await (const chunk of readReusing(file, most)) { sum.update(chunk); bytes += chunk.length; }
  return { sha256: sum.digest('hex'), bytes, facts };
}

async function factsOf(file: FileHandle): Promise<string> {
  const { size, mtimeNs, ctimeNs } = await file.stat({ bigint: true });
  return `${size} ${mtimeNs} ${ctimeNs}`;
}

/** Reads the bytes that were hashed, and no others: what was added to a file since (a log that goes on) is of its next import, and one that was rewritten fails. */
async function readFile(job: Job, file: FileHandle, seen: Seen, readers: readonly RecordReader[], reader: RecordReader, skip: number): Promise<void> {
  if (await isOther(file, seen)) {
    send({ type: 'failed', why: 'the file changed while it waited to be read; import it again', isStale: true });
    return;
  }
  const pass = (): AsyncIterable<Uint8Array> => readReusing(file, seen.bytes);
  // Both passes go on together, as compression has threads of its own; both are over before anything of the next file is sent.
  // The bytes of a format that carries secrets are not kept; what may be is kept with its records.
  const [raw, records] = await Promise.allSettled([reader.redact ? Promise.resolve() : sendRaw(pass()), sendRecords(pass, job, readers, reader, skip)]);
  if (raw.status === 'rejected') throw raw.reason;
  if (records.status === 'rejected') throw records.reason;
  send(await isOther(file, seen) ? { type: 'failed', why: 'the file changed while it was read; what was read of it is kept, import it again', isMixed: true } : records.value);
}

/** Are the bytes that were hashed no longer there? */
const isOther = async (file: FileHandle, seen: Seen): Promise<boolean> => await factsOf(file) !== seen.facts && (await see(file, seen.bytes)).sha256 !== seen.sha256;

async function choose(open: () => AsyncIterable<Uint8Array>, job: Job, readers: readonly RecordReader[]): Promise<{ reader: RecordReader | undefined; why: string | undefined }> {
  if (job.format !== undefined) {
    const named = readers.find((r) => r.name === job.format);
    return { reader: named, why: named ? undefined : `no format is called ${job.format}; "winnow formats" lists them` };
  }
  let problem: string | undefined;
  const sample = await readSample(open, job.name, (why) => { problem = why; });
  if (sample.text.trim() === '') return { reader: undefined, why: problem ?? 'the file is empty' };
  const found = recognize(sample, readers);
  return { reader: found?.reader, why: found ? undefined : [...(problem === undefined ? [] : [problem]), unknownFormat(sample), ...(tellContainer(sample.text) === undefined ? [MAPPING] : [])].join('; ') };
}
const MAPPING = 'a mapping in the policy can read what is well-formed ("winnow formats" lists what is read)';

/**
 * A pass over a file's first `most` bytes, by chunks of one buffer, each of which counts only until the next is asked for: new buffers would have the garbage
 * collector run all the time.
 */
async function* readReusing(file: FileHandle, most: number): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.allocUnsafeSlow(CHUNK);
  for (let position = 0; position < most;) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(CHUNK, most - position), position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** The bytes as they came, compressed by chunk. */
async function sendRaw(chunks: AsyncIterable<Uint8Array>): Promise<void> {
  let seq = 0, start = 0;
  for await (const chunk of chunks) {
    await takeCredit();
    send({ type: 'chunk', seq: seq++, start, data: await compress(chunk) });
    start += chunk.length;
  }
}

async function sendRecords(open: () => AsyncIterable<Uint8Array>, job: Job, readers: readonly RecordReader[], reader: RecordReader, skip: number): Promise<FromParser> {
  let complete = false, newest = 0, first = true, read = 0;
  const pages = lastPage();
  const batch = createBatch((text) => hash('sha256', text, 'hex'), { home: job.home, cluster: job.cluster }, findings);
  const hand = async (): Promise<void> => {
    await takeCredit();
    const message = batch.take(read);
    send({ type: 'batch', batch: message });
  };
  for await (const some of normalizeFile(open, readers, { path: job.name, format: reader.name, importedUs: job.importedUs, home: job.home, cluster: job.cluster, batchSize: AT_ONCE })) {
    for (const item of some.items) {
      if ('normalized' in item) {
        if (first) { complete = isSnapshot(item.parents[0]); first = false; }
        pages.see(item.parents[0]);
        for (const r of item.normalized.resources) newest = Math.max(newest, r.captured_us ?? 0);
      }
      if (item.index >= skip) batch.add(item);
    }
    read = some.bytes;
    if (batch.isFull()) await hand();
  }
  if (batch.records() > 0) await hand();
  const taken = snapshotTime(job.name);
  return { type: 'end', complete, observedUs: complete ? Math.max(newest, taken ?? 0) || undefined : newest || undefined, ...pages.note() };
}

/** Does the last of a file's documents name a next page? Then what is on it is not in this file. */
function lastPage(): { see(envelope: unknown): void; note(): { readonly note?: string } } {
  let last: unknown, key: string | undefined;
  return {
    see(envelope) { if (envelope !== last) { last = envelope; key = nextPage(envelope)?.key; } },
    note: () => (key === undefined ? {} : { note: `it is one page of several (${key}): what is on the pages after it is not in this file, and counts as not recorded` }),
  };
}

/** AWS Config's snapshot files list everything that is recorded in their account and region; history and query output does not. */
const isSnapshot = (envelope: unknown): boolean => typeof envelope === 'object' && envelope !== null && 'configSnapshotId' in envelope;

/** AWS Config names its snapshot files `…_ConfigSnapshot_20261121T030000Z_….json.gz`. */
function snapshotTime(name: string): number | undefined {
  const m = /_ConfigSnapshot_(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z_/.exec(basename(name));
  return m ? parseTime(`${m[1]}-${m[2]}-${m[3]}T${m[4]}:${m[5]}:${m[6]}Z`) : undefined;
}

const explain = (error: unknown): string => (error instanceof Error ? error.message : String(error));
