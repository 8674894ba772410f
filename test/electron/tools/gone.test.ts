import { describe, expect, it } from 'vitest';
import { cloudInventory } from '#electron/tools/cloud-inventory.ts';
import { iamAnalyzer } from '#electron/tools/iam-analyzer.ts';
import { networkAnalyzer } from '#electron/tools/network-analyzer.ts';
import { runtimeTelemetry } from '#electron/tools/runtime-telemetry.ts';
import { vulnState } from '#electron/tools/vuln-state.ts';
import type { ClaimName } from '#shared/model/claims.ts';
import { graphOf } from '../../graph-of.ts';
import { AS_OF, contextOf, subjectOf } from './tool-context.ts';

const entity = 'arn:aws:ec2:eu-central-1:111122223333:instance/i-0abc1234';
const never = graphOf([]), gone = { ...never, goneUs: (id: string) => (id === entity ? AS_OF : undefined) };
const used = { source: 'cloudtrail', account: '', region: '', log: '', reads: 1, actor_type: 'role', actor_account: null, src_public: 0, through_vpce: 0, outcome: 'success', events: 5, first_us: 1, last_us: 2 };

describe('what an incident is about is gone', () => {
  it.each([
    [cloudInventory, { plan: 'configuration', issue_type: 'logging_disabled' }, 'issue_confirmed', true], [networkAnalyzer, { plan: 'open_port', issue_type: 'open_port' }, 'exposure_confirmed', 'unknown'],
    [iamAnalyzer, { plan: 'overprivileged_identity', issue_type: 'overprivileged_identity' }, 'issue_confirmed', 'unknown'], [iamAnalyzer, { plan: 'open_port', issue_type: 'open_port' }, 'blast_radius', 'unknown'],
    [vulnState, { plan: 'vulnerable_package', issue_type: 'vulnerable_package', vulnerabilities: [{ cve: 'CVE-2024-0001' }] }, 'issue_confirmed', 'unknown'], [runtimeTelemetry, { plan: 'open_port', issue_type: 'open_port' }, 'runtime_active', 'unknown'],
  ] as const)('$name says so for %j', (tool, issue, name: ClaimName, otherwise) => {
    const subject = subjectOf({ entity, entity_type: 'vm', ...issue });
    const of = (graph: typeof never) => tool.run(subject, {}, contextOf({ graph })).claims[name];
    expect(of(gone)).toMatchObject({ value: 'unknown', missing: [{ what: 'whether it is still there', entity }] });
    expect(of(gone)?.reason).toMatch(/^it is gone: the inventory has not shown it since \d{4}-\d\d-\d\d/);
    expect(of(never)?.value).toBe(otherwise);
    expect(of(never)?.reason).not.toMatch(/gone/);
  });

  it('use before that doesn\'t make it run', () => {
    const of = (graph: typeof never) => runtimeTelemetry.run(subjectOf({ entity, entity_type: 'vm', plan: 'open_port', issue_type: 'open_port' }), {}, contextOf({ graph, access: [used] })).claims.runtime_active?.value;
    expect([of(never), of(gone)]).toEqual([true, 'unknown']);
  });
});
