import { expect, it } from 'vitest';
import { entryPoints } from '#electron/pipeline/graph/entry-points.ts';
import { derivedAzure, guid } from '../../evaluate/azure/azure-records.ts';
import { account, accountName, binding, derivedGraph, policy, projectPolicy, projectRecord, resource } from '../../evaluate/gcp/cloud-assets.ts';

const facts = { accounts: new Set<string>(), compromised: [] };
const impersonated = (member: string) => entryPoints(derivedGraph(projectRecord(), account('deploy'), projectPolicy(binding('roles/owner', 'user:root@acme.example')), policy(accountName('deploy'), 'iam.googleapis.com/ServiceAccount', binding('roles/iam.serviceAccountTokenCreator', member))), facts).points.map((p) => `${p.kind} ${p.urn}`);

it('a stranger who may impersonate a service account is where an attack starts; a colleague is not', () => {
  expect(impersonated('user:someone@gmail.com')).toContain('external_account user:someone@gmail.com');
  expect(impersonated('user:colleague@acme.example')).toEqual(['internet internet']);
});

const pool = 'projects/424242424242/locations/global/workloadIdentityPools/ci';
const workflows = (who: string, provider: object | undefined) => entryPoints(derivedGraph(projectRecord(), account('deploy'), projectPolicy(binding('roles/owner', 'user:root@acme.example')), policy(accountName('deploy'), 'iam.googleapis.com/ServiceAccount', binding('roles/iam.workloadIdentityUser', `principalSet://iam.googleapis.com/${pool}/${who}`)),
  ...(provider ? [resource(`//iam.googleapis.com/${pool}/providers/gh`, 'iam.googleapis.com/WorkloadIdentityPoolProvider', { name: `${pool}/providers/gh`, oidc: { issuerUri: 'https://token.actions.githubusercontent.com' }, ...provider })] : [])), facts).edges.map((e) => [e.target === accountName('deploy'), e.cost, e.reason, e.condition]);
it.each<readonly [string, string, object | undefined, readonly unknown[]]>([
  ['any workflow, by the whole of a pool', '*', {}, [[true, 1, 'any workflow may ask for it', undefined]]],
  ['not with a condition of the provider: perhaps', '*', { attributeCondition: "assertion.repository_owner=='acme'" }, [[true, 3, "workflows that fit assertion.repository_owner=='acme' may ask for it", JSON.stringify({ needs: "assertion.repository_owner=='acme'" })]]],
  ['those of one owner: perhaps', 'attribute.repository_owner/acme', {}, [[true, 3, 'workflows that fit attribute.repository_owner/acme may ask for it', JSON.stringify({ needs: 'attribute.repository_owner/acme' })]]],
  ['one repository: no', 'attribute.repository/acme/app', {}, []], ['a provider that is switched off', '*', { disabled: true }, []], ['a provider of our own', '*', { oidc: { issuerUri: 'https://login.acme.example' } }, []], ['no provider is recorded', '*', undefined, []],
])('workflows of a public CI at Google Cloud: %s', (_name, who, provider, wanted) => { expect(workflows(who, provider)).toEqual(wanted); });

it('so is a guest of the tenant', () => {
  const points = (userType: string) => entryPoints(derivedAzure({ id: guid(1), userPrincipalName: 'a@x.example', userType }), facts).edges.map((e) => `${e.kind} ${e.target}`);
  expect([points('Guest'), points('Member')]).toEqual([[`CAN_ASSUME ${guid(1)}`], []]);
});
