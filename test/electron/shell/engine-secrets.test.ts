import { expect, it } from 'vitest';
import { engineSecrets, sharingKeys } from '#electron/shell/engine-secrets.ts';
import type { SecretStore } from '#electron/shell/secrets.ts';
import { ok } from '#shared/lib/result.ts';

function memory(): SecretStore {
  const values = new Map<string, string>(), info = () => ({ kept: 'system' as const, why: '', names: [...values.keys()] });
  return {
    info: () => Promise.resolve(info()), get: (name) => Promise.resolve(ok(values.get(name))),
    set(name, value) { values.set(name, value); return Promise.resolve(ok(info())); }, remove(name) { values.delete(name); return Promise.resolve(ok(info())); },
  };
}

it('hands keys of models and credentials of products to the open workspaces, and nothing else', async () => {
  const told: Readonly<Record<string, string>>[] = [];
  const store = sharingKeys(memory(), () => [{ tellKeys: (keys) => { told.push(keys); } }]);
  await store.set('model.http.127.0.0.1', 'm');
  await store.set('connect.w1.aws.session-token', 'c');
  await store.set('jira.token', 'j');
  expect(await engineSecrets(store)).toEqual({ 'model.http.127.0.0.1': 'm', 'connect.w1.aws.session-token': 'c' });
  await store.remove('connect.w1.aws.session-token');
  await store.remove('jira.token');
  expect(told).toEqual([{ 'model.http.127.0.0.1': 'm' }, { 'connect.w1.aws.session-token': 'c' }, { 'connect.w1.aws.session-token': '' }]);
});
