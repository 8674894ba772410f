import { refreshReads, useRead } from '../../state/reads.ts';
import { patchQuery, useRoute } from '../../state/router.ts';
import { Icon } from '../../ui/icons.tsx';
import { Menu } from '../../ui/menu.tsx';
import { ErrorState, LoadingState } from '../../ui/states.tsx';
import { AttackPathView, NoPaths } from './attack-path-view.tsx';

/** The attack paths of the workspace, to all targets or to one. */
export function AttackPathScreen() {
  const to = useRoute().query.get('to');
  const all = useRead('graph.paths', {}), one = useRead('graph.paths', to === null ? null : { to });
  const combinations = useRead('graph.combinations', {});
  const { value, problem } = to === null ? all : one;
  if (value === undefined) {
    return <div className="s-paths"><div className="plain">{problem?.kind === 'failed' ? <ErrorState title="The attack paths can't be read" message={problem.message} good="Nothing was changed. The queue and the incidents are not affected." onRetry={() => refreshReads((name) => name === 'graph.paths')} /> : <LoadingState what="the attack paths" rows={16} />}</div></div>;
  }
  const targets = all.value?.targets ?? [], named = targets.find((t) => t.urn === to);
  const items = [{ id: '', label: 'crown jewels and administrators', hint: String(all.value?.total ?? ''), checked: to === null }, ...targets.map((t) => ({ id: t.urn, label: t.name, hint: String(t.paths), checked: t.urn === to, group: 'Only to' }))];
  const shown = to === null ? 'to crown jewels' : `to ${named?.name ?? to.split(/[:/]/).at(-1) ?? to}`;
  const title = (
    <><h1 tabIndex={-1}>Attack paths</h1>
      <Menu label={`Paths ${shown}`} className="btn sm" trigger={<><Icon name="target" size="m" />{shown}<Icon name="down" size="s" /></>} items={items} onPick={(id) => patchQuery({ to: id === '' ? null : id, path: null, node: null })} /></>
  );
  return <div className="s-paths"><AttackPathView view={value} combinations={combinations.value?.combinations ?? []} title={title} empty={<NoPaths why={value.why} />} /></div>;
}
