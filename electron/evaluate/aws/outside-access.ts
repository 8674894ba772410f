import { matchesWildcard, parseArn } from '#shared/lib/arn.ts';
import { at, str } from '#shared/lib/json.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Answer, Missing, OutsideAccess } from '#shared/model/verdict.ts';
import { allOf, anyOf, not } from '../kleene.ts';
import { bucketInputs, effective } from './bucket-inputs.ts';
import { probes } from './bucket-probes.ts';
import { insiders, pinnedInside, type Insiders } from './external-access.ts';
import { organizationPolicies } from './organization-policies.ts';
import { ownPolicy } from './own-policy.ts';
import { lookupIn, type RequestContext } from './policy-context.ts';
import { parsePolicy, type ParsedPolicy, type Statement } from './policy-document.ts';
import { parsePrincipal, type Principal } from './policy-principal.ts';
import { scanPolicy, statementPointer, type PolicyInput } from './policy-scan.ts';
import { wantedOf } from './public-resource.ts';
import { policyPublic } from './public-policy.ts';
import { matchesAction } from './statement-actions.ts';

interface Guest { readonly name: string; readonly side: 'ours' | 'outside' | 'unknown'; readonly answer: Answer; readonly source: string; readonly pointer: string }

/**
 * Whom does the policy of an AWS resource let in from other accounts, and are these ours? Inside are the accounts given, its own, and those that the graph
 * lists. Looks at principals that are named, everyone where a condition pins them to an organization, and grants of a bucket's ACL to other accounts;
 * anonymous access is `storage-access`'s and `public-resource`'s.
 */
export function outsideAccess(graph: GraphView, resource: StoredResource, accounts: ReadonlySet<string>): OutsideAccess {
  const own = ownPolicy(resource), inside = insiders(graph, resource, accounts);
  if (own.state === 'unknown') return { answer: 'unknown', ours: 'unknown', names: [], reasons: [], missing: [{ what: 'its resource policy', entity: resource.urn, supply: 'an AWS Config snapshot, or the call of its service that gives the policy' }] };
  const rcps = organizationPolicies(graph, resource.account, 'RESOURCE_CONTROL_POLICY').levels.flatMap((l) => l.policies);
  const inputs = own.state === 'known' ? own.inputs : [];
  const restricted = restrictedBy(graph, resource);
  const byPolicy = inputs.flatMap((input) => { const parsed = parsePolicy(input.document); return parsed.ok ? guestsOf({ resource, input, policies: [...inputs], rcps, inside, restricted }, parsed.value) : []; });
  const guests = [...byPolicy, ...guestsByAcl(resource, graph)];
  const of = (sides: readonly Guest['side'][]): readonly Guest[] => guests.filter((g) => g.answer !== 'no' && sides.includes(g.side));
  const outside = of(['outside']), open = of(['unknown']), ours = of(['ours']);
  const answer = anyOf([...outside.map((g) => g.answer), ...open.map((): Answer => 'unknown')]);
  const shown = answer === 'no' ? ours : [...outside, ...open];
  return {
    answer, ours: anyOf(ours.map((g) => g.answer)), names: [...new Set(shown.map((g) => g.name))],
    reasons: (shown.length > 0 ? shown : guests).map((g) => ({ rule: 'IAM.outside', source: g.source, pointer: g.pointer, text: told(g) })),
    missing: answer === 'unknown' ? missingOf(resource, open.length > 0 && !inside.isKnown, open) : [],
  };
}

function told({ name, side, answer }: Guest): string {
  const who = side === 'outside' ? `${name}, outside the known accounts,` : side === 'ours' ? `${name}, one of the known accounts,` : `${name}, of which it is not known whether it is ours,`;
  return answer === 'yes' ? `${who} is let in` : answer === 'no' ? `${who} is named, but refused` : `${who} is let in if the conditions of the policy hold`;
}

function missingOf(resource: StoredResource, needsAccounts: boolean, open: readonly Guest[]): readonly Missing[] {
  if (needsAccounts) return [{ what: 'the accounts of the organization', entity: resource.urn, supply: 'accounts in the policy file, or aws organizations list-accounts' }];
  return open.length > 0 ? [{ what: `whose ${open[0]?.name ?? 'it'} is`, entity: resource.urn, supply: 'a person who knows it, or "winnow answer"' }] : [{ what: 'whether the conditions of its policy hold for them', entity: resource.urn, supply: 'a person who reads its policy, or "winnow answer"' }];
}

interface Asked { readonly resource: StoredResource; readonly input: PolicyInput; readonly policies: readonly PolicyInput[]; readonly rcps: readonly PolicyInput[]; readonly inside: Insiders; readonly restricted: Answer }

