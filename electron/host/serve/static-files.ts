import { createReadStream, readdirSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { Refusal } from './guard.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml', '.png': 'image/png', '.ico': 'image/x-icon',
  '.woff2': 'font/woff2', '.woff': 'font/woff', '.json': 'application/json', '.txt': 'text/plain; charset=utf-8', '.wasm': 'application/wasm', '.webmanifest': 'application/manifest+json',
};

/** Finds the file that a path of the page names. A path is only ever compared with the files that were there at the start, never joined to a folder. */
export interface StaticFiles { find(path: string): Result<{ readonly file: string; readonly type: string; readonly cache: string }, Refusal> }

/** The files of the built renderer. Files with a hash in their name never change; all else is asked for again each time. */
export function openStaticFiles(dir: string): StaticFiles {
  const files = new Map(walk(dir, '').map((path) => [path, join(dir, ...path.split('/'))]));
  return {
    find(path) {
      const plain = decodePath(path);
      if (plain === undefined) return err({ status: 400, why: 'the path is malformed' });
      // Any path without an extension is a view of the page.
      const isView = !files.has(plain) && extname(plain) === '' && !plain.startsWith('/assets/');
      const name = isView ? '/index.html' : plain;
      const file = files.get(name);
      if (file === undefined) return err({ status: 404, why: 'there is no such file' });
      return ok({ file, type: TYPES[extname(name)] ?? 'application/octet-stream', cache: /^\/assets\/.*-[\w-]{8,}\.\w+$/.test(name) ? 'public, max-age=31536000, immutable' : 'no-store' });
    },
  };
}

function walk(dir: string, prefix: string): readonly string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = `${prefix}/${entry.name}`;
    if (entry.isDirectory()) return walk(join(dir, entry.name), path);
    return entry.isFile() ? [path] : [];
  });
}

/** The path in plain text; undefined when it is malformed or climbs. */
function decodePath(path: string): string | undefined {
  try {
    const plain = decodeURIComponent(path);
    // A second layer of encoding is never ours, and hides what the first check would see.
    const isOdd = /[\p{Cc}\\]|%/u.test(plain) || plain.split('/').some((part) => part === '..' || part === '.') || plain.includes('//');
    return isOdd ? undefined : plain;
  } catch { return undefined; /* not percent-encoded UTF-8 */ }
}

/** Sends a file that `find` gave. A page that leaves before it is over (a reload, a closed tab) is no error. */
export async function sendFile(request: IncomingMessage, response: ServerResponse, found: { readonly file: string; readonly type: string; readonly cache: string }): Promise<void> {
  const { size } = await stat(found.file);
  response.writeHead(200, { 'content-type': found.type, 'content-length': size, 'cache-control': found.cache });
  if (request.method === 'HEAD') { response.end(); return; }
  try { await pipeline(createReadStream(found.file), response); } catch (error) { if (!isPremature(error)) throw error; }
}

const isPremature = (error: unknown): boolean => error instanceof Error && 'code' in error && (error.code === 'ERR_STREAM_PREMATURE_CLOSE' || error.code === 'ECONNRESET' || error.code === 'EPIPE');
