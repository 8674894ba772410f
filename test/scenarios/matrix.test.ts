/**
 * Acceptance scenarios that are not the demo's: what each must come to was written down from the design before it was run (`because` names the sentence).
 * They share one workspace (other accounts and entities), so that they also show that they don't disturb each other.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { writeWorld } from './build/part.ts';
import { ground, type Case, type Expected } from './cases/case.ts';
import { detectionCases } from './cases/detections.ts';
import { hostCases } from './cases/hosts.ts';
import { identityCases } from './cases/identity.ts';
import { joiningCases } from './cases/joining.ts';
import { routingCases } from './cases/routing.ts';
import { stakesCases } from './cases/stakes.ts';
import { storageCases } from './cases/storage.ts';
import { upkeepCases } from './cases/upkeep.ts';
import { inTempFolder, parseList, type DecidedIncident } from './winnow.ts';
import { runs } from './build/runs.ts';

const cases: readonly Case[] = [...storageCases, ...stakesCases, ...hostCases, ...identityCases, ...detectionCases, ...upkeepCases, ...joiningCases, ...routingCases];
const touching = { policy: { routing_rules: [{ condition: 'touches_iam', action: 'require_human_approval' }] } };
let decided: readonly DecidedIncident[] = [];

beforeAll(async () => {
  await inTempFolder(async (dir) => {
    const { data, policy } = writeWorld(dir, [ground, touching, ...cases.map((c) => c.part)]);
    const at = ['--workspace', `${dir}/w.db`];
    await runs('policy', 'import', policy, ...at);
    await runs('ingest', data, ...at, '--json');
    decided = parseList(await runs('triage', ...at, '--json')).incidents;
  });
}, 90_000);

const oneOf = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value as readonly T[] : [value as T]);
/** What came out, in the words of what was expected. */
function seen(e: Expected): Record<string, unknown> {
  const found = decided.filter((d) => d.incident.entity === e.entity && (e.issue === undefined || d.incident.primary_issue === e.issue));
  const [only] = found;
  if (e.none) return { incidents: found.map((f) => f.incident.title) };
  if (!only || found.length > 1) return { incidents: found.map((f) => `${f.incident.primary_issue}: ${f.incident.title}`) };
  const { incident, triage, validation, route } = only;
  const picked = <T>(wanted: T | readonly T[] | undefined, value: T) => (wanted !== undefined && oneOf(wanted).includes(value) ? wanted : value);
  const missing = triage.missing_evidence.map((m) => m.claim);
  const text = JSON.stringify([triage, validation]);
  return {
    ...(e.decision !== undefined && { decision: picked(e.decision, triage.decision) }), ...(e.priority !== undefined && { priority: triage.priority }), ...(e.rule !== undefined && { rule: picked(e.rule, validation.gate.rule) }),
    ...(e.verdict !== undefined && { verdict: triage.verdict }), ...(e.owner !== undefined && { owner: triage.owner ?? null }), ...(e.ownerProvenance !== undefined && { ownerProvenance: triage.owner_provenance }),
    ...(e.missing !== undefined && { missing: e.missing.every((m) => missing.includes(m)) ? e.missing : missing }),
    ...(e.cites !== undefined && { cites: Object.fromEntries(Object.keys(e.cites).map((claim) => [claim, triage.evidence.find((x) => x.claim === claim)?.value])) }),
    ...(e.says !== undefined && { says: e.says.test(text) ? e.says : triage.rationale }), ...(e.route !== undefined && { route: { action: route.action, status: route.status } }),
    ...(e.confidence !== undefined && { confidence: triage.confidence > (e.confidence.above ?? 0) && triage.confidence <= (e.confidence.most ?? 1) ? e.confidence : triage.confidence }),
    ...(e.findings !== undefined && { findings: incident.supporting_findings.length }),
    ...(e.sources !== undefined && { sources: e.sources.filter((s) => incident.supporting_findings.some((f) => f.source === s)) }),
  };
}
function wanted(e: Expected): Record<string, unknown> {
  const { entity: _, issue: _issue, account: _account, none, ...rest } = e;
  return none ? { incidents: [] } : rest;
}

describe('the matrix', () => {
  it.each(cases.map((c) => [c.name, c] as const))('%s', (_, c) => {
    for (const e of oneOf(c.expect)) expect({ entity: e.entity, because: c.because, ...seen(e) }).toEqual({ entity: e.entity, because: c.because, ...wanted(e) });
  });

  it('makes no incident that no scenario speaks of', () => {
    const known = new Set(cases.flatMap((c) => oneOf(c.expect).map((e) => e.entity)));
    expect(decided.filter((d) => !known.has(d.incident.entity)).map((d) => `${d.incident.primary_issue} ${d.incident.entity}`)).toEqual([]);
  });
});
