import { at, isObject, list, str } from '#shared/lib/json.ts';
import type { GraphView } from '#shared/model/resource.ts';
import type { PolicyInput } from './policy-scan.ts';

const documents = new WeakMap<object, object>();

/**
 * The grants of a KMS key (`aws kms list-grants`) as a policy beside its own: a grant allows its grantee the operations, under the encryption
 * context that it asks for. Undefined when the key has none, or none are recorded.
 */
export function grantPolicy(graph: GraphView, arn: string): PolicyInput | undefined {
  const key = graph.resource(arn);
  const grants = at(key?.config, 'KeyGrants');
  if (key?.type !== 'AWS::KMS::Key' || !Array.isArray(grants) || grants.length === 0) return undefined;
  const document = documents.get(grants) ?? { Version: '2012-10-17', Statement: list(grants).flatMap(statementOf) };
  documents.set(grants, document);
  return { name: 'a grant of the key', source: key.urn, pointer: '/KeyGrants', document };
}

function statementOf(grant: unknown): readonly object[] {
  const grantee = str(grant, 'GranteePrincipal');
  const operations = list(grant, 'Operations').filter((o) => typeof o === 'string');
  if (grantee === undefined || operations.length === 0) return [];
  const all = ['EncryptionContextEquals', 'EncryptionContextSubset'].flatMap((kind) => { const map = at(grant, 'Constraints', kind); return isObject(map) ? Object.entries(map) : []; });
  const isService = !grantee.startsWith('arn:') && grantee.endsWith('.amazonaws.com');
  return [{
    Sid: `grant ${str(grant, 'GrantId') ?? ''}`, Effect: 'Allow', Principal: { [isService ? 'Service' : 'AWS']: grantee }, Action: operations.map((o) => `kms:${o}`), Resource: '*',
    ...(all.length > 0 && { Condition: { StringEquals: Object.fromEntries(all.map(([name, value]) => [`kms:EncryptionContext:${name}`, String(value)])) } }),
  }];
}
