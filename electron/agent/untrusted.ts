/** The mark between the words of text that others wrote (datamarking: Hines et al. 2024, "Defending against indirect prompt injection with spotlighting"). */
export const MARK = 'ˆ';
/** Most characters of one such text, and most texts of one prompt. */
export const MOST_CHARS = 240, MOST_TEXTS = 16;

/**
 * Text from findings, logs and names as a prompt may carry it: capped, on one line, with whatever doesn't show, turns the writing direction or plays the mark
 * escaped, and its words joined by the mark. Never for a system turn or a tool's name.
 */
export function marked(text: string): string {
  const points = [...text];
  const shown = points.slice(0, MOST_CHARS).map(visible).join('').replaceAll(/ +/g, ' ').trim().replaceAll(' ', MARK);
  return points.length > MOST_CHARS ? `${shown}… (${points.length} characters)` : shown;
}

/** Control, format (zero-width, bidi, tags), private use, unassigned and lone surrogates; separators; variation selectors; the mark itself. */
const HIDDEN = /[\p{C}\p{Zl}\p{Zp}\uFE00-\uFE0F\u{E0100}-\u{E01EF}\u034F\u115F\u1160\u17B4\u17B5\u180B-\u180F\u3164\uFFA0ˆ]/u;

function visible(point: string): string {
  if (HIDDEN.test(point)) return `\\u{${(point.codePointAt(0) ?? 0).toString(16).toUpperCase()}}`;
  return /\s/u.test(point) ? ' ' : point;
}

/** A model's own words as people see them: one paragraph, nothing hidden, capped. */
export function plainWords(text: string, most: number): string {
  return [...text.replaceAll(/\s+/gu, ' ').trim()].slice(0, most).map((p) => (HIDDEN.test(p) && p !== MARK ? '' : p)).join('');
}
