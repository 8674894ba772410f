import { at, list, scalarText, str } from '#shared/lib/json.ts';
import { podOf } from '#shared/model/k8s-pod.ts';
import type { StoredResource } from '#shared/model/resource.ts';
import { kindOf } from './grouped.ts';

/** A way from a container to its node: 1 easy … 10 hard (design 5-graph §5). */
export interface Escape { readonly id: string; readonly cost: number; readonly text: string; readonly pointer: string }

/** Sockets of container runtimes and the folders that they lie in: a mount that is read-only hinders no connect() (Linux manual, connect(2) asks for the socket’s own write permission). */
const sockets = /\/(docker|containerd|crio|cri-dockerd|podman|dockershim)\.sock$|^\/(var\/)?run(\/(docker|containerd|crio|podman|k3s(\/containerd)?))?\/?$/;
/** Where runtimes and k3s or RKE2 keep the files of all containers, and their keys. */
const stores = /^\/var\/lib\/(rancher(\/(k3s|rke2)(\/(server|agent)(\/.*)?)?)?|docker(\/(overlay2|volumes)(\/.*)?)?|containerd(\/io\.containerd\..*)?)\/?$/;
/** Folders of a host that give the host away when a container can write to them; reading the whole disk, kubelet’s or root’s files does as well. */
const writable = /^\/(etc|root|boot|usr|bin|sbin|lib|lib64|opt|proc|sys|dev|run|var|var\/run|var\/log|var\/log\/pods|var\/spool(\/cron)?|var\/lib|var\/lib\/(kubelet|etcd)|home|etc\/.*)?\/?$/;
const readable = /^\/(etc|etc\/kubernetes(\/.*)?|root(\/.*)?|var|var\/lib|var\/lib\/(kubelet|etcd)(\/.*)?|var\/log|var\/log\/pods|proc)?\/?$/;
const dangerous: ReadonlyMap<string, string> = new Map([['SYS_MODULE', 'may load kernel modules'], ['SYS_ADMIN', 'may mount and change the kernel’s settings'], ['SYS_RAWIO', 'may read and write the machine’s memory'], ['DAC_READ_SEARCH', 'may open files of the host by handle'], ['BPF', 'may load programs into the kernel']]);

/** Ways out of the containers of a workload to its node (Kubernetes documentation, "Create a Windows HostProcess Pod"; KubeHound: CE_PRIV_MOUNT, CE_NSENTER, CE_SYS_PTRACE, CE_MODULE_LOAD, CE_UMH_CORE_PATTERN, EXPLOIT_CONTAINERD_SOCK, EXPLOIT_HOST_*). Sorted by cost. */
export function escapesOf(resource: StoredResource): readonly Escape[] {
  const pod = podOf(kindOf(resource), resource.config);
  if (!pod) return [];
  const base = podPath(kindOf(resource));
  const shared = at(pod, 'spec', 'hostPID') === true, ofPod = at(pod, 'spec', 'securityContext', 'windowsOptions', 'hostProcess');
  const found = (['containers', 'initContainers', 'ephemeralContainers'] as const).flatMap((key) => list(pod, 'spec', key).flatMap((container, i): readonly Escape[] => {
    const pointer = `${base}/spec/${key}/${i}`, name = str(container, 'name') ?? `${key} ${i}`;
    const privileged = at(container, 'securityContext', 'privileged') === true;
    const ofContainer = at(container, 'securityContext', 'windowsOptions', 'hostProcess'), isHostProcess = (ofContainer ?? ofPod) === true;
    const added = list(container, 'securityContext', 'capabilities', 'add').map((c) => scalarText(c).toUpperCase().replace(/^CAP_/, ''));
    const has = (capability: string): boolean => added.includes(capability) || added.includes('ALL');
    return [
      ...(isHostProcess ? [{ id: 'CE_HOST_PROCESS', cost: 1, text: `container ${name} runs as a process of its Windows host`, pointer: ofContainer === true ? `${pointer}/securityContext/windowsOptions/hostProcess` : `${base}/spec/securityContext/windowsOptions/hostProcess` }] : []),
      ...(privileged ? [{ id: 'CE_PRIV_MOUNT', cost: 1, text: `container ${name} is privileged`, pointer: `${pointer}/securityContext/privileged` }] : []),
      ...(privileged && shared ? [{ id: 'CE_NSENTER', cost: 1, text: `container ${name} is privileged and sees the host’s processes`, pointer: `${base}/spec/hostPID` }] : []),
      ...(shared && !privileged && has('SYS_PTRACE') ? [{ id: 'CE_SYS_PTRACE', cost: 4, text: `container ${name} sees the host’s processes and may trace them`, pointer: `${pointer}/securityContext/capabilities/add` }] : []),
      ...[...dangerous].flatMap(([capability, what]) => (has(capability) && !privileged ? [{ id: capability === 'SYS_MODULE' ? 'CE_MODULE_LOAD' : `CE_${capability}`, cost: 4, text: `container ${name} ${what} (${capability})`, pointer: `${pointer}/securityContext/capabilities/add` }] : [])),
      ...mounts(pod, container, name, pointer),
    ];
  }));
  return found.sort((a, b) => a.cost - b.cost || (a.id < b.id ? -1 : 1));
}

const podPath = (kind: string): string => (kind === 'Pod' ? '' : kind === 'CronJob' ? '/spec/jobTemplate/spec/template' : '/spec/template');

function mounts(pod: unknown, container: unknown, name: string, pointer: string): readonly Escape[] {
  return list(container, 'volumeMounts').flatMap((mount, i): readonly Escape[] => {
    const volume = list(pod, 'spec', 'volumes').find((v) => str(v, 'name') === str(mount, 'name'));
    const path = str(volume, 'hostPath', 'path')?.replace(/\/{2,}/g, '/');
    if (path === undefined) return [];
    const say = (id: string, what: string): readonly Escape[] => [{ id, cost: 4, text: `container ${name} ${what} ${path} of its node`, pointer: `${pointer}/volumeMounts/${i}` }];
    if (sockets.test(path)) return say('EXPLOIT_CONTAINERD_SOCK', 'holds the container runtime’s socket by');
    const readOnly = at(mount, 'readOnly') === true;
    if (!readOnly && (writable.test(path) || stores.test(path))) return say(path.startsWith('/var/log') ? 'CE_VAR_LOG_SYMLINK' : 'EXPLOIT_HOST_WRITE', 'may write to');
    return readable.test(path) || stores.test(path) ? say('EXPLOIT_HOST_READ', 'may read') : [];
  });
}
