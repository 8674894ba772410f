import type { GraphView } from '#shared/model/resource.ts';
import type { Verdict } from '#shared/model/verdict.ts';
import { clientDecision, clientsOf } from './clients.ts';
import { hasPolicies, podToPod, pointsOf } from './connection.ts';
import { backendsOf } from './service.ts';
import type { Decision } from './traffic.ts';
import { resourceNamed, workloadsNamed, type Workload } from './workload.ts';

const absent = (entity: string): Verdict => ({
  answer: 'unknown', assumed: [], reasons: [{ rule: 'K8S.host', source: entity, pointer: '', text: `${entity} is no workload of the snapshot` }], missing: [{ what: 'the workload', entity, supply: 'kubectl get pods,deployments,statefulsets,daemonsets,jobs -A -o json' }],
});

/** The first decision that is yes, else the first that is open, else the first. */
export function best(decisions: readonly Decision[]): Decision | undefined {
  return decisions.find((d) => d.answer === 'yes') ?? decisions.find((d) => d.answer === 'unknown') ?? decisions[0];
}

export function toVerdict(decision: Decision | undefined, assumed: readonly string[], via?: string): Verdict {
  if (!decision) return { answer: 'unknown', assumed: [], missing: [{ what: 'a port or protocol that can be asked about', entity: '', supply: 'TCP, UDP or SCTP' }], reasons: [] };
  const { answer, code, reasons, missing } = decision;
  return { answer, assumed: answer === 'yes' ? assumed : [], missing, reasons: reasons.slice(0, 20), ...(answer !== 'yes' && code !== undefined && { blocked_by: code }), ...(answer === 'yes' && via !== undefined && { via }) };
}

/**
 * Can one workload open a connection to another: directly by the pod's port, or to a Service's by its port? A workload that is several pods counts when
 * any of them can. Without a port: on any; without a protocol: TCP on that port. What listens is not asked.
 */
export function evaluatePodToPod(graph: GraphView, from: string, to: string, port: number | undefined, protocol: string | undefined): Verdict {
  const senders = workloadsNamed(graph, from);
  if (senders.length === 0) return absent(from);
  const receivers = workloadsNamed(graph, to);
  const service = receivers.length === 0 ? resourceNamed(graph, to) : undefined;
  const ends: readonly { readonly workload: Workload; readonly port: number | undefined; readonly protocol: string | undefined }[] = service?.type === 'K8s::Service'
    ? backendsOf(graph, service).filter((b) => port === undefined || b.servicePort === port).map((b) => ({ workload: b.workload, port: b.port, protocol: b.protocol }))
    : receivers.map((workload) => ({ workload, port, protocol }));
  if (ends.length === 0) {
    return service?.type === 'K8s::Service'
      ? { answer: 'unknown', assumed: [], reasons: [], missing: [{ what: port === undefined ? 'the pods behind the Service' : `a port ${port} of the Service with pods behind it`, entity: service.urn, supply: 'kubectl get pods,services -A -o json' }] } : absent(to);
  }
  const first = ends[0]?.workload.cluster;
  if (senders.some((s) => s.cluster !== first)) return { answer: 'unknown', assumed: [], reasons: [], missing: [{ what: 'a way between two clusters', entity: to, supply: 'a person: it is not evaluated' }] };
  const decisions = senders.flatMap((sender) => ends.flatMap((end) =>
    pointsOf(graph, [{ direction: 'egress', workload: sender, peer: { kind: 'workload', workload: end.workload } }, { direction: 'ingress', workload: end.workload, peer: { kind: 'workload', workload: sender } }], end.port, end.protocol)
      .map((point) => podToPod(graph, sender, end.workload, point, service !== undefined))));
  return toVerdict(best(decisions), hasPolicies(graph, first) ? [] : ['network_policy'], `${from} → ${to}`);
}

/** May a workload send to addresses outside the cluster (the internet when none is named), as far as policies say? The way out of the cluster is taken as there. */
export function evaluateEgress(graph: GraphView, from: string, destination: string | undefined, port: number | undefined, protocol: string | undefined): Verdict {
  const senders = workloadsNamed(graph, from);
  if (senders.length === 0) return absent(from);
  const clients = clientsOf(destination);
  if (!clients) return destination === undefined ? absent(from) : evaluatePodToPod(graph, from, destination, port, protocol);
  const decisions = senders.flatMap((sender) => clients.flatMap((sources) => {
    const example = { kind: 'address', family: sources.family, value: sources.ranges[0]?.from ?? 0n, text: sources.label } as const;
    return pointsOf(graph, [{ direction: 'egress', workload: sender, peer: example }], port, protocol).map((point) => clientDecision(graph, 'egress', sender, point, sources));
  }));
  return toVerdict(best(decisions), [...(hasPolicies(graph, senders[0]?.cluster) ? [] : ['network_policy']), 'a route out of the cluster'], `${from} → ${destination ?? 'internet'}`);
}

/** Only what policies say to an address that reaches the pod's network. */
export function policyIngress(graph: GraphView, workload: Workload, source: string, port: number | undefined, protocol: string | undefined): Decision | undefined {
  return best((clientsOf(source) ?? []).flatMap((sources) => {
    const example = { kind: 'address', family: sources.family, value: sources.ranges[0]?.from ?? 0n, text: sources.label } as const;
    return pointsOf(graph, [{ direction: 'ingress', workload, peer: example }], port, protocol).map((point) => clientDecision(graph, 'ingress', workload, point, sources));
  }));
}

