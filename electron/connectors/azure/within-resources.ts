import { at, isObject, list, str } from '#shared/lib/json.ts';
import type { Piece, Unit } from '../connector.ts';
import { ConnectFailure } from '../pace/failure.ts';
import type { UnitTask } from '../units/run-units.ts';
import { allPages } from '../units/walk-pages.ts';
import type { AzureApi } from './api.ts';
import { adminRulesOf, type PerResource } from './calls.ts';
import { isGranted, type Granted } from './granted.ts';
import { withoutValues } from './without-values.ts';

/** Resources that are asked at the same time; a run that goes on begins after the last whole lot. */
const TOGETHER = 16;
const rulesType = 'Microsoft.Network/networkManagers/securityAdminConfigurations/ruleCollections/rules';
type Within = PerResource | typeof adminRulesOf;
const isRules = (within: Within): within is typeof adminRulesOf => within.id === adminRulesOf.id;

/** How far a run came: the last resource that was asked, and how many before it refused. */
interface Progress { readonly after: string; readonly refused: number }
function readProgress(text: string | undefined): Progress | undefined {
  const found = /^(\d+) (.+)$/s.exec(text ?? '');
  return found ? { refused: Number(found[1]), after: found[2] ?? '' } : undefined;
}

/**
 * One more list for each resource of a type (containers, firewall rules, rules of network managers), together one unit: only when all of them answered,
 * and the caller sees every such resource of the subscription, is what they didn't show gone.
 */
export function withinTask(api: AzureApi, within: Within, ids: readonly string[], subscription: string, granted: Granted | undefined): UnitTask {
  const unit: Unit = { call: within.id, scope: { account: subscription } };
  const seesAll = granted !== undefined && [`${within.of}/read`, within.permission].every((p) => isGranted(granted, p));
  return {
    unit,
    async *pull(from) {
      const before = readProgress(from), todo = before === undefined ? ids : ids.filter((id) => id > before.after);
      let refused = before?.refused ?? 0, why: ConnectFailure | undefined;
      for (let i = 0; i === 0 || i < todo.length; i += TOGETHER) {
        const lot = todo.slice(i, i + TOGETHER), last = i + TOGETHER >= todo.length;
        const answers = await Promise.all(lot.map((id) => listOf(api, within, id)));
        const rows = answers.flatMap((answer) => (answer instanceof ConnectFailure ? [] : answer));
        for (const answer of answers) if (answer instanceof ConnectFailure) { refused += 1; why = answer; }
        const piece: Piece = { name: `azure/${subscription}/${within.id}-${ids.length - todo.length + i}.json`, format: 'azure-resources', records: rows.length, bytes: Buffer.from(JSON.stringify({ value: rows.map((row) => withoutValues(row)) })) };
        if (!last) { yield { ...piece, next: `${refused} ${lot.at(-1) ?? ''}` }; continue; }
        yield { ...piece, ...(refused === 0 && seesAll && { lists: [{ types: [isRules(within) ? rulesType : within.gives], account: subscription }] }) };
      }
      if (refused > 0) throw new ConnectFailure(why?.kind ?? 'denied', `${refused} of ${ids.length} refuse it: ${why?.says ?? 'see the first run'}`);
    },
  };
}

/** All of one resource's list; a resource that has no such thing has none. What it refuses is returned, so that the others go on. */
async function listOf(api: AzureApi, within: Within, id: string): Promise<readonly unknown[] | ConnectFailure> {
  try { return isRules(within) ? await rulesFor(api, id) : await api.all('arm', `${pathOf(id)}${within.path}?api-version=${within.version}`); } catch (error) {
    if (!(error instanceof ConnectFailure) || (error.kind !== 'denied' && error.kind !== 'absent' && error.kind !== 'rejected')) throw error;
    return error.kind === 'absent' ? [] : error;
  }
}
const pathOf = (id: string): string => id.split('/').map(encodeURIComponent).join('/');

/** The rules of network managers that hold for one network; each is told for this network alone, since a rule deployed elsewhere does nothing here. */
async function rulesFor(api: AzureApi, network: string): Promise<readonly unknown[]> {
  const rules = await allPages('the list of security admin rules', async (skipToken) => {
    const answer = await api.action(`${pathOf(network)}/listNetworkManagerEffectiveSecurityAdminRules?api-version=${adminRulesOf.version}`, skipToken === undefined ? {} : { skipToken });
    return { rows: list(answer, 'value').filter(isObject), next: at(answer, 'skipToken') };
  });
  return rules.map((rule) => {
    // Every part of the rule's own id, so that rules of equal names stay apart.
    const id = str(rule, 'id') ?? '', own = id.replace(/^\//, '').replaceAll('/', '~');
    return { ...rule, id: `${network}/effectiveSecurityAdminRules/${own}`, ruleId: id, name: id.slice(id.lastIndexOf('/') + 1), type: rulesType, properties: at(rule, 'properties') ?? {}, appliesToVirtualNetworks: [network] };
  });
}
