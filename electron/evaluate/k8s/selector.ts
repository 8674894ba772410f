import { isObject, list } from '#shared/lib/json.ts';
import type { Answer } from '#shared/model/verdict.ts';
import { allOf, answerOf } from '../kleene.ts';

export type Labels = Readonly<Record<string, string>>;
/** What is known of an object's labels. `some`: these it has, others may be missing from the record (a namespace that was not imported). */
export interface KnownLabels { readonly labels: Labels; readonly complete: boolean }

/**
 * Does a label selector select an object with these labels? `matchLabels` and every `matchExpressions` must hold; an empty selector selects all
 * (Kubernetes API, LabelSelector). Unknown where it can't be read or hangs on labels that are not known.
 * @param selector `{}` or undefined members for all; a selector that is absent altogether is the caller's to decide.
 */
export function selects(selector: unknown, known: KnownLabels): Answer {
  if (selector === null || selector === undefined) return 'yes';
  if (!isObject(selector)) return 'unknown';
  const { matchLabels, matchExpressions } = selector;
  const wanted = matchLabels === undefined || matchLabels === null ? [] : isObject(matchLabels) ? Object.entries(matchLabels) : undefined;
  if (!wanted || !(matchExpressions === undefined || matchExpressions === null || Array.isArray(matchExpressions))) return 'unknown';
  return allOf([...wanted.map(([key, value]) => (typeof value === 'string' ? isOneOf(known, key, [value]) : 'unknown')), ...list(matchExpressions).map((e) => expression(e, known))]);
}

/** A plain map of labels, as Services and ReplicationControllers have; an empty one selects nothing. */
export function selectsByMap(map: unknown, known: KnownLabels): Answer {
  if (!isObject(map) || Object.keys(map).length === 0) return 'no';
  return selects({ matchLabels: map }, known);
}

function expression(value: unknown, known: KnownLabels): Answer {
  if (!isObject(value)) return 'unknown';
  const { key, operator, values } = value;
  if (typeof key !== 'string' || typeof operator !== 'string') return 'unknown';
  const texts = list(values).filter((v) => typeof v === 'string');
  if (texts.length !== list(values).length) return 'unknown';
  switch (operator) {
    // An object without the key is not in the set: NotIn selects it.
    case 'In': return texts.length === 0 ? 'unknown' : isOneOf(known, key, texts);
    case 'NotIn': return texts.length === 0 ? 'unknown' : opposite(isOneOf(known, key, texts));
    case 'Exists': return has(known, key);
    case 'DoesNotExist': return opposite(has(known, key));
    default: return 'unknown';
  }
}

function isOneOf({ labels, complete }: KnownLabels, key: string, values: readonly string[]): Answer {
  if (Object.hasOwn(labels, key)) return answerOf(values.includes(labels[key] ?? ''));
  return complete ? 'no' : 'unknown';
}

const has = ({ labels, complete }: KnownLabels, key: string): Answer => (Object.hasOwn(labels, key) ? 'yes' : complete ? 'no' : 'unknown');
const opposite = (answer: Answer): Answer => (answer === 'unknown' ? 'unknown' : answer === 'yes' ? 'no' : 'yes');
