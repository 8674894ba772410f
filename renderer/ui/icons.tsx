import type { ReactNode } from 'react';

/** The symbols of the mock on a 16 px grid, stroked in the colour of the text. */
const symbols = {
  bolt: <><path d="M9 1.8 3.6 9H7.6L7 14.2 12.4 7H8.4z"/></>,
  bucket: <><path d="M2.8 4h10.4l-1.3 8.7c-.1.7-1.7 1.3-3.9 1.3s-3.8-.6-3.9-1.3z"/><ellipse cx="8" cy="4" rx="5.2" ry="1.8"/></>,
  chart: <><path d="M2.4 2.4v11.2h11.2"/><path d="m5 9.8 2.6-3 2.2 1.8 3.4-4.2"/></>,
  check: <><path d="m3.2 8.4 3.1 3.1 6.5-7"/></>,
  chip: <><rect x="4" y="4" width="8" height="8" rx="1.2"/><path d="M6.5 1.8v2.2M9.5 1.8v2.2M6.5 12v2.2M9.5 12v2.2M1.8 6.5H4M1.8 9.5H4M12 6.5h2.2M12 9.5h2.2"/></>,
  clock: <><circle cx="8" cy="8" r="5.8"/><path d="M8 4.8V8l2.2 1.5"/></>,
  cloud: <><path d="M4.6 12.6a3 3 0 0 1-.3-6 4 4 0 0 1 7.7.9 2.6 2.6 0 0 1-.4 5.1z"/></>,
  copy: <><rect x="5.4" y="5.4" width="8.2" height="8.2" rx="1.2"/><path d="M10.6 5.4V3.6a1.2 1.2 0 0 0-1.2-1.2H3.6a1.2 1.2 0 0 0-1.2 1.2v5.8a1.2 1.2 0 0 0 1.2 1.2h1.8"/></>,
  crown: <><path d="M2.4 11.8 1.8 4.6l3.6 2.8L8 3l2.6 4.4 3.6-2.8-.6 7.2z"/></>,
  cube: <><path d="m8 1.9 5.3 3v6.2L8 14.1l-5.3-3V4.9z"/><path d="m2.9 5 5.1 2.9L13.1 5M8 7.9v6"/></>,
  db: <><ellipse cx="8" cy="3.8" rx="5" ry="1.9"/><path d="M3 3.8v8.4c0 1 2.2 1.9 5 1.9s5-.9 5-1.9V3.8M3 8c0 1 2.2 1.9 5 1.9S13 9 13 8"/></>,
  down: <><path d="m4.4 6.4 3.6 3.6 3.6-3.6"/></>,
  egress: <><path d="M9.4 2.6h4v4M13.2 2.8 7.6 8.4"/><path d="M12.4 9.4v3.2a1 1 0 0 1-1 1H3.4a1 1 0 0 1-1-1V4.6a1 1 0 0 1 1-1h3.2"/></>,
  fit: <><path d="M2.6 5.6v-3h3M10.4 2.6h3v3M13.4 10.4v3h-3M5.6 13.4h-3v-3"/></>,
  flag: <><path d="M3.4 14V2.6M3.4 3h8.8l-1.8 3 1.8 3H3.4"/></>,
  gate: <><path d="M3 14V4.4M13 14V4.4M3 6h10M3 10h10M6.4 6v4M9.6 6v4"/></>,
  gear: <><circle cx="8" cy="8" r="2"/><path d="M8 1.8v1.9M8 12.3v1.9M1.8 8h1.9M12.3 8h1.9M3.6 3.6l1.4 1.4M11 11l1.4 1.4M12.4 3.6 11 5M5 11l-1.4 1.4"/></>,
  globe: <><circle cx="8" cy="8" r="5.8"/><path d="M2.2 8h11.6M8 2.2c2 1.7 2.6 3.6 2.6 5.8S10 12.1 8 13.8C6 12.1 5.4 10.2 5.4 8S6 3.9 8 2.2z"/></>,
  hand: <><path d="M5 8.4V4.2a1 1 0 0 1 2 0v3M7 7V3a1 1 0 0 1 2 0v4M9 7.2V3.8a1 1 0 0 1 2 0v4.6M11 8.4V6.2a1 1 0 0 1 2 0v3.6c0 2.6-1.7 4.4-4.3 4.4-2 0-3-.8-4-2.5L3 8.8a1 1 0 0 1 1.7-1L5 8.4"/></>,
  hollow: <><circle cx="8" cy="8" r="5.6" strokeDasharray="2.2 2.2"/></>,
  host: <><rect x="2.2" y="2.6" width="11.6" height="4.6" rx="1"/><rect x="2.2" y="8.8" width="11.6" height="4.6" rx="1"/><path d="M4.8 4.9h.01M4.8 11.1h.01"/></>,
  hour: <><path d="M4 2h8M4 14h8M4.8 2c0 3.4 3.2 4 3.2 6s-3.2 2.6-3.2 6M11.2 2c0 3.4-3.2 4-3.2 6s3.2 2.6 3.2 6"/></>,
  image: <><path d="m8 2 6 3-6 3-6-3z"/><path d="m2 8 6 3 6-3M2 11l6 3 6-3"/></>,
  key: <><circle cx="5.2" cy="10.8" r="2.8"/><path d="m7.2 8.8 6-6M10.6 5.4l2 2"/></>,
  left: <><path d="M9.6 4.4 6 8l3.6 3.6"/></>,
  list: <><path d="M5.6 4h8M5.6 8h8M5.6 12h8M2.6 4h.01M2.6 8h.01M2.6 12h.01"/></>,
  mark: <><path d="M2.5 4.5 8 13.5l5.5-9"/><path d="M5.2 4.5 8 9l2.8-4.5"/><circle cx="8" cy="2.2" r=".7" fill="currentColor" stroke="none"/></>,
  merge: <><path d="M4 2.4v3c0 3 4 2.6 4 5.6v2.6M12 2.4v3c0 3-4 2.6-4 5.6M5.8 11.6 8 13.8l2.2-2.2"/></>,
  minus: <><path d="M3.2 8h9.6"/></>,
  net: <><circle cx="8" cy="3.4" r="1.6"/><circle cx="3.4" cy="12.4" r="1.6"/><circle cx="12.6" cy="12.4" r="1.6"/><path d="M8 5v3.2M8 8.2H3.4v2.6M8 8.2h4.6v2.6"/></>,
  okc: <><circle cx="8" cy="8" r="6"/><path d="m5.4 8.2 1.8 1.8 3.4-3.8"/></>,
  path: <><circle cx="3.2" cy="12.2" r="1.6"/><circle cx="12.8" cy="3.8" r="1.6"/><path d="M4.8 12.2h3.4a2.1 2.1 0 0 0 0-4.2h-.4a2.1 2.1 0 0 1 0-4.2h3.4"/></>,
  person: <><circle cx="8" cy="5.3" r="2.6"/><path d="M2.9 13.6c.5-2.7 2.6-4 5.1-4s4.6 1.3 5.1 4"/></>,
  pin: <><path d="M5.8 2h4.4M6.4 2v4.2L4.4 9h7.2L9.6 6.2V2M8 9v5"/></>,
  plug: <><path d="M5.8 2v3M10.2 2v3M4 5h8v2.6a4 4 0 0 1-8 0zM8 11.6V14"/></>,
  plus: <><path d="M8 3.2v9.6M3.2 8h9.6"/></>,
  policy: <><path d="M4 2h8v12H4z"/><path d="M6.4 5.4h3.2M6.4 8h3.2M6.4 10.6H8"/></>,
  queue: <><path d="M2.4 4h7.2M2.4 8h7.2M2.4 12h4.4"/><path d="m11 10.8 1.5 1.5 2.3-3"/></>,
  replay: <><path d="M2.6 8a5.4 5.4 0 1 0 1.7-3.9L2.6 5.6"/><path d="M2.6 2.4v3.2h3.2"/></>,
  repo: <><circle cx="4.6" cy="3.6" r="1.6"/><circle cx="4.6" cy="12.4" r="1.6"/><circle cx="11.4" cy="5.6" r="1.6"/><path d="M4.6 5.2v5.6M11.4 7.2c0 2.4-3 2.4-5 3.3"/></>,
  right: <><path d="m6.4 4.4 3.6 3.6-3.6 3.6"/></>,
  role: <><path d="M8 1.9 13 3.7v3.9c0 3.1-2.1 5.4-5 6.5-2.9-1.1-5-3.4-5-6.5V3.7z"/><circle cx="8" cy="6.6" r="1.5"/><path d="M5.5 10.8c.4-1.3 1.3-1.9 2.5-1.9s2.1.6 2.5 1.9"/></>,
  route: <><circle cx="3.6" cy="8" r="1.6"/><path d="M5.2 8h3M8.2 8c2 0 1.4-4 4-4M8.2 8c2 0 1.4 4 4 4M11 2.6 12.6 4 11 5.4M11 10.6l1.6 1.4-1.6 1.4"/></>,
  search: <><circle cx="7" cy="7" r="4.4"/><path d="m10.4 10.4 3.2 3.2"/></>,
  spark: <><path d="M8 2v3M8 11v3M2 8h3M11 8h3M4 4l1.6 1.6M10.4 10.4 12 12M12 4l-1.6 1.6M5.6 10.4 4 12"/></>,
  target: <><circle cx="8" cy="8" r="5.8"/><circle cx="8" cy="8" r="2.2"/></>,
  ticket: <><path d="M2 5.2V4h12v1.9a2.1 2.1 0 0 0 0 4.2V12H2v-1.9a2.1 2.1 0 0 0 0-4.2z"/><path d="M9.5 6.2v.4M9.5 9.4v.4"/></>,
  tool: <><path d="M9.6 3.4a3.2 3.2 0 0 1 4 4L7.4 13.6a1.9 1.9 0 0 1-2.7-2.7l4.9-4.9-1.8-1.8z"/></>,
  tray: <><path d="M8 2v6.6M5.4 6.2 8 8.8l2.6-2.6"/><path d="M2.2 9.6v3a1 1 0 0 0 1 1h9.6a1 1 0 0 0 1-1v-3"/></>,
  undo: <><path d="M5.6 3 2.6 6l3 3"/><path d="M2.8 6h6.4a4 4 0 0 1 0 8H6.4"/></>,
  wall: <><path d="M2 3h12v10H2zM2 6.3h12M2 9.7h12M6 3v3.3M10.5 6.3v3.4M5 9.7V13M10.5 9.7V13M10.5 3v3.3M5 6.3v3.4" /></>,
  warn: <><path d="M8 2.4 14.2 13H1.8z"/><path d="M8 6.6v3M8 11.2v.01"/></>,
  win: <><rect x="2" y="2.8" width="12" height="8.4" rx="1.2"/><path d="M5.6 13.8h4.8M8 11.2v2.6"/></>,
  x: <><path d="m4 4 8 8M12 4l-8 8"/></>,
} as const satisfies Readonly<Record<string, ReactNode>>;

export type IconName = keyof typeof symbols;
export const iconNames = Object.keys(symbols) as readonly IconName[];

/** One symbol, 16 px; `m` is 14 px and `s` 12 px. Silent for screen readers: what it says stands in words beside it or in a title. */
export function Icon({ name, size, className }: { readonly name: IconName; readonly size?: 's' | 'm'; readonly className?: string }) {
  return <svg className={['i', size, className].filter(Boolean).join(' ')} viewBox="0 0 16 16" aria-hidden="true">{symbols[name]}</svg>;
}
