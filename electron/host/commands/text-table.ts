export interface Column { readonly head: string; readonly align?: 'right'; /** Gives way when the table is too wide; the last characters of a value stay. */ readonly shrink?: boolean; /** Sentences: they give way by going on in the lines below. */ readonly prose?: boolean; readonly max?: number }

/** Terminals that are narrower than this get what doesn't fit as a list. */
const NARROW = 80;

/** Columns padded with blanks, two apart, fitted to a width. Values keep their end when cut, as ids differ there. In a narrow terminal that is too narrow for that: one value a line. */
export function textTable(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string {
  const heads = columns.map((c) => printable(c.head)), clean = rows.map((row) => row.map((cell) => printable(cell)));
  const wide = columns.map((c, i) => Math.min(c.max ?? 200, clean.reduce((most, row) => Math.max(most, displayWidth(row[i] ?? '')), displayWidth(heads[i] ?? ''))));
  const gap = 2;
  let over = wide.reduce((n, w) => n + w + gap, -gap) - width;
  while (over > 0) {
    const shrinkable = columns.map((c, i) => (c.shrink || c.prose ? wide[i] ?? 0 : 0));
    const i = shrinkable.indexOf(Math.max(...shrinkable));
    if ((wide[i] ?? 0) <= 12) break;
    wide[i] = (wide[i] ?? 0) - 1;
    over -= 1;
  }
  if (over > 0 && width < NARROW) return asList(heads, clean, width);
  const line = (cells: readonly string[]) => cells.map((cell, i) => { const w = wide[i] ?? 0, cut = fit(cell, w), blanks = ' '.repeat(Math.max(0, w - displayWidth(cut))); return columns[i]?.align === 'right' ? blanks + cut : cut + blanks; }).join('  ').trimEnd();
  const lines = (cells: readonly string[]): readonly string[] => {
    const parts = cells.map((cell, i) => (columns[i]?.prose && displayWidth(cell) > (wide[i] ?? 0) ? broken(cell, wide[i] ?? 0) : [cell]));
    return Array.from({ length: Math.max(1, ...parts.map((part) => part.length)) }, (_, nth) => line(parts.map((part) => part[nth] ?? '')));
  };
  return [line(heads), ...clean.flatMap(lines)].join('\n');
}

/** Each row as a block: its first value, then the others that it has, each behind its head and broken where the line ends. */
function asList(heads: readonly string[], rows: readonly (readonly string[])[], width: number): string {
  const indent = /^ */.exec(heads[0] ?? '')?.[0] ?? '', own = Math.max(...heads.map((head) => displayWidth(head.trim())));
  const value = (head: string, cell: string): string => {
    const start = `${indent}  ${head.trim().padEnd(own)}  `, [first = '', ...more] = broken(cell.trim(), Math.max(8, width - start.length));
    return [`${start}${first}`, ...more.map((part) => `${' '.repeat(start.length)}${part}`)].join('\n');
  };
  return rows.map((row) => [...broken((row[0] ?? '').trim(), Math.max(8, width - indent.length)).map((part) => `${indent}${part}`), ...row.flatMap((cell, i) => (i === 0 || cell.trim() === '' ? [] : [value(heads[i] ?? '', cell)]))].join('\n')).join('\n');
}

/** Text in lines of a width, broken at blanks or, where a word is too long, within it. */
function broken(text: string, width: number): readonly string[] {
  return wrap(text, width, '').split('\n').flatMap((line) => {
    const parts: string[] = [];
    let part = '';
    for (const { segment } of graphemes.segment(line)) { if (displayWidth(part) + displayWidth(segment) > width) { parts.push(part); part = ''; } part += segment; }
    return [...parts, part];
  });
}

function fit(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  const tail = Math.ceil((width - 1) / 2);
  if (ONE_CELL_EACH.test(text)) return `${text.slice(0, width - 1 - tail)}…${text.slice(text.length - tail)}`;
  // What belongs together stays together: halves of a pair or an accent alone are other characters.
  const letters = Array.from(graphemes.segment(text), ({ segment }) => segment);
  return `${takeCells(letters, width - 1 - tail).join('')}…${takeCells(letters.toReversed(), tail).toReversed().join('')}`;
}

function takeCells(letters: readonly string[], cells: number): readonly string[] {
  let left = cells;
  const end = letters.findIndex((letter) => (left -= displayWidth(letter)) < 0);
  return end < 0 ? letters : letters.slice(0, end);
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
const ONE_CELL_EACH = /^[\u0020-\u02ff\u0370-\u0482\u2010-\u2026]*$/;
/** Drawn two cells wide: scripts of full width (Unicode Standard Annex 11, classes W and F) and what is an emoji by default. */
const TWO_CELLS = /^(?:[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]|[^]*\ufe0f)/u;

/** How many cells of a terminal a printable text takes. */
export function displayWidth(text: string): number {
  if (ONE_CELL_EACH.test(text)) return text.length;
  let cells = 0;
  for (const { segment } of graphemes.segment(text)) cells += /^[\uff61-\uff9f]/.test(segment) ? 1 : TWO_CELLS.test(segment) ? 2 : /^\p{M}/u.test(segment) ? 0 : 1;
  return cells;
}

const STEERING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const escaped = (text: string): string => Array.from({ length: text.length }, (_, i) => `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}`).join('');

/** Text from findings is written by whoever controls the resource: control, bidi and zero-width characters are shown as escapes, so that it can't steer a terminal. */
export const printable = (text: string): string => text.replace(STEERING, escaped);

/** The same for a text of several lines, as a whole: the last gate before a terminal, whatever was forgotten within. */
export const printableLines = (text: string): string => text.replace(STEERING, (c) => (c === '\n' ? c : escaped(c)));

/** The same for JSON, where the escapes mean the very characters: it stays the same document. */
export const printableJson = (json: string): string => json.replace(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, escaped);

export const terminalWidth = (): number => process.stdout.columns ?? 140;

/** Breaks text at blanks. */
export function wrap(text: string, width: number, indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of printable(text).split(' ')) {
    if (line !== '' && displayWidth(line) + displayWidth(word) + 1 > width - indent.length) { lines.push(indent + line); line = word; } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, indent + line].join('\n');
}
