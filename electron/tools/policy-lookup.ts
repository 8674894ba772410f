import { accountOf } from '#electron/evaluate/assess.ts';
import ipaddr from 'ipaddr.js';
import type { ToolClaim } from '#shared/model/claims.ts';
import { isInForce, type KnownGood, type Owner, type Policy } from '#shared/model/policy.ts';
import type { StoredResource } from '#shared/model/resource.ts';
import { matchesWildcard } from '#shared/lib/arn.ts';
import { formatTime } from '#shared/lib/time.ts';
import { claim, unknown } from './facts/claim.ts';
import { tagValues } from './facts/environment.ts';
import { ownerIndex } from './facts/owner-index.ts';
import type { Subject, Tool, ToolContext } from './tool.ts';

interface Found { readonly owner: string; readonly entry: Owner | undefined; readonly provenance: 'observed' | 'inferred'; readonly why: string }

/** Owners, accepted risks and known-good patterns: what the workspace's policy says about an entity. The policy is authoritative. */
export const policyLookup: Tool = {
  name: 'policy_lookup',
  description: 'Owner of an entity and whether that owner still exists; accepted risks and known-good patterns that cover it.',
  claims: ['owner_identified', 'owner_active', 'accepted_risk', 'known_good'],
  needs: 'a policy (winnow policy import)',
  cost: 1,
  run(subject, _extra, context) {
    const resource = context.graph.resource(subject.entity, subject.account);
    const found = findOwner(subject, resource, context);
    const risk = acceptedRisk(subject, resource, context);
    const good = knownGood(subject, context);
    return {
      entity: subject.entity,
      claims: { owner_identified: ownerClaim(found), owner_active: activeClaim(found), accepted_risk: risk.claim, known_good: good.claim },
      facts: { owner: found?.owner ?? null, owner_contact: found?.entry?.contact ?? null, owner_why: found?.why ?? null, accepted_risk: risk.fact, known_good: good.fact },
      coverage: { sources: ['policy'] },
    };
  },
};

function ownerClaim(found: Found | undefined): ToolClaim {
  if (!found) return unknown('no owner in the policy covers it or its account, and no tag names one');
  return claim(found.owner, found.why, { provenance: found.provenance });
}

function activeClaim(found: Found | undefined): ToolClaim {
  if (!found) return unknown('there is no owner to look for');
  if (!found.entry) return unknown(`"${found.owner}" is not among the owners of the policy, so nobody says that it still exists`);
  return claim(found.entry.active, found.entry.active ? `owner ${found.entry.id} is active in the policy` : `owner ${found.entry.id} is marked inactive in the policy`, { provenance: found.provenance });
}

/** Entity patterns beat tags, tags beat accounts, accounts beat naming conventions (which are only inferred). */
function findOwner(subject: Subject, resource: StoredResource | undefined, context: ToolContext): Found | undefined {
  const { policy } = context;
  const candidates = [subject.entity, ...(subject.plan === 'detection' ? [...subject.hosts, ...subject.users] : [])];
  for (const id of candidates) {
    const target = id === subject.entity ? resource : context.graph.resource(id, subject.account);
    const ids = [id, ...(target ? [target.urn, ...target.aliases] : [])];
    const byPattern = bestPattern(policy, ids);
    if (byPattern) return byPattern;
    const byTag = target && ownerFromTags(policy, target);
    if (byTag) return byTag;
  }
  const account = accountOf(context.graph, resource) ?? subject.account;
  const byAccount = account === undefined ? undefined : ownerOfAccount(policy, account);
  return byAccount ?? inferredOwner(policy, subject, resource);
}

function bestPattern(policy: Policy, ids: readonly string[]): Found | undefined {
  const best = ownerIndex(policy).byPattern(ids);
  return best && { owner: best.owner.id, entry: best.owner, provenance: 'observed', why: `the policy gives ${best.pattern} to ${best.owner.id}` };
}

function ownerFromTags(policy: Policy, resource: StoredResource): Found | undefined {
  for (const tag of tagValues(resource.tags, policy.tag_keys.owner)) {
    const entry = ownerIndex(policy).named(tag.value);
    if (entry) return { owner: entry.id, entry, provenance: 'observed', why: `tag ${tag.key}=${tag.value} names an owner of the policy` };
  }
  return undefined;
}

function ownerOfAccount(policy: Policy, account: string): Found | undefined {
  const named = policy.accounts[account]?.owner, index = ownerIndex(policy);
  const entry = named === undefined ? index.ofAccount(account) : index.named(named);
  if (entry) return { owner: entry.id, entry, provenance: 'observed', why: `the policy gives account ${account} to ${entry.id}` };
  return named === undefined ? undefined : { owner: named, entry: undefined, provenance: 'observed', why: `the policy gives account ${account} to ${named}` };
}

