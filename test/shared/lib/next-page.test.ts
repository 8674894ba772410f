import { expect, it } from 'vitest';
import { nextPage } from '#shared/lib/next-page.ts';

it.each<[unknown, string | undefined]>([
  [{ IsTruncated: true, Marker: 'm' }, 'IsTruncated'], [{ IsTruncated: true }, 'IsTruncated'], [{ IsTruncated: false, Marker: 'm' }, undefined], [{ NextToken: 'eyJ' }, 'NextToken'], [{ NextToken: '' }, undefined], [{ NextToken: null }, undefined],
  [{ nextToken: 'x' }, 'nextToken'], [{ nextLink: 'https://management.azure.com/…' }, 'nextLink'], [{ nextPageToken: 'x' }, 'nextPageToken'], [{ metadata: { continue: 'x' } }, 'metadata.continue'], [{ metadata: { continue: '' } }, undefined], [{}, undefined], [null, undefined], [['NextToken'], undefined], ['NextToken', undefined],
])('%j names its next page by %s', (document, key) => { expect(nextPage(document)?.key).toBe(key); });
