import type { GraphView } from '#shared/model/resource.ts';
import { ok, type Result } from '#shared/lib/result.ts';
import { aws, isForeign } from './aws/questions.ts';
import { azure } from './azure/questions.ts';
import { directory } from './directory/questions.ts';
import { assumeFromCluster } from './k8s/cloud-question.ts';
import { kubernetes } from './k8s/questions.ts';
import { blastAnswer } from './blast-question.ts';
import { isInternet } from './reach-ask.ts';
import { noGcpKnowledge } from './gcp/knowledge.ts';
import { gcp } from './gcp/questions.ts';
import { storageNamed } from './storage-name.ts';
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
 * - `ingress`: can `object` (a host, an address or network; the internet when left out) reach `subject` on `port`? The internet, or an address that is
 *   nobody's here, may also stand first: whichever stands where, `ingress` asks for the connection from it and `egress` for the one to it.
 * - `egress`: can `subject` reach `object` (likewise)? `host_to_host`: can `subject` reach the host `object`?
 * - `public_storage`: can anyone use the bucket `subject`? With `action` (`read`, `list`, `write`, `acl`, or an S3 action): in that way?
 * - `can_assume`: can `subject` become the role `object`, directly or over other roles?
 * - `effective_permission`: may `subject` do `action` on `object` (`*` when left out)?
 * - `escalation`: can `subject` gain privileges (those of `object`, when given)?
 * - `blast_radius`: does `object`, an entity, fall with `subject`? Without an entity: is the radius at least medium (or the level in `object`)?
 * @returns an error when the question lacks what it needs.
 */
export function answerQuestion(graph: GraphView, asked: Question, context: QuestionContext): Result<QuestionAnswer> {
  const q = asMeant(graph, asked);
  if (q.question === 'blast_radius') return ok(blastAnswer(graph, q, context));
  if (q.question === 'can_assume' && q.object !== undefined) {
    const { object } = q;
    const found = assumeFromCluster(graph, q.subject, object, context.knowledge.gcp ?? noGcpKnowledge, (identity) => { const step = answerQuestion(graph, { ...q, subject: identity, object }, context); return step.ok ? step.value : undefined; });
    if (found) return ok(found);
  }
  return platformOf(graph, q)[q.question](graph, q, context);
}

/** A bucket by its name in the snapshot. Nothing outside opens a connection to a host inside but over its ingress, and no host inside one to there but over its egress. */
function asMeant(graph: GraphView, q: Question): Question {
  const { question, subject, object } = q;
  if (question === 'public_storage') return { ...q, subject: storageNamed(graph, subject) };
  const isOutside = (id: string): boolean => graph.resource(id) === undefined && (isInternet(id) || isForeign(graph, id));
  if (object === undefined || (question !== 'ingress' && question !== 'egress' && question !== 'host_to_host')) return q;
  if (isOutside(object)) return question === 'host_to_host' && !isOutside(subject) ? { ...q, question: 'egress' } : q;
  return isOutside(subject) ? { ...q, question: question === 'host_to_host' ? 'ingress' : question, subject: object, object: subject } : q;
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
