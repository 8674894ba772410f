/** The elements that lead to records, told by their paths. */
export interface XmlWays {
  /** Names that can't stand within a record, unless in an element in which they may be repeated. */
  readonly names: ReadonlySet<string>;
  has(path: string): boolean;
  /** Finds the beginnings of such elements; undefined when there are none. */
  readonly beginning: RegExp | undefined;
  /** The elements, outermost first, that an element found behind damage lies in: those that are open where they fit, else those that it must lie in. */
  parentsOf(name: string, open: string): readonly string[] | undefined;
}

export function createXmlWays(records: readonly string[], around: readonly string[], repeats: readonly string[]): XmlWays {
  const paths = [...records, ...around], steps = [...new Set(paths.flatMap((path) => path.split('/')))];
  const ways = new Set(paths.flatMap((path) => path.split('/').map((_, i, all) => all.slice(0, i + 1).join('/'))));
  return {
    names: new Set(records.flatMap((path) => path.split('/')).filter((name) => !repeats.includes(name))),
    has: (path) => ways.has(path),
    beginning: steps.length === 0 ? undefined : new RegExp(`<(${steps.map((name) => name.replaceAll(/[^\w:-]/g, '\\$&')).join('|')})(?=[\\s>/])`, 'g'),
    parentsOf(name, open) {
      const own = [...ways].filter((way) => way === name || way.endsWith(`/${name}`));
      const fits = (way: string): boolean => { const parent = parentPath(way); return parent === '' || open === parent || open.startsWith(`${parent}/`); };
      const way = own.filter(fits).toSorted((a, b) => b.length - a.length)[0] ?? own[0];
      return way === undefined ? undefined : parentPath(way).split('/').filter((step) => step !== '');
    },
  };
}

const parentPath = (way: string): string => way.slice(0, Math.max(0, way.lastIndexOf('/')));
