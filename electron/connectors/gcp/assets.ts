import { at, isObject, list, str, type JsonObject } from '#shared/lib/json.ts';
import type { Listed, Piece, Unit } from '../connector.ts';
import { ConnectFailure } from '../pace/failure.ts';
import type { UnitTask } from '../units/run-units.ts';
import { watchPages } from '../units/walk-pages.ts';
import { withToken, type GcpApi } from './api.ts';
import type { Content } from './calls.ts';
import { withoutValues } from './without-values.ts';

/** Where a pull begins: `projects/shop`, `folders/12`, `organizations/9`. */
export type Place = string;
export const fileOf = (place: Place): string => place.replaceAll(/[^\w.-]+/g, '_');
/** Objects in clusters are told by the cluster itself, and whole; here they would come with their environment. */
const isPassedOver = (asset: unknown): boolean => { const type = str(asset, 'assetType') ?? ''; return /^([\w-]+\.)*k8s\.io\//.test(type) || ('osInventory' in Object(asset)); };

const PAGE = 1000;

/** One content of Cloud Asset Inventory below a place, page by page (`assets.list`). A page token that is too old begins the list anew. */
export function assetsTask(api: GcpApi, place: Place, { id, content, types }: Content, ownAccounts: readonly string[]): UnitTask {
  const unit: Unit = { call: id, scope: { account: place } };
  return {
    unit,
    async *pull(from) {
      const accounts = new Set(ownAccounts);
      let token = from, follow = watchPages(`the list of ${id}`, from);
      for (let page = 0, isAnew = false; ; page++) {
        let answer: unknown;
        try { answer = await api.get('cloudasset', withToken(`v1/${place}/assets?contentType=${content}&pageSize=${PAGE}`, token)); } catch (error) {
          if (!(error instanceof ConnectFailure) || error.kind !== 'rejected' || token === undefined || isAnew) throw error;
          token = undefined;
          follow = watchPages(`the list of ${id}`, undefined);
          isAnew = true;
          continue;
        }
        const assets = list(answer, 'assets').filter((a): a is JsonObject => isObject(a) && !isPassedOver(a)), next = follow(at(answer, 'nextPageToken'));
        for (const asset of assets) for (const account of accountsIn(asset)) accounts.add(account);
        const isOnly = page === 0 && next === undefined && from === undefined;
        const piece: Piece = {
          name: `gcp/${fileOf(place)}/${id}${isOnly ? '' : `-${from === undefined ? '' : 'on-'}${page}`}.json`, format: 'gcp-asset', records: assets.length,
          bytes: Buffer.from(JSON.stringify({ ...(str(answer, 'readTime') !== undefined && { readTime: str(answer, 'readTime') }), assets: assets.map((a) => withoutValues(a)) })),
        };
        if (next === undefined) { yield { ...piece, ...(types.length > 0 && { lists: listedIn(accounts, types) }) }; return; }
        yield { ...piece, next };
        token = next;
      }
    },
  };
}

/** A project goes by its id and by its number, as the asset's own service has it. */
function accountsIn(asset: JsonObject): readonly string[] {
  const project = list(asset, 'ancestors').map(String).find((a) => a.startsWith('projects/'))?.slice('projects/'.length);
  const named = /\/projects\/([^/]+)/.exec(str(asset, 'name') ?? '')?.[1];
  return [project, named, str(asset, 'resource', 'data', 'projectId')].filter((a): a is string => a !== undefined && a !== '-');
}
const listedIn = (accounts: ReadonlySet<string>, types: readonly string[]): readonly Listed[] => [...accounts].sort().map((account) => ({ types, account }));
