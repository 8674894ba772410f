export interface Column { readonly head: string; readonly align?: 'right'; /** Gives way when the table is too wide; the last characters of a value stay. */ readonly shrink?: boolean; readonly max?: number }

/** Columns padded with blanks, two apart, fitted to a width. Values keep their end when cut, as ids differ there. */
export function textTable(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string {
  const clean = rows.map((row) => row.map((cell) => printable(cell)));
  const wide = columns.map((c, i) => Math.min(c.max ?? 200, Math.max(c.head.length, ...clean.map((row) => row[i]?.length ?? 0))));
  const gap = 2;
  let over = wide.reduce((n, w) => n + w + gap, -gap) - width;
  while (over > 0) {
    const shrinkable = columns.map((c, i) => (c.shrink ? wide[i] ?? 0 : 0));
    const i = shrinkable.indexOf(Math.max(...shrinkable));
    if ((wide[i] ?? 0) <= 12) break;
    wide[i] = (wide[i] ?? 0) - 1;
    over -= 1;
  }
  const line = (cells: readonly string[]) => cells.map((cell, i) => { const w = wide[i] ?? cell.length; const cut = fit(cell, w); return columns[i]?.align === 'right' ? cut.padStart(w) : cut.padEnd(w); }).join('  ').trimEnd();
  return [line(columns.map((c) => c.head)), ...clean.map(line)].join('\n');
}

function fit(text: string, width: number): string {
  if (text.length <= width) return text;
  const tail = Math.ceil((width - 1) / 2);
  return `${text.slice(0, width - 1 - tail)}…${text.slice(text.length - tail)}`;
}

/** Text from findings is written by whoever controls the resource: control, bidi and zero-width characters are shown as escapes, so that it can't steer a terminal. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (c) => `\\u${(c.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
}

export const terminalWidth = (): number => process.stdout.columns ?? 140;

/** Breaks text at blanks. */
export function wrap(text: string, width: number, indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of printable(text).split(' ')) {
    if (line !== '' && line.length + word.length + 1 > width - indent.length) { lines.push(indent + line); line = word; } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, indent + line].join('\n');
}
