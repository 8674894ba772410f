import { at, isObject } from './json.ts';

/**
 * Keys by which an answer says that there is more of it: of AWS (`NextToken` in many spellings, `Marker` with `IsTruncated` in IAM's, `NextMarker`),
 * Google Cloud (`nextPageToken`), Azure (`nextLink`, `@odata.nextLink`, `$skipToken`) and Kubernetes (`metadata.continue`). Source: their API references.
 */
const tokens = ['NextToken', 'nextToken', 'next_token', 'NextMarker', 'NextPageToken', 'nextPageToken', 'nextLink', '@odata.nextLink', '$skipToken', 'NextContinuationToken'];

/** The key by which a document says that it is one page of several and not the last; undefined where it doesn't. Its value is whatever the next page is asked for by. */
export function nextPage(document: unknown): { readonly key: string; readonly token: string } | undefined {
  if (!isObject(document)) return undefined;
  if (document['IsTruncated'] === true) return { key: 'IsTruncated', token: text(document['Marker']) ?? text(document['NextMarker']) ?? '' };
  for (const key of tokens) {
    const token = text(document[key]);
    if (token !== undefined) return { key, token };
  }
  const more = text(at(document, 'metadata', 'continue'));
  return more === undefined ? undefined : { key: 'metadata.continue', token: more };
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
