import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { looksLikePolicy, POLICY_KEYS } from './read-policy.ts';

/** Policies are written by hand; what is larger is no policy. */
const MOST_BYTES = 4_000_000;
const PIECE = 256 * 1024;
/** A policy has a key of its own at the start of a line, behind a byte order mark or in quotes. */
const mention = new RegExp(`(?:^|[\\r\\n"']|\\xef\\xbb\\xbf)(?:${POLICY_KEYS.join('|')})`);
const OVERLAP = Math.max(...POLICY_KEYS.map((key) => key.length)) + 1;

/** The text of a file that looks like a policy; undefined for any other, also for one that can't be read: whoever reads it then says why. */
export function policyText(path: string): string | undefined {
  if (!/\.(ya?ml|json)$/i.test(path)) return undefined;
  try {
    // Inventory comes as JSON, too: megabytes of it are looked through by pieces and not kept.
    if (statSync(path).size > MOST_BYTES || !mentionsKey(path)) return undefined;
    const text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
    return looksLikePolicy(text) ? text : undefined;
  } catch { return undefined; }
}

function mentionsKey(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.allocUnsafe(PIECE);
    let kept = 0;
    for (;;) {
      const read = readSync(file, bytes, kept, PIECE - kept, null);
      if (read === 0) return false;
      if (mention.test(bytes.toString('latin1', 0, kept + read))) return true;
      // A key may lie across two pieces.
      const end = kept + read;
      kept = Math.min(OVERLAP, end);
      bytes.copyWithin(0, end - kept, end);
    }
  } finally { closeSync(file); }
}
