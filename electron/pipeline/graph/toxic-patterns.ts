import type { Exploit } from '#electron/evaluate/attack-price.ts';
import type { CompactGraph } from '#electron/evaluate/compact-graph.ts';
import { reachCompact } from '#electron/evaluate/compact-reach.ts';
import { meaningOfNode, passThroughTypes } from '#shared/model/graph-meaning.ts';
import type { Edge, EdgeKind } from '#shared/model/resource.ts';
import type { Answer, IdentityAccess, Reason } from '#shared/model/verdict.ts';
import type { EntryPoints } from './entry-points.ts';

/** One of the facts that together are dangerous. */
export interface Factor { readonly name: string; readonly answer: Answer; readonly evidence: readonly Reason[] }
/** A report of a tool, as the joins need it. */
export interface Reported { readonly finding_id: string; readonly entity: string; readonly issue_type: string; readonly title: string }
export interface Known { readonly answer: Answer; readonly why: string }
/** What the joins ask beside the graph's edges. */
export interface ToxicFacts {
  readonly graph: CompactGraph;
  readonly entries: EntryPoints;
  /** Nodes with a flaw that can be used, and the easiest of each. */
  readonly exploitable: readonly string[];
  readonly exploit: (urn: string) => Exploit | undefined;
  /** From the internet, by whatever way; `unknown` where the snapshot doesn't settle it. */
  readonly reachable: (urn: string) => Known;
  /** To everyone, without authentication: buckets. */
  readonly exposed: (urn: string) => Known;
  readonly tier: (urn: string) => IdentityAccess['tier'];
  readonly sensitive: (urn: string) => Known;
  readonly production: (urn: string) => Known;
  /** Open findings of some issue types. */
  readonly reported: (issueTypes: readonly string[]) => readonly Reported[];
}
export interface Candidate { readonly entity: string; readonly factors: readonly Factor[] }
interface Pattern { readonly id: string; readonly title: string; readonly techniques: readonly string[]; readonly find: (facts: ToxicFacts) => readonly Candidate[] }

const because = (rule: string, source: string, text: string, pointer = ''): readonly Reason[] => [{ rule, source, pointer, text }];
const factor = (name: string, rule: string, urn: string, { answer, why }: Known): Factor => ({ name, answer, evidence: because(rule, urn, why) });
const sure = (name: string, rule: string, urn: string, why: string): Factor => factor(name, rule, urn, { answer: 'yes', why });
const finding = (name: string, report: Reported, answer: Answer = 'yes'): Factor => ({ name, answer, evidence: because('finding', report.finding_id, report.title) });

const exploited = (facts: ToxicFacts, urn: string): Factor => sure('exploitable', 'exploit', urn, facts.exploit(urn)?.why ?? '');
const reached = (facts: ToxicFacts, urn: string): Factor => factor('reachable from the internet', 'NET.reach', urn, facts.reachable(urn));
function privileged(facts: ToxicFacts, identity: string, least: 'tier0' | 'tier1' = 'tier1'): Factor {
  const tier = facts.tier(identity);
  const answer = tier === 'unknown' ? 'unknown' : tier === 'tier0' || tier === least ? 'yes' : 'no';
  return factor(least === 'tier0' ? 'administrator' : 'privileged', 'IAM.tier', identity, { answer, why: `${tier === 'tier0' ? 'administrator-equivalent' : tier === 'tier1' ? 'can escalate or reaches wide data' : tier === 'none' ? 'no special privileges' : 'its privileges are not known'}` });
}

/** Identities that a node runs as, instance profiles passed through. */
function identitiesOf({ graph }: ToxicFacts, urn: string): readonly string[] {
  const start = graph.idOf(urn), found = new Set<string>();
  if (start === undefined) return [];
  const follow = (node: number, depth: number): void => graph.eachOut(node, (edge) => {
    if (graph.edgeKindOf(edge) !== 'RUNS_AS') return;
    const target = graph.targetOf(edge);
    if (passThroughTypes.has(graph.typeOf(target)) && depth === 0) follow(target, 1); else found.add(graph.urnOf(target));
  });
  follow(start, 0);
  return [...found].sort();
}

/** Sensitive stores among what falls with an identity. */
function sensitiveBehind(facts: ToxicFacts, identity: string): Factor {
  const { graph } = facts, start = graph.idOf(identity);
  const stores = start === undefined ? [] : reachCompact(graph, start).reached.map((r) => r.node).filter((node) => node !== start && meaningOfNode(graph.kindOf(node)).store === true && graph.isKnown(node)).map((node) => graph.urnOf(node)).sort();
  const known = stores.map((urn) => ({ urn, ...facts.sensitive(urn) }));
  const best = known.find((k) => k.answer === 'yes') ?? known.find((k) => k.answer === 'unknown');
  if (best) return factor('leads to sensitive data', 'DATA.sensitive', best.urn, best);
  return factor('leads to sensitive data', 'DATA.sensitive', identity, facts.tier(identity) === 'unknown' ? { answer: 'unknown', why: 'what it may read is not known' } : { answer: 'no', why: 'no store of sensitive data is reached' });
}

