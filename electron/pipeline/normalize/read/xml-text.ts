/** What the text at some place is part of; references (`&amp;`) count only in `content`. */
export type XmlPart = 'content' | 'cdata' | 'comment' | 'instruction';

/** How far a text can be handed to the parser. `bad`: what can't stands there, an ampersand that begins no reference, or the declaration of an entity. */
export interface XmlSpan { readonly end: number; readonly part: XmlPart; readonly bad?: 'reference' | 'entity' }

const BEGINS = /&|<!\[CDATA\[|<!--|<\?|<!ENTITY/g;
/** The five references that XML knows without a declaration, and characters by number (XML 1.0, 4.1 and 4.6). */
const REFERENCE = /&(?:lt|gt|amp|quot|apos|#\d{1,7}|#x[\da-fA-F]{1,6});/y;
const LONGEST_REFERENCE = 12, LONGEST_BEGINNING = 64;
const ends = { cdata: ']]>', comment: '-->', instruction: '?>' } as const;

/**
 * Looks for ampersands that begin no reference: the parser would read on to the next semicolon, wherever that is, over tags and records; and for declarations of entities.
 * @param part what the text begins in. @param isLast nothing follows; else the end of the text that can't be judged yet is left for later.
 */
export function checkReferences(text: string, part: XmlPart, isLast: boolean): XmlSpan {
  let at = 0, current = part;
  for (;;) {
    if (current !== 'content') {
      const close = ends[current], found = text.indexOf(close, at);
      if (found < 0) return { end: isLast ? text.length : Math.max(at, text.length - close.length + 1), part: current };
      at = found + close.length;
      current = 'content';
      continue;
    }
    BEGINS.lastIndex = at;
    const found = BEGINS.exec(text);
    if (!found) return { end: isLast ? text.length : heldFrom(text, at), part: 'content' };
    at = found.index;
    if (found[0] === '&') {
      REFERENCE.lastIndex = at;
      if (!REFERENCE.test(text)) {
        const isWhole = isLast || text.length - at >= LONGEST_REFERENCE || text.includes(';', at);
        return { end: at, part: 'content', ...(isWhole && { bad: 'reference' as const }) };
      }
      at = REFERENCE.lastIndex;
      continue;
    }
    if (found[0] === '<!ENTITY') return { end: at, part: 'content', bad: 'entity' };
    current = found[0] === '<?' ? 'instruction' : found[0] === '<!--' ? 'comment' : 'cdata';
    at += found[0].length;
  }
}

/** A text of some length behind a tag; what XML doesn't allow in it is left to the parser, to object to. */
// oxlint-disable-next-line no-control-regex -- these are what is left out
export const TEXT_RUN = />([^<\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]{64,})/g;
const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** The text that stands for a run of which `checkReferences` had nothing to say: references resolved, lines ended alike. */
export const plainText = (run: string): string => {
  const lines = run.includes('\r') ? run.replaceAll(/\r\n?/g, '\n') : run;
  return lines.includes('&') ? lines.replaceAll(/&(?:#(\d+)|#x([\da-fA-F]+)|(\w+));/g, (all, decimal: string | undefined, hex: string | undefined, name: string | undefined) => {
    if (name !== undefined) return named[name] ?? all;
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    return isXmlCharacter(code) ? String.fromCodePoint(code) : all;
  }) : lines;
};
/** XML 1.0, 2.2. */
const isXmlCharacter = (code: number): boolean => code === 9 || code === 10 || code === 13 || (code >= 32 && code <= 0xd7ff) || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);

/** A `<` near the very end may begin anything, and a tag's name is read in one. */
function heldFrom(text: string, at: number): number {
  const open = text.lastIndexOf('<');
  return open >= at && open > text.length - LONGEST_BEGINNING && !text.includes('>', open) ? open : text.length;
}

/**
 * The decoder for a document by its declaration; undefined for an encoding that is not known.
 * @param head its first bytes, already transcoded if it was UTF-16. A document that says Latin-1 and is UTF-8 was saved anew by a program that left the declaration.
 */
export function xmlDecoder(head: Uint8Array): { readonly decoder: TextDecoder } | { readonly unknown: string } {
  const start = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, 400)).toString('latin1');
  const label = /^\s*<\?xml[^>]{0,200}?\sencoding\s*=\s*["']\s*([\w.:-]{1,40})\s*["']/.exec(start)?.[1] ?? 'utf-8';
  if (/^(utf-?8|utf-?16|ucs-?2|iso-10646|unicode)/i.test(label)) return { decoder: new TextDecoder() };
  try {
    const decoder = new TextDecoder(label);
    return { decoder: isUtf8(head) ? new TextDecoder() : decoder };
  } catch { return { unknown: label }; }
}

/** Has it characters beyond ASCII, and are all of them UTF-8? */
function isUtf8(bytes: Uint8Array): boolean {
  if (bytes.every((byte) => byte < 0x80)) return false;
  // What is cut at the end is no error in a stream.
  try { new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true }); return true; } catch { return false; }
}
