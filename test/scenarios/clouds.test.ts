import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { guid, id } from '../electron/evaluate/azure/azure-records.ts';
import { accountName, instanceName, project } from '../electron/evaluate/gcp/cloud-assets.ts';
import { cluster, files, policy } from './clouds/world.ts';
import { runs } from './build/runs.ts';
import { inTempFolder, parseList, type DecidedIncident } from './winnow.ts';

let decided: readonly DecidedIncident[] = [];
/** What relating found of who gets at which data, and how much of it names its target by an alias. */
let dataEdges: { readonly n: number; readonly by_alias: number } | undefined;
/** The same after everything was imported again: what stands twice must not count as old. */
let again: readonly DecidedIncident[] = [];

beforeAll(() => inTempFolder(async (dir) => {
  const data = join(dir, 'data'), at = ['--workspace', join(dir, 'w.db')];
  const write = (): void => { for (const [name, value] of Object.entries(files)) writeFileSync(join(data, name), typeof value === 'string' ? value : JSON.stringify(value)); };
  mkdirSync(data);
  write();
  writeFileSync(join(dir, 'policy.json'), JSON.stringify(policy));
  await runs('policy', 'import', join(dir, 'policy.json'), ...at);
  await runs('ingest', data, ...at);
  decided = parseList(await runs('triage', ...at, '--json')).incidents;
  dataEdges = z.object({ rows: z.array(z.object({ n: z.number(), by_alias: z.number() })) }).parse(JSON.parse(await runs('query', `SELECT count(*) AS n, coalesce(sum(target IN (SELECT alias FROM aliases) AND target NOT IN (SELECT urn FROM nodes)), 0) AS by_alias FROM edges
    WHERE derived = 1 AND valid_to IS NULL AND kind IN ('CAN_READ', 'CAN_WRITE', 'CAN_ADMIN')`, ...at, '--json'))).rows[0];
  // One more label on each workload: every object is told anew.
  writeFileSync(join(data, 'k8s.json'), JSON.stringify(files['k8s.json']).replaceAll('"owner":"team-a"', '"owner":"team-a","release":"2"'));
  await runs('ingest', join(data, 'k8s.json'), ...at);
  again = parseList(await runs('triage', ...at, '--json')).incidents;
}), 120_000);

type Outcome = readonly [decision: string, priority: string, gate: number];
const P1: Outcome = ['resolve_now', 'P1', 2], P2: Outcome = ['ticket', 'P2', 4], P3: Outcome = ['ticket', 'P3', 4], P4: Outcome = ['defer', 'P4', 3];
const k8s = (path: string): string => `k8s:${cluster}/${path}`;
const storage = (name: string): string => id('Microsoft.Storage/storageAccounts', name).toLowerCase(), vm = (name: string): string => id('Microsoft.Compute/virtualMachines', name).toLowerCase(), group = (name: string): string => id('Microsoft.Network/networkSecurityGroups', name).toLowerCase();
const firewall = (name: string): string => `//compute.googleapis.com/projects/${project}/global/firewalls/${name}`;

/** Each pair differs in one fact: what the fact is, the issue, the two entities, what must come of each (design 3-decisions), and the words of the control that decides. */
const pairs: readonly (readonly [fact: string, issue: string, open: string, outcome: Outcome, shut: string, says: RegExp])[] = [
  ['a public bucket, and one with public access prevention', 'public_access', '//storage.googleapis.com/acme-data', P1, '//storage.googleapis.com/acme-shut', /prevention/i],
  ['a machine with a public address, and one without', 'public_ip', instanceName('web'), P1, instanceName('inner'), /NO_PUBLIC_IP|no (external|public)/i],
  ['a firewall rule in force, and one that is switched off', 'open_port', firewall('ssh'), P2, firewall('ssh-off'), /./],
  ['a service account that owns its project, and one that only views it', 'overprivileged_identity', accountName('web'), P3, accountName('deploy'), /neither administration nor an escalation/],
  ['a storage account that lets containers be public, and one that doesn’t', 'public_access', storage('acmedata'), P1, storage('acmeshut'), /allowBlobPublicAccess/i],
  ['a machine whose group lets SSH in, and one whose group denies it', 'open_port', vm('web'), P2, vm('inner'), /NSG_IN|denies/],
  ['a group that lets SSH in, and one that denies it', 'open_port', group('nic-nsg'), P2, group('shut-nsg'), /./],
  ['a principal that owns a subscription, and one that reads it', 'overprivileged_identity', guid(1), P3, guid(2), /neither administration nor an escalation/],
  ['a service behind a load balancer, and one inside the cluster', 'public_access', k8s('shop/service/web'), P2, k8s('shop/service/inner'), /NO_ENTRY|cluster/i],
  ['a workload that runs privileged, and one that was only reported', 'privileged_container', k8s('shop/deployment/web'), P3, k8s('shop/deployment/safe'), /no container is privileged/i],
  ['a service account bound to cluster-admin, and one that reads pods', 'overprivileged_identity', k8s('shop/serviceaccount/admin'), P3, k8s('shop/serviceaccount/reader'), /neither administration nor an escalation/],
  ['a binding to cluster-admin, and one to a role that reads pods', 'overprivileged_identity', k8s('clusterrolebinding/admin'), P3, k8s('clusterrolebinding/reader'), /neither administration nor an escalation/],
];

const outcomeOf = (all: readonly DecidedIncident[], entity: string, issue: string): readonly unknown[] => all.filter((d) => d.incident.entity === entity && d.incident.primary_issue === issue).map((d) => [d.triage.decision, d.triage.priority, d.validation.gate.rule]);

// The store reads such edges without looking their targets up (store/graph-view.ts).
test('edges to data name their targets as the graph does', () => {
  expect(dataEdges?.n).toBeGreaterThan(0);
  expect(dataEdges?.by_alias).toBe(0);
});

describe('findings of other clouds and of clusters, in pairs that differ in one fact', () => {
  test.each(pairs)('%s: %s', (_fact, issue, open, outcome, shut, says) => {
    expect({ open: outcomeOf(decided, open, issue), shut: outcomeOf(decided, shut, issue) }).toEqual({ open: [outcome], shut: [P4] });
    const closed = decided.find((d) => d.incident.entity === shut && d.incident.primary_issue === issue);
    expect(JSON.stringify([closed?.triage, closed?.validation])).toMatch(says);
  });

  test('a pod that another scanner names by its uid is found', () => { expect(outcomeOf(decided, k8s('shop/pod/web-1'), 'privileged_container')).toEqual([P3]); });

  test('an object that is told a second time is not old for that', () => {
    for (const [, issue, open, outcome, shut] of pairs.filter(([, , entity]) => entity.startsWith('k8s:'))) expect({ open: outcomeOf(again, open, issue), shut: outcomeOf(again, shut, issue) }).toEqual({ open: [outcome], shut: [P4] });
  });

  test('what to do is said in the words of the platform', () => {
    const fixes = (entity: string): string => JSON.stringify(decided.find((d) => d.incident.entity === entity && d.incident.primary_issue === 'public_access')?.triage.recommended_actions);
    expect(fixes('//storage.googleapis.com/acme-data')).toContain('enforce public access prevention');
    expect(fixes(storage('acmedata'))).toContain('allowBlobPublicAccess');
    expect(fixes(k8s('shop/service/web'))).toContain('make the Service internal');
  });

  test('nobody has to look: every claim that matters is answered', () => { expect(decided.filter((d) => d.triage.decision === 'needs_human_review').map((d) => d.incident.entity)).toEqual([]); });
});
