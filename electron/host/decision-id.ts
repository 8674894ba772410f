import { randomFillSync } from 'node:crypto';

/** Random bytes for so many ids are drawn at once: a draw costs more than the id that it is for. */
const DRAWN = 256, BYTES = 16;
const drawn = Buffer.alloc(BYTES * DRAWN);
let next = drawn.length;

/**
 * A new id for a decision made at `atUs` (microseconds UTC): a UUID of version 7 (RFC 9562, 5.7), so that ids sort by time and rows of one batch
 * stand together in every index.
 */
export function decisionId(atUs: number): string {
  if (next === drawn.length) { randomFillSync(drawn); next = 0; }
  const at = next;
  next += BYTES;
  drawn.writeUIntBE(Math.max(0, Math.floor(atUs / 1000)), at, 6);
  drawn.writeUInt8((drawn.readUInt8(at + 6) & 0x0f) | 0x70, at + 6);
  drawn.writeUInt8((drawn.readUInt8(at + 8) & 0x3f) | 0x80, at + 8);
  const hex = drawn.toString('hex', at, next);
  return `D-${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
