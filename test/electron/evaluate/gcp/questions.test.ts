import { describe, expect, it } from 'vitest';
import { assessIdentity } from '#electron/evaluate/assess.ts';
import type { Question, QuestionContext } from '#electron/evaluate/platform.ts';
import { answerQuestion } from '#electron/evaluate/question.ts';
import { account, accountName, allow, binding, bucket, bucketPolicy, derivedGraph, email, firewall, instance, instanceName, internetRange, knowledge, network, policy, project, projectPolicy, projectRecord } from './cloud-assets.ts';

const shipped = { primitives: [], managedPolicies: new Map(), gcp: knowledge };
const records = [
  projectRecord(), account('web'), account('deploy'), instance('web'), network(), firewall('ssh', { ...allow('tcp', '22'), ...internetRange }), bucket(), bucketPolicy(binding('roles/storage.objectViewer', `serviceAccount:${email('deploy')}`)),
  projectPolicy(binding('roles/viewer', 'user:bob@acme.example'), binding('roles/owner', 'user:root@acme.example')), policy(accountName('deploy'), 'iam.googleapis.com/ServiceAccount', binding('roles/iam.serviceAccountTokenCreator', `serviceAccount:${email('web')}`)),
];
const graph = derivedGraph(...records);
const context: QuestionContext = { knowledge: shipped, accounts: new Set([project]), derived: () => graph, blast: { isProduction: () => true, isSensitive: (r) => r.kind === 'bucket', isCrownJewel: () => false, tierOf: (urn) => assessIdentity(graph, urn, new Set([project]), shipped).tier } };
const ask = (q: Question) => { const found = answerQuestion(graph, q, context); if (!found.ok) throw new Error(found.error); return found.value; };

describe('questions about Google Cloud', () => {
  it.each([
    [{ question: 'ingress', subject: 'web', port: 22, protocol: 'tcp' }, 'yes'], [{ question: 'ingress', subject: `projects/${project}/zones/europe-west1-b/instances/web`, port: 80, protocol: 'tcp' }, 'no'],
    [{ question: 'ingress', subject: `https://www.googleapis.com/compute/v1/projects/${project}/zones/europe-west1-b/instances/web`, port: 22, object: '203.0.113.9' }, 'yes'], [{ question: 'egress', subject: 'web', port: 443 }, 'yes'],
    [{ question: 'public_storage', subject: 'acme-data' }, 'no'], [{ question: 'public_storage', subject: 'gs://acme-data', action: 'read' }, 'no'],
    [{ question: 'can_assume', subject: 'web', object: email('deploy') }, 'yes'], [{ question: 'can_assume', subject: 'bob@acme.example', object: `serviceAccount:${email('deploy')}` }, 'no'],
    [{ question: 'effective_permission', subject: email('deploy'), action: 'storage.objects.get', object: 'gs://acme-data/reports/a.csv' }, 'yes'], [{ question: 'effective_permission', subject: 'user:bob@acme.example', action: 'compute.instances.delete', object: `projects/${project}` }, 'no'],
    [{ question: 'escalation', subject: 'user:root@acme.example' }, 'yes'], [{ question: 'escalation', subject: 'user:bob@acme.example' }, 'no'],
    [{ question: 'blast_radius', subject: instanceName('web'), object: 'acme-data' }, 'yes'], [{ question: 'blast_radius', subject: 'web' }, 'yes'],
  ] as const)('%j: %s', (q, answer) => {
    const found = ask(q);
    expect(found.answer).toBe(answer);
    expect(found.answer === 'no' ? found.blocked_by : found.via).toBeDefined();
    expect(found).not.toHaveProperty('grants');
  });
  it('knows a bucket by its short name, also where only its policy was exported', () => {
    const alone = derivedGraph(projectRecord(), bucketPolicy(binding('roles/storage.objectViewer', 'allUsers')));
    const found = answerQuestion(alone, { question: 'public_storage', subject: 'acme-data' }, context);
    expect(found).toMatchObject({ ok: true, value: { answer: 'yes' } });
  });
  it('an owner’s fall takes the project', () => expect(ask({ question: 'blast_radius', subject: 'user:root@acme.example', object: '//storage.googleapis.com/acme-data' })).toMatchObject({ answer: 'yes', level: 'high' }));
});
