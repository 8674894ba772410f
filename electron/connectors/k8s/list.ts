import { at, isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import { withoutSecrets } from '#shared/model/k8s-without-secrets.ts';
import type { Piece, Unit } from '../connector.ts';
import { ConnectFailure } from '../pace/failure.ts';
import { watchPages } from '../units/walk-pages.ts';
import type { KubeApi } from './api.ts';
import type { K8sKind } from './kinds.ts';

/** A kind as one cluster serves it. */
export interface Served { readonly kind: K8sKind; /** Undefined: the cluster has no such API, so there are none. */ readonly version: string | undefined }

const LIMIT = 500;
/** Only this form: a server that doesn't know it refuses, instead of sending the values after all (Kubernetes API concepts, "Metadata-only fetches"). */
const METADATA_ONLY = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';
/** A list that expires again and again is changing faster than it can be read. */
const MOST_RESTARTS = 3;

const basePath = ({ group }: K8sKind, version: string): string => (group === '' ? `/api/${version}` : `/apis/${group}/${version}`);
const apiVersion = ({ group }: K8sKind, version: string): string => (group === '' ? version : `${group}/${version}`);
/** The graph's name for a kind, as the importer gives it (`k8sType`). */
export interface ListTarget { readonly served: Served; readonly cluster: string; readonly namespace: string | undefined; readonly type: string }

/**
 * Lists one kind, page by page, with `limit` and `continue`. A continue token that has expired (410 Gone) is replaced by the one that the server offers
 * instead: what is there all along is still listed once; without one the list begins anew. Values of secrets don't get past this function.
 */
export async function* listKind(api: KubeApi, { served: { kind, version }, cluster, namespace, type }: ListTarget, from: string | undefined): AsyncGenerator<Piece> {
  // Objects of one namespace are not all there are, so nothing can be said to be gone.
  const lists = namespace === undefined ? { lists: [{ types: [type], account: cluster }] } : {};
  const name = `kubernetes/${cluster.replaceAll(/[^\w.-]+/g, '_')}/${namespace === undefined ? '' : `${namespace}/`}${kind.resource}${kind.group === '' ? '' : `.${kind.group}`}`;
  const piece = (items: readonly unknown[], page: string): Omit<Piece, 'next'> => ({ name: `${name}${page}.json`, format: 'kubernetes', records: items.length, bytes: Buffer.from(JSON.stringify(listOf(kind, version ?? kind.versions[0] ?? 'v1', cluster, items))) });
  if (version === undefined) { yield { ...piece([], ''), ...lists }; return; }
  const path = `${basePath(kind, version)}${namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`}/${kind.resource}`;
  let token = from;
  let follow = watchPages(`the list of ${kind.resource}`, from);
  for (let page = 1, restarts = 0; ;) {
    const read = await readPage(api, path, kind, token);
    if ('expired' in read) {
      restarts += 1;
      if (restarts > MOST_RESTARTS) throw new ConnectFailure('bad_answer', `the list of ${kind.resource} expired ${restarts} times before its end`);
      token = read.offered;
      follow = watchPages(`the list of ${kind.resource}`, token);
      continue;
    }
    const { items } = read, next = follow(read.next);
    const last = next === undefined;
    yield { ...piece(items, page === 1 && last && token === undefined ? '' : `-${digest(token)}`), ...(last ? lists : { next }) };
    if (last) return;
    token = next;
    page += 1;
  }
}

/** Pages are told apart by where they begin, so that a run that goes on writes over none. */
const digest = (token: string | undefined): string => (token === undefined ? 'first' : Buffer.from(token).toString('base64url').slice(-12));

interface Page { readonly items: readonly unknown[]; readonly next: unknown }
/** The token no longer holds; the server may offer another that goes on after the same object. */
interface Expired { readonly expired: true; readonly offered: string | undefined }

async function readPage(api: KubeApi, path: string, kind: K8sKind, token: string | undefined): Promise<Page | Expired> {
  let offered: string | undefined, isGone = false;
  try {
    const query = `limit=${LIMIT}${token === undefined ? '' : `&continue=${encodeURIComponent(token)}`}`;
    const answer = await api.get(`${path}?${query}`, { ...(kind.isMetadataOnly && { accept: METADATA_ONLY }), gone: (next) => { isGone = true; offered = next; } });
    if (!isObject(answer) || !(Array.isArray(answer['items']) || answer['items'] === null)) throw new ConnectFailure('bad_answer', `the list of ${kind.resource} has no items`);
    if (kind.isMetadataOnly && str(answer, 'kind') !== 'PartialObjectMetadataList') throw new ConnectFailure('rejected', `the server does not give ${kind.resource} without their values: they are not taken in`);
    return { items: list(answer, 'items').map((item) => (kind.isMetadataOnly ? nameOnly(item) : withoutSecrets(item))), next: at(answer, 'metadata', 'continue') };
  } catch (error) {
    if (isGone && token !== undefined) return { expired: true, offered };
    throw error;
  }
}

/** Which secret it is; annotations stay behind, as kubectl's copy of the whole object is one of them. */
function nameOnly(item: unknown): unknown {
  const metadata = isObject(item) && isObject(item['metadata']) ? item['metadata'] : {};
  return { metadata: Object.fromEntries(['name', 'namespace', 'uid', 'creationTimestamp', 'labels', 'ownerReferences'].flatMap((key) => (key in metadata ? [[key, metadata[key]]] : []))) };
}

/** As `kubectl get -o json` prints it, with the name of the cluster where the importer looks for it. */
const listOf = (kind: K8sKind, version: string, cluster: string, items: readonly unknown[]): JsonObject =>
  ({ apiVersion: apiVersion(kind, version), kind: `${kind.kind}List`, metadata: { annotations: { 'winnow/cluster': cluster } }, items });

/** The unit that lists a kind. */
export const unitOf = (call: string, cluster: string, namespace: string | undefined): Unit => ({ call, scope: { account: cluster }, ...(namespace !== undefined && { subject: namespace }) });
