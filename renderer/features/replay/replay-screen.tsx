import { useEffect, useState } from 'react';
import type { IncidentDetail } from '#shared/rpc/schemas.ts';
import { call } from '../../state/bridge.ts';
import { useCommands } from '../../state/commands.ts';
import { useRead } from '../../state/reads.ts';
import { href, navigate, patchQuery, useRoute } from '../../state/router.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Menu } from '../../ui/menu.tsx';
import { EmptyState, ErrorState, LoadingState } from '../../ui/states.tsx';
import { CompareView } from './compare-view.tsx';
import { ReportView } from './report-view.tsx';
import type { Report } from './replay-report.ts';
import './replay.css';

interface Asked { readonly id: string | null; readonly loading: boolean; readonly report: Report | undefined; readonly problem: string | undefined }
const NOTHING: Asked = { id: null, loading: false, report: undefined, problem: undefined };

/** Makes recorded decisions again and says which came out the same; or lays two recorded decisions of an incident side by side. */
export function ReplayScreen() {
  const { query } = useRoute();
  const id = query.get('id'), left = query.get('left'), right = query.get('right');
  const { asked, run } = useReplay();
  const group = 'Replay';
  useCommands([
    { id: 'r-run', title: id === null ? 'Replay the workspace' : `Replay ${id}`, group, keys: 'mod+enter', anywhere: true, ...(asked.loading && { blocked: 'A replay is running' }), run: () => { void run(id); } },
    { id: 'r-back', title: id === null ? 'Replay: clear' : 'Replay: the whole workspace', group, keys: 'escape', ...(id === null && { blocked: 'The whole workspace is shown' }), run: () => navigate('/replay') },
  ]);
  const isCompare = id !== null && left !== null && right !== null;
  return (
    <div className="s-replay">
      <header className="rh"><h1 tabIndex={-1}>Replay</h1><span className="dim clip">{isCompare ? 'two recorded decisions side by side' : 'recorded decisions made again from the tape: no graph, no network, no model'}</span><span className="grow" />
        {id !== null && <Button look="ghost" keys="escape" onClick={() => navigate('/replay')}>Whole workspace</Button>}
        <Button look="primary" icon="replay" keys="mod+enter" disabled={asked.loading} onClick={() => { void run(id); }}>{id === null ? 'Replay the workspace' : `Replay ${id}`}</Button></header>
      {id !== null && <IncidentRuns id={id} left={left} right={right} />}
      <div className="body">{isCompare && (asked.id !== id || asked.report === undefined) ? <Comparison id={id} left={left} right={right} /> : <Outcome asked={asked} id={id} onRun={() => { void run(id); }} />}</div>
    </div>
  );
}

/** A replay is asked for by hand: it is work, not something to repeat whenever anything changes. An answer to an older question is dropped. */
function useReplay(): { readonly asked: Asked; readonly run: (id: string | null) => Promise<void> } {
  const [asked, setAsked] = useState<Asked>(NOTHING);
  const { query } = useRoute();
  const id = query.get('id'), view = `${id ?? ''} ${query.get('left') ?? ''} ${query.get('right') ?? ''}`;
  useEffect(() => setAsked(NOTHING), [view]);
  const run = async (which: string | null): Promise<void> => {
    const mine: Asked = { id: which, loading: true, report: undefined, problem: undefined };
    setAsked(mine);
    const result = await call('replay.run', which === null ? {} : { id: which });
    setAsked((now) => (now !== mine ? now : result.ok ? { ...mine, loading: false, report: result.value } : { ...mine, loading: false, problem: result.error.message }));
  };
  return { asked, run };
}

function Outcome({ asked, id, onRun }: { readonly asked: Asked; readonly id: string | null; readonly onRun: () => void }) {
  if (asked.loading) return <LoadingState what="the recordings" rows={12} />;
  if (asked.problem !== undefined) return <ErrorState title="The replay stopped" message={asked.problem} good="A replay changes nothing: decisions and recordings are as they were." onRetry={onRun} />;
  if (asked.report === undefined) return <EmptyState icon="replay" title={id === null ? 'Is every decision still what it was?' : `Is ${id} still what it was?`} action={<Button icon="replay" onClick={onRun}>{id === null ? 'Replay the workspace' : `Replay ${id}`}</Button>}>Each decision is made again from its recorded calls and the policy of its day, then compared field by field with what was recorded.</EmptyState>;
  if (asked.report.counts.decisions === 0) return <EmptyState icon="replay" title="No decision is recorded yet">Import findings; triage decides them and records every call that it makes.</EmptyState>;
  return <ReportView report={asked.report} />;
}

/** The incident's runs: two of them can be compared. */
function IncidentRuns({ id, left, right }: { readonly id: string; readonly left: string | null; readonly right: string | null }) {
  const { value, problem } = useRead('incident.get', { id });
  if (value === undefined) return <p className="ir dim" role="status">{problem?.kind === 'failed' ? problem.message : `Reading ${id}`}</p>;
  const runs = runsOf(value), first = runs[0], latest = runs.at(-1);
  const chosenLeft = left ?? runs.at(-2)?.id ?? first?.id ?? '', chosenRight = right ?? latest?.id ?? '';
  const pick = (which: { readonly left: string; readonly right: string }): void => patchQuery(which);
  return (
    <div className="ir"><a className="link mono" href={href(`/trace/${id}`)} onClick={(event) => { if (!event.metaKey && !event.ctrlKey) { event.preventDefault(); navigate(href(`/trace/${id}`)); } }}>{id}</a><span className="clip sub" title={value.incident.entity}>{value.incident.entity_name}</span><span className="grow" />
      {runs.length < 2 ? <span className="dim">one run is recorded, so there is nothing to compare it with</span> : <>
        <span className="dim">Compare</span><RunMenu label="Left run" runs={runs} value={chosenLeft} onPick={(run) => pick({ left: run, right: chosenRight })} /><span className="dim">with</span><RunMenu label="Right run" runs={runs} value={chosenRight} onPick={(run) => pick({ left: chosenLeft, right: run })} />
        {left === null && <Button small onClick={() => pick({ left: chosenLeft, right: chosenRight })}>Compare</Button>}</>}
    </div>
  );
}

interface Run { readonly id: string; readonly label: string; readonly current: boolean }
function runsOf({ decisions }: IncidentDetail): readonly Run[] {
  return decisions.toSorted((a, b) => a.at.localeCompare(b.at)).map(({ decision_id, engine, decision, current }, i) => ({ id: decision_id, label: `Run ${i + 1}, ${engine === 'human' ? 'a person' : engine}, ${decision}`, current }));
}

function RunMenu({ label, runs, value, onPick }: { readonly label: string; readonly runs: readonly Run[]; readonly value: string; readonly onPick: (id: string) => void }) {
  const shown = runs.find((run) => run.id === value)?.label ?? 'another run';
  return <Menu label={`${label}: ${shown}`} className="btn sm" align="right" trigger={<>{shown}<Icon name="down" size="s" /></>} items={runs.map((run) => ({ id: run.id, label: run.label, checked: run.id === value, ...(run.current && { hint: 'in force' }) }))} onPick={onPick} />;
}

function Comparison({ id, left, right }: { readonly id: string; readonly left: string; readonly right: string }) {
  const { value } = useRead('incident.get', { id });
  const runs = value === undefined ? [] : runsOf(value);
  const name = (run: string): string => { const at = runs.findIndex((one) => one.id === run); return at === -1 ? run.slice(0, 10) : `Run ${at + 1}`; };
  return <CompareView left={left} right={right} leftName={name(left)} rightName={name(right)} />;
}
