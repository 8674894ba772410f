import ipaddr from 'ipaddr.js';
import { formatTime } from '#shared/lib/time.ts';
import type { Answer } from '#shared/model/verdict.ts';
import type { BucketInputs, PublicGrant } from './bucket-inputs.ts';
import { parseNetwork } from './condition-operators.ts';
import { allOf, anyOf, not } from '../kleene.ts';
import { lookupIn, type ContextLookup, type RequestContext } from './policy-context.ts';
import type { ParsedPolicy, Statement } from './policy-document.ts';
import { principalContext, type Principal } from './policy-principal.ts';
import { anyAccount, nobody, strangersNames, strangersTo, type Stranger } from './bucket-strangers.ts';
import { probes, probesNamed, type AccessKind, type Probe } from './bucket-probes.ts';
import { scanPolicy, type Hit, type PolicyInput, type ScanRequest } from './policy-scan.ts';
import { isBroadNetwork, namesEveryone } from './public-policy.ts';

export type { AccessKind };

/** What the policies and ACLs by themselves say to one probe; the public access block is not in it yet. */
export interface ProbeResult {
  readonly probe: Probe;
  /** An Allow of the bucket policy holds for an internet caller (whatever a Deny says). */
  readonly allow: Answer;
  /** A Deny of the bucket policy or an RCP holds for every such caller. */
  readonly deny: Answer;
  /** Allow holds and no Deny does. */
  readonly byPolicy: Answer;
  /** No Deny holds against the caller that a grant of the recorded ACLs lets in. */
  readonly aclUndenied: Answer;
  /** Grants of the recorded ACLs that would let the caller in; undefined: the ACL was not recorded. */
  readonly grants: readonly PublicGrant[] | undefined;
  /** Only strangers with an AWS account of their own get in by the policy. */
  readonly signed: boolean;
  readonly allowHits: readonly Hit[];
  readonly denyHits: readonly Hit[];
  /** What leaves it open whether strangers who sign get in. */
  readonly openHits: readonly Hit[];
}

/** A probe with the public access block and object ownership applied. */
export interface ProbeOutcome extends ProbeResult { readonly answer: Answer; readonly viaPolicy: Answer; readonly viaAcl: Answer }

/**
 * Sends every probe against the bucket's policy, ACLs and RCPs, as an anonymous caller from the internet and as the other strangers of `bucket-strangers`.
 * @param through keys that the way of the request adds, such as those of an access point.
 */
export function simulate(inputs: BucketInputs, through: RequestContext = {}): readonly ProbeResult[] {
  const policies: Policies = { own: policiesOf(inputs), rcps: inputs.rcps.flatMap((level) => level.policies) };
  const parsed = inputs.policy.state === 'known' ? inputs.policy.parsed : undefined;
  const addresses = internetAddresses(parsed?.statements ?? []), keys = sampleKeys(parsed, inputs.arn);
  const callers = addresses.map((ip): Caller => ({ who: nobody, lookupOf: callerFrom(internetContext(inputs, ip), through) }));
  const others = strangersTo(parsed, inputs.arn).flatMap((who) => addresses.map((ip): Caller => ({ who, lookupOf: callerFrom(internetContext(inputs, ip), who, through) })));
  const cases = { bucket: [inputs.arn], object: keys };
  return [...probes, ...probesNamed(parsed)].map((probe) => runProbe(inputs, probe, policies, { places: cases[probe.on], callers, others }));
}

interface Policies { readonly own: readonly PolicyInput[]; readonly rcps: readonly PolicyInput[] }

/** What the request of a caller carries, prepared once for all probes. */
function callerFrom(...contexts: readonly RequestContext[]): Caller['lookupOf'] {
  const known = new Map<Principal, ContextLookup>();
  return (principal) => {
    let lookup = known.get(principal);
    if (!lookup) { lookup = lookupIn(principalContext(principal), ...contexts); known.set(principal, lookup); }
    return lookup;
  };
}

function policiesOf(inputs: BucketInputs): readonly PolicyInput[] {
  if (inputs.policy.state === 'none') return [];
  return inputs.policy.state === 'known' ? [inputs.policy.input] : [{ name: 'the bucket policy', source: inputs.bucket.urn, pointer: '', document: undefined }];
}

interface Caller { readonly who: Stranger; readonly lookupOf: (principal: Principal) => ContextLookup }
interface Field { readonly places: readonly string[]; readonly callers: readonly Caller[]; readonly others: readonly Caller[] }

