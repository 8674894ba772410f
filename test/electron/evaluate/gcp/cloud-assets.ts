import { memoryGraph, type GraphRecord } from '#electron/pipeline/graph/memory-graph.ts';
import { deriveEdges } from '#electron/pipeline/graph/build-graph.ts';
import { gcpDerivations } from '#electron/pipeline/graph/gcp-derivations.ts';
import { gcpAsset } from '#electron/pipeline/graph/importers/gcp-asset.ts';
import { readGcpKnowledge, type GcpKnowledge } from '#electron/evaluate/gcp/knowledge.ts';
import { isObject } from '#shared/lib/json.ts';
import type { GraphView } from '#shared/model/resource.ts';
import { readFileSync } from 'node:fs';

const json = (path: string): unknown => JSON.parse(readFileSync(`resources/${path}`, 'utf8'));
const read = readGcpKnowledge({ roles: json('policies/gcp/roles.json'), primitives: json('attack/gcp-privesc-primitives.json') });
if (!read.ok) throw new Error(read.error);
export const knowledge: GcpKnowledge = read.value;

export const project = 'acme-prod', number = '424242424242', organization = 'organizations/9001', folder = 'folders/77';
const ancestors = [`projects/${number}`, folder, organization];
const compute = `//compute.googleapis.com/projects/${project}`;
export const link = (path: string): string => `https://www.googleapis.com/compute/v1/projects/${project}/${path}`;
export const instanceName = (name: string): string => `${compute}/zones/europe-west1-b/instances/${name}`;
export const accountName = (name: string): string => `//iam.googleapis.com/projects/${project}/serviceAccounts/${name}@${project}.iam.gserviceaccount.com`;
export const email = (name: string): string => `${name}@${project}.iam.gserviceaccount.com`;

type Json = Readonly<Record<string, unknown>>;
const asset = (name: string, assetType: string, more: Json): Json => ({ name, assetType, ancestors, ...more });
export const resource = (name: string, assetType: string, data: Json): Json => asset(name, assetType, { resource: { version: 'v1', data } });
export const binding = (role: string, ...members: readonly string[]): Json => ({ role, members });
export const policy = (name: string, assetType: string, ...bindings: readonly Json[]): Json => asset(name, assetType, { iamPolicy: { etag: 'BwX', bindings } });

export const projectRecord = (): Json => resource(`//cloudresourcemanager.googleapis.com/projects/${number}`, 'cloudresourcemanager.googleapis.com/Project', { projectId: project, projectNumber: number, lifecycleState: 'ACTIVE', parent: { type: 'folder', id: '77' } });
export const projectPolicy = (...bindings: readonly Json[]): Json => policy(`//cloudresourcemanager.googleapis.com/projects/${number}`, 'cloudresourcemanager.googleapis.com/Project', ...bindings);
export const bucket = (data: Json = {}): Json => resource('//storage.googleapis.com/acme-data', 'storage.googleapis.com/Bucket', { kind: 'storage#bucket', name: 'acme-data', projectNumber: number, iamConfiguration: { uniformBucketLevelAccess: { enabled: true }, publicAccessPrevention: 'inherited' }, ...data });
export const bucketPolicy = (...bindings: readonly Json[]): Json => policy('//storage.googleapis.com/acme-data', 'storage.googleapis.com/Bucket', ...bindings);
export const orgPolicy = (holder: string, constraint: string, body: Json): Json => ({ name: `//cloudresourcemanager.googleapis.com/${holder}`, assetType: 'cloudresourcemanager.googleapis.com/Project', orgPolicy: [{ constraint: `constraints/${constraint}`, ...body }] });
export const network = (data: Json = {}, name = 'main'): Json => resource(`${compute}/global/networks/${name}`, 'compute.googleapis.com/Network', { name, selfLink: link(`global/networks/${name}`), ...data });
export const firewall = (name: string, data: Json): Json => resource(`${compute}/global/firewalls/${name}`, 'compute.googleapis.com/Firewall', { name, network: link('global/networks/main'), direction: 'INGRESS', priority: 1000, disabled: false, ...data });
export const allow = (protocol: string, ...ports: readonly string[]): Json => ({ allowed: [{ IPProtocol: protocol, ...(ports.length > 0 && { ports }) }] });
export const deny = (protocol: string, ...ports: readonly string[]): Json => ({ denied: [{ IPProtocol: protocol, ...(ports.length > 0 && { ports }) }] });
export const internetRange = { sourceRanges: ['0.0.0.0/0'] };
export const nic = (more: Json = {}): Json => ({ name: 'nic0', network: link('global/networks/main'), subnetwork: link('regions/europe-west1/subnetworks/a'), networkIP: '10.10.0.5', accessConfigs: [{ type: 'ONE_TO_ONE_NAT', natIP: '203.0.113.10' }], ...more });
export const instance = (name: string, data: Json = {}): Json => resource(instanceName(name), 'compute.googleapis.com/Instance', { name, status: 'RUNNING', zone: link('zones/europe-west1-b'), networkInterfaces: [nic()], tags: { items: ['web'] }, serviceAccounts: [{ email: email('web'), scopes: ['https://www.googleapis.com/auth/cloud-platform'] }], ...data });
export const account = (name: string): Json => resource(accountName(name), 'iam.googleapis.com/ServiceAccount', { email: email(name), projectId: project, name: `projects/${project}/serviceAccounts/${email(name)}`, uniqueId: `1${name.length}00000000` });

/** The graph of Cloud Asset records, as import makes it. */
export function graphOfAssets(...records: readonly Json[]): GraphView { return memoryGraph(recordsOf(records)); }

export function recordsOf(records: readonly Json[]): readonly GraphRecord[] {
  return records.map((record, index): GraphRecord => {
    const parsed = gcpAsset.parse(record, { parents: [], from: '', path: 'x.json', index });
    if (!parsed.ok) throw new Error(parsed.error);
    return { resources: parsed.value.resources ?? [], edges: parsed.value.edges ?? [], file: 'x.json', record: index };
  });
}

/** The graph with its derived edges. */
export function derivedGraph(...records: readonly Json[]): GraphView {
  const all = recordsOf(records), graph = memoryGraph(all);
  const edges = [...deriveEdges(graph, new Set(all.flatMap((r) => r.resources.map((x) => x.urn))), gcpDerivations(knowledge), () => [])].flatMap((g) => g.edges);
  return memoryGraph(all, edges);
}

export const scope = (graph: GraphView) => ({ graph, knowledge });
export const without = (record: Json, ...keys: readonly string[]): Json => Object.fromEntries(Object.entries(record).filter(([k]) => !keys.includes(k)));
export const isRecord = isObject;
