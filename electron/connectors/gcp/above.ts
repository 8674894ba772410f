import { at, isObject, str, type JsonObject } from '#shared/lib/json.ts';
import type { Unit } from '../connector.ts';
import { ConnectFailure } from '../pace/failure.ts';
import type { UnitTask } from '../units/run-units.ts';
import { unlessGone } from '../units/unless-gone.ts';
import type { GcpApi } from './api.ts';
import { fileOf, type Place } from './assets.ts';
import { above, deny } from './calls.ts';

/** A place as Resource Manager tells it. `projects/…` by id, with its number. */
export interface Container { readonly place: Place; readonly data: JsonObject; readonly number: string | undefined; readonly parent: Place | undefined }
const MOST_LEVELS = 12;

/** A project, folder or organization (Resource Manager v3). @throws ConnectFailure */
export async function containerAt(api: GcpApi, place: Place): Promise<Container> {
  const data = await api.get('cloudresourcemanager', `v3/${place}`);
  if (!isObject(data) || str(data, 'name') === undefined) throw new ConnectFailure('bad_answer', `Resource Manager does not tell ${place}`);
  const number = /^projects\/(\d+)$/.exec(str(data, 'name') ?? '')?.[1], id = str(data, 'projectId');
  return { place: id === undefined ? str(data, 'name') ?? place : `projects/${id}`, data, number, parent: str(data, 'parent') };
}

const types: Readonly<Record<string, string>> = { projects: 'Project', folders: 'Folder', organizations: 'Organization' };
const typeOf = (place: Place): string => `cloudresourcemanager.googleapis.com/${types[place.split('/')[0] ?? ''] ?? 'Project'}`;
const asset = (place: Place, ancestors: readonly Place[], content: JsonObject): JsonObject => ({ name: `//cloudresourcemanager.googleapis.com/${place}`, assetType: typeOf(place), ancestors, ...content });

/** What lies above a place, asked once for all who need it. */
export interface Hierarchy {
  /** The nearest first, as far as it can be read; `stopped` says why it ends before the top. */
  above(): Promise<{ readonly chain: readonly Container[]; readonly stopped: ConnectFailure | undefined }>;
  /** The IAM policy of a container. */
  policy(place: Place): Promise<unknown>;
}

export function hierarchyOf(api: GcpApi, start: Container): Hierarchy {
  let found: ReturnType<Hierarchy['above']> | undefined;
  const policies = new Map<Place, Promise<unknown>>();
  return {
    above: () => (found ??= containersAbove(api, start)),
    policy(place) {
      const asked = policies.get(place) ?? api.ask('cloudresourcemanager', `v3/${place}:getIamPolicy`, { options: { requestedPolicyVersion: 3 } });
      policies.set(place, asked);
      return asked;
    },
  };
}

/**
 * The folders and the organization above a place, with their IAM and organization policies, in the words of Cloud Asset Inventory. One of them that may not be
 * read is a gap of its own; what lies above a folder that may not be read is not known either.
 */
export function aboveTasks(api: GcpApi, start: Container, hierarchy: Hierarchy): readonly UnitTask[] {
  const unit: Unit = { call: above.id, scope: { account: start.place } };
  return [{
    unit,
    async find() {
      const { chain, stopped } = await hierarchy.above();
      return [...chain.map((container, i) => containerTask(api, start.place, container, chain.slice(i).map((c) => c.place), hierarchy)), ...(stopped === undefined ? [] : [failing({ ...unit, subject: 'above' }, stopped)]), ...denyTasks(api, [start.place, ...chain.map((c) => c.place)], start.place)];
    },
  }];
}

async function containersAbove(api: GcpApi, start: Container): ReturnType<Hierarchy['above']> {
  const chain: Container[] = [];
  let next = start.parent;
  while (next !== undefined && chain.length < MOST_LEVELS) {
    try { const one = await containerAt(api, next); chain.push(one); next = one.parent; } catch (error) {
      if (!(error instanceof ConnectFailure) || (error.kind !== 'denied' && error.kind !== 'absent')) throw error;
      return { chain, stopped: new ConnectFailure(error.kind, `${next} above ${start.place}: ${error.says}`) };
    }
  }
  return { chain, stopped: undefined };
}

// oxlint-disable-next-line require-yield -- a unit that is known to fail has no pieces
export const failing = (unit: Unit, why: ConnectFailure): UnitTask => ({ unit, async *pull() { await Promise.resolve(); throw why; } });

function containerTask(api: GcpApi, start: Place, { place, data }: Container, ancestors: readonly Place[], hierarchy: Hierarchy): UnitTask {
  const unit: Unit = { call: above.id, scope: { account: start }, subject: place };
  return {
    unit,
    async *pull() {
      const missing: string[] = [];
      const iam = await orMissing(missing, () => hierarchy.policy(place));
      const org = await orMissing(missing, () => allPolicies(api, place));
      const assets = [
        asset(place, ancestors, { resource: { data } }), ...(isObject(iam) ? [asset(place, ancestors, { iamPolicy: iam })] : []),
        ...(org ?? []).map((policy) => ({ name: `//orgpolicy.googleapis.com/${str(policy, 'name') ?? ''}`, assetType: 'orgpolicy.googleapis.com/Policy', ancestors, resource: { data: policy } })),
      ];
      yield { name: `gcp/${fileOf(start)}/above-${fileOf(place)}.json`, format: 'gcp-asset', records: assets.length, bytes: Buffer.from(JSON.stringify({ assets })) };
      if (missing.length > 0) throw new ConnectFailure('denied', `${place}: ${missing.join('; ')}`);
    },
  };
}

async function orMissing<T>(missing: string[], ask: () => Promise<T>): Promise<T | undefined> {
  try { return await ask(); } catch (error) {
    if (!(error instanceof ConnectFailure) || (error.kind !== 'denied' && error.kind !== 'absent')) throw error;
    missing.push(error.says);
    return undefined;
  }
}

const allPolicies = async (api: GcpApi, place: Place): Promise<readonly JsonObject[]> => (await api.all('orgpolicy', `v2/${place}/policies?pageSize=200`, 'policies')).filter(isObject);

/** IAM deny policies of places: a list tells their names, each has to be asked for its rules (IAM v2, `policies.list`). */
export const denyTasks = (api: GcpApi, places: readonly Place[], start: Place): readonly UnitTask[] => places.map((place): UnitTask => ({
  unit: { call: deny.id, scope: { account: start }, subject: place },
  async *pull() {
    const attachment = encodeURIComponent(`cloudresourcemanager.googleapis.com/${place}`);
    const names = (await api.all('iam', `v2/policies/${attachment}/denypolicies?pageSize=200`, 'policies')).flatMap((p) => str(p, 'name') ?? []);
    // The name is a path with an encoded part in it, and stays as it is written.
    const policies = await Promise.all(names.filter((name) => /^policies\/[\w.%-]+\/denypolicies\/[\w.-]+$/.test(name)).map((name) => unlessGone(() => api.get('iam', `v2/${name}`))));
    const assets = policies.filter((p) => at(p, 'name') !== undefined).map((policy) => ({ name: `//iam.googleapis.com/${str(policy, 'name') ?? ''}`, assetType: 'iam.googleapis.com/DenyPolicy', resource: { data: policy } }));
    yield { name: `gcp/${fileOf(start)}/deny-${fileOf(place)}.json`, format: 'gcp-asset', records: assets.length, bytes: Buffer.from(JSON.stringify({ assets })) };
  },
}));
