import { at, list, str } from '#shared/lib/json.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Answer } from '#shared/model/verdict.ts';
import { namespaceOf } from './grouped.ts';
import { selectsByMap } from './selector.ts';
import { workloadsIn, type Workload } from './workload.ts';

/** One port of a Service as it arrives at one workload behind it. */
export interface Backend { readonly workload: Workload; readonly servicePort: number; readonly nodePort: number | undefined; readonly port: number; readonly protocol: string; readonly name: string | undefined }
export interface ServicePort { readonly port: number; readonly nodePort: number | undefined; readonly protocol: string; readonly name: string | undefined; readonly target: number | string; readonly index: number }

export function servicePorts(service: StoredResource): readonly ServicePort[] {
  return list(service.config, 'spec', 'ports').flatMap((entry, index): ServicePort[] => {
    const port = at(entry, 'port'), nodePort = at(entry, 'nodePort'), target = at(entry, 'targetPort');
    if (typeof port !== 'number') return [];
    return [{ port, index, name: str(entry, 'name'), protocol: (str(entry, 'protocol') ?? 'TCP').toUpperCase(), nodePort: typeof nodePort === 'number' ? nodePort : undefined, target: (typeof target === 'number' && target > 0) || (typeof target === 'string' && target !== '') ? target : port }];
  });
}

/** Does a Service select this workload? By its selector, in its own namespace. */
export function isBehind(service: StoredResource, workload: Workload): Answer {
  if (str(service.config, 'spec', 'type') === 'ExternalName' || namespaceOf(service) !== workload.namespace || service.account !== workload.cluster) return 'no';
  return selectsByMap(at(service.config, 'spec', 'selector'), workload.labels);
}

/** The port of a workload that a Service's port leads to; a name is looked up there. Undefined when the workload has no port of that name. */
export function targetPort(port: ServicePort, workload: Workload): number | undefined {
  if (typeof port.target === 'number') return port.target;
  const named = workload.ports.find((p) => p.name === port.target && p.protocol === port.protocol);
  if (named) return named.port;
  return /^\d+$/.test(port.target) ? Number(port.target) : undefined;
}

/** What stands behind each port of a Service. */
export function backendsOf(graph: GraphView, service: StoredResource): readonly Backend[] {
  const workloads = workloadsIn(graph, service.account, namespaceOf(service) ?? 'default').filter((w) => isBehind(service, w) === 'yes');
  return servicePorts(service).flatMap((port) => workloads.flatMap((workload): Backend[] => {
    const target = targetPort(port, workload);
    return target === undefined ? [] : [{ workload, servicePort: port.port, nodePort: port.nodePort, port: target, protocol: port.protocol, name: port.name }];
  }));
}
