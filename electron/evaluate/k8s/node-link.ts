import { at, str } from '#shared/lib/json.ts';
import { gcpTypes } from '#shared/model/gcp.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import type { Missing } from '#shared/model/verdict.ts';
import { parseNetwork } from '../network/cidr.ts';
import type { CloudLink } from './cloud-link.ts';
import { directionDecision } from './connection.ts';
import type { Workload } from './workload.ts';

/** What a workload's nodes lend it. `missing`: nodes and machines that are not recorded, with the prefix of their cloud's types where it is told. */
export interface NodeLinks { readonly links: readonly CloudLink[]; readonly missing: readonly (Missing & { readonly cloud: RegExp })[] }

/** Clouds by the scheme of a node's `spec.providerID`. */
const clouds: readonly (readonly [scheme: RegExp, types: RegExp])[] = [[/^aws:/, /^AWS::/], [/^gce:/, /\.googleapis\.com\//], [/^azure:/, /^(Microsoft\.|AZ::)/]];

/**
 * Can a pod get its node's identity from the metadata service? Not when policies refuse 169.254.169.254. At AWS not when IMDSv2 is required with a hop limit of 1 (the answer to
 * the token request does not get past the node; the limit is on that answer alone, so IMDSv1 is open) or the service is off; at Google not behind GKE's own metadata server, which gives
 * each pod its own identity. Pods on the node's network are not a hop away, and stand before that server. What has no node yet, or makes pods, may run on any of the cluster.
 */
export function nodeLinks(graph: GraphView, workload: Workload): NodeLinks {
  const nodes = nodesOf(graph, workload), found = nodes.map((node) => linksOf(graph, node, workload));
  const missing = nodes.length > 0 ? found.flatMap((f) => f.missing) : [{ what: 'the node that it runs on', entity: workload.node ?? workload.resource.urn, supply: 'kubectl get nodes -o json', cloud: /./ }];
  return past(graph, workload, { links: found.flatMap((f) => f.links), missing });
}

/** The links of recorded machines alone, for edges: of what may run on any node those of the first twenty. */
export const nodeLinksForEdges = (graph: GraphView, workload: Workload): readonly CloudLink[] => past(graph, workload, { links: nodesOf(graph, workload).slice(0, 20).flatMap((node) => linksOf(graph, node, workload).links), missing: [] }).links;

const nodesOf = (graph: GraphView, workload: Workload): readonly StoredResource[] => graph.ofType('K8s::Node', { account: workload.cluster }).filter((n) => workload.node === undefined || n.name === workload.node);

/** What the pod's policies leave of them; one link for each identity, a sure one before others. */
function past(graph: GraphView, workload: Workload, { links, missing }: NodeLinks): NodeLinks {
  const address = parseNetwork('169.254.169.254');
  const out = address && links.length + missing.length > 0 ? directionDecision(graph, 'egress', workload, { kind: 'address', family: 4, value: address.from, text: '169.254.169.254' }, { protocol: 'TCP', port: 80 }) : undefined;
  if (!out || out.answer === 'no') return { links: [], missing: [] };
  const lacks: Missing | undefined = workload.node === undefined ? { what: 'which node it runs on', entity: workload.resource.urn, supply: 'kubectl get pods -A -o json' } : undefined;
  const open = links.map((link): CloudLink => ({ ...link, conditional: link.conditional || out.answer === 'unknown' || lacks !== undefined, ...(lacks && { lacks }) }));
  return { links: [...new Map(open.toSorted((a, b) => Number(b.conditional) - Number(a.conditional)).map((link) => [link.target, link])).values()], missing };
}

function linksOf(graph: GraphView, node: StoredResource, workload: Workload): NodeLinks {
  const machine = graph.edgesFrom(node.urn, 'SAME_AS').flatMap((e) => graph.resource(e.target) ?? [])[0];
  const isShielded = !workload.hostNetwork && str(node.config, 'metadata', 'labels', 'iam.gke.io/gke-metadata-server-enabled') === 'true';
  if (isShielded) return { links: [], missing: [] };
  if (machine?.type === 'AWS::EC2::Instance') return { links: profileLink(machine, workload), missing: [] };
  const edges = machine ? graph.edgesFrom(machine.urn, 'RUNS_AS') : [];
  const isKnown = machine !== undefined && (edges.length > 0 || machine.type === gcpTypes.instance || machine.type === 'Microsoft.Compute/virtualMachines');
  if (!isKnown) {
    const provider = str(node.config, 'spec', 'providerID') ?? '';
    return { links: [], missing: [{ what: 'the machine of the node, and what it runs as', entity: node.urn, supply: 'the machines of the cloud', cloud: clouds.find(([scheme]) => scheme.test(provider))?.[1] ?? /./ }] };
  }
  const what = machine.type === gcpTypes.instance ? 'service account' : 'managed identity';
  // Both services want a header that code in a pod sets itself.
  return { links: edges.map((e) => ({ target: e.target, conditional: e.condition !== undefined, why: `the node’s ${what} by instance metadata`, cost: 2, source: machine.urn, pointer: '' })), missing: [] };
}

function profileLink(machine: StoredResource, workload: Workload): readonly CloudLink[] {
  const profile = str(machine.config, 'IamInstanceProfile', 'Arn'), options = at(machine.config, 'MetadataOptions');
  const hops = at(options, 'HttpPutResponseHopLimit'), required = str(options, 'HttpTokens') === 'required';
  if (profile === undefined || str(options, 'HttpEndpoint') === 'disabled' || (!workload.hostNetwork && required && hops === 1)) return [];
  return [{ target: profile, conditional: options === undefined, why: `the node’s role by instance metadata (${required ? 'IMDSv2' : 'IMDSv1 is not refused'})`, cost: required ? 2 : 1, source: machine.urn, pointer: '/IamInstanceProfile' }];
}
