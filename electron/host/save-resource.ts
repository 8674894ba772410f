import { hash } from 'node:crypto';
import { canonicalText } from '#electron/pipeline/normalize/finish.ts';
import { configEdges } from '#electron/pipeline/graph/importers/aws/config-edges.ts';
import { atPath, withoutPath } from '#electron/pipeline/graph/identity-paths.ts';
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
  const read = parseResource(row.resource), resource = read.part === undefined ? read : atOwnPath(app, read);
  if (resource.part === undefined) {
    const isNew = nodes.put(resource, row.hash, row.resource, { ...at, orderUs: orderOf(app, resource, rawId) }) === 'new';
    takeOver(app, resource.urn, at);
    return { isNew, isPart: false };
  }
  const isNew = putPart(app, resource, at);
  takeOver(app, resource.urn, at);
  return { isNew, isPart: true };
}

/**
 * Where a record without a date stands among those of its resource: imported after a pull saw it, it counts as newer than that, and a later one as newer
 * still. When it was true nobody told, so it gets no time of observation. Undefined where its import alone decides.
 */
function orderOf(app: App, resource: Resource, rawId: number): number | undefined {
  const { nodes, pulls, rawFiles } = app.tables;
  const seen = resource.captured_us === undefined ? nodes.current(resource.urn) : undefined;
  if (seen?.captured_us == null) return undefined;
  if (seen.observed_us === null) return rawId > seen.raw_id ? seen.captured_us + 1 : undefined;
  const imported = rawFiles.get(rawId)?.imported_us ?? 0;
  return pulls.ofFile(seen.raw_id) !== undefined && imported > seen.captured_us ? seen.captured_us + 1 : undefined;
}

interface Place { readonly rawId: number; readonly record: number; readonly nowUs: number }

function putPart(app: App, part: Resource, at: Place): boolean {
  const { nodes } = app.tables;
  const json = nodes.currentJson(part.urn);
  const have = json === undefined ? undefined : parseResource(json);
  const merged = have ? after(have, mergePart(have, part)) : part;
  const { captured_us: _, ...content } = merged;
  const isNew = nodes.put(merged, hash('sha256', canonicalText(content), 'hex'), JSON.stringify(merged), at) === 'new';
  if (merged.part !== undefined) nodes.putEdges(`observed:${part.urn}`, configEdges(merged), at.nowUs);
  return isNew;
}

/** The identities of an account that an ARN without a path names, open or closed. */
function withPath(app: App, bare: string): readonly { readonly urn: string; readonly closed_us: number | null }[] {
  const [, prefix, name] = /^(arn:[^:]+:iam::\d*:[a-z-]+\/)([^/]+)$/.exec(bare) ?? [];
  return prefix === undefined || name === undefined ? [] : app.tables.nodes.named(name, prefix).filter(({ urn }) => withoutPath(urn) === bare);
}

/** An identity's ARNs with and without its path: what is told under one of them is put together with the others. */
export function allNames(app: App, urn: string): readonly string[] {
  const bare = withoutPath(urn) ?? urn;
  return [...new Set([urn, bare, ...withPath(app, bare).map((r) => r.urn)])];
}

/** A part of an identity that is named without its path, as a part of the identity of that name where it is known. */
function atOwnPath(app: App, part: Resource): Resource {
  const full = withPath(app, part.urn).find((r) => r.closed_us === null);
  return full === undefined ? part : atPath(part, full.urn);
}

/** What was told of an identity by its name alone before its path was known. */
function takeOver(app: App, urn: string, at: Place): void {
  const bare = withoutPath(urn), json = bare === undefined ? undefined : app.tables.nodes.currentJson(bare);
  const early = json === undefined ? undefined : parseResource(json);
  if (bare === undefined || early?.part === undefined) return;
  putPart(app, atPath(early, urn), at);
  app.tables.nodes.putEdges(`observed:${bare}`, [], at.nowUs);
  app.tables.nodes.close(bare, at.nowUs);
}

/** What was put together from a dated record and a part without a date is newer than the record. */
const after = (have: Resource, merged: Resource): Resource => (have.captured_us === undefined ? merged : { ...merged, captured_us: have.captured_us + 1 });
