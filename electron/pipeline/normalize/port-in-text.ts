import { remembered } from './remembered.ts';

/** The one port that a check's id or title names (`…_tcp_port_22`, `… to port 3389`, SSH, RDP); undefined when none or several are. */
export const portInText = (...texts: readonly (string | undefined)[]): number | undefined => portIn(texts.join(' ')) ?? undefined;

/** The one port in a check's id, where words may stand before the number (`…_tcp_port_mysql_3306`). */
export const portInId = (id: string): number | undefined => portInText(id.toLowerCase().replaceAll(/[_-]+/g, ' ').replaceAll(/\b(ports?) (?:[a-z]+ ){1,2}(?=\d)/g, '$1 ').replaceAll(/(\d) (?=\d)/g, '$1 or '));

/** null: none. */
const portIn = remembered((given: string): number | null => {
  const text = given.toLowerCase().replace(/[_-]+/g, ' ');
  const ports = new Set([...text.matchAll(/\b(?:ports?|tcp:|udp:) ?(\d{1,5})\b(?:(?: | or | or port | and port )(\d{1,5})\b)?/g)].flatMap(([, one, other]) => [one, other].flatMap((port) => port === undefined ? [] : [Number(port)])));
  if (ports.size === 0 && /\bssh\b/.test(text) !== /\brdp\b/.test(text)) return /\bssh\b/.test(text) ? 22 : 3389;
  const [port] = ports;
  return ports.size === 1 && port !== undefined && port > 0 && port <= 65_535 ? port : null;
});
