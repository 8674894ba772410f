import { at, list, scalarText, str, type JsonObject } from '#shared/lib/json.ts';
import { podSpecOf } from '#shared/model/k8s-pod.ts';
import type { StoredResource } from '#shared/model/resource.ts';
import type { Checked } from './configuration-checks.ts';

/** What a check of a container's hold on its host asks about, by the words of its title (trivy-checks KSV…, CIS Kubernetes Benchmark 5.2), and whether the pod has it. */
interface Hold { readonly words: RegExp; /** What the pod has of it; undefined: it has nothing. */ readonly has: (spec: JsonObject, titles: string) => string | undefined; readonly without: string }

const containersOf = (spec: JsonObject): readonly unknown[] => ['containers', 'initContainers', 'ephemeralContainers'].flatMap((key) => list(spec, key));
const flag = (key: string) => (spec: JsonObject): string | undefined => (at(spec, key) === true ? `${key}: true` : undefined);
const named = (spec: JsonObject, matches: (container: unknown) => boolean): string | undefined => { const found = containersOf(spec).find(matches); return found === undefined ? undefined : str(found, 'name') ?? 'without a name'; };

const holds: readonly Hold[] = [
  { words: /\bprivileged\b/i, without: 'no container is privileged', has: (spec) => { const name = named(spec, (c) => at(c, 'securityContext', 'privileged') === true); return name === undefined ? undefined : `container ${name} is privileged`; } },
  { words: /host ?(pid|process ?id)/i, has: flag('hostPID'), without: 'hostPID is not set' }, { words: /host ?ipc/i, has: flag('hostIPC'), without: 'hostIPC is not set' }, { words: /host ?network/i, has: flag('hostNetwork'), without: 'hostNetwork is not set' },
  { words: /host ?path|docker\.?sock/i, without: 'no folder of the host is mounted', has(spec, titles) { const paths = list(spec, 'volumes').flatMap((v) => str(v, 'hostPath', 'path') ?? []), path = /sock/i.test(titles) ? paths.find((p) => p.endsWith('.sock')) : paths[0]; return path === undefined ? undefined : `the host's ${path} is mounted`; } },
  // Only of what must be added. Whether the runtime's own set was dropped, or one of it, the absence of an addition doesn't tell.
  { words: /^(?!.*(\bdrop|\bdefault|\b(?:CAP_)?(?:AUDIT_WRITE|CHOWN|DAC_OVERRIDE|FOWNER|FSETID|KILL|MKNOD|NET_BIND_SERVICE|NET_RAW|SETFCAP|SETGID|SETPCAP|SETUID|SYS_CHROOT)\b)).*capabilit/is, without: 'no such capability is added', has(spec, titles) {
    const wanted = /\b(?:CAP_)?([A-Z]+_[A-Z_]+)\b/.exec(titles)?.[1], added = containersOf(spec).flatMap((c) => list(c, 'securityContext', 'capabilities', 'add').map((a) => scalarText(a).toUpperCase().replace(/^CAP_/, '')));
    const found = added.find((a) => wanted === undefined || a === wanted || a === 'ALL');
    return found === undefined ? undefined : `the capability ${found} is added`;
  } },
  { words: /elevate|privilege ?escalation/i, without: 'every container forbids it (allowPrivilegeEscalation: false)', has: (spec) => { const name = named(spec, (c) => at(c, 'securityContext', 'allowPrivilegeEscalation') !== false); return name === undefined ? undefined : `container ${name} does not forbid it (allowPrivilegeEscalation)`; } },
];

/**
 * Does the snapshot show that a workload has the hold on its host that is reported? What a pod doesn't ask for of these it doesn't get (Pod API reference), so its
 * absence refutes; capabilities of the container runtime's own set are no such thing. Several reported holds are refuted only together; words that are none of ours leave it open.
 */
export function checkHostHold(resource: StoredResource, titles: readonly string[]): Checked | undefined {
  const spec = podSpecOf(resource.type.replace('K8s::', ''), resource.config);
  if (spec === undefined || containersOf(spec).length === 0) return undefined;
  const found = titles.flatMap((title) => holds.filter((h) => h.words.test(title)).map((hold) => ({ hold, has: hold.has(spec, title) })));
  const shown = found.find((f) => f.has !== undefined);
  if (shown?.has !== undefined) return { state: 'shown', why: shown.has };
  const isEachKnown = titles.length > 0 && titles.every((title) => holds.some((h) => h.words.test(title)));
  return isEachKnown ? { state: 'refuted', why: [...new Set(found.map((f) => f.hold.without))].join('; ') } : undefined;
}
