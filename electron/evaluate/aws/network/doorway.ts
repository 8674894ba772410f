import { recentCache, type RecentCache } from '#shared/lib/recent-cache.ts';
import type { GraphView } from '#shared/model/resource.ts';
import type { Answer, OpenInterval } from '#shared/model/verdict.ts';
import { anyOf } from '../../kleene.ts';
import { isEnough, type Family, type Range, type Sources } from '../../network/cidr.ts';
import { blockPublicAccessRow, gatewayRow } from './gateway.ts';
import { findAcl, judgeAcl, missingAclRows, type AclOutcome } from './network-acl.ts';
import type { PortInterval, PortMask } from '../../network/port-sweep.ts';
import { hasPorts, protocolName, protocolsAsked } from '../../network/protocol.ts';
import { routing, type Position } from './route-table.ts';
import { missingRow, row, type Row } from './row.ts';
import { groupRow, groupRules, openByGroups, type GroupRules } from './security-group.ts';

/** One place where traffic can enter: an interface, a balancer or a database in one subnet. */
export interface Doorway extends Position {
  readonly families: readonly Family[];
  readonly addresses: readonly string[];
  /** Addresses inside the VPC, where they are known. */
  readonly inside?: readonly string[];
  /** Row 1 for a family. */
  readonly address: (family: Family) => Row;
  /** Ids of its security groups; `none` where there need be none (network load balancers); undefined when not recorded. */
  readonly groups: readonly string[] | 'none' | undefined;
}

/** What is asked: ports (one interval unless a balancer's listeners say more), a protocol, a sender for each family. */
export interface Ask { readonly windows: readonly PortInterval[]; readonly protocol: string | undefined; readonly sources: readonly Sources[] }

/** The table's rows for one way in, in table order. */
export interface Path { readonly rows: readonly Row[]; readonly open: readonly OpenInterval[]; readonly ruleOpens: Answer; readonly family: Family; readonly addresses: readonly string[] }

/** A doorway as far as it matters to the network around it. */
type Place = Position & Pick<Doorway, 'groups'>;

export const everyPort: PortInterval = { from: 0, to: 65535 };

/** Evaluates rows 1–6 for a doorway and adds row 7, once for each family that both the doorway and the question have. */
export function pathsThrough(graph: GraphView, door: Doorway, ask: Ask, state: Row): readonly Path[] {
  return ask.sources.filter((sources) => door.families.includes(sources.family)).map((sources) => {
    const { rows: between, open, ruleOpens } = passage(graph, door, ask, sources);
    const rows = [door.address(sources.family), ...between.map((r) => at(r, door.source)), state];
    const isOpen = rows.every((r) => r.answer === 'yes');
    const addresses = door.addresses.filter((address) => address.includes(':') === (sources.family === 6) || !/^[\d.]+$|:/.test(address));
    return { rows, open: isOpen ? open : [], ruleOpens, family: sources.family, addresses };
  });
}

/** Rows 2–6 of a way in, which are the same for all that stands in one subnet behind the same groups. */
interface Passage { readonly rows: readonly Row[]; readonly open: readonly OpenInterval[]; readonly ruleOpens: Answer }

/** Passages that are kept for one question: those of an account or two. */
const MOST_PASSAGES = 100;
const passages = new WeakMap<GraphView, { readonly version: number; readonly byAsk: WeakMap<Ask, RecentCache<Passage>> }>();

/** Stands for the doorway's own record, which rows name where nothing else decides them. */
const itself = '\u0000itself';

function passage(graph: GraphView, { subnet, vpc, account, region, groups }: Doorway, ask: Ask, sources: Sources): Passage {
  let known = passages.get(graph);
  if (known?.version !== graph.version) { known = { version: graph.version, byAsk: new WeakMap() }; passages.set(graph, known); }
  let kept = known.byAsk.get(ask);
  if (!kept) { kept = recentCache(MOST_PASSAGES); known.byAsk.set(ask, kept); }
  const key = JSON.stringify([subnet, vpc, account, region, groups, sources.family]);
  let found = kept.get(key);
  if (!found) { found = judgePassage(graph, { subnet, vpc, account, region, groups, source: itself }, ask, sources); kept.set(key, found); }
  return found;
}

