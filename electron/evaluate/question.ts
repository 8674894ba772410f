import type { GraphView } from '#shared/model/resource.ts';
import { blastLevels, type Answer, type BlastRadius, type Missing, type StorageAccess, type Verdict } from '#shared/model/verdict.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import { blastRadius, type BlastContext } from './blast-radius.ts';
import type { IdentityKnowledge } from './identity-knowledge.ts';
import { assumeVerdict, escalationVerdict } from './identity-question.ts';
import { permissionVerdict } from './permission-question.ts';
import { evaluateIngress } from './reachability.ts';
import { evaluateBucketAccess } from './storage-access.ts';

export const questionKinds = ['ingress', 'egress', 'host_to_host', 'public_storage', 'can_assume', 'effective_permission', 'escalation', 'blast_radius'] as const;
export interface Question {
  readonly question: (typeof questionKinds)[number];
  readonly subject: string;
  readonly object?: string | undefined;
  readonly port?: number | undefined;
  readonly protocol?: string | undefined;
  readonly action?: string | undefined;
}
export interface QuestionContext {
  readonly knowledge: IdentityKnowledge;
  /** Accounts that count as inside. */
  readonly accounts: ReadonlySet<string>;
  readonly blast: BlastContext;
  /** The graph with derived edges. */
  derived(): GraphView;
}
/** A verdict; for blast_radius with the level behind it. */
export interface QuestionAnswer extends Verdict { readonly level?: BlastRadius['level']; readonly score?: number }

/**
 * Answers one question about a snapshot, three-valued:
 * - `ingress`: can `object` (an address or network; the internet when left out) reach `subject` on `port`?
 * - `public_storage`: can anyone use the bucket `subject`? With `action` (`read`, `list`, `write`, `acl`, or an S3 action): in that way?
 * - `can_assume`: can `subject` become the role `object`, directly or over other roles?
 * - `effective_permission`: may `subject` do `action` on `object` (`*` when left out)?
 * - `escalation`: can `subject` gain privileges (those of `object`, when given)?
 * - `blast_radius`: does `object`, an entity, fall with `subject`? Without an entity: is the radius at least medium (or the level in `object`)?
 * - `egress` and `host_to_host` are not evaluated yet: unknown, and `missing` says so. So is anything outside AWS.
 * @returns an error when the question lacks what it needs.
 */
export function answerQuestion(graph: GraphView, q: Question, context: QuestionContext): Result<QuestionAnswer> {
  const foreign = foreignPlatform(graph, q.subject) ?? (q.object === undefined ? undefined : foreignPlatform(graph, q.object));
  if (foreign !== undefined) return ok(notEvaluated(q, `${q.question} on ${foreign}`));
  const { subject, object, action } = q;
  switch (q.question) {
    case 'ingress': return ok(ingress(graph, q));
    case 'egress': case 'host_to_host': return ok(notEvaluated(q, q.question));
    case 'public_storage': return ok(publicStorage(graph, q));
    case 'can_assume': return object === undefined ? err('object (the role) is missing') : ok(assumeVerdict(graph, subject, object, context));
    case 'effective_permission': return action === undefined ? err('action is missing') : ok(effective(graph, subject, action, object ?? '*', context));
    case 'escalation': return ok(escalationVerdict(graph, subject, object, context));
    case 'blast_radius': return ok(blast(graph, q, context));
  }
}

