import type { GraphView } from '#shared/model/resource.ts';
import type { StorageAccess, Verdict } from '#shared/model/verdict.ts';
import { err, ok } from '#shared/lib/result.ts';
import { matchesWildcard } from '#shared/lib/arn.ts';
import { narrowed } from '../narrowed.ts';
import { notEvaluated, type Platform, type Question, type QuestionContext } from '../platform.ts';
import { assumeVerdict, escalationVerdict } from './identity-question.ts';
import { permissionVerdict } from './permission-question.ts';
import { intersect, internetSources, parseNetwork } from '../network/cidr.ts';
import { isInternet } from '../reach-ask.ts';
import { evaluateEgress } from './egress.ts';
import { evaluateHostToHost } from './host-to-host.ts';
import { decided, noDoubt } from './network/combine.ts';
import { holderOf, servedBy } from './network/holder.ts';
import { policyExposure, hasResourcePolicy, sharedWithEveryone } from './public-resource.ts';
import { evaluateIngress } from './reachability.ts';
import { evaluateBucketAccess } from './storage-access.ts';

/** Questions about AWS. Ids are ARNs, short ids or names of resources in the snapshot. */
export const aws: Platform = {
  name: 'AWS',
  recognizes(graph, id) {
    const type = graph.resource(id)?.type;
    return type === undefined ? /^arn:aws[\w-]*:/.test(id) : type.startsWith('AWS::');
  },
  ingress: (graph, q) => ok(ingress(graph, q)),
  egress: (graph, q) => ok(egress(graph, q)),
  host_to_host: (graph, q) => (q.object === undefined ? err('object (the other host) is missing') : ok(evaluateHostToHost(graph, q.subject, q.object, q))),
  public_storage: (graph, q) => ok(publicStorage(graph, q)),
  can_assume: (graph, q, context) => (q.object === undefined ? err('object (the role) is missing') : ok(assumeVerdict(graph, q.subject, q.object, context))),
  effective_permission: (graph, q, context) => (q.action === undefined ? err('action is missing') : ok(effective(graph, q.subject, q.action, q.object ?? '*', context))),
  escalation: (graph, q, context) => ok(escalationVerdict(graph, q.subject, q.object, context)),
};

/** A public address that nothing of ours holds. */
export const isForeign = (graph: GraphView, id: string): boolean => parseNetwork(id) !== undefined && !isPrivate(id) && graph.resource(id) === undefined && holderOf(graph, id) === undefined;
/** An address stands for what holds it. */
const heldBy = (graph: GraphView, id: string): string => {
  const held = graph.resource(id) || !parseNetwork(id) ? graph.resource(id) : holderOf(graph, id);
  return held ? servedBy(graph, held).urn : id;
};

function ingress(graph: GraphView, asked: Question): Verdict {
  const q = { ...asked, subject: heldBy(graph, asked.subject) };
  const everywhere = isInternet(q.object);
  if (q.object !== undefined && !everywhere && graph.resource(q.object)) return evaluateHostToHost(graph, q.object, q.subject, q);
  const source = everywhere ? 'internet' : q.object;
  const verdict = evaluateIngress(graph, q.subject, { ...(q.port !== undefined && { port: q.port }), ...(q.protocol !== undefined && { protocol: q.protocol }), ...(source !== undefined && { source }) }).reachable;
  // An address inside: the way in is not the internet gateway.
  return verdict.answer === 'no' && q.object !== undefined && isPrivate(q.object) ? evaluateHostToHost(graph, q.object, q.subject, q) : noDoubt(verdict);
}

const isPrivate = (address: string): boolean => {
  const network = parseNetwork(address);
  return network !== undefined && intersect([network], internetSources(network.family).ranges).length === 0;
};

/** Out to the internet, to an address or network, or to another host. */
function egress(graph: GraphView, asked: Question): Verdict {
  const q = { ...asked, subject: heldBy(graph, asked.subject) };
  if (q.object !== undefined && !isInternet(q.object) && (graph.resource(q.object) || isPrivate(q.object))) return evaluateHostToHost(graph, q.subject, q.object, q);
  return evaluateEgress(graph, q.subject, { port: q.port, protocol: q.protocol, destination: q.object });
}

type Access = keyof StorageAccess['public_actual'];
/** Words and patterns ask for some action. */
const oneAction = (action: string | undefined): string | undefined => (action?.includes(':') === true && !/[*?]/.test(action) ? action : undefined);

/** Kind of access that an S3 action is, of a pattern the one that is open if any is; undefined for those that are not simulated for anonymous callers. */
function accessOf(action: string, actual: StorageAccess['public_actual']): Access | undefined {
  const name = action.toLowerCase().replace(/^s3:/, '');
  const kinds: readonly (readonly [Access, readonly string[]])[] = [
    ['list', ['list', 'listbucket', 'listbucketversions']], ['read', ['read', 'getobject', 'getobjectversion']], ['write', ['write', 'putobject', 'deleteobject']], ['acl', ['acl', 'putbucketacl', 'getbucketacl', 'putobjectacl', 'putbucketpolicy']],
  ];
  const fit = kinds.filter(([, names]) => names.some((n) => (name.includes('*') ? matchesWildcard(name, n) : n === name))).map(([kind]) => kind);
  return fit.find((kind) => actual[kind] === 'yes') ?? fit.find((kind) => actual[kind] === 'unknown') ?? fit[0];
}

function publicStorage(graph: GraphView, q: Question): Verdict {
  const resource = graph.resource(q.subject);
  if (resource && resource.type !== 'AWS::S3::Bucket') {
    const shared = sharedWithEveryone(graph, resource) ?? (hasResourcePolicy(resource.type) ? policyExposure(graph, resource, oneAction(q.action)) : undefined);
    return shared ? noDoubt(decided(shared).reachable) : notEvaluated(q, `public access to ${resource.type}`);
  }
  const { public: verdict, public_actual: actual } = evaluateBucketAccess(graph, q.subject);
  if (q.action === undefined) return verdict;
  const access = accessOf(q.action, actual);
  return access === undefined ? notEvaluated(q, `anonymous ${q.action}`) : narrowed(verdict, actual[access], access);
}

/** For anonymous callers S3's own simulation answers: it knows ACLs, the public access block and what a request from the internet carries. */
function effective(graph: GraphView, subject: string, action: string, object: string, context: QuestionContext): Verdict {
  const isAnyone = ['*', 'anonymous', 'internet'].includes(subject);
  const resource = graph.resource(object);
  if (isAnyone && resource && hasResourcePolicy(resource.type)) return noDoubt(decided(policyExposure(graph, resource, oneAction(action))).reachable);
  const bucket = resource ?? graph.resource(object.split('/')[0] ?? object);
  if (bucket?.type !== 'AWS::S3::Bucket' || !isAnyone) return permissionVerdict(graph, isAnyone ? '*' : subject, action, object, context.knowledge);
  const { public: verdict, public_actual: actual } = evaluateBucketAccess(graph, bucket.urn);
  const access = accessOf(action, actual);
  return access === undefined ? permissionVerdict(graph, '*', action, object, context.knowledge) : narrowed(verdict, actual[access], access);
}
