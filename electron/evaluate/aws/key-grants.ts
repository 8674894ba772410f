import { at, isObject, list, scalarText, str } from '#shared/lib/json.ts';
import type { StoredResource } from '#shared/model/resource.ts';
import type { PolicyInput } from './policy-scan.ts';

const documents = new WeakMap<object, object>();

/**
 * The grants of a KMS key (`aws kms list-grants`) as a policy beside its own: a grant allows its grantee the operations, under the encryption
 * context that it asks for. Empty when the key has none, or none are recorded.
 */
export function grantPolicy(key: StoredResource): readonly PolicyInput[] {
  const grants = at(key.config, 'KeyGrants');
  if (key.type !== 'AWS::KMS::Key' || !Array.isArray(grants) || grants.length === 0) return [];
  const document = documents.get(grants) ?? { Version: '2012-10-17', Statement: list(grants).map(statementOf) };
  documents.set(grants, document);
  return [{ name: 'a grant of the key', source: key.urn, pointer: '/KeyGrants', statementsAt: '/KeyGrants', document }];
}

/** A statement for each grant, so that both stand at the same place; without a grantee or operations it allows nobody anything. */
function statementOf(grant: unknown): object {
  const grantee = str(grant, 'GranteePrincipal') ?? '';
  const operations = list(grant, 'Operations').filter((o) => typeof o === 'string');
  const all = ['EncryptionContextEquals', 'EncryptionContextSubset'].flatMap((kind) => { const map = at(grant, 'Constraints', kind); return isObject(map) ? Object.entries(map) : []; });
  const isService = !grantee.startsWith('arn:') && grantee.endsWith('.amazonaws.com');
  return {
    Sid: str(grant, 'GrantId') ?? '', Effect: 'Allow', Principal: { [isService ? 'Service' : 'AWS']: grantee }, Action: operations.map((o) => `kms:${o}`), Resource: '*',
    ...(all.length > 0 && { Condition: { StringEquals: Object.fromEntries(all.map(([name, value]) => [`kms:EncryptionContext:${name}`, scalarText(value)])) } }),
  };
}
