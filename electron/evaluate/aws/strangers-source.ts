import { homeRegion } from '#shared/lib/arn.ts';

/** The account of someone whom nobody here knows. */
export const strangersAccount = '000000000000';

/** An ARN that a stranger could have for a source that a pattern admits; undefined where it is fixed to an account or a bucket. */
export function strangersSource(pattern: string): string | undefined {
  const [, given = '', service = '', place = '', account = '', ...rest] = pattern.split(':'), resource = rest.join(':');
  if (!pattern.startsWith('arn:') || !/[*?]/.test(pattern)) return undefined;
  const fill = (text: string): string => text.replaceAll('*', 'x').replaceAll('?', 'x');
  const partition = /[*?]/.test(given) ? 'aws' : given;
  if (service === 's3') return /[*?]/.test(resource) ? `arn:${partition}:s3:::${fill(resource)}` : undefined;
  return /^\d+$/.test(account) ? undefined : `arn:${partition}:${fill(service)}:${/[*?]/.test(place) ? homeRegion(partition) : place}:${strangersAccount}:${fill(resource)}`;
}
