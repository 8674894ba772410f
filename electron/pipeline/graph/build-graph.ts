import type { Edge, GraphView, StoredResource } from '#shared/model/resource.ts';
import { touchedKeys } from './inputs.ts';
import { trackedViews } from './tracked-view.ts';

/** One kind of derived edges. */
export interface Derivation {
  readonly name: string;
  /** Resource types that it derives edges for. */
  readonly types: readonly string[];
  /** What is recomputed together: each resource by itself, or all of an account where evaluations share most of what they read. */
  readonly per: 'resource' | 'account';
  derive(view: GraphView, resource: StoredResource): readonly Edge[];
}

/** Edges that were computed together, with everything that was read for them; they replace all earlier edges of this origin. */
export interface DerivedGroup {
  /** `<derivation>:<urn or account>`. */
  readonly origin: string;
  readonly edges: readonly Edge[];
  /** Keys of `inputs.ts`, sorted; none for a group whose resources are gone. */
  readonly inputs: readonly string[];
}

/**
 * Recomputes the derived edges that a change touches, and no others.
 * @param view the graph after the change.
 * @param dirty urns of resources that are new, changed or gone.
 * @param derivations see `derivations.ts`.
 * @param originsReading origins of stored groups that have one of these keys among their inputs; undefined when nothing was derived yet.
 * @returns the groups to store, sorted by origin, each made when it is asked for; one without edges deletes what stood there.
 */
export function* deriveEdges(view: GraphView, dirty: ReadonlySet<string>, derivations: readonly Derivation[], originsReading: ((keys: ReadonlySet<string>) => Iterable<string>) | undefined, onProgress?: (done: number, total: number) => void): Generator<DerivedGroup> {
  const origins = new Set<string>(originsReading?.(touchedKeys(view, dirty)));
  for (const urn of dirty) {
    const resource = view.resource(urn);
    for (const derivation of derivations) {
      if (resource && derivation.types.includes(resource.type)) origins.add(originOf(derivation, resource));
    }
  }
  const byName = new Map(derivations.map((d) => [d.name, d]));
  const open = trackedViews(view);
  for (const [i, origin] of [...origins].sort().entries()) {
    const derivation = byName.get(origin.slice(0, origin.indexOf(':')));
    if (derivation) yield compute(derivation, origin, open());
    onProgress?.(i + 1, origins.size);
  }
}

const originOf = ({ name, per }: Derivation, resource: StoredResource): string => `${name}:${per === 'resource' ? resource.urn : resource.account ?? ''}`;

function compute(derivation: Derivation, origin: string, { view, inputs }: ReturnType<ReturnType<typeof trackedViews>>): DerivedGroup {
  const members = membersOf(derivation, origin.slice(origin.indexOf(':') + 1), view);
  const edges = members.flatMap((member) => derivation.derive(view, member));
  return { origin, edges, inputs: members.length === 0 ? [] : [...inputs].sort() };
}

function membersOf(derivation: Derivation, key: string, view: GraphView): readonly StoredResource[] {
  if (derivation.per === 'resource') {
    const resource = view.resource(key);
    return resource?.urn === key && derivation.types.includes(resource.type) ? [resource] : [];
  }
  return derivation.types.flatMap((type) => view.ofType(type, { account: key })).map((r) => view.resource(r.urn) ?? r);
}
