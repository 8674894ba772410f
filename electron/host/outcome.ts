import { hash } from 'node:crypto';
import { canonicalJson } from '#electron/audit/chain.ts';
import type { Decided } from '#electron/pipeline/decide.ts';
import { tools } from '#electron/tools/all.ts';
import type { Call, Evidence } from '#shared/model/claims.ts';

type Made = Pick<Decided, 'incident' | 'triage' | 'validation' | 'route' | 'trace'>;
const lastingOf = new Map(tools.map((t) => [t.name, t.lasting]));

/**
 * What a decision came to, as a hash: two that are equal here decide the same of the same for the same reasons. Left out is what only tells of its run (ids,
 * times, durations) or moves with the run's time alone (ends of windows, counts within them), and words that are made of what is in. Of a model's
 * decision also what it was asked about counts: a finding that joined is worth another look even where the rules see nothing in it.
 */
export const outcomeOf = (made: Made): string => hash('sha256', JSON.stringify(partsOf(made)), 'hex').slice(0, 40);

/** Whether two decisions, one of them perhaps read from a store that writes keys in another order, came to the same. */
export const isSameOutcome = (a: Made, b: Made): boolean => plain(a) === plain(b);
const plain = (made: Made): string => canonicalJson(JSON.parse(JSON.stringify(partsOf(made))));

function partsOf({ incident, triage: t, validation, route, trace }: Made): readonly unknown[] {
  return [
    incident.entity, incident.primary_issue, t.decision, t.verdict, t.priority, t.confidence, t.confidence_parts, t.owner, t.owner_provenance, t.impact, t.routing, t.engine,
    t.evidence.map(cited), t.missing_evidence.map((m) => [m.claim, m.value, m.supply, m.missing]), t.recommended_actions.map((a) => [a.action, a.target, a.priority, a.autonomy_level]),
    validation.passed, validation.gate, validation.checks.map((c) => [c.check, c.result]), route, trace.stopped,
    trace.claims.map((c) => [c.claim, c.value, c.provenance, c.stale, c.required, c.gist ?? c.reason, c.source, c.pointer]), trace.calls.map(found),
    t.engine.kind === 'agent' && askedAbout(incident, trace.calls[0]),
  ];
}

const cited = ({ claim, value, source, pointer }: Evidence): readonly unknown[] => [claim, value, source, pointer];

function found({ tool, status, error, output }: Call): readonly unknown[] {
  const lasting = lastingOf.get(tool);
  return [tool, status, error, output && (lasting ? lasting(output.facts) : output.facts)];
}

/** The incident and its subject, without when it was seen first and last: a scanner that reports the same again brings nothing new. */
function askedAbout({ id: _, key: __, status: ___, first_seen: ____, last_seen: _____, ...incident }: Made['incident'], first: Call | undefined): unknown {
  const { first_us: ______, last_us: _______, ...subject } = first?.arguments ?? {};
  return [incident, subject];
}
