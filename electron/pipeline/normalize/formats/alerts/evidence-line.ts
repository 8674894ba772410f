import { isEmptyWord } from './subject.ts';

/** A line of evidence with what it tells, as a list; none where nothing is told. */
export const evidenceLine = (label: string, text: string | undefined): readonly string[] => (text === undefined || isEmptyWord(text) ? [] : [`${label}: ${text.trim().slice(0, 500)}`]);
