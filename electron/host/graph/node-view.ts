import { isCrownJewel, environmentOf, sensitivityOf } from '#electron/tools/facts/environment.ts';
import { severities, type Severity } from '#shared/model/finding.ts';
import { meaningOfNode, type Lane } from '#shared/model/graph-meaning.ts';
import { str } from '#shared/lib/json.ts';
import type { StoredResource } from '#shared/model/resource.ts';
import type { EntryKind } from '#electron/pipeline/graph/entry-points.ts';
import type { PathNode } from '#shared/rpc/graph-schemas.ts';
import type { App } from '../create-app.ts';
import { attackFacts } from './attack-context.ts';
import type { GraphQueries } from './graph-queries.ts';

/** Nodes as the screen shows them. */
export interface NodeViews {
  readonly node: (urn: string) => PathNode;
  /** The same with another second line. */
  readonly noted: (urn: string, note: string) => PathNode;
}

const entryWords: Readonly<Record<EntryKind, readonly [name: string, note: string]>> = {
  internet: ['Internet', 'anonymous'], leaked_key: ['leaked key', 'access key'], phished_user: ['phished', 'user session'], external_account: ['', 'outside'], public_ci: ['', 'OIDC'],
};
const ciNames: readonly (readonly [RegExp, string])[] = [[/githubusercontent/, 'GitHub CI'], [/gitlab/, 'GitLab CI'], [/terraform/, 'Terraform'], [/buildkite/, 'Buildkite'], [/circleci/, 'CircleCI'], [/bitbucket/, 'Bitbucket'], [/dev\.azure/, 'Azure DevOps']];

/** Turns urns into nodes with name, severity and note; each once. */
export function nodeViews(app: App, queries: GraphQueries): NodeViews {
  const { view, graph, policy } = queries;
  const facts = attackFacts(app, view);
  const entries = new Map(queries.entries.points.map((p) => [p.urn, p.kind]));
  const known = new Map<string, PathNode>();
  const make = (urn: string): PathNode => {
    const resource = view.resource(urn), id = resource?.urn ?? urn, entry = entries.get(id), node = graph.idOf(id);
    const kind = resource?.kind ?? (entry === 'external_account' ? 'account' : entry === 'leaked_key' || entry === 'phished_user' || entry === 'public_ci' ? 'identity' : node === undefined ? 'other' : graph.kindOf(node));
    const lane: Lane = entry === undefined ? meaningOfNode(kind).lane : 'entry';
    const crown = isCrownJewel(id, policy);
    const production = resource && environmentOf(resource, id, resource.account, policy).production, sensitive = resource && sensitivityOf(resource, id, policy).sensitive;
    let degree = 0;
    if (node !== undefined) degree = queries.neighbours(id, { direction: 'both', offset: 0, limit: 0 }).total;
    return {
      urn: id, name: entry === undefined ? resource?.name ?? shortName(id) : entryName(entry, id), kind, type: resource?.type ?? '', lane, account: resource?.account ?? null,
      production: typeof production === 'boolean' ? production : null, sensitive: typeof sensitive === 'boolean' ? sensitive : null,
      severity: entry === undefined ? severityOf(app, id) : null, crown_jewel: crown, degree,
      note: entry !== undefined ? entryWords[entry][1] : crown ? 'crown jewel' : resource ? noteOf(resource, facts) : 'not inventoried',
    };
  };
  const node = (urn: string): PathNode => {
    const have = known.get(urn) ?? make(urn);
    known.set(urn, have);
    return have;
  };
  return { node, noted: (urn, note) => ({ ...node(urn), note }) };
}

const shortName = (urn: string): string => urn.split(/[:/]/).at(-1) ?? urn;
function entryName(kind: EntryKind, urn: string): string {
  if (kind === 'public_ci') return ciNames.find(([pattern]) => pattern.test(urn))?.[1] ?? shortName(urn);
  if (kind !== 'external_account') return entryWords[kind][0];
  return urn === '*' ? 'any account' : /\d{12}/.exec(urn)?.[0] ?? shortName(urn);
}

function severityOf(app: App, urn: string): Severity | null {
  const reported = new Set(app.tables.findings.severities([urn]).map((r) => r.severity));
  return severities.find((s) => reported.has(s)) ?? null;
}

/** What is worth a second line: a flaw, how its role is had, who may get in; else what it is. */
function noteOf(resource: StoredResource, facts: ReturnType<typeof attackFacts>): string {
  const { kind, config } = resource;
  const flaw = meaningOfNode(kind).compute === true ? facts.exploit(resource.urn)?.why.split(' ')[0] : undefined;
  if (flaw !== undefined) return flaw;
  if (resource.type === 'AWS::EC2::Instance') return str(config, 'MetadataOptions', 'HttpTokens') === 'required' ? 'EC2, IMDSv2' : 'EC2, IMDSv1';
  return words(resource.type);
}

/** `AWS::IAM::Role` is an `IAM role`, `AWS::RDS::DBInstance` an `RDS instance`. */
export function words(type: string): string {
  const [, service = '', what = ''] = type.split('::');
  if (what === '') return type;
  return `${service} ${what.replace(/^DB/, '').replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()}`;
}
