/** Longest text of a notice, a menu line or a dialog, in characters. */
const LONGEST = 200;
/** Signs that turn the direction of text around, or are not seen at all: with them a text can look like another. */
const INVISIBLE = /[\p{Cc}\p{Zl}\p{Zp}\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** Text from findings, file names or pages for a place that belongs to the system: one line, visible, short. */
export function plainText(text: string, longest: number = LONGEST): string {
  const clean = text.replace(/[\t\r\n]+/g, ' ').replace(INVISIBLE, '').trim();
  const letters = [...clean];
  return letters.length > longest ? `${letters.slice(0, longest - 1).join('')}…` : clean;
}

/** The same for notifications: on Linux their text may be read as markup, with links and pictures, so nothing in it may look like some. */
export const noticeText = (text: string): string => plainText(text).replaceAll('<', '‹').replaceAll('>', '›').replaceAll('&', '+');

/** The same for menus, where `&` marks a letter. */
export const menuText = (text: string): string => plainText(text, 80).replaceAll('&', '&&');
