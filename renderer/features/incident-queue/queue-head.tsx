import { memo } from 'react';
import type { QueuePage } from '#shared/rpc/schemas.ts';
import { type QueueView, viewOf } from '../../state/queue-view.ts';
import { currentRoute, href, navigate } from '../../state/router.ts';
import { useStore } from '../../state/store.ts';
import { Button } from '../../ui/button.tsx';
import { formatCount } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import { Menu } from '../../ui/menu.tsx';

const sorts = { work_order: 'Work order', age: 'Age', severity: 'Severity', findings: 'Findings', confidence: 'Confidence', entity: 'Entity' } as const;

interface HeadProps { readonly view: QueueView; readonly page: QueuePage | undefined; readonly onView: (view: QueueView) => void }

/** What came in and what is left of it for a person; order, saved views, selection mode. */
export const QueueHead = memo(function QueueHead({ view, page, onView }: HeadProps) {
  const marking = useStore((s) => s.marking);
  const marked = useStore((s) => s.marked.size);
  const { setMarking, openDialog } = useStore.getState();
  const counts = page?.counts ?? {};
  const count = (name: string): string => formatCount(counts[name] ?? 0);
  return (
    <header className="qh">
      <h1>Queue</h1>
      {page && <p className="clip"><b>{count('findings')}</b> findings <span className="to">→</span> <b>{count('incidents')}</b> incidents <span className="to">→</span> <b>{count('needing_a_human')}</b> need a person</p>}
      <span className="grow" />
      {marking
        ? <><span className="sub hide-s">{marked} selected</span><Button small look="primary" icon="check" disabled={marked === 0} onClick={() => openDialog({ kind: 'bulk' })}>Approve {marked}…</Button><Button small icon="chip" disabled={marked === 0} title="Ask a model about the selection anew, and compare" onClick={() => openDialog({ kind: 'ask', ids: [...useStore.getState().marked.keys()] })}>Ask a model…</Button><Button small look="ghost" keys="escape" onClick={() => setMarking(false)}>Done</Button></>
        : <><ViewsMenu /><SortMenu view={view} onView={onView} /><Button small keys="x" className="hide-s" onClick={() => setMarking(true)}>Select</Button></>}
    </header>
  );
});

function SortMenu({ view, onView }: Pick<HeadProps, 'view' | 'onView'>) {
  const items = [
    ...(Object.keys(sorts) as (keyof typeof sorts)[]).map((sort) => ({ id: sort, label: sorts[sort], checked: view.sort === sort })),
    { id: 'turn', label: 'Reverse', checked: view.descending, group: 'Direction' },
  ];
  const pick = (id: string): void => {
    if (id === 'turn') onView({ ...view, descending: !view.descending });
    else onView({ ...view, sort: (Object.keys(sorts) as (keyof typeof sorts)[]).find((sort) => sort === id) ?? 'work_order' });
  };
  return <Menu className="btn ghost sm" align="right" label={`Order: ${sorts[view.sort]}${view.descending ? ', reversed' : ''}`} trigger={<><Icon name="list" size="m" /><span className="hide-s">{sorts[view.sort]}{view.descending && ' ↑'}</span><Icon name="down" size="s" /></>} items={items} onPick={pick} />;
}

/** Filters kept by name: an address, no more. */
function ViewsMenu() {
  const views = useStore((s) => s.preferences.views);
  const prefer = useStore((s) => s.prefer);
  const items = [
    ...views.map(({ name }) => ({ id: `open ${name}`, label: name, group: 'Saved views' })),
    { id: 'save', label: 'Save this view', icon: 'plus' as const, group: 'This view' },
    ...views.map(({ name }) => ({ id: `drop ${name}`, label: `Forget ${name}`, icon: 'x' as const, group: 'Forget' })),
  ];
  const pick = (id: string): void => {
    const name = id.slice(5);
    if (id === 'save') { const query = viewOf(currentRoute().query).toString(); prefer({ views: [...views.filter((view) => view.query !== query), { name: viewName(query), query }] }); }
    else if (id.startsWith('drop ')) prefer({ views: views.filter((view) => view.name !== name) });
    else navigate(href('/queue', new URLSearchParams(views.find((view) => view.name === name)?.query ?? '')));
  };
  return <Menu className="btn ghost sm" align="right" label="Saved views" trigger={<><Icon name="pin" size="m" /><span className="hide-s">Views</span><Icon name="down" size="s" /></>} items={items} onPick={pick} />;
}

/** A view is called by what it filters: `decision resolve_now, source not wiz`. */
export function viewName(query: string): string {
  const params = new URLSearchParams(query), turned = params.getAll('not');
  return [...params].filter(([key]) => key !== 'not').map(([key, value]) => `${key} ${turned.includes(key) ? 'not ' : ''}${value}`).join(', ') || 'Everything';
}
