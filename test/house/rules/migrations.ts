import type { Breach, Tree } from './tree.ts';

const folder = 'resources/migrations/';

/** Migrations are `0001-what-it-does.sql`, numbered from 1 without a gap or a repetition, all with as many digits. */
export function checkMigrations(tree: Tree): readonly Breach[] {
  const names = tree.paths.filter((path) => path.startsWith(folder)).map((path) => path.slice(folder.length)).sort();
  const breaches: Breach[] = [];
  let expected = 1;
  for (const name of names.filter((each) => each !== 'README.md')) {
    const number = /^(\d{3,})[-_][a-z0-9]+([-_][a-z0-9]+)*\.sql$/.exec(name)?.[1];
    const add = (message: string): void => { breaches.push({ file: folder + name, line: 1, message }); };
    if (number === undefined) { add('is not named NNNN-what-it-does.sql'); continue; }
    if (Number(number) !== expected) add(`is number ${Number(number)}; expected ${expected}`);
    expected = Number(number) + 1;
    if (tree.texts.get(folder + name)?.trim() === '') add('is empty');
  }
  return breaches;
}
