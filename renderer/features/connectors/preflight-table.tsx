import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { plural } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import type { Preflight } from './connector-view.ts';

const order = { denied: 0, unknown: 1, allowed: 2 } as const;
const words = { denied: 'denied', unknown: 'not tried', allowed: 'allowed' } as const;
const icons = { denied: 'x', unknown: 'hollow', allowed: 'check' } as const;

/** Each permission, what is denied first, with the evidence that stays unknown for it. */
export function PreflightTable({ found }: { readonly found: Preflight }) {
  const [all, setAll] = useState(false);
  const rows = found.rows.toSorted((a, b) => order[a.state] - order[b.state]);
  const count = (state: keyof typeof order): number => rows.filter((row) => row.state === state).length;
  const shown = all ? rows : rows.filter((row) => row.state === 'denied');
  return (
    <section><div className="line"><h3>Permissions</h3><Button small look="ghost" expanded={all} onClick={() => setAll(!all)}>{all ? 'Only what is denied' : `All ${rows.length}`}</Button></div>
      <p className="sub"><b className="mono">{found.target}</b> as <span className="mono">{found.principal}</span></p>
      <p className="tabnum">{plural(count('allowed'), 'permission')} allowed, <b className={count('denied') > 0 ? 'no' : undefined}>{count('denied')} denied</b>, {count('unknown')} show while pulling. Nothing was stored.</p>
      {shown.length > 0 && <div className="preflight" tabIndex={0} role="region" aria-label="Permissions tried"><table><thead><tr><th scope="col">Permission</th><th scope="col">Is</th><th scope="col">So</th></tr></thead>
        <tbody>{shown.map((row) => <tr key={`${row.call} ${row.permission} ${row.says}`}><td className="mono">{row.permission}</td><td className={row.state}><span><Icon name={icons[row.state]} size="s" />{words[row.state]}</span></td><td className="sub">{meaning(row)}</td></tr>)}</tbody></table></div>}
    </section>
  );
}

/** The sentence without what stands in the other columns. */
const meaning = (row: Preflight['rows'][number]): string => (row.state === 'allowed' ? '' : row.says.replace(/^(denied|not tried) [^:]+:[^:\s]+: ?/, '').replace(/^(denied|not tried) \S+: ?/, ''));
