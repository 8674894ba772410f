import type { ReactNode } from 'react';
import { refreshReads, useRead } from '../../state/reads.ts';
import { href, navigate } from '../../state/router.ts';
import { DecisionChip, decisionLooks } from '../../ui/decision-chip.tsx';
import { formatCount, plural } from '../../ui/format.ts';
import { Icon } from '../../ui/icons.tsx';
import { sourceName } from '../../ui/source-name.ts';
import { EmptyState, ErrorState, LoadingState } from '../../ui/states.tsx';
import { ReliabilityChart, WeeksChart, reliabilityCaption } from './charts.tsx';
import { type Figures, type Measure, lastWeeks, matrixOf, measureCaption, measureTitle, measureValue, seenStep } from './figure-shapes.ts';
import './figures.css';

/** What the workspace measures of itself, each figure with its n or with why there is none. */
export function FiguresScreen() {
  const { value, problem } = useRead('figures.get', {});
  if (value === undefined) return <div className="s-figures">{problem?.kind === 'failed' ? <ErrorState title="The figures can't be made" message={problem.message} good="Nothing was changed: findings, incidents and decisions are not affected." onRetry={() => refreshReads((name) => name === 'figures.get')} /> : <LoadingState what="the figures" rows={18} />}</div>;
  if (value.reduction.findings === 0) return <div className="s-figures"><EmptyState icon="chart" title="Nothing to count yet" action={<button type="button" className="btn" onClick={() => navigate('/ingest')}>Go to Ingest</button>}>Figures come from findings, decisions and reviews. Import a scanner's output first.</EmptyState></div>;
  return <FiguresPage figures={value} />;
}

function FiguresPage({ figures }: { readonly figures: Figures }) {
  const reviewed = figures.matrix.reduce((sum, pair) => sum + pair.n, 0), first = figures.weeks[0]?.week, last = figures.weeks.at(-1)?.week;
  return (
    <div className="s-figures"><div className="page">
      <header className="fh"><h1 tabIndex={-1}>Figures</h1><span className="dim">{reviewed === 0 ? 'no reviewed decision yet' : plural(reviewed, 'reviewed decision')}{first !== undefined && `, findings of ${first === last ? first : `${first} to ${last ?? first}`}`}</span></header>
      <div className="tiles">{figures.measures.map((measure) => <Tile key={measure.name} measure={measure} />)}</div>
      <div className="r2"><MatrixPanel figures={figures} /><Panel title="Reliability" caption={reliabilityCaption(figures.reliability)}><ReliabilityChart steps={figures.reliability} /><p className="ax">confidence</p>{figures.calibration.brier !== null && figures.calibration.ece !== null && <p className="cap">Brier score {figures.calibration.brier.toFixed(3)}, expected calibration error {figures.calibration.ece.toFixed(3)}; 0 is perfect, n {formatCount(figures.calibration.n)}.</p>}</Panel><ReductionPanel reduction={figures.reduction} /></div>
      <div className="r3"><WeeksPanel weeks={figures.weeks} /><AttackPanel attack={figures.attack} /><SourcesPanel sources={figures.sources} /></div>
      <MissingPanel missing={figures.missing} />
    </div></div>
  );
}

function Panel({ title, aside, caption, children }: { readonly title: string; readonly aside?: ReactNode; readonly caption?: string; readonly children: ReactNode }) {
  return <section className="pn" aria-label={title}><h2>{title}{aside}</h2>{caption !== undefined && <p className="cap">{caption}</p>}{children}</section>;
}

function Nothing({ children }: { readonly children: ReactNode }) { return <p className="nothing">{children}</p>; }

function Tile({ measure }: { readonly measure: Measure }) {
  const { figure, unit } = measureValue(measure), caption = measureCaption(measure);
  return <article className={`fig${measure.value === null ? ' none' : ''}`}><h2>{measureTitle(measure.name)}</h2><p className="big tabnum">{figure}<small>{unit}</small>{measure.value === null && <span className="vh">no value</span>}</p><p className="cap" title={caption}>{caption}</p></article>;
}

function MatrixPanel({ figures }: { readonly figures: Figures }) {
  const { finals, rows, sums, total, stood, raised } = matrixOf(figures.matrix);
  const caption = total === 0 ? 'Nothing is reviewed yet: approve or override a decision.' : `${formatCount(stood)} of ${formatCount(total)} stood as proposed. ${raised === 0 ? 'No deferred incident became resolve_now.' : `${plural(raised, 'deferred incident')} became resolve_now.`}`;
  const shade = (n: number): string => `${n === 0 ? 0 : Math.round(6 + 54 * Math.sqrt(n / Math.max(1, total)))}%`;
  return (
    <Panel title="Proposed and final" caption={caption}>
      <table className="mx"><thead><tr><th scope="col"><span className="dim">proposed ↓ final →</span></th>{finals.map((final) => <th key={final} scope="col"><Head name={final} /></th>)}<th className="tot" scope="col"><span className="dim">sum</span></th></tr></thead>
        <tbody>
          {rows.map(({ proposed, cells, sum }) => <tr key={proposed}><th scope="row"><DecisionChip decision={proposed} /></th>{cells.map((n, i) => <td key={finals[i]} className={`tabnum${finals[i] === proposed ? ' dg' : ''}${n === 0 ? ' z' : ''}${proposed === 'defer' && finals[i] === 'resolve_now' ? ' guard' : ''}`} style={{ '--a': shade(n) }}>{formatCount(n)}</td>)}<td className="tot">{formatCount(sum)}</td></tr>)}
          <tr className="sum"><th scope="row"><span className="dim">sum</span></th>{sums.map((n, i) => <td key={finals[i]}>{formatCount(n)}</td>)}<td className="tot">{formatCount(total)}</td></tr>
        </tbody></table>
    </Panel>
  );
}

