import { azureType } from '#shared/model/azure.ts';
import type { GraphView } from '#shared/model/resource.ts';

/** How people and tools write a bucket, and what it is called in a snapshot. */
const written: readonly (readonly [RegExp, (name: string) => string])[] = [
  [/^s3a?:\/\/([^/]+)(?:\/|$)/, (name) => name],
  [/^arn:aws[a-z-]*:s3:::([^/]+)\/.*$/, (name) => name],
  [/^https?:\/\/(.+)\.s3[.-](?:[a-z0-9.-]+\.)?amazonaws\.com(?:\.cn)?(?:[/?]|$)/, (name) => name],
  [/^https?:\/\/s3[.-](?:[a-z0-9-]+\.)?amazonaws\.com(?:\.cn)?\/([^/?]+)/, (name) => name],
  [/^projects\/_\/buckets\/([^/]+)/, (name) => `gs://${name}`],
  [/^https?:\/\/storage\.(?:cloud\.)?google(?:apis)?\.com\/([^/?]+)/, (name) => `gs://${name}`],
  [/^https?:\/\/([^/]+)\.storage\.googleapis\.com(?:[/?]|$)/, (name) => `gs://${name}`],
];
const blob = /^(?:https?:\/\/)?([a-z0-9]{3,24})(?:\.(?:blob|dfs)\.core\.windows\.net)?\/([a-z0-9$-]{1,63})(?:[/?]|$)/;

/**
 * The bucket or container that a text means: a URL, `s3://bucket`, `gs://bucket`, or `account/container` of Azure.
 * @returns the text itself where it is an id of the graph, or none of these.
 */
export function storageNamed(graph: GraphView, text: string): string {
  if (graph.resource(text)) return text;
  for (const [pattern, name] of written) {
    const found = pattern.exec(text)?.[1];
    if (found !== undefined) return name(found);
  }
  const [, account, container] = blob.exec(text.toLowerCase()) ?? [];
  const end = `/storageaccounts/${account}/blobservices/default/containers/${container}`;
  const named = account === undefined ? [] : graph.ofType(azureType('Microsoft.Storage/storageAccounts/blobServices/containers')).filter((r) => r.urn.toLowerCase().endsWith(end));
  const [only] = named;
  return only && named.length === 1 ? only.urn : text;
}
