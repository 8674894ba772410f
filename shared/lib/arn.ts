/** The parts of an Amazon Resource Name. `account` and `region` are '' where the service leaves them out (S3, IAM). */
export interface Arn {
  readonly partition: string; readonly service: string; readonly region: string; readonly account: string; readonly resource: string;
}

/** Reads an ARN (AWS documentation, "Amazon Resource Names"); undefined when the text is not one. */
export function parseArn(text: string): Arn | undefined {
  const m = /^arn:([a-z0-9-]+):([a-zA-Z0-9-]*):([a-z0-9-]*):(\d{12}|aws|cloudfront|)?:(.+)$/s.exec(text);
  if (!m) return undefined;
  return { partition: m[1] ?? '', service: m[2] ?? '', region: m[3] ?? '', account: m[4] ?? '', resource: m[5] ?? '' };
}

/** The partition of a region name: `aws-cn`, `aws-us-gov` or `aws`. */
export function partitionOf(region: string | undefined): string {
  if (region?.startsWith('cn-')) return 'aws-cn';
  return region?.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/**
 * Matches text against a pattern of AWS policies: `*` any run, `?` one character, all else literal. Linear time, no regular expression.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  let p = 0, t = 0, star = -1, mark = 0;
  while (t < text.length) {
    const c = pattern[p];
    if (c === '*') { star = p++; mark = t; }
    else if (c !== undefined && (c === '?' || c === text[t])) { p++; t++; }
    else if (star >= 0) { p = star + 1; t = ++mark; }
    else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