function judgePassage(graph: GraphView, place: Place, ask: Ask, sources: Sources): Passage {
  const groups = place.groups === undefined || place.groups === 'none' ? undefined : groupRules(graph, place.groups, place);
  const routes = routing(graph, place, sources);
  const inner = judgeFilters(graph, place, ask, sources, groups, routes.row.answer === 'yes' ? routes.ranges ?? sources.ranges : sources.ranges);
  return { rows: [gatewayRow(graph, place, routes), routes.row, blockPublicAccessRow(graph, place), ...inner.rows], open: inner.open, ruleOpens: inner.ruleOpens };
}

/** The row as it reads for the doorway of this record. */
function at(row: Row, source: string): Row {
  if (!row.reasons.some((r) => r.source === itself) && !row.missing.some((m) => m.entity === itself)) return row;
  return { ...row, reasons: row.reasons.map((r) => (r.source === itself ? { ...r, source } : r)), missing: row.missing.map((m) => (m.entity === itself ? { ...m, entity: source } : m)) };
}

interface Filters { readonly rows: readonly Row[]; readonly open: readonly OpenInterval[]; readonly ruleOpens: Answer }

function judgeFilters(graph: GraphView, door: Place, ask: Ask, sources: Sources, groups: GroupRules | undefined, from: readonly Range[]): Filters {
  const protocols = protocolsAsked(ask.protocol, sources.family);
  const windowsOf = (protocol: string): readonly PortInterval[] => (hasPorts(protocol) ? ask.windows : [everyPort]);
  const openUnder = (protocol: string, masks: readonly PortMask[]): readonly PortInterval[] => {
    if (groups) return openByGroups(groups, protocol, sources.family, masks, sources.threshold);
    return masks.filter((mask) => isEnough(mask.ranges, sources));
  };
  const alone = new Map(protocols.map((p) => [p, openUnder(p, windowsOf(p).map((w) => ({ ...w, ranges: sources.ranges })))]));
  const security = securityRow(door, groups, protocols, sources, ask, alone);
  const opened = protocols.filter((p) => (alone.get(p)?.length ?? 0) > 0);
  const read = findAcl(graph, door);
  if (!read.found) return { rows: [...missingAclRows(read), security], open: [], ruleOpens: security.answer };
  const outcomes = (opened.length > 0 ? opened : protocols).map((protocol) => {
    const windows = opened.length > 0 ? alone.get(protocol) ?? [] : windowsOf(protocol);
    const acl = judgeAcl(read, protocol, windows, sources, from);
    return { protocol, acl, open: openUnder(protocol, acl.masks) };
  });
  const best = outcomes.find((o) => o.open.length > 0) ?? outcomes.find((o) => passes(o.acl)) ?? outcomes[0];
  if (!best) return { rows: [row('SG_IN', 'unknown', door.source, '', `${ask.protocol ?? ''} is not a protocol`)], open: [], ruleOpens: 'unknown' };
  const disjoint = security.answer === 'yes' && passes(best.acl) && best.open.length === 0;
  const last = disjoint ? row('SG_IN', 'no', security.reasons[0]?.source ?? door.source, '/IpPermissions', 'the security groups open no port to the senders that routes and network ACL let through') : security;
  return { rows: [best.acl.inbound, best.acl.outbound, last], open: outcomes.flatMap(({ protocol, open }) => open.map((i) => interval(protocol, i))), ruleOpens: security.answer };
}

const passes = (acl: AclOutcome): boolean => acl.inbound.answer === 'yes' && acl.outbound.answer === 'yes';

/** Protocols without ports are open as a whole. */
const interval = (protocol: string, { from, to }: PortInterval): OpenInterval =>
  (hasPorts(protocol) ? { protocol: protocolName(protocol), from, to } : { protocol: protocolName(protocol), from: -1, to: -1 });

function securityRow(door: Place, groups: GroupRules | undefined, protocols: readonly string[], sources: Sources, ask: Ask, alone: ReadonlyMap<string, readonly PortInterval[]>): Row {
  if (groups) return groupRow(groups, door.source, protocols, sources, ask.windows[0] ?? everyPort, alone);
  if (door.groups === 'none') return row('SG_IN', 'yes', door.source, '', 'no security group stands before it');
  return missingRow('SG_IN', door.source, { what: 'its security groups', entity: door.source, supply: 'aws ec2 describe-network-interfaces, or an AWS Config snapshot' });
}

/** Whether a rule opens it on any way in, whatever the other rows say. */
export const ruleOpensOn = (paths: readonly Path[]): Answer => anyOf(paths.map((p) => p.ruleOpens));
