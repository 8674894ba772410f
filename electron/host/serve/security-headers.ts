/** Every browser feature that a page could ask for; the workbench needs none. */
const FEATURES = ['accelerometer', 'autoplay', 'browsing-topics', 'camera', 'clipboard-read', 'display-capture', 'encrypted-media', 'fullscreen', 'gamepad', 'geolocation', 'gyroscope', 'hid', 'identity-credentials-get', 'idle-detection', 'local-fonts', 'magnetometer', 'microphone', 'midi', 'otp-credentials', 'payment', 'picture-in-picture', 'publickey-credentials-create', 'publickey-credentials-get', 'screen-wake-lock', 'serial', 'storage-access', 'usb', 'window-management', 'xr-spatial-tracking'] as const;

/**
 * Headers of every answer. The page may load its own files and talk to its own server; nothing may frame, embed or read it.
 * @param host the checked `Host` of the request: older browsers don't count a WebSocket to it as 'self'. Undefined where the page has no server to talk to.
 */
export function securityHeaders(host: string | undefined): Readonly<Record<string, string>> {
  const policy = [
    `default-src 'none'`, `script-src 'self'`, `style-src 'self'`, `img-src 'self' data:`, `font-src 'self'`, `worker-src 'self'`, host === undefined ? `connect-src 'none'` : `connect-src 'self' ws://${host}`,
    `frame-ancestors 'none'`, `base-uri 'none'`, `form-action 'none'`,
  ];
  return {
    'content-security-policy': policy.join('; '),
    'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin', 'cross-origin-resource-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp', 'origin-agent-cluster': '?1',
    'permissions-policy': FEATURES.map((f) => `${f}=()`).join(', '),
    'x-dns-prefetch-control': 'off',
  };
}
