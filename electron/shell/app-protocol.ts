import { readFile } from 'node:fs/promises';
import { protocol, type Session } from 'electron';
import { openStaticFiles } from '#electron/host/serve/static-files.ts';
import { securityHeaders } from '#electron/host/serve/security-headers.ts';

/** The page's own address: a scheme of ours instead of file://, so that it has an origin, and no file beside the page can be asked for. */
export const SCHEME = 'winnow', ORIGIN = `${SCHEME}://app`;

/** Whether an address is the page's own. */
export function isOwnUrl(url: string): boolean {
  const parsed = URL.parse(url);
  return parsed !== null && parsed.protocol === `${SCHEME}:` && parsed.host === 'app' && parsed.username === '' && parsed.password === '';
}

/** Must come before the app is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true, bypassCSP: false, allowServiceWorkers: false, corsEnabled: false } }]);
}

/** Serves the built page, and nothing else, under strict headers. The page's calls go over its port, so it may connect to nothing at all. */
export function servePage(session: Session, dir: string): void {
  const files = openStaticFiles(dir);
  session.protocol.handle(SCHEME, async (request) => {
    const headers = { ...securityHeaders(undefined), 'cache-control': 'no-store' };
    const refuse = (status: number, why: string): Response => new Response(why, { status, headers: { ...headers, 'content-type': 'text/plain; charset=utf-8' } });
    if (!isOwnUrl(request.url)) return refuse(403, 'that is not an address of this program');
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'only GET and HEAD are known here');
    const found = files.find(new URL(request.url).pathname);
    if (!found.ok) return refuse(found.error.status, found.error.why);
    return new Response(request.method === 'HEAD' ? null : await readFile(found.value.file), { status: 200, headers: { ...headers, 'content-type': found.value.type } });
  });
}
