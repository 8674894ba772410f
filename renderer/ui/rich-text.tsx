import { type Zone, formatTime } from './format.ts';

// What a machine gave a name to: ARNs, ids with a prefix and hex, addresses, snake_case names, and what stands in backquotes.
const idLike = /`([^`]+)`|(arn:[\w-]*:[^\s,;)]+[^\s,;).]|\b(?:vpce?|sg|i|eni|subnet|acl|rtb|igw|snap|vol|ami)-[0-9a-f]{8,}\b|\b\d{1,3}(?:\.\d{1,3}){3}(?:\/\d{1,2})?\b|\b[a-z0-9]+(?:_[a-z0-9]+)+\b|\b(?:CVE|GHSA)-[\w-]+\b)/g;

/** Splits a sentence into words and names; `mono` marks the names. */
export function splitNames(text: string): readonly { readonly text: string; readonly mono: boolean }[] {
  const parts: { text: string; mono: boolean }[] = [];
  let end = 0;
  for (const match of text.matchAll(idLike)) {
    if (match.index > end) parts.push({ text: text.slice(end, match.index), mono: false });
    parts.push({ text: match[1] ?? match[2] ?? '', mono: true });
    end = match.index + match[0].length;
  }
  if (end < text.length) parts.push({ text: text.slice(end), mono: false });
  return parts;
}

const stamp = /\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z/g;

/** A sentence with its names in mono and its times as the zone has them; null leaves them as they were written. */
export function RichText({ text, zone }: { readonly text: string; readonly zone: Zone | null }) {
  const words = zone === null ? text : text.replaceAll(stamp, (time) => formatTime(time, zone));
  return <>{splitNames(words).map((part, i) => (part.mono ? <span key={i} className="mono name">{part.text}</span> : part.text))}</>;
}