/** The caller picks the case that serves them best. */
function runProbe(inputs: BucketInputs, probe: Probe, policies: Policies, { places, callers, others }: Field): ProbeResult {
  const grants = grantsFor(inputs, probe);
  // No policy speaks to anybody.
  if (policies.own.length === 0 && policies.rcps.length === 0) return { probe, grants, allow: 'no', deny: 'no', byPolicy: 'no', aclUndenied: 'yes', allowHits: [], denyHits: [], openHits: [], signed: false };
  const outsider = (grants ?? []).length > 0 && grants?.every((g) => g.group === 'AuthenticatedUsers') ? anyAccount(inputs.arn) : nobody.principal;
  const action = probe.action.toLowerCase();
  const runs = callers.flatMap((c) => places.map((resource) => {
    const run = evaluateCase(action, policies, resource, c);
    const aclRun = outsider === nobody.principal ? run : evaluateCase(action, policies, resource, c, outsider);
    return { ...run, aclUndenied: not(aclRun.deny), aclDenies: aclRun.denies };
  }));
  const anonymously = anyOf(runs.map(passes));
  const signed = anonymously === 'yes' ? [] : others.flatMap((c) => places.map((resource) => evaluateCase(action, policies, resource, c))).filter((run) => passes(run) !== 'no');
  return {
    probe, grants,
    allow: anyOf([...runs, ...signed].map((r) => r.allow)), deny: allOf([...runs, ...signed].map((r) => r.deny)),
    byPolicy: anyOf([anonymously, ...signed.map(passes)]), aclUndenied: anyOf(runs.map((r) => r.aclUndenied)), signed: anonymously === 'no' && signed.length > 0,
    allowHits: [...new Set([...runs, ...signed].flatMap((r) => r.allows))], denyHits: [...new Set(runs.flatMap((r) => [...r.denies, ...r.aclDenies]))],
    openHits: [...new Set(signed.filter((r) => passes(r) === 'unknown').flatMap((r) => [...r.allows, ...r.denies]))],
  };
}

interface Run { readonly allow: Answer; readonly deny: Answer; readonly allows: readonly Hit[]; readonly denies: readonly Hit[] }
const passes = (run: Run): Answer => allOf([run.allow, not(run.deny)]);

function evaluateCase(action: string, policies: Policies, resource: string, { who, lookupOf }: Caller, principal: Principal = who.principal): Run {
  const request: ScanRequest = { principal, action, resource, hasBoundary: false, lookup: lookupOf(principal) };
  const scans = policies.own.map((p) => scanPolicy(p, 'resource', request));
  const allows = scans.flatMap((s) => s.allows).filter((h) => who.countsOn(h.statement)), denies = [...scans.flatMap((s) => s.denies), ...policies.rcps.flatMap((p) => scanPolicy(p, 'resource', request).denies)];
  return { allow: anyOf(allows.map((h) => h.answer)), deny: anyOf(denies.map((h) => h.answer)), allows, denies };
}

function grantsFor(inputs: BucketInputs, probe: Probe): readonly PublicGrant[] | undefined {
  const matching = (grants: readonly PublicGrant[], permissions: readonly string[]): readonly PublicGrant[] =>
    permissions.length === 0 ? [] : grants.filter((g) => g.permission === 'FULL_CONTROL' || permissions.includes(g.permission));
  if (inputs.grants === undefined && probe.bucketAcl.length > 0) return undefined;
  return [...matching(inputs.grants ?? [], probe.bucketAcl), ...matching(inputs.objectGrants ?? [], probe.objectAcl)];
}

/** What a request from the internet carries: no VPC keys, TLS, a public address; some keys are the caller's to set. */
function internetContext(inputs: BucketInputs, sourceIp: string): RequestContext {
  const { bucket, account } = inputs;
  return {
    values: {
      'aws:SourceIp': sourceIp, 'aws:SecureTransport': 'true', 'aws:ViaAWSService': 'false', 's3:TlsVersion': '1.3',
      // A KMS key can't be used without AWS credentials, nor ours by strangers, so this header is of no use to them.
      's3:x-amz-server-side-encryption-aws-kms-key-id': [],
      ...(account !== undefined && { 'aws:ResourceAccount': account, 's3:ResourceAccount': account }),
      ...(bucket.region !== undefined && { 'aws:RequestedRegion': bucket.region }),
      ...(bucket.captured_us !== undefined && { 'aws:CurrentTime': formatTime(bucket.captured_us), 'aws:EpochTime': String(Math.floor(bucket.captured_us / 1e6)) }),
    },
    chosen: ['aws:Referer', 'aws:UserAgent', 's3:prefix', 's3:delimiter', 's3:max-keys', 's3:VersionId', 's3:RequestObjectTag*', 's3:x-amz-*', 's3:object-lock-*', 's3:if-*'],
    unknown: ['aws:ResourceTag/*', 's3:ExistingObjectTag/*', 's3:BucketTag/*', 'aws:ResourceOrg*', 'aws:RequestedRegion', 'aws:CurrentTime', 'aws:EpochTime', 's3:ResourceAccount', 'aws:ResourceAccount'],
  };
}

