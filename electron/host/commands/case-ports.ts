import type { Missing } from '#shared/model/verdict.ts';

/** The ports that a case asks about: any, one, several that stand together, or a text that names none. */
export type CasePorts = { readonly kind: 'any' } | { readonly kind: 'range'; readonly from: number; readonly to: number } | { readonly kind: 'unreadable'; readonly text: string };

/** Ports that are asked about one by one; of more, no single answer is given. */
const MOST_PORTS = 128;
/** Names of the IANA Service Name and Transport Protocol Port Number Registry that cases use, and two that people use instead of them (dns, rdp). */
const named: Readonly<Record<string, number>> = { ftp: 21, ssh: 22, telnet: 23, smtp: 25, domain: 53, dns: 53, http: 80, kerberos: 88, ldap: 389, https: 443, 'microsoft-ds': 445, ldaps: 636, 'ms-sql-s': 1433, mysql: 3306, 'ms-wbt-server': 3389, rdp: 3389, postgresql: 5432, redis: 6379 };
const isPort = (n: number): boolean => Number.isInteger(n) && n >= 0 && n <= 65535;

/** Ports and protocols may come as text or number; `null`, and words and numbers for any, are as absent. */
export const isAny = (value: unknown): boolean => value === undefined || value === null || value === -1 || (typeof value === 'string' && /^\s*(|-1|\*|any|all)\s*$/i.test(value));

/** Reads `port` of a case: a number, its text, `80-90`, or a registered name. */
export function readPorts(value: unknown): CasePorts {
  if (isAny(value)) return { kind: 'any' };
  const text = String(value).trim().toLowerCase();
  const [from = Number.NaN, to = from] = Object.hasOwn(named, text) ? [named[text]] : (/^(\d{1,5})(?:\s*[-:]\s*(\d{1,5}))?$/.exec(text)?.slice(1).filter((t) => t !== undefined).map(Number) ?? []);
  return isPort(from) && isPort(to) && from <= to ? { kind: 'range', from, to } : { kind: 'unreadable', text: String(value) };
}

/** The ports one by one; undefined when there are too many for that. */
export const portsOf = ({ from, to }: { readonly from: number; readonly to: number }): readonly number[] | undefined => (to - from >= MOST_PORTS ? undefined : Array.from({ length: to - from + 1 }, (_, i) => from + i));

/** An answer that hangs on which port is meant. */
export const unknownPort = (what: string, entity: string): { readonly answer: 'unknown'; readonly assumed: readonly string[]; readonly missing: readonly Missing[]; readonly reasons: readonly [] } =>
  ({ answer: 'unknown', assumed: [], missing: [{ what, entity, supply: 'one port from 0 to 65535 a case' }], reasons: [] });
