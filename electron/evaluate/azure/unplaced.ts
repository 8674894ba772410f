import { at, str } from '#shared/lib/json.ts';
import { unplacedPart, type UnplacedAbout } from '#shared/model/azure.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Answer, Missing } from '#shared/model/verdict.ts';
import type { Row } from '../row.ts';

/** Parts of a kind whose place a plan doesn't tell: each may belong to anything of that kind. */
export const unplacedOf = (graph: GraphView, about: UnplacedAbout): readonly StoredResource[] => graph.ofType(unplacedPart).filter((p) => str(p.config, 'about') === about);

/** What is missing of a part: where it belongs; of an account that holds its website itself, whether there is one. */
export const missingPlace = (part: StoredResource): Missing => ({ what: at(part.config, 'isOwn') === true ? `whether ${part.name ?? part.urn} serves a static website, which the plan does not tell` : `what ${part.name ?? part.urn} belongs to, which the plan does not tell`, entity: part.urn, supply: 'terraform show -json of the state once applied' });

/** A row left open by parts that may turn its answer. */
export const leftOpen = (found: Row, parts: readonly StoredResource[]): Row => (parts.length === 0 || found.answer === 'unknown' ? found : {
  code: found.code, answer: 'unknown', reasons: [...parts.map((p) => ({ rule: found.code, source: p.urn, pointer: '', text: `${p.name ?? p.urn} may be about it` })), ...found.reasons], missing: parts.map(missingPlace),
});

/** May a rule of a network security group, or an association of one, turn this answer? */
export function turns(part: StoredResource, direction: string, answer: Answer): boolean {
  const own = str(part.config, 'direction'), access = str(part.config, 'access');
  return (own === undefined || own === direction) && (access === undefined || (/^deny$/i.test(access) ? answer === 'yes' : answer === 'no'));
}
