import { useMemo, useState } from 'react';
import { href, navigate } from '../../state/router.ts';
import { Button, Segments } from '../../ui/button.tsx';
import { formatCount, plural } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import { DifferenceList } from './difference-list.tsx';
import { type Replayed, type Report, outcomeOf, sortReplayed } from './replay-report.ts';

const PAGE = 200;
const words = { identical: 'identical', different: 'differs', failed: 'could not be made again', by_people: 'a person decided' } as const;

/** What a replay came to: the counts, and each decision with the places where it differs. */
export function ReportView({ report }: { readonly report: Report }) {
  const sorted = useMemo(() => sortReplayed(report.replayed), [report]);
  const open = sorted.filter((one) => ['different', 'failed'].includes(outcomeOf(one)));
  const [show, setShow] = useState<'differing' | 'all'>(open.length > 0 ? 'differing' : 'all');
  const [page, setPage] = useState(PAGE);
  const { counts } = report;
  const failed = sorted.filter((one) => outcomeOf(one) === 'failed').length;
  const rows = show === 'all' ? sorted : open;
  return (
    <>
      <dl className="counts" role="status"><Count n={counts.decisions} label="decisions" /><Count n={counts.identical} label="identical" verified={counts.identical > 0} /><Count n={counts.different - failed} label="different" /><Count n={failed} label="failed" /><Count n={counts.by_people} label="by people, not replayed" /></dl>
      <div className="lh"><h2>Decisions<span className="dim">{show === 'differing' ? `${formatCount(sorted.length - open.length)} hidden: identical or by people` : plural(rows.length, 'row')}</span></h2><Segments label="Which decisions" value={show} options={[{ value: 'differing', label: 'Differing' }, { value: 'all', label: 'All' }]} onChange={setShow} /></div>
      {rows.length === 0 ? <p className="dim none">Every decision came out as it was recorded, byte for byte.</p> : <ol className="rl">{rows.slice(0, page).map((one) => <Row key={one.decision_id} one={one} />)}</ol>}
      {rows.length > page && <Button small onClick={() => setPage(page + PAGE)}>{`+${formatCount(rows.length - page)} hidden`}</Button>}
    </>
  );
}

function Count({ n, label, verified = false }: { readonly n: number; readonly label: string; readonly verified?: boolean }) {
  return <div className={verified ? 'ver' : undefined}><dt>{label}</dt><dd className="tabnum">{formatCount(n)}</dd></div>;
}

function Row({ one }: { readonly one: Replayed }) {
  const outcome = outcomeOf(one);
  const [open, setOpen] = useState(false);
  const trace = href(`/trace/${encodeURIComponent(one.incident)}`, { run: one.decision_id });
  return (
    <li>
      <div className="rr"><span className={`st ${outcome === 'identical' ? 'ok' : 'cf'}`}><Icon name={outcome === 'identical' ? 'okc' : outcome === 'failed' ? 'warn' : outcome === 'by_people' ? 'person' : 'route'} /></span>
        <a className="mono" href={trace} onClick={(event) => { if (!event.metaKey && !event.ctrlKey) { event.preventDefault(); navigate(trace); } }}>{one.incident}</a><span className="mono dim clip" title={one.decision_id}>{one.decision_id}</span><b>{words[outcome]}</b>
        {outcome === 'different' ? <Button small look="ghost" expanded={open} iconAfter={open ? 'down' : 'right'} onClick={() => setOpen(!open)}>{plural(one.differences.length, 'difference')}</Button> : <span className="dim clip" title={one.error}>{one.error ?? ''}</span>}</div>
      {open && <DifferenceList differences={one.differences} left="recorded" right="replayed" />}
    </li>
  );
}
