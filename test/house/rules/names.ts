import { type Expression, type TSType, Visitor } from 'oxc-parser';
import type { Source } from './source.ts';
import type { Breach, Tree } from './tree.ts';

const kebabFile = /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|spec|config|d))?\.tsx?$/;
const kebabFolder = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const vague = /(^|-)(utils?|helpers?|managers?)(-|\.|$)/;

/** Names and habits (design 6-style, 2, 4 and 6): file names, default exports, barrels, and whatever silences the compiler. */
export function checkNames(tree: Tree): readonly Breach[] {
  return tree.sources.flatMap((source) => [...checkPath(source), ...checkExports(source), ...checkComments(source), ...checkTypes(source)]);
}

function checkPath({ path }: Source): readonly Breach[] {
  const folders = path.split('/');
  const file = folders.pop() ?? '';
  const breach = (message: string): Breach => ({ file: path, line: 1, message });
  return [
    ...(kebabFile.test(file) ? [] : [breach('the file name is not kebab-case')]),
    ...folders.filter((folder) => !kebabFolder.test(folder)).map((folder) => breach(`the folder name ${folder} is not kebab-case`)),
    ...[...folders, file].filter((part) => vague.test(part)).map((part) => breach(`${part} says nothing; name it for what it does`)),
    ...(/^index\.tsx?$/.test(file) ? [breach('is a barrel; import the file itself')] : []),
  ];
}

function checkExports(source: Source): readonly Breach[] {
  const { path, program } = source;
  const breaches: Breach[] = [];
  if (source.hasDefaultExport && !path.endsWith('.config.ts')) breaches.push({ file: path, line: 1, message: 'has a default export; export by name' });
  new Visitor({ ExportAllDeclaration(node) { breaches.push({ file: path, line: source.lineAt(node.start), message: 'export * makes a barrel; import the file itself' }); } }).visit(program);
  return breaches;
}

function checkComments(source: Source): readonly Breach[] {
  return source.comments.flatMap(({ value, start }) => {
    const breach = (message: string): Breach => ({ file: source.path, line: source.lineAt(start), message });
    return [
      ...(/@ts-(ignore|expect-error|nocheck)/.test(value) ? [breach('silences the compiler')] : []),
      // A lint rule may be switched off for a line that says why: `oxlint-disable-next-line rule -- reason`.
      ...(/\b(ox|es)lint-disable/.test(value) && !/ -- \S/.test(value) ? [breach('silences the linter without a reason (add `-- reason`)')] : []),
      ...(/\b(TODO|FIXME)\b/.test(value) ? [breach('do it, or write an issue')] : []),
    ];
  });
}

function checkTypes(source: Source): readonly Breach[] {
  const breaches: Breach[] = [];
  const add = (start: number, message: string): void => { breaches.push({ file: source.path, line: source.lineAt(start), message }); };
  const checkCast = (node: { readonly start: number; readonly expression: Expression; readonly typeAnnotation: TSType }): void => {
    if (node.typeAnnotation.type === 'TSNeverKeyword') add(node.start, 'casts to never');
    const inner = withoutParens(node.expression);
    const isCast = inner.type === 'TSAsExpression' || inner.type === 'TSTypeAssertion';
    if (isCast && inner.typeAnnotation.type === 'TSUnknownKeyword') add(node.start, 'casts through unknown; parse or narrow instead');
  };
  new Visitor({
    TSAnyKeyword(node) { add(node.start, 'uses any'); },
    TSAsExpression: checkCast, TSTypeAssertion: checkCast,
  }).visit(source.program);
  return breaches;
}

function withoutParens(expression: Expression): Expression {
  return expression.type === 'ParenthesizedExpression' ? withoutParens(expression.expression) : expression;
}
