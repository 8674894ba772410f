// A utility process for tests: a thread in which `process.parentPort` is what Electron's documentation describes.
import { parentPort, workerData } from 'node:worker_threads';

/** A port as Electron has it: events with `data` and `ports`. */
export function asMain(port) {
  const wrap = (listener) => (message) => { listener({ data: message, ports: [] }); };
  const main = {
    on: (name, listener) => { port.on(name, name === 'message' ? wrap(listener) : listener); return main; },
    once: (name, listener) => { port.once(name, name === 'message' ? wrap(listener) : listener); return main; },
    start: () => { port.start(); }, close: () => { port.close(); }, postMessage: (message) => { port.postMessage(message); },
  };
  return main;
}

if (workerData?.utilityEntry) {
  const wrap = (listener) => ({ message, ports }) => { listener({ data: message, ports: ports.map(asMain) }); };
  process.parentPort = {
    on: (name, listener) => { parentPort.on(name, wrap(listener)); }, once: (name, listener) => { parentPort.once(name, wrap(listener)); },
    postMessage: (message) => { parentPort.postMessage(message); },
  };
  await import(workerData.utilityEntry);
}
