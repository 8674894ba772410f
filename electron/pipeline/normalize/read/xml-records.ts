import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { MAX_RECORD_BYTES, recordTooLong } from './json-cursor.ts';
import type { Mark, Piece } from './json-pieces.ts';
import { aroundValue, createXmlTree, MAX_ATTRIBUTES, MAX_ELEMENTS, type XmlTree } from './xml-tree.ts';
import { ENTITIES, LEAST_AT_ONCE, MAX_DEPTH, MAX_ODD, MAX_QUIET, MOST_AT_ONCE, XmlBreak } from './xml-limits.ts';
import { createXmlWays, type XmlWays } from './xml-ways.ts';
import { checkReferences, plainText, TEXT_RUN, type XmlPart } from './xml-text.ts';

export interface XmlOptions {
  /** Paths of names from the root, `a/b/c`. */
  readonly records: readonly string[];
  /** Elements that lie around records, before them, and are told with them. */
  readonly around: readonly string[];
  /** Elements within records in which a record's own name may stand again. */
  readonly repeats: readonly string[];
  /** What a pass over the whole file gathered (`lookups`), as fields of the root. */
  readonly given?: ReadonlyMap<string, readonly unknown[]>;
}
/** Cuts the text of XML documents into records. Feed text, take pieces. */
export interface XmlReader { feed(text: string): void; finish(problem?: string): void; take(): Piece[] }

interface Frame { readonly name: string; readonly path: string; readonly attributes: Readonly<Record<string, string>>; readonly children: Map<string, unknown[]>; size: number; value?: unknown }
type Attributes = Readonly<Record<string, string>>;
type PlainOptions = { readonly xmlns: false; readonly position: boolean };
type PlainParser = SaxesParser<PlainOptions>;

/**
 * Reads XML documents, also one behind the other. External files are never read, and a document that declares entities is refused. A malformed record costs itself: reading goes on
 * at the next element that is a record or lies around records. Memory is bounded by the largest record.
 */
export function createXmlReader(options: XmlOptions): XmlReader {
  const r = new Reading(options);
  return {
    feed(text) { r.add(text); r.read(false); },
    finish(problem) { r.read(true); r.end(problem); },
    take() { const { pieces } = r; r.pieces = []; return pieces; },
  };
}

/** The state of one file's reading; a class as its parser calls back into it. */
class Reading {
  buffer = '';
  pieces: Piece[] = [];
  readonly #options: XmlOptions;
  readonly #ways: XmlWays;
  #parser: PlainParser | undefined;
  /** Offset, in characters of the file, of the buffer's beginning, and of where the parser began; how much of what it was given is not of the file. */
  #at = 0; #base = 0;
  #segment = '';
  #part: XmlPart = 'content';
  #isSeeking = false; #isWriting = false; #isRefused = false; #sawRoot = false;
  #atOnce = MOST_AT_ONCE;
  #stack: Frame[] = [];
  #tree: XmlTree | undefined;
  #treePath = '';
  #treeStart: Mark & { readonly offset: number } = { at: 0, line: 1, offset: 0 };
  #tagStart: Mark & { readonly offset: number } = { at: 0, line: 1, offset: 0 };
  #closing: string | undefined;
  #rootEnd: number | undefined;
  #lastEvent = 0; #lastTag = -1; #attributes = 0; #odd = 0;
  /** The last place of which byte and line are known. */
  #known = { offset: 0, at: 0, line: 1 };

  constructor(options: XmlOptions) {
    this.#options = options;
    this.#ways = createXmlWays(options.records, options.around, options.repeats);
  }

