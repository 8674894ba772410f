import { describe, expect, it } from 'vitest';
import { assessIdentity, assessIngress, assessStorage } from '#electron/evaluate/assess.ts';
import { cloudInventory } from '#electron/tools/cloud-inventory.ts';
import { iamAnalyzer } from '#electron/tools/iam-analyzer.ts';
import { networkAnalyzer } from '#electron/tools/network-analyzer.ts';
import { runtimeTelemetry } from '#electron/tools/runtime-telemetry.ts';
import type { ToolContext } from '#electron/tools/tool.ts';
import type { GraphView } from '#shared/model/resource.ts';
import { arm, assignment, graphOfAzure, guid, id, knowledge as azure, nic, nsg, publicIp, rule, sub, urn, vm, vnet } from '../evaluate/azure/azure-records.ts';
import { account, accountName, allow, binding, bucket, bucketPolicy, email, firewall, graphOfAssets, instance, instanceName, internetRange, knowledge as gcp, nic as gcpNic, number, orgPolicy, policy, project, projectPolicy, projectRecord } from '../evaluate/gcp/cloud-assets.ts';
import { contextOf, policyOf, subjectOf } from './tool-context.ts';

const knowledge = { primitives: [], managedPolicies: new Map(), gcp, azure };
/** The tools over a real graph, with the evaluators that the product gives them. */
const contextWith = (graph: GraphView, accounts: Record<string, unknown> = {}): ToolContext => contextOf({
  graph, policy: policyOf({ accounts }),
  evaluate: { bucketAccess: (g, u) => assessStorage(g, u, knowledge), ingress: (g, u, ports = []) => assessIngress(g, u, ports[0] ?? {}, knowledge), identity: (g, u) => assessIdentity(g, u, new Set(Object.keys(accounts)), knowledge) },
});
const openPort = { plan: 'open_port', issue_type: 'open_port', entity_type: 'vm', ports: [{ port: 22, protocol: 'tcp' }] } as const;
const data = '//storage.googleapis.com/acme-data', web = urn('Microsoft.Compute/virtualMachines', 'web'), store = urn('Microsoft.Storage/storageAccounts', 'shop');
const container = (publicAccess: string) => ({ id: `${id('Microsoft.Storage/storageAccounts', 'shop')}/blobServices/default/containers/c`, type: 'Microsoft.Storage/storageAccounts/blobServices/containers', name: 'c', properties: { publicAccess } });

describe('findings about Google Cloud and Azure are decided from their inventory', () => {
  it.each([
    ['a public bucket', graphOfAssets(projectRecord(), bucket(), bucketPolicy(binding('roles/storage.objectViewer', 'allUsers'))), { entity: data }, true, false],
    ['a bucket that prevention guards', graphOfAssets(projectRecord(), bucket(), bucketPolicy(binding('roles/storage.objectViewer', 'allUsers')), orgPolicy(`projects/${number}`, 'storage.publicAccessPrevention', { booleanPolicy: { enforced: true } })), { entity: data }, false, true],
    ['a public container', graphOfAzure(arm('Microsoft.Storage/storageAccounts', 'shop', { allowBlobPublicAccess: true }), container('Blob')), { entity: store }, true, false],
    ['an account that lets nothing be public', graphOfAzure(arm('Microsoft.Storage/storageAccounts', 'shop', { allowBlobPublicAccess: false }), container('Blob')), { entity: store }, false, true],
    ['an open instance', graphOfAssets(projectRecord(), instance('web'), firewall('ssh', { ...allow('tcp', '22'), ...internetRange })), { entity: instanceName('web'), ...openPort }, true, false],
    ['an instance without an address', graphOfAssets(projectRecord(), instance('web', { networkInterfaces: [gcpNic({ accessConfigs: [] })] }), firewall('ssh', { ...allow('tcp', '22'), ...internetRange })), { entity: instanceName('web'), ...openPort }, false, true],
    ['an open machine', graphOfAzure(vm(), nic(), publicIp(), vnet(), nsg('nic-nsg', rule(100, 'Allow'))), { entity: web, ...openPort }, true, false],
    ['a machine that a group guards', graphOfAzure(vm(), nic(), publicIp(), vnet(), nsg('nic-nsg', rule(100, 'Deny'))), { entity: web, ...openPort }, false, true],
  ] as const)('%s', (_, graph, subject, exposed, mitigated) => {
    const { claims } = networkAnalyzer.run(subjectOf({ ...subject, account: undefined }), {}, contextWith(graph));
    expect([claims.exposure_confirmed?.value, claims.mitigation_confirmed?.value]).toEqual([exposed, mitigated]);
    expect(claims.exposure_confirmed?.reason).not.toBe('');
  });

  it('an identity’s privileges', () => {
    const google = graphOfAssets(projectRecord(), account('deploy'), projectPolicy(binding('roles/owner', `serviceAccount:${email('deploy')}`)), policy(accountName('deploy'), 'iam.googleapis.com/ServiceAccount', binding('roles/iam.serviceAccountTokenCreator', 'user:x@gmail.com')));
    const subject = { entity_type: 'service_account', plan: 'overprivileged_identity', issue_type: 'overprivileged_identity', account: undefined } as const;
    expect(iamAnalyzer.run(subjectOf({ ...subject, entity: accountName('deploy') }), {}, contextWith(google)).claims).toMatchObject({ issue_confirmed: { value: true }, exposure_confirmed: { value: true }, touches_iam: { value: true } });
    expect(iamAnalyzer.run(subjectOf({ ...subject, entity: guid(1) }), {}, contextWith(graphOfAzure(assignment(guid(1), 'Owner', sub)))).claims).toMatchObject({ issue_confirmed: { value: true }, exposure_confirmed: { value: false } });
  });

  it('a project goes by its id in the policy, also for a bucket that knows only its number; a subscription by its id', () => {
    const subject = (entity: string) => subjectOf({ entity, account: undefined });
    const google = cloudInventory.run(subject(data), {}, contextWith(graphOfAssets(projectRecord(), bucket()), { [project]: { name: 'shop', environment: 'production' } }));
    const azureOne = cloudInventory.run(subject(store), {}, contextWith(graphOfAzure(arm('Microsoft.Storage/storageAccounts', 'shop', {})), { [sub.slice('/subscriptions/'.length)]: { name: 'shop', environment: 'dev' } }));
    expect([google.claims.production, azureOne.claims.production]).toMatchObject([{ value: true, provenance: 'observed' }, { value: false, provenance: 'observed' }]);
  });

  it('what runs', () => {
    const runs = (graph: GraphView, entity: string) => runtimeTelemetry.run(subjectOf({ entity, entity_type: 'vm', account: undefined }), {}, contextWith(graph)).claims.runtime_active?.value;
    expect([runs(graphOfAssets(instance('web')), instanceName('web')), runs(graphOfAssets(instance('web', { status: 'TERMINATED' })), instanceName('web'))]).toEqual([true, false]);
    expect([runs(graphOfAzure(vm()), web), runs(graphOfAzure(vm({ extended: { instanceView: { powerState: { code: 'PowerState/deallocated' } } } })), web)]).toEqual([true, false]);
  });
});
