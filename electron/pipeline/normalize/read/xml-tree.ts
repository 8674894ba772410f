import type { JsonObject } from '#shared/lib/json.ts';

/** Most elements of one record, and attributes of one element: more would fill the memory, as each is an object. */
export const MAX_ELEMENTS = 200_000, MAX_ATTRIBUTES = 10_000;

interface Node { readonly name: string; readonly attributes: Readonly<Record<string, string>>; readonly children: Map<string, unknown[]>; text: string }

/** An element that is being read, with all that lies in it. */
export interface XmlTree {
  /** @returns false when it has become too large. */
  open(name: string, attributes: Readonly<Record<string, string>>): boolean;
  text(text: string): void;
  /** @returns true when the whole element is closed. */
  close(): boolean;
  depth(): number;
  isWithin(name: string): boolean;
  value(): unknown;
}

/**
 * Reads an element as a value: one without attributes and elements is its text; any other an object of its attributes as `@name`, its elements by their names
 * (a list where one name stands several times) and its own text, unless blank, as `#text`. Names with a prefix keep it; comments are left out.
 */
export function createXmlTree(name: string, attributes: Readonly<Record<string, string>>): XmlTree {
  const open: Node[] = [nodeOf(name, attributes)];
  let elements = 1, done: unknown;
  return {
    open(inner, own) { open.push(nodeOf(inner, own)); elements += 1; return elements <= MAX_ELEMENTS; },
    text(text) { const top = open.at(-1); if (top) top.text += text; },
    close() {
      const node = open.pop(), parent = open.at(-1);
      if (node === undefined) return true;
      const value = valueOf(node);
      if (parent === undefined) { done = value; return true; }
      const siblings = parent.children.get(node.name);
      if (siblings) siblings.push(value); else parent.children.set(node.name, [value]);
      return false;
    },
    depth: () => open.length,
    isWithin: (wanted) => open.some((node) => node.name === wanted),
    value: () => done,
  };
}

const nodeOf = (name: string, attributes: Readonly<Record<string, string>>): Node => ({ name, attributes, children: new Map(), text: '' });

function valueOf(node: Node): unknown {
  const attributes = attributeEntries(node.attributes);
  if (attributes.length === 0 && node.children.size === 0) return node.text;
  return Object.fromEntries([...attributes, ...childEntries(node.children), ...(node.text.trim() === '' ? [] : [['#text', node.text] as const])]);
}

const attributeEntries = (attributes: Readonly<Record<string, string>>): readonly (readonly [string, unknown])[] => Object.entries(attributes).map(([name, value]) => [`@${name}`, value]);
const childEntries = (children: ReadonlyMap<string, readonly unknown[]>): readonly (readonly [string, unknown])[] => [...children].map(([name, values]) => [name, values.length === 1 ? values[0] : values]);

/** What is told of an element around records: its attributes, and those of its elements that are kept. */
export const aroundValue = (attributes: Readonly<Record<string, string>>, children: ReadonlyMap<string, readonly unknown[]>): JsonObject => Object.fromEntries([...attributeEntries(attributes), ...childEntries(children)]);
