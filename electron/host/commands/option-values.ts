import { expiryIn, parseTime } from '#shared/lib/time.ts';
import { now } from '../clock.ts';
import type { CommandOption } from './command.ts';

/** What an option takes, checked before anything is opened. */
type Takes = NonNullable<CommandOption['takes']>;

export const listed = (words: readonly string[], last = 'or'): string => (words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1) ?? ''}`);

export const oneOf = (words: readonly string[]): Takes => ({ is: (value) => words.includes(value), words: listed(words) });
/** One or more of the words, each once, with commas between them. */
export const someOf = (words: readonly string[]): Takes => ({ is: (value) => { const parts = value.split(','); return new Set(parts).size === parts.length && parts.every((part) => words.includes(part)); }, words: `${listed(words)}, or several of them with commas between (each once)` });
export const wholeNumber = (least: number, most: number): Takes => ({ is: (value) => /^\d+$/.test(value) && Number(value) >= least && Number(value) <= most, words: `a number from ${least} to ${most}` });
export const time: Takes = { is: (value) => parseTime(value) !== undefined, words: 'a time (2026-11-21T03:07:00Z)' };
/** A date that has not passed; the last day counts. */
export const expiry: Takes = { is: (value) => (expiryIn(value) ?? -1) >= now(), words: `a date that has not passed (${new Date(now() / 1000).getUTCFullYear() + 1}-06-30)` };
