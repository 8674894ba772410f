import type { GraphView } from '#shared/model/resource.ts';
import { ok, type Result } from '#shared/lib/result.ts';
import { aws } from './aws/questions.ts';
import { azure } from './azure/questions.ts';
import { directory } from './directory/questions.ts';
import { kubernetes } from './k8s/questions.ts';
import { blastAnswer } from './blast-question.ts';
import { gcp } from './gcp/questions.ts';
import type { Platform, Question, QuestionAnswer, QuestionContext } from './platform.ts';

/** Who answers; the first that recognizes an id does. AWS also takes what nobody recognizes: names and short ids that are not in the snapshot. */
const platforms: readonly Platform[] = [
  gcp,
  azure,
  kubernetes,
  directory,
  aws,
];

/**
 * Answers one question about a snapshot, three-valued, by the platform of the subject (for `can_assume`, of the object):
 * - `ingress`: can `object` (an address or network; the internet when left out) reach `subject` on `port`?
 * - `public_storage`: can anyone use the bucket `subject`? With `action` (`read`, `list`, `write`, `acl`, or an S3 action): in that way?
 * - `can_assume`: can `subject` become the role `object`, directly or over other roles?
 * - `effective_permission`: may `subject` do `action` on `object` (`*` when left out)?
 * - `escalation`: can `subject` gain privileges (those of `object`, when given)?
 * - `blast_radius`: does `object`, an entity, fall with `subject`? Without an entity: is the radius at least medium (or the level in `object`)?
 * @returns an error when the question lacks what it needs.
 */
export function answerQuestion(graph: GraphView, q: Question, context: QuestionContext): Result<QuestionAnswer> {
  if (q.question === 'blast_radius') return ok(blastAnswer(graph, q, context));
  return platformOf(graph, q)[q.question](graph, q, context);
}

function platformOf(graph: GraphView, q: Question): Platform {
  const ids = (q.question === 'can_assume' ? [q.object, q.subject] : [q.subject, q.object]).filter((id) => id !== undefined);
  // An id in the graph is told by its type; the form of an id decides only where no resource does.
  const known = ids.filter((id) => graph.resource(id) !== undefined);
  for (const id of [...known, ...ids]) {
    const found = platforms.find((platform) => platform.recognizes(graph, id));
    if (found) return found;
  }
  return aws;
}
