import { describe, expect, it } from 'vitest';
import { runtimeTelemetry } from '#electron/tools/runtime-telemetry.ts';
import { graphOf } from '../../graph-of.ts';
import { ACCOUNT, accessOf, BUCKET, contextOf, daysAgo, eventOf, subjectOf } from './tool-context.ts';

const VM = 'arn:aws:ec2:eu-central-1:111122223333:instance/i-0abc1234', USER = 'arn:aws:iam::111122223333:user/alice';
const run = (config: unknown, parts: Parameters<typeof contextOf>[0] = {}) => runtimeTelemetry.run(subjectOf({ entity: VM, entity_type: 'vm', plan: 'open_port' }), {}, contextOf({ graph: graphOf([{ urn: VM, type: 'AWS::EC2::Instance', kind: 'vm', account: ACCOUNT, config, captured_us: daysAgo(1) }]), ...parts })).claims.runtime_active;

describe('is it running', () => {
  it.each<[unknown, boolean | string]>([[{ State: { Name: 'running' } }, true], [{ State: { Name: 'stopped' } }, false], [{ State: { Name: 'terminated' } }, false], [{ DBInstanceStatus: 'available' }, true], [{ State: 'Active' }, true], [{ State: 'Inactive' }, false], [{ State: { Name: 'pending' } }, 'unknown'], [{}, 'unknown']])('%j: %s', (config, value) => { expect(run(config)?.value).toBe(value); });
  it('a use in the logs shows it', () => { expect(run({}, { access: [accessOf({ last_us: daysAgo(2) })] })).toMatchObject({ value: true, observed_us: daysAgo(2) }); });
  it('a refused use shows nothing', () => { expect(run({}, { access: [accessOf({ outcome: 'failure' })] })?.value).toBe('unknown'); });
  it('means nothing for a bucket', () => { expect(runtimeTelemetry.run(subjectOf(), {}, contextOf({ graph: graphOf([{ urn: BUCKET, type: 'AWS::S3::Bucket', kind: 'bucket' }]) })).claims.runtime_active?.not_applicable).toBe(true); });
  it('is unknown for what nobody has seen', () => { expect(runtimeTelemetry.run(subjectOf({ entity: 'x', entity_type: 'vm' }), {}, contextOf()).claims.runtime_active).toMatchObject({ value: 'unknown', missing: [{ entity: 'x' }] }); });
  it('an identity is active by what it did', () => {
    const found = runtimeTelemetry.run(subjectOf({ entity: USER, entity_type: 'user', plan: 'overprivileged_identity' }), {}, contextOf({ log: [eventOf('1', daysAgo(9), { outcome: 'success' }), eventOf('2', daysAgo(3), { outcome: 'success' }), eventOf('3', daysAgo(1))] }));
    expect([found.claims.runtime_active, found.facts['successful_uses']]).toEqual([expect.objectContaining({ value: true, observed_us: daysAgo(3) }), 2]);
  });
});
