import type { Answer, Missing, OpenInterval, Reachability, Reason, Verdict } from '#shared/model/verdict.ts';
import { allOf, anyOf } from '../../kleene.ts';
import { ruleOpensOn, type Path } from './doorway.ts';
import { joinPorts } from '../../network/port-sweep.ts';
import { ingressCodes, type Row } from './row.ts';

const answerOf = (path: Path): Answer => allOf(path.rows.map((r) => r.answer));
const failures = (path: Path): readonly Row[] => path.rows.filter((r) => r.answer === 'no');

/**
 * One answer over all ways in. `any`: one open way is enough (interfaces, balancer nodes). `one-of`: it stands behind exactly one of them and
 * the snapshot doesn't say which (a database in its subnet group), so they must agree.
 */
export function combine(paths: readonly Path[], mode: 'any' | 'one-of', via: string): Reachability {
  const answers = paths.map(answerOf);
  const agree = mode === 'any' || answers.every((a) => a === answers[0]);
  const answer = agree ? anyOf(answers) : 'unknown';
  const ranked = paths.toSorted((a, b) => weight(a, answer) - weight(b, answer));
  const best = ranked[0];
  const rows = best?.rows ?? [];
  const told = answer === 'no' ? [...rows.filter((r) => r.answer === 'no'), ...rows.filter((r) => r.answer !== 'no')] : rows;
  const others = ranked.slice(1).flatMap((p) => (answer === 'no' ? failures(p).slice(0, 1) : p.rows.filter((r) => r.answer === answer).slice(0, 1)));
  const failed = answer === 'no' && best ? ingressCodes.filter((code) => failures(best).some((r) => r.code === code)) : [];
  const missing = answer === 'unknown' ? [...paths.flatMap((p) => (answerOf(p) === 'unknown' ? p.rows : [])).flatMap((r) => r.missing), ...(agree ? [] : [whichSubnet(via)])] : [];
  const blocked = failed[0];
  return {
    reachable: {
      answer, assumed: answer === 'yes' ? unique(rows.flatMap((r) => r.assumed)) : [],
      missing: uniqueBy(missing, (m) => `${m.entity}\n${m.what}`), reasons: uniqueBy([...told, ...others].flatMap((r) => r.reasons), reasonKey),
      ...(blocked !== undefined && { blocked_by: blocked }),
      ...(answer === 'yes' && { via: [...(best?.addresses.slice(0, 1) ?? []), via].join(' to ') }),
    },
    open: answer === 'yes' ? joinOpen(paths.flatMap((p) => p.open)) : [],
    addresses: unique(paths.flatMap((p) => (p.rows[0]?.answer === 'yes' && (answer !== 'yes' || answerOf(p) === 'yes') ? p.addresses : []))).toSorted(),
    failed, rule_opens: ruleOpensOn(paths),
  };
}

/** The path that says most: one with the answer, then one that has an address, then the one that fewest rows block. */
function weight(path: Path, answer: Answer): number {
  const own = answerOf(path) === answer ? 0 : 1000;
  const hasAddress = path.rows[0]?.answer === 'no' ? 100 : 0;
  return own + hasAddress + failures(path).length * 10 + (path.family === 6 ? 1 : 0);
}

const whichSubnet = (entity: string): Missing => ({ what: 'which of its subnets it is in', entity, supply: 'aws ec2 describe-network-interfaces (the requester-managed interface)' });
const unique = (texts: readonly string[]): readonly string[] => [...new Set(texts)];
const reasonKey = (r: Reason): string => `${r.rule}\n${r.source}\n${r.pointer}\n${r.text}`;
export function uniqueBy<T>(items: readonly T[], key: (item: T) => string): readonly T[] {
  if (items.length < 2) return items;
  const found = new Map<string, T>();
  for (const item of items) found.set(key(item), item);
  return [...found.values()];
}

/** Joins intervals of each protocol. */
export function joinOpen(open: readonly OpenInterval[]): readonly OpenInterval[] {
  return [...new Set(open.map((o) => o.protocol))].sort().flatMap((protocol) => joinPorts(open.filter((o) => o.protocol === protocol)).map(({ from, to }) => ({ protocol, from, to })));
}

/** A yes or no needs nothing more: what it could lack is left out, and an unknown always names something. */
export function noDoubt(verdict: Verdict): Verdict {
  if (verdict.answer !== 'unknown') return { ...verdict, missing: [] };
  return verdict.missing.length > 0 ? verdict : { ...verdict, missing: [{ what: verdict.reasons.at(-1)?.text ?? 'what decides it', entity: verdict.reasons.at(-1)?.source ?? '', supply: 'a person' }] };
}

/** An answer that no path leads to: an entity that can't be looked at, or one row that decides alone. */
export function decided(only: Row, ruleOpens: Answer = 'unknown'): Reachability {
  return combine([{ rows: [only], open: [], ruleOpens, family: 4, addresses: [] }], 'any', only.reasons[0]?.source ?? '');
}
