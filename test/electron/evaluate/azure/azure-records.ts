import { readFileSync } from 'node:fs';
import { readAzureKnowledge, type AzureKnowledge } from '#electron/evaluate/azure/knowledge.ts';
import { azureDerivations } from '#electron/pipeline/graph/azure-derivations.ts';
import { deriveEdges } from '#electron/pipeline/graph/build-graph.ts';
import { azureResources } from '#electron/pipeline/graph/importers/azure-resources.ts';
import { memoryGraph, type GraphRecord } from '#electron/pipeline/graph/memory-graph.ts';
import type { GraphView } from '#shared/model/resource.ts';

const json = (path: string): unknown => JSON.parse(readFileSync(`resources/${path}`, 'utf8'));
const read = readAzureKnowledge({ roles: json('policies/azure/roles.json'), edges: json('attack/azure-edges.json') });
if (!read.ok) throw new Error(read.error);
export const knowledge: AzureKnowledge = read.value;

export type Json = Readonly<Record<string, unknown>>;
export const sub = '/subscriptions/aaaaaaaa-0000-0000-0000-000000000001', group = `${sub}/resourceGroups/shop`;
export const id = (type: string, name: string): string => `${group}/providers/${type}/${name}`;
export const urn = (type: string, name: string): string => id(type, name).toLowerCase();
export const arm = (type: string, name: string, properties: Json, more: Json = {}): Json => ({ id: id(type, name), name, type: type.toLowerCase(), location: 'westeurope', properties, ...more });

export const vm = (more: Json = {}, top: Json = {}): Json => arm('Microsoft.Compute/virtualMachines', 'web', { networkProfile: { networkInterfaces: [{ id: id('Microsoft.Network/networkInterfaces', 'web-nic') }] }, extended: { instanceView: { powerState: { code: 'PowerState/running' } } }, ...more }, top);
export const nic = (config: Json = {}, more: Json = {}, name = 'web-nic'): Json => arm('Microsoft.Network/networkInterfaces', name, {
  ipConfigurations: [{ name: 'ip', properties: { privateIPAddress: '10.0.1.4', subnet: { id: `${id('Microsoft.Network/virtualNetworks', 'net')}/subnets/front` }, publicIPAddress: { id: id('Microsoft.Network/publicIPAddresses', 'web-ip') }, ...config } }], networkSecurityGroup: { id: id('Microsoft.Network/networkSecurityGroups', 'nic-nsg') }, ...more,
});
export const publicIp = (sku = 'Standard'): Json => arm('Microsoft.Network/publicIPAddresses', 'web-ip', { ipAddress: '203.0.113.30' }, { sku: { name: sku } });
export const vnet = (subnet: Json = {}, more: Json = {}, name = 'net'): Json => arm('Microsoft.Network/virtualNetworks', name, { addressSpace: { addressPrefixes: ['10.0.0.0/16'] }, subnets: [{ name: 'front', id: `${id('Microsoft.Network/virtualNetworks', name)}/subnets/front`, properties: { addressPrefix: '10.0.1.0/24', ...subnet } }], ...more });
export const rule = (priority: number, access: string, more: Json = {}): Json => ({ name: `r${priority}`, properties: { priority, direction: 'Inbound', access, protocol: 'Tcp', sourceAddressPrefix: '*', sourcePortRange: '*', destinationAddressPrefix: '*', destinationPortRange: '22', ...more } });
export const nsg = (name: string, ...securityRules: readonly Json[]): Json => arm('Microsoft.Network/networkSecurityGroups', name, { securityRules });
export const behind = { networkSecurityGroup: { id: id('Microsoft.Network/networkSecurityGroups', 'subnet-nsg') } };

export const guid = (n: number): string => `00000000-0000-0000-0000-${String(n).padStart(12, '0')}`;
export const assignment = (principal: string, role: string, scope: string, more: Json = {}): Json => ({ id: `${scope === '/' ? '' : scope}/providers/Microsoft.Authorization/roleAssignments/${guid(Math.abs(hash(principal + role + scope)))}`, type: 'Microsoft.Authorization/roleAssignments', name: 'a', principalId: principal, principalType: 'User', roleDefinitionName: role, roleDefinitionId: `${sub}/providers/Microsoft.Authorization/roleDefinitions/ffffffff-0000-0000-0000-000000000000`, scope, ...more });
const hash = (text: string): number => [...text].reduce((sum, c) => (sum * 31 + (c.codePointAt(0) ?? 0)) % 1_000_000_007, 7);

export function recordsOf(records: readonly Json[]): readonly GraphRecord[] {
  return records.map((record, index): GraphRecord => {
    const parsed = azureResources.parse(record, { parents: [], from: '', path: '', index });
    if (!parsed.ok) throw new Error(parsed.error);
    return { resources: parsed.value.resources ?? [], edges: parsed.value.edges ?? [], file: 'x.json', record: index };
  });
}
export const graphOfAzure = (...records: readonly Json[]): GraphView => memoryGraph(recordsOf(records));
export function derivedAzure(...records: readonly Json[]): GraphView {
  const all = recordsOf(records), graph = memoryGraph(all);
  return memoryGraph(all, [...deriveEdges(graph, new Set(all.flatMap((r) => r.resources.map((x) => x.urn))), azureDerivations(knowledge), () => [])].flatMap((g) => g.edges));
}
