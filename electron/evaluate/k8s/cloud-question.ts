import { gcpTypes } from '#shared/model/gcp.ts';
import type { GraphView } from '#shared/model/resource.ts';
import type { Verdict } from '#shared/model/verdict.ts';
import { directoryOf } from '../gcp/directory.ts';
import { cloudLinks, letsWorkloadIn, metadataLinks, type CloudLink } from './cloud-link.ts';
import { requesterOf } from './rbac-grants.ts';
import { resourceNamed, workloadsNamed } from './workload.ts';

/**
 * Can an account of a cluster, or a workload of one, become an identity of Google Cloud, Azure or AWS: by what links it to the cloud, or on from there (`ask` answers for an identity
 * of the cloud)? Code `NO_CLOUD_LINK`. Undefined when the subject is no such thing, and for AWS where no link leads there: a role's trust policy then answers.
 */
export function assumeFromCluster(graph: GraphView, subject: string, object: string, ask: (identity: string) => Verdict | undefined): Verdict | undefined {
  const target = graph.resource(object), workloads = workloadsNamed(graph, subject), named = resourceNamed(graph, subject);
  if (!target || target.kind !== 'identity' || target.type.startsWith('K8s::') || !(workloads.length > 0 || named?.type === 'K8s::ServiceAccount')) return undefined;
  const account = requesterOf(graph, subject)?.resource;
  const links = [...(account ? cloudLinks(graph, account) : []), ...workloads.flatMap((w) => metadataLinks(graph, w))];
  const leads = (link: CloudLink): boolean => { const urn = graph.resource(link.target)?.urn ?? link.target; return urn === target.urn || graph.edgesFrom(urn, 'RUNS_AS').some((e) => graph.resource(e.target)?.urn === target.urn); };
  const yes = (link: CloudLink, via = link.why): Verdict => ({ answer: 'yes', via, assumed: [], missing: [], reasons: [{ rule: 'K8S.cloud_link', source: link.source, pointer: link.pointer, text: via }] });
  const direct = links.filter(leads), [sure] = direct.filter((l) => !l.conditional);
  if (sure) return yes(sure);
  const isGoogle = target.type === gcpTypes.serviceAccount;
  if (isGoogle && account && letsWorkloadIn(graph, target.urn, account)) return yes({ target: target.urn, conditional: false, why: 'its policy names the account of the cluster', cost: 1, source: directoryOf(graph).policies(target.urn)[0]?.urn ?? target.urn, pointer: '/bindings' });
  for (const link of links.filter((l) => !l.conditional && !leads(l))) {
    const onward = ask(link.target);
    if (onward?.answer === 'yes') return { ...onward, via: `${link.why}, then ${onward.via ?? ''}`, reasons: [...yes(link).reasons, ...onward.reasons] };
  }
  if (target.type.startsWith('AWS::') && direct.length === 0) return undefined;
  const side = isGoogle ? 'gcloud asset export --content-type iam-policy' : target.type.startsWith('AWS::') ? 'aws iam get-account-authorization-details' : 'az identity federated-credential list';
  const lacks = [...(account ? [] : [{ what: 'the service account', entity: subject, supply: 'kubectl get serviceaccounts -A -o json' }]),
    ...(direct.length > 0 || (isGoogle && directoryOf(graph).policies(target.urn).length === 0) ? [{ what: 'whether the cloud’s side lets the account in', entity: target.urn, supply: side }] : [])];
  const reasons = direct.flatMap((l) => yes(l).reasons);
  if (lacks.length > 0) return { answer: 'unknown', assumed: [], missing: lacks, reasons };
  return { answer: 'no', blocked_by: 'NO_CLOUD_LINK', assumed: [], missing: [], reasons: [{ rule: 'K8S.cloud_link', source: account?.urn ?? target.urn, pointer: '', text: links.length === 0 ? 'no annotation, association or node identity links it to a cloud' : `it is linked to others: ${links.slice(0, 3).map((l) => l.target).join(', ')}` }] };
}
