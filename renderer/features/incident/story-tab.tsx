import type { IncidentDetail, StoryItem } from '#shared/rpc/schemas.ts';
import { callHref } from '../../state/addresses.ts';
import { navigate, useRoute } from '../../state/router.ts';
import { useStore } from '../../state/store.ts';
import { formatClock, formatDay, formatTime } from '../../ui/format.ts';
import { Icon, type IconName } from '../../ui/icons.tsx';
import { RichText } from '../../ui/rich-text.tsx';
import { sourceName } from '../../ui/source-name.ts';
import { EmptyState } from '../../ui/states.tsx';

const icons: Readonly<Record<StoryItem['kind'], IconName>> = { change: 'tool', access: 'bucket', report: 'flag', decision: 'merge', review: 'person', sequence: 'route' };
/** What turned the incident: drawn filled. */
const turning: readonly StoryItem['kind'][] = ['change', 'decision', 'sequence'];

/** What happened in order: changes, access, reports, decisions and reviews on one line of time. */
export function StoryTab({ detail }: { readonly detail: IncidentDetail }) {
  const zone = useStore((s) => s.preferences.zone);
  const { query } = useRoute();
  const { story, incident } = detail;
  if (story.length === 0) return <EmptyState icon="clock" title="No dated event is known">Import the log of changes (CloudTrail management events) to see who did what.</EmptyState>;
  const asOf = story.at(-1)?.at ?? incident.last_seen;
  const hasYears = story.some((item) => formatDay(item.at, zone, asOf).length > 6);
  return (
    <ol className={`story${hasYears ? ' years' : ''}`} aria-label="Story">
      {story.map((item, i) => {
        const day = formatDay(item.at, zone, asOf), isNew = i === 0 || day !== formatDay(story[i - 1]?.at ?? '', zone, asOf);
        const to = item.call_id === undefined ? undefined : callHref(incident.id, query, item.call_id, undefined);
        return (
          <li key={`${item.at_us} ${item.what} ${i}`} className={`${isNew ? 'nd' : ''}${turning.includes(item.kind) ? ' key' : ''}`}>
            <span className="day">{isNew && day}</span><time dateTime={item.at} title={formatTime(item.at, zone)}>{formatClock(item.at, zone)}</time><span className="node"><Icon name={icons[item.kind]} size="s" /><span className="vh">{item.kind}</span></span>
            <span className="who clip" title={item.who}>{item.kind === 'report' ? sourceName(item.who) : item.who}</span><span className="clip what" title={`${item.what} ${item.detail}`}><b>{item.what}</b> <RichText text={item.detail} zone={zone} /></span>
            {to === undefined ? <span className="src clip" title={item.source}>{sourceName(item.source)}</span> : <a className="src clip more-f" href={to} onClick={(event) => { event.preventDefault(); navigate(to); }}>{sourceName(item.source)}</a>}
          </li>
        );
      })}
    </ol>
  );
}
