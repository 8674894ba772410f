import { at, list, str } from '#shared/lib/json.ts';
import { gcpTypes, orgPolicyUrn } from '#shared/model/gcp.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { hasUntold } from '#shared/model/untold.ts';
import type { Answer } from '#shared/model/verdict.ts';
import { answerOf } from '../kleene.ts';
import { directoryOf } from './directory.ts';

export interface Enforcement { readonly answer: Answer; readonly policy?: StoredResource; readonly pointer?: string }

/**
 * Is a boolean constraint enforced here? The nearest policy up the hierarchy decides; one that resets or restores the default ends the search
 * at the constraint's default, which is not enforced. Both generations of the Organization Policy API.
 * @returns unknown with no policy when the snapshot records none at all for the constraint's chain (callers say what they take for granted).
 */
export function enforced(graph: GraphView, constraint: string, chain: readonly string[]): Enforcement {
  const directory = directoryOf(graph);
  const unplaced = graph.ofType(gcpTypes.orgPolicy).filter((p) => at(p.config, 'isUnplaced') === true && orgPolicyUrn('', str(p.config, 'constraint') ?? str(p.config, 'name') ?? constraint) === orgPolicyUrn('', constraint));
  for (const place of chain) {
    const policy = graph.ofType(gcpTypes.orgPolicy).find((p) => p.urn.endsWith(orgPolicyUrn('', constraint)) && directory.canonical(str(p.config, 'of', 'name') ?? '') === place);
    if (policy) return withUnplaced({ policy, ...read(policy) }, unplaced);
  }
  // What is enforced nowhere is not enforced.
  const other = unplaced.find((p) => read(p).answer !== 'no');
  return other ? { policy: other, answer: 'unknown', pointer: '' } : { answer: 'unknown' };
}

/** One that says otherwise and of which it isn't told where it is set leaves the answer open. */
function withUnplaced(found: Enforcement, unplaced: readonly StoredResource[]): Enforcement {
  const other = unplaced.find((p) => read(p).answer !== found.answer);
  return other ? { policy: other, answer: 'unknown', pointer: '' } : found;
}

function read(policy: StoredResource): { readonly answer: Answer; readonly pointer: string } {
  const { config } = policy;
  if (hasUntold(config, 'booleanPolicy') || hasUntold(at(config, 'spec'), 'rules') || list(config, 'spec', 'rules').some((rule) => hasUntold(rule, 'enforce'))) return { answer: 'unknown', pointer: '' };
  const old = str(config, 'booleanPolicy', 'enforced') ?? str(config, 'boolean_policy', 'enforced');
  if (old !== undefined) return { answer: answerOf(old === 'true'), pointer: '/booleanPolicy/enforced' };
  if (at(config, 'restoreDefault') !== undefined || str(config, 'spec', 'reset') === 'true') return { answer: 'no', pointer: '' };
  // booleanPolicy: {} is how the first generation writes "not enforced".
  if (at(config, 'booleanPolicy') !== undefined || at(config, 'boolean_policy') !== undefined) return { answer: 'no', pointer: '/booleanPolicy' };
  const rules = list(config, 'spec', 'rules');
  const plain = rules.findIndex((r) => at(r, 'condition') === undefined);
  if (rules.length === 0 || plain < 0 || rules.some((r) => at(r, 'condition') !== undefined)) return { answer: rules.length === 0 ? 'no' : 'unknown', pointer: '/spec/rules' };
  return { answer: answerOf(str(rules[plain], 'enforce') === 'true'), pointer: `/spec/rules/${plain}/enforce` };
}