function edgesOut({ graph }: ToxicFacts, urn: string, kinds: readonly EdgeKind[]): readonly Edge[] {
  const node = graph.idOf(urn), found: Edge[] = [];
  if (node !== undefined) graph.eachOut(node, (edge) => { if (kinds.includes(graph.edgeKindOf(edge))) found.push(graph.edge(edge)); });
  return found;
}
const fromInternet = (facts: ToxicFacts, kinds: readonly EdgeKind[]): readonly Edge[] => edgesOut(facts, 'internet', kinds);
const kindOf = ({ graph }: ToxicFacts, urn: string): string => { const node = graph.idOf(urn); return node === undefined ? '' : graph.kindOf(node); };
const typeOf = ({ graph }: ToxicFacts, urn: string): string => { const node = graph.idOf(urn); return node === undefined ? '' : graph.typeOf(node); };
const isCompute = (facts: ToxicFacts, urn: string): boolean => { const node = facts.graph.idOf(urn); return node !== undefined && meaningOfNode(facts.graph.kindOf(node)).compute === true; };
/** Servers of the Kubernetes API always ask who it is. */
const isGuarded = (facts: ToxicFacts, urn: string): boolean => /^(AWS::EKS::Cluster|container\.googleapis\.com\/Cluster|Microsoft\.ContainerService\/)/.test(typeOf(facts, urn));
/** Types whose answer about the internet is about callers without credentials; what listens behind the others may ask for some. */
const tellsCallers = /^(AWS::Lambda::|AWS::ApiGateway|run\.googleapis\.com\/|cloudfunctions\.googleapis\.com\/)/;
function unauthenticated(facts: ToxicFacts, urn: string): Factor {
  const found = facts.reachable(urn), isOpen = found.answer === 'yes' && !tellsCallers.test(typeOf(facts, urn));
  return factor('public without authentication', 'NET.reach', urn, isOpen ? { answer: 'unknown', why: `${found.why}; whether it asks for authentication is not known` } : found);
}
const needsProof = (edge: Edge): boolean => /ExternalId|:sub\b|:sub"/i.test(edge.condition ?? '');

