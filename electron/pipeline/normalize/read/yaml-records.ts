import { isMap, parseDocument, visit, type Tags } from 'yaml';
import { isObject } from '#shared/lib/json.ts';
import { err, ok, type Result } from '#shared/lib/result.ts';
import type { Piece } from './json-pieces.ts';

/** A YAML file is held whole while it is read; manifests are far smaller. */
const MAX_BYTES = 64 * 1024 * 1024;
/** Aliases in a document may stand for this many nodes together: enough for real files, and an alias bomb ends early. */
const MAX_ALIASES = 1000;

/**
 * Reads YAML: every document (separated by `---`) is a record, or each element of its list at one of `paths` (top-level keys), with what lies
 * around it as parent. A document that can't be read costs itself alone. Templates (Helm, Jinja) are refused with that reason.
 */
export async function* readYaml(chunks: AsyncIterable<Uint8Array>, paths: readonly string[]): AsyncGenerator<readonly Piece[]> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > MAX_BYTES) { yield [{ kind: 'bad', at: -1, line: 1, reason: 'the YAML file is longer than 64 MiB' }]; return; }
    parts.push(Buffer.from(chunk));
  }
  for (const { text, line } of splitDocuments(Buffer.concat(parts).toString('utf8').replace(/^\uFEFF/, ''))) {
    const parsed = parseYaml(text);
    if (!parsed.ok) { yield [{ kind: 'bad', at: -1, line: line + parsed.error.line, reason: parsed.error.reason }]; continue; }
    if (parsed.value !== null && parsed.value !== undefined) yield recordsOf(parsed.value, paths, line);
  }
}

interface Part { readonly text: string; readonly line: number }

/** A line that begins with `---` ends a document wherever it stands, even in a block of text (YAML 1.2.2, 9.1.2). */
function splitDocuments(text: string): readonly Part[] {
  const parts: Part[] = [];
  let line = 1, start = 1, lines: string[] = [];
  const close = (): void => { if (lines.some((l) => /^[^#\s]/.test(l) || /^\s+[^#\s]/.test(l))) parts.push({ text: lines.join('\n'), line: start }); };
  for (const current of text.split(/\r\n|\n|\r/)) {
    if (/^(---|\.\.\.)(\s|$)/.test(current)) {
      close();
      const rest = current.slice(3).trim();
      // `--- {a: 1}` and `--- !tag` begin the document on the same line; a comment doesn't.
      [lines, start] = current.startsWith('---') && rest !== '' && !rest.startsWith('#') ? [[rest], line] : [[], line + 1];
    } else if (!(lines.length === 0 && current.startsWith('%'))) lines.push(current);
    line += 1;
  }
  close();
  return parts;
}

/**
 * What Kubernetes' reader (go-yaml) makes of plain words differs from YAML 1.1: a namespace may be called `y`, times are text, and `10:30` is no number of
 * base 60. `yes`, `on` and their opposites do count as true and false.
 */
function asKubernetesReads(tag: Tags[number]): Tags {
  if (typeof tag !== 'object') return [tag];
  if (tag.tag === 'tag:yaml.org,2002:timestamp' || ('format' in tag && tag.format === 'TIME')) return [];
  if (tag.tag !== 'tag:yaml.org,2002:bool' || tag.collection !== undefined) return [tag];
  return [{ ...tag, test: tag.test?.test('true') === true ? /^(?:[Yy]es|YES|[Tt]rue|TRUE|[Oo]n|ON)$/ : /^(?:[Nn]o|NO|[Ff]alse|FALSE|[Oo]ff|OFF)$/ }];
}

/** The value of one document. Kubernetes reads YAML 1.1 (`yes` is true), where a later key replaces an equal earlier one. */
function parseYaml(text: string): Result<unknown, { readonly line: number; readonly reason: string }> {
  const isTemplate = text.includes('{{') || text.includes('{%');
  const refused = (line: number, why: string) => err({ line, reason: isTemplate ? 'a template, not a manifest: render it first (helm template, kustomize build)' : `malformed YAML: ${why}` });
  try {
    const document = parseDocument(text, { version: '1.1', merge: true, uniqueKeys: false, prettyErrors: true, logLevel: 'silent', stringKeys: false, customTags: (tags) => tags.flatMap(asKubernetesReads) });
    const [error] = document.errors;
    if (error) return refused((error.linePos?.[0].line ?? 1) - 1, firstLine(error.message));
    let templated = false;
    visit(document, { Pair(_, pair) { if (isMap(pair.key)) { templated = true; return visit.BREAK; } return undefined; } });
    if (templated) return refused(0, 'a key is not text');
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    return ok(value);
  } catch (error) {
    // The parser throws for too many aliases and for nesting that is deeper than its stack.
    return refused(0, error instanceof Error ? firstLine(error.message) : String(error));
  }
}

const firstLine = (message: string): string => (message.split('\n')[0] ?? '').replace(/:$/, '').slice(0, 200);

function recordsOf(value: unknown, paths: readonly string[], line: number): readonly Piece[] {
  const found = isObject(value) ? paths.filter((path) => Array.isArray(value[path])) : [];
  if (!isObject(value) || found.length === 0) return [pieceOf(value, '', [], line)];
  const around = Object.fromEntries(Object.entries(value).filter(([key]) => !found.includes(key)));
  return found.flatMap((path) => {
    const items = value[path];
    return Array.isArray(items) ? items.map((item) => pieceOf(item, path, [around], line)) : [];
  });
}

/** Through JSON, so that what is kept (and read again from what is kept) is the same value; cycles and huge expansions end here. */
function pieceOf(value: unknown, from: string, parents: readonly unknown[], line: number): Piece {
  try {
    const text = JSON.stringify(value);
    if (text === undefined || text.length > MAX_BYTES) return { kind: 'bad', at: -1, line, reason: 'the record is longer than 64 MiB' };
    const plain: unknown = JSON.parse(text);
    return { kind: 'record', at: -1, line, text, value: plain, from, parents };
  } catch (error) {
    return { kind: 'bad', at: -1, line, reason: `the record can't be written as JSON: ${error instanceof Error ? firstLine(error.message) : String(error)}` };
  }
}
