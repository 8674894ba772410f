import { importers } from '#electron/pipeline/graph/importers/all.ts';
import { formats } from '#electron/pipeline/normalize/formats/all.ts';
import { formatTime } from '#shared/lib/time.ts';
import { ok, type Result } from '#shared/lib/result.ts';
import type { RawFileRow } from '#electron/store/tables/raw-files.ts';
import type { App } from '../create-app.ts';
import type { OutputOf } from '../procedure.ts';

type ConnectorView = OutputOf<'connectors.list'>[number];

/** A product: what it brings, which formats carry its exports (a name, or the start of one before a hyphen), and what a live pull will need. */
interface Product { readonly id: string; readonly name: string; readonly brings: string; readonly formats: readonly string[]; readonly live: Omit<ConnectorView['live'], 'state' | 'last_pull'> | null }

const products: readonly Product[] = [
  { id: 'aws', name: 'AWS', brings: 'inventory, identities, network paths, changes and access, findings of its own services', formats: ['aws', 'cloudtrail', 'guardduty', 'asff'], live: { credentials: 'a profile, SSO session or role of the AWS SDK, read-only', asks: 'List, Get and Describe calls, CloudTrail lookups; what is denied is named, and its evidence stays unknown', egress: 'requests to AWS endpoints of the accounts that you name; no finding and no decision leaves' } },
  { id: 'azure', name: 'Microsoft Azure', brings: 'resources, role assignments, network, activity', formats: ['azure', 'entra', 'defender'], live: { credentials: 'az login, a managed identity or a service principal with Reader', asks: 'Resource Graph queries and the activity log', egress: 'requests to Azure Resource Manager; no finding and no decision leaves' } },
  { id: 'gcp', name: 'Google Cloud', brings: 'assets, IAM policies, network, audit logs', formats: ['gcp', 'google', 'scc'], live: { credentials: 'application default credentials with Cloud Asset Viewer', asks: 'Cloud Asset listings and IAM policy searches', egress: 'requests to Google Cloud APIs; no finding and no decision leaves' } },
  { id: 'k8s', name: 'Kubernetes', brings: 'workloads, RBAC, network policies, images', formats: ['k8s', 'kubernetes', 'kube'], live: { credentials: 'a context of your kubeconfig, read-only', asks: 'list of the kinds that are evaluated; secrets are never read', egress: 'requests to the API server of the context; no finding and no decision leaves' } },
  { id: 'wiz', name: 'Wiz', brings: 'issues and vulnerabilities', formats: ['wiz'], live: { credentials: 'a service account with read:issues', asks: 'issues and vulnerability findings, page by page', egress: 'requests to the API of your Wiz tenant; no finding and no decision leaves' } },
  { id: 'prowler', name: 'Prowler', brings: 'findings of cloud checks', formats: ['prowler'], live: null },
  { id: 'trivy', name: 'Trivy', brings: 'vulnerabilities of images, file systems and repositories', formats: ['trivy'], live: null },
];

const belongs = (format: string, names: readonly string[]): boolean => names.some((name) => format === name || format.startsWith(`${name}-`));

/** Each product with the exports of it that can be imported, when that was last done, and what a live pull will need. Formats of no product come last. */
export function listConnectors(app: App): Result<OutputOf<'connectors.list'>> {
  const newest = new Map<string, RawFileRow>();
  for (const row of app.tables.rawFiles.all()) if (row.state !== 'rolled_back' && !newest.has(row.format)) newest.set(row.format, row);
  const imports = [...importers, ...formats].map(({ name, kind, description }) => {
    const last = newest.get(name);
    return { format: name, kind, description, last: last === undefined ? null : { at: formatTime(last.imported_us), records: last.records } };
  });
  const known = products.map(({ formats: names, live, ...product }): ConnectorView => ({ ...product, live: live === null ? { state: 'none', credentials: '', asks: '', egress: '', last_pull: null } : { state: 'not_in_version', ...live, last_pull: null }, imports: imports.filter(({ format }) => belongs(format, names)) }));
  const others = imports.filter(({ format }) => !products.some((product) => belongs(format, product.formats)));
  return ok([...known, ...(others.length === 0 ? [] : [{ id: 'others', name: 'Any other tool', brings: 'what it exports in a common format, or through a field map in the policy', live: { state: 'none' as const, credentials: '', asks: '', egress: '', last_pull: null }, imports: others }])]);
}
