import type { IssueTypeName } from '#shared/model/issue-types.ts';
import type { IssueFields } from '../../aws-issue.ts';

/** What a weakness (MITRE CWE) is in the taxonomy; any other of those that are found in web applications is one of code. */
const meanings: readonly (readonly [cwes: readonly number[], issue: IssueTypeName])[] = [
  [[319, 523], 'encryption_in_transit_disabled'], [[937, 1035, 1104, 1395], 'vulnerable_package'], [[259, 321, 798], 'secret_exposed'],
  // Settings and headers rather than code: environment, missing protection, cookies, what is told or cached by configuration, framing.
  [[16, 200, 311, 326, 327, 345, 497, 524, 525, 548, 565, 614, 693, 829, 933, 942, 1004, 1021, 1275, 1336], 'misconfiguration'],
];

/** What a scanner of web applications found, by the kind of its weakness: words of its name ("cacheable HTTPS response", "backup file") mean other things than in a cloud. Without one it is an observation. */
export function webIssue(check: string, name: string, cwe: string | undefined): IssueFields {
  if (/\bvulnerable (js|javascript)\b/i.test(name)) return { issue_type: 'vulnerable_package', issue_mapped: true };
  if (cwe === undefined) return { issue_type: check, issue_mapped: false };
  return { issue_type: meanings.find(([cwes]) => cwes.includes(Number(cwe)))?.[1] ?? 'code_weakness', issue_mapped: true };
}

/** The host in a site's address, and its port where it is written or told by the scheme; a bare name is itself. */
export function siteOf(address: string): { readonly host: string; readonly port: number | undefined } {
  const [, scheme, host, written] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(?:[^/@]*@)?(\[[^\]]+\]|[^/:?#]+)(?::(\d{1,5}))?/i.exec(address.trim().slice(0, 2000)) ?? [];
  const port = Number(written ?? (scheme?.toLowerCase() === 'https' ? 443 : scheme?.toLowerCase() === 'http' ? 80 : Number.NaN));
  return { host: (host ?? address).replace(/^\[(.*)\]$/, '$1').toLowerCase(), port: Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined };
}

/** HTML as plain text: tags become line ends, references characters. */
export function plainOfHtml(html: string | undefined): string | undefined {
  if (html === undefined) return undefined;
  const text = html.slice(0, 100_000).replaceAll(/<(?:br|\/p|\/li|\/div)\b[^<>]{0,200}>/gi, '\n').replaceAll(/<\/?[a-z][^<>]{0,500}>/gi, '')
    .replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&nbsp;', ' ').replaceAll('&amp;', '&').replaceAll(/\n{2,}/g, '\n').trim();
  return text === '' ? undefined : text;
}

/** The same value without some fields, at any depth: what was sent and answered carries cookies, tokens and passwords. */
export function without(value: unknown, fields: ReadonlySet<string>, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || depth > 40) return value;
  if (Array.isArray(value)) return value.map((item) => without(item, fields, depth + 1));
  return Object.fromEntries(Object.entries(value).filter(([key]) => !fields.has(key)).map(([key, inner]) => [key, without(inner, fields, depth + 1)]));
}