function guestsOf(asked: Asked, policy: ParsedPolicy): readonly Guest[] {
  const { resource, input, inside } = asked;
  return policy.statements.filter((s) => s.effect === 'Allow').flatMap((statement) => {
    const guest = (name: string, side: Guest['side'], principal: Principal, context: RequestContext): readonly Guest[] => {
      const answer = letsIn(asked, statement, principal, context);
      return answer === undefined ? [] : [{ name, side, answer, source: input.source, pointer: statementPointer(input, statement) }];
    };
    const named = statement.principals?.aws.filter((id) => id !== '*') ?? [];
    const everyone = statement.principals?.aws.includes('*') === true && statement.conditions.length > 0;
    return [
      ...named.flatMap((id) => {
        const account = /^\d{12}$/.test(id) ? id : parseArn(id)?.account;
        if (account === undefined || !/^\d{12}$/.test(account) || account === resource.account) return [];
        return guest(account === id || id.endsWith(':root') ? account : id, inside.accounts.has(account) ? 'ours' : inside.isKnown ? 'outside' : 'unknown', parsePrincipal(id), { values: { 'aws:PrincipalAccount': account }, unknown: ['*'] });
      }),
      ...(statement.principals?.canonical ?? []).flatMap((id) => guest(`the account of canonical id ${id.slice(0, 12)}…`, 'unknown', { kind: 'canonical', id }, { unknown: ['*'] })),
      ...(everyone ? pinnedGuests(statement, inside).flatMap(({ name, side, account, keys }) => guest(name, side, parsePrincipal(`arn:aws:iam::${account}:user/anyone`), { values: { 'aws:PrincipalAccount': account, ...keys }, unknown: ['*'] })) : []),
    ];
  });
}

/** Whom conditions pin everyone to: an account or an organization. */
function pinnedGuests(statement: Statement, inside: Insiders): readonly { readonly name: string; readonly side: Guest['side']; readonly account: string; readonly keys: Readonly<Record<string, string>> }[] {
  const tests = statement.conditions.filter((t) => ['aws:principalorgid', 'aws:principalorgpaths', 'aws:principalaccount', 'aws:principalarn'].includes(t.key.toLowerCase()));
  return tests.flatMap((test) => test.values.slice(0, MOST).flatMap((value) => {
    const account = /^\d{12}$/.test(value) ? value : parseArn(value)?.account, organization = /^o-[a-z0-9]+/.exec(value)?.[0];
    const held = pinnedInside([{ ...test, values: [value] }], inside), side = held === 'yes' ? 'ours' as const : held === 'no' && inside.isKnown ? 'outside' as const : 'unknown' as const;
    if (organization !== undefined) return [{ name: `organization ${organization}`, side, account: '000000000000', keys: { 'aws:PrincipalOrgID': organization } }];
    return account !== undefined && /^\d{12}$/.test(account) ? [{ name: account, side, account, keys: {} }] : [];
  }));
}

/** Principals of one condition that are looked at one by one. */
const MOST = 10;

/** Is something that the statement allows, allowed them? Undefined where it speaks of other resources only. */
function letsIn({ resource, policies, rcps, restricted }: Asked, statement: Statement, principal: Principal, context: RequestContext): Answer | undefined {
  const wanted = resource.type === 'AWS::S3::Bucket' ? probes.map((p) => p.action) : wantedOf(resource.type);
  const literal = (statement.actions ?? []).filter((a) => !/[*?]/.test(a));
  const actions = [...new Set([...literal, ...wanted.map((a) => a.toLowerCase()).filter((a) => matchesAction(statement, a))])].slice(0, 20);
  const fit = (statement.resources ?? ['*']).filter((r) => matchesWildcard(r, resource.urn) || r.startsWith(resource.urn) || parseArn(r)?.service !== parseArn(resource.urn)?.service || matchesWildcard(r, `${resource.urn}/some-key`));
  if (fit.length === 0 || actions.length === 0) return undefined;
  const places = [...new Set(fit.map((r) => (/^\*+$/.test(r) ? resource.urn : r.replaceAll('*', 'x').replaceAll('?', 'x'))))].slice(0, 5);
  const answers = actions.flatMap((action) => places.map((place): Answer => {
    const request = { principal, action, resource: place, lookup: lookupIn(context), hasBoundary: false };
    const scans = policies.map((p) => scanPolicy(p, 'resource', request));
    const denies = [...scans.flatMap((s) => s.denies), ...rcps.flatMap((p) => scanPolicy(p, 'resource', request).denies)];
    return allOf([anyOf(scans.flatMap((s) => s.allows).map((h) => h.answer)), not(anyOf(denies.map((h) => h.answer)))]);
  }));
  return allOf([anyOf(answers), not(restricted)]);
}

/** With RestrictPublicBuckets a public policy lets in nobody of another account, whomever else it names (design 5-graph P5). */
function restrictedBy(graph: GraphView, resource: StoredResource): Answer {
  if (resource.type !== 'AWS::S3::Bucket') return 'no';
  const inputs = bucketInputs(graph, resource);
  return allOf([policyPublic(inputs.policy), effective(inputs.block('RestrictPublicBuckets'))]);
}

/** Grants of a bucket's ACL to the canonical id of another account, where ACLs are in force. */
function guestsByAcl(resource: StoredResource, graph: GraphView): readonly Guest[] {
  if (resource.type !== 'AWS::S3::Bucket') return [];
  const owner = str(resource.config, 'Owner', 'ID') ?? str(resource.config, 'Owner', 'Id'), grants = at(resource.config, 'Grants'), { voids } = bucketInputs(graph, resource).ownership;
  if (owner === undefined || !Array.isArray(grants) || voids === 'yes') return [];
  return grants.flatMap((grant: unknown, i): readonly Guest[] => {
    const id = str(grant, 'Grantee', 'ID') ?? str(grant, 'Grantee', 'Id');
    return id === undefined || id === owner ? [] : [{ name: `the account of canonical id ${id.slice(0, 12)}…`, side: 'unknown', answer: 'yes', source: resource.urn, pointer: `/Grants/${i}` }];
  });
}