/** Design 5-graph §5, in its order. */
export const toxicPatterns: readonly Pattern[] = [
  { id: 'T1', title: 'Reachable, exploitable and privileged', techniques: ['T1190', 'T1552.005'],
    find: (facts) => facts.exploitable.flatMap((urn) => identitiesOf(facts, urn).map((identity) => ({ entity: urn, factors: [reached(facts, urn), exploited(facts, urn), privileged(facts, identity)] }))) },
  { id: 'T2', title: 'Reachable, exploitable, privileged, and leads to sensitive data', techniques: ['T1190', 'T1552.005', 'T1530'],
    find: (facts) => facts.exploitable.flatMap((urn) => identitiesOf(facts, urn).map((identity) => ({ entity: urn, factors: [reached(facts, urn), exploited(facts, urn), privileged(facts, identity), sensitiveBehind(facts, identity)] }))) },
  { id: 'T3', title: 'Public store of sensitive data', techniques: ['T1530'],
    find: (facts) => {
      const open = fromInternet(facts, ['EXPOSES']).filter((e) => ['bucket', 'database', 'queue_topic', 'secret_key'].includes(kindOf(facts, e.target))).map((e) => ({ urn: e.target, factor: sure('public', 'STORE.public', e.target, e.reason ?? 'open to everyone') }));
      const known = new Set(open.map((o) => o.urn));
      // No edge may also mean that the snapshot doesn't settle it.
      const others = nodesOf(facts, 'bucket').filter((urn) => !known.has(urn) && facts.sensitive(urn).answer === 'yes').map((urn) => ({ urn, factor: factor('public', 'STORE.public', urn, facts.exposed(urn)) }));
      return [...open, ...others].map(({ urn, factor: isPublic }) => ({ entity: urn, factors: [isPublic, factor('sensitive', 'DATA.sensitive', urn, facts.sensitive(urn))] }));
    } },
  { id: 'T4', title: 'Public function or API without authentication, run by an administrator', techniques: ['T1190', 'T1078.004'],
    find: (facts) => ['function', 'endpoint', 'container_workload'].flatMap((kind) => nodesOf(facts, kind)).filter((urn) => !isGuarded(facts, urn))
      .flatMap((urn) => identitiesOf(facts, urn).filter((identity) => facts.tier(identity) === 'tier0' || (facts.tier(identity) === 'unknown' && tellsCallers.test(typeOf(facts, urn)))).map((identity) => ({ entity: urn, factors: [unauthenticated(facts, urn), privileged(facts, identity, 'tier0')] }))) },
  { id: 'T5', title: 'Outside trust without proof, to a privileged role', techniques: ['T1078.004'],
    find: (facts) => facts.entries.edges.filter((e) => facts.entries.points.some((p) => p.urn === e.source && p.kind === 'external_account'))
      .map((e) => ({ entity: e.target, factors: [factor('trusts a principal outside, without ExternalId or subject', 'IAM.trust', e.target, needsProof(e) ? { answer: 'no', why: 'a proof is asked for' } : { answer: 'yes', why: e.reason ?? '' }), privileged(facts, e.target)] })) },
  { id: 'T6', title: 'Privileged workload behind an open door', techniques: ['T1610', 'T1611'],
    find: (facts) => {
      const reports = facts.reported(['privileged_container']).map((r) => ({ urn: r.entity, factor: finding('privileged', r) }));
      const escapes = ['pod', 'container_workload'].flatMap((kind) => nodesOf(facts, kind)).flatMap((urn) => edgesOut(facts, urn, ['ESCAPES_TO']).slice(0, 1).map((e) => ({ urn, factor: sure('privileged', 'K8S.escape', urn, e.reason ?? 'it can leave its container') })));
      return [...escapes, ...reports].map(({ urn, factor: isPrivileged }) => ({ entity: urn, factors: [isPrivileged, reached(facts, urn)] }));
    } },
  { id: 'T7', title: 'Unused key of an administrator', techniques: ['T1078.004', 'T1098.001'],
    find: (facts) => facts.reported(['stale_credential']).filter((r) => kindOf(facts, r.entity) === 'identity')
      .map((r) => ({ entity: r.entity, factors: [finding('unused for more than 90 days', r, /unused|not (been )?used|inactive|never used/i.test(r.title) ? 'yes' : 'unknown'), privileged(facts, r.entity, 'tier0')] })) },
  { id: 'T8', title: 'Deploy role open to a wildcard of CI workflows', techniques: ['T1078.004', 'T1548.005'],
    find: (facts) => facts.entries.edges.filter((e) => facts.entries.points.some((p) => p.urn === e.source && p.kind === 'public_ci')).map((e) => {
      const [may] = edgesOut(facts, e.target, ['CAN_ADMIN', 'CAN_WRITE', 'CAN_EXEC', 'PRIVESC']);
      const deploys: Known = may ? { answer: 'yes', why: may.reason ?? may.kind } : facts.tier(e.target) === 'unknown' ? { answer: 'unknown', why: 'what it may do is not known' } : { answer: 'no', why: 'it changes nothing' };
      return { entity: e.target, factors: [sure('CI subject has a wildcard', 'IAM.trust', e.target, e.reason ?? ''), factor('deploys', 'IAM.permission', e.target, deploys)] };
    }) },
  { id: 'T9', title: 'Production snapshot or image shared with everyone', techniques: ['T1537', 'T1580'],
    find: (facts) => {
      const shared = fromInternet(facts, ['EXPOSES']).filter((e) => kindOf(facts, e.target) === 'image' || /snapshot|image/i.test(e.target)).map((e) => ({ urn: e.target, factor: sure('public', 'STORE.public', e.target, e.reason ?? 'shared with everyone') }));
      return [...shared, ...facts.reported(['public_snapshot']).map((r) => ({ urn: r.entity, factor: finding('public', r) }))]
        .map(({ urn, factor: isPublic }) => ({ entity: urn, factors: [isPublic, factor('production', 'ENV.production', urn, facts.production(urn))] }));
    } },
  { id: 'T10', title: 'Secret in user data or environment of something with a role', techniques: ['T1552.005', 'T1552.007'],
    find: (facts) => facts.reported(['secret_exposed']).filter((r) => isCompute(facts, r.entity))
      .flatMap((r) => identitiesOf(facts, r.entity).map((identity) => ({ entity: r.entity, factors: [finding('secret lies open', r), sure('runs as a role', 'IAM.runs_as', identity, `it runs as ${identity}`)] }))) },
];

function nodesOf({ graph }: ToxicFacts, kind: string): readonly string[] {
  return Array.from({ length: graph.nodeCount }, (_, node) => node).filter((node) => graph.kindOf(node) === kind && graph.isKnown(node)).map((node) => graph.urnOf(node)).sort();
}
