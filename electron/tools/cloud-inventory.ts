import { accountOf } from '#electron/evaluate/assess.ts';
import { CAP } from '#electron/evaluate/confidence.ts';
import type { ToolClaim } from '#shared/model/claims.ts';
import type { StoredResource } from '#shared/model/resource.ts';
import { formatTime } from '#shared/lib/time.ts';
import { absence, claim, observedUs, unknown } from './facts/claim.ts';
import { checkReport } from './facts/check-report.ts';
import { checkedTogether } from './facts/configuration-checks.ts';
import { withSupporting } from './facts/supporting-issues.ts';
import { environmentOf, sensitivityOf, type Environment } from './facts/environment.ts';
import type { Subject, Tool, ToolContext } from './tool.ts';


/** What the inventory says of an entity: environment, data classification, tags, and whether it shows a reported misconfiguration. */
export const cloudInventory: Tool = {
  name: 'cloud_inventory',
  description: 'Environment, account, tags, creation time and data classification of an entity; whether the snapshot itself shows a reported misconfiguration.',
  claims: ['production', 'contains_sensitive_data', 'issue_confirmed'],
  needs: 'an inventory snapshot (AWS Config or IAM details); accounts in the policy',
  cost: 1,
  run(subject, _extra, context) {
    const resource = context.graph.resource(subject.entity, subject.account);
    const account = accountOf(context.graph, resource) ?? subject.account;
    const environment = environmentOf(resource, subject.entity, account, context.policy);
    return {
      entity: subject.entity,
      claims: {
        production: productionClaim(environment, resource),
        contains_sensitive_data: sensitivityClaim(subject, resource, context),
        ...(subject.plan === 'configuration' || subject.plan === 'detection' ? withSupporting({ issue_confirmed: configurationClaim(subject, resource, context) }, subject, resource, context) : {}),
      },
      facts: {
        in_inventory: resource !== undefined, type: resource?.type ?? null, name: resource?.name ?? null, account: account ?? null, account_name: account === undefined ? null : context.policy.accounts[account]?.name ?? null,
        environment: environment.environment ?? null, region: resource?.region ?? subject.region ?? null, tags: resource?.tags ?? {}, created_at: resource?.created_us === undefined ? null : formatTime(resource.created_us),
      },
      coverage: { sources: resource ? [resource.source] : [], ...(observedUs(resource) !== undefined && { to: formatTime(observedUs(resource) ?? 0) }) },
    };
  },
};

function productionClaim(environment: Environment, resource: StoredResource | undefined): ToolClaim {
  if (environment.production === 'unknown') return unknown(environment.why);
  return claim(environment.production, environment.why, { provenance: environment.provenance, ...(environment.why.startsWith('the policy') ? {} : { observed_us: observedUs(resource) }) });
}

function sensitivityClaim(subject: Subject, resource: StoredResource | undefined, context: ToolContext): ToolClaim {
  const found = sensitivityOf(resource, subject.entity, context.policy);
  return found.sensitive === 'unknown' ? unknown(found.why) : claim(found.sensitive, found.why, { observed_us: observedUs(resource) });
}

function configurationClaim(subject: Subject, resource: StoredResource | undefined, { graph }: ToolContext): ToolClaim {
  const reported = `reported by ${subject.reported_by.join(', ')}`;
  if (!resource) {
    const { isGone, why, missing } = absence(subject, graph);
    return isGone ? unknown(why, missing) : claim(true, `${reported}; the inventory does not have it, so nothing contradicts`, { cap: CAP.reported, missing });
  }
  const reports = [{ issue_type: subject.issue_type, titles: subject.titles }, ...subject.also ?? []];
  const checked = checkedTogether(reports.map((r) => checkReport(resource, r.issue_type, r.titles)));
  if (!checked) return claim(true, `${reported}; the snapshot can't show it and doesn't contradict`, { cap: CAP.reported });
  return claim(checked.state === 'shown', `${checked.why} in the snapshot`, { observed_us: observedUs(resource) });
}
