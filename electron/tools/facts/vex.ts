import type { Vulnerability } from '#shared/model/finding.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { vexHolderSchema, type VexStatement } from '#shared/model/vex.ts';

export interface Statement extends VexStatement { readonly source: StoredResource }

/** The VEX statements about an entity: those of its own bill of materials, and of the images that it runs. */
export function statementsFor(graph: GraphView, entity: string, account: string | undefined): readonly Statement[] {
  const own = graph.resource(entity, account);
  const images = own ? [...new Set(graph.edgesFrom(own.urn, 'USES_IMAGE').map((e) => e.target))] : [];
  // With several images, whether or not each has a bill of materials, a statement about one of them says nothing of the others.
  const holders = [own, ...(images.length === 1 ? images.map((urn) => graph.resource(urn)) : [])].filter((r) => r?.type.startsWith('CycloneDX::') === true);
  return holders.flatMap((source) => { const read = vexHolderSchema.safeParse(source?.config); return read.success && source ? read.data.vex.map((s) => ({ ...s, source })) : []; });
}

/** The statement that clears a vulnerability; none where another about the same contradicts it. */
export function clearedBy(statements: readonly Statement[], { cve, package: name, installed_version: version }: Vulnerability): Statement | undefined {
  if (cve === undefined) return undefined;
  const about = statements.filter((s) => s.ids.includes(cve) && (s.package === null || name === undefined || samePackage(s.package, name)) && (s.version === null || version === undefined || s.version === version));
  return about.every((s) => s.state === 'not_affected') ? about[0] : undefined;
}

const samePackage = (a: string, b: string): boolean => a === b || a.replaceAll(':', '/').endsWith(`/${b}`) || b.replaceAll(':', '/').endsWith(`/${a}`) || a.replaceAll(':', '/') === b.replaceAll(':', '/');
