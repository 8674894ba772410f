import { gcpTypes } from '#shared/model/gcp.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Answer, Missing, Verdict } from '#shared/model/verdict.ts';
import { directoryOf } from '../gcp/directory.ts';
import type { GcpKnowledge } from '../gcp/knowledge.ts';
import { allOf, anyOf } from '../kleene.ts';
import { cloudLinks, namedLinks, type CloudLink } from './cloud-link.ts';
import { googleTrust } from './cloud-trust.ts';
import { nodeLinks } from './node-link.ts';
import { requesterOf } from './rbac-grants.ts';
import { resourceNamed, workloadsNamed } from './workload.ts';

/** More identities than these are not followed further. */
const maxOnward = 100;
type Ask = (identity: string) => Verdict | undefined;
interface Way { readonly answer: Answer; readonly missing: readonly Missing[]; readonly reasons: Verdict['reasons']; readonly via: string; readonly assumed: readonly string[] }

/**
 * Can an account of a cluster, or a workload of one, become an identity of Google Cloud, Azure or AWS: by what links it to the cloud, or on from there (`ask` answers for an identity
 * of the cloud)? Code `NO_CLOUD_LINK`. Undefined when the subject is no such thing, and for AWS where no link leads there: a role's trust policy then answers.
 */
export function assumeFromCluster(graph: GraphView, subject: string, object: string, knowledge: GcpKnowledge, ask: Ask): Verdict | undefined {
  const target = graph.resource(object), workloads = workloadsNamed(graph, subject), named = resourceNamed(graph, subject);
  if (!target || target.kind !== 'identity' || target.type.startsWith('K8s::') || !(workloads.length > 0 || named?.type === 'K8s::ServiceAccount')) return undefined;
  const account = requesterOf(graph, subject)?.resource, isAws = target.type.startsWith('AWS::'), nodes = workloads.map((w) => nodeLinks(graph, w));
  const links = [...(account ? [...cloudLinks(graph, account, knowledge), ...(isAws ? [] : namedLinks(graph, account, knowledge, target.type))] : []), ...nodes.flatMap((n) => n.links)];
  const direct = links.filter((l) => leadsTo(graph, l, target)), others = links.filter((l) => !direct.includes(l));
  const ways = direct.map((link) => directWay(link, target));
  const [sure] = ways.filter((w) => w.answer === 'yes');
  if (sure) return said(sure);
  for (const link of others.toSorted((a, b) => Number(a.conditional) - Number(b.conditional)).slice(0, maxOnward)) {
    const way = onwardWay(graph, link, ask);
    if (way.answer === 'yes') return said(way);
    ways.push(way);
  }
  const open = ways.filter((w) => w.answer === 'unknown');
  const own = [...nodes.flatMap((n) => n.missing.filter((m) => m.cloud.test(target.type)).map(({ what, entity, supply }) => ({ what, entity, supply }))), ...(others.length > maxOnward ? [{ what: `what more than ${maxOnward} identities that it may take lead to`, entity: subject, supply: 'a question about each' }] : [])];
  if (isAws && direct.length === 0 && open.length === 0 && own.length === 0) return undefined;
  const missing = uniqueMissing([...(account ? [] : [{ what: 'the service account', entity: subject, supply: 'kubectl get serviceaccounts -A -o json' }]), ...open.flatMap((w) => w.missing), ...own, ...ownSide(graph, target, account, knowledge)]);
  if (missing.length > 0 || open.length > 0) return { answer: 'unknown', assumed: [], missing, reasons: open.flatMap((w) => w.reasons).slice(0, 5) };
  return { answer: 'no', blocked_by: 'NO_CLOUD_LINK', assumed: [], missing: [], reasons: [{ rule: 'K8S.cloud_link', source: account?.urn ?? target.urn, pointer: '', text: links.length === 0 ? 'no annotation, association or node identity links it to a cloud' : `it is linked to others: ${links.slice(0, 3).map((l) => l.target).join(', ')}` }] };
}

function leadsTo(graph: GraphView, link: CloudLink, target: StoredResource): boolean {
  const urn = graph.resource(link.target)?.urn ?? link.target;
  return urn === target.urn || graph.edgesFrom(urn, 'RUNS_AS').some((e) => graph.resource(e.target)?.urn === target.urn);
}

const supplyFor = (type: string): string => (type === gcpTypes.serviceAccount ? 'gcloud asset export --content-type iam-policy' : type.startsWith('AWS::') ? 'aws iam get-account-authorization-details' : 'az identity federated-credential list');
const lackOf = (link: CloudLink, entity: string, type: string): readonly Missing[] => (link.conditional ? [link.lacks ?? { what: 'whether the cloud’s side lets the account in', entity, supply: supplyFor(type) }] : []);
const reasonOf = (link: CloudLink): Verdict['reasons'] => [{ rule: 'K8S.cloud_link', source: link.source, pointer: link.pointer, text: link.why }];

const directWay = (link: CloudLink, target: StoredResource): Way => ({ answer: link.conditional ? 'unknown' : 'yes', missing: lackOf(link, target.urn, target.type), reasons: reasonOf(link), via: link.why, assumed: [] });

/** Over an identity that is not the one asked for: both steps must be sure. What a machine's profile stands for is asked in its place. */
function onwardWay(graph: GraphView, link: CloudLink, ask: Ask): Way {
  const found = graph.resource(link.target), urn = found?.urn ?? link.target;
  const behind = found?.kind === 'identity' ? [] : graph.edgesFrom(urn, 'RUNS_AS').map((e) => e.target);
  const steps = (behind.length > 0 ? behind : [link.target]).flatMap((id) => ask(id) ?? []);
  const onward = anyOf(steps.map((s) => s.answer)), step = steps.find((s) => s.answer === onward);
  const answer = allOf([link.conditional ? 'unknown' : 'yes', onward]);
  return { answer, via: `${link.why}, then ${step?.via ?? ''}`, assumed: step?.assumed ?? [], missing: [...lackOf(link, urn, found?.type ?? ''), ...steps.filter((s) => s.answer === 'unknown').flatMap((s) => (s.missing.length > 0 ? s.missing : [{ what: 'whether a condition on the way holds', entity: s.reasons[0]?.source ?? urn, supply: 'a person who knows it' }]))], reasons: [...reasonOf(link), ...step?.reasons ?? []] };
}

const said = ({ via, reasons, assumed }: Way): Verdict => ({ answer: 'yes', via, assumed, missing: [], reasons });
const uniqueMissing = (missing: readonly Missing[]): readonly Missing[] => [...new Map(missing.map((m) => [`${m.entity} ${m.what}`, m])).values()];

/** What is not recorded of the target's own side, which alone decides who gets it. */
function ownSide(graph: GraphView, target: StoredResource, account: StoredResource | undefined, knowledge: GcpKnowledge): readonly Missing[] {
  const lack: Missing = { what: 'whether the cloud’s side lets the account in', entity: target.urn, supply: supplyFor(target.type) };
  if (target.type === gcpTypes.serviceAccount) return directoryOf(graph).policies(target.urn).length === 0 ? [lack] : account ? googleTrust({ graph, knowledge }, target.urn, account).missing : [];
  // An application's federated credentials are not read.
  return target.type === 'AZ::App' || target.type === 'AZ::ServicePrincipal' ? [lack] : [];
}