  /** What follows in a document that was refused is not looked at. */
  add(text: string): void { this.buffer = this.#isRefused ? '' : this.buffer + text; }

  read(isLast: boolean): void {
    while (this.buffer !== '' && !this.#isRefused) {
      if (this.#isSeeking && !this.#seek()) return;
      if (this.#parser === undefined && !this.#begin()) return;
      const text = this.buffer.slice(0, this.#atOnce), span = checkReferences(text, this.#part, isLast && text.length === this.buffer.length);
      if (span.end === 0 && span.bad === undefined) return;
      try {
        this.#write(text.slice(0, span.end));
        this.#part = span.part;
        if (span.bad === 'entity') this.#isRefused = true;
        if (span.bad !== undefined) throw new XmlBreak(this.#at, this.#isRefused ? ENTITIES : 'an ampersand that begins no known reference');
        this.#atOnce = Math.min(MOST_AT_ONCE, this.#atOnce * 2);
      } catch (error) {
        if (!(error instanceof XmlBreak)) throw error;
        this.#broken(error);
      }
    }
  }

  /** Hands some text to the parser. */
  #write(segment: string): void {
    this.#segment = segment;
    this.#rootEnd = undefined;
    for (let from = 0; from < segment.length;) {
      TEXT_RUN.lastIndex = from;
      const run = TEXT_RUN.exec(segment)?.[1] ?? '', end = run === '' ? segment.length : TEXT_RUN.lastIndex, to = end - run.length;
      this.#parse(segment.slice(from, to));
      if (run !== '' && !(segment[end] === '<' && this.#passText(run, this.#at + to))) this.#parse(run);
      from = end;
    }
    const used = this.#rootEnd === undefined ? segment.length : this.#rootEnd - this.#at;
    if (this.#rootEnd !== undefined) this.#parser = undefined;
    this.#advance(used);
    if (this.#at - this.#lastEvent > MAX_QUIET) throw new XmlBreak(this.#at, 'more than 32 MiB without a tag, or within one');
    if (this.#tree && this.#at - this.#treeStart.offset > MAX_RECORD_BYTES) throw new XmlBreak(this.#at, recordTooLong);
  }

  #parse(text: string): void {
    this.#isWriting = true;
    this.#parser?.write(text);
    this.#isWriting = false;
    this.#settle();
  }

  /** Text right behind a tag needs no parser, which looks at each character. @returns false when it isn't behind a tag: in an attribute, a comment, or CDATA. */
  #passText(run: string, at: number): boolean {
    if (this.#lastTag !== at || this.#stack.length + (this.#tree?.depth() ?? 0) === 0 || run.includes(']]>')) return false;
    this.#tree?.text(plainText(run));
    this.#base += run.length;
    return true;
  }

  #advance(count: number): void {
    this.#markOf(this.#at + count);
    this.buffer = this.buffer.slice(count);
    [this.#at, this.#segment] = [this.#at + count, ''];
  }

  /** Byte and line of a place that lies in what is being read, behind all that were asked for before. */
  #markOf(offset: number): Mark & { readonly offset: number } {
    const { offset: from, at, line } = this.#known;
    // Tags are told by their beginning, which may lie a few characters back.
    if (offset <= from) return { offset, at: at - (from - offset), line };
    const text = this.buffer.slice(from - this.#at, offset - this.#at);
    let lines = line;
    for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) lines += 1;
    this.#known = { offset, at: at + Buffer.byteLength(text), line: lines };
    return this.#known;
  }

  /** A parser for a new document: blanks before it are passed over. */
  #begin(): boolean {
    const blanks = /^[\s\uFEFF]*/.exec(this.buffer)?.[0].length ?? 0;
    if (blanks > 0) this.#advance(blanks);
    if (this.buffer === '') return false;
    this.#open('');
    return true;
  }

  /** @param before tags of elements that are open already. */
  #open(before: string): void {
    const parser = new SaxesParser<PlainOptions>({ xmlns: false, position: false });
    parser.on('error', () => { /* nothing to tell of what was made up */ });
    if (before !== '') parser.write(before);
    this.#base = this.#at - before.length;
    this.#part = 'content';
    this.#lastEvent = this.#at;
    parser.on('error', (error) => { this.#onError(error.message); });
    parser.on('opentagstart', (tag) => { this.#event(); this.#onTagStart(tag.name); });
    parser.on('attribute', () => { this.#attributes += 1; if (this.#attributes > MAX_ATTRIBUTES) throw new XmlBreak(this.#place(), `more than ${MAX_ATTRIBUTES} attributes`); });
    parser.on('opentag', (tag) => { this.#lastTag = this.#place(); this.#onTag(tag); });
    parser.on('closetag', (tag) => { this.#event(); this.#lastTag = this.#lastEvent; this.#onClose(tag.name); });
    parser.on('text', (text) => { this.#event(); this.#tree?.text(text); });
    parser.on('cdata', (text) => { this.#event(); this.#tree?.text(text); });
    this.#parser = parser;
  }

  /** Where the parser is; it can tell only while it reads. */
  #place(): number { return this.#isWriting ? this.#base + (this.#parser?.position ?? 0) : this.#at + this.#segment.length; }
  #event(): void { this.#settle(); this.#lastEvent = this.#place(); }

  #onError(message: string): void {
    const at = this.#place(), character = this.#segment.charAt(at - 1 - this.#at);
    if (this.#rootEnd !== undefined && !(message === 'unexpected close tag.' && at === this.#rootEnd)) return;
    const isOdd = (message === 'disallowed character.' && character !== '<') || message === 'malformed character entity.';
    if (isOdd) this.#odd += 1;
    if (isOdd && this.#odd <= MAX_ODD) return;
    throw new XmlBreak(Math.max(this.#at, at - (character === '<' ? 1 : 0)), message.replace(/\.$/, ''));
  }

  #onTagStart(name: string): void {
    if (this.#rootEnd !== undefined) return;
    this.#attributes = 0;
    const found = this.#segment.lastIndexOf(`<${name}`, this.#place() - this.#at - name.length - 1);
    this.#tagStart = this.#markOf(found < 0 ? this.#place() - name.length - 2 : this.#at + found);
    if (this.#isMisplaced(name)) throw new XmlBreak(this.#tagStart.offset, 'an element is not closed where the next one begins');
  }

  /** Does an element begin where only one that should be closed by now can have it? */
  #isMisplaced(name: string): boolean {
    if (!this.#ways.names.has(name)) return false;
    if (this.#tree) return !this.#options.repeats.some((repeat) => this.#tree?.isWithin(repeat));
    const parent = this.#stack.at(-1);
    return parent !== undefined && this.#ways.has(parent.path) && !this.#ways.has(`${parent.path}/${name}`) && this.#stack.some((frame) => frame.name === name);
  }

  #onClose(name: string): void {
    if (this.#rootEnd !== undefined) return;
    this.#closing = name;
    if (this.#stack.length + (this.#tree?.depth() ?? 0) === 1) this.#rootEnd = this.#place();
  }

  #onTag({ name, attributes }: SaxesTagPlain): void {
    if (this.#rootEnd !== undefined) return;
    if (this.#stack.length + (this.#tree?.depth() ?? 0) >= MAX_DEPTH) throw new XmlBreak(this.#place(), `nested too deep (more than ${MAX_DEPTH})`);
    if (this.#tree) {
      if (!this.#tree.open(name, attributes)) throw new XmlBreak(this.#place(), `more than ${MAX_ELEMENTS} elements`);
      return;
    }
    const parent = this.#stack.at(-1), path = parent === undefined ? name : `${parent.path}/${name}`;
    this.#sawRoot = true;
    if (!this.#options.records.includes(path) && !this.#options.around.includes(path)) { this.#stack.push(this.#frame(name, path, attributes)); return; }
    this.#tree = createXmlTree(name, attributes);
    this.#treePath = path;
    this.#treeStart = this.#tagStart;
  }

  #frame(name: string, path: string, attributes: Attributes): Frame {
    const isRoot = !path.includes('/');
    return { name, path, attributes: this.#ways.has(path) ? attributes : {}, children: new Map([...(isRoot ? this.#options.given ?? [] : [])].map(([key, values]) => [key, [...values]])), size: 0 };
  }

  /** A closed element counts once the parser has no objection to how it was closed. */
  #settle(): void {
    if (this.#closing === undefined) return;
    this.#closing = undefined;
    if (!this.#tree) this.#stack.pop();
    if (this.#tree?.close() !== true) return;
    const value = this.#tree.value(), size = this.#place() - this.#treeStart.offset;
    this.#tree = undefined;
    if (this.#options.records.includes(this.#treePath)) this.#pushRecord(value, size);
    else this.#keep(value, size);
  }

  #pushRecord(value: unknown, size: number): void {
    const { at, line } = this.#treeStart;
    const parents = this.#stack.map((frame) => frame.value ??= aroundValue(frame.attributes, frame.children));
    this.pieces.push({ kind: 'record', at, line, get text() { return JSON.stringify(value); }, size, value, from: this.#treePath, parents });
  }

  #keep(value: unknown, size: number): void {
    const frame = this.#stack.at(-1), name = this.#treePath.slice(this.#treePath.lastIndexOf('/') + 1);
    if (!frame) return;
    frame.size += size;
    if (frame.size > MAX_RECORD_BYTES) throw new XmlBreak(this.#place(), 'what lies around the records is longer than 64 MiB');
    const siblings = frame.children.get(name);
    if (siblings) siblings.push(value); else frame.children.set(name, [value]);
    frame.value = undefined;
  }

  #broken(error: XmlBreak): void {
    const at = Math.max(error.at, this.#at), mark = this.#markOf(Math.min(at, this.#at + this.buffer.length));
    const start = this.#tree ? this.#treeStart : mark, where = start.line === mark.line ? '' : ` in line ${mark.line}`;
    this.pieces.push({ kind: 'bad', at: start.at, line: start.line, reason: this.#isRefused || error.message === recordTooLong ? error.message : `malformed XML${where}: ${error.message}` });
    this.#tree = undefined;
    this.#closing = undefined;
    this.#parser = undefined;
    this.#isWriting = false;
    this.#rootEnd = undefined;
    this.#isSeeking = true;
    this.#atOnce = LEAST_AT_ONCE;
    this.#advance(mark.offset - this.#at);
  }

  /** Looks for the next element that is a record or lies around records, and begins anew there. */
  #seek(): boolean {
    const next = this.#ways.beginning;
    if (next) {
      for (next.lastIndex = 0; ;) {
        const found = next.exec(this.buffer);
        if (!found) break;
        if (!this.#resume(found[1] ?? '', found.index)) continue;
        return true;
      }
    }
    const last = this.buffer.lastIndexOf('<');
    this.#advance(last >= 0 && this.buffer.length - last < 256 ? last : this.buffer.length);
    return false;
  }

  #resume(name: string, index: number): boolean {
    const parents = this.#ways.parentsOf(name, this.#stack.at(-1)?.path ?? '');
    if (parents === undefined) return false;
    this.#advance(index);
    this.#stack = parents.map((step, i) => this.#stack[i]?.name === step ? this.#stack[i] : this.#frame(step, parents.slice(0, i + 1).join('/'), {}));
    this.#isSeeking = false;
    this.#open(parents.map((step) => `<${step}>`).join(''));
    return true;
  }

  /** Says of a file that ends too early what is missing. */
  end(problem: string | undefined): void {
    const why = problem ?? 'truncated', { line } = this.#known;
    if (this.#isRefused || this.#isSeeking) return;
    if (this.#tree) this.pieces.push({ kind: 'bad', at: this.#treeStart.at, line: this.#treeStart.line, reason: `the file ends inside this record (${why})` });
    else if (this.#stack.length > 0) this.pieces.push({ kind: 'bad', at: -1, line, reason: `the file ends before its document does (${why}): records behind this one are missing` });
    else if (!this.#sawRoot && !this.pieces.some((piece) => piece.kind === 'bad')) this.pieces.push({ kind: 'bad', at: -1, line: 1, reason: 'the document has no element' });
  }
}
