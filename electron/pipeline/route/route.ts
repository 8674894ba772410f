import { claimNames, isClaimName, type ClaimName, type ClaimStates } from '#shared/model/claims.ts';
import type { Incident } from '#shared/model/incident.ts';
import type { Route, Triage } from '#shared/model/decision.ts';
import type { RoutingAction, RoutingRule } from '#shared/model/policy.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import { evaluateCondition, fieldsOf, parseCondition, type Condition } from './condition.ts';

/** Triage and incident fields that a rule may name besides the claims. */
export const TRIAGE_FIELDS = ['confidence', 'decision', 'priority', 'verdict', 'owner', 'environment', 'account', 'region', 'entity', 'entity_type', 'primary_issue', 'severity_reported', 'kind'] as const;
export const ROUTING_FIELDS: ReadonlySet<string> = new Set([...claimNames, ...TRIAGE_FIELDS]);

export interface ParsedRule { readonly rule: RoutingRule; readonly condition: Condition }

const MOST_SHOWN = 200;
const shown = (text: string): string => (text.length <= MOST_SHOWN ? text : `${text.slice(0, MOST_SHOWN)}…`);

/** Parses all rules; the first that doesn't parse is the error, with its number and position. */
export function parseRules(rules: readonly RoutingRule[]): Result<readonly ParsedRule[]> {
  const parsed: ParsedRule[] = [];
  for (const [i, rule] of rules.entries()) {
    const condition = parseCondition(rule.condition, ROUTING_FIELDS);
    if (!condition.ok) return err(`routing_rules[${i}]: "${shown(rule.condition)}": position ${condition.error.position}: ${condition.error.why}`);
    parsed.push({ rule, condition: condition.value });
  }
  return ok(parsed);
}

/** The claims that rules look at: to route, they must have been asked. */
export const routedClaims = (rules: readonly ParsedRule[]): readonly ClaimName[] => [...new Set(rules.flatMap((r) => fieldsOf(r.condition)).filter(isClaimName))];

export interface RouteInput { readonly incident: Incident; readonly triage: Triage; readonly claims: ClaimStates; readonly rules: readonly ParsedRule[] }

/** Most restrictive first. */
const STRICTNESS: readonly RoutingAction[] = ['require_human_approval', 'page_on_call', 'queue', 'notify', 'auto_create_ticket'];

/**
 * Applies all matching rules; the most restrictive wins. An unknown never lets something out by itself, and holds back what would go out.
 * `require_human_approval` holds back tickets and actions; a page still goes out. An inferred owner's ticket waits for approval.
 */
export function route(input: RouteInput): Route {
  const { triage, claims } = input;
  const fields = fieldValues(input);
  const matching = input.rules.filter(({ rule, condition }) => {
    const value = evaluateCondition(condition, fields);
    return value === 'true' || (value === 'unknown' && rule.action === 'require_human_approval' && (triage.decision === 'ticket' || triage.decision === 'resolve_now'));
  }).map(({ rule }) => rule);
  const inferredOwner = triage.decision === 'ticket' && (claims.owner_identified?.provenance === 'inferred' || claims.production?.provenance === 'inferred');
  const wanted: readonly RoutingRule[] = [
    ...matching,
    ...(triage.decision === 'resolve_now' && !matching.some((r) => r.action === 'page_on_call') ? [{ condition: 'gate', action: 'page_on_call' as const }] : []),
    ...(inferredOwner ? [{ condition: 'gate', action: 'require_human_approval' as const }] : []),
    ...(matching.length === 0 && triage.decision !== 'resolve_now' && !inferredOwner ? [{ condition: 'gate', action: 'queue' as const }] : []),
  ];
  // A deferral without a recommended action has nothing that approval could hold back.
  const nothingToHold = triage.decision === 'defer' && triage.recommended_actions.length === 0;
  const allowed = wanted.filter((r) => allows(r.action, triage.decision) && !(nothingToHold && r.action === 'require_human_approval'));
  const effective: readonly RoutingRule[] = allowed.length > 0 ? allowed : [{ condition: 'gate', action: 'queue' }];
  const held = effective.some((r) => r.action === 'require_human_approval');
  const byAction = [...new Map(effective.map((r) => [r.action, r])).values()].toSorted((a, b) => STRICTNESS.indexOf(a.action) - STRICTNESS.indexOf(b.action));
  const actions = byAction.map((r) => ({ action: r.action, status: statusOf(r.action, held, triage.decision), rule: r.condition }));
  const first = actions[0] ?? { action: 'queue' as const, status: 'queued' as const, rule: 'gate' };
  return { rule: first.rule, action: first.action, status: first.status, actions };
}

/** A rule can't make a page or a ticket out of another decision. */
function allows(action: RoutingAction, decision: Triage['decision']): boolean {
  if (action === 'page_on_call') return decision === 'resolve_now';
  return action === 'auto_create_ticket' ? decision === 'ticket' : true;
}

function statusOf(action: RoutingAction, held: boolean, decision: Triage['decision']): Route['status'] {
  switch (action) {
    case 'page_on_call': case 'notify': return 'outbox';
    case 'auto_create_ticket': return held ? 'waiting_for_approval' : 'outbox';
    case 'require_human_approval': return 'waiting_for_approval';
    case 'queue': return decision === 'defer' ? 'logged' : 'queued';
  }
}

function fieldValues({ incident, triage, claims }: RouteInput): ReadonlyMap<string, unknown> {
  const fields = new Map<string, unknown>();
  for (const name of claimNames) {
    const state = claims[name];
    fields.set(name, state === undefined || state.stale ? 'unknown' : state.not_applicable ? false : state.value);
  }
  const own: Readonly<Record<(typeof TRIAGE_FIELDS)[number], unknown>> = {
    confidence: triage.confidence, decision: triage.decision, priority: triage.priority, verdict: triage.verdict ?? '', owner: triage.owner, environment: incident.environment, account: incident.account, region: incident.region,
    entity: incident.entity, entity_type: incident.entity_type, primary_issue: incident.primary_issue, severity_reported: incident.severity_reported, kind: incident.kind,
  };
  for (const [name, value] of Object.entries(own)) fields.set(name, value);
  return fields;
}
