/**
 * Text from findings is written by whoever controls the resource. Characters that turn the direction of what follows (Unicode Standard Annex 9: embeddings, overrides, isolates
 * and marks) make a name read as another one, and no style of a page takes them out of force: so they are shown by their number.
 */
const DIRECTION = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const SHOWN = /⟦U\+(061C|200[EF]|202[A-E]|206[6-9])⟧/g;

/** A value from the engine, with such characters shown in all its texts. What holds none is the very same value. */
export const showDirections = (value: unknown): unknown => changeTexts(value, (text) => text.replace(DIRECTION, (c) => `⟦U+${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}⟧`));

/** The same back: an id that was shown so is asked for as it is. */
export const restoreDirections = (value: unknown): unknown => changeTexts(value, (text) => text.replace(SHOWN, (_, number: string) => String.fromCharCode(parseInt(number, 16))));

function changeTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return changeItems(value, change);
  // Dates, files and the like hold no texts of their own.
  if (typeof value !== 'object' || value === null || ![Object.prototype, null].includes(Object.getPrototypeOf(value))) return value;
  const entries = Object.entries(value);
  let changed = false;
  const now = entries.map(([key, inner]): [string, unknown] => {
    const own = change(key), other = changeTexts(inner, change);
    changed ||= own !== key || other !== inner;
    return [own, other];
  });
  return changed ? Object.fromEntries(now) : value;
}

function changeItems(items: readonly unknown[], change: (text: string) => string): readonly unknown[] {
  const now = items.map((item) => changeTexts(item, change));
  return now.some((item, i) => item !== items[i]) ? now : items;
}