function Head({ name }: { readonly name: string }) {
  const icon = Object.entries(decisionLooks).find(([decision]) => decision === name)?.[1].icon ?? 'x';
  return <><Icon name={icon} size="m" />{name === 'needs_human_review' ? <>needs_human_<wbr />review</> : name}</>;
}

function ReductionPanel({ reduction: { findings, incidents, needing_a_human: human } }: { readonly reduction: Figures['reduction'] }) {
  const bars = [
    { label: 'Findings read', n: findings, note: 'every record that an import kept', to: null },
    { label: 'Incidents', n: incidents, note: `${formatCount(Math.max(0, findings - incidents))} joined to another finding`, to: '/queue' },
    { label: 'Need a person', n: human, note: `${formatCount(Math.max(0, incidents - human))} decided without a question left`, to: href('/queue', { decision: 'needs_human_review' }) },
  ];
  return (
    <Panel title="Noise removed" caption={`${((human / Math.max(1, findings)) * 100).toFixed(1)} % of what came in needs a person.`}>
      <ol className="fun">{bars.map(({ label, n, note, to }) => (
        <li key={label}><div className="fl">{to === null ? <span>{label}</span> : <a className="link" href={to} onClick={(event) => { if (!event.metaKey && !event.ctrlKey) { event.preventDefault(); navigate(to); } }}>{label}</a>}<b>{formatCount(n)}</b></div><i style={{ '--v': n === 0 ? '0px' : `max(3px, ${((n / Math.max(1, findings)) * 100).toFixed(2)}%)` }} /><p className="dim">{note}</p></li>
      ))}</ol>
    </Panel>
  );
}

/** Weeks that are shown. */
const WEEKS = 12;

function WeeksPanel({ weeks }: { readonly weeks: Figures['weeks'] }) {
  const { weeks: shown, before } = lastWeeks(weeks, WEEKS);
  return (
    <Panel title="Findings per week" aside={<span className="dim sw">{`last ${WEEKS} weeks of data${before > 0 ? `, ${plural(before, 'finding')} before` : ''}`}</span>}>
      {weeks.length === 0 ? <Nothing>No finding says when it was seen.</Nothing> : <WeeksChart weeks={shown} />}
    </Panel>
  );
}

function AttackPanel({ attack }: { readonly attack: Figures['attack'] }) {
  const sorted = attack.toSorted((a, b) => b.n - a.n || a.technique.localeCompare(b.technique));
  return (
    <Panel title="ATT&CK techniques" aside={<span className="dim sw">seen <u className="c1" />once <u className="c2" />2 to 4 <u className="c3" />5 or more</span>}>
      {sorted.length === 0 ? <Nothing>No finding names a technique.</Nothing> : <ul className="att" tabIndex={0} aria-label="Techniques">{sorted.map(({ technique, n }) => <li key={technique}><u className={seenStep(n)} /><a className="mono clip" title={technique} href={href('/queue', { attack: technique })} onClick={(event) => { if (!event.metaKey && !event.ctrlKey) { event.preventDefault(); navigate(href('/queue', { attack: technique })); } }}>{technique}</a><span className="num dim">{formatCount(n)}</span></li>)}</ul>}
    </Panel>
  );
}

function SourcesPanel({ sources }: { readonly sources: Figures['sources'] }) {
  const most = Math.max(1, ...sources.map((source) => source.findings));
  return (
    <Panel title="Sources">
      <div className="sr-box" tabIndex={0} role="region" aria-label="Sources"><table className="sr"><thead><tr><th scope="col">Source</th><th className="num" scope="col">Findings</th><th className="num" scope="col"><span className="vh">Share of the largest</span></th><th className="num" scope="col">In incidents</th></tr></thead>
        <tbody>{sources.toSorted((a, b) => b.findings - a.findings).map(({ source, findings, incidents }) => <tr key={source}><th scope="row" className="clip">{sourceName(source)}</th><td className="num">{formatCount(findings)}</td><td><span className="nz"><i style={{ '--v': `${((findings / most) * 100).toFixed(1)}%` }} /></span></td><td className="num">{formatCount(incidents)}</td></tr>)}</tbody></table></div>
    </Panel>
  );
}

/** What to import, or to write into the policy, so that fewer incidents wait. */
function MissingPanel({ missing }: { readonly missing: Figures['missing'] }) {
  return (
    <Panel title="What is missing" caption={missing.length === 0 ? 'No incident waits for evidence.' : 'What incidents lack that wait for a person. Import it or put it into the policy, then triage again.'}>
      {missing.length > 0 && <div className="sr-box" tabIndex={0} role="region" aria-label="What is missing"><table className="sr ms"><thead><tr><th scope="col">Would be supplied by</th><th scope="col">To know</th><th className="num" scope="col">Incidents</th><th className="num" scope="col">Lack only this</th></tr></thead>
        <tbody>{missing.map(({ supply, claims, incidents, alone }) => <tr key={supply}><th scope="row">{supply}</th><td className="mono">{claims.join(', ')}</td><td className="num">{formatCount(incidents)}</td><td className="num">{formatCount(alone)}</td></tr>)}</tbody></table></div>}
    </Panel>
  );
}
