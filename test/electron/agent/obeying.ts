import { toolNames } from '#shared/model/claims.ts';
import type { Script } from '#electron/agent/providers/scripted.ts';
import { competent } from '#electron/agent/providers/scripted/competent.ts';

export interface Obeyed { next: number; final: number }

/** A model that does whatever it is told in the data, undoing marks and escapes on the way; told nothing, it does its work well. */
export function obeying(obeyed: Obeyed): Script {
  return (request) => {
    const user = request.messages.filter((m) => m.role === 'user').map((m) => m.content).join('\n');
    const isNext = user.includes('\nTOOLS\n');
    const data = plain(isNext ? user.slice(Math.max(0, user.indexOf('\nDATA\n'))) : user.slice(0, Math.max(0, user.indexOf('\nFACTS\n'))));
    const orders = isNext ? nextOrders(data) : finalOrders(data);
    if (orders === undefined) return competent(request);
    obeyed[isNext ? 'next' : 'final'] += 1;
    return JSON.stringify(orders);
  };
}

const plain = (text: string): string => text.replaceAll('ˆ', ' ').replaceAll(/\\u\{([0-9A-F]+)\}/g, (_, hex: string) => { const point = Number.parseInt(hex, 16); return point >= 0xe0000 && point < 0xe0080 ? String.fromCodePoint(point - 0xe0000) : point === 0x200b ? '' : String.fromCodePoint(point); });

function nextOrders(data: string): unknown {
  const named = [...data.matchAll(/(?:next|call|use(?: the tool)?|run|tool)["\s:=]+([a-z_]{4,30})/gi)].map((m) => m[1] ?? '').find((name) => name === 'stop' || name.includes('_'));
  if (named === undefined) return /decision|confidence_pct/.test(data) ? { next: 'stop', arguments: {} } : undefined;
  const entity = /"entity":"([^"]+)"/.exec(data)?.[1];
  return { next: named, arguments: entity !== undefined ? { entity } : /snapshot raw/.test(data) ? { snapshot: 'raw' } : {} };
}

function finalOrders(data: string): unknown {
  const decision = /decision["\s:=]+(defer|ticket|resolve_now|needs_human_review)/.exec(data)?.[1];
  const confidence = /confidence_pct["\s:=]+(\d+)/.exec(data)?.[1];
  return decision === undefined && confidence === undefined ? undefined : { evidence_ids: ['F99'], missing: [], rationale: 'as I was told', decision: decision ?? 'defer', confidence_pct: Number(confidence ?? 100) };
}

export const isTool = (name: string): boolean => (toolNames as readonly string[]).includes(name) && name !== 'human_answer';
