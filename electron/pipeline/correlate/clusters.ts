import { describeIssue } from '#shared/model/issue-types.ts';
import type { CorrelationFinding, EntityType } from '#shared/model/finding.ts';
import { rules } from './rules/all.ts';
import type { JoinKey, Subject } from './rules/rule.ts';
import { foldHost } from './fold-host.ts';
import { unionFind } from './union-find.ts';

export interface Link { readonly finding_a: string; readonly finding_b: string; readonly link: 'must' | 'cannot' }
export interface Member { readonly subject: Subject; readonly why: string; readonly weight: number }
/** Findings that are one problem, sorted by finding_id. */
export type Cluster = readonly Member[];
export interface ResolvedEntity { readonly entity: string; readonly by: Subject['resolved_by']; readonly name?: string | undefined; readonly only_host?: string | undefined }

/**
 * Groups findings that are one problem: by the rules' keys, then amplifiers to what they strengthen, then people's corrections, which win. The result
 * depends on the set of findings and links only, never on their order.
 */
export function clusterFindings(findings: readonly CorrelationFinding[], resolve: (entity: string, account: string | undefined) => ResolvedEntity, links: readonly Link[]): readonly Cluster[] {
  const subjects = toSubjects(findings, resolve);
  const index = new Map(subjects.map((s, i) => [s, i]));
  // Only corrections name findings.
  const byId = new Map(links.length === 0 ? [] : subjects.map((s, i) => [s.finding.finding_id, i]));
  const sets = unionFind(subjects.length);
  const reasons = new Map<number, JoinKey>();
  joinByKeys(subjects, index, sets, reasons);
  joinAmplifiers(subjects, sets, reasons);
  for (const link of links) {
    const a = byId.get(link.finding_a), b = byId.get(link.finding_b);
    if (link.link !== 'must' || a === undefined || b === undefined) continue;
    sets.union(a, b);
    for (const i of [a, b]) reasons.set(i, { key: '', why: 'joined by a person', weight: 1 });
  }
  const groups = new Map<number, number[]>();
  for (let i = 0; i < subjects.length; i++) { const root = sets.find(i); const g = groups.get(root); if (g) g.push(i); else groups.set(root, [i]); }
  const apart = cannotPairs(links, byId);
  return [...groups.values()].flatMap((members) => separate(members, apart)).map((members) => members.flatMap((i): Member[] => {
    const subject = subjects[i];
    const reason = members.length === 1 ? undefined : reasons.get(i);
    return subject ? [{ subject, why: reason?.why ?? (members.length === 1 ? 'the only finding' : 'same entity'), weight: reason?.weight ?? 1 }] : [];
  }));
}

interface Resolved { readonly finding: CorrelationFinding; readonly as: ResolvedEntity }

/** The findings as correlation sees them, sorted by finding_id. */
function toSubjects(findings: readonly CorrelationFinding[], resolve: (entity: string, account: string | undefined) => ResolvedEntity): readonly Subject[] {
  const resolved = findings.map((finding): Resolved => ({ finding, as: resolve(finding.entity, finding.account) })).sort((a, b) => (a.finding.finding_id < b.finding.finding_id ? -1 : 1));
  const place = places(resolved);
  return resolved.map((r): Subject => {
    const { finding, as } = r, { family, plan } = describeIssue(finding.issue_type, finding.kind);
    return { finding, entity: as.entity, place: place(r), resolved_by: as.by, only_host: as.only_host, family, detection: plan === 'detection' };
  });
}

/** These mean the same thing in every account. */
const GLOBAL: ReadonlySet<EntityType> = new Set(['bucket', 'image', 'repository', 'package', 'domain', 'ip', 'application', 'file']);
/** Ids of AWS, Google Cloud and Azure say whose they are; tools call the same account by id, number or name. */
const isFull = (entity: string): boolean => /^(arn:|\/\/[a-z0-9.-]+\.googleapis\.com\/|\/subscriptions\/)/.test(entity);
const isLocal = ({ finding, as }: Resolved): boolean => as.by === 'none' && !isFull(as.entity) && !GLOBAL.has(finding.entity_type);

