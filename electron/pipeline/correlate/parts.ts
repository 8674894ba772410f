import type { CorrelateInput } from './correlate.ts';
import { foldHost } from './fold-host.ts';
import { unionFind } from './union-find.ts';

/** Open findings of one entity as its tool calls it, in one account. `first_us`: when the first of them was discovered. */
export interface EntityCount { readonly entity: string; readonly account: string | undefined; readonly findings: number; readonly first_us: number }

interface Group { readonly entities: string[]; findings: number; firstUs: number; least: string }

/**
 * Cuts the entities of open findings into parts that are correlated one after the other, so that only a part's findings are held at a time. Every rule joins
 * findings of one place: an entity under all its names and in all accounts (a host's in any case of letters), with the host that a security group guards; people's corrections and earlier
 * incidents reach further and are named in `together`. What may be one problem is in one part, so the parts come to what the whole would.
 * @param together pairs of entities whose findings are seen together in any case
 * @param most findings of a part; what belongs together may exceed it
 * @returns the entities of each part, those first whose findings are oldest
 */
export function cutIntoParts(counts: Iterable<EntityCount>, resolve: CorrelateInput['resolve'], together: Iterable<readonly [string, string]>, most: number): readonly (readonly string[])[] {
  const groups = groupEntities(counts, resolve, together).sort((a, b) => a.firstUs - b.firstUs || (a.least < b.least ? -1 : 1));
  const parts: string[][] = [];
  let part: string[] = [], findings = 0;
  for (const group of groups) {
    if (findings > 0 && findings + group.findings > most) { parts.push(part); [part, findings] = [[], 0]; }
    for (const entity of group.entities) part.push(entity);
    findings += group.findings;
  }
  return part.length === 0 ? parts : [...parts, part];
}

/** Entities that may share a problem. */
function groupEntities(counts: Iterable<EntityCount>, resolve: CorrelateInput['resolve'], together: Iterable<readonly [string, string]>): Group[] {
  const numbers = new Map<string, number>(), pairs: number[] = [];
  const numberOf = (name: string): number => {
    const known = numbers.get(name) ?? numbers.size;
    if (known === numbers.size) numbers.set(name, known);
    return known;
  };
  const named = new Map<number, { findings: number; firstUs: number }>();
  for (const { entity, account, findings, first_us: firstUs } of counts) {
    const i = numberOf(entity), { entity: urn, only_host: host } = resolve(entity, account), before = named.get(i);
    named.set(i, { findings: findings + (before?.findings ?? 0), firstUs: Math.min(firstUs, before?.firstUs ?? firstUs) });
    for (const other of [urn, host, foldHost(entity)]) if (other !== undefined && other !== entity) pairs.push(i, numberOf(other));
  }
  for (const [a, b] of together) pairs.push(numberOf(a), numberOf(b));
  const sets = unionFind(numbers.size);
  for (let at = 0; at < pairs.length; at += 2) sets.union(pairs[at] ?? 0, pairs[at + 1] ?? 0);
  const groups = new Map<number, Group>();
  for (const [entity, i] of numbers) {
    const count = named.get(i), root = sets.find(i);
    if (count === undefined) continue;
    const group = groups.get(root) ?? { entities: [], findings: 0, firstUs: count.firstUs, least: entity };
    groups.set(root, group);
    group.entities.push(entity);
    group.findings += count.findings;
    group.firstUs = Math.min(group.firstUs, count.firstUs);
    if (entity < group.least) group.least = entity;
  }
  return [...groups.values()];
}
