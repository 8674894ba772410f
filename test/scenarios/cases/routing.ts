/** Routing rules. All stand in one policy: each scenario has an owner of its own, and its rules name that owner. */
import { anyone, bucket } from '../build/buckets.ts';
import { publicBucket } from '../build/findings.ts';
import { DEV, PROD, STRANGE, type Case, type Expected } from './case.ts';

interface Rule { readonly condition: string; readonly action: string }
function routed(owner: string, because: string, rules: readonly Rule[], route: Expected['route'], p: { readonly account?: string; readonly secret?: boolean; readonly closed?: boolean } = {}): Case {
  const full = `mx-route-${owner}`, id = p.account ?? DEV;
  return {
    name: `routing: ${owner}`, because, expect: { entity: `arn:aws:s3:::${full}`, ...(route && { route }) },
    part: {
      items: [bucket(full, { account: id, tags: { owner, ...(p.secret === true && { 'data-classification': 'confidential' }) }, policy: p.closed === true ? null : [anyone(full)] })], asff: [publicBucket(id, full)],
      policy: { owners: [{ id: owner }], routing_rules: rules.map((r) => ({ condition: r.condition.replaceAll('ME', `owner = "${owner}"`), action: r.action })) },
    },
  };
}
const TICKET = { action: 'auto_create_ticket', status: 'outbox' }, HELD = { action: 'require_human_approval', status: 'waiting_for_approval' }, NOTIFY = { action: 'notify', status: 'outbox' }, QUEUE = { action: 'queue', status: 'queued' };
const GRAMMAR = '3-decisions: AND OR NOT ( ), = != < <= > >= IN, ordered enumerations, any claim or triage field';

export const routingCases: readonly Case[] = [
  routed('r-none', '1-product: queue for review when nothing matches', [], QUEUE),
  routed('r-plain', GRAMMAR, [{ condition: 'ME AND confidence > 0.9 AND blast_radius < medium AND decision = ticket', action: 'auto_create_ticket' }], TICKET),
  routed('r-level', `${GRAMMAR}: low < medium < high`, [{ condition: 'ME AND blast_radius < medium', action: 'auto_create_ticket' }], QUEUE, { secret: true }),
  routed('r-level-met', `${GRAMMAR}: low < medium < high`, [{ condition: 'ME AND blast_radius >= medium', action: 'notify' }], NOTIFY, { secret: true }),
  routed('r-priority', `${GRAMMAR}: P4 < P3 < P2 < P1`, [{ condition: 'ME AND priority > P3', action: 'notify' }], QUEUE),
  routed('r-priority-met', `${GRAMMAR}: P4 < P3 < P2 < P1`, [{ condition: 'ME AND priority >= P3 AND priority < P1', action: 'notify' }], NOTIFY),
  routed('r-not', `${GRAMMAR}: NOT`, [{ condition: 'ME AND NOT (decision = defer OR decision = resolve_now)', action: 'notify' }], NOTIFY),
  routed('r-in', `${GRAMMAR}: IN`, [{ condition: 'ME AND decision IN (ticket, defer) AND priority IN (P3, P4)', action: 'notify' }], NOTIFY),
  routed('r-in-miss', `${GRAMMAR}: IN`, [{ condition: 'ME AND decision IN (defer, resolve_now)', action: 'notify' }], QUEUE),
  routed('r-precedence', `${GRAMMAR}: AND binds closer than OR`, [{ condition: 'ME AND decision = ticket OR decision = defer AND decision = ticket', action: 'notify' }], NOTIFY),
  routed('r-strictest', '3-decisions: all matching rules apply, the most restrictive wins', [{ condition: 'ME AND decision = ticket', action: 'auto_create_ticket' }, { condition: 'ME AND exposure_confirmed', action: 'require_human_approval' }], HELD),
  routed('r-unknown', '5-graph §4: unknown: routing blast_radius < medium must then be false', [{ condition: 'ME AND production', action: 'auto_create_ticket' }], QUEUE, { account: STRANGE }),
  routed('r-unknown-not', '1-product: a claim that is unknown is neither true nor false: NOT of it does not hold', [{ condition: 'ME AND NOT production', action: 'auto_create_ticket' }], QUEUE, { account: STRANGE }),
  routed('r-unknown-or', '3-decisions: three-valued: what is known still counts in an OR', [{ condition: 'ME AND (production OR decision != defer)', action: 'notify' }], NOTIFY, { account: STRANGE }),
  routed('r-case', '3-decisions: this exact syntax works', [{ condition: 'confidence > 0.1 AND ME AND NOT blast_radius = high AND touches_network_boundary AND issue_confirmed', action: 'notify' }], NOTIFY),
  routed('r-deferred', '3-decisions gate 3: log it; a ticket rule for everything files no deferral', [{ condition: 'ME AND decision = ticket', action: 'auto_create_ticket' }], { action: 'queue', status: 'logged' }, { closed: true }),
  routed('r-page', '3-decisions: a page goes out', [{ condition: 'ME AND exposure_confirmed AND decision = resolve_now', action: 'page_on_call' }], { action: 'page_on_call', status: 'outbox' }, { account: PROD, secret: true }),
];
