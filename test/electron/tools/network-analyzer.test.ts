import { describe, expect, it } from 'vitest';
import { networkAnalyzer } from '#electron/tools/network-analyzer.ts';
import type { Subject } from '#electron/tools/tool.ts';
import type { Reachability, StorageAccess } from '#shared/model/verdict.ts';
import { graphOf } from '../../graph-of.ts';
import { ACCOUNT, BUCKET, contextOf, daysAgo, reach, storage, subjectOf, verdict } from './tool-context.ts';

const VM = 'arn:aws:ec2:eu-central-1:111122223333:instance/i-0abc1234';
const graph = graphOf([{ urn: BUCKET, type: 'AWS::S3::Bucket', kind: 'bucket', account: ACCOUNT, captured_us: daysAgo(3) }, { urn: VM, type: 'AWS::EC2::Instance', kind: 'vm', account: ACCOUNT }, { urn: 'arn:sg', type: 'AWS::EC2::SecurityGroup', kind: 'sg' }, { urn: 'arn:aws:iam::111122223333:user/alice', type: 'AWS::IAM::User', kind: 'identity' }]);
const bucket = (access: StorageAccess, subject: Partial<Subject> = {}, extra = {}) => networkAnalyzer.run(subjectOf(subject), extra, contextOf({ graph, evaluate: { bucketAccess: () => access } })).claims;
const host = (found: Reachability, subject: Partial<Subject> = {}) => networkAnalyzer.run(subjectOf({ entity: VM, entity_type: 'vm', plan: 'open_port', issue_type: 'open_port', ...subject }), {}, contextOf({ graph, evaluate: { ingress: () => found } })).claims;
const values = (claims: ReturnType<typeof bucket>) => [claims.exposure_confirmed?.value, claims.mitigation_confirmed?.value, claims.issue_confirmed?.value];

describe('a bucket', () => {
  it('is exposed when an anonymous request gets through', () => { expect(values(bucket(storage('yes')))).toEqual([true, false, true]); });
  it('is mitigated when a control refuses, and the control is named', () => {
    const claims = bucket(storage('no', { blocking_control: { kind: 'public_access_block', source: BUCKET, pointer: '/PublicAccessBlock', text: 'Block Public Access refuses it', network_bound: false } }));
    expect(values(claims)).toEqual([false, true, false]);
    expect(claims.mitigation_confirmed?.reason).toContain('Block Public Access refuses it');
  });
  it('without any grant is refuted, not mitigated', () => { expect(values(bucket(storage('no', { blocking_control: { kind: 'no_grant', source: BUCKET, pointer: '', text: '', network_bound: false } })))).toEqual([false, false, false]); });
  it('is unknown with what is missing, never guessed', () => {
    const claims = bucket(storage('unknown', { public: verdict('unknown', { missing: [{ what: 'bucket policy', entity: BUCKET, supply: 'AWS Config' }] }) }));
    expect(values(claims)).toEqual(['unknown', 'unknown', 'unknown']);
    expect(claims.exposure_confirmed).toMatchObject({ missing: [{ what: 'bucket policy' }] });
  });
  it('says on which condition it hangs, not by which code', () => {
    const reasons = [{ rule: 'GCS.P1', source: BUCKET, pointer: '', text: 'roles/storage.objectViewer for allUsers, if request.time is before 2020' }];
    expect(bucket(storage('unknown', { public: verdict('unknown', { blocked_by: 'CONDITION', reasons }) })).exposure_confirmed?.reason).toBe("whether an anonymous request succeeds can't be told: roles/storage.objectViewer for allUsers, if request.time is before 2020");
  });
  it('carries the age of the snapshot', () => { expect(bucket(storage('yes')).exposure_confirmed?.observed_us).toBe(daysAgo(3)); });
  it('looks at the raw records for the second confirmation, and says nothing else there', () => {
    const context = contextOf({ graph, raw: graphOf([]), evaluate: { bucketAccess: () => storage('yes') } });
    const raw = networkAnalyzer.run(subjectOf(), { snapshot: 'raw' }, context).claims;
    expect(Object.keys(raw)).toEqual(['exposure_reconfirmed']);
    expect(raw.exposure_reconfirmed?.value).toBe('unknown');
    expect(bucket(storage('yes'), {}, { snapshot: 'raw' }).exposure_reconfirmed?.value).toBe(true);
  });
  it('of a configuration issue is exposed or not, but that is not the issue', () => {
    expect(values(bucket(storage('yes'), { plan: 'configuration', issue_type: 'encryption_disabled' }))).toEqual([true, expect.anything(), undefined]);
  });
});

