import type { ClaimName } from './claims.ts';
import type { EntityType } from './finding.ts';
import type { Incident } from './incident.ts';
import { describeIssue, type IssueType } from './issue-types.ts';

/** Which evidence an issue needs and how its claims are read. */
export interface EvidencePlan {
  readonly plan: IssueType['plan'];
  readonly family: string;
  readonly detection: boolean;
  /** Whether an exploit is known means something for it. */
  readonly vulnerability: boolean;
  /** Being reachable matters for this issue ("as public_access where it applies"). */
  readonly exposure_applies: boolean;
  /** Claims that are asked even when the gate is settled: they correct it, or people need them to act. */
  readonly always: readonly ClaimName[];
  /** Planned claims whose absence costs confidence when the gate doesn't need them. */
  readonly gaps: readonly ClaimName[];
  /** The issue is known by words alone: nothing may lower the care that it gets. */
  readonly guessed: boolean;
}

const EXPOSURE_ENTITIES: ReadonlySet<EntityType> = new Set(['bucket', 'vm', 'database', 'lb', 'endpoint', 'function', 'eni', 'sg']);

const byPlan: Record<IssueType['plan'], Pick<EvidencePlan, 'always' | 'gaps'>> = {
  public_access: { always: ['owner_identified', 'external_access', 'contains_sensitive_data'], gaps: ['external_access', 'owner_identified'] },
  open_port: { always: ['owner_identified'], gaps: ['owner_identified'] },
  overprivileged_identity: { always: ['owner_identified'], gaps: ['owner_identified'] },
  vulnerable_package: { always: ['owner_identified', 'fix_available'], gaps: ['owner_identified', 'fix_available'] },
  detection: { always: ['owner_identified', 'sequence_confirmed'], gaps: ['owner_identified', 'sequence_confirmed'] },
  configuration: { always: ['owner_identified'], gaps: ['owner_identified'] },
};

/** The plan for an incident, by its primary issue. */
export const planOf = (incident: Pick<Incident, 'primary_issue' | 'kind' | 'entity_type' | 'issue_guessed'>): EvidencePlan => ({ ...evidencePlan({ issue_type: incident.primary_issue, kind: incident.kind, entity_type: incident.entity_type }), guessed: incident.issue_guessed === true });

/** The plan for an issue that its tool names. */
export function evidencePlan(issue: { readonly issue_type: string; readonly kind: string; readonly entity_type: EntityType }): EvidencePlan {
  const described = describeIssue(issue.issue_type, issue.kind);
  const { plan, family } = described;
  const configured = plan === 'configuration' || plan === 'detection';
  return {
    plan, family, detection: plan === 'detection', vulnerability: plan === 'vulnerable_package', guessed: false,
    exposure_applies: configured ? EXPOSURE_ENTITIES.has(issue.entity_type) : true,
    ...byPlan[plan],
  };
}
