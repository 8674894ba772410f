import type { IncomingMessage } from 'node:http';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { Refusal } from './guard.ts';
import { parseStrictJson } from './strict-json.ts';

/** How much is read and how long is waited for. */
export interface Limits {
  /** Largest JSON body and WebSocket message, bytes. */
  readonly jsonBytes: number;
  /** A JSON body must be whole after so long, milliseconds. */
  readonly jsonMs: number;
  /** Largest uploaded file, bytes. */
  readonly uploadBytes: number;
  /** An upload may not pause for longer, milliseconds. */
  readonly uploadIdleMs: number;
  /** Request line and headers must be whole after so long, milliseconds. */
  readonly headersMs: number;
}
export const defaultLimits: Limits = { jsonBytes: 4_000_000, jsonMs: 15_000, uploadBytes: 16_000_000_000, uploadIdleMs: 30_000, headersMs: 10_000 };

/** Reads a body whole and as strict JSON; an empty one is undefined. */
export async function readJson(request: IncomingMessage, limits: Limits): Promise<Result<unknown, Refusal>> {
  const tooLarge = err({ status: 413, why: 'the body is too large' });
  if (Number(request.headers['content-length'] ?? 0) > limits.jsonBytes) return tooLarge;
  const chunks: Buffer[] = [];
  let bytes = 0, isLate = false;
  const timer = setTimeout(() => { isLate = true; request.destroy(); }, limits.jsonMs);
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > limits.jsonBytes) return tooLarge;
      chunks.push(chunk);
    }
  } catch { return err({ status: 408, why: isLate ? 'the body took too long' : 'the body broke off' }); } finally { clearTimeout(timer); }
  const text = decode(Buffer.concat(chunks));
  if (text === undefined) return err({ status: 400, why: 'the body is not UTF-8' });
  if (text.trim() === '') return ok(undefined);
  const parsed = parseStrictJson(text);
  return parsed.ok ? parsed : err({ status: 400, why: parsed.error });
}

function decode(bytes: Buffer): string | undefined {
  try { return new TextDecoder('utf-8', { fatal: true }).decode(bytes); } catch { return undefined; /* said by the caller */ }
}
