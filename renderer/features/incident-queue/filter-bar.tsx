import { memo, useEffect, useRef, useState } from 'react';
import { severities } from '#shared/model/finding.ts';
import type { ListFilter, QueuePage } from '#shared/rpc/schemas.ts';
import { type QueueView, isFiltered, noFilter } from '../../state/queue-view.ts';
import { Button } from '../../ui/button.tsx';
import { formatCount } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { Menu } from '../../ui/menu.tsx';
import { sourceName } from '../../ui/source-name.ts';

const titles: Readonly<Record<ListFilter, string>> = { decision: 'Decision', priority: 'Priority', source: 'Source', account: 'Account', environment: 'Environment', attack: 'ATT&CK', status: 'Status', owner: 'Owner' };
/** What gives way in a narrow window and lives in More. */
const inMore: readonly ListFilter[] = ['status', 'owner'];

interface BarProps { readonly view: QueueView; readonly page: QueuePage | undefined; readonly onView: (view: QueueView, options?: { readonly replace?: boolean }) => void }

/** Filters: a menu with counts each, a chip with a cross once it is set, and what they hide. */
export const FilterBar = memo(function FilterBar({ view, page, onView }: BarProps) {
  const set = (name: ListFilter, values: readonly string[]): void => onView({ ...view, filter: { ...view.filter, [name]: values, ...(values.length === 0 && { not: view.filter.not.filter((other) => other !== name) }) } });
  const hidden = page ? page.total - page.shown : 0;
  const turn = (name: ListFilter): void => onView({ ...view, filter: { ...view.filter, not: view.filter.not.includes(name) ? view.filter.not.filter((other) => other !== name) : [...view.filter.not, name] } });
  const one = (name: ListFilter, narrow: boolean) => <ListFilterMenu key={name} name={name} view={view} page={page} onSet={set} onTurn={turn} narrow={narrow} />;
  return (
    <div className="filters" role="search" aria-label="Filters">
      <TextFilter value={view.filter.text} onChange={(text) => onView({ ...view, filter: { ...view.filter, text } }, { replace: true })} />
      {one('decision', false)}{one('priority', false)}
      <SeverityFilter view={view} page={page} onView={onView} />
      {one('environment', false)}{one('source', false)}{one('account', true)}{one('attack', true)}
      {inMore.filter((name) => view.filter[name].length > 0).map((name) => one(name, false))}
      <MoreMenu view={view} page={page} onSet={set} />
      {isFiltered(view) && <span className="hides"><span className="hid" role="status" title={hiddenWords(page)}><b>{formatCount(hidden)}</b> hidden<span className="hide-s"> by filters</span></span><Button look="ghost" small onClick={() => onView(noFilter(view))}>Clear</Button></span>}
    </div>
  );
});

export const hiddenWords = (page: QueuePage | undefined): string =>
  Object.entries(page?.hidden_by ?? {}).filter(([, n]) => n > 0).map(([name, n], i) => { const word = name === 'min_severity' ? 'severity' : name === 'attack' ? 'ATT&CK' : name; return `${i === 0 ? word.charAt(0).toUpperCase() + word.slice(1) : word} hides ${formatCount(n)}`; }).join(', ');

function labelOf(name: ListFilter, value: string, page: QueuePage | undefined): string {
  if (value === '') return 'none';
  return page?.facets[name]?.find((facet) => facet.value === value)?.label ?? (name === 'source' ? sourceName(value) : value);
}

interface FilterProps { readonly name: ListFilter; readonly view: QueueView; readonly page: QueuePage | undefined; readonly onSet: (name: ListFilter, values: readonly string[]) => void; /** Turns "one of" into "none of", and back. */ readonly onTurn: (name: ListFilter) => void; readonly narrow: boolean }

/** The id of the entry that turns a filter round; no value is called so. */
const TURN = '\u0000not';

function ListFilterMenu({ name, view, page, onSet, onTurn, narrow }: FilterProps) {
  const chosen: readonly string[] = view.filter[name], isNot = view.filter.not.includes(name);
  const values = itemsOf(name, view, page);
  const items = values.length === 0 ? [] : [...values.map((item) => ({ ...item, group: isNot ? 'Is none of' : 'Is one of' })), { id: TURN, label: 'Turn round: none of these', checked: isNot, group: 'How' }];
  const toggle = (id: string): void => (id === TURN ? onTurn(name) : onSet(name, chosen.includes(id) ? chosen.filter((value) => value !== id) : [...chosen, id]));
  const words = chosen.map((value) => labelOf(name, value, page));
  const isOn = chosen.length > 0;
  const shown = `${isNot ? 'not ' : ''}${words.length > 2 ? `${words.length} of ${values.length}` : words.join(', ')}`;
  // The same menu with and without a choice: it stays open while several are picked.
  return (
    <span className={`f${isOn ? ' on' : narrow ? ' hide-s' : ''}`}>
      <Menu className="f-in" label={isOn ? `${titles[name]}: ${shown}${words.length > 2 ? `: ${words.join(', ')}` : ''}` : titles[name]} trigger={<>{titles[name]}{isOn ? <> <b className="clip">{shown}</b></> : <Icon name="down" size="s" />}</>}
        items={items} several onPick={toggle} empty={`No incident has a ${titles[name].toLowerCase()}`} />
      {isOn && <button type="button" aria-label={`Remove the filter ${titles[name]}`} onClick={() => onSet(name, [])}><Icon name="x" size="s" /></button>}
    </span>
  );
}

