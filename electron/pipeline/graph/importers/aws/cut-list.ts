import { nextPage } from '#shared/lib/next-page.ts';
import { isObject } from '#shared/lib/json.ts';
import { cutList } from '#shared/model/aws.ts';
import type { Resource } from '#shared/model/resource.ts';

/**
 * What a record's list leaves out: a resource that says so where the document around it names a next page, so that "there is none" becomes "not known"
 * (evaluate/aws/cut-list.ts). The last page of IAM's says so itself (`IsTruncated: false`), which ends it.
 * @param around the objects around the record, outermost first
 * @param type that of the list's entries
 */
export function cutListOf(around: readonly unknown[], type: string, place: { readonly account?: string | undefined; readonly region?: string | undefined }, source: string): readonly Resource[] {
  const page = around.map(nextPage).find((p) => p !== undefined);
  const isEnd = page === undefined && around.some((a) => isObject(a) && a['IsTruncated'] === false);
  if (page === undefined && !isEnd) return [];
  const { account, region } = place;
  // A token is an opaque text of any length: its end tells pages apart.
  const id = isEnd ? 'last' : `before-${page?.token.slice(-24).replaceAll(/[^A-Za-z0-9]/g, '') ?? ''}`;
  return [{
    urn: `aws:${account ?? ''}:${region ?? ''}:${cutList}:${type}:${id}`, type: cutList, kind: 'other', aliases: [], tags: {}, deleted: false, config: { Of: type, ...(isEnd ? { IsLast: true } : { By: page?.key ?? '' }) }, source, provenance: 'observed',
    ...(account !== undefined && { account }), ...(region !== undefined && { region }),
  }];
}
