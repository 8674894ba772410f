import { Worker } from 'node:worker_threads';
import type { FromParser, ParsedBatch, ParserAnswer, ParserRows, ToParser } from '#electron/host/parse-protocol.ts';
import { spareOf } from '#electron/store/packed-rows.ts';
import { setYoung, YOUNG_MB, YOUNG_OF_PARSER_MB } from './young-space.ts';

/** One parse thread, kept for the files that follow. */
export interface Parser {
  /** What it says about the next file that it was asked about. */
  answer(): Promise<ParserAnswer>;
  /** The messages of the current file that wait, once there are `most` or the file is over: they are committed together. `most` must stay below what may be in flight. */
  waiting(most: number): Promise<readonly ParserRows[]>;
  send(message: ToParser): void;
  /** The memory of a batch that was saved goes back for one to come. */
  giveBack(batch: ParsedBatch): void;
  stop(): Promise<void>;
}

function startRoomy(url: URL): Worker {
  setYoung(YOUNG_OF_PARSER_MB);
  const worker = new Worker(url, { resourceLimits: { maxOldGenerationSizeMb: 400, maxYoungGenerationSizeMb: 3 * YOUNG_OF_PARSER_MB } });
  // Also where it ends before it is ready: the threads to come get no more than theirs.
  for (const event of ['online', 'exit']) worker.once(event, () => { setYoung(YOUNG_MB); });
  return worker;
}

/** Starts a parse thread. A crash of it arrives as a `failed` message, also for what it was asked about: the file is lost, the engine is not. */
export function startParser(url: URL): Parser {
  const worker = startRoomy(url);
  const answers: ParserAnswer[] = [], rows: ParserRows[] = [];
  let crash: string | undefined, wakes: (() => void)[] = [];
  const arrival = (): Promise<void> => new Promise((resolve) => { wakes.push(resolve); });
  const wake = (): void => { const waking = wakes; wakes = []; for (const one of waking) one(); };
  const fail = (why: string): void => { crash ??= `the parser stopped${why}`; rows.push({ type: 'failed', why: crash }); wake(); };
  worker.on('message', (message: FromParser) => {
    if (message.type === 'hashed' || message.type === 'unreadable') answers.push(message); else rows.push(message);
    wake();
  });
  worker.on('error', (error: unknown) => { fail(`: ${error instanceof Error ? error.message : String(error)}`); });
  worker.on('exit', (code) => { if (code !== 0) fail(` with code ${code}`); });
  const send = (message: ToParser): void => { worker.postMessage(message); };
  const endOf = (): number => rows.findIndex((m) => m.type === 'end' || m.type === 'failed');
  return {
    async waiting(most) {
      while (rows.length < most && endOf() < 0) await arrival();
      const end = endOf();
      return rows.splice(0, end < 0 ? rows.length : end + 1);
    },
    async answer() {
      while (answers.length === 0 && crash === undefined) await arrival();
      return answers.shift() ?? { type: 'unreadable', why: crash ?? '' };
    },
    send,
    giveBack({ findings }) { const memory = spareOf(findings); if (memory) send({ type: 'reuse', memory }); },
    stop: async () => { worker.removeAllListeners('exit'); await worker.terminate(); },
  };
}
