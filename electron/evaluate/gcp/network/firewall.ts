import { at, list, str } from '#shared/lib/json.ts';
import { computeName, containerName, gcpTypes, projectIn } from '#shared/model/gcp.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Missing } from '#shared/model/verdict.ts';
import type { Sources } from '../../network/cidr.ts';
import { evaluateStages, type Outcome } from '../../network/ordered-rules.ts';
import type { PortInterval } from '../../network/port-sweep.ts';
import { directoryOf } from '../directory.ts';
import { classicRule, policyRules, protocolNumber, type Direction, type Endpoint, type RuleAsk } from './rule-reader.ts';

export interface FirewallAsk {
  readonly direction: Direction;
  readonly host: Endpoint;
  /** The host's project, id or number. */
  readonly project: string;
  readonly region: string | undefined;
  readonly protocol: string;
  readonly ports: PortInterval;
  readonly sources: Sources;
  readonly machine?: Endpoint | undefined;
}
export interface FirewallOutcome extends Outcome { readonly missing: readonly Missing[]; readonly assumed: readonly string[] }

/**
 * Do Google Cloud firewalls let it through? Hierarchical policies of the organization, then of the folders, top down; then VPC rules, the global
 * and the regional network policy (VPC rules last where the network says BEFORE_CLASSIC_FIREWALL); then the implied deny of ingress or allow of
 * egress (design 5-graph §2). Rules of VPC firewalls: lowest priority number first, deny before allow on a tie.
 */
export function firewallOutcome(graph: GraphView, ask: FirewallAsk): FirewallOutcome {
  const rule: RuleAsk = { direction: ask.direction, protocol: protocolNumber(ask.protocol), host: ask.host, peer: { family: ask.sources.family, machine: ask.machine, addresses: ask.sources.ranges } };
  const policies = graph.ofType(gcpTypes.firewallPolicy);
  const chain = directoryOf(graph).chain(containerName(`projects/${ask.project}`)).toReversed();
  const hierarchical = chain.flatMap((place) => attachedTo(graph, policies, place)).map((p) => policyRules(p, rule));
  const onNetwork = attachedTo(graph, policies, ask.host.network);
  const isRegional = (p: StoredResource): boolean => p.urn.includes('/regions/');
  const inRegion = onNetwork.filter((p) => isRegional(p) && (ask.region === undefined || p.urn.includes(`/regions/${ask.region}/`)));
  // Policies that Google puts on a region itself come right after the hierarchical ones.
  const system = inRegion.filter((p) => /(^|_)SYSTEM(_|$)/.test(str(p.config, 'policyType') ?? ''));
  const own = [...onNetwork.filter((p) => !isRegional(p)), ...inRegion.filter((p) => !system.includes(p))].map((p) => policyRules(p, rule));
  const firewalls = graph.ofType(gcpTypes.firewall);
  const classic = firewalls.flatMap((f) => classicRule(f, rule)).toSorted((a, b) => a.priority - b.priority || (a.action === b.action ? 0 : a.action === 'deny' ? -1 : 1));
  const isBefore = str(graph.resource(ask.host.network)?.config, 'networkFirewallPolicyEnforcementOrder') === 'BEFORE_CLASSIC_FIREWALL';
  // Of which a source doesn't tell what they are attached to: they may come before all others, or not apply.
  const unplaced = policies.filter((p) => at(p.config, 'isUnplaced') === true).map((p) => policyRules(p, rule).filter((r) => r.action !== 'next').map((r) => ({ ...r, isSure: false })));
  const stages = [...unplaced, ...hierarchical, ...system.map((p) => policyRules(p, rule)), ...(isBefore ? [...own, classic] : [classic, ...own])];
  const implied = ask.direction === 'INGRESS' ? 'deny' : 'allow';
  const outcome = evaluateStages(stages, implied, { rule: ask.direction === 'INGRESS' ? 'GCP.fw_in' : 'GCP.fw_out', source: ask.host.network, pointer: '', text: `no rule speaks of it, and ${implied} is implied for ${ask.direction.toLowerCase()}` }, { ports: ask.ports, sources: ask.sources, protocol: ask.protocol });
  const isRecorded = policies.length > 0 || firewalls.some((f) => computeName(str(f.config, 'network') ?? '') === ask.host.network || projectIn(f.urn) === projectIn(ask.host.network));
  const lacks: readonly Missing[] = isRecorded ? (outcome.answer === 'unknown' && unplaced.length > 0 ? [{ what: 'which networks the firewall policies are attached to', entity: ask.host.network, supply: 'gcloud asset export --content-type resource' }] : []) : [{ what: 'the firewall rules of the network', entity: ask.host.network, supply: 'gcloud compute firewall-rules list --format json, or a Cloud Asset export' }];
  const decidedEarly = outcome.answer !== 'unknown' && hierarchical.some((rules) => rules.some((r) => outcome.reasons.includes(r.reason)));
  return { ...outcome, answer: isRecorded ? outcome.answer : 'unknown', missing: lacks, assumed: policies.length > 0 || decidedEarly ? [] : ['firewall_policies'] };
}

/** Policies that are associated with a network (by any form of its link), a folder or an organization. */
function attachedTo(graph: GraphView, policies: readonly StoredResource[], place: string): readonly StoredResource[] {
  const { canonical } = directoryOf(graph);
  const target = (text: string): string => (text.includes('/networks/') || text.startsWith('projects/') ? computeName(text) : canonical(containerName(/(folders|organizations|projects)\/[^/]+$/.exec(text)?.[0] ?? text)));
  return policies.filter((p) => list(p.config, 'associations').some((a) => target(str(a, 'attachmentTarget') ?? '') === place));
}
