/**
 * Orders two package versions the way packagers do: epoch, then runs of digits as numbers and of letters by text, `~` before everything
 * (Debian policy 5.6.12; close enough for RPM, npm, PyPI and Maven releases). @returns negative, 0 or positive.
 */
export function compareVersions(a: string, b: string): number {
  const [epochA, restA] = splitEpoch(a), [epochB, restB] = splitEpoch(b);
  if (epochA !== epochB) return epochA - epochB;
  const partsA = tokens(restA), partsB = tokens(restB);
  for (let i = 0; i < Math.max(partsA.length, partsB.length); i++) {
    const order = compareParts(partsA[i], partsB[i]);
    if (order !== 0) return order;
  }
  return 0;
}

function splitEpoch(version: string): [number, string] {
  const m = /^(\d+):(.*)$/.exec(version.trim());
  return m ? [Number(m[1]), m[2] ?? ''] : [0, version.trim().replace(/^v(?=\d)/i, '')];
}

/** Words that name a plain release (Maven, Spring, Go), and build metadata, order nothing. */
const PLAIN = /[.+-](final|release|ga|incompatible)\b/gi;
/** A letter right before a digit is a pre-release (`1.0b2`, `2.0-M1`); one that ends a part is a patch (OpenSSL's `1.0.2k`). */
const SHORT: Readonly<Record<string, string>> = { a: 'alpha', b: 'beta', c: 'rc', m: 'milestone' };
const tokens = (text: string): readonly string[] =>
  text.replace(PLAIN, '').replace(/(?<![A-Za-z])([abcm])(?=\d)/gi, (letter) => SHORT[letter.toLowerCase()] ?? letter).match(/\d+|[A-Za-z]+|~/g) ?? [];
/** Pre-releases in the order in which projects go through them (PEP 440, Maven). */
const STAGES = ['dev', 'alpha', 'beta', 'milestone', 'pre', 'preview', 'rc', 'cr', 'snapshot'];
const stageOf = (part: string): number => STAGES.indexOf(part.toLowerCase());
const isNumber = (part: string): boolean => /^\d/.test(part);
const rank = (part: string | undefined): number => (part === undefined ? 1 : part === '~' ? 0 : stageOf(part) >= 0 ? 0 : isNumber(part) ? 3 : 2);

function compareParts(a: string | undefined, b: string | undefined): number {
  if (a === undefined && b !== undefined) return isNumber(b) && Number(b) === 0 ? 0 : 1 - rank(b);
  if (b === undefined && a !== undefined) return isNumber(a) && Number(a) === 0 ? 0 : rank(a) - 1;
  if (a === undefined || b === undefined) return 0;
  if (isNumber(a) && isNumber(b)) return BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0;
  const byRank = rank(a) - rank(b);
  const byStage = stageOf(a) - stageOf(b);
  return byRank !== 0 ? byRank : byStage !== 0 ? byStage : a < b ? -1 : a > b ? 1 : 0;
}
