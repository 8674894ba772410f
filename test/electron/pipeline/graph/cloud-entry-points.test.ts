import { expect, it } from 'vitest';
import { entryPoints } from '#electron/pipeline/graph/entry-points.ts';
import { derivedAzure, guid } from '../../evaluate/azure/azure-records.ts';
import { account, accountName, binding, derivedGraph, policy, projectPolicy, projectRecord } from '../../evaluate/gcp/cloud-assets.ts';

const facts = { accounts: new Set<string>(), compromised: [] };
const impersonated = (member: string) => entryPoints(derivedGraph(projectRecord(), account('deploy'), projectPolicy(binding('roles/owner', 'user:root@acme.example')), policy(accountName('deploy'), 'iam.googleapis.com/ServiceAccount', binding('roles/iam.serviceAccountTokenCreator', member))), facts).points.map((p) => `${p.kind} ${p.urn}`);

it('a stranger who may impersonate a service account is where an attack starts; a colleague is not', () => {
  expect(impersonated('user:someone@gmail.com')).toContain('external_account user:someone@gmail.com');
  expect(impersonated('user:colleague@acme.example')).toEqual(['internet internet']);
});

it('so is a guest of the tenant', () => {
  const points = (userType: string) => entryPoints(derivedAzure({ id: guid(1), userPrincipalName: 'a@x.example', userType }), facts).edges.map((e) => `${e.kind} ${e.target}`);
  expect([points('Guest'), points('Member')]).toEqual([[`CAN_ASSUME ${guid(1)}`], []]);
});
