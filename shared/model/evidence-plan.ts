import type { ClaimName } from './claims.ts';
import type { EntityType } from './finding.ts';
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
  /** May become `resolve_now`. Upkeep (logs, backups, versions, …) may rise in priority when exposed but pages nobody. */
  readonly pageable: boolean;
  /** Claims that are asked even when the gate is settled: they correct it, or people need them to act. */
  readonly always: readonly ClaimName[];
  /** Planned claims whose absence costs confidence when the gate doesn't need them. */
  readonly gaps: readonly ClaimName[];
}

const EXPOSURE_ENTITIES: ReadonlySet<EntityType> = new Set(['bucket', 'vm', 'database', 'lb', 'endpoint', 'function', 'eni', 'sg']);
/** Configuration faults that leak by themselves once the entity can be reached. */
const LEAKING = new Set(['encryption_disabled', 'secret_exposed']);
/** Ports that are open on purpose on public services. Being reachable there is shown and prioritized, but is not an emergency by itself. */
const WEB_PORTS = new Set([80, 443]);

const byPlan: Record<IssueType['plan'], Pick<EvidencePlan, 'always' | 'gaps'>> = {
  public_access: { always: ['owner_identified', 'external_access', 'contains_sensitive_data'], gaps: ['external_access', 'owner_identified'] },
  open_port: { always: ['owner_identified'], gaps: ['owner_identified'] },
  overprivileged_identity: { always: ['owner_identified'], gaps: ['owner_identified'] },
  vulnerable_package: { always: ['owner_identified', 'fix_available'], gaps: ['owner_identified', 'fix_available'] },
  detection: { always: ['owner_identified', 'sequence_confirmed'], gaps: ['owner_identified', 'sequence_confirmed'] },
  configuration: { always: ['owner_identified'], gaps: ['owner_identified'] },
};

/** The plan for an incident's primary issue. `ports` are those that its findings name. */
export function evidencePlan(issue: { readonly issue_type: string; readonly kind: string; readonly entity_type: EntityType }, ports: readonly number[] = []): EvidencePlan {
  const described = describeIssue(issue.issue_type, issue.kind);
  const { plan, family } = described;
  const onWeb = plan === 'open_port' && ports.length > 0 && ports.every((p) => WEB_PORTS.has(p));
  const configured = plan === 'configuration' || plan === 'detection';
  return {
    plan, family, detection: plan === 'detection', vulnerability: plan === 'vulnerable_package',
    exposure_applies: configured ? EXPOSURE_ENTITIES.has(issue.entity_type) : true,
    pageable: plan === 'configuration' ? LEAKING.has(issue.issue_type) : !onWeb,
    ...byPlan[plan],
  };
}