describe('a host', () => {
  it('is exposed when every row holds', () => { expect(values(host(reach('yes')))).toEqual([true, false, true]); });
  it('is mitigated by the row that fails, while a rule still opens it', () => {
    const claims = host(reach('no', { reachable: verdict('no', { blocked_by: 'NO_PUBLIC_IP' }), open: [], failed: ['NO_PUBLIC_IP'] }));
    expect(values(claims)).toEqual([false, true, true]);
    expect(claims.mitigation_confirmed?.reason).toContain('NO_PUBLIC_IP');
  });
  it('is told by the rows that block, not by those that hold', () => {
    const text = (of: string) => ({ rule: of, source: VM, pointer: '', text: `row ${of}` });
    const claims = host(reach('no', { reachable: verdict('no', { blocked_by: 'NACL_IN', reasons: [text('denies'), text('stopped'), text('address'), text('gateway')] }), open: [], failed: ['NACL_IN', 'STATE'] }));
    expect([claims.exposure_confirmed?.reason, claims.mitigation_confirmed?.reason]).toEqual(['not reachable: row denies; row stopped', 'it is blocked by NACL_IN and STATE']);
  });
  it.each([['loadbalancer/app/web/50dc6c495c0c9188', 'web'], ['loadbalancer/net/front/1', 'front'], ['loadbalancer/shop', 'shop']])('is opened by a balancer, which is named: %s', (resource, name) => {
    const via = `arn:aws:elasticloadbalancing:eu-central-1:111122223333:${resource}`;
    expect(host(reach('yes', { reachable: verdict('yes', { via }) })).issue_confirmed?.reason).toBe(`the load balancer ${name} lets the internet in to it`);
  });
  it('has no open port when no rule opens it', () => { expect(values(host(reach('no', { rule_opens: 'no' })))[2]).toBe(false); });
  it('has an unknown issue while its exposure is not known', () => { expect(values(host(reach('unknown')))).toEqual(['unknown', 'unknown', 'unknown']); });
  it('faces the network boundary when reached, as a security group always does', () => {
    expect([host(reach('yes')).touches_network_boundary?.value, host(reach('no')).touches_network_boundary?.value, host(reach('unknown')).touches_network_boundary?.value]).toEqual([true, false, 'unknown']);
    expect(host(reach('no'), { entity: 'arn:sg', entity_type: 'sg' }).touches_network_boundary?.value).toBe(true);
  });
});

describe('what is not there to look at', () => {
  it('is unknown, with the inventory as what would supply it', () => {
    const claims = networkAnalyzer.run(subjectOf({ entity: 'arn:aws:s3:::nowhere' }), {}, contextOf({ graph })).claims;
    expect(values(claims)).toEqual(['unknown', 'unknown', 'unknown']);
    expect(claims.exposure_confirmed?.missing?.[0]).toMatchObject({ what: 'inventory record', entity: 'arn:aws:s3:::nowhere' });
  });
  it('does not apply to an identity', () => {
    const claims = networkAnalyzer.run(subjectOf({ entity: 'arn:aws:iam::111122223333:user/alice', entity_type: 'user', plan: 'detection', exposure_applies: false }), {}, contextOf({ graph })).claims;
    expect([claims.exposure_confirmed?.not_applicable, claims.touches_network_boundary?.value]).toEqual([true, false]);
  });
});
