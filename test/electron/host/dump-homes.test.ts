import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { dumpHomes } from '#electron/host/dump-homes.ts';

const OURS = '111122223333', THEIRS = '999999999999';
function homeOf(files: Readonly<Record<string, unknown>>, of: string): unknown {
  const dir = mkdtempSync(join(tmpdir(), 'winnow-homes-'));
  onTestFinished(() => { rmSync(dir, { recursive: true, force: true }); });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), JSON.stringify(content));
  return dumpHomes(Object.keys(files).map((name) => ({ path: join(dir, name) })))(join(dir, of));
}
const key = (account: string, mode: string) => ({ mode, type: 'aws_kms_key', name: 'k', values: { arn: `arn:aws:kms:eu-west-1:${account}:key/k` } });
const caller = { mode: 'data', type: 'aws_caller_identity', name: 'me', values: { account_id: OURS } };
const plan = (...prior: readonly object[]) => ({ format_version: '1.2', terraform_version: '1.9.5', planned_values: { root_module: { resources: [] } }, prior_state: { values: { root_module: { child_modules: [{ resources: prior }] } } } });
const state = (...resources: readonly { readonly values: object }[]) => ({ version: 4, terraform_version: '1.9.5', resources: resources.map(({ values, ...rest }) => ({ ...rest, instances: [{ attributes: values }] })) });

describe('the account of a Terraform document', () => {
  it.each([['plan.json', plan], ['x.tfstate', state]] as const)('is that of what it manages, not of what it looks up: %s', (name, of) => {
    expect(homeOf({ [name]: of(key(OURS, 'managed')) }, name)).toEqual({ account: OURS, region: 'eu-west-1' });
    expect(homeOf({ [name]: of(key(THEIRS, 'data')) }, name)).toEqual({});
    expect(homeOf({ [name]: of(key(OURS, 'managed'), key(THEIRS, 'data')) }, name)).toEqual({ account: OURS, region: 'eu-west-1' });
  });
  it('is what the caller identity says first', () => {
    expect(homeOf({ 'plan.json': plan(caller, key(THEIRS, 'data')) }, 'plan.json')).toEqual({ account: OURS, region: undefined });
    expect(homeOf({ 'plan.json': plan(caller, key(OURS, 'managed')) }, 'plan.json')).toEqual({ account: OURS, region: 'eu-west-1' });
  });
  it('is none where it manages those of several', () => {
    const other = { ...caller, values: { account_id: THEIRS } }, beside = { 'get-caller-identity.json': { Account: OURS } };
    for (const of of [plan, state]) for (const resources of [[key(OURS, 'managed'), key(THEIRS, 'managed')], [caller, key(OURS, 'managed'), key(THEIRS, 'managed')], [caller, other, key(OURS, 'managed')], [caller, key(THEIRS, 'managed')]]) {
      expect(homeOf({ ...beside, 'plan.json': of(...resources) }, 'plan.json')).toMatchObject({ region: 'eu-west-1' });
      expect(homeOf({ ...beside, 'plan.json': of(...resources) }, 'plan.json')).not.toMatchObject({ account: expect.anything() });
    }
  });
  it('is told for each provider of a state of several', () => {
    const hub = 'provider["registry.terraform.io/hashicorp/aws"]', spoke = `${hub}.spoke`, by = (provider: string, resource: { readonly values: object }) => ({ ...resource, provider });
    const providers = (...resources: readonly { readonly values: object }[]) => (homeOf({ 'x.tfstate': state(...resources) }, 'x.tfstate') as { readonly providers?: unknown }).providers;
    expect(providers(by(hub, key(OURS, 'managed')), by(spoke, key(THEIRS, 'managed')))).toEqual({ [hub]: OURS, [spoke]: THEIRS });
    expect(providers(by(hub, caller), by(spoke, { ...caller, values: { account_id: THEIRS } }), by(hub, key(OURS, 'managed')))).toEqual({ [hub]: OURS, [spoke]: THEIRS });
    // One configuration of two accounts, or a caller that manages another's, tells none.
    expect(providers(by(hub, key(OURS, 'managed')), by(hub, key(THEIRS, 'managed')))).toEqual({});
    expect(providers(by(hub, caller), by(hub, key(OURS, 'managed')), by(hub, key(THEIRS, 'managed')))).toEqual({});
    expect(providers(by(hub, caller), by(hub, key(THEIRS, 'managed')), by(spoke, key(OURS, 'managed')))).toEqual({ [spoke]: OURS });
    expect(providers(by(hub, key(OURS, 'managed')), by(spoke, key(THEIRS, 'data')), by(spoke, caller), by(hub, key(THEIRS, 'managed')))).toEqual({ [spoke]: OURS });
  });
  it('says nothing of its neighbours', () => {
    expect(homeOf({ 'plan.json': plan(key(THEIRS, 'data')), 'describe-vpcs.json': { Vpcs: [{ VpcId: 'vpc-1' }] } }, 'describe-vpcs.json')).toEqual({});
  });
});
