import { navigate } from '../state/router.ts';
import { Icon } from '../ui/icons.tsx';
import { screens } from './screens.ts';

/** The screens: work above the line, data below it, settings at the end. */
export function Rail({ current }: { readonly current: string }) {
  const of = (rail: string) => screens.filter((screen) => screen.rail === rail).map(({ id, title, path, icon }) => (
    <a key={id} className={rail === 'end' ? 'end' : undefined} href={path} title={title} aria-current={id === current ? 'page' : undefined}
      onClick={(event) => { if (event.metaKey || event.ctrlKey) return; event.preventDefault(); navigate(path); }}><Icon name={icon} /><span>{title}</span></a>
  ));
  return <nav className="rail" aria-label="Screens">{of('work')}<span className="sep" />{of('data')}{of('end')}</nav>;
}
