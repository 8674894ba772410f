import type { Edge, Resource } from '#shared/model/resource.ts';

const identity = /^(arn:[^:]+:iam::\d*:(?:role|user|group|instance-profile)\/)(?:.+\/)([^/]+)$/;

/**
 * The ARN of an IAM identity without its path; undefined for one that has none. Calls and configurations that tell a part of it (an inline policy, an
 * attachment) name it by its name, which is unique in an account whatever the path (IAM user guide, "IAM identifiers").
 */
export function withoutPath(urn: string): string | undefined {
  const found = urn.includes(':iam:') ? identity.exec(urn) : null;
  return found ? `${found[1] ?? ''}${found[2] ?? ''}` : undefined;
}

interface Told { readonly resources: readonly Resource[]; readonly edges: readonly Edge[] }

/** Records in which parts of identities that are named without their path belong to the identity of that name. */
export function withPaths<T extends Told>(records: readonly T[]): readonly T[] {
  const full = new Map<string, string>(), whole = new Set<string>();
  for (const { resources } of records) {
    for (const { urn, part } of resources) {
      const bare = withoutPath(urn);
      if (bare !== undefined) full.set(bare, urn);
      if (part === undefined) whole.add(urn);
    }
  }
  for (const urn of whole) full.delete(urn);
  if (full.size === 0) return records;
  const named = (urn: string): string => full.get(urn) ?? urn;
  const isNamed = ({ urn }: Resource): boolean => full.has(urn);
  return records.map((record) => (!record.resources.some(isNamed) ? record : {
    ...record, resources: record.resources.map((r) => (isNamed(r) ? atPath(r, named(r.urn)) : r)), edges: record.edges.map((e) => ({ ...e, source: named(e.source), target: named(e.target) })),
  }));
}

/** The same part, of the identity with its path. */
export const atPath = (part: Resource, urn: string): Resource => ({ ...part, urn, aliases: part.aliases.filter((a) => a !== urn) });
