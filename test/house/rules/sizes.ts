import { type Function as FunctionNode, type ArrowFunctionExpression, Visitor } from 'oxc-parser';
import type { Source } from './source.ts';
import type { Breach, Tree } from './tree.ts';

const isTest = (path: string): boolean => path.startsWith('test/');

/** Limits in lines (design 6-style): the aim is 150 for a file and 40 for a function. */
export const limits = { source: 300, test: 500, function: 60, component: 120, readme: 40, aim: 40 } as const;

export interface FunctionSize { readonly file: string; readonly line: number; readonly name: string; readonly lines: number }

/** Files and functions over the limits, READMEs of rooms included. */
export function checkSizes(tree: Tree): readonly Breach[] {
  const files = tree.sources.flatMap(({ path, text }) => {
    const lines = countLines(text), limit = isTest(path) ? limits.test : limits.source;
    return lines > limit ? [{ file: path, line: limit + 1, message: `has ${lines} lines; the limit is ${limit}` }] : [];
  });
  const functions = functionSizes(tree).flatMap(({ file, line, name, lines }) => {
    const limit = file.endsWith('.tsx') && /^[A-Z]/.test(name) ? limits.component : limits.function;
    return lines > limit ? [{ file, line, message: `${name} has ${lines} lines; the limit is ${limit}` }] : [];
  });
  const readmes = [...tree.texts].flatMap(([path, text]) => {
    const lines = countLines(text);
    return path.endsWith('/README.md') && lines > limits.readme ? [{ file: path, line: limits.readme + 1, message: `has ${lines} lines; the limit is ${limits.readme}` }] : [];
  });
  return [...files, ...functions, ...readmes];
}

const countLines = (text: string): number => text.split('\n').length - (text.endsWith('\n') ? 1 : 0);

/** Every function with its length, the longest first. The callbacks of `describe` are lists of tests, not functions, and are left out. */
export function functionSizes(tree: Tree): readonly FunctionSize[] {
  return tree.sources.flatMap(sizesIn).sort((a, b) => b.lines - a.lines);
}

function sizesIn(source: Source): readonly FunctionSize[] {
  const sizes: FunctionSize[] = [];
  const names = new Map<number, string>();
  const skipped = new Set<number>();
  const measure = (node: FunctionNode | ArrowFunctionExpression): void => {
    if (skipped.has(node.start)) return;
    const line = source.lineAt(node.start);
    const name = (node.type === 'ArrowFunctionExpression' ? undefined : node.id?.name) ?? names.get(node.start) ?? 'a function';
    sizes.push({ file: source.path, line, name, lines: source.lineAt(node.end) - line + 1 });
  };
  new Visitor({
    VariableDeclarator(node) { if (node.init && node.id.type === 'Identifier') names.set(node.init.start, node.id.name); },
    Property(node) { if (node.key.type === 'Identifier') names.set(node.value.start, node.key.name); },
    MethodDefinition(node) { if (node.key.type === 'Identifier') names.set(node.value.start, node.key.name); },
    CallExpression(node) {
      if (!source.text.slice(node.callee.start, node.callee.end).startsWith('describe')) return;
      for (const argument of node.arguments) skipped.add(argument.start);
    },
    FunctionDeclaration: measure, FunctionExpression: measure, ArrowFunctionExpression: measure,
  }).visit(source.program);
  return sizes;
}
