import { type ArrowFunctionExpression, type Expression, type Function as FunctionNode, Visitor } from 'oxc-parser';
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
    // Data has no room: what ships as examples explains itself at the length it needs.
    return path.endsWith('/README.md') && !path.startsWith('resources/') && lines > limits.readme ? [{ file: path, line: limits.readme + 1, message: `has ${lines} lines; the limit is ${limits.readme}` }] : [];
  });
  return [...files, ...functions, ...readmes];
}

const countLines = (text: string): number => text.split('\n').length - (text.endsWith('\n') ? 1 : 0);

/**
 * Every function with its length, the longest first. Lists of functions are not long functions: the callbacks of `describe` are left out,
 * and a function that returns an object doesn't count the lines of that object's methods (each counts by itself).
 */
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
    const methods = returnedMethods(node).map(({ start, end }) => source.lineAt(end) - source.lineAt(start) + 1);
    sizes.push({ file: source.path, line, name, lines: source.lineAt(node.end) - line + 1 - methods.reduce((sum, count) => sum + count, 0) });
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

/** The functions in the object that a function returns, be it `return { a() {} }` or `() => ({ a() {} })`. */
function returnedMethods({ body }: FunctionNode | ArrowFunctionExpression): readonly Expression[] {
  const returned = body?.type === 'BlockStatement' ? body.body.map((statement) => (statement.type === 'ReturnStatement' ? statement.argument : null)) : [body];
  return returned.flatMap((expression) => {
    const object = expression?.type === 'ParenthesizedExpression' ? expression.expression : expression;
    if (object?.type !== 'ObjectExpression') return [];
    return object.properties.flatMap((property) => {
      const isFunction = property.type === 'Property' && (property.value.type === 'FunctionExpression' || property.value.type === 'ArrowFunctionExpression');
      return isFunction ? [property.value] : [];
    });
  });
}
