import { isObject, str } from '#shared/lib/json.ts';

/**
 * The value at a path of dots in a document of Elasticsearch, which writes it nested (`{host: {name}}`), flat (`{"host.name"}`) or both mixed.
 * @returns undefined where there is none.
 */
export function dotted(document: unknown, path: string): unknown {
  if (!isObject(document)) return undefined;
  if (Object.hasOwn(document, path)) return document[path];
  for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
    const head = path.slice(0, dot);
    if (!Object.hasOwn(document, head)) continue;
    const found = dotted(document[head], path.slice(dot + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The values at a path, one or several: answers with `fields` write every one as a list. */
export function dottedList(document: unknown, path: string): readonly unknown[] {
  const found = dotted(document, path);
  return Array.isArray(found) ? found : found === undefined || found === null || found === '' ? [] : [found];
}

/** The first text at the first of several paths that has one. */
export function dottedText(document: unknown, ...paths: readonly string[]): string | undefined {
  for (const path of paths) {
    const found = str(dottedList(document, path)[0]);
    if (found !== undefined && found !== '-') return found;
  }
  return undefined;
}
