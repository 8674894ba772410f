import { app, type Session, type WebContents } from 'electron';
import { isOwnUrl, ORIGIN } from './app-protocol.ts';

/** Writing to the clipboard, which needs a key press or click anyway, is the one thing that the page asks the browser for. */
const ALLOWED = 'clipboard-sanitized-write';

/** Counts what was blocked on its way out. */
export interface Blocked { readonly requests: number; readonly last: string | undefined }
export interface Protection { readonly blocked: () => Blocked; /** For a session that may have been there before; once is enough for each. */ readonly protect: (session: Session) => void }

/** Holds for every session and every page that this program ever makes, whoever makes it. Must come before the app is ready. */
export function protectApp(): Protection {
  let requests = 0, last: string | undefined;
  const known = new WeakSet<Session>();
  const protect = (session: Session): void => {
    if (known.has(session)) return;
    known.add(session);
    protectSession(session, (url) => { requests += 1; last = url; });
  };
  app.enableSandbox();
  // Beside the block below: names are not even looked up, and nothing is fetched in the background.
  app.commandLine.appendSwitch('host-resolver-rules', 'MAP * ~NOTFOUND');
  for (const name of ['disable-background-networking', 'disable-component-update', 'disable-domain-reliability', 'disable-sync', 'no-pings', 'disable-breakpad']) app.commandLine.appendSwitch(name);
  app.commandLine.appendSwitch('disable-features', 'AutofillServerCommunication,CertificateTransparencyComponentUpdater,MediaRouter,OptimizationHints,WebRtcHideLocalIpsWithMdns');
  app.commandLine.appendSwitch('force-webrtc-ip-handling-policy', 'disable_non_proxied_udp');
  app.on('session-created', protect);
  app.on('web-contents-created', (_, contents) => { protectContents(contents); });
  app.on('certificate-error', (event, _contents, _url, _error, _certificate, callback) => { event.preventDefault(); callback(false); });
  app.on('select-client-certificate', (event, _contents, _url, _list, callback) => { event.preventDefault(); callback(); });
  app.on('login', (event, _contents, _details, _auth, callback) => { event.preventDefault(); callback(); });
  return { blocked: () => ({ requests, last }), protect };
}

/** No permission, no device, no request to anywhere but the page's own files. */
export function protectSession(session: Session, onBlocked: (url: string) => void): void {
  session.setPermissionRequestHandler((contents, permission, callback, details) => { callback(permission === ALLOWED && details.isMainFrame && isOwnUrl(contents.getURL())); });
  session.setPermissionCheckHandler((_, permission, origin, details) => permission === ALLOWED && details.isMainFrame && isOwnUrl(origin));
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_, callback) => { callback({}); });
  session.setCertificateVerifyProc((_, callback) => { callback(-2); /* net::ERR_FAILED: there is no certificate that we would need */ });
  session.setSpellCheckerEnabled(false);
  session.webRequest.onBeforeRequest((details, callback) => {
    const isOurs = isAllowedRequest(details.url);
    if (!isOurs) onBlocked(details.url);
    callback({ cancel: !isOurs });
  });
  session.on('will-download', (event, item) => {
    // What the page saves it has made itself; the person says where it goes.
    if (!item.getURL().startsWith(`blob:${ORIGIN}/`)) event.preventDefault();
  });
}

/** The page's files, and what it makes in memory. */
export function isAllowedRequest(url: string): boolean {
  return isOwnUrl(url) || url.startsWith(`blob:${ORIGIN}/`) || url.startsWith('data:');
}

/** A page stays where it is: it goes nowhere else (it may load itself anew), opens nothing, embeds nothing. */
export function protectContents(contents: WebContents): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.on('will-navigate', (event) => { if (!isOwnUrl(event.url)) event.preventDefault(); });
  contents.on('will-frame-navigate', (event) => { if (!event.isMainFrame || !isOwnUrl(event.url)) event.preventDefault(); });
  contents.on('will-redirect', (event) => { event.preventDefault(); });
  contents.on('will-attach-webview', (event) => { event.preventDefault(); });
  contents.on('select-bluetooth-device', (event, _devices, callback) => { event.preventDefault(); callback(''); });
}
