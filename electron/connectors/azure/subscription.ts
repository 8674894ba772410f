import { str } from '#shared/lib/json.ts';
import type { Listed, Piece, Scope, Unit } from '../connector.ts';
import { ConnectFailure } from '../pace/failure.ts';
import type { UnitTask } from '../units/run-units.ts';
import type { AzureApi } from './api.ts';
import { adminRulesOf, perResource, perSubscription, tables, type Table } from './calls.ts';
import { isGranted, type Granted } from './granted.ts';
import { withinTask } from './within-resources.ts';
import { withoutValues } from './without-values.ts';

/** Resources of one type, by their ids, in the order of the ids so that runs agree. */
interface Found { readonly id: string; readonly type: string }

/**
 * What is pulled of one subscription. Resource Graph tells only what the caller may read and doesn't say what it left out: a table is whole only for
 * whom the subscription's own answer grants everything in it.
 */
export function subscriptionTasks(api: AzureApi, subscription: string, granted: Granted | undefined): readonly UnitTask[] {
  const scope: Scope = { account: subscription };
  return [
    ...tables.map((table) => tableTask(api, table, scope, subscription, granted)),
    ...perSubscription.map(({ id, path, version, gives }): UnitTask => listTask(api, { call: id, scope }, `/subscriptions/${subscription}${path}?api-version=${version}`, { types: [gives], account: subscription })),
    { unit: { call: 'find resources', scope }, find: async () => { const found = await findResources(api, subscription); return [...perResource, adminRulesOf].map((list) => withinTask(api, list, found.filter((f) => f.type === list.of).map((f) => f.id), subscription, granted)); } },
  ];
}

const CUT = 'Resource Graph gave a part of the answer and no way to the rest';
/** What tells the pieces of a list apart; the pages of a run that goes on stand beside those of the run before. */
export const pageName = (page: number, next: string | undefined, from: string | undefined): string => (page === 0 && next === undefined && from === undefined ? '' : `-${from === undefined ? '' : 'on-'}${page}`);
const folder = (unit: Unit): string => `azure/${unit.scope.account ?? ''}/${unit.call}`;
const bytesOf = (rows: readonly unknown[], key: 'data' | 'value'): Uint8Array => Buffer.from(JSON.stringify({ [key]: rows.map((row) => withoutValues(row)) }));

function tableTask(api: AzureApi, table: Table, scope: Scope, subscription: string, granted: Granted | undefined): UnitTask {
  const unit: Unit = { call: table.id, scope };
  const missing = table.permissions.filter((p) => !p.startsWith('Microsoft.ResourceGraph/') && (granted === undefined || !isGranted(granted, p)));
  return {
    unit,
    async *pull(from) {
      let page = 0;
      for await (const { rows, next, isCut } of api.query(table.query, subscription, from)) {
        const piece: Piece = { name: `${folder(unit)}${pageName(page++, next, from)}.json`, format: 'azure-resources', records: rows.length, bytes: bytesOf(rows, 'data') };
        if (next !== undefined) { yield { ...piece, next }; continue; }
        yield { ...piece, ...(missing.length === 0 && !isCut && { lists: [{ types: table.types, account: subscription }] }) };
        if (isCut) throw new ConnectFailure('bad_answer', CUT);
        // All that the credentials may read has come; what they may not read is not even mentioned.
        if (missing.length > 0) throw new ConnectFailure('denied', granted === undefined ? `whether all of subscription ${subscription} may be read is not known: what is missing from this table is not known to be gone` : `only what the credentials may read came; not granted in the whole subscription: ${missing.slice(0, 3).join(', ')}${missing.length > 3 ? ` and ${missing.length - 3} more` : ''}`);
      }
    },
  };
}

/** A list of ARM, page by page. */
function listTask(api: AzureApi, unit: Unit, path: string, listed: Listed | undefined): UnitTask {
  return {
    unit,
    async *pull(from) {
      let page = 0;
      for await (const { rows, next } of api.pages('arm', from ?? path)) yield { name: `${folder(unit)}${pageName(page++, next, from)}.json`, format: 'azure-resources', records: rows.length, bytes: bytesOf(rows, 'value'), ...(next !== undefined ? { next } : listed && { lists: [listed] }) };
    },
  };
}

/** @throws ConnectFailure also where Resource Graph cuts the answer off: a run that goes on would pass over what was done for a part of the resources, and the others would never be asked. */
async function findResources(api: AzureApi, subscription: string): Promise<readonly Found[]> {
  const types = [...new Set([...perResource.map((p) => p.of), adminRulesOf.of])];
  const query = `resources | where type in~ (${types.map((t) => `'${t}'`).join(', ')}) | project id, type | order by id asc`;
  const found: Found[] = [];
  for await (const { rows, isCut } of api.query(query, subscription)) {
    if (isCut) throw new ConnectFailure('bad_answer', `${CUT}: what only the resources themselves tell (${[...perResource, adminRulesOf].map((p) => p.id).join(', ')}) is not asked for`);
    found.push(...rows.flatMap((row): Found[] => { const id = str(row, 'id'), type = str(row, 'type'); return id === undefined || type === undefined || !id.toLowerCase().startsWith('/subscriptions/') ? [] : [{ id, type: type.toLowerCase() }]; }));
  }
  return found.sort((a, b) => (a.id < b.id ? -1 : 1));
}
