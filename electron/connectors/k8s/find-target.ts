import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { err, ok, type Result } from '#shared/lib/result.ts';
import { readKubeconfig, type KubeTarget, type KubeconfigFile } from './kubeconfig.ts';

/** Where a pod finds its own cluster (Kubernetes documentation, "Accessing the Kubernetes API from a Pod"). */
const inCluster = '/var/run/secrets/kubernetes.io/serviceaccount';

interface Wanted { readonly kubeconfig?: string | undefined; readonly context?: string | undefined }

/**
 * The cluster that is meant: a kubeconfig that was named, else those of KUBECONFIG, else ~/.kube/config, else the cluster that this process runs in.
 * Files of KUBECONFIG that don't exist are passed over, as kubectl does.
 */
export async function findTarget(wanted: Wanted, env: Readonly<Record<string, string | undefined>>): Promise<Result<KubeTarget>> {
  const listed = env['KUBECONFIG'] ?? '';
  const paths = wanted.kubeconfig !== undefined ? [wanted.kubeconfig] : listed !== '' ? listed.split(delimiter).filter((p) => p !== '') : [join(env['HOME'] ?? homedir(), '.kube', 'config')];
  const files: KubeconfigFile[] = [];
  for (const path of paths) {
    try { files.push({ path, text: await readFile(path, 'utf8') }); } catch (error) {
      const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
      if (wanted.kubeconfig !== undefined || code !== 'ENOENT') return err(`${path}: can't be read (${String(code)})`);
    }
  }
  if (files.length > 0) return readKubeconfig(files, { context: wanted.context });
  const host = env['KUBERNETES_SERVICE_HOST'];
  if (host === undefined || wanted.context !== undefined) return err(`no kubeconfig: looked for ${paths.join(', ')}; name one with --kubeconfig`);
  return ok(ownCluster(host, env['KUBERNETES_SERVICE_PORT'] ?? '443'));
}

const ownCluster = (host: string, port: string): KubeTarget => ({
  context: undefined, cluster: 'in-cluster', server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`, namespace: undefined, insecure: false,
  ca: { file: join(inCluster, 'ca.crt') }, user: { name: 'the service account of this pod', tokenFile: join(inCluster, 'token') },
});

/** Names that installers give to every cluster (kubeadm, k3s, kind, in a pod): the server's address tells such clusters apart. */
const anybodys = new Set(['kubernetes', 'default', 'cluster', 'local', 'cluster.local', 'in-cluster', 'k3s', 'microk8s-cluster', 'minikube']);

/** The name that a cluster's objects are kept under: as the user calls it, else as the kubeconfig does. */
export function clusterName(target: Pick<KubeTarget, 'cluster' | 'server'>, called?: string): string {
  if (called !== undefined) return called;
  return anybodys.has(target.cluster.toLowerCase()) ? `${target.cluster}@${new URL(target.server).host}` : target.cluster;
}
