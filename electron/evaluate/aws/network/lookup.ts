import type { z } from 'zod';
import { awsUrn } from '#shared/model/aws.ts';
import type { GraphView, StoredResource } from '#shared/model/resource.ts';
import { partitionOf } from '#shared/lib/arn.ts';
import type { Missing } from '#shared/model/verdict.ts';

/** Where a network position stands: its owner account and region, as far as known. */
export interface Place { readonly account?: string | undefined; readonly region?: string | undefined }
/** A resource with its config read; or why it could not be. */
export type Read<T> = { readonly found: true; readonly resource: StoredResource; readonly config: T } | { readonly found: false; readonly missing: Missing };

const kinds = {
  'AWS::EC2::Subnet': ['subnet', 'aws ec2 describe-subnets'], 'AWS::EC2::SecurityGroup': ['security-group', 'aws ec2 describe-security-groups'],
  'AWS::EC2::Instance': ['instance', 'aws ec2 describe-instances'], 'AWS::EC2::NetworkInterface': ['network-interface', 'aws ec2 describe-network-interfaces'],
  'AWS::EC2::InternetGateway': ['internet-gateway', 'aws ec2 describe-internet-gateways'], 'AWS::EC2::PrefixList': ['prefix-list', 'aws ec2 get-managed-prefix-list-entries'],
} as const;
export type Ec2Type = keyof typeof kinds;

/** What to import for a type, in the words of the AWS CLI (an AWS Config snapshot supplies it too). */
export const supplyOf = (type: Ec2Type): string => `${kinds[type][1]}, or an AWS Config snapshot`;

/** Reads a resource's config in one shape; undefined when it has another. */
export type Reader<T> = (resource: StoredResource) => T | undefined;

/** A reader that checks each stored resource once. */
export function reader<T>(schema: z.ZodType<T>): Reader<T> {
  const known = new WeakMap<StoredResource, { readonly value: T | undefined }>();
  return (resource) => {
    let entry = known.get(resource);
    if (!entry) {
      const result = schema.safeParse(resource.config);
      entry = { value: result.success ? result.data : undefined };
      known.set(resource, entry);
    }
    return entry.value;
  };
}

/** An EC2 resource by its short id, which is unique across AWS; falls back to the ARN that it would have in this place. */
export function findEc2(graph: GraphView, type: Ec2Type, id: string, place: Place): StoredResource | undefined {
  const found = graph.resource(id)
    ?? (place.account === undefined || place.region === undefined ? undefined : graph.resource(awsUrn.ec2(kinds[type][0], id, place.account, place.region, partitionOf(place.region))));
  return found?.type === type ? found : undefined;
}

/** `findEc2` with the config read; says what to import when there is none or when it can't be read. */
export function readEc2<T>(graph: GraphView, type: Ec2Type, id: string, place: Place, read: Reader<T>): Read<T> {
  const resource = findEc2(graph, type, id, place);
  if (!resource) return { found: false, missing: { what: `${kinds[type][0].replaceAll('-', ' ')} ${id}`, entity: id, supply: supplyOf(type) } };
  const config = read(resource);
  if (config === undefined) return { found: false, missing: unreadable(resource) };
  return { found: true, resource, config };
}

export const unreadable = (resource: StoredResource): Missing =>
  ({ what: 'a configuration that can be read', entity: resource.urn, supply: `import ${resource.type} again: its configuration has an unexpected shape` });

type Keys = (resource: StoredResource) => readonly string[];
const indexes = new WeakMap<readonly StoredResource[], Map<Keys, ReadonlyMap<string, readonly StoredResource[]>>>();

/**
 * Resources of a type by a key of theirs, indexed once for each list that the graph hands out (a view that caches its lists makes this a
 * map lookup). What is found is fetched by urn, so that a view that records reads sees which ones mattered.
 */
export function findBy(graph: GraphView, type: string, place: Place, keys: Keys, key: string): readonly StoredResource[] {
  const found = findIn(graph, graph.ofType(type, { account: place.account, region: place.region }), keys, key);
  if (found.length > 0 || (place.account === undefined && place.region === undefined)) return found;
  // Many an answer of the CLI names neither owner nor region; EC2's ids mean one thing everywhere.
  return findIn(graph, graph.ofType(type), keys, key).filter((r) => r.account === undefined || r.region === undefined || isShared(type));
}

/** Types that stand in another account's VPC under shared subnets, or whose owner a dump may tell wrong. */
const isShared = (type: string): boolean => type.startsWith('AWS::EC2::');

function findIn(graph: GraphView, all: readonly StoredResource[], keys: Keys, key: string): readonly StoredResource[] {
  let known = indexes.get(all);
  if (!known) { known = new Map(); indexes.set(all, known); }
  let index = known.get(keys);
  if (!index) { index = indexOf(all, keys); known.set(keys, index); }
  return (index.get(key) ?? []).map((resource) => graph.resource(resource.urn) ?? resource);
}

function indexOf(all: readonly StoredResource[], keys: Keys): ReadonlyMap<string, readonly StoredResource[]> {
  const index = new Map<string, StoredResource[]>();
  for (const resource of all) {
    for (const key of new Set(keys(resource))) {
      const group = index.get(key);
      if (group) group.push(resource); else index.set(key, [resource]);
    }
  }
  return index;
}
