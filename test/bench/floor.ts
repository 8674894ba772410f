import Database from 'better-sqlite3';
import { closeSync, openSync, readSync } from 'node:fs';

export interface Timed { readonly records: number; readonly seconds: number; readonly per_second: number }
export const timed = (records: number, seconds: number): Timed => ({ records, seconds: Math.round(seconds * 1000) / 1000, per_second: Math.round(records / seconds) });

/** Records of a transaction. */
const BATCH = 1000;

/** The least that any importer must do: JSON.parse and one durable insert of the raw record each, on one thread (WAL, synchronous=FULL). */
export function measureFloor(rawFile: string, databaseFile: string): Timed {
  const db = new Database(databaseFile);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec('CREATE TABLE raw (id INTEGER PRIMARY KEY, json TEXT NOT NULL)');
  const insert = db.prepare<[string]>('INSERT INTO raw (json) VALUES (?)');
  const start = performance.now();
  let records = 0;
  db.exec('BEGIN');
  for (const line of lines(rawFile)) {
    JSON.parse(line);
    insert.run(line);
    records += 1;
    if (records % BATCH === 0) db.exec('COMMIT; BEGIN');
  }
  db.exec('COMMIT');
  const seconds = (performance.now() - start) / 1000;
  db.close();
  return timed(records, seconds);
}

/** The lines of a file, read a megabyte at a time. */
export function* lines(path: string): Generator<string> {
  const handle = openSync(path, 'r');
  const buffer = Buffer.allocUnsafe(1 << 20);
  let rest = Buffer.alloc(0);
  try {
    for (let read = readSync(handle, buffer); read > 0; read = readSync(handle, buffer)) {
      const chunk = rest.length === 0 ? buffer.subarray(0, read) : Buffer.concat([rest, buffer.subarray(0, read)]);
      let from = 0;
      for (let end = chunk.indexOf(10, from); end >= 0; end = chunk.indexOf(10, from)) { yield chunk.toString('utf8', from, end); from = end + 1; }
      rest = Buffer.from(chunk.subarray(from));
    }
    if (rest.length > 0) yield rest.toString('utf8');
  } finally { closeSync(handle); }
}
