import type { BrowserContext, Page } from 'playwright';

/** What a page must never do: ask anyone but its own origin, complain in the console, break its content policy. In the order in which it happened. */
export interface Strays { readonly list: string[]; /** Console errors that the test itself causes, e.g. by killing the engine. */ allow(pattern: RegExp): void }

/** Watches a context from before its first page: every request and socket, every console error, every uncaught error, every breach of the content policy. */
export async function watchStrays(context: BrowserContext, origin: string): Promise<Strays> {
  const list: string[] = [], allowed: RegExp[] = [];
  const add = (words: string): void => { if (!allowed.some((pattern) => pattern.test(words))) list.push(words); };
  const isOwn = (url: string): boolean => url.startsWith(`${origin}/`) || url.startsWith(`${origin.replace('http', 'ws')}/`) || /^(blob:|data:image\/|about:)/.test(url);
  context.on('request', (request) => { if (!isOwn(request.url())) add(`asked ${request.url()}`); });
  context.on('weberror', (error) => { add(`threw ${error.error().message}`); });
  context.on('console', (message) => { if (message.type() === 'error') add(`console: ${message.text()} (${message.location().url})`); });
  context.on('page', (page: Page) => { page.on('websocket', (socket) => { if (!isOwn(socket.url())) add(`opened ${socket.url()}`); }); });
  await context.exposeFunction('winnowTestBreach', (words: string) => { add(`content policy: ${words}`); });
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      const report: unknown = Reflect.get(window, 'winnowTestBreach');
      if (typeof report === 'function') report(`${event.violatedDirective} ${event.blockedURI} at ${event.sourceFile}:${event.lineNumber}:${event.columnNumber}`);
    });
  });
  return { list, allow: (pattern) => { allowed.push(pattern); } };
}
