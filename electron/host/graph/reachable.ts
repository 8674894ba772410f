import { evaluateIngress } from '#electron/evaluate/aws/reachability.ts';
import { evaluateK8sIngress } from '#electron/evaluate/k8s/ingress.ts';
import type { Known } from '#electron/pipeline/graph/toxic-patterns.ts';
import type { GraphView } from '#shared/model/resource.ts';

/** Types that the reachability evaluation answers for; a platform that derives NET_REACH edges is answered by them alone. */
const evaluated = /^AWS::(EC2::(Instance|NetworkInterface)|RDS::|ElasticLoadBalancing|Lambda::Function)|^K8s::(Pod|Deployment|StatefulSet|DaemonSet|ReplicaSet|Job|CronJob|Service|Ingress)$/;

/** Is an entity reachable from the internet? A derived edge says yes; where there is none, the types of AWS and Kubernetes are evaluated, as an unknown answer makes no edge. */
export const reachableFrom = (view: GraphView) => (urn: string): Known => {
  const edge = view.edgesTo(urn).find((e) => e.source === 'internet' && (e.kind === 'NET_REACH' || e.kind === 'EXPOSES'));
  if (edge) return { answer: 'yes', why: edge.reason ?? 'reachable' };
  const resource = view.resource(urn);
  if (!resource || !evaluated.test(resource.type)) return { answer: resource ? 'unknown' : 'no', why: resource ? 'nothing in the snapshot settles it' : 'it is not in the inventory' };
  const { reachable } = resource.type.startsWith('K8s::') ? evaluateK8sIngress(view, resource.urn) : evaluateIngress(view, resource.urn);
  return { answer: reachable.answer, why: reachable.reasons[0]?.text ?? reachable.blocked_by ?? 'not settled by the snapshot' };
};