function inferredOwner(policy: Policy, subject: Subject, resource: StoredResource | undefined): Found | undefined {
  const tag = resource && tagValues(resource.tags, policy.tag_keys.owner)[0];
  if (tag) return { owner: tag.value, entry: undefined, provenance: 'inferred', why: `only the tag ${tag.key}=${tag.value} says so, and the policy does not know that owner` };
  const name = (resource?.name ?? subject.entity.split(/[:/]/).at(-1) ?? '').toLowerCase();
  const entry = ownerIndex(policy).startsLike(name);
  return entry && { owner: entry.id, entry, provenance: 'inferred', why: `its name "${name}" starts like owner ${entry.id}` };
}

function acceptedRisk(subject: Subject, resource: StoredResource | undefined, context: ToolContext): { claim: ToolClaim; fact: unknown } {
  const isIt = (id: string): boolean => id === subject.entity || id === resource?.urn || resource?.aliases.includes(id) === true;
  const now = Math.max(context.asOfUs, context.runStartedUs);
  const forEntity = context.policy.accepted_risks.filter((risk) => isIt(risk.entity));
  const exact = forEntity.filter((risk) => risk.issue_type === subject.issue_type);
  const inForce = exact.find((risk) => isInForce(risk.expires, now));
  if (inForce) return { claim: claim(true, `the policy accepts ${inForce.issue_type} on it until ${inForce.expires}, approved by ${inForce.approved_by}`), fact: inForce };
  const [expired] = exact;
  if (expired) return { claim: claim(false, `the accepted risk ended on ${expired.expires} (now: ${formatTime(now)})`, { gist: `the accepted risk ended on ${expired.expires}` }), fact: null };
  const [other] = forEntity;
  return { claim: claim(false, other ? `a risk is accepted on it, but for ${other.issue_type}` : 'the policy accepts no risk on it'), fact: null };
}

function knownGood(subject: Subject, context: ToolContext): { claim: ToolClaim; fact: unknown } {
  if (subject.plan !== 'detection') return { claim: claim(false, 'known-good patterns are about detections'), fact: null };
  if (subject.truncated) return { claim: claim(false, 'there are more values than are compared with patterns, so no pattern covers them all'), fact: null };
  const now = Math.max(context.asOfUs, context.runStartedUs);
  const hit = context.policy.known_good.find((good) => covers(good, subject) && (good.expires === undefined || isInForce(good.expires, now)));
  if (!hit) return { claim: claim(false, 'no known-good pattern of the policy covers it'), fact: null };
  return { claim: claim(true, `known-good "${hit.id}" (${hit.kind}) covers every ${describeFields(hit)} of its findings${hit.reason ? `: ${hit.reason}` : ''}`), fact: hit };
}

/** A scanner is known to scan and to guess, not to log in and act. */
const SCANNER_FAMILIES = new Set(['recon', 'access_attack', 'policy', 'anomaly']);

function covers(good: KnownGood, subject: Subject): boolean {
  if (good.kind === 'scanner' && !SCANNER_FAMILIES.has(subject.family)) return false;
  const tests: readonly boolean[] = [
    ...(good.src_ip.length > 0 ? [every(subject.src_ips, (ip) => good.src_ip.some((range) => inRange(ip, range)))] : []),
    ...(good.user.length > 0 ? [every(subject.users, (u) => anyPattern(good.user, u))] : []),
    ...(good.host.length > 0 ? [every(subject.hosts, (h) => anyPattern(good.host, h))] : []),
    ...(good.process.length > 0 ? [every(subject.processes, (p) => anyPattern(good.process, p))] : []),
    ...(good.user_agent.length > 0 ? [every(subject.user_agents, (a) => anyPattern(good.user_agent, a))] : []),
    ...(good.file_hash.length > 0 ? [every(subject.file_hashes, (h) => good.file_hash.includes(h))] : []),
    ...(good.entity.length > 0 ? [anyPattern(good.entity, subject.entity)] : []),
    ...(good.issue_type.length > 0 ? [good.issue_type.includes(subject.issue_type)] : []),
  ];
  // An issue type or a user agent alone, which an attacker chooses, is no exoneration.
  const strong = good.src_ip.length + good.user.length + good.host.length + good.process.length + good.file_hash.length + good.entity.length > 0;
  return strong && tests.every(Boolean);
}

const every = (values: readonly string[], test: (value: string) => boolean): boolean => values.length > 0 && values.every(test);
const anyPattern = (patterns: readonly string[], text: string): boolean => patterns.some((p) => matchesWildcard(p.toLowerCase(), text.toLowerCase()));
const describeFields = (good: KnownGood): string => (['src_ip', 'user', 'host', 'process', 'user_agent', 'file_hash', 'entity'] as const).filter((f) => good[f].length > 0).join(' and ');

/** Is an address in a CIDR range (or equal to a single address)? False for anything that doesn't parse. */
export function inRange(ip: string, range: string): boolean {
  if (!ipaddr.isValid(ip)) return false;
  const address = ipaddr.process(ip);
  if (!range.includes('/')) return ipaddr.isValid(range) && ipaddr.process(range).toString() === address.toString();
  if (!ipaddr.isValidCIDR(range)) return false;
  const [network, bits] = ipaddr.parseCIDR(range);
  return network.kind() === address.kind() && address.match(network, bits);
}