/** A platform that nothing evaluates yet, told by the resource's type or by the form of its id. */
function foreignPlatform(graph: GraphView, id: string): string | undefined {
  const type = graph.resource(id)?.type;
  if (type !== undefined) return type.startsWith('AWS::') || type === 'internet' ? undefined : type;
  if (/^\/subscriptions\/|^\/providers\//i.test(id)) return 'Azure';
  if (/^(\/\/[a-z-]+\.googleapis\.com\/|projects\/|(serviceAccount|user|group):)|\.gserviceaccount\.com$/.test(id)) return 'Google Cloud';
  return /^(k8s|kubernetes):/i.test(id) ? 'Kubernetes' : undefined;
}

function notEvaluated(q: Question, what: string): Verdict {
  const missing: Missing = { what: `an evaluation of ${what}: this version has none`, entity: q.subject, supply: 'a person' };
  return { answer: 'unknown', assumed: [], missing: [missing], reasons: [] };
}

function ingress(graph: GraphView, q: Question): Verdict {
  const everywhere = [undefined, 'internet', '*', '0.0.0.0/0', '::/0'].includes(q.object);
  if (!everywhere && q.object !== undefined && graph.resource(q.object)) return notEvaluated(q, 'reachability between two resources');
  return evaluateIngress(graph, q.subject, { ...(q.port !== undefined && { port: q.port }), ...(q.protocol !== undefined && { protocol: q.protocol }), ...(!everywhere && q.object !== undefined && { source: q.object }) }).reachable;
}

type Access = keyof StorageAccess['public_actual'];
/** Kind of access that an S3 action is; undefined for those that are not simulated for anonymous callers. */
function accessOf(action: string): Access | undefined {
  const name = action.toLowerCase().replace(/^s3:/, '');
  const kinds: readonly (readonly [Access, readonly string[]])[] = [
    ['list', ['list', 'listbucket', 'listbucketversions']], ['read', ['read', 'getobject', 'getobjectversion']], ['write', ['write', 'putobject', 'deleteobject']], ['acl', ['acl', 'putbucketacl', 'getbucketacl', 'putobjectacl', 'putbucketpolicy']],
  ];
  return kinds.find(([, names]) => names.includes(name))?.[0];
}

function publicStorage(graph: GraphView, q: Question): Verdict {
  const resource = graph.resource(q.subject);
  if (resource && resource.type !== 'AWS::S3::Bucket') return notEvaluated(q, `public access to ${resource.type}`);
  const { public: verdict, public_actual: actual } = evaluateBucketAccess(graph, q.subject);
  if (q.action === undefined) return verdict;
  const access = accessOf(q.action);
  return access === undefined ? notEvaluated(q, `anonymous ${q.action}`) : narrowed(verdict, actual[access], access);
}

/** The verdict over all kinds of access, for one kind; what decided the whole is left out where the part answers otherwise. */
function narrowed(verdict: Verdict, answer: Answer, access: Access): Verdict {
  if (answer === verdict.answer) return verdict;
  return { answer, assumed: [], missing: answer === 'unknown' ? verdict.missing : [], reasons: verdict.reasons, ...(answer === 'no' && { blocked_by: `NO_GRANT_OF_${access.toUpperCase()}` }), ...(answer === 'yes' && verdict.via !== undefined && { via: verdict.via }) };
}

/** For anonymous callers S3's own simulation answers: it knows ACLs, the public access block and what a request from the internet carries. */
function effective(graph: GraphView, subject: string, action: string, object: string, context: QuestionContext): Verdict {
  const bucket = graph.resource(object) ?? graph.resource(object.split('/')[0] ?? object);
  if (bucket?.type !== 'AWS::S3::Bucket' || !['*', 'anonymous', 'internet'].includes(subject)) return permissionVerdict(graph, subject, action, object, context.knowledge);
  const access = accessOf(action);
  const { public: verdict, public_actual: actual } = evaluateBucketAccess(graph, bucket.urn);
  return access === undefined ? permissionVerdict(graph, '*', action, object, context.knowledge) : narrowed(verdict, actual[access], access);
}

function blast(graph: GraphView, q: Question, context: QuestionContext): QuestionAnswer {
  const view = context.derived();
  const found = blastRadius(view, q.subject, context.blast);
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
  return { answer: missing.length > 0 ? 'unknown' : 'no', ...level, assumed: [], missing, reasons: [], ...(missing.length === 0 && { blocked_by: 'NOT_REACHED' }) };
}