/** Most policies need one caller; more where ranges too wide to be a restriction are named. */
const maxAddresses = 16, maxKeys = 64;
const defaultAddress = '8.8.8.8';

/** The caller where no address is named. */
let anywhere: readonly string[] | undefined;

/** Callers from the internet at large: in no narrow range that the policy names, in none that it names at all, and in each wide one and no other. */
export function internetAddresses(statements: readonly Statement[]): readonly string[] {
  const named = statements.flatMap((s) => s.conditions).filter((t) => t.key.toLowerCase() === 'aws:sourceip').flatMap((t) => t.values);
  if (named.length === 0) return anywhere ??= [outsiderIn('0.0.0.0/0', []) ?? defaultAddress];
  const narrow = named.filter((v) => !isBroadNetwork(v));
  const wide = named.filter((v) => parseNetwork(v) !== undefined && isBroadNetwork(v));
  const found = [
    outsiderIn('0.0.0.0/0', narrow), outsiderIn('0.0.0.0/0', named), ...wide.map((range) => outsiderIn(range, narrow)), ...wide.map((range) => outsiderIn(range, named.filter((v) => v !== range))),
  ].filter((address) => address !== undefined);
  return found.length === 0 ? [defaultAddress] : [...new Set(found)].slice(0, maxAddresses);
}

/** A public address of the range outside all the others: tries addresses spread over the range. */
function outsiderIn(range: string, others: readonly string[]): string | undefined {
  const network = parseNetwork(range);
  if (!network) return undefined;
  const [base, prefix] = network;
  const taken = others.flatMap((v) => { const n = parseNetwork(v); return n ? [n] : []; });
  for (let i = 0; i < 256; i++) {
    const bytes = base.toByteArray();
    // The walk covers the first byte (IPv4) or the second half of the first group (IPv6) and stays inside the prefix.
    const spread = base.kind() === 'ipv4' ? [(i * 37 + 8) & 0xff, 8, 8, 8] : [0x20 | (i >> 7), (i * 37 + 1) & 0xff, 8, 8];
    spread.forEach((value, at) => { bytes[at] = mix(bytes[at] ?? 0, value, prefix - at * 8); });
    const address = ipaddr.fromByteArray(bytes);
    if (address.range() !== 'unicast') continue;
    if (!taken.some(([other, bits]) => other.kind() === address.kind() && address.match([other, bits]))) return address.toString();
  }
  return undefined;
}

/** Keeps the first `bits` bits of `fixed` and takes the rest from `free`. */
function mix(fixed: number, free: number, bits: number): number {
  if (bits <= 0) return free;
  if (bits >= 8) return fixed;
  const mask = (0xff << (8 - bits)) & 0xff;
  return (fixed & mask) | (free & ~mask & 0xff);
}

const variable = /\$\{\s*([^},]*?)\s*(?:,[^}]*)?\}/g;

/** Keys that the policy's own patterns single out (what an Allow names, what a Deny spares), and one that none does. */
function sampleKeys(policy: ParsedPolicy | undefined, arn: string): readonly string[] {
  const keys = new Set([`${arn}/some-key`]);
  for (const statement of (policy?.statements ?? []).filter(namesEveryone)) {
    const patterns = statement.effect === 'Allow' ? statement.resources : statement.notResources;
    for (const pattern of patterns ?? []) for (const rest of completions(pattern, `${arn}/`)) for (const named of [rest.replace(variable, 'x'), rest.replace(variable, (_, key: string) => strangersNames[key.toLowerCase()] ?? 'x')]) keys.add(`${arn}/${named}`);
    if (keys.size >= maxKeys) break;
  }
  return [...keys].slice(0, maxKeys);
}

/** Ends that make a text of this beginning match the pattern: one for each place of the pattern that the beginning can lead to. */
function completions(pattern: string, beginning: string): readonly string[] {
  let places = new Set([0]);
  for (const char of beginning) {
    const next = new Set<number>();
    for (const place of places) {
      for (let at = place; ; at++) {
        const wanted = pattern[at];
        if (wanted === '*') next.add(at);
        else if (wanted === '?' || wanted === char) next.add(at + 1);
        if (wanted !== '*') break;
      }
    }
    if (next.size === 0) return [];
    places = next;
  }
  return [...places].map((place) => pattern.slice(place).replaceAll('*', 'some-key').replaceAll('?', 'x')).filter((rest) => rest !== '');
}
