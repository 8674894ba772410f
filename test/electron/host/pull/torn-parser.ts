import { parentPort } from 'node:worker_threads';
import '#electron/workers/parse.ts';
import type { ToParser } from '#electron/host/parse-protocol.ts';

// A parse thread that stops at the piece whose name holds TORN_PIECE. The real one has heard of the piece too, and answers later.
parentPort?.on('message', (message: ToParser) => {
  const torn = process.env['TORN_PIECE'] ?? '';
  if (message.type === 'parse' && torn !== '' && message.name.includes(torn)) parentPort?.postMessage({ type: 'failed', why: 'torn in the test' });
});
