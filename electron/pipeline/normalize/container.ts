import { readXmlHead } from './read/xml-head.ts';

const UNPACK = 'unpack it and import the files that are in it';
/** How the text of a file begins that holds other files, or none that we read; bytes that are no UTF-8 stand as U+FFFD. */
const BEGINNINGS: readonly (readonly [beginnings: readonly string[], is: string])[] = [
  // PKWARE's APPNOTE 4.3.7 and 4.3.16 (an empty archive).
  [['PK\u0003\u0004', 'PK\u0005\u0006', 'PK\u0007\u0008'], `a zip archive: ${UNPACK}`],
  // RFC 1952, within the gzip data that was unpacked already.
  [['\u001f\ufffd\u0008'], `gzip data once more within the gzip data: ${UNPACK}`],
  [Array.from('123456789', (level) => `BZh${level}1AY&SY`), `compressed by bzip2: ${UNPACK}`],
  [['\ufffd7zXZ\0'], `compressed by xz: ${UNPACK}`],
  [['7z\ufffd\ufffd\'\u001c'], `a 7z archive: ${UNPACK}`],
  // RFC 8878, 3.1.1.
  [['(\ufffd/\ufffd'], `compressed by zstd: ${UNPACK}`],
  [['SQLite format 3\0'], 'a SQLite database, perhaps a workspace: "--workspace FILE" opens one'],
  [['%PDF-'], 'a PDF document: export the findings as JSON or CSV'],
  [['PAR1'], 'a Parquet file: export it as JSON or CSV'],
];
/** POSIX pax, "ustar Interchange Format": where a tar archive says so. */
const TAR = { at: 257, magic: 'ustar' } as const;

/** What a content is that no reader can know, with what to do; undefined for all else. */
export function tellContainer(text: string): string | undefined {
  const known = BEGINNINGS.find(([beginnings]) => beginnings.some((beginning) => text.startsWith(beginning)));
  if (known) return known[1];
  if (text.startsWith(TAR.magic, TAR.at) && text.includes('\0')) return `a tar archive: ${UNPACK}`;
  const root = readXmlHead(text)?.root;
  if (/^\s*<(!DOCTYPE\s+html|html)\b/i.test(text) || root?.toLowerCase() === 'html') return 'an HTML page: export the findings as JSON or CSV';
  if (root !== undefined) return `XML of a kind that is not read (its outermost element is ${root.slice(0, 100)}): export the findings as JSON or CSV`;
  return /^\s*<(\?xml|!DOCTYPE)\b/i.test(text) ? 'XML without an element' : undefined;
}
