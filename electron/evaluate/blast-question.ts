import type { GraphView } from '#shared/model/resource.ts';
import { blastLevels, type Answer, type Missing } from '#shared/model/verdict.ts';
import { blastRadius } from './blast-radius.ts';
import type { Question, QuestionAnswer, QuestionContext } from './platform.ts';

/** Does `object`, an entity, fall with the subject? Without an entity: is the radius at least medium (or the level in `object`)? */
export function blastAnswer(graph: GraphView, q: Question, context: QuestionContext): QuestionAnswer {
  const found = blastRadius(context.derived(), q.subject, context.blast);
  const level = { level: found.level, score: Math.round(found.score * 100) / 100 };
  const wanted = blastLevels.find((l) => l !== 'unknown' && l === q.object) ?? 'medium';
  if (q.object === undefined || wanted === q.object) {
    const isAtLeast: Answer = found.level === 'unknown' ? 'unknown' : blastLevels.indexOf(found.level) >= blastLevels.indexOf(wanted) ? 'yes' : 'no';
    return { answer: isAtLeast, ...level, assumed: [], missing: isAtLeast === 'unknown' ? found.missing : [], reasons: found.reasons, ...(isAtLeast === 'yes' && { via: `blast radius ${found.level}` }), ...(isAtLeast === 'no' && { blocked_by: 'BELOW_LEVEL' }) };
  }
  const target = graph.resource(q.object)?.urn ?? q.object;
  const reached = found.reached.find((r) => r.urn === target);
  if (reached) return { answer: 'yes', ...level, via: reached.why, assumed: [], missing: [], reasons: [{ rule: 'BR.reached', source: target, pointer: '', text: `reached with probability ${reached.probability}: ${reached.why}` }] };
  const absent: readonly Missing[] = graph.resource(q.object) ? [] : [{ what: 'the entity', entity: q.object, supply: 'an inventory that has it' }];
  const missing = [...absent, ...found.missing, ...(found.truncated ? [{ what: 'the rest of the walk, which a cap cut', entity: q.subject, supply: 'a person' }] : [])];
  return { answer: missing.length > 0 ? 'unknown' : 'no', ...level, assumed: [], missing, reasons: missing.length > 0 ? [] : [{ rule: 'BR.reached', source: graph.resource(q.subject)?.urn ?? q.subject, pointer: '', text: `none of the ${found.reached.length - 1} that fall with it` }], ...(missing.length === 0 && { blocked_by: 'NOT_REACHED' }) };
}
