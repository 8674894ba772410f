import { randomBytes } from 'node:crypto';

/**
 * A new id for a decision made at `atUs` (microseconds UTC): a UUID of version 7 (RFC 9562, 5.7), so that ids sort by time and rows of one batch
 * stand together in every index.
 */
export function decisionId(atUs: number): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Math.max(0, Math.floor(atUs / 1000)), 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return `D-${[hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')}`;
}