/** The choices with their counts, the chosen ones in any case. */
function itemsOf(name: ListFilter, view: QueueView, page: QueuePage | undefined) {
  const chosen: readonly string[] = view.filter[name], facets = page?.facets[name] ?? [];
  const gone = chosen.filter((value) => !facets.some((facet) => facet.value === value)).map((value) => ({ value, n: 0 }));
  const byCount = name === 'decision' || name === 'priority' ? [...facets] : facets.toSorted((a, b) => b.n - a.n);
  return [...byCount, ...gone].map((facet) => ({ id: facet.value, label: labelOf(name, facet.value, page), hint: formatCount(facet.n), checked: chosen.includes(facet.value) }));
}

function SeverityFilter({ view, page, onView }: BarProps) {
  const set = (value: string | undefined): void => {
    const { min_severity: _, ...rest } = view.filter;
    const found = severities.find((severity) => severity === value);
    onView({ ...view, filter: found === undefined ? rest : { ...rest, min_severity: found } });
  };
  const chosen = view.filter.min_severity;
  const counts = severities.map((severity) => page?.facets['severity']?.find((facet) => facet.value === severity)?.n ?? 0);
  const items = severities.slice(0, 5).map((severity, i) => ({ id: severity, label: `≥ ${severity}`, hint: formatCount(counts.slice(0, i + 1).reduce((sum, n) => sum + n, 0)), checked: severity === chosen }));
  if (chosen === undefined) return <Menu className="f" label="Severity" trigger={<>Severity<Icon name="down" size="s" /></>} items={items} onPick={set} />;
  return <span className="f on"><Menu className="f-in" label={`Severity ≥ ${chosen}`} trigger={<>Severity <b>≥ {chosen}</b></>} items={items} onPick={set} /><button type="button" aria-label="Remove the filter Severity" onClick={() => set(undefined)}><Icon name="x" size="s" /></button></span>;
}

/** Rare filters, and in a narrow window also those that gave way there. */
function MoreMenu({ view, page, onSet }: { readonly view: QueueView; readonly page: QueuePage | undefined; readonly onSet: (name: ListFilter, values: readonly string[]) => void }) {
  const names: readonly ListFilter[] = [...inMore, 'account', 'attack'];
  const items = names.flatMap((name) => itemsOf(name, view, page).slice(0, 12).map((item) => ({ ...item, id: `${name} ${item.id}`, group: titles[name] })));
  const pick = (id: string): void => {
    const name = names.find((known) => id.startsWith(`${known} `));
    if (name === undefined) return;
    const value = id.slice(name.length + 1), chosen: readonly string[] = view.filter[name];
    onSet(name, chosen.includes(value) ? chosen.filter((other) => other !== value) : [...chosen, value]);
  };
  return <Menu className="f" label="More filters" trigger={<><Icon name="plus" size="m" /><span className="f more">More</span></>} items={items} several onPick={pick} />;
}

/** Words in the id, title, entity, issue, owner or account. Typing filters after a short rest; Esc gives the keys back to the list. */
function TextFilter({ value, onChange }: { readonly value: string; readonly onChange: (text: string) => void }) {
  const [text, setText] = useState(value);
  const latest = useRef(onChange);
  latest.current = onChange;
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => latest.current(text), 60);
    return () => clearTimeout(timer);
  }, [text, value]);
  return (
    <label className={`find${text === '' ? '' : ' on'}`}><Icon name="search" size="m" />
      <input id="queue-text" value={text} placeholder="Text" aria-label="Filter by text" spellCheck={false} autoComplete="off" onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => { if (event.key === 'Escape' || event.key === 'Enter') { event.preventDefault(); if (event.key === 'Escape') setText(''); document.querySelector<HTMLElement>('[role=grid]')?.focus(); } }} />
      {text === '' && <Kbd keys="/" />}</label>
  );
}

