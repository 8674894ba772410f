import { hash } from 'node:crypto';
import { configEdges } from '#electron/pipeline/graph/importers/aws/config-edges.ts';
import { mergePart } from '#electron/pipeline/graph/merge-parts.ts';
import { parseResource } from '#electron/store/tables/nodes.ts';
import type { Resource } from '#shared/model/resource.ts';
import type { App } from './create-app.ts';
import type { ResourceRow } from './parse-protocol.ts';

/**
 * Puts one observed resource into the graph. A record that tells only part of it is put together with what is known already; its relationships
 * are then those that the whole states. Call inside a transaction.
 */
export function saveResource(app: App, row: ResourceRow, rawId: number, nowUs: number): { readonly isNew: boolean; readonly isPart: boolean } {
  const { nodes } = app.tables;
  const at = { rawId, record: row.record, nowUs };
  const resource = parseResource(row.resource);
  if (resource.part === undefined) return { isNew: nodes.put(resource, row.hash, row.resource, at) === 'new', isPart: false };
  const json = nodes.currentJson(row.urn);
  const have = json === undefined ? undefined : parseResource(json);
  const merged = have ? after(have, mergePart(have, resource)) : resource;
  const { captured_us: _, ...content } = merged;
  const isNew = nodes.put(merged, hash('sha256', JSON.stringify(content), 'hex'), JSON.stringify(merged), at) === 'new';
  if (merged.part !== undefined) nodes.putEdges(`observed:${row.urn}`, configEdges(merged), nowUs);
  return { isNew, isPart: true };
}

/** What was put together from a dated record and a part without a date is newer than the record. */
const after = (have: Resource, merged: Resource): Resource => (have.captured_us === undefined ? merged : { ...merged, captured_us: have.captured_us + 1 });
