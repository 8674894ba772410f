import { bucketName, computeName, gcpTypes } from '#shared/model/gcp.ts';
import type { GraphView } from '#shared/model/resource.ts';
import type { Verdict } from '#shared/model/verdict.ts';
import { err, ok } from '#shared/lib/result.ts';
import { narrowed, type AccessKind } from '../narrowed.ts';
import { notEvaluated, type Platform, type Question, type QuestionContext } from '../platform.ts';
import { directoryOf } from './directory.ts';
import { evaluateGcpEgress, evaluateGcpHostToHost } from './host-paths.ts';
import { gcpAssumeVerdict, gcpEscalationVerdict } from './identity-question.ts';
import { noGcpKnowledge } from './knowledge.ts';
import { memberOf } from './members.ts';
import { decide, type Scope } from './permission.ts';
import { evaluateGcpIngress } from './reachability.ts';
import { evaluateGcsAccess } from './storage-access.ts';

const scopeOf = (graph: GraphView, context: QuestionContext): Scope => ({ graph, knowledge: context.knowledge.gcp ?? noGcpKnowledge });
const reach = (q: Question) => ({ port: q.port, protocol: q.protocol, peer: q.object });

/** Questions about Google Cloud. Ids are full resource names, self links, names of machines and buckets, emails and members (`user:a@b`). */
export const gcp: Platform = {
  name: 'Google Cloud',
  recognizes(graph, id) {
    // A bucket of which only the policy is recorded has no short name in the graph.
    const type = (graph.resource(id) ?? graph.resource(bucketName(id)))?.type;
    return type === undefined ? /^(\/\/[a-z0-9.-]+\.googleapis\.com\/|projects\/|gs:\/\/|(serviceAccount|principal|principalSet):|(user|group):.*@|allUsers$|allAuthenticatedUsers$|https:\/\/(www|compute)\.googleapis\.com\/)|\.gserviceaccount\.com$/.test(id) : /\.googleapis\.com\//.test(type);
  },
  ingress(graph, q, context) {
    const scope = scopeOf(graph, context);
    return ok(q.object !== undefined && graph.resource(q.object)?.type === gcpTypes.instance ? evaluateGcpHostToHost(scope, q.object, q.subject, { port: q.port, protocol: q.protocol }) : evaluateGcpIngress(scope, idOf(graph, q.subject), reach(q)).reachable);
  },
  egress(graph, q, context) {
    const scope = scopeOf(graph, context);
    return ok(q.object !== undefined && graph.resource(q.object)?.type === gcpTypes.instance ? evaluateGcpHostToHost(scope, q.subject, q.object, { port: q.port, protocol: q.protocol }) : evaluateGcpEgress(scope, idOf(graph, q.subject), reach(q)));
  },
  host_to_host: (graph, q, context) => (q.object === undefined ? err('object (the other host) is missing') : ok(evaluateGcpHostToHost(scopeOf(graph, context), idOf(graph, q.subject), idOf(graph, q.object), { port: q.port, protocol: q.protocol }))),
  public_storage: (graph, q, context) => ok(publicStorage(scopeOf(graph, context), q)),
  can_assume: (graph, q, context) => (q.object === undefined ? err('object (the service account) is missing') : ok(bare(gcpAssumeVerdict(scopeOf(graph, context), idOf(graph, q.subject), idOf(graph, q.object), context.accounts)))),
  effective_permission: (graph, q, context) => (q.action === undefined ? err('action is missing') : ok(bare(effective(scopeOf(graph, context), q.subject, q.action, q.object)))),
  escalation: (graph, q, context) => ok(gcpEscalationVerdict(scopeOf(graph, context), idOf(graph, q.subject), q.object === undefined ? undefined : idOf(graph, q.object), context.accounts)),
};

/** A bucket may be written as `gs://name`, as full name or by its name alone. */
function idOf(graph: GraphView, id: string): string {
  const name = id.startsWith('gs://') ? bucketName(id.slice('gs://'.length).replace(/\/$/, '')) : id;
  return (graph.resource(id) ?? graph.resource(name) ?? graph.resource(computeName(name)) ?? graph.resource(bucketName(id)))?.urn ?? name;
}
/** A verdict as the command prints it, without the bindings behind it. */
const bare = ({ answer, blocked_by, via, assumed, missing, reasons }: Verdict): Verdict => ({ answer, ...(blocked_by !== undefined && { blocked_by }), ...(via !== undefined && { via }), assumed, missing, reasons });

function accessOf(action: string): AccessKind | undefined {
  const name = action.toLowerCase();
  const kinds: readonly (readonly [AccessKind, RegExp])[] = [['list', /^(list|storage\.objects\.list|storage\.buckets\.list)$/], ['read', /^(read|get|storage\.objects\.get)$/], ['write', /^(write|storage\.objects\.(create|update|delete))$/], ['acl', /^(acl|storage\.(buckets|objects)\.setiampolicy)$/]];
  return kinds.find(([, pattern]) => pattern.test(name))?.[0];
}

function publicStorage(scope: Scope, q: Question): Verdict {
  const resource = scope.graph.resource(idOf(scope.graph, q.subject));
  if (resource && resource.kind !== 'bucket') return evaluateGcpIngress(scope, resource.urn).reachable;
  const { public: verdict, public_actual: actual } = evaluateGcsAccess(scope, resource?.urn ?? q.subject);
  if (q.action === undefined) return verdict;
  const access = accessOf(q.action);
  return access === undefined ? notEvaluated(q, `anonymous ${q.action}`) : narrowed(verdict, actual[access], access);
}

/** For everyone a bucket's own simulation answers: it knows ACLs and public access prevention. Without an object: on anything that has a policy. */
function effective(scope: Scope, subject: string, action: string, object: string | undefined): Verdict {
  const { graph } = scope;
  const member = memberOf(graph, subject);
  const written = object === undefined || object === '*' ? undefined : objectName(graph, object);
  const bucket = written === undefined ? undefined : graph.resource(written);
  const access = accessOf(action);
  if (bucket?.kind === 'bucket' && access !== undefined && (member === 'allUsers' || member === 'allAuthenticatedUsers')) { const found = evaluateGcsAccess(scope, bucket.urn); return narrowed(found.public, found.public_actual[access], access); }
  if (written !== undefined) return decide(scope, member, action, written);
  const places = [...new Set(graph.ofType(gcpTypes.iamPolicy).map((p) => directoryOf(graph).canonical(p.urn.replace(/#iam-policy$/, ''))))];
  const all = places.map((name) => decide(scope, member, action, name));
  return all.find((d) => d.answer === 'yes') ?? all.find((d) => d.answer === 'unknown') ?? all[0] ?? { answer: 'unknown', assumed: [], reasons: [], missing: [{ what: 'IAM policies', entity: subject, supply: 'gcloud asset export --content-type iam-policy' }] };
}

/** `gs://bucket/path` and `projects/_/buckets/b/objects/o` are objects; a project may be given by its id. */
function objectName(graph: GraphView, object: string): string {
  const gs = /^gs:\/\/([^/]+)\/(.+)$/.exec(object) ?? /^(?:\/\/storage\.googleapis\.com\/)?projects\/_\/buckets\/([^/]+)\/objects\/(.+)$/.exec(object);
  if (gs) return `${bucketName(gs[1] ?? '')}/objects/${gs[2]}`;
  const known = graph.resource(idOf(graph, object));
  if (known) return known.urn.replace(/#iam-policy$/, '');
  return /^(projects|folders|organizations)\/[^/]+$/.test(object) ? `//cloudresourcemanager.googleapis.com/${object}` : idOf(graph, object);
}