/** Names of hosts are the same in any case (RFC 1123; NetBIOS): an agent writes `WS-7` where a scanner writes `ws-7`. */
const nameOf = (r: Resolved): string => (r.as.by === 'none' && r.finding.entity_type === 'host' ? foldHost(r.as.entity) : r.as.entity);

/** A name that the graph doesn't know and that several accounts use is another entity in each of them. */
function places(resolved: readonly Resolved[]): (of: Resolved) => string {
  const accounts = new Map<string, Set<string>>();
  for (const r of resolved) if (r.finding.account !== undefined && isLocal(r)) accounts.set(nameOf(r), (accounts.get(nameOf(r)) ?? new Set()).add(r.finding.account));
  return (r) => ((accounts.get(nameOf(r))?.size ?? 0) > 1 && isLocal(r) ? `${r.finding.account ?? ''} ${nameOf(r)}` : nameOf(r));
}

function joinByKeys(subjects: readonly Subject[], index: ReadonlyMap<Subject, number>, sets: ReturnType<typeof unionFind>, reasons: Map<number, JoinKey>): void {
  const first = new Map<string, { readonly i: number; readonly key: JoinKey }>();
  for (const rule of rules) {
    for (const [subject, keys] of rule.keys(subjects)) {
      const i = index.get(subject);
      if (i === undefined) continue;
      for (const key of keys) {
        const other = first.get(key.key);
        if (other === undefined) { first.set(key.key, { i, key }); continue; }
        // A key that nobody shares is no reason.
        sets.union(i, other.i);
        remember(reasons, other.i, other.key);
        remember(reasons, i, key);
      }
    }
  }
}

/** The strongest reason of a finding is the one that is shown. */
function remember(reasons: Map<number, JoinKey>, i: number, key: JoinKey): void {
  const have = reasons.get(i);
  if (!have || key.weight > have.weight || (key.weight === have.weight && key.key < have.key)) reasons.set(i, key);
}

/** Missing encryption on a bucket that is also reported public is part of that one problem. */
function joinAmplifiers(subjects: readonly Subject[], sets: ReturnType<typeof unionFind>, reasons: Map<number, JoinKey>): void {
  const targets = new Map<string, number>();
  for (const [i, s] of subjects.entries()) {
    const key = `${s.place}|${s.family}`;
    if (!s.detection && !targets.has(key)) targets.set(key, i);
  }
  for (const [i, s] of subjects.entries()) {
    if (s.detection) continue;
    for (const family of describeIssue(s.finding.issue_type, s.finding.kind).amplifies ?? []) {
      const target = targets.get(`${s.place}|${family}`);
      if (target === undefined) continue;
      sets.union(i, target);
      reasons.set(i, { key: '', why: `same entity, makes the exposure worse (${s.finding.issue_type})`, weight: 0.92 });
    }
  }
}

function cannotPairs(links: readonly Link[], byId: ReadonlyMap<string, number>): ReadonlySet<string> {
  return new Set(links.flatMap((l) => {
    const a = byId.get(l.finding_a), b = byId.get(l.finding_b);
    return l.link === 'cannot' && a !== undefined && b !== undefined ? [`${a} ${b}`, `${b} ${a}`] : [];
  }));
}

/** Parts a group so that no two members that a person kept apart stay together; each goes to the first part that bears it. */
function separate(members: readonly number[], apart: ReadonlySet<string>): readonly (readonly number[])[] {
  if (apart.size === 0 || members.length < 2) return [members];
  const parts: number[][] = [];
  for (const i of members) {
    const part = parts.find((p) => p.every((j) => !apart.has(`${i} ${j}`)));
    if (part) part.push(i); else parts.push([i]);
  }
  return parts;
}
