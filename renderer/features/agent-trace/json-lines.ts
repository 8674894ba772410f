/** One line of a JSON text as it is drawn: `pointer` is the JSON pointer of the value that the line belongs to. */
export interface JsonLine { readonly pointer: string; readonly indent: number; readonly key: string | null; readonly text: string }
export interface CitedRange { readonly from: number; readonly to: number }

/** Lists of plain values up to this many characters stay on their line. */
const INLINE = 64;
const step = (key: string): string => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
const isPlain = (value: unknown): boolean => value === null || typeof value !== 'object';
const textOf = (value: unknown): string => JSON.stringify(value) ?? 'null';

/** A JSON value in lines with indents of two; what is absent (`undefined`) is left out, as JSON does. */
export function jsonLines(value: unknown): readonly JsonLine[] {
  const lines: JsonLine[] = [];
  write(lines, value, '', 0, null, '');
  return lines;
}

function write(lines: JsonLine[], value: unknown, pointer: string, indent: number, key: string | null, comma: string): void {
  const open = (text: string): void => { lines.push({ pointer, indent, key, text }); };
  if (isPlain(value)) return open(textOf(value) + comma);
  const isList = Array.isArray(value);
  if (isList && value.every(isPlain)) {
    const inline = `[${value.map(textOf).join(', ')}]`;
    if (inline.length <= INLINE) return open(inline + comma);
  }
  const entries = Object.entries(value as object).filter(([, item]: [string, unknown]) => item !== undefined);
  if (entries.length === 0) return open((isList ? '[]' : '{}') + comma);
  open(isList ? '[' : '{');
  for (const [i, [name, item]] of entries.entries()) write(lines, item, pointer + step(name), indent + 1, isList ? null : name, i === entries.length - 1 ? '' : ',');
  lines.push({ pointer, indent, key: null, text: (isList ? ']' : '}') + comma });
}

/** The lines of the value at a JSON pointer, both ends included; undefined when it is not there. A value within a list on one line is that line. */
export function citedRange(lines: readonly JsonLine[], pointer: string): CitedRange | undefined {
  for (let at = pointer; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    const from = lines.findIndex((line) => line.pointer === at);
    if (from === -1) continue;
    // A place below one that is drawn in several lines would be drawn itself: it doesn't exist.
    const to = lines.findLastIndex((line) => line.pointer === at);
    return at === pointer || (from === to && lines[from]?.text.startsWith('[') === true) ? { from, to } : undefined;
  }
  return undefined;
}
