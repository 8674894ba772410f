import { availableParallelism } from 'node:os';
import { statSync } from 'node:fs';
import type { App } from './create-app.ts';
import { askFile, beginFile, type Begun, type Given } from './begin-file.ts';
import { startParser, type Parser } from './worker-pool.ts';

/** A file whose turn it is, with the thread that reads it. */
export interface Turn { readonly parser: Parser; readonly begun: Begun }
/** A file that was asked about; `begin` says, at the latest when its turn comes, whether it is read. */
interface Ready { readonly parser: Parser; readonly sha256: string | undefined; readonly begin: () => Begun }

/** Two threads parse faster than one saves. On two processors the second only takes time from the one that saves. */
const MOST_THREADS = 2, PROCESSORS_FOR_TWO = 4;
/** Bytes in all below which a second thread takes longer to start than it saves. */
const WORTH_A_THREAD = 16_000_000;

/** How many threads are to parse these files. */
export function parseThreads(files: readonly Given[], processors = availableParallelism()): number {
  if (files.length < 2 || processors < PROCESSORS_FOR_TWO) return 1;
  const bytes = files.reduce((sum, { path }) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0);
  return bytes < WORTH_A_THREAD ? 1 : MOST_THREADS;
}

/**
 * Files in their order, the next of which are read while one is saved: thread n of t has every t-th file and is asked about its next one while it reads, so that
 * it goes straight on. What a thread has read waits with it (worker-pool.ts), so that files are saved one after the other, as by one thread.
 */
export function readAhead(app: App, files: readonly Given[], threads: number) {
  const parsers = new Map<number, Parser>(), asked = new Map<number, Promise<Ready>>();

  function parserOf(i: number): Parser {
    let parser = parsers.get(i % threads);
    if (!parser) parsers.set(i % threads, parser = startParser(app.options.workerUrl('parse')));
    return parser;
  }

  function ask(i: number, file: Given): Promise<Ready> {
    const known = asked.get(i);
    if (known) return known;
    const ready = look(parserOf(i), file, [...asked.values()]);
    ready.catch(() => { /* thrown when its turn comes */ });
    asked.set(i, ready);
    return ready;
  }

  /** Has a file read after those before it. Whether the very same bytes were read before shows only when those are over: then it is decided in its turn. */
  async function look(parser: Parser, file: Given, before: readonly Promise<Ready>[]): Promise<Ready> {
    const seen = await askFile(app, parser, file), sha256 = seen.answer.type === 'hashed' ? seen.answer.sha256 : undefined;
    const open = await Promise.all(before);
    if (sha256 !== undefined && open.some((other) => other.sha256 === sha256)) return { parser, sha256, begin: () => beginFile(app, parser, seen) };
    const begun = beginFile(app, parser, seen);
    return { parser, sha256, begin: () => begun };
  }

  async function turn(i: number): Promise<Turn> {
    const file = files[i];
    if (!file) throw new Error(`there is no file ${i}`);
    const { parser, begin } = await ask(i, file);
    return { parser, begun: begin() };
  }

  async function restart(i: number): Promise<void> {
    for (const other of asked.keys()) if (other % threads === i % threads) asked.delete(other);
    const parser = parsers.get(i % threads);
    parsers.delete(i % threads);
    await parser?.stop();
  }

  return {
    /** The `i`th file; those before it are over. */
    async take(i: number): Promise<Turn> {
      for (const other of asked.keys()) if (other < i) asked.delete(other);
      const taken = await turn(i);
      for (const [nth, file] of files.slice(i + 1, i + 1 + threads).entries()) void ask(i + 1 + nth, file);
      return taken;
    },
    /** Its thread was asked about another file meanwhile. */
    isAhead: (i: number): boolean => asked.has(i + threads),
    /** The file once more, by a new thread that is asked about no other. */
    async again(i: number): Promise<Turn> { await restart(i); return turn(i); },
    /** Ends the thread that died of a file; the next file gets a new one. */
    restart,
    async stop(): Promise<void> { await Promise.all([...parsers.values()].map((parser) => parser.stop())); },
  };
}
