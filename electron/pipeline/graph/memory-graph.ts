import { hash } from 'node:crypto';
import type { Edge, EdgeKind, GraphView, Resource, StoredResource } from '#shared/model/resource.ts';
import { withPaths } from './identity-paths.ts';
import { byEc2Id } from '#shared/model/ec2-id.ts';
import { mergePart } from './merge-parts.ts';

/** What one record of an imported file says: resources, and the relationships that it states of the first of them. */
export interface GraphRecord { readonly resources: readonly Resource[]; readonly edges: readonly Edge[]; /** The file, and the record in it. */ readonly file: string; readonly record: number }

/**
 * A graph in memory, without a workspace: of several records of a resource the newest counts (by `captured_us`, then source and content), whatever their
 * order; parts are put together, in the order given, over what tells the resource whole; what a source says is gone is left out; aliases resolve as in the store.
 * @param derived edges to add, e.g. those of `deriveEdges` over the graph without them.
 */
export function memoryGraph(records: readonly GraphRecord[], derived: readonly Edge[] = []): GraphView {
  const { open, edges } = newest(withPaths(records));
  const byUrn = new Map(open.map((r) => [r.urn, r]));
  const byAlias = new Map<string, StoredResource[]>();
  const byType = new Map<string, StoredResource[]>();
  for (const resource of open) {
    for (const alias of new Set(resource.aliases)) push(byAlias, alias, resource);
    push(byType, resource.type, resource);
  }
  const resource = (id: string, account?: string): StoredResource | undefined => {
    const exact = byUrn.get(id);
    if (exact) return exact;
    const named = byAlias.get(id);
    if (!named) return byEc2Id(id, resource);
    const scoped = account === undefined || named.length === 1 ? named : named.filter((r) => r.account === account);
    return scoped.length === 1 ? scoped[0] : undefined;
  };
  const from = new Map<string, Edge[]>(), to = new Map<string, Edge[]>();
  for (const edge of [...edges, ...derived].map((e) => ({ ...e, target: resource(e.target, byUrn.get(e.source)?.account)?.urn ?? e.target })).sort(byEnds)) {
    push(from, edge.source, edge);
    push(to, edge.target, edge);
  }
  const pick = (found: readonly Edge[] | undefined, kind?: EdgeKind): readonly Edge[] => (kind === undefined ? found ?? [] : (found ?? []).filter((e) => e.kind === kind));
  return {
    version: 1, resource,
    ofType(type, scope) {
      const all = byType.get(type) ?? [];
      return scope === undefined ? all : all.filter((r) => (scope.account === undefined || (r.account ?? '') === scope.account) && (scope.region === undefined || r.region === scope.region));
    },
    edgesFrom: (urn, kind) => pick(from.get(urn), kind), edgesTo: (urn, kind) => pick(to.get(urn), kind),
  };
}

function newest(records: readonly GraphRecord[]): { readonly open: readonly StoredResource[]; readonly edges: readonly Edge[] } {
  const current = new Map<string, { readonly resource: StoredResource; readonly from: GraphRecord }>();
  for (const from of records) {
    for (const found of from.resources) {
      if (found.part !== undefined) continue;
      const { captured_us: _, ...content } = found;
      const resource: StoredResource = { ...found, hash: hash('sha256', JSON.stringify(content), 'hex'), ref: { raw_id: from.file, record: from.record, pointer: '' } };
      const have = current.get(found.urn)?.resource;
      if (!have || isNewer(resource, have)) current.set(found.urn, { resource, from });
    }
  }
  for (const from of records) {
    for (const part of from.resources) {
      if (part.part === undefined) continue;
      const known = current.get(part.urn);
      const whole = mergePart(known?.resource, part);
      current.set(part.urn, { resource: { ...whole, hash: '', ref: known?.resource.ref ?? { raw_id: from.file, record: from.record, pointer: '' } }, from: known?.from ?? from });
    }
  }
  const open = [...current.values()].map((c) => c.resource).filter((r) => !r.deleted).sort((a, b) => (a.urn < b.urn ? -1 : 1));
  // A record's edges count where it is the current word on the resource that it is about.
  const edges = records.flatMap((from) => {
    const [first] = from.resources;
    const about = first?.part === undefined ? first?.urn : undefined;
    const known = about === undefined ? undefined : current.get(about);
    return known && (known.from !== from || known.resource.deleted) ? [] : from.edges;
  });
  return { open, edges };
}

/** By capture; of one time a cloud's own word goes before Terraform's, which is about what it manages; then by content. */
function isNewer(found: StoredResource, have: StoredResource): boolean {
  const later = (found.captured_us ?? 0) - (have.captured_us ?? 0), own = Number(have.source === 'terraform') - Number(found.source === 'terraform');
  return later !== 0 ? later > 0 : own !== 0 ? own > 0 : found.hash > have.hash;
}

function push<T>(groups: Map<string, T[]>, key: string, value: T): void {
  const group = groups.get(key);
  if (group) group.push(value); else groups.set(key, [value]);
}

const byEnds = (a: Edge, b: Edge): number => compare(a.kind, b.kind) || compare(a.source, b.source) || compare(a.target, b.target);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
