import { SaxesParser } from 'saxes';
import type { XmlHead } from '../../ports.ts';

const MOST_PATHS = 2000, MAX_DEPTH = 64;
/** Whatever comes before the outermost element: blanks, the declaration, comments, a DOCTYPE. */
export const isXml = (text: string): boolean => /^[\s\uFEFF]*<(\?xml|!--|!DOCTYPE|[A-Za-z_])/i.test(text);

/** The beginnings of a document; undefined where the text is none. What is malformed behind them is not looked at. */
export function readXmlHead(text: string): XmlHead | undefined {
  if (!isXml(text)) return undefined;
  const parser = new SaxesParser<{ xmlns: false; position: boolean }>({ xmlns: false, position: false }), open: string[] = [], paths = new Set<string>();
  let root: string | undefined, attributes: Readonly<Record<string, string>> = {}, isOver = false;
  parser.on('error', () => { isOver = true; });
  parser.on('opentag', (tag) => {
    open.push(tag.name);
    if (root === undefined) { root = tag.name; attributes = tag.attributes; }
    if (open.length <= MAX_DEPTH && paths.size < MOST_PATHS) paths.add(open.join('/'));
  });
  parser.on('closetag', () => { open.pop(); });
  const body = text.replace(/^[\s\uFEFF]+/, '');
  for (let i = 0; i < body.length && !isOver; i += 4096) parser.write(body.slice(i, i + 4096));
  return root === undefined ? undefined : { root, attributes, paths };
}
