import { decisions, priorities } from '#shared/model/decision.ts';
import { at } from '#shared/lib/json.ts';
import { formatTime } from '#shared/lib/time.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { StoredResource } from '#shared/model/resource.ts';
import type { GraphNode } from '#shared/rpc/graph-schemas.ts';
import { z } from 'zod';
import type { App } from '../create-app.ts';
import { graphQueries, type GraphQueries } from '../graph/graph-queries.ts';
import { nodeViews, words, type NodeViews } from '../graph/node-view.ts';
import type { InputOf, OutputOf } from '../procedure.ts';

/** Edges that the inspector lists of each side. */
const MOST_EDGES = 25, MOST_REASONS = 3, EXCERPT = 600;
const decisionSchema = z.enum(decisions).nullable(), prioritySchema = z.enum(priorities).nullable();

/** One node for the inspector: its edges, what decides who gets in, its incidents, what falls with it and who could get to it. */
export function getNode(app: App, input: InputOf<'graph.node'>): Result<OutputOf<'graph.node'>> {
  const queries = graphQueries(app), resource = queries.view.resource(input.urn), urn = resource?.urn ?? input.urn;
  if (!resource && queries.graph.idOf(urn) === undefined) return err(`${input.urn} is not in the graph`);
  const views = nodeViews(app, queries), node = views.node(urn), observed = resource?.observed_us ?? resource?.captured_us;
  const { upstream, downstream } = queries.dependencies(urn);
  return ok({
    node, title: resource ? words(resource.type) : node.lane === 'entry' ? 'Entry point' : 'Not inventoried', account_name: node.account === null ? null : queries.policy.accounts[node.account]?.name ?? null,
    region: resource?.region ?? null, tags: resource?.tags ?? {}, observed: observed === undefined ? null : formatTime(observed), source: resource?.source ?? null, known: resource !== undefined,
    incoming: edgesOf(queries, views, urn, 'in'), outgoing: edgesOf(queries, views, urn, 'out'), excerpt: resource ? excerptOf(resource) : null,
    incidents: app.tables.decisions.ofEntity(urn).map(({ id, decision, priority }) => ({ id, decision: decisionSchema.parse(decision), priority: prioritySchema.parse(priority) })),
    blast: resource && resource.kind !== 'internet' ? blastOf(queries, urn) : null, reached_by: queries.reverse(urn).reached.length, upstream: upstream.length, downstream: downstream.length,
    config: resource?.config ?? null, graph_version: queries.version,
  });
}

function edgesOf(queries: GraphQueries, views: NodeViews, urn: string, direction: 'in' | 'out'): GraphNode['incoming'] {
  const { total, shown } = queries.neighbours(urn, { direction, offset: 0, limit: MOST_EDGES });
  return { total, shown: shown.flatMap((n) => n.edges.slice(0, 1).map((e) => ({ urn: n.urn, name: views.node(n.urn).name, kind: e.kind, reason: e.reason ?? '', provenance: e.provenance }))) };
}

function blastOf(queries: GraphQueries, urn: string): GraphNode['blast'] {
  const { level, score, reached, reasons, missing } = queries.blast(urn);
  return { level, score: Math.round(score * 10) / 10, reached: Math.max(0, reached.length - 1), reasons: reasons.slice(0, MOST_REASONS).map((r) => r.text), missing: missing.slice(0, MOST_REASONS).map((m) => m.what) };
}

/** What stands between the outer braces, one step to the left. */
const inside = (json: string): string => (json.startsWith('{\n') ? json.split('\n').slice(1, -1).map((line) => line.slice(2)).join('\n') : json);

/** Places in a record that decide who gets in, the first that is there. Each platform adds its own. */
const places: readonly (readonly [type: RegExp, title: string, path: readonly (string | number)[]])[] = [
  [/IAM::Role$/, 'Why it can be assumed', ['AssumeRolePolicyDocument', 'Statement', 0]], [/S3::Bucket$/, 'What its policy says', ['Policy', 'Statement', 0]], [/S3::Bucket$/, 'What its ACL says', ['Grants']],
  [/SecurityGroup$/, 'What it lets in', ['IpPermissions', 0]], [/IAM::User$/, 'Its groups', ['GroupList']], [/EC2::Instance$/, 'How its credentials are had', ['MetadataOptions']], [/Lambda::Function$/, 'What its policy says', ['Policy', 'Statement', 0]],
];

function excerptOf({ type, config }: StoredResource): GraphNode['excerpt'] {
  for (const [pattern, title, path] of places) {
    const value = pattern.test(type) ? at(config, ...path) : undefined;
    if (value === undefined || value === null) continue;
    const isTrust = title === 'Why it can be assumed', principal = isTrust ? at(value, 'Principal') : undefined, condition = isTrust ? at(value, 'Condition') : undefined;
    const shown = principal === undefined ? value : { Principal: principal, ...(condition !== undefined && { Condition: condition }) };
    const text = inside(JSON.stringify(shown, null, 2));
    return { title, text: text.length > EXCERPT ? `${text.slice(0, EXCERPT)}\n…` : text, pointer: `/${path.join('/')}` };
  }
  return null;
}
