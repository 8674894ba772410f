import { isObject, type JsonObject } from '#shared/lib/json.ts';
import { ModelFailure } from '../../model-problem.ts';

interface Delta { readonly index?: number; readonly id?: string; readonly function?: { readonly name?: string; readonly arguments?: string | object } }

/**
 * Puts tool calls together from the pieces of a stream. Servers number parallel calls by `index`, or give all of them 0: a piece with another id,
 * or a name after arguments have begun, starts a new call.
 */
export function gatherToolCalls(): { add(delta: Delta): void; finish(): readonly { readonly name: string; readonly arguments: JsonObject }[] } {
  const calls: { index: number; id: string | undefined; name: string; text: string }[] = [];
  return {
    add(delta) {
      const index = delta.index ?? 0, name = delta.function?.name ?? '', given = delta.function?.arguments;
      const piece = typeof given === 'string' ? given : given === undefined ? '' : JSON.stringify(given);
      const open = calls.findLast((c) => c.index === index);
      const isNew = open === undefined || (delta.id !== undefined && delta.id !== '' && open.id !== undefined && delta.id !== open.id) || (name !== '' && open.text !== '');
      if (isNew) calls.push({ index, id: delta.id, name, text: piece });
      else { open.name += name; open.text += piece; open.id ??= delta.id; }
    },
    finish: () => calls.map(({ name, text }) => {
      let parsed: unknown;
      try { parsed = text.trim() === '' ? {} : JSON.parse(text); } catch { throw new ModelFailure('bad_answer', `the arguments of ${name.slice(0, 40)} are not JSON`); }
      return { name, arguments: isObject(parsed) ? parsed : {} };
    }),
  };
}
