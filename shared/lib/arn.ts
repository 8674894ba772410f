/** The parts of an Amazon Resource Name. `account` and `region` are '' where the service leaves them out (S3, IAM). */
export interface Arn {
  readonly partition: string; readonly service: string; readonly region: string; readonly account: string; readonly resource: string;
}

/**
 * Reads an ARN (AWS documentation, "Amazon Resource Names"); undefined when the text is not one, patterns with wildcards included. The account
 * may also be a word for an owner at AWS: `aws` (managed policies), `cloudfront`, `amazon`.
 */
export function parseArn(text: string): Arn | undefined {
  const m = /^arn:([a-z0-9-]+):([a-zA-Z0-9-]*):([a-z0-9-]*):(\d{12}|[a-z][a-z-]*|):(.+)$/s.exec(text);
  if (!m) return undefined;
  return { partition: m[1] ?? '', service: m[2] ?? '', region: m[3] ?? '', account: m[4] ?? '', resource: m[5] ?? '' };
}

/**
 * The id that an EC2 ARN ends with (`i-0abc` of `arn:aws:ec2:eu-west-1:111122223333:instance/i-0abc`). EC2's ids mean one thing across AWS, so they
 * name a resource also where nobody wrote its region or account down.
 */
export function ec2IdOf(text: string): { readonly id: string; readonly account: string; readonly region: string } | undefined {
  const m = /^arn:[a-z0-9-]+:ec2:([a-z0-9-]*):(\d{12}|):[a-z-]+\/([a-z]+-[0-9a-z-]+)$/.exec(text);
  return m ? { region: m[1] ?? '', account: m[2] ?? '', id: m[3] ?? '' } : undefined;
}

/** Region prefixes of the partitions apart from `aws` (AWS SDKs, partitions.json). */
const partitions = [
  ['cn-', 'aws-cn'], ['us-gov-', 'aws-us-gov'], ['us-iso-', 'aws-iso'], ['us-isob-', 'aws-iso-b'], ['eu-isoe-', 'aws-iso-e'], ['us-isof-', 'aws-iso-f'], ['eusc-', 'aws-eusc'],
] as const;

/** The partition of a region name, e.g. `aws-cn`; `aws` for every other name and for none. */
export function partitionOf(region: string | undefined): string {
  return partitions.find(([prefix]) => region?.startsWith(prefix))?.[1] ?? 'aws';
}

/** The region where a partition's global services (IAM, STS, Organizations, Route 53) are called (AWS General Reference, "Service endpoints"). */
export const homeRegion = (partition: string): string => ({ 'aws-cn': 'cn-north-1', 'aws-us-gov': 'us-gov-west-1', 'aws-iso': 'us-iso-east-1', 'aws-iso-b': 'us-isob-east-1', 'aws-iso-e': 'eu-isoe-west-1', 'aws-iso-f': 'us-isof-south-1', 'aws-eusc': 'eusc-de-east-1' })[partition] ?? 'us-east-1';

/**
 * Matches text against a pattern of AWS policies: `*` any run, `?` one character, all else literal and case-sensitive. Policy variables,
 * `${*}` included, are the caller's to resolve. At most pattern × text steps, and no regular expression that could take longer.
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

/** Is there a text that both patterns match? `*` and `?` as in `matchesWildcard`; time and space of one pattern's length times the other's. */
export function patternsOverlap(a: string, b: string): boolean {
  // open[j]: what stands of `a` so far and the first j characters of `b` have a text in common.
  let open = Array.from({ length: b.length + 1 }, (_, j) => /^\**$/.test(b.slice(0, j)));
  for (const c of a) {
    const next: boolean[] = [c === '*' && open[0] === true];
    for (let j = 1; j <= b.length; j++) {
      const d = b[j - 1];
      const both = c === '?' || d === '?' || c === d;
      next.push(c === '*' || d === '*' ? open[j] === true || next[j - 1] === true || open[j - 1] === true : both && open[j - 1] === true);
    }
    open = next;
  }
  return open[b.length] === true;
}
